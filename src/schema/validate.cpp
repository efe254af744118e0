// SPDX-License-Identifier: Apache-2.0
// What the API server checks of a pruned spec: OpenAPI first, then the CEL rules.
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include "match/duration.hpp"
#include "match/url.hpp"
#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
}

const re2::RE2& compiled(std::string_view pattern) {
  static std::mutex mutex;
  static std::map<std::string_view, std::unique_ptr<re2::RE2>> cache;
  const std::lock_guard lock(mutex);
  auto& entry = cache[pattern];
  if (!entry) entry = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet);
  return *entry;
}

std::string number_text(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return {buffer, end};
}

/// Has, after nulls are dropped.
const Node* has(const Node& node, std::string_view key) {
  const Node* value = node.is_object() ? node.find(key) : nullptr;
  return value == nullptr || value->kind == Kind::null ? nullptr : value;
}

std::string_view string_or(const Node& node, std::string_view key, std::string_view fallback) {
  const Node* value = has(node, key);
  return value == nullptr ? fallback : value->text;
}

bool port_name(std::string_view key) {
  if (key.empty() || key.size() >= 63) return false;
  const auto good = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
  };
  if (!good(key.front()) || !good(key.back())) return false;
  return std::all_of(key.begin(), key.end(), [&](char letter) { return good(letter) || letter == '-'; });
}

