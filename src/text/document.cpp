// SPDX-License-Identifier: Apache-2.0
// Access to the nodes of a document, and lines of its text.
#include "text/document.hpp"

#include <algorithm>
#include <charconv>

namespace meshroute::text {

const Member* Node::member(std::string_view key) const {
  for (const Member& each : members) {  // most keys differ in length or in their first byte
    if (each.key.size() == key.size() && (key.empty() || each.key[0] == key[0]) && each.key == key) return &each;
  }
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const Member* found = member(key);
  return found != nullptr ? &found->value : nullptr;
}

namespace {

/// The member whose key `path` goes on with, longest first: keys may hold dots.
const Member* next_member(const Node& node, std::string_view path) {
  const Member* best = nullptr;
  for (const Member& each : node.members) {
    if (!path.starts_with(each.key)) continue;
    const std::string_view rest = path.substr(each.key.size());
    const bool whole = rest.empty() || rest[0] == '.' || rest[0] == '[';
    if (whole && (best == nullptr || each.key.size() > best->key.size())) best = &each;
  }
  return best;
}

}  // namespace

Position locate(const Node& root, std::string_view path) {
  const Node* node = &root;
  Position place = root.position;
  while (!path.empty()) {
    if (path[0] == '.') {
      path.remove_prefix(1);
      continue;
    }
    if (const Member* member = next_member(*node, path)) {
      node = &member->value;
      place = node->members.empty() && node->items.empty() ? node->position : member->key_position;
      path.remove_prefix(member->key.size());
      continue;
    }
    const auto close = path.find(']');
    if (path[0] != '[' || close == std::string_view::npos) return place;
    std::size_t index = 0;
    const auto parsed = std::from_chars(path.data() + 1, path.data() + close, index);
    if (parsed.ptr != path.data() + close || index >= node->items.size()) return place;
    node = &node->items[index];
    place = node->position;
    path.remove_prefix(close + 1);
  }
  return place;
}

void Lines::find_starts() {
  if (!starts_.empty()) return;
  starts_.push_back(0);
  for (auto at = bytes_.find('\n'); at != std::string_view::npos; at = bytes_.find('\n', at + 1)) starts_.push_back(at + 1);
}

std::uint32_t Lines::before(std::size_t offset) {
  find_starts();
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin() - 1);
}

std::string_view Lines::line(std::uint32_t number, std::size_t most) {
  find_starts();
  if (number == 0 || number > starts_.size()) return {};
  const std::size_t from = starts_[number - 1];
  std::string_view text = bytes_.substr(from, number < starts_.size() ? starts_[number] - from - 1 : std::string_view::npos);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte-order mark is no column
  while (most < text.size() && most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

}  // namespace meshroute::text
