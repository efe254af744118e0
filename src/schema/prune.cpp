// SPDX-License-Identifier: Apache-2.0
// What the API server drops from an object before it looks at it: fields that the CRD does not know, and nulls.
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
      walk.report("ST0101", Layer::strict, member.key_position,
                  "unknown field `" + std::string(member.key) + "`: the API server drops it", std::move(hint), Severity::warning);
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

Node copy_pruned(const Node& node, const Place& place) {
  Node copy;
  copy.kind = node.kind;
  copy.boolean = node.boolean;
  copy.quoted = node.quoted;
  copy.position = node.position;
  copy.integer = node.integer;
  copy.number = node.number;
  copy.text = node.text;
  if (node.kind == Kind::list) {
    const Place below = item(place);
    copy.items.reserve(node.items.size());
    for (const Node& inner : node.items) copy.items.push_back(copy_pruned(inner, below));
  }
  for (const text::Member& member : node.members) {
    Place below;
    if (member.value.kind == Kind::null || !child(place, member.key, below)) continue;
    copy.members.push_back({member.key, member.key_position, copy_pruned(member.value, below)});
  }
  return copy;
}

}  // namespace

void find_unknown(const Node& node, const Message& message, Walk& walk, Pruning& pruning) {
  find(node, {&message, nullptr, false}, walk, pruning);
}

Node prune(const Node& node, const Message& message) { return copy_pruned(node, {&message, nullptr, false}); }

}  // namespace meshroute::schema
