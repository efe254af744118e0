#pragma once

// SPDX-License-Identifier: Apache-2.0
// How the tables are written. Templates here only erase types; all work is in the sources.

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "meshroute/model/map.hpp"
#include "meshroute/model/struct.hpp"
#include "schema/shared_values.hpp"
#include "schema/table.hpp"

namespace meshroute::schema {

template <class T>
const ValueType& value_type();

namespace builder {

template <class T>
struct Builder {
  static ValueType build() {
    ValueType type;
    if constexpr (std::is_same_v<T, bool>) {
      type.shape = Shape::boolean;
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
      type.shape = Shape::int32;
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      type.shape = Shape::uint32;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      type.shape = Shape::uint64;
    } else if constexpr (std::is_same_v<T, double>) {
      type.shape = Shape::floating;
    } else if constexpr (std::is_same_v<T, std::string>) {
      type.shape = Shape::string;
    } else if constexpr (std::is_same_v<T, SharedString>) {
      type.shape = Shape::shared_string;
    } else if constexpr (std::is_same_v<T, model::Duration>) {
      type.shape = Shape::duration;
    } else if constexpr (std::is_same_v<T, model::Struct>) {
      type.shape = Shape::structure;
    } else if constexpr (std::is_enum_v<T>) {
      static_assert(sizeof(T) == sizeof(std::int32_t));
      type.shape = Shape::enumeration;
      type.enumeration = &enumeration_of<T>;
    } else {
      type.shape = Shape::message;
      type.message = &message_of<T>;
    }
    return type;
  }
};

template <class T>
struct Builder<std::optional<T>> {
  static ValueType build() {
    using Held = std::optional<T>;
    ValueType type = Builder<T>::build();
    type.optional = true;
    type.emplace = [](void* held) -> void* {
      return &static_cast<Held*>(held)->emplace(T{});
    };  // not emplace(): clang takes nested structs for not default constructible
    type.get = [](const void* held) -> const void* {
      const auto* value = static_cast<const Held*>(held);
      return value->has_value() ? &**value : nullptr;
    };
    type.reset = [](void* held) { static_cast<Held*>(held)->reset(); };
    return type;
  }
};

template <class T>
struct Builder<std::vector<T>> {
  static ValueType build() {
    using Held = std::vector<T>;
    ValueType type;
    type.shape = Shape::list;
    type.element = &value_type<T>;
    type.reserve = [](void* held, std::size_t count) { static_cast<Held*>(held)->reserve(count); };
    type.append = [](void* held) -> void* { return &static_cast<Held*>(held)->emplace_back(); };
    type.size = [](const void* held) { return static_cast<const Held*>(held)->size(); };
    type.at = [](const void* held, std::size_t index) -> const void* { return &(*static_cast<const Held*>(held))[index]; };
    return type;
  }
};

template <class Key, class T>
struct Builder<std::map<Key, T>> {
  static ValueType build() {
    using Held = std::map<Key, T>;
    ValueType type;
    type.shape = Shape::map;
    type.element = &value_type<T>;
    type.integer_keys = std::is_same_v<Key, std::uint32_t>;
    type.size = [](const void* held) { return static_cast<const Held*>(held)->size(); };
    type.insert = [](void* held, [[maybe_unused]] std::string_view key, [[maybe_unused]] std::uint32_t number) -> void* {
      if constexpr (std::is_same_v<Key, std::uint32_t>) {
        return &(*static_cast<Held*>(held))[number];
      } else {
        return &(*static_cast<Held*>(held))[std::string(key)];
      }
    };
    type.for_each = [](const void* held, void* context, ValueType::Visit visit) {
      for (const auto& [key, value] : *static_cast<const Held*>(held)) {
        if constexpr (std::is_same_v<Key, std::uint32_t>) {
          visit(context, std::to_string(key), &value);
        } else {
          visit(context, key, &value);
        }
      }
    };
    return type;
  }
};

template <class T>
struct Builder<model::Map<T>> {
  static ValueType build() {
    using Held = model::Map<T>;
    ValueType type;
    type.shape = Shape::map;
    type.element = &value_type<T>;
    type.reserve = [](void* held, std::size_t count) { static_cast<Held*>(held)->reserve(count); };
    type.size = [](const void* held) { return static_cast<const Held*>(held)->size(); };
    type.insert_shared = [](void* held, const SharedString& key) -> void* { return &(*static_cast<Held*>(held))[key]; };
    type.share = [](void* held, SharedValues& values) { values.share(*static_cast<Held*>(held)); };
    type.for_each = [](const void* held, void* context, ValueType::Visit visit) {
      for (const auto& [key, value] : *static_cast<const Held*>(held)) visit(context, key, &value);
    };
    return type;
  }
};

template <class Member>
struct MemberOf;
template <class Owner, class T>
struct MemberOf<T Owner::*> {
  using Type = T;
};

}  // namespace builder

template <class T>
const ValueType& value_type() {
  static const ValueType type = builder::Builder<T>::build();
  return type;
}

template <class M>
class Table {
 public:
  explicit Table(std::string_view name) {
    message_.name = name;
    message_.size = sizeof(M);
  }

