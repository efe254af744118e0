// SPDX-License-Identifier: Apache-2.0
// Decoding of specs, as lenient and as strict as Istio's own (golang jsonpb).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "match/duration.hpp"
#include "meshroute/model/struct.hpp"
#include "schema/reading.hpp"
#include "text/go_json.hpp"
#include "text/json_writer.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

/// What a Struct keeps of a value: numbers are doubles there.
void write_struct(const Node& node, text::JsonWriter& writer) {
  switch (node.kind) {
    case Kind::null:
      writer.null();
      break;
    case Kind::boolean:
      writer.value(node.boolean);
      break;
    case Kind::integer:
    case Kind::number: {
      char digits[32];
      writer.raw({digits, std::to_chars(digits, digits + sizeof digits, node.number).ptr});
      break;
    }
    case Kind::string:
      writer.value(node.text);
      break;
    case Kind::list:
      writer.begin_list();
      for (const Node& item : node.items) write_struct(item, writer);
      writer.end_list();
      break;
    case Kind::object:
      writer.begin_object();
      for (const text::Member& member : node.members) {
        writer.key(member.key);
        write_struct(member.value, writer);
      }
      writer.end_object();
      break;
  }
}

struct Decoder {
  Walk& walk;
  bool proto_names;

  bool fail_type(const Node& node, std::string_view wanted) {
    std::string hint;
    if (wanted == "a string" && (node.kind == Kind::boolean || node.kind == Kind::integer || node.kind == Kind::number)) {
      hint = "put it in quotes: \"" + std::string(node.text) + "\"";
    }
    walk.report("DC0102", node.position, "expected " + std::string(wanted) + ", found " + std::string(describe(node.kind)),
                std::move(hint));
    return false;
  }

  template <class T>
  bool decode_integer(const Node& node, void* target) {
    if (node.kind == Kind::boolean || node.kind == Kind::list || node.kind == Kind::object) return fail_type(node, "an integer");
    const auto value = text::go_integer<T>(node);
    if (!value) {
      walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is not an integer of this field's range");
      return false;
    }
    std::memcpy(target, &*value, sizeof(T));
    return true;
  }

  bool decode_floating(const Node& node, void* target) {
    if (node.kind == Kind::boolean || node.kind == Kind::list || node.kind == Kind::object) return fail_type(node, "a number");
    const auto value = text::go_floating(node);
    if (!value) {
      walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is not a number");
      return false;
    }
    std::memcpy(target, &*value, sizeof(double));
    return true;
  }