bool port_key(std::string_view key) {
  if (!key.empty() && key.front() == '+') {
    key.remove_prefix(1);
    if (!key.empty() && key.front() == '-') return false;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  return error == std::errc() && end == key.data() + key.size() && number > 0 && number <= 65535;
}

bool is_web_address(std::string_view text) {
  const auto url = match::parse_go_request_url(text);
  return url && match::parse_go_url(text) && (url->scheme == "http" || url->scheme == "https");
}

/// The URL of a Wasm module: without a scheme it is one of a registry.
bool is_module_address(std::string_view text) {
  const std::string with_scheme = "http://" + std::string(text);
  auto url = match::parse_go_request_url(text);
  if (!url) {
    text = with_scheme;
    url = match::parse_go_request_url(text);
  }
  if (!url || !match::parse_go_url(text)) return false;
  constexpr std::string_view kSchemes[] = {"", "http", "https", "oci", "file"};
  return std::find(std::begin(kSchemes), std::end(kSchemes), url->scheme) != std::end(kSchemes);
}

/// OpenAPI's format `byte`: groups of four letters on one line, at least one.
bool is_byte_format(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  if (text.empty() || text.size() % 4 != 0) return false;
  const std::string_view body = text.substr(0, text.size() - (text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U));
  return std::all_of(body.begin(), body.end(), letter);
}

constexpr std::string_view kUnix = "unix://";

struct CelRule {
  RuleId id;
  std::string_view message;
};

CelRule describe_rule(Cel rule) {
  switch (rule) {
    case Cel::none:
      break;
    case Cel::address_or_network:
      return {"SC0201", "an address or a network is required"};
    case Cel::cidr_addresses_only_none_or_static:
      return {"SC0202", "CIDR addresses are allowed only for resolution NONE and STATIC"};
    case Cel::credential_name_or_names:
      return {"SC0203", "only one of credentialName and credentialNames can be set"};
    case Cel::credential_names_or_tls_certificates:
      return {"SC0204", "only one of credentialNames and tlsCertificates can be set"};
    case Cel::duration_at_least_1ms:
      return {"SC0205", "must be a valid duration of at least 1ms"};
    case Cel::env_value_only_inline:
      return {"SC0228", "a value can be set only where valueFrom is INLINE"};
    case Cel::host_not_wildcard:
      return {"SC0206", "the host must not be `*`"};
    case Cel::jwks_or_jwks_uri:
      return {"SC0226", "only one of jwks and jwksUri can be set"};
    case Cel::keys_are_port_names:
      return {"SC0207", "the keys must be port names: fewer than 63 letters, digits or '-'"};
    case Cel::keys_are_port_numbers:
      return {"SC0208", "the keys must be port numbers from 1 to 65535"};
    case Cel::keys_not_empty:
      return {"SC0209", "a key must not be empty"};
    case Cel::keys_without_wildcard:
      return {"SC0210", "a label key must not contain `*`"};
    case Cel::namespace_empty:
      return {"SC0211", "references to another namespace are not supported"};
    case Cel::none_without_endpoints:
      return {"SC0212", "resolution NONE cannot have endpoints"};
    case Cel::one_of_selector_and_target_refs:
      return {"SC0213", "only one of selector, targetRef and targetRefs can be set"};
    case Cel::one_of_workload_selector_and_target_refs:
      return {"SC0213", "only one of workloadSelector and targetRefs can be set"};
    case Cel::port_level_mtls_needs_selector:
      return {"SC0214", "portLevelMtls needs a selector with labels"};
    case Cel::port_number:
      return {"SC0215", "a port must be from 1 to 65535"};
    case Cel::port_numbers_unique:
      return {"SC0216", "the port numbers must differ"};
    case Cel::probe_scheme:
      return {"SC0217", "the scheme must be HTTP or HTTPS"};
    case Cel::remove_without_value:
      return {"SC0229", "a tag that is removed has no value"};
    case Cel::round_robin_at_most_one_endpoint:
      return {"SC0218", "resolution DNS_ROUND_ROBIN cannot have more than one endpoint"};
    case Cel::service_accounts_alone:
      return {"SC0219", "serviceAccounts cannot be set beside namespaces or principals"};
    case Cel::tls_certificates_or_credential_names:
      return {"SC0204", "only one of credentialNames and tlsCertificates can be set"};
    case Cel::unix_address_absolute:
      return {"SC0221", "a unix address must be an absolute path or an abstract socket"};
    case Cel::unix_address_not_directory:
      return {"SC0222", "a unix address must not end in `/`"};
    case Cel::unix_address_without_ports:
      return {"SC0223", "a unix address cannot have ports"};
    case Cel::upsert_needs_value:
      return {"SC0229", "a tag that is set needs a value"};
    case Cel::url_scheme:
      return {"SC0227", "a URL must start with http:// or https://"};
    case Cel::value_without_wildcard:
      return {"SC0224", "a label value must not contain `*`"};
    case Cel::wasm_url_scheme:
      return {"SC0227", "a URL must be one of http, https, file or oci"};
    case Cel::waypoint_with_its_context:
      return {"SC0230", "waypoint stands with the context WAYPOINT, and only with it"};
    case Cel::workload_selector_or_endpoints:
      return {"SC0225", "only one of workloadSelector and endpoints can be set"};
  }
  return {"SC0201", ""};
}

bool holds(Cel rule, const Node& self) {
  const auto all_keys = [&](auto&& test) {
    return std::all_of(self.members.begin(), self.members.end(), [&](const text::Member& member) { return test(member.key); });
  };
  const auto at_most_one = [&](std::initializer_list<std::string_view> keys) {
    return std::count_if(keys.begin(), keys.end(), [&](std::string_view key) { return has(self, key) != nullptr; }) <= 1;
  };
  switch (rule) {
    case Cel::none:
      return true;
    case Cel::address_or_network:
      return has(self, "address") != nullptr || has(self, "network") != nullptr;
    case Cel::cidr_addresses_only_none_or_static: {
      const std::string_view resolution = string_or(self, "resolution", "NONE");
      const Node* addresses = has(self, "addresses");
      if (resolution == "NONE" || resolution == "STATIC" || addresses == nullptr) return true;
      return std::none_of(addresses->items.begin(), addresses->items.end(),
                          [](const Node& item) { return item.text.find('/') != std::string_view::npos; });
    }
    case Cel::credential_name_or_names:
      return at_most_one({"credentialName", "credentialNames"});
    case Cel::credential_names_or_tls_certificates:
    case Cel::tls_certificates_or_credential_names:
      return at_most_one({"tlsCertificates", "credentialNames"});
    case Cel::duration_at_least_1ms: {
      const auto duration = match::parse_go_duration(self.text);
      return duration && *duration >= 1'000'000;
    }
    case Cel::env_value_only_inline:
      return string_or(self, "valueFrom", "") != "HOST" || has(self, "value") == nullptr;
    case Cel::host_not_wildcard:
      return self.text != "*";
    case Cel::jwks_or_jwks_uri:
      return at_most_one({"jwksUri", "jwks_uri", "jwks"});
    case Cel::keys_are_port_names:
      return all_keys(port_name);
    case Cel::keys_are_port_numbers:
      return all_keys(port_key);
    case Cel::keys_not_empty:
      return all_keys([](std::string_view key) { return !key.empty(); });
    case Cel::keys_without_wildcard:
      return all_keys([](std::string_view key) { return key.find('*') == std::string_view::npos; });
    case Cel::namespace_empty:
      return self.text.empty();
    case Cel::none_without_endpoints:
      return string_or(self, "resolution", "NONE") != "NONE" || has(self, "endpoints") == nullptr;
    case Cel::one_of_selector_and_target_refs:
      return at_most_one({"selector", "targetRef", "targetRefs"});
    case Cel::one_of_workload_selector_and_target_refs:
      return at_most_one({"workloadSelector", "targetRefs"});
    case Cel::port_level_mtls_needs_selector: {
      if (has(self, "portLevelMtls") == nullptr) return true;
      const Node* selector = has(self, "selector");
      const Node* labels = selector == nullptr ? nullptr : has(*selector, "matchLabels");
      return labels != nullptr && !labels->members.empty();
    }
    case Cel::port_number: {
      const auto number = integral(self);
      return number && *number > 0 && *number <= 65535;
    }
    case Cel::port_numbers_unique: {
      std::set<std::int64_t> seen;
      for (const Node& port : self.items) {
        const Node* number = has(port, "number");
        const auto whole = number == nullptr ? std::nullopt : integral(*number);
        if (!whole || !seen.insert(*whole).second) return false;
      }
      return true;
    }
    case Cel::probe_scheme:
      return self.text.empty() || self.text == "HTTP" || self.text == "HTTPS";
    case Cel::remove_without_value:
      return string_or(self, "operation", "") != "REMOVE" || has(self, "value") == nullptr;
    case Cel::round_robin_at_most_one_endpoint: {
      const Node* endpoints = has(self, "endpoints");
      return string_or(self, "resolution", "") != "DNS_ROUND_ROBIN" || endpoints == nullptr || endpoints->items.size() <= 1;
    }
    case Cel::service_accounts_alone:
      if (has(self, "serviceAccounts") == nullptr && has(self, "notServiceAccounts") == nullptr) return true;
      return has(self, "principals") == nullptr && has(self, "notPrincipals") == nullptr && has(self, "namespaces") == nullptr &&
             has(self, "notNamespaces") == nullptr;
    case Cel::unix_address_absolute:
      if (!self.text.starts_with(kUnix)) return true;
      return self.text.size() > kUnix.size() && (self.text[kUnix.size()] == '/' || self.text[kUnix.size()] == '@');
    case Cel::unix_address_not_directory:
      return !self.text.starts_with(kUnix) || !self.text.ends_with('/');
    case Cel::unix_address_without_ports:
      return !string_or(self, "address", "").starts_with(kUnix) || has(self, "ports") == nullptr;
    case Cel::upsert_needs_value:
      return string_or(self, "operation", "") != "UPSERT" || !string_or(self, "value", "").empty();
    case Cel::url_scheme:
      return is_web_address(self.text);
    case Cel::value_without_wildcard:
      return self.text.find('*') == std::string_view::npos;
    case Cel::wasm_url_scheme:
      return is_module_address(self.text);
    case Cel::waypoint_with_its_context:
      return (string_or(self, "context", "") == "WAYPOINT") == (has(self, "waypoint") != nullptr);
    case Cel::workload_selector_or_endpoints:
      return at_most_one({"workloadSelector", "endpoints"});
  }
  return true;
}

struct Validator {
  Walk& walk;
  bool blocked = false;  ///< an error that keeps the CEL rules from running

  void bad(RuleId rule, text::Position position, std::string message, std::string hint = {}, bool blocks = false) {
    walk.report(rule, position, std::move(message), std::move(hint));
    blocked = blocked || blocks;
  }

  void wrong_type(const Node& node, std::string_view wanted) {
    if (node.kind == Kind::null) {
      bad("SC0110", node.position, "null is not allowed here, expected " + std::string(wanted), "remove the item", true);
      return;
    }
    std::string hint;
    if (node.kind == Kind::string && (wanted == "an integer" || wanted == "a number")) hint = "write it without quotes";
    bad("SC0102", node.position, "expected " + std::string(wanted) + ", found " + std::string(describe(node.kind)),
        std::move(hint), true);
  }

  void check_number(const Node& node, const Bounds& bounds, bool integer) {
    if (bounds.has_minimum && node.number < bounds.minimum) {
      bad("SC0104", node.position, "`" + std::string(node.text) + "` is less than " + number_text(bounds.minimum));
    }
    if (bounds.has_maximum && node.number > bounds.maximum) {
      bad("SC0104", node.position, "`" + std::string(node.text) + "` is more than " + number_text(bounds.maximum));
    }
    if (integer && bounds.int32 && (node.number < -2147483648.0 || node.number > 2147483647.0)) {
      bad("SC0104", node.position, "`" + std::string(node.text) + "` is not a 32-bit integer");
    }
  }

  void check_string(const Node& node, const Bounds& bounds) {
    const std::size_t length = code_points(node.text);
    if (length < bounds.min_length) bad("SC0105", node.position, "shorter than " + std::to_string(bounds.min_length));
    if (length > bounds.max_length) {
      bad("SC0105", node.position, "longer than " + std::to_string(bounds.max_length), {}, true);
    }
    if (!bounds.pattern.empty() &&
        !re2::RE2::PartialMatch(re2::StringPiece(node.text.data(), node.text.size()), compiled(bounds.pattern))) {
      bad("SC0107", node.position, "`" + std::string(node.text) + "` does not match " + std::string(bounds.pattern));
    }
    if (bounds.byte && !is_byte_format(node.text)) {
      bad("SC0112", node.position, node.text.empty() ? "base64 must not be empty here" : "not base64 on one line", {}, true);
    }
  }

  void check_value(const Node& node, const ValueType& type, const Field& field, const Bounds& bounds) {
    if (node.kind == Kind::null && bounds.nullable) return;
    switch (type.shape) {
      case Shape::boolean:
        if (node.kind != Kind::boolean) wrong_type(node, "a boolean");
        break;
      case Shape::int32:
      case Shape::uint32:
      case Shape::uint64:
        if (!integral(node)) {
          wrong_type(node, "an integer");
          break;
        }
        check_number(node, bounds, true);
        break;
      case Shape::floating:
        if (node.kind != Kind::integer && node.kind != Kind::number) {
          wrong_type(node, "a number");
          break;
        }
        check_number(node, bounds, false);
        break;
      case Shape::string:
      case Shape::shared_string:
      case Shape::duration:
        if (!node.is_string()) {
          wrong_type(node, "a string");
          break;
        }
        check_string(node, bounds);
        break;
      case Shape::enumeration: {
        if (!node.is_string()) {
          wrong_type(node, "a string");
          break;
        }
        const Enumeration& enumeration = type.enumeration();
        if (enumeration.find(node.text) == nullptr) {
          std::vector<std::string_view> names;
          std::string all;
          for (const auto& entry : enumeration.values) {
            names.push_back(entry.first);
            all += (all.empty() ? "" : ", ") + std::string(entry.first);
          }
          const std::string_view near = nearest(node.text, names);
          bad("SC0103", node.position, "`" + std::string(node.text) + "` is not one of " + all,
              near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?", true);
        }
        break;
      }
      case Shape::structure:
        if (!node.is_object()) wrong_type(node, "an object");
        break;
      case Shape::message:
        check_message(node, type.message());
        break;
      case Shape::list:
        check_list(node, type, field, bounds);
        break;
      case Shape::map:
        if (!node.is_object()) {
          wrong_type(node, "an object");
          break;
        }
        if (node.members.size() < bounds.min_properties) {
          bad("SC0106", node.position, "fewer than " + std::to_string(bounds.min_properties) + " entries");
        }
        if (node.members.size() > bounds.max_properties) {
          bad("SC0106", node.position, "more than " + std::to_string(bounds.max_properties) + " entries", {}, true);
        }
        for (const text::Member& member : node.members) {
          Walk::Step step(walk, member.key);
          check_value(member.value, type.element(), field, field.each);
        }
        break;
    }
  }

  void check_list(const Node& node, const ValueType& type, const Field& field, const Bounds& bounds) {
    if (!node.is_list()) {
      wrong_type(node, "a list");
      return;
    }
    if (node.items.size() < bounds.min_items) {
      bad("SC0106", node.position, "fewer than " + std::to_string(bounds.min_items) + " items");
    }
    if (node.items.size() > bounds.max_items) {
      bad("SC0106", node.position, "more than " + std::to_string(bounds.max_items) + " items", {}, true);
    }
    for (std::size_t index = 0; index < node.items.size(); ++index) {
      Walk::Step step(walk, index);
      check_value(node.items[index], type.element(), field, field.each);
    }
    if (bounds.map_key.empty()) return;
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t index = 0; index < node.items.size(); ++index) {
      if (!node.items[index].is_object()) continue;
      const Node* key = has(node.items[index], bounds.map_key);
      const auto number = key == nullptr ? std::nullopt : integral(*key);  // 1.0 is 1
      const std::string value = key == nullptr ? std::string()
                                : number       ? "n" + std::to_string(*number)
                                               : (key->is_string() ? "s" : "o") + std::string(key->text);
      const auto [first, added] = seen.emplace(value, index);
      if (added) continue;
      Walk::Step step(walk, index);
      bad("SC0108", key == nullptr ? node.items[index].position : key->position,
          "another item has the same `" + std::string(bounds.map_key) + "`");
      if (Finding* finding = walk.last()) {
        finding->related_path = walk.path(walk.depth() - 1) + "[" + std::to_string(first->second) + "]";
        finding->related_message = "the first one";
      }
    }
  }

  void check_message(const Node& node, const Message& message) {
    if (!node.is_object()) {
      wrong_type(node, "an object");
      return;
    }
    std::vector<std::pair<int, const Field*>> set;  // of each oneof the field that is given
    for (const Field& field : message.fields) {
      const text::Member* member = node.member(field.name);
      if (member != nullptr && member->value.kind == Kind::null && !field.bounds.nullable) member = nullptr;
      if (member == nullptr) {
        if (field.required) {
          Walk::Step step(walk, field.name);
          bad("SC0101", node.position, "`" + std::string(field.name) + "` is required", {}, true);
        }
        continue;
      }
      check_field(*member, field, set);
    }
    for (const Field& field : message.fields) {
      const text::Member* member = field.proto_name_in_crd ? node.member(field.proto_name) : nullptr;
      if (member != nullptr) check_field(*member, field, set);
    }
  }

  void check_field(const text::Member& given, const Field& field, std::vector<std::pair<int, const Field*>>& set) {
    const text::Member* member = &given;
    if (member->value.kind == Kind::null) return;
    Walk::Step step(walk, member->key);
    if (field.oneof != 0) {
      const auto other = std::find_if(set.begin(), set.end(), [&](const auto& entry) { return entry.first == field.oneof; });
      if (other != set.end()) {
        bad("SC0109", member->key_position,
            "only one of `" + std::string(other->second->name) + "` and `" + std::string(field.name) + "` can be set");
      } else {
        set.emplace_back(field.oneof, &field);
      }
    }
    check_value(member->value, *field.type, field, field.bounds);
  }

  void run(Cel rule, const Node& node) {
    if (holds(rule, node)) return;
    const CelRule described = describe_rule(rule);
    const bool left_out = rule == Cel::none_without_endpoints && has(node, "resolution") == nullptr;
    // Where one field decides, it is the place: the one that is not allowed beside the others.
    std::string hint = left_out ? "write `resolution: STATIC`" : "";
    text::Position place = node.position;
    const char* key = rule == Cel::none_without_endpoints           ? "endpoints"
                      : rule == Cel::workload_selector_or_endpoints ? "workloadSelector"
                                                                    : "";
    if (const text::Member* member = *key != '\0' ? node.member(key) : nullptr; member != nullptr) place = member->key_position;
    if (rule == Cel::workload_selector_or_endpoints)
      hint = "remove one of them: endpoints stand in the list, or are selected by labels";
    bad(described.id, place, std::string(described.message) + (left_out ? ", and without `resolution` it is NONE" : ""),
        std::move(hint));
  }

  void cel_value(const Node& node, const ValueType& type, const Field& field, const Bounds& bounds) {
    for (const Cel rule : bounds.cels) run(rule, node);
    switch (type.shape) {
      case Shape::message:
        cel_message(node, type.message(), field.except);
        break;
      case Shape::list:
        for (std::size_t index = 0; index < node.items.size(); ++index) {
          Walk::Step step(walk, index);
          cel_value(node.items[index], type.element(), field, field.each);
        }
        break;
      case Shape::map:
        for (const text::Member& member : node.members) {
          Walk::Step step(walk, member.key);
          cel_value(member.value, type.element(), field, field.each);
        }
        break;
      default:
        break;
    }
  }

  void cel_message(const Node& node, const Message& message, Cel except) {
    for (const Cel rule : message.rules) {
      if (rule != except) run(rule, node);
    }
    for (const text::Member& member : node.members) {
      const Field* field = message.find_in_crd(member.key);
      if (field == nullptr || member.value.kind == Kind::null) continue;
      Walk::Step step(walk, member.key);
      cel_value(member.value, *field->type, *field, field->bounds);
    }
  }
};

constexpr std::string_view kTimes[] = {"lastProbeTime", "lastTransitionTime"};

/// The status has a schema of its own, which knows few fields and keeps the others.
struct StatusValidator {
  Validator check;

  void typed(const Node& object, std::string_view key, Kind kind, std::string_view wanted) {
    const Node* node = has(object, key);
    Walk::Step step(check.walk, key);
    if (node != nullptr && node->kind != kind) check.wrong_type(*node, wanted);
  }

  void generation(const Node& object) {
    const Node* node = has(object, "observedGeneration");
    Walk::Step step(check.walk, "observedGeneration");
    if (node != nullptr && !node->is_string() && !integral(*node)) check.wrong_type(*node, "an integer");
  }

  template <class Each>
  void list(const Node& object, std::string_view key, Each&& each) {
    const Node* node = has(object, key);
    if (node == nullptr) return;
    Walk::Step step(check.walk, key);
    if (!node->is_list()) return check.wrong_type(*node, "a list");
    for (std::size_t index = 0; index < node->items.size(); ++index) {
      Walk::Step inner(check.walk, index);
      if (node->items[index].is_object()) {
        each(node->items[index]);
      } else {
        check.wrong_type(node->items[index], "an object");
      }
    }
  }

  void run(const Node& status) {
    if (status.kind == Kind::null) return;
    if (!status.is_object()) return check.wrong_type(status, "an object");
    generation(status);
    list(status, "conditions", [&](const Node& condition) {
      for (const std::string_view key : {"message", "reason", "status", "type"}) typed(condition, key, Kind::string, "a string");
      generation(condition);
      for (const std::string_view key : kTimes) {
        const Node* node = has(condition, key);
        if (node == nullptr) continue;
        Walk::Step step(check.walk, key);
        if (!node->is_string()) {
          check.wrong_type(*node, "a string");
        } else if (!parse_time(node->text)) {
          check.bad("SC0112", node->position, "`" + std::string(node->text) + "` is not an RFC 3339 time");
        }
      }
    });
    list(status, "validationMessages", [&](const Node& message) {
      typed(message, "documentationUrl", Kind::string, "a string");
      typed(message, "level", Kind::string, "a string");
      const std::string_view level = string_or(message, "level", "INFO");
      if (level != "UNKNOWN" && level != "ERROR" && level != "WARNING" && level != "INFO") {
        Walk::Step step(check.walk, "level");
        check.bad("SC0103", has(message, "level")->position,
                  "`" + std::string(level) + "` is not one of UNKNOWN, ERROR, WARNING, INFO");
      }
      typed(message, "type", Kind::object, "an object");
      if (const Node* type = has(message, "type"); type != nullptr && type->is_object()) {
        Walk::Step step(check.walk, "type");
        typed(*type, "code", Kind::string, "a string");
        typed(*type, "name", Kind::string, "a string");
      }
    });
  }
};

}  // namespace

void validate_status(const Node& status, Walk& walk) { StatusValidator{Validator{walk}}.run(status); }

void validate(const Node& node, const Message& message, Walk& walk) {
  Validator validator{walk};
  validator.check_message(node, message);
  if (!validator.blocked) validator.cel_message(node, message, Cel::none);
}

}  // namespace meshroute::schema
