// SPDX-License-Identifier: Apache-2.0
// The types of Envoy's fields, and where a field stands in a document.
#include "envoy/protojson.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "match/duration.hpp"
#include "text/base64.hpp"
#include "text/near.hpp"

namespace meshroute::envoy {

namespace {

using text::Kind;
using text::Node;

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
  std::string_view others = {};  ///< Envoy's other fields, which decide nothing here and are not looked into: "a b c"
  bool open = false;             ///< any field is taken
};

template <std::size_t Size>
constexpr Message message(const Field (&fields)[Size], std::string_view one_of = {}, std::string_view others = {}) {
  return {fields, one_of, others};
}

// The names and types are those of Envoy's API (config/route/v3, type/matcher/v3, extensions/filters/http).
constexpr std::string_view kDenominators[] = {"HUNDRED", "TEN_THOUSAND", "MILLION"};
constexpr Field kFractionalPercentFields[] = {{"numerator", Type::uint32},
                                              {"denominator", Type::enumeration, false, nullptr, kDenominators}};
constexpr Message kFractionalPercent = message(kFractionalPercentFields);
constexpr Field kRuntimeFractionFields[] = {{"default_value", Type::message, false, &kFractionalPercent}, {"runtime_key"}};
constexpr Message kRuntimeFraction = message(kRuntimeFractionFields, "default_value");
constexpr Field kRegexFields[] = {{"regex"}};
constexpr Message kRegex = message(kRegexFields, "", "google_re2");
constexpr Field kRegexRewriteFields[] = {{"pattern", Type::message, false, &kRegex}, {"substitution"}};
constexpr Message kRegexRewrite = message(kRegexRewriteFields);
constexpr Field kStringMatchFields[] = {{"exact"},    {"prefix"},
                                        {"suffix"},   {"safe_regex", Type::message, false, &kRegex},
                                        {"contains"}, {"ignore_case", Type::boolean}};
constexpr Message kStringMatch = message(kStringMatchFields, "", "custom");
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
constexpr Message kUnread{{}, {}, {}, true};
constexpr Field kRouteMatchFields[] = {{"prefix"},
                                       {"path"},
                                       {"safe_regex", Type::message, false, &kRegex},
                                       {"path_separated_prefix"},
                                       {"case_sensitive", Type::boolean},
                                       {"runtime_fraction", Type::message, false, &kRuntimeFraction},
                                       {"headers", Type::message, true, &kHeaderMatch},
                                       {"query_parameters", Type::message, true, &kQueryMatch},
                                       {"grpc", Type::message, false, &kEmpty},
                                       {"dynamic_metadata", Type::message, true, &kUnread}};
constexpr Message kRouteMatch =
    message(kRouteMatchFields, "", "connect_matcher path_match_policy cookies tls_context filter_state");
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
constexpr Message kMirror = message(kMirrorFields, "", "request_headers_mutations host_rewrite_literal");
constexpr Field kAbortFields[] = {
    {"http_status", Type::uint32}, {"grpc_status", Type::uint32}, {"percentage", Type::message, false, &kFractionalPercent}};
constexpr Message kAbort = message(kAbortFields, "", "header_abort");
constexpr Field kDelayFields[] = {{"fixed_delay", Type::duration}, {"percentage", Type::message, false, &kFractionalPercent}};
constexpr Message kDelay = message(kDelayFields, "", "header_delay");
constexpr Field kFaultFields[] = {{"delay", Type::message, false, &kDelay},
                                  {"abort", Type::message, false, &kAbort},
                                  {"upstream_cluster"},
                                  {"headers", Type::message, true, &kHeaderMatch}};
constexpr Message kFault =
    message(kFaultFields, "",
            "downstream_nodes max_active_faults response_rate_limit delay_percent_runtime abort_percent_runtime "
            "delay_duration_runtime abort_http_status_runtime max_active_faults_runtime response_rate_limit_percent_runtime "
            "abort_grpc_status_runtime disable_downstream_cluster_stats filter_metadata");
constexpr Field kCorsFields[] = {{"allow_origin_string_match", Type::message, true, &kStringMatch},
                                 {"allow_methods"},
                                 {"allow_headers"},
                                 {"expose_headers"},
                                 {"max_age"},
                                 {"allow_credentials", Type::boolean},
                                 {"filter_enabled", Type::message, false, &kRuntimeFraction},
                                 {"shadow_enabled", Type::message, false, &kRuntimeFraction},
                                 {"forward_not_matching_preflights", Type::boolean}};
constexpr Message kCors = message(kCorsFields, "", "allow_private_network_access");
constexpr Field kWeightFields[] = {{"name"},
                                   {"cluster_header"},
                                   {"weight", Type::uint32},
                                   {"host_rewrite_literal"},
                                   {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                   {"request_headers_to_remove", Type::text, true},
                                   {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                   {"response_headers_to_remove", Type::text, true}};
constexpr Message kWeight = message(kWeightFields, "weight", "metadata_match typed_per_filter_config");
constexpr Field kWeightedFields[] = {
    {"clusters", Type::message, true, &kWeight}, {"header_name"}, {"total_weight", Type::uint32}};
constexpr Message kWeighted = message(kWeightedFields, "", "runtime_key_prefix use_hash_policy");
constexpr Field kBackOffFields[] = {{"base_interval", Type::duration}, {"max_interval", Type::duration}};
constexpr Message kBackOff = message(kBackOffFields);
constexpr Field kRetryFields[] = {{"retry_on"},
                                  {"num_retries", Type::uint32},
                                  {"per_try_timeout", Type::duration},
                                  {"per_try_idle_timeout", Type::duration},
                                  {"host_selection_retry_max_attempts", Type::int64},
                                  {"retriable_status_codes", Type::uint32, true},
                                  {"retry_back_off", Type::message, false, &kBackOff}};
constexpr Message kRetry = message(kRetryFields, "",
                                   "retry_priority retry_host_predicate retry_options_predicates rate_limited_retry_back_off "
                                   "retriable_headers retriable_request_headers refresh_cluster_on_retry");
constexpr Field kHashHeaderFields[] = {{"header_name", Type::text, false, nullptr, {}, true},
                                       {"regex_rewrite", Type::message, false, &kRegexRewrite}};
constexpr Message kHashHeader = message(kHashHeaderFields);
constexpr Field kHashCookieFields[] = {{"name", Type::text, false, nullptr, {}, true}, {"ttl", Type::duration}, {"path"}};
constexpr Message kHashCookie = message(kHashCookieFields, "", "attributes");
constexpr Field kHashAddressFields[] = {{"source_ip", Type::boolean}};
constexpr Message kHashAddress = message(kHashAddressFields);
constexpr Field kHashNameFields[] = {{"name", Type::text, false, nullptr, {}, true}};
constexpr Message kHashName = message(kHashNameFields);
constexpr Field kHashFields[] = {{"header", Type::message, false, &kHashHeader},
                                 {"cookie", Type::message, false, &kHashCookie},
                                 {"connection_properties", Type::message, false, &kHashAddress},
                                 {"query_parameter", Type::message, false, &kHashName},
                                 {"terminal", Type::boolean}};
constexpr Message kHash =
    message(kHashFields, "header cookie connection_properties query_parameter filter_state", "filter_state");
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
constexpr Message kAction =
    message(kActionFields, "",
            "cluster_specifier_plugin inline_cluster_specifier_plugin cluster_not_found_response_code metadata_match "
            "path_rewrite_policy host_rewrite flush_timeout early_data_policy retry_policy_typed_config priority rate_limits "
            "include_vh_rate_limits grpc_timeout_offset upgrade_configs internal_redirect_policy internal_redirect_action "
            "max_internal_redirects hedge_policy max_stream_duration");
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
constexpr Message kRedirect = message(kRedirectFields, "", "path_rewrite");
constexpr Field kBodyFields[] = {{"filename"}, {"inline_bytes", Type::bytes}, {"inline_string"}, {"environment_variable"}};
constexpr Message kBody = message(kBodyFields, "filename inline_bytes inline_string environment_variable", "watched_directory");
constexpr Field kDirectFields[] = {{"status", Type::uint32}, {"body", Type::message, false, &kBody}};
constexpr Message kDirect = message(kDirectFields, "", "body_format");
constexpr Field kRouteFields[] = {{"name"},
                                  {"match", Type::message, false, &kRouteMatch},
                                  {"route", Type::message, false, &kAction},
                                  {"redirect", Type::message, false, &kRedirect},
                                  {"direct_response", Type::message, false, &kDirect},
                                  {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"request_headers_to_remove", Type::text, true},
                                  {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                  {"response_headers_to_remove", Type::text, true}};
constexpr Message kRoute = message(kRouteFields, "",
                                   "filter_action non_forwarding_action metadata decorator typed_per_filter_config tracing "
                                   "per_request_buffer_limit_bytes stat_prefix request_body_buffer_limit");
constexpr std::string_view kTlsRequirements[] = {"NONE", "EXTERNAL_ONLY", "ALL"};
constexpr Field kHostFields[] = {{"name"},
                                 {"require_tls", Type::enumeration, false, nullptr, kTlsRequirements},
                                 {"domains", Type::text, true},
                                 {"routes", Type::message, true, &kRoute},
                                 {"request_headers_to_add", Type::message, true, &kHeaderOption},
                                 {"request_headers_to_remove", Type::text, true},
                                 {"response_headers_to_add", Type::message, true, &kHeaderOption},
                                 {"response_headers_to_remove", Type::text, true},
                                 {"include_request_attempt_count", Type::boolean},
                                 {"retry_policy", Type::message, false, &kRetry},
                                 {"request_mirror_policies", Type::message, true, &kMirror}};
constexpr Message kHost =
    message(kHostFields, "",
            "matcher virtual_clusters rate_limits cors typed_per_filter_config include_attempt_count_in_response "
            "retry_policy_typed_config hedge_policy include_is_timeout_retry_header per_request_buffer_limit_bytes "
            "request_body_buffer_limit metadata");
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
constexpr Message kTable = message(
    kTableFields, "", "vhds internal_only_headers cluster_specifier_plugins vhost_header typed_per_filter_config metadata");
constexpr Field kDurationFields[] = {{"seconds", Type::int64}, {"nanos", Type::int64}};
constexpr Message kDuration = message(kDurationFields);

/// Whether `key` is the lowerCamelCase form of a snake_case name.
bool is_camel_case(std::string_view key, std::string_view name) {
  std::size_t at = 0;
  bool up = false;
  for (const char c : name) {
    if (c == '_') {
      up = true;
      continue;
    }
    const char want = up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    up = false;
    if (at >= key.size() || key[at++] != want) return false;
  }
  return at == key.size();
}

/// The words of "a b c".
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

const text::Member* member(const Node& message, std::string_view name) {
  const text::Member* found = nullptr;
  for (const text::Member& each : message.members) {
    if (each.key == name) return &each;
    if (is_camel_case(each.key, name)) found = &each;
  }
  return found;
}

const char* shown(const Node& node) {
  switch (node.kind) {
    case Kind::object:
      return "an object";
    case Kind::list:
      return "a list";
    case Kind::string:
      return "a string";
    case Kind::boolean:
      return "a boolean";
    default:
      return "a number";
  }
}

bool is_number(const Node& node) { return node.kind == Kind::integer || node.kind == Kind::number; }

class Checker {
 public:
  explicit Checker(Refusals& refusals) : refusals_(refusals) {}

  void check(const Node& node, const Message& message) {
    if (!node.is_object()) return refuse_type("an object", node);
    if (!message.open) check_names(node, message);
    if (!message.one_of.empty()) check_one_of(node, message.one_of);
    for (const Field& each : message.fields) {
      const Node* value = field(node, each.name);
      if (each.filled && (value == nullptr || !value->is_string() || value->text.empty()))
        refusals_.refuse(std::string(each.name) + " is required");
      if (value == nullptr) continue;
      if (!each.repeated || !value->is_list()) {  // protobuf takes one value for a list of one
        const auto step = refusals_.at(each.name);
        check(*value, each);
        continue;
      }
      for (std::size_t i = 0; i < value->items.size(); ++i) {
        const auto step = refusals_.at(each.name, i);
        if (value->items[i].kind != Kind::null) check(value->items[i], each);
      }
    }
    if (const Node* filters = field(node, "typed_per_filter_config")) {
      const auto step = refusals_.at("typed_per_filter_config");
      check_filters(*filters);
    }
  }

 private:
  void check_names(const Node& node, const Message& message) {
    std::vector<std::string_view> names;
    for (const text::Member& each : node.members) {
      if (each.key == "@type") continue;
      if (names.empty()) {
        names = words_of(message.others);
        for (const Field& field : message.fields) names.push_back(field.name);
      }
      const auto is_it = [&](std::string_view name) { return each.key == name || is_camel_case(each.key, name); };
      if (std::any_of(names.begin(), names.end(), is_it)) continue;
      const std::string_view near = text::nearest(each.key, names);
      const auto step = refusals_.at(each.key);
      refusals_.refuse("Envoy has no such field" + (near.empty() ? "" : "; did you mean " + std::string(near) + "?"));
    }
  }

  void refuse_type(const char* wanted, const Node& node) {
    refusals_.refuse(std::string("expected ") + wanted + ", found " + shown(node));
  }

  /// A number, also in quotes, as protobuf takes it.
  void check_integer(const Node& node, double least, double most) {
    double value = node.number;
    if (node.is_string()) {
      const std::string text(node.text);
      char* end = nullptr;
      value = std::strtod(text.c_str(), &end);
      if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string::npos || *end != '\0')
        return refusals_.refuse("expected a number, found \"" + text + "\"");
    } else if (!is_number(node)) {
      return refuse_type("a number", node);
    }
    if (!(value >= least && value <= most) || value != static_cast<double>(static_cast<std::int64_t>(value)))
      refusals_.refuse("the number is out of range");
  }

  void check_duration(const Node& node) {
    if (node.is_object()) return check(node, kDuration);  // as the message that it is
    if (!node.is_string()) return refuse_type("a duration (\"1.5s\")", node);
    if (!match::is_protobuf_duration(node.text)) refusals_.refuse("a duration is a number of seconds with an s: \"1.5s\"");
  }

  void check(const Node& node, const Field& of) {
    switch (of.type) {
      case Type::text:
      case Type::bytes:
        if (!node.is_string()) return refuse_type("a string", node);
        if (of.type == Type::bytes && !text::decode_protobuf_base64(node.text))
          refusals_.refuse(std::string(of.name) + " is not base64");
        return;
      case Type::boolean:
        if (node.kind != Kind::boolean) refuse_type("true or false", node);
        return;
      case Type::uint32:
        return check_integer(node, 0, 4294967295.0);
      case Type::int64:
        return check_integer(node, -9223372036854774784.0, 9223372036854774784.0);
      case Type::duration:
        return check_duration(node);
      case Type::enumeration:
        if (node.kind == Kind::integer) {
          if (node.number < 0 || node.number >= static_cast<double>(of.values.size()))
            refusals_.refuse("value must be one of the defined enum values");
        } else if (!node.is_string()) {
          refuse_type("one of its names", node);
        }
        return;  // Envoy ignores an unknown name
      case Type::message:
        return check(node, *of.message);
    }
  }

  void check_filters(const Node& node) {
    if (!node.is_object()) return refuse_type("an object", node);
    for (const text::Member& filter : node.members) {
      const auto step = refusals_.at(filter.key);
      const Node& config = filter.value;
      if (!config.is_object()) {
        refuse_type("an object", config);
        continue;
      }
      const Node* type = config.find("@type");
      if (type == nullptr || !type->is_string() || type->text.empty()) {
        refusals_.refuse("a filter's configuration says its type as @type");
        continue;
      }
      if (type->text.find('/') == std::string_view::npos || type->text.starts_with('/'))
        refusals_.refuse("@type must contain at least one / and a nonempty host");
      if (type->text.ends_with("fault.v3.HTTPFault")) check(config, kFault);
      if (type->text.ends_with("cors.v3.CorsPolicy")) check(config, kCors);
    }
  }

  void check_one_of(const Node& node, std::string_view names) {
    const auto wanted = words_of(names);
    if (std::any_of(wanted.begin(), wanted.end(), [&](std::string_view name) { return field(node, name) != nullptr; })) return;
    std::string all(names);
    std::replace(all.begin(), all.end(), ' ', ',');
    refusals_.refuse("one of these is required: " + all);
  }

  Refusals& refusals_;
};

}  // namespace

const Node* field(const Node& message, std::string_view name) {
  const text::Member* found = member(message, name);
  return found != nullptr && found->value.kind != Kind::null ? &found->value : nullptr;
}

void check_types(const Node& route_configuration, Refusals& refusals) { Checker(refusals).check(route_configuration, kTable); }

text::Position position_of(const Node& root, std::string_view path) {
  const Node* node = &root;
  text::Position position = root.position;
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.starts_with('[')) {
      std::size_t index = 0;
      std::from_chars(path.data() + 1, path.data() + path.size(), index);
      path.remove_prefix(path.find(']') + 1);
      if (!node->is_list() || index >= node->items.size()) return position;
      node = &node->items[index];
    } else {
      const std::string_view name = path.substr(0, path.find_first_of(".["));
      const text::Member* found = nullptr;
      std::size_t size = name.size();
      for (const text::Member& each : node->members) {  // a filter's name has dots of its own
        if (each.key.find('.') == std::string_view::npos || !path.starts_with(each.key)) continue;
        found = &each;
        size = each.key.size();
      }
      if (found == nullptr) found = member(*node, name);
      if (found == nullptr) return position;
      path.remove_prefix(size);
      node = &found->value;
    }
    position = node->position;
  }
  return position;
}

}  // namespace meshroute::envoy
