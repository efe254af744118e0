// SPDX-License-Identifier: Apache-2.0
// What the API server drops from an object before it looks at it: fields that the CRD does not know, and nulls.
#include <new>

#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

/// The schema of one place: a message, a value type, or nothing known.
struct Place {
  const Message* message = nullptr;
  const ValueType* type = nullptr;
  bool nullable = false;

  bool keeps_all() const { return type != nullptr && type->shape == Shape::structure; }
};

Place place_of(const ValueType& type, bool nullable = false) {
  if (type.shape == Shape::message) return {&type.message(), &type, nullable};
  return {nullptr, &type, nullable};
}

/// The place below a key; false where the CRD knows no such key.
bool child(const Place& place, std::string_view key, Place& below) {
  if (place.message != nullptr) {
    const Field* field = place.message->find_in_crd(key);
    if (field == nullptr || field->pruned) return false;
    below = place_of(*field->type, field->bounds.nullable);
    return true;
  }
  if (place.type != nullptr && place.type->shape == Shape::map) {
    below = place_of(place.type->element());
    return true;
  }
  return false;
}

Place item(const Place& place) {
  if (place.type != nullptr && place.type->shape == Shape::list) return place_of(place.type->element());
  return {};
}

void find(const Node& node, const Place& place, Walk& walk, Pruning& pruning) {
  if (place.keeps_all()) return;
  if (node.kind == Kind::list) {
    const Place below = item(place);
    for (std::size_t index = 0; index < node.items.size(); ++index) {
      const Kind kind = node.items[index].kind;
      if (kind != Kind::list && kind != Kind::object) continue;
      Walk::Step step(walk, index);
      find(node.items[index], below, walk, pruning);
    }
    return;
  }
  if (node.kind != Kind::object) return;
  for (const text::Member& member : node.members) {
    Place below;
    if (!child(place, member.key, below)) {
      pruning.dirty = true;
      Walk::Step step(walk, member.key);
      pruning.unknown.push_back(walk.path());
      std::string hint;
      if (place.message != nullptr) {
        const std::string_view near = nearest_name(*place.message, member.key);
        if (!near.empty()) hint = "did you mean `" + std::string(near) + "`?";
      }
      walk.report("ST0101", member.key_position, "unknown field `" + std::string(member.key) + "`: the API server drops it",
                  std::move(hint));
      continue;
    }
    if (member.value.kind == Kind::null) {
      pruning.dirty = true;
    } else if (member.value.kind == Kind::object || member.value.kind == Kind::list) {
      Walk::Step step(walk, member.key);
      find(member.value, below, walk, pruning);
    }
  }
}

Node copy_pruned(const Node& node, const Place& place, text::Arena& arena) {
  Node copy = node;
  if (place.keeps_all()) return copy;
  if (node.kind == Kind::list) {
    const Place below = item(place);
    auto* const items = arena.room<Node>(node.items.size());
    for (std::size_t i = 0; i < node.items.size(); ++i) new (items + i) Node(copy_pruned(node.items[i], below, arena));
    copy.items = {items, node.items.size()};
  } else if (node.kind == Kind::object) {
    auto* const members = arena.room<text::Member>(node.members.size());
    std::size_t count = 0;
    for (const text::Member& member : node.members) {
      Place below;
      if (member.value.kind == Kind::null || !child(place, member.key, below)) continue;
      new (members + count++) text::Member{member.key, member.key_position, copy_pruned(member.value, below, arena)};
    }
    copy.members = {members, count};
  }
  return copy;
}

}  // namespace

void find_unknown(const Node& node, const Message& message, Walk& walk, Pruning& pruning) {
  find(node, {&message, nullptr, false}, walk, pruning);
}

Node prune(const Node& node, const Message& message, text::Arena& arena) {
  return copy_pruned(node, {&message, nullptr, false}, arena);
}

}  // namespace meshroute::schema
