// SPDX-License-Identifier: Apache-2.0
// Route messages as JSON, each member in the order of its name.
#include "envoy/route_writer.hpp"

#include <array>
#include <cstdio>

#include "envoy/writing.hpp"
#include "text/base64.hpp"

namespace meshroute::envoy {

namespace {

using text::JsonWriter;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 16 does not deduce it for aggregates

// Declared here for write_list().
void write(JsonWriter& json, const StringMatcher& matcher);
void write(JsonWriter& json, const HeaderMatcher& matcher);
void write(JsonWriter& json, const QueryMatcher& matcher);
void write(JsonWriter& json, const MetadataMatcher& matcher);
void write(JsonWriter& json, const HeaderValueOption& option);
void write(JsonWriter& json, const Extension& extension);
void write(JsonWriter& json, const HashPolicy::Attribute& attribute);
void write(JsonWriter& json, const HashPolicy& policy);
void write(JsonWriter& json, const Mirror& mirror);

template <class Item>
void write_list(JsonWriter& json, std::string_view name, const std::vector<Item>& items) {
  if (items.empty()) return;
  json.list(name);
  for (const Item& item : items) write(json, item);
  json.end_list();
}

void write(JsonWriter& json, const StringMatcher& matcher) {
  using Kind = StringMatcher::Kind;
  if (matcher.kind == Kind::none) return json.null();
  json.begin_object();
  if (matcher.kind == Kind::contains) json.member("contains", matcher.value);
  if (matcher.kind == Kind::exact) json.member("exact", matcher.value);
  flag(json, "ignoreCase", matcher.ignore_case);
  if (matcher.kind == Kind::prefix) json.member("prefix", matcher.value);
  if (matcher.kind == Kind::regex) {
    json.object("safeRegex");
    json.member("regex", matcher.value);
    json.end_object();
  }
  if (matcher.kind == Kind::suffix) json.member("suffix", matcher.value);
  json.end_object();
}

/// "presentMatch", "rangeMatch" or "stringMatch".
template <class Value>
void write_value(JsonWriter& json, const Value& value) {
  std::visit(Overloaded{[&](const Present& present) { json.member("presentMatch", present.present); },
                        [&](const Range& range) {
                          json.object("rangeMatch");
                          json.member("end", std::to_string(range.end));
                          json.member("start", std::to_string(range.start));
                          json.end_object();
                        },
                        [&](const StringMatcher& matcher) {
                          json.key("stringMatch");
                          write(json, matcher);
                        }},
             value);
}

void write(JsonWriter& json, const HeaderMatcher& matcher) {
  json.begin_object();
  flag(json, "invertMatch", matcher.invert_match);
  json.member("name", matcher.name);
  write_value(json, matcher.value);
  flag(json, "treatMissingHeaderAsEmpty", matcher.treat_missing_header_as_empty);
  json.end_object();
}

void write(JsonWriter& json, const QueryMatcher& matcher) {
  json.begin_object();
  json.member("name", matcher.name);
  write_value(json, matcher.value);
  json.end_object();
}

void write(JsonWriter& json, const MetadataMatcher& matcher) {
  const auto write_text = [&] {
    json.key("stringMatch");
    write(json, matcher.value);
  };
  json.begin_object();
  if (!matcher.filter.empty()) json.member("filter", matcher.filter);
  flag(json, "invert", matcher.invert);
  if (!matcher.filter.empty()) {
    json.list("path");
    for (const std::string& step : matcher.path) {
      json.begin_object();
      json.member("key", step);
      json.end_object();
    }
    json.end_list();
    json.object("value");
    json.object("orMatch");
    json.list("valueMatchers");
    json.begin_object();
    json.object("listMatch");
    json.object("oneOf");
    write_text();
    json.end_object();
    json.end_object();
    json.end_object();
    json.begin_object();
    write_text();
    json.end_object();
    json.end_list();
    json.end_object();
    json.end_object();
  }
  json.end_object();
}

void write(JsonWriter& json, const Fraction& fraction) {
  static constexpr std::array<const char*, 3> kNames{"HUNDRED", "TEN_THOUSAND", "MILLION"};
  json.begin_object();
  if (fraction.denominator != Fraction::Denominator::hundred)
    json.member("denominator", kNames.at(static_cast<std::size_t>(fraction.denominator)));
  if (fraction.numerator != 0) json.member("numerator", fraction.numerator);
  json.end_object();
}

void write_share(JsonWriter& json, std::string_view name, const std::optional<Fraction>& fraction) {
  if (!fraction) return;
  json.object(name);
  json.key("defaultValue");
  write(json, *fraction);
  json.end_object();
}

void write_percentage(JsonWriter& json, const std::optional<Fraction>& fraction) {
  if (!fraction) return;
  json.key("percentage");
  write(json, *fraction);
}

void write_path(JsonWriter& json, const PathMatcher& path) {
  using Kind = PathMatcher::Kind;
  const char* kind = path.kind == Kind::prefix         ? "prefix"
                     : path.kind == Kind::path         ? "exact"
                     : path.kind == Kind::uri_template ? "template"
                                                       : "regex";
  json.object("path");
  json.member("kind", kind);
  json.member("value", path.value);
  json.end_object();
}

bool is_connect(const RouteMatch& match) {
  return match.path.kind == PathMatcher::Kind::other && match.path.value == "connect_matcher";
}

void write(JsonWriter& json, const RouteMatch& match, Form form) {
  using Kind = PathMatcher::Kind;
  const bool ours = form == Form::contract;
  json.begin_object();
  given(json, ours ? "case_sensitive" : "caseSensitive", match.case_sensitive);
  if (!ours && is_connect(match)) {
    json.object("connectMatcher");
    json.end_object();
  }
  write_list(json, "dynamicMetadata", match.dynamic_metadata);
  if (match.grpc) {
    json.object("grpc");
    json.end_object();
  }
  write_list(json, "headers", match.headers);
  if (ours) {
    if (match.path.kind != Kind::none) write_path(json, match.path);
  } else {
    if (match.path.kind == Kind::path) json.member("path", match.path.value);
    if (match.path.kind == Kind::uri_template) {
      json.object("pathMatchPolicy");
      json.member("name", "envoy.path.match.uri_template.uri_template_matcher");
      json.object("typedConfig");
      json.member("@type", "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig");
      json.member("pathTemplate", match.path.value);
      json.end_object();
      json.end_object();
    }
    if (match.path.kind == Kind::path_separated_prefix) json.member("pathSeparatedPrefix", match.path.value);
    if (match.path.kind == Kind::prefix) json.member("prefix", match.path.value);
  }
  write_list(json, "queryParameters", match.query_parameters);
  write_share(json, "runtimeFraction", match.runtime_fraction);
  if (!ours && match.path.kind == Kind::safe_regex) {
    json.object("safeRegex");
    json.member("regex", match.path.value);
    json.end_object();
  }
  json.end_object();
}

void write(JsonWriter& json, const HeaderValueOption& option) {
  static constexpr std::array<const char*, 4> kNames{"APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD",
                                                     "OVERWRITE_IF_EXISTS"};
  json.begin_object();
  if (option.append_action != HeaderValueOption::Action::append_if_exists_or_add)
    json.member("appendAction", kNames.at(static_cast<std::size_t>(option.append_action)));
  json.object("header");
  json.member("key", option.key);
  json.member("value", option.value);
  json.end_object();
  flag(json, "keepEmptyValue", option.keep_empty_value);
  json.end_object();
}

void write_request(JsonWriter& json, const HeaderMutations& mutations) {
  write_list(json, "requestHeadersToAdd", mutations.request_headers_to_add);
  texts(json, "requestHeadersToRemove", mutations.request_headers_to_remove);
}

void write_response(JsonWriter& json, const HeaderMutations& mutations) {
  write_list(json, "responseHeadersToAdd", mutations.response_headers_to_add);
  texts(json, "responseHeadersToRemove", mutations.response_headers_to_remove);
}

void write_members(JsonWriter& json, const Cors& cors) {
  given(json, "allowCredentials", cors.allow_credentials);
  text(json, "allowHeaders", cors.allow_headers);
  text(json, "allowMethods", cors.allow_methods);
  write_list(json, "allowOriginStringMatch", cors.allow_origin_string_match);
  text(json, "exposeHeaders", cors.expose_headers);
  write_share(json, "filterEnabled", cors.filter_enabled);
  given(json, "forwardNotMatchingPreflights", cors.forward_not_matching_preflights);
  text(json, "maxAge", cors.max_age);
}

void write_members(JsonWriter& json, const Fault& fault) {
  if (fault.abort) {
    json.object("abort");
    given(json, "grpcStatus", fault.abort->grpc_status);
    given(json, "httpStatus", fault.abort->http_status);
    write_percentage(json, fault.abort->percentage);
    json.end_object();
  }
  if (fault.delay) {
    json.object("delay");
    given(json, "fixedDelay", fault.delay->fixed_delay);
    write_percentage(json, fault.delay->percentage);
    json.end_object();
  }
  write_list(json, "headers", fault.headers);
}

void write_filters(JsonWriter& json, const Filters& filters) {
  if (!filters.cors && !filters.fault) return;
  json.object("typedPerFilterConfig");
  if (filters.cors) {
    json.object("envoy.filters.http.cors");
    json.member("@type", "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy");
    write_members(json, *filters.cors);
    json.end_object();
  }
  if (filters.fault) {
    json.object("envoy.filters.http.fault");
    json.member("@type", "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault");
    write_members(json, *filters.fault);
    json.end_object();
  }
  json.end_object();
}

void write_regex_rewrite(JsonWriter& json, std::string_view name, const std::optional<RegexRewrite>& rewrite) {
  if (!rewrite) return;
  json.object(name);
  json.object("pattern");
  json.member("regex", rewrite->pattern);
  json.end_object();
  json.member("substitution", rewrite->substitution);
  json.end_object();
}

void write(JsonWriter& json, const ClusterWeight& weight) {
  json.begin_object();
  text(json, "clusterHeader", weight.cluster_header);
  text(json, "hostRewriteLiteral", weight.host_rewrite_literal);
  if (!weight.name.empty() || weight.cluster_header.empty()) json.member("name", weight.name);
  write_request(json, weight.mutations);
  write_response(json, weight.mutations);
  write_filters(json, weight.filters);
  json.member("weight", weight.weight);
  json.end_object();
}

void write(JsonWriter& json, const Extension& extension) {
  json.begin_object();
  json.member("name", extension.name);
  if (!extension.type.empty()) {
    json.object("typedConfig");
    json.member("@type", extension.type);
    given(json, "updateFrequency", extension.update_frequency);
    json.end_object();
  }
  json.end_object();
}

void write(JsonWriter& json, const RetryPolicy& policy) {
  json.begin_object();
  if (policy.host_selection_retry_max_attempts)
    json.member("hostSelectionRetryMaxAttempts", std::to_string(*policy.host_selection_retry_max_attempts));
  given(json, "numRetries", policy.num_retries);
  given(json, "perTryIdleTimeout", policy.per_try_idle_timeout);
  given(json, "perTryTimeout", policy.per_try_timeout);
  write_list(json, "retriableHeaders", policy.retriable_headers);
  write_list(json, "retriableRequestHeaders", policy.retriable_request_headers);
  if (!policy.retriable_status_codes.empty()) {
    json.list("retriableStatusCodes");
    for (const std::uint32_t code : policy.retriable_status_codes) json.value(code);
    json.end_list();
  }
  if (policy.retry_back_off) {
    json.object("retryBackOff");
    given(json, "baseInterval", policy.retry_back_off->base_interval);
    given(json, "maxInterval", policy.retry_back_off->max_interval);
    json.end_object();
  }
  write_list(json, "retryHostPredicate", policy.retry_host_predicate);
  given(json, "retryOn", policy.retry_on);
  if (policy.retry_priority) {
    json.key("retryPriority");
    write(json, *policy.retry_priority);
  }
  json.end_object();
}

void write(JsonWriter& json, const HashPolicy::Attribute& attribute) {
  json.begin_object();
  json.member("name", attribute.name);
  json.member("value", attribute.value);
  json.end_object();
}

void write(JsonWriter& json, const HashPolicy& policy) {
  json.begin_object();
  std::visit(Overloaded{[&](const HashPolicy::Header& header) {
                          json.object("header");
                          json.member("headerName", header.header_name);
                          write_regex_rewrite(json, "regexRewrite", header.regex_rewrite);
                        },
                        [&](const HashPolicy::Cookie& cookie) {
                          json.object("cookie");
                          write_list(json, "attributes", cookie.attributes);
                          json.member("name", cookie.name);
                          text(json, "path", cookie.path);
                          given(json, "ttl", cookie.ttl);
                        },
                        [&](const HashPolicy::ConnectionProperties& connection) {
                          json.object("connectionProperties");
                          json.member("sourceIp", connection.source_ip);
                        },
                        [&](const HashPolicy::QueryParameter& parameter) {
                          json.object("queryParameter");
                          json.member("name", parameter.name);
                        },
                        [&](const HashPolicy::FilterState& state) {
                          json.object("filterState");
                          json.member("key", state.key);
                        }},
             policy.specifier);
  json.end_object();
  flag(json, "terminal", policy.terminal);
  json.end_object();
}

void write(JsonWriter& json, const Mirror& mirror) {
  json.begin_object();
  text(json, "cluster", mirror.cluster);
  text(json, "clusterHeader", mirror.cluster_header);
  flag(json, "disableShadowHostSuffixAppend", mirror.disable_shadow_host_suffix_append);
  write_share(json, "runtimeFraction", mirror.runtime_fraction);
  given(json, "traceSampled", mirror.trace_sampled);
  json.end_object();
}

void write(JsonWriter& json, const Forward& action, bool connect) {
  json.begin_object();
  flag(json, "appendXForwardedHost", action.append_x_forwarded_host);
  flag(json, "autoHostRewrite", action.host_rewrite.automatic);
  text(json, "cluster", action.cluster);
  text(json, "clusterHeader", action.cluster_header);
  if (action.cors) {
    json.object("cors");
    write_members(json, *action.cors);
    json.end_object();
  }
  write_list(json, "hashPolicy", action.hash_policy);
  text(json, "hostRewriteHeader", action.host_rewrite.header);
  text(json, "hostRewriteLiteral", action.host_rewrite.literal);
  write_regex_rewrite(json, "hostRewritePathRegex", action.host_rewrite.path_regex);
  given(json, "idleTimeout", action.idle_timeout);
  given(json, "maxGrpcTimeout", action.max_grpc_timeout);
  text(json, "pathRewrite", action.path_rewrite.path_rewrite);
  text(json, "prefixRewrite", action.path_rewrite.prefix_rewrite);
  write_regex_rewrite(json, "regexRewrite", action.path_rewrite.regex_rewrite);
  write_list(json, "requestMirrorPolicies", action.request_mirror_policies);
  if (action.retry_policy) {
    json.key("retryPolicy");
    write(json, *action.retry_policy);
  }
  given(json, "timeout", action.timeout);
  if (connect) {  // ends the tunnel of a CONNECT request, and forwards what comes through it
    json.list("upgradeConfigs");
    json.begin_object();
    json.object("connectConfig");
    json.end_object();
    json.member("upgradeType", "CONNECT");
    json.end_object();
    json.end_list();
  }
  if (action.weighted_clusters) {
    json.object("weightedClusters");
    json.list("clusters");
    for (const ClusterWeight& weight : *action.weighted_clusters) write(json, weight);
    json.end_list();
    json.end_object();
  }
  json.end_object();
}

void write(JsonWriter& json, const Redirect& redirect) {
  static constexpr std::array<const char*, 5> kNames{"MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT",
                                                     "PERMANENT_REDIRECT"};
  json.begin_object();
  text(json, "hostRedirect", redirect.host_redirect);
  flag(json, "httpsRedirect", redirect.https_redirect);
  given(json, "pathRedirect", redirect.path_redirect);
  if (redirect.port_redirect != 0) json.member("portRedirect", redirect.port_redirect);
  text(json, "prefixRewrite", redirect.path_rewrite.prefix_rewrite);
  write_regex_rewrite(json, "regexRewrite", redirect.path_rewrite.regex_rewrite);
  if (redirect.response_code != Redirect::Code::moved_permanently)
    json.member("responseCode", kNames.at(static_cast<std::size_t>(redirect.response_code)));
  text(json, "schemeRedirect", redirect.scheme_redirect);
  flag(json, "stripQuery", redirect.strip_query);
  json.end_object();
}

void write(JsonWriter& json, const DirectResponse& response) {
  json.begin_object();
  if (!std::holds_alternative<std::monostate>(response.body)) {
    json.object("body");
    if (const auto* bytes = std::get_if<DirectResponse::Bytes>(&response.body))
      json.member("inlineBytes", text::encode_base64(bytes->bytes));
    if (const auto* text = std::get_if<DirectResponse::Text>(&response.body)) json.member("inlineString", text->text);
    json.end_object();
  }
  json.member("status", response.status);
  json.end_object();
}

void write_metadata(JsonWriter& json, const Route& route) {
  json.object("metadata");
  json.object("filterMetadata");
  json.object("istio");
  json.member("config", route.config);
  json.end_object();
  json.end_object();
  json.end_object();
}

void write(JsonWriter& json, const Route& route, Form form) {
  json.begin_object();
  if (form == Form::contract) text(json, "config", route.config);
  if (const auto* response = std::get_if<DirectResponse>(&route.action)) {
    json.key("directResponse");
    write(json, *response);
  }
  json.key("match");
  write(json, route.match, form);
  if (form == Form::protojson && !route.config.empty()) write_metadata(json, route);
  text(json, "name", route.name);
  if (std::holds_alternative<NonForwardingAction>(route.action)) {
    json.object("nonForwardingAction");
    json.end_object();
  }
  if (const auto* redirect = std::get_if<Redirect>(&route.action)) {
    json.key("redirect");
    write(json, *redirect);
  }
  write_request(json, route.mutations);
  write_response(json, route.mutations);
  if (const auto* forward = std::get_if<Forward>(&route.action)) {
    json.key("route");
    write(json, *forward, form == Form::protojson && is_connect(route.match));
  }
  write_filters(json, route.filters);
  json.end_object();
}

template <class Message>
std::string in_one_line(const Message& message) {
  std::string text;
  JsonWriter json(text);
  write(json, message);
  return text;
}

}  // namespace

std::string shown(const Duration& duration) {
  if (duration.nanos == 0) return std::to_string(duration.seconds) + "s";
  const bool negative = duration.seconds < 0 || duration.nanos < 0;
  const int nanos = duration.nanos < 0 ? -duration.nanos : duration.nanos;
  const long long seconds = duration.seconds < 0 ? -duration.seconds : duration.seconds;
  const int digits = nanos % 1'000'000 == 0 ? 3 : nanos % 1'000 == 0 ? 6 : 9;
  const int divisor = digits == 3 ? 1'000'000 : digits == 6 ? 1'000 : 1;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s%lld.%0*ds", negative ? "-" : "", seconds, digits, nanos / divisor);
  return text.data();
}

void write(JsonWriter& json, const VirtualHost& host, Form form) {
  json.begin_object();
  json.list("domains");
  for (const std::string& domain : host.domains) json.value(domain);
  json.end_list();
  flag(json, "includeRequestAttemptCount", host.include_request_attempt_count);
  json.member("name", host.name);
  write_request(json, host.mutations);
  write_list(json, "requestMirrorPolicies", host.request_mirror_policies);
  if (host.require_tls != VirtualHost::TlsRequirement::none)
    json.member(form == Form::contract ? "require_tls" : "requireTls",
                host.require_tls == VirtualHost::TlsRequirement::all ? "ALL" : "EXTERNAL_ONLY");
  write_response(json, host.mutations);
  if (host.retry_policy) {
    json.key("retryPolicy");
    write(json, *host.retry_policy);
  }
  json.list("routes");
  for (const Route& route : host.routes) write(json, route, form);
  json.end_list();
  write_filters(json, host.filters);
  json.end_object();
}

void begin(JsonWriter& json, const RouteConfiguration& configuration, Form form, std::string_view type) {
  const bool ours = form == Form::contract;
  json.begin_object();
  if (!type.empty()) json.member("@type", type);
  flag(json, ours ? "ignore_port_in_host" : "ignorePortInHostMatching", configuration.ignore_port_in_host_matching);
  given(json, ours ? "max_direct_response_body" : "maxDirectResponseBodySizeBytes",
        configuration.max_direct_response_body_size_bytes);
  if (!ours) flag(json, "mostSpecificHeaderMutationsWins", configuration.most_specific_header_mutations_wins);
  json.member("name", configuration.name);
  if (!ours) {
    write_request(json, configuration.mutations);
    write_list(json, "requestMirrorPolicies", configuration.request_mirror_policies);
    write_response(json, configuration.mutations);
    write_filters(json, configuration.filters);
    given(json, "validateClusters", configuration.validate_clusters);
  }
  json.list(ours ? "virtual_hosts" : "virtualHosts");
}

void end(JsonWriter& json) {
  json.end_list();
  json.end_object();
}

void write(JsonWriter& json, const RouteConfiguration& configuration, Form form) {
  begin(json, configuration, form);
  for (const VirtualHost& host : configuration.virtual_hosts) write(json, host, form);
  end(json);
}

void write_any(JsonWriter& json, const RouteConfiguration& configuration, std::string_view type) {
  begin(json, configuration, Form::protojson, type);
  for (const VirtualHost& host : configuration.virtual_hosts) write(json, host, Form::protojson);
  end(json);
}

std::string protojson(const Redirect& redirect) { return in_one_line(redirect); }

std::string protojson(const RetryPolicy& policy) { return in_one_line(policy); }

}  // namespace meshroute::envoy
