// SPDX-License-Identifier: Apache-2.0
#include "text/builder.hpp"

#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace meshroute::text {

std::string_view TextStore::keep(std::string_view text) {
  if (text.empty()) return "";
  if (text.size() > kBlock / 4) {  // a block of its own, behind the one in use
    auto block = std::make_unique<char[]>(text.size());
    std::memcpy(block.get(), text.data(), text.size());
    const std::string_view kept(block.get(), text.size());
    blocks_.insert(blocks_.empty() ? blocks_.end() : blocks_.end() - 1, std::move(block));
    if (blocks_.size() == 1) used_ = kBlock;
    return kept;
  }
  if (used_ + text.size() > kBlock) {
    blocks_.push_back(std::make_unique<char[]>(kBlock));
    used_ = 0;
  }
  char* const place = blocks_.back().get() + used_;
  std::memcpy(place, text.data(), text.size());
  used_ += text.size();
  return {place, text.size()};
}

void Builder::key(std::string_view key, Position position, Kind kind) {
  Frame& frame = frames_.back();
  frame.key = key;
  frame.key_position = position;
  frame.key_kind = kind;
  frame.has_key = true;
  frame.merge = false;
}

void Builder::merge_key(Position position) {
  key("<<", position);
  frames_.back().merge = true;
}

void Builder::begin(Kind kind, Position position) {
  Frame frame;
  frame.kind = kind;
  frame.position = position;
  frame.first = children_.size();
  frames_.push_back(frame);
}

Node Builder::end() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  Node node;
  node.kind = frame.kind;
  node.position = frame.position;
  if (frame.kind == Kind::list) {
    node.items.reserve(children_.size() - frame.first);
    for (std::size_t i = frame.first; i < children_.size(); ++i) node.items.push_back(std::move(children_[i].value));
  } else {
    take_members(frame, node);
  }
  children_.resize(frame.first);
  return node;
}

// The last of two like keys wins, in the first one's place; what `<<` merges counts as written.
void Builder::take_members(const Frame& frame, Node& node) {
  constexpr std::size_t kFew = 16;
  const std::size_t count = children_.size() - frame.first;
  node.members.reserve(count);
  if (count <= kFew) {
    std::array<Kind, kFew> kinds{};
    for (std::size_t i = frame.first; i < children_.size(); ++i) {
      std::size_t place = 0;
      while (place < node.members.size() && node.members[place].key != children_[i].key) ++place;
      take_member(children_[i], place, node, kinds.data());
    }
    return;
  }
  std::vector<Kind> kinds(count);
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = frame.first; i < children_.size(); ++i) {
    const auto [found, fresh] = places.try_emplace(children_[i].key, node.members.size());
    take_member(children_[i], found->second, node, kinds.data());
  }
}

void Builder::take_member(Child& child, std::size_t place, Node& node, Kind* kinds) {
  if (place == node.members.size()) {
    node.members.push_back({child.key, child.key_position, std::move(child.value)});
    kinds[place] = child.key_kind;
    return;
  }
  Member& present = node.members[place];
  if (kinds[place] == child.key_kind) {
    duplicates_.push_back({"TX0201", child.key_position,
                           "the key `" + std::string(child.key) + "` stands twice: the last one wins", "remove one of them",
                           present.key_position, "first stands here"});
  }
  present.key_position = child.key_position;
  present.value = std::move(child.value);
  kinds[place] = child.key_kind;
}

void Builder::put(Node node) {
  if (frames_.empty()) {
    root = std::move(node);
    return;
  }
  Frame& frame = frames_.back();
  if (frame.kind == Kind::list) {
    children_.push_back({{}, {}, std::move(node), Kind::null});
    return;
  }
  frame.has_key = false;
  if (!frame.merge) {
    children_.push_back({frame.key, frame.key_position, std::move(node), frame.key_kind});
    return;
  }
  frame.merge = false;
  const auto add = [this](const Node& object) {
    for (const Member& member : object.members)
      children_.push_back({member.key, member.key_position, member.value, Kind::string});
  };
  if (node.is_object()) return add(node);
  for (auto object = node.items.rbegin(); object != node.items.rend(); ++object) add(*object);  // earlier ones take precedence
}

}  // namespace meshroute::text
