// SPDX-License-Identifier: Apache-2.0
// Prints what the field tables say of each kind's spec, as JSON; compare_crds.py holds it against CRDs.
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "schema/reading.hpp"
#include "schema/table.hpp"

namespace {

using Json = nlohmann::ordered_json;
using namespace meshroute::schema;

Json message_json(const Message& message, std::set<std::string_view>& open);

void bounds_json(const Bounds& bounds, Json& json) {
  constexpr auto kNone = std::numeric_limits<std::size_t>::max();
  if (bounds.has_minimum) json["minimum"] = bounds.minimum;
  if (bounds.has_maximum) json["maximum"] = bounds.maximum;
  if (bounds.min_length > 0) json["minLength"] = bounds.min_length;
  if (bounds.max_length != kNone) json["maxLength"] = bounds.max_length;
  if (bounds.min_items > 0) json["minItems"] = bounds.min_items;
  if (bounds.max_items != kNone) json["maxItems"] = bounds.max_items;
  if (bounds.min_properties > 0) json["minProperties"] = bounds.min_properties;
  if (bounds.max_properties != kNone) json["maxProperties"] = bounds.max_properties;
  if (!bounds.pattern.empty()) json["pattern"] = bounds.pattern;
  if (bounds.nullable) json["nullable"] = true;
  if (!bounds.map_key.empty()) json["mapKey"] = bounds.map_key;
  if (!bounds.cels.empty()) json["rules"] = bounds.cels.size();
}

Json type_json(const ValueType& type, const Bounds& bounds, const Bounds& each, std::set<std::string_view>& open) {
  Json json = Json::object();
  switch (type.shape) {
    case Shape::list:
      json["type"] = "array";
      json["items"] = type_json(type.element(), each, {}, open);
      break;
    case Shape::map:
      json["type"] = "object";
      json["additionalProperties"] = type_json(type.element(), each, {}, open);
      break;
    case Shape::structure:
      json["type"] = "object";
      break;
    case Shape::message:
      json = message_json(type.message(), open);
      break;
    case Shape::enumeration:
      json["type"] = "string";
      for (const auto& [name, value] : type.enumeration().values) json["enum"].push_back(name);
      break;
    case Shape::boolean:
      json["type"] = "boolean";
      break;
    case Shape::floating:
      json["type"] = "number";
      break;
    case Shape::int32:
    case Shape::uint32:
    case Shape::uint64:
      json["type"] = "integer";
      break;
    case Shape::string:
    case Shape::duration:
      json["type"] = "string";
      break;
  }
  const std::size_t own = json.value("rules", std::size_t{0});
  bounds_json(bounds, json);
  if (own > 0) json["rules"] = own + bounds.cels.size();
  return json;
}

Json message_json(const Message& message, std::set<std::string_view>& open) {
  Json json{{"type", "object"}, {"properties", Json::object()}};
  if (!open.insert(message.name).second) return json;
  for (const Field& field : message.fields) {
    if (field.pruned) continue;
    json["properties"][std::string(field.name)] = type_json(*field.type, field.bounds, field.each, open);
    if (field.required) json["required"].push_back(field.name);
  }
  if (!message.rules.empty()) json["rules"] = message.rules.size();
  open.erase(message.name);
  return json;
}

}  // namespace

int main() {
  Json json = Json::object();
  for (const KindOps& kind : istio_kinds()) {
    std::set<std::string_view> open;
    json[std::string(kind.kind)] = message_json(kind.message(), open);
  }
  std::cout << json.dump(1) << '\n';
}
