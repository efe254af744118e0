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

/// The messages around a place, the innermost first.
struct Around {
  const Message* message;
  std::size_t depth;  ///< how many steps of the walk lead to it
  const Around* outer;
};

/// Fields that older releases had, and what does their work now.
std::string_view replacement_of(std::string_view key, std::string_view path) {
  struct Retired {
    std::string_view key, now;
  };
  static constexpr Retired kRetired[] = {
      {"websocketUpgrade", "remove it: WebSockets need no field any more"},
      {"appendHeaders", "use `headers.request.add` instead"},
      {"appendRequestHeaders", "use `headers.request.add` instead"},
      {"removeRequestHeaders", "use `headers.request.remove` instead"},
      {"appendResponseHeaders", "use `headers.response.add` instead"},
      {"removeResponseHeaders", "use `headers.response.remove` instead"},
      {"percent", "use `percentage.value` instead"},
      {"mirror_percent", "use `mirrorPercentage.value` instead"},
      {"host_rewrite", "use `rewrite.authority` of the rule instead"},
      {"http1MaxRequests", "use `http1MaxPendingRequests` instead"},
  };
  if (key == "name" && path.ends_with(".port.name")) return "use `number` instead: a destination's port is given by its number";
  for (const Retired& each : kRetired) {
    if (each.key == key) return each.now;
  }
  return {};
}

/// The one field of a message that holds a message, or a list of them, with a field of this name; empty without one, or with
/// several.
std::string inner_of(const Message& message, std::string_view key) {
  std::string found;
  for (const Field& field : message.fields) {
    if (field.pruned || message.find_in_crd(field.name) == nullptr) continue;
    if (field.name == "mirror" || field.name == "delegate") continue;  // a `host` or `name` beside them is hardly for them
    const ValueType* type = field.type;
    const bool list = type->shape == Shape::list;
    if (list) type = &type->element();
    if (type->shape != Shape::message) continue;
    const Field* inner = type->message().find_in_crd(key);
    if (inner == nullptr || inner->pruned) continue;
    if (!found.empty()) return {};
    found = "`" + std::string(field.name) + (list ? "[]`" : "`");
  }
  return found;
}

std::string hint_for(std::string_view key, const Place& place, const Around* around, const Walk& walk) {
  if (const auto now = replacement_of(key, walk.path()); !now.empty()) return std::string(now);
  for (; around != nullptr; around = around->outer) {
    const Field* field = around->message->find_in_crd(key);
    if (around->message == place.message || field == nullptr || field->pruned) continue;
    const std::string at = walk.path(around->depth);
    return "`" + std::string(key) + "` is a field of " + (at.empty() ? "spec" : at) + ": move it there";
  }
  if (place.message == nullptr) return {};
  if (const std::string_view near = nearest_name(*place.message, key); !near.empty())
    return "did you mean `" + std::string(near) + "`?";
  const std::string inner = inner_of(*place.message, key);
  return inner.empty() ? std::string() : "`" + std::string(key) + "` is a field of " + inner + ": move it there";
}

void find(const Node& node, const Place& place, const Around* outer, Walk& walk, Pruning& pruning) {
  if (place.keeps_all()) return;
  if (node.kind == Kind::list) {
    const Place below = item(place);
    for (std::size_t index = 0; index < node.items.size(); ++index) {
      const Kind kind = node.items[index].kind;
      if (kind != Kind::list && kind != Kind::object) continue;
      Walk::Step step(walk, index);
      find(node.items[index], below, outer, walk, pruning);
    }
    return;
  }
  if (node.kind != Kind::object) return;
  const Around here{place.message, walk.depth(), outer};
  const Around* around = place.message != nullptr ? &here : outer;
  for (const text::Member& member : node.members) {
    Place below;
    if (!child(place, member.key, below)) {
      pruning.dirty = true;
      Walk::Step step(walk, member.key);
      pruning.unknown.push_back(walk.path());
      walk.report("ST0101", member.key_position, "unknown field `" + std::string(member.key) + "`: the API server drops it",
                  hint_for(member.key, place, around, walk));
      continue;
    }
    if (member.value.kind == Kind::null) {
      pruning.dirty = true;
    } else if (member.value.kind == Kind::object || member.value.kind == Kind::list) {
      Walk::Step step(walk, member.key);
      find(member.value, below, around, walk, pruning);
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
  find(node, {&message, nullptr, false}, nullptr, walk, pruning);
}

Node prune(const Node& node, const Message& message, text::Arena& arena) {
  return copy_pruned(node, {&message, nullptr, false}, arena);
}

}  // namespace meshroute::schema