  template <auto Member, std::same_as<Attribute>... Attributes>
  Table&& field(std::string_view name, const Attributes&... attributes) && {
    add_field(message_, name, value_type<typename builder::MemberOf<decltype(Member)>::Type>(),
              [](void* message) -> void* { return &(static_cast<M*>(message)->*Member); }, {&attributes...});
    return std::move(*this);
  }

  template <class... Attributes>
  Table&& rules(Attributes... attributes) && {
    (message_.rules.push_back(attributes.rule), ...);
    return std::move(*this);
  }

  operator Message() && { return std::move(message_); }  // NOLINT: a table is its message

 private:
  Message message_;
};

inline Attribute required() { return {Attribute::Kind::required}; }
inline Attribute minimum(double bound) { return {Attribute::Kind::minimum, bound}; }
inline Attribute maximum(double bound) { return {Attribute::Kind::maximum, bound}; }
inline Attribute min_length(double bound) { return {Attribute::Kind::min_length, bound}; }
inline Attribute max_length(double bound) { return {Attribute::Kind::max_length, bound}; }
inline Attribute min_items(double bound) { return {Attribute::Kind::min_items, bound}; }
inline Attribute max_items(double bound) { return {Attribute::Kind::max_items, bound}; }
inline Attribute min_properties(double bound) { return {Attribute::Kind::min_properties, bound}; }
inline Attribute max_properties(double bound) { return {Attribute::Kind::max_properties, bound}; }
inline Attribute pattern(std::string_view expression) { return {Attribute::Kind::pattern, 0, expression}; }
inline Attribute nullable() { return {Attribute::Kind::nullable}; }
inline Attribute format_byte() { return {Attribute::Kind::format_byte}; }
inline Attribute format_int32() { return {Attribute::Kind::format_int32}; }
inline Attribute map_key(std::string_view key) { return {Attribute::Kind::map_key, 0, key}; }
inline Attribute oneof(int number) { return {Attribute::Kind::oneof, static_cast<double>(number)}; }
inline Attribute bytes() { return {Attribute::Kind::bytes}; }
inline Attribute proto_name(std::string_view name) { return {Attribute::Kind::proto_name, 0, name}; }
inline Attribute proto_name_in_crd() { return {Attribute::Kind::proto_name_in_crd}; }
inline Attribute pruned() { return {Attribute::Kind::pruned}; }
inline Attribute except(Cel rule) { return {Attribute::Kind::except, 0, {}, rule}; }
inline Attribute cel(Cel rule) { return {Attribute::Kind::cel, 0, {}, rule}; }
template <std::same_as<Attribute>... Attributes>
Attribute each(const Attributes&... attributes) {
  return {Attribute::Kind::each, 0, {}, Cel::none, {&attributes...}};
}

}  // namespace meshroute::schema
