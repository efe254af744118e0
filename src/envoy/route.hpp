#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's RouteConfiguration (config/route/v3) as plain structs. Field names are Envoy's. Of an absent field the struct has
// the default of protobuf, or nothing where Envoy tells an absent field from a default.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meshroute::envoy {

struct Duration {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  bool operator==(const Duration&) const = default;
};

struct StringMatcher {
  enum class Kind : std::uint8_t { none, exact, prefix, suffix, contains, regex } kind = Kind::none;
  std::string value;
  bool ignore_case = false;
  bool operator==(const StringMatcher&) const = default;
};

/// Asks whether a header or a query parameter is there.
struct Present {
  bool present = true;
  bool operator==(const Present&) const = default;
};

/// A number from `start` to before `end`.
struct Range {
  std::int64_t start = 0, end = 0;
  bool operator==(const Range&) const = default;
};

struct HeaderMatcher {
  std::string name;
  std::variant<Present, StringMatcher, Range> value;
  bool invert_match = false, treat_missing_header_as_empty = false;
  bool operator==(const HeaderMatcher&) const = default;
};

struct QueryMatcher {
  std::string name;
  std::variant<Present, StringMatcher> value;
  bool operator==(const QueryMatcher&) const = default;
};

/// Envoy's filter that checks tokens, and the key of its metadata under which Istio has it put their claims.
inline constexpr const char* kTokenFilter = "envoy.filters.http.jwt_authn";
inline constexpr const char* kTokenPayload = "payload";

/// Of dynamic metadata: a text, or a list that has such a text.
struct MetadataMatcher {
  std::string filter;  ///< whose metadata; empty where the form of the value is not read, which then nothing has
  std::vector<std::string> path;
  StringMatcher value;
  bool invert = false;
  bool operator==(const MetadataMatcher&) const = default;
};

struct Fraction {
  enum class Denominator : std::uint8_t { hundred, ten_thousand, million };
  std::uint32_t numerator = 0;
  Denominator denominator = Denominator::hundred;
  bool operator==(const Fraction&) const = default;
};

struct PathMatcher {
  enum class Kind : std::uint8_t { none, prefix, path, path_separated_prefix, safe_regex, uri_template, other } kind = Kind::none;
  std::string value;  ///< of `other`: the field that holds it, which is not read
  bool operator==(const PathMatcher&) const = default;
};

struct RouteMatch {
  PathMatcher path;
  std::optional<bool> case_sensitive;  ///< absent: true
  std::vector<HeaderMatcher> headers;
  std::vector<QueryMatcher> query_parameters;
  std::optional<Fraction> runtime_fraction;
  bool grpc = false;
  std::vector<MetadataMatcher> dynamic_metadata;
  bool operator==(const RouteMatch&) const = default;
};

struct HeaderValueOption {
  enum class Action : std::uint8_t { append_if_exists_or_add, add_if_absent, overwrite_if_exists_or_add, overwrite_if_exists };
  std::string key, value;
  Action append_action = Action::append_if_exists_or_add;
  bool keep_empty_value = false;
  bool operator==(const HeaderValueOption&) const = default;
};

struct HeaderMutations {
  std::vector<HeaderValueOption> request_headers_to_add;
  std::vector<std::string> request_headers_to_remove;
  std::vector<HeaderValueOption> response_headers_to_add;
  std::vector<std::string> response_headers_to_remove;
  bool operator==(const HeaderMutations&) const = default;
};

struct Fault {
  struct Delay {
    std::optional<Duration> fixed_delay;
    std::optional<Fraction> percentage;  ///< absent: no request
    bool operator==(const Delay&) const = default;
  };
  struct Abort {
    std::optional<std::uint32_t> http_status, grpc_status;
    std::optional<Fraction> percentage;  ///< absent: no request
    bool operator==(const Abort&) const = default;
  };
  std::optional<Delay> delay;
  std::optional<Abort> abort;
  std::vector<HeaderMatcher> headers;
  bool operator==(const Fault&) const = default;
};

struct Cors {
  std::vector<StringMatcher> allow_origin_string_match;
  std::string allow_methods, allow_headers, expose_headers, max_age;
  std::optional<bool> allow_credentials, forward_not_matching_preflights;
  std::optional<Fraction> filter_enabled;
  bool operator==(const Cors&) const = default;
};

/// typed_per_filter_config, as far as it decides about requests.
struct Filters {
  std::optional<Fault> fault;
  std::optional<Cors> cors;
  bool operator==(const Filters&) const = default;
};

struct RegexRewrite {
  std::string pattern, substitution;
  bool operator==(const RegexRewrite&) const = default;
};

/// Envoy refuses more than one of them.
struct PathRewrite {
  std::string prefix_rewrite;
  std::string path_rewrite;  ///< a format string, of the whole path
  std::optional<RegexRewrite> regex_rewrite;
  bool operator==(const PathRewrite&) const = default;
};

struct HostRewrite {
  std::string literal, header;
  std::optional<RegexRewrite> path_regex;
  bool automatic = false;
  bool operator==(const HostRewrite&) const = default;
};

struct ClusterWeight {
  std::string name, cluster_header;
  std::uint32_t weight = 0;
  std::string host_rewrite_literal;
  HeaderMutations mutations;
  Filters filters;
  bool operator==(const ClusterWeight&) const = default;
};

