#pragma once

// SPDX-License-Identifier: Apache-2.0
// Makes a tree of nodes from a reader's events.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/document.hpp"

namespace meshroute::text {

/// Keeps texts that do not stand in the input as they are. Views into it stay good.
class TextStore {
 public:
  std::string_view keep(std::string_view text);

 private:
  static constexpr std::size_t kBlock = 16 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = kBlock;
};

/// A tree that is built leaf by leaf. Children wait on one stack until their parent ends, so that each list is made once.
class Builder {
 public:
  explicit Builder(std::vector<Problem>& duplicates) : duplicates_(duplicates) {}

  std::size_t depth() const { return frames_.size(); }
  bool in_object() const { return !frames_.empty() && frames_.back().kind == Kind::object; }
  /// Whether an object waits for a key.
  bool wants_key() const { return in_object() && !frames_.back().has_key; }

  /// `kind` tells a key 1 from a key "1": they are no duplicates, although both become "1".
  void key(std::string_view key, Position position, Kind kind = Kind::string);
  /// A merge key (`<<`): the next value's members become the object's (YAML 1.1).
  void merge_key(Position position);
  bool merging() const { return in_object() && frames_.back().merge; }
  Position key_position() const { return frames_.back().key_position; }
  void begin(Kind kind, Position position);
  /// Ends the innermost list or object and gives it back; `put` it then.
  Node end();
  void put(Node node);

  Node root;

 private:
  struct Frame {
    Kind kind = Kind::null;
    Position position, key_position;
    std::size_t first = 0;  ///< of its children on the stack
    std::string_view key;
    Kind key_kind = Kind::string;
    bool has_key = false, merge = false;
  };
  struct Child {
    std::string_view key;
    Position key_position;
    Node value;
    Kind key_kind = Kind::string;
  };
  void take_members(const Frame& frame, Node& node);
  /// `kinds` has the kind of each member's key.
  void take_member(Child& child, std::size_t place, Node& node, Kind* kinds);

  std::vector<Problem>& duplicates_;
  std::vector<Frame> frames_;
  std::vector<Child> children_;
};

}  // namespace meshroute::text
