// SPDX-License-Identifier: Apache-2.0
// Builds the tree of a document, with its limits.
#include "text/builder.hpp"

#include <new>
#include <string>
#include <unordered_map>

namespace meshroute::text {

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
    const std::size_t count = children_.size() - frame.first;
    Node* const items = count > 0 ? arena_.room<Node>(count) : nullptr;
    for (std::size_t i = 0; i < count; ++i) new (items + i) Node(children_[frame.first + i].member.value);
    node.items = {items, count};
  } else {
    const std::size_t count = drop_duplicates(frame.first);
    Member* const members = count > 0 ? arena_.room<Member>(count) : nullptr;
    for (std::size_t i = 0; i < count; ++i) new (members + i) Member(children_[frame.first + i].member);
    node.members = {members, count};
  }
  children_.resize(frame.first);
  return node;
}

// The last of two like keys wins, in the first one's place; what `<<` merges counts as written.
std::size_t Builder::drop_duplicates(std::size_t first) {
  constexpr std::size_t kFew = 16;
  std::size_t end = first;
  const auto take = [&](std::size_t i, std::size_t place) {
    if (place < end) return replace(children_[place], children_[i]);
    if (i != end) children_[end] = children_[i];
    ++end;
  };
  if (children_.size() - first <= kFew) {
    for (std::size_t i = first; i < children_.size(); ++i) {
      std::size_t place = first;
      while (place < end && children_[place].member.key != children_[i].member.key) ++place;
      take(i, place);
    }
  } else {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = first; i < children_.size(); ++i)
      take(i, places.try_emplace(children_[i].member.key, end).first->second);
  }
  return end - first;
}

void Builder::replace(Child& present, const Child& child) {
  // What `<<` merges is there to be overridden; behind the keys it overrides them.
  if (child.merged && !present.merged) {
    duplicates_.push_back({Rule::TX0201, present.member.key_position,
                           "`<<` stands behind the key `" + std::string(child.member.key) + "` and replaces its value",
                           "move `<<` to the start of the object", child.member.key_position, "merged from here"});
  } else if (present.key_kind == child.key_kind && !present.merged) {
    duplicates_.push_back({Rule::TX0201, child.member.key_position,
                           "the key `" + std::string(child.member.key) + "` stands twice: the last one wins",
                           "remove one of them", present.member.key_position, "first stands here"});
  }
  const std::string_view key = present.member.key;
  present = child;
  present.member.key = key;
}

void Builder::put(const Node& node) {
  if (frames_.empty()) {
    root = node;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.kind == Kind::list) {
    children_.push_back({{{}, {}, node}, Kind::null});
    return;
  }
  frame.has_key = false;
  if (!frame.merge) {
    children_.push_back({{frame.key, frame.key_position, node}, frame.key_kind});
    return;
  }
  frame.merge = false;
  const auto add = [this](const Node& object) {
    for (const Member& member : object.members) children_.push_back({member, Kind::string, true});
  };
  if (node.is_object()) return add(node);
  for (std::size_t i = node.items.size(); i > 0; --i) add(node.items[i - 1]);  // earlier ones take precedence
}

}  // namespace meshroute::text