/// A retry extension: its name, and the type URL of its configuration.
struct Extension {
  std::string name, type;
  std::optional<std::uint32_t> update_frequency;  ///< of previous_priorities
  bool operator==(const Extension&) const = default;
};

struct RetryPolicy {
  struct BackOff {
    std::optional<Duration> base_interval, max_interval;
    bool operator==(const BackOff&) const = default;
  };
  std::optional<std::string> retry_on;
  std::optional<std::uint32_t> num_retries;
  std::optional<Duration> per_try_timeout, per_try_idle_timeout;
  std::optional<Extension> retry_priority;
  std::vector<Extension> retry_host_predicate;
  std::optional<std::int64_t> host_selection_retry_max_attempts;
  std::vector<std::uint32_t> retriable_status_codes;
  std::optional<BackOff> retry_back_off;
  std::vector<HeaderMatcher> retriable_headers, retriable_request_headers;
  bool operator==(const RetryPolicy&) const = default;
};

struct HashPolicy {
  struct Header {
    std::string header_name;
    std::optional<RegexRewrite> regex_rewrite;
    bool operator==(const Header&) const = default;
  };
  struct Attribute {
    std::string name, value;
    bool operator==(const Attribute&) const = default;
  };
  struct Cookie {
    std::string name, path;
    std::optional<Duration> ttl;
    std::vector<Attribute> attributes;
    bool operator==(const Cookie&) const = default;
  };
  struct ConnectionProperties {
    bool source_ip = false;
    bool operator==(const ConnectionProperties&) const = default;
  };
  struct QueryParameter {
    std::string name;
    bool operator==(const QueryParameter&) const = default;
  };
  struct FilterState {
    std::string key;
    bool operator==(const FilterState&) const = default;
  };
  std::variant<Header, Cookie, ConnectionProperties, QueryParameter, FilterState> specifier;
  bool terminal = false;
  bool operator==(const HashPolicy&) const = default;
};

struct Mirror {
  std::string cluster, cluster_header;
  std::optional<Fraction> runtime_fraction;  ///< absent: every request
  std::optional<bool> trace_sampled;
  bool disable_shadow_host_suffix_append = false;
  bool operator==(const Mirror&) const = default;
};

/// RouteAction.
struct Forward {
  std::string cluster, cluster_header;
  std::optional<std::vector<ClusterWeight>> weighted_clusters;
  PathRewrite path_rewrite;
  HostRewrite host_rewrite;
  bool append_x_forwarded_host = false;
  std::optional<Duration> timeout, idle_timeout, max_grpc_timeout;
  std::optional<RetryPolicy> retry_policy;
  std::vector<HashPolicy> hash_policy;
  std::vector<Mirror> request_mirror_policies;
  std::optional<Cors> cors;
  bool operator==(const Forward&) const = default;
};

struct Redirect {
  enum class Code : std::uint8_t { moved_permanently, found, see_other, temporary_redirect, permanent_redirect };
  bool https_redirect = false, strip_query = false;
  std::string scheme_redirect, host_redirect;
  std::optional<std::string> path_redirect;
  PathRewrite path_rewrite;
  std::uint32_t port_redirect = 0;
  Code response_code = Code::moved_permanently;
  bool operator==(const Redirect&) const = default;
};

struct DirectResponse {
  struct Bytes {
    std::string bytes;
    bool operator==(const Bytes&) const = default;
  };
  struct Text {
    std::string text;
    bool operator==(const Text&) const = default;
  };
  std::uint32_t status = 0;
  std::variant<std::monostate, Bytes, Text> body;
  bool operator==(const DirectResponse&) const = default;
};

struct NonForwardingAction {
  bool operator==(const NonForwardingAction&) const = default;
};

/// The rule that a route was made of.
struct RuleOrigin {
  std::string resource;  ///< "VirtualService prod/reviews"
  std::string path;      ///< "spec.http[1].match[0]"
  bool operator==(const RuleOrigin&) const = default;
};

struct Route {
  std::string name;
  RouteMatch match;
  std::variant<std::monostate, Forward, Redirect, DirectResponse, NonForwardingAction> action;
  HeaderMutations mutations;
  Filters filters;
  std::string config;  ///< Istio's name of the VirtualService; empty where none owns the route
  std::optional<RuleOrigin> origin;
  bool operator==(const Route&) const = default;
};

struct VirtualHost {
  enum class TlsRequirement : std::uint8_t { none, external_only, all };
  std::string name;
  std::vector<std::string> domains;
  TlsRequirement require_tls = TlsRequirement::none;
  std::vector<Route> routes;
  HeaderMutations mutations;
  Filters filters;
  std::optional<RetryPolicy> retry_policy;
  std::vector<Mirror> request_mirror_policies;
  bool include_request_attempt_count = false;
  bool operator==(const VirtualHost&) const = default;
};

struct RouteConfiguration {
  std::string name;
  std::vector<VirtualHost> virtual_hosts;
  HeaderMutations mutations;
  Filters filters;
  std::vector<Mirror> request_mirror_policies;
  bool ignore_port_in_host_matching = false, most_specific_header_mutations_wins = false;
  std::optional<bool> validate_clusters;
  std::optional<std::uint32_t> max_direct_response_body_size_bytes;  ///< absent: 4096
  bool operator==(const RouteConfiguration&) const = default;
};

/// protojson: no fraction, or 3, 6 or 9 digits.
std::string shown(const Duration& duration);

}  // namespace meshroute::envoy
