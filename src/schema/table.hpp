#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a table says of one message. Decoding, encoding, pruning and validation are all driven by it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/model/shared_string.hpp"

namespace meshroute::schema {

/// The CEL rules of the CRDs (x-kubernetes-validations), one name each.
enum class Cel : std::uint8_t {
  none,
  address_or_network,
  cidr_addresses_only_none_or_static,
  credential_name_or_names,
  credential_names_or_tls_certificates,
  duration_at_least_1ms,
  env_value_only_inline,
  host_not_wildcard,
  jwks_or_jwks_uri,
  keys_are_port_names,
  keys_are_port_numbers,
  keys_not_empty,
  keys_without_wildcard,
  namespace_empty,
  none_without_endpoints,
  one_of_selector_and_target_refs,
  one_of_workload_selector_and_target_refs,
  port_level_mtls_needs_selector,
  port_number,
  port_numbers_unique,
  probe_scheme,
  remove_without_value,
  round_robin_at_most_one_endpoint,
  service_accounts_alone,
  tls_certificates_or_credential_names,
  unix_address_absolute,
  unix_address_not_directory,
  unix_address_without_ports,
  upsert_needs_value,
  url_scheme,
  value_without_wildcard,
  wasm_url_scheme,
  waypoint_with_its_context,
  workload_selector_or_endpoints,
};

struct Enumeration {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::int32_t>> values;

  const std::int32_t* find(std::string_view value) const;
  std::string_view name_of(std::int32_t value) const;  ///< empty where unknown
};

struct Message;
class SharedValues;

enum class Shape : std::uint8_t {
  boolean,
  int32,
  uint32,
  uint64,
  floating,
  string,
  shared_string,
  enumeration,
  duration,
  structure,  ///< an object of any form (model::Struct)
  message,
  list,
  map
};

/// A C++ value type with its type-erased operations.
struct ValueType {
  Shape shape = Shape::string;
  bool optional = false;  ///< held by std::optional
  const Enumeration& (*enumeration)() = nullptr;
  const Message& (*message)() = nullptr;
  const ValueType& (*element)() = nullptr;  ///< of list items and map values
  bool integer_keys = false;
  void* (*emplace)(void*) = nullptr;          ///< of optional: set it, give what it holds
  const void* (*get)(const void*) = nullptr;  ///< of optional: what it holds, or null
  void (*reset)(void*) = nullptr;
  void (*reserve)(void*, std::size_t) = nullptr;                      ///< of list, of shared map: room for so many
  void* (*append)(void*) = nullptr;                                   ///< of list
  std::size_t (*size)(const void*) = nullptr;                         ///< of list and map
  const void* (*at)(const void*, std::size_t) = nullptr;              ///< of list
  void* (*insert)(void*, std::string_view, std::uint32_t) = nullptr;  ///< of map, not of shared map
  void* (*insert_shared)(void*, const SharedString&) = nullptr;       ///< of shared map
  void (*share)(void*, SharedValues&) = nullptr;                      ///< of map; null: it is not shared
  using Visit = void (*)(void*, std::string_view, const void*);
  void (*for_each)(const void*, void*, Visit) = nullptr;  ///< of map, in key order
};

/// The bounds of one value, those of the CRD.
struct Bounds {
  bool has_minimum = false, has_maximum = false, nullable = false, byte = false, int32 = false;
  double minimum = 0, maximum = 0;
  std::size_t min_length = 0, max_length = std::numeric_limits<std::size_t>::max();
  std::size_t min_items = 0, max_items = std::numeric_limits<std::size_t>::max();
  std::size_t min_properties = 0, max_properties = std::numeric_limits<std::size_t>::max();
  std::string_view pattern;
  std::string_view map_key;
  std::vector<Cel> cels;
};

struct Field {
  std::string_view name;  ///< JSON name
  std::string proto_name;
  const ValueType* type = nullptr;
  void* (*access)(void*) = nullptr;
  bool required = false, bytes = false, pruned = false;
  bool proto_name_in_crd = false;  ///< the CRD knows the field by both names
  int oneof = 0;                   ///< 0: none
  Cel except = Cel::none;          ///< a rule of the field's message that does not hold here
  Bounds bounds, each;

  const void* read(const void* message) const { return access(const_cast<void*>(message)); }
};

struct Message {
  std::string_view name;
  std::size_t size = 0;       ///< of its struct, in bytes
  std::vector<Field> fields;  ///< in descriptor order
  std::vector<Cel> rules;

  const Field* find(std::string_view json_name) const;
  const Field* find_in_crd(std::string_view key) const;
};

template <class T>
const Message& message_of();
template <class E>
const Enumeration& enumeration_of();

struct Attribute {
  enum class Kind : std::uint8_t {
    none,
    required,
    minimum,
    maximum,
    min_length,
    max_length,
    min_items,
    max_items,
    min_properties,
    max_properties,
    pattern,
    nullable,
    format_byte,
    format_int32,
    map_key,
    oneof,
    bytes,
    proto_name,
    proto_name_in_crd,
    pruned,
    except,
    each,
    cel
  };
  Kind kind = Kind::none;
  double number = 0;
  std::string_view text = {};
  Cel rule = Cel::none;
  std::array<const Attribute*, 3> each_of = {};  ///< of `each`: they live as long as the expression that makes the table
};

/// What each field of each table does; no template, so that the tables stay small.
void add_field(Message& message, std::string_view name, const ValueType& type, void* (*access)(void*),
               std::initializer_list<const Attribute*> attributes);
std::string proto_name_of(std::string_view json_name);

}  // namespace meshroute::schema
