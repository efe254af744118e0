// SPDX-License-Identifier: Apache-2.0
#include "routes/protojson.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace meshroute::routes {

namespace {

using Json = nlohmann::json;

enum class Type : std::uint8_t { text, boolean, uint32, int64, duration, bytes, enumeration, message };

struct Message;
struct Field {
  std::string_view name;
  Type type = Type::text;
  bool repeated = false;
  const Message* message = nullptr;
  std::span<const std::string_view> values = {};  ///< of an enumeration
  bool filled = false;                            ///< must be there, and not empty
};
struct Message {
  std::span<const Field> fields;
  std::string_view one_of = {};  ///< at least one of these must be there: "a b c"
};

template <std::size_t Size>
constexpr Message message(const Field (&fields)[Size], std::string_view one_of = {}) {
  return {fields, one_of};
}

// The names and types are those of Envoy's API (config/route/v3, type/matcher/v3, extensions/filters/http).
constexpr std::string_view kDenominators[] = {"HUNDRED", "TEN_THOUSAND", "MILLION"};
constexpr Field kFractionalPercentFields[] = {{"numerator", Type::uint32},
                                              {"denominator", Type::enumeration, false, nullptr, kDenominators}};
constexpr Message kFractionalPercent = message(kFractionalPercentFields);
constexpr Field kRuntimeFractionFields[] = {{"default_value", Type::message, false, &kFractionalPercent}, {"runtime_key"}};
constexpr Message kRuntimeFraction = message(kRuntimeFractionFields, "default_value");
constexpr Field kRegexFields[] = {{"regex"}};
constexpr Message kRegex = message(kRegexFields);
constexpr Field kRegexRewriteFields[] = {{"pattern", Type::message, false, &kRegex}, {"substitution"}};
constexpr Message kRegexRewrite = message(kRegexRewriteFields);
constexpr Field kStringMatchFields[] = {{"exact"},    {"prefix"},
                                        {"suffix"},   {"safe_regex", Type::message, false, &kRegex},
                                        {"contains"}, {"ignore_case", Type::boolean}};
constexpr Message kStringMatch = message(kStringMatchFields);
constexpr Field kRangeFields[] = {{"start", Type::int64}, {"end", Type::int64}};
constexpr Message kRange = message(kRangeFields);
constexpr Field kHeaderMatchFields[] = {{"name"},
                                        {"exact_match"},
                                        {"safe_regex_match", Type::message, false, &kRegex},
                                        {"range_match", Type::message, false, &kRange},
                                        {"present_match", Type::boolean},
                                        {"prefix_match"},
                                        {"suffix_match"},
                                        {"contains_match"},
                                        {"string_match", Type::message, false, &kStringMatch},
                                        {"invert_match", Type::boolean},
                                        {"treat_missing_header_as_empty", Type::boolean}};
constexpr Message kHeaderMatch = message(kHeaderMatchFields);
constexpr Field kQueryMatchFields[] = {{"name", Type::text, false, nullptr, {}, true},
                                       {"string_match", Type::message, false, &kStringMatch},
                                       {"present_match", Type::boolean}};
constexpr Message kQueryMatch = message(kQueryMatchFields);
constexpr Message kEmpty{};
constexpr Field kRouteMatchFields[] = {{"prefix"},
                                       {"path"},
                                       {"safe_regex", Type::message, false, &kRegex},
                                       {"path_separated_prefix"},
                                       {"case_sensitive", Type::boolean},
                                       {"runtime_fraction", Type::message, false, &kRuntimeFraction},
                                       {"headers", Type::message, true, &kHeaderMatch},
                                       {"query_parameters", Type::message, true, &kQueryMatch},
                                       {"grpc", Type::message, false, &kEmpty},
                                       {"dynamic_metadata", Type::message, true, &kEmpty}};
constexpr Message kRouteMatch = message(kRouteMatchFields);
constexpr Field kHeaderValueFields[] = {{"key"}, {"value"}, {"raw_value", Type::bytes}};
constexpr Message kHeaderValue = message(kHeaderValueFields);
constexpr std::string_view kAppendActions[] = {"APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD",
                                               "OVERWRITE_IF_EXISTS"};
constexpr Field kHeaderOptionFields[] = {{"header", Type::message, false, &kHeaderValue},
                                         {"append", Type::boolean},
                                         {"append_action", Type::enumeration, false, nullptr, kAppendActions},
                                         {"keep_empty_value", Type::boolean}};
constexpr Message kHeaderOption = message(kHeaderOptionFields);
constexpr Field kMirrorFields[] = {{"cluster"},
                                   {"cluster_header"},
                                   {"runtime_fraction", Type::message, false, &kRuntimeFraction},
                                   {"trace_sampled", Type::boolean},
                                   {"disable_shadow_host_suffix_append", Type::boolean}};
constexpr Message kMirror = message(kMirrorFields);
constexpr Field kAbortFields[] = {
    {"http_status", Type::uint32}, {"grpc_status", Type::uint32}, {"percentage", Type::message, false, &kFractionalPercent}};
constexpr Message kAbort = message(kAbortFields);
constexpr Field kDelayFields[] = {{"fixed_delay", Type::duration}, {"percentage", Type::message, false, &kFractionalPercent}};
constexpr Message kDelay = message(kDelayFields);
constexpr Field kFaultFields[] = {{"delay", Type::message, false, &kDelay},
                                  {"abort", Type::message, false, &kAbort},
                                  {"upstream_cluster"},
                                  {"headers", Type::message, true, &kHeaderMatch}};
constexpr Message kFault = message(kFaultFields);
constexpr Field kCorsFields[] = {{"allow_origin_string_match", Type::message, true, &kStringMatch},
                                 {"allow_methods"},
                                 {"allow_headers"},
                                 {"expose_headers"},
                                 {"max_age"},
                                 {"allow_credentials", Type::boolean},
                                 {"filter_enabled", Type::message, false, &kRuntimeFraction},
                                 {"shadow_enabled", Type::message, false, &kRuntimeFraction},
                                 {"forward_not_matching_preflights", Type::boolean}};
constexpr Message kCors = message(kCorsFields);
constexpr Field kWeightFields[] = {{"name"},
                                   {"cluster_header"},
                                   {"weight", Type::uint32},
                                   {"host_rewrite_literal"},
                                   {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                   {"request_headers_to_remove", Type::text, true},
                                   {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                   {"response_headers_to_remove", Type::text, true}};
constexpr Message kWeight = message(kWeightFields, "weight");
constexpr Field kWeightedFields[] = {
    {"clusters", Type::message, true, &kWeight}, {"header_name"}, {"total_weight", Type::uint32}};
constexpr Message kWeighted = message(kWeightedFields);
constexpr Field kBackOffFields[] = {{"base_interval", Type::duration}, {"max_interval", Type::duration}};
constexpr Message kBackOff = message(kBackOffFields);
constexpr Field kRetryFields[] = {{"retry_on"},
                                  {"num_retries", Type::uint32},
                                  {"per_try_timeout", Type::duration},
                                  {"per_try_idle_timeout", Type::duration},
                                  {"host_selection_retry_max_attempts", Type::int64},
                                  {"retriable_status_codes", Type::uint32, true},
                                  {"retry_back_off", Type::message, false, &kBackOff}};
constexpr Message kRetry = message(kRetryFields);
constexpr Field kHashHeaderFields[] = {{"header_name", Type::text, false, nullptr, {}, true},
                                       {"regex_rewrite", Type::message, false, &kRegexRewrite}};
constexpr Message kHashHeader = message(kHashHeaderFields);
constexpr Field kHashCookieFields[] = {{"name", Type::text, false, nullptr, {}, true}, {"ttl", Type::duration}, {"path"}};
constexpr Message kHashCookie = message(kHashCookieFields);
constexpr Field kHashAddressFields[] = {{"source_ip", Type::boolean}};
constexpr Message kHashAddress = message(kHashAddressFields);
constexpr Field kHashNameFields[] = {{"name", Type::text, false, nullptr, {}, true}};
constexpr Message kHashName = message(kHashNameFields);
constexpr Field kHashFields[] = {{"header", Type::message, false, &kHashHeader},
                                 {"cookie", Type::message, false, &kHashCookie},
                                 {"connection_properties", Type::message, false, &kHashAddress},
                                 {"query_parameter", Type::message, false, &kHashName},
                                 {"terminal", Type::boolean}};
constexpr Message kHash = message(kHashFields, "header cookie connection_properties query_parameter filter_state");
constexpr Field kActionFields[] = {{"cluster"},
                                   {"cluster_header"},
                                   {"weighted_clusters", Type::message, false, &kWeighted},
                                   {"prefix_rewrite"},
                                   {"path_rewrite"},
                                   {"regex_rewrite", Type::message, false, &kRegexRewrite},
                                   {"host_rewrite_literal"},
                                   {"auto_host_rewrite", Type::boolean},
                                   {"host_rewrite_header"},
                                   {"host_rewrite_path_regex", Type::message, false, &kRegexRewrite},
                                   {"append_x_forwarded_host", Type::boolean},
                                   {"timeout", Type::duration},
                                   {"idle_timeout", Type::duration},
                                   {"max_grpc_timeout", Type::duration},
                                   {"retry_policy", Type::message, false, &kRetry},
                                   {"request_mirror_policies", Type::message, true, &kMirror},
                                   {"hash_policy", Type::message, true, &kHash},
                                   {"cors", Type::message, false, &kCors}};
constexpr Message kAction = message(kActionFields);
constexpr std::string_view kRedirectCodes[] = {"MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT",
                                               "PERMANENT_REDIRECT"};
constexpr Field kRedirectFields[] = {{"https_redirect", Type::boolean},
                                     {"scheme_redirect"},
                                     {"host_redirect"},
                                     {"port_redirect", Type::uint32},
                                     {"path_redirect"},
                                     {"prefix_rewrite"},
                                     {"regex_rewrite", Type::message, false, &kRegexRewrite},
                                     {"response_code", Type::enumeration, false, nullptr, kRedirectCodes},
                                     {"strip_query", Type::boolean}};
constexpr Message kRedirect = message(kRedirectFields);
constexpr Field kBodyFields[] = {{"filename"}, {"inline_bytes", Type::bytes}, {"inline_string"}, {"environment_variable"}};
constexpr Message kBody = message(kBodyFields, "filename inline_bytes inline_string environment_variable");
constexpr Field kDirectFields[] = {{"status", Type::uint32}, {"body", Type::message, false, &kBody}};
constexpr Message kDirect = message(kDirectFields);
constexpr Field kRouteFields[] = {{"name"},
                                  {"match", Type::message, false, &kRouteMatch},
                                  {"route", Type::message, false, &kAction},
                                  {"redirect", Type::message, false, &kRedirect},
                                  {"direct_response", Type::message, false, &kDirect},
                                  {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"request_headers_to_remove", Type::text, true},
                                  {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"response_headers_to_remove", Type::text, true}};
constexpr Message kRoute = message(kRouteFields);
constexpr Field kHostFields[] = {{"name"},
                                 {"domains", Type::text, true},
                                 {"routes", Type::message, true, &kRoute},
                                 {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                 {"request_headers_to_remove", Type::text, true},
                                 {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                 {"response_headers_to_remove", Type::text, true},
                                 {"include_request_attempt_count", Type::boolean},
                                 {"retry_policy", Type::message, false, &kRetry},
                                 {"request_mirror_policies", Type::message, true, &kMirror}};
constexpr Message kHost = message(kHostFields);
constexpr Field kTableFields[] = {{"name"},
                                  {"virtual_hosts", Type::message, true, &kHost},
                                  {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"request_headers_to_remove", Type::text, true},
                                  {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"response_headers_to_remove", Type::text, true},
                                  {"most_specific_header_mutations_wins", Type::boolean},
                                  {"validate_clusters", Type::boolean},
                                  {"max_direct_response_body_size_bytes", Type::uint32},
                                  {"ignore_port_in_host_matching", Type::boolean},
                                  {"ignore_path_parameters_in_path_matching", Type::boolean},
                                  {"request_mirror_policies", Type::message, true, &kMirror}};
constexpr Message kTable = message(kTableFields);

const char* shown(const Json& json) {
  switch (json.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return "a boolean";
    default:
      return "a number";
  }
}

[[noreturn]] void refuse_type(const char* wanted, const Json& json) {
  refuse(std::string("expected ") + wanted + ", found " + shown(json));
}

/// A number, also in quotes, as protobuf takes it.
void check_integer(const Json& json, double least, double most) {
  double value = 0;
  if (json.is_number()) {
    value = json.get<double>();
  } else if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    const bool plain = !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string::npos && *end == '\0';
    if (!plain) refuse("expected a number, found \"" + text + "\"");
  } else {
    refuse_type("a number", json);
  }
  if (value < least || value > most || value != static_cast<double>(static_cast<std::int64_t>(value)))
    refuse("the number is out of range");
}

void check_duration(const Json& json) {
  if (!json.is_string()) refuse_type("a duration (\"1.5s\")", json);
  const auto& text = json.get_ref<const std::string&>();
  std::string_view digits(text);
  if (!digits.ends_with('s')) refuse("a duration ends in s: \"1.5s\"");
  digits.remove_suffix(1);
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789.") != std::string_view::npos || digits.front() == '.' ||
      digits.find('.') != digits.rfind('.'))
    refuse("a duration is a number of seconds with an s: \"1.5s\"");
}

void check(const Json& json, const Message& message);

void check(const Json& json, const Field& field) {
  switch (field.type) {
    case Type::text:
    case Type::bytes:
      if (!json.is_string()) refuse_type("a string", json);
      return;
    case Type::boolean:
      if (!json.is_boolean()) refuse_type("true or false", json);
      return;
    case Type::uint32:
      return check_integer(json, 0, 4294967295.0);
    case Type::int64:
      return check_integer(json, -9223372036854774784.0, 9223372036854774784.0);
    case Type::duration:
      return check_duration(json);
    case Type::enumeration:
      if (json.is_number_integer()) {
        if (json.get<std::int64_t>() < 0 || json.get<std::int64_t>() >= static_cast<std::int64_t>(field.values.size()))
          refuse("value must be one of the defined enum values");
        return;
      }
      if (!json.is_string()) refuse_type("one of its names", json);
      return;  // Envoy ignores an unknown name, as it does an unknown field
    case Type::message:
      return check(json, *field.message);
  }
}

void check_filters(const Json& json) {
  if (!json.is_object()) refuse_type("an object", json);
  for (const auto& [name, config] : json.items()) {
    const At at(name);
    if (!config.is_object()) refuse_type("an object", config);
    const auto type = config.find("@type");
    if (type == config.end() || !type->is_string() || type->get_ref<const std::string&>().empty())
      refuse("a filter's configuration says its type as @type");
    const auto& text = type->get_ref<const std::string&>();
    if (text.find('/') == std::string::npos || text.starts_with('/'))
      refuse("@type must contain at least one / and a nonempty host");
    if (text.ends_with("fault.v3.HTTPFault")) check(config, kFault);
    if (text.ends_with("cors.v3.CorsPolicy")) check(config, kCors);
  }
}

bool has(const Json& json, std::string_view name) {
  auto found = json.find(name);
  if (found == json.end()) found = json.find(camel_case(name));
  return found != json.end() && !found->is_null();
}

void check_one_of(const Json& json, std::string_view names) {
  for (std::string_view rest = names; !rest.empty();) {
    const auto space = std::min(rest.find(' '), rest.size());
    if (has(json, rest.substr(0, space))) return;
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  std::string shown(names);
  std::replace(shown.begin(), shown.end(), ' ', ',');
  refuse("one of these is required: " + shown);
}

void check(const Json& json, const Message& message) {
  if (!json.is_object()) refuse_type("an object", json);
  if (!message.one_of.empty()) check_one_of(json, message.one_of);
  for (const Field& field : message.fields) {
    const Json* value = nullptr;
    if (const auto found = json.find(field.name); found != json.end()) {
      value = &*found;
    } else if (const auto camel = json.find(camel_case(field.name)); camel != json.end()) {
      value = &*camel;
    }
    if (field.filled && (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().empty()))
      refuse(std::string(field.name) + " is required");
    if (value == nullptr || value->is_null()) continue;
    if (!field.repeated || !value->is_array()) {  // protobuf takes one value for a list of one
      const At at(field.name);
      check(*value, field);
      continue;
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
      const At at(field.name, i);
      if ((*value)[i].is_null()) continue;
      check((*value)[i], field);
    }
  }
  for (const char* name : {"typed_per_filter_config", "typedPerFilterConfig"}) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) continue;
    const At at("typed_per_filter_config");
    check_filters(*found);
  }
}

}  // namespace

std::string& At::path() {
  thread_local std::string path;
  return path;
}

At::At(std::string_view field) : before_(path().size()) {
  if (!path().empty()) path() += '.';
  path() += field;
}

At::At(std::string_view field, std::size_t index) : before_(path().size()) {
  if (!path().empty()) path() += '.';
  path() += field;
  path() += '[' + std::to_string(index) + ']';
}

void refuse(std::string reason) { throw Refused{std::move(reason), At::path()}; }

std::string camel_case(std::string_view name) {
  std::string camel;
  bool up = false;
  for (const char c : name) {
    if (c == '_') {
      up = true;
    } else {
      camel += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      up = false;
    }
  }
  return camel;
}

void check_types(const Json& route_configuration) { check(route_configuration, kTable); }

}  // namespace meshroute::routes
