#pragma once

// SPDX-License-Identifier: Apache-2.0
// Makes a tree of nodes from a reader's events.

#include <cstddef>
#include <string_view>
#include <vector>

#include "text/arena.hpp"
#include "text/document.hpp"

namespace meshroute::text {

/// A tree that is built leaf by leaf. Children wait on one stack until their parent ends, and then go into the arena side by
/// side.
class Builder {
 public:
  Builder(Arena& arena, std::vector<Problem>& duplicates) : arena_(arena), duplicates_(duplicates) {
    frames_.reserve(16);
    children_.reserve(32);
  }

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
  void put(const Node& node);

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
    Member member;  ///< of a list: only its value
    Kind key_kind = Kind::string;
    bool merged = false;  ///< by `<<`
  };
  /// Moves the last of like keys into the first one's place; gives back how many are left from `first` on.
  std::size_t drop_duplicates(std::size_t first);
  void replace(Child& present, const Child& child);

  Arena& arena_;
  std::vector<Problem>& duplicates_;
  std::vector<Frame> frames_;
  std::vector<Child> children_;
};

}  // namespace meshroute::text
