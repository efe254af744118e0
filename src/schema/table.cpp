// SPDX-License-Identifier: Apache-2.0
// Look-ups in a message's table of fields.
#include "schema/table.hpp"

namespace meshroute::schema {

namespace {

void bound(Bounds& bounds, const Attribute& attribute) {
  using Kind = Attribute::Kind;
  const auto count = static_cast<std::size_t>(attribute.number < 0 ? 0 : attribute.number);
  switch (attribute.kind) {
    case Kind::minimum:
      bounds.has_minimum = true;
      bounds.minimum = attribute.number;
      break;
    case Kind::maximum:
      bounds.has_maximum = true;
      bounds.maximum = attribute.number;
      break;
    case Kind::min_length:
      bounds.min_length = count;
      break;
    case Kind::max_length:
      bounds.max_length = count;
      break;
    case Kind::min_items:
      bounds.min_items = count;
      break;
    case Kind::max_items:
      bounds.max_items = count;
      break;
    case Kind::min_properties:
      bounds.min_properties = count;
      break;
    case Kind::max_properties:
      bounds.max_properties = count;
      break;
    case Kind::pattern:
      bounds.pattern = attribute.text;
      break;
    case Kind::nullable:
      bounds.nullable = true;
      break;
    case Kind::format_byte:
      bounds.byte = true;
      break;
    case Kind::format_int32:
      bounds.int32 = true;
      break;
    case Kind::map_key:
      bounds.map_key = attribute.text;
      break;
    case Kind::cel:
      bounds.cels.push_back(attribute.rule);
      break;
    default:
      break;
  }
}

}  // namespace

const std::int32_t* Enumeration::find(std::string_view value) const {
  for (const auto& entry : values) {
    if (entry.first == value) return &entry.second;
  }
  return nullptr;
}

std::string_view Enumeration::name_of(std::int32_t value) const {
  for (const auto& entry : values) {
    if (entry.second == value) return entry.first;
  }
  return {};
}

const Field* Message::find(std::string_view json_name) const {
  for (const Field& field : fields) {
    if (field.name == json_name) return &field;
  }
  return nullptr;
}

const Field* Message::find_in_crd(std::string_view key) const {
  if (key.empty()) return nullptr;
  for (const Field& field : fields) {  // most names differ in length or in their first letter
    if (field.name.size() == key.size() && field.name[0] == key[0] && field.name == key) return &field;
    if (field.proto_name_in_crd && field.proto_name == key) return &field;
  }
  return nullptr;
}

std::string proto_name_of(std::string_view json_name) {
  std::string name;
  for (const char letter : json_name) {
    if (letter >= 'A' && letter <= 'Z') {
      name += '_';
      name += static_cast<char>(letter - 'A' + 'a');
    } else {
      name += letter;
    }
  }
  return name;
}

void add_field(Message& message, std::string_view name, const ValueType& type, void* (*access)(void*),
               std::initializer_list<const Attribute*> attributes) {
  using Kind = Attribute::Kind;
  Field& field = message.fields.emplace_back();
  field.name = name;
  field.proto_name = proto_name_of(name);
  field.type = &type;
  field.access = access;
  for (const Attribute* attribute : attributes) {
    switch (attribute->kind) {
      case Kind::required:
        field.required = true;
        break;
      case Kind::oneof:
        field.oneof = static_cast<int>(attribute->number);
        break;
      case Kind::bytes:
        field.bytes = true;
        break;
      case Kind::proto_name:
        field.proto_name = attribute->text;
        break;
      case Kind::proto_name_in_crd:
        field.proto_name_in_crd = true;
        break;
      case Kind::pruned:
        field.pruned = true;
        break;
      case Kind::except:
        field.except = attribute->rule;
        break;
      case Kind::each:
        for (const Attribute* inner : attribute->each_of) {
          if (inner != nullptr) bound(field.each, *inner);
        }
        break;
      default:
        bound(field.bounds, *attribute);
        break;
    }
  }
}

}  // namespace meshroute::schema