  bool decode_enumeration(const Node& node, const Enumeration& enumeration, void* target) {
    std::int32_t value = 0;
    if (node.kind == Kind::null) {
      value = 0;
    } else if (node.kind == Kind::string) {
      const std::int32_t* known = enumeration.find(node.text);
      if (known == nullptr) {
        std::vector<std::string_view> names;
        std::string all;
        for (const auto& entry : enumeration.values) {
          names.push_back(entry.first);
          all += (all.empty() ? "" : ", ") + std::string(entry.first);
        }
        const std::string_view near = nearest(node.text, names);
        walk.report("DC0104", node.position, "`" + std::string(node.text) + "` is not one of " + all,
                    near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
        return false;
      }
      value = *known;
    } else if (node.kind == Kind::integer || node.kind == Kind::number) {
      const auto whole = text::integral(node);
      if (!whole || !std::in_range<std::int32_t>(*whole)) {
        walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is no enum number");
        return false;
      }
      value = static_cast<std::int32_t>(*whole);
    } else {
      return fail_type(node, "a string");
    }
    std::memcpy(target, &value, sizeof value);
    return true;
  }

  bool decode_value(const Node& node, const ValueType& type, void* target, const Field& field) {
    switch (type.shape) {
      case Shape::boolean:
        if (node.kind != Kind::boolean && node.kind != Kind::null) return fail_type(node, "a boolean");
        *static_cast<bool*>(target) = node.kind == Kind::boolean && node.boolean;
        return true;
      case Shape::int32:
        return decode_integer<std::int32_t>(node, target);
      case Shape::uint32:
        return decode_integer<std::uint32_t>(node, target);
      case Shape::uint64:
        return decode_integer<std::uint64_t>(node, target);
      case Shape::floating:
        return decode_floating(node, target);
      case Shape::string: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::string && !(field.bytes && node.is_list())) return fail_type(node, "a string");
        if (field.bytes) {
          auto decoded = text::go_bytes(node);
          if (!decoded) {
            walk.report("DC0106", node.position, "not standard base64 with padding");
            return false;
          }
          *static_cast<std::string*>(target) = std::move(*decoded);
          return true;
        }
        *static_cast<std::string*>(target) = std::string(node.text);
        return true;
      }
      case Shape::shared_string:
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::string) return fail_type(node, "a string");
        *static_cast<SharedString*>(target) = walk.shared(node.text);
        return true;
      case Shape::enumeration:
        return decode_enumeration(node, type.enumeration(), target);
      case Shape::duration: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::string) return fail_type(node, "a string");
        const auto nanoseconds = match::parse_go_duration(node.text);
        if (!nanoseconds) {
          walk.report("DC0105", node.position, "`" + std::string(node.text) + "` is not a duration",
                      "write a number with a unit, such as 1.5s or 250ms; units are h, m, s, ms, us, ns");
          return false;
        }
        *static_cast<model::Duration*>(target) = to_duration(*nanoseconds);
        return true;
      }
      case Shape::structure: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::object) return fail_type(node, "an object");
        std::string& json = static_cast<model::Struct*>(target)->json;
        json.clear();
        text::JsonWriter writer(json);
        write_struct(node, writer);
        return true;
      }
      case Shape::message:
        if (node.kind == Kind::null) return true;
        return decode(node, type.message(), target);
      case Shape::list: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::list) return fail_type(node, "a list");
        const ValueType& element = type.element();
        bool good = true;
        type.reserve(target, node.items.size());
        for (std::size_t index = 0; index < node.items.size(); ++index) {
          Walk::Step step(walk, index);
          good = decode_value(node.items[index], element, type.append(target), field) && good;
        }
        return good;
      }
      case Shape::map: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::object) return fail_type(node, "an object");
        const ValueType& element = type.element();
        bool good = true;
        if (type.reserve != nullptr) type.reserve(target, node.members.size());
        const auto insert = [&](std::string_view name) {
          if (type.insert_shared == nullptr) return type.insert(target, name, 0);
          return type.insert_shared(target, walk.shared(name));
        };
        if (!type.integer_keys) make_names(node.members, insert);
        for (const text::Member& member : node.members) {
          Walk::Step step(walk, member.key);
          std::uint32_t number = 0;
          if (type.integer_keys) {
            const auto parsed = text::go_map_key(member.key);
            if (!parsed) {
              walk.report("DC0103", member.key_position,
                          "the key `" + std::string(member.key) + "` is not an integer of this map's range");
              good = false;
              continue;
            }
            number = *parsed;
          }
          void* const value = type.integer_keys ? type.insert(target, member.key, number) : insert(member.key);
          good = decode_value(member.value, element, value, field) && good;
        }
        if (walk.values != nullptr && type.share != nullptr) type.share(target, *walk.values);
        return good;
      }
    }
    return true;
  }

  bool decode(const Node& node, const Message& message, void* target) {
    if (node.kind != Kind::object) return fail_type(node, "an object");
    bool good = true;
    std::size_t left = node.members.size();  // members without a field so far: most messages have few of their fields
    for (std::size_t at = 0; at < message.fields.size() && left > 0; ++at) {
      const Field& field = message.fields[at];
      const text::Member* member = node.member(field.name);
      if (member == nullptr && (proto_names || field.proto_name_in_crd) && field.proto_name != field.name)
        member = node.member(field.proto_name);
      if (member == nullptr) continue;
      --left;
      if (member->value.kind == Kind::null) continue;
      if (field.oneof != 0) {  // of two members the last in descriptor order wins; the schema refuses both
        for (std::size_t before = 0; before < at; ++before) {
          const Field& other = message.fields[before];
          if (other.oneof == field.oneof && other.type->reset != nullptr) other.type->reset(other.access(target));
        }
      }
      Walk::Step step(walk, member->key);
      void* place = field.access(target);
      if (field.type->emplace != nullptr) place = field.type->emplace(place);
      good = decode_value(member->value, *field.type, place, field) && good;
    }
    return good;
  }
};

}  // namespace

model::Duration to_duration(std::int64_t nanoseconds) {
  return {nanoseconds / 1'000'000'000, static_cast<std::int32_t>(nanoseconds % 1'000'000'000)};
}

std::string_view describe(text::Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return "something else";
}

std::string_view nearest_name(const Message& message, std::string_view name) {
  std::vector<std::string_view> names;
  names.reserve(message.fields.size());
  for (const Field& field : message.fields) names.push_back(field.name);
  return nearest(name, names);
}

bool decode_message(const Node& node, const Message& message, void* target, Walk& walk, bool proto_names) {
  return Decoder{walk, proto_names}.decode(node, message, target);
}

}  // namespace meshroute::schema
