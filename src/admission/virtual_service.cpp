// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of VirtualService.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "admission/common.hpp"
#include "match/grpc_status.hpp"
#include "match/host_index.hpp"

namespace meshroute::admission {
namespace {

using model::HTTPMatchRequest;
using model::HTTPRoute;
using model::StringMatch;
using model::VirtualService;

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::string_view (&known)[Size]) {
  return std::find(std::begin(known), std::end(known), text) != std::end(known);
}

// --- headers ---

bool is_authority(std::string_view name) { return equal_fold(name, ":authority") || equal_fold(name, "host"); }

bool is_header_name(std::string_view name) {
  // The comma gets in because Istio's character class holds the range +-. by accident.
  static constexpr std::string_view kMarks = "!#$%&'*+,-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != std::string_view::npos;
  });
}

Problem check_request_header(std::string_view name) {
  if (name.empty()) return "header name cannot be empty";
  if (name.starts_with(':') && !is_authority(name)) return "invalid header " + quote(name) + ": header cannot have \":\" prefix";
  return {};
}

Problem check_response_header(std::string_view name) {
  if (name.empty()) return "header name cannot be empty";
  if (equal_fold(name, "host")) return "invalid header " + quote(name) + ": cannot set Host header";
  if (name.starts_with(':')) return "invalid header " + quote(name) + ": header cannot have \":\" prefix";
  return {};
}

// Envoy's header format, %VARIABLE% and %VARIABLE(arguments)%.
Problem check_header_format(std::string_view value) {
  enum class State { literal, name, array, string, delimiter, element, arguments_end, variable_end };
  const std::string prefix = "header value configuration: invalid header configuration. ";
  State state = State::literal;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool last = i + 1 == value.size();
    switch (state) {
      case State::literal:
        if (c != '%') break;
        if (last) return prefix + "Un-escaped %";
        if (value[i + 1] == '%') {
          ++i;
        } else {
          state = State::name;
        }
        break;
      case State::name:
        if (c == '%') {
          state = State::literal;
        } else if (c == '(') {
          state = State::array;
        }
        break;
      case State::array:
        if (c == '[') {
          state = State::element;
        } else if (c != ' ') {
          state = State::string;
        }
        break;
      case State::delimiter:
        if (c == ',') {
          state = State::element;
        } else if (c == ']') {
          state = State::arguments_end;
        } else if (c != ' ') {
          return prefix + "Expecting ',', ']', or whitespace";
        }
        break;
      case State::element:
        if (c == '"') {
          state = State::string;
        } else if (c != ' ') {
          return prefix + "Expecting '\"'";
        }
        break;
      case State::string:
        if (c == '\\') {
          if (last) return prefix + "Un-terminated backslash in JSON string";
          ++i;
        } else if (c == ')') {
          state = State::variable_end;
        } else if (c == '"') {
          state = State::delimiter;
        }
        break;
      case State::arguments_end:
        if (c == ')') {
          state = State::variable_end;
        } else if (c != ' ') {
          return prefix + "Expecting ')' or whitespace";
        }
        break;
      case State::variable_end:
        if (c == '%') {
          state = State::literal;
        } else if (c != ' ') {
          return prefix + "Expecting '%' or whitespace after";
        }
        break;
    }
  }
  return state == State::literal ? Problem() : prefix + "Un-terminated variable expression '" + std::string(value) + "'";
}

Problem check_header_value(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return "header value configuration " + std::string(value) + " is invalid";
  }
  return check_header_format(value);
}

void check_headers(Walk& walk, const std::optional<model::Headers>& headers) {
  if (!headers) return;
  const Walk::Step step(walk, "headers");
  const auto check_side = [&walk](std::string_view side, const auto& operations, auto&& check_name) {
    if (!operations) return;
    const Walk::Step at(walk, side);
    for (const auto* values : {&operations->add, &operations->set}) {
      for (const auto& [name, value] : *values) {
        const Walk::Step entry(walk, values == &operations->add ? "add" : "set", name);
        walk.check("KX0115", check_name(name));
        walk.check("KX0116", check_header_value(value));
      }
    }
    for (std::size_t i = 0; i < operations->remove.size(); ++i) {
      const Walk::Step entry(walk, "remove", i);
      walk.check("KX0115", check_response_header(operations->remove[i]));
    }
  };
  check_side("request", headers->request, check_request_header);
  check_side("response", headers->response, check_response_header);
}

bool is_claim_route(std::string_view name) {
  static constexpr std::string_view kPrefix = "@request.auth.claims";
  if (name.size() < kPrefix.size() || lower(name.substr(0, kPrefix.size())) != kPrefix) return false;
  name.remove_prefix(kPrefix.size());
  return (name.starts_with('.') && name.size() > 1) || (name.starts_with('[') && name.ends_with(']') && name.size() > 2);
}

Problem check_match_header(std::string_view name) {
  if (name.empty()) return "header name cannot be empty";
  if (is_claim_route(name) || is_one_of(name, {":method", ":scheme", ":authority", ":path", ":status"})) return {};
  return is_header_name(name) ? Problem() : "header name " + std::string(name) + " is not a valid header name";
}

Problem check_cors_header(std::string_view name) {
  if (name.empty()) return "header name cannot be empty";
  return is_header_name(name) ? Problem() : "header name " + std::string(name) + " is not a valid header name";
}

// --- matches ---

void check_match_regex(Walk& walk, const StringMatch& match, std::string_view where) {
  if (!match.regex) return;
  if (match.regex->empty()) {
    walk.error("KX0114", quote(where) + ": regex string match should not be empty");
  } else {
    walk.check("KX0114", check_regex(*match.regex, where));
  }
}

void check_string_match(Walk& walk, const StringMatch& match, std::string_view where) {
  if (match.prefix && match.prefix->empty()) {
    walk.error("KX0114", quote(where) + ": prefix string match should not be empty");
  }
  check_match_regex(walk, match, where);
}

void check_string_match(Walk& walk, const std::optional<StringMatch>& match, std::string_view where) {
  if (!match) return;
  const Walk::Step step(walk, where);
  check_string_match(walk, *match, where);
}

void check_gateway_names(Walk& walk, const std::vector<std::string>& names, bool gateway_semantics) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i];
    const Walk::Step step(walk, "gateways", i);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) {
      if (name.find('.') != std::string_view::npos) {
        const std::vector<std::string_view> parts = split(name, '.');
        walk.warn("KX0113", "using legacy gatewayName format " + quote(name) + "; prefer the <namespace>/<name> format: " +
                                quote(std::string(parts[1]) + "/" + std::string(parts[0])));
      }
      walk.check("KX0112", check_fqdn(name));
      return;  // Istio looks at no further name
    }
    const std::string_view space = name.substr(0, slash), own = name.substr(slash + 1);
    if (space.empty() || own.empty()) walk.error("KX0112", "config namespace and gateway name cannot be empty");
    if (!is_dns_label(space)) walk.error("KX0112", "invalid value for namespace: " + quote(space));
    if (!is_dns_label(own) && !gateway_semantics) walk.error("KX0112", "invalid value for gateway name: " + quote(own));
  }
}

void check_http_match(Walk& walk, const HTTPMatchRequest& match) {
  for (const auto& [name, value] : match.headers) {
    const Walk::Step step(walk, "headers", name);
    walk.check("KX0115", check_match_header(name));
    check_string_match(walk, value, "headers");
  }
  for (const auto& [name, value] : match.without_headers) {
    const Walk::Step step(walk, "withoutHeaders", name);
    walk.check("KX0115", check_match_header(name));
    if (value.regex != "*") check_string_match(walk, value, "withoutHeaders");  // a plain * asks for presence
  }
  if (match.uri) {
    const Walk::Step step(walk, "uri");
    check_match_regex(walk, *match.uri, "uri");  // an empty prefix is fine here
  }
  check_string_match(walk, match.scheme, "scheme");
  check_string_match(walk, match.method, "method");
  check_string_match(walk, match.authority, "authority");
  for (const auto& [name, value] : match.query_params) {
    const Walk::Step step(walk, "queryParams", name);
    check_string_match(walk, value, "queryParams");
  }
  if (match.port != 0) walk.check_at("port", "KX0101", check_port(match.port));
  check_labels(walk, "sourceLabels", match.source_labels);
  {
    const Walk::Quiet quiet(walk);
    check_gateway_names(walk, match.gateways, false);
  }
  if (!match.source_namespace.empty() && !is_dns_label(match.source_namespace)) {
    walk.error_at("sourceNamespace", "VS0106", "sourceNamespace match " + match.source_namespace + " is invalid");
  }
}

// --- parts of a HTTP route ---

void check_conflicts(Walk& walk, const HTTPRoute& route, bool is_delegate) {
  const auto conflict = [&walk](bool both, const char* message) {
    if (both) walk.error("VS0107", message);
  };
  if (!is_delegate && route.delegate) {
    conflict(route.redirect.has_value(), "root HTTP route must not specify redirect");
    conflict(!route.route.empty(), "root HTTP route must not specify route");
    return;
  }
  conflict(is_delegate && route.delegate, "delegate HTTP route cannot contain delegate");
  if (route.redirect) {
    conflict(!route.route.empty(), "HTTP route cannot contain both route and redirect");
    conflict(route.fault.has_value(), "HTTP route cannot contain both fault and redirect");
    conflict(route.rewrite.has_value(), "HTTP route rule cannot contain both rewrite and redirect");
    conflict(route.direct_response.has_value(), "HTTP route rule cannot contain both direct_response and redirect");
  } else if (route.direct_response) {
    conflict(!route.route.empty(), "HTTP route cannot contain both route and direct_response");
    conflict(route.fault.has_value(), "HTTP route cannot contain both fault and direct_response");
    conflict(route.rewrite.has_value(), "HTTP route rule cannot contain both rewrite and direct_response");
  } else {
    conflict(route.route.empty(), "HTTP route, redirect or direct_response is required");
  }
  conflict(route.mirror && !route.mirrors.empty(), "HTTP route cannot contain both mirror and mirrors");
}

Problem check_status(std::int32_t status) {
  if (status >= 200 && status <= 600) return {};
  return "HTTP status " + std::to_string(status) + " is not in range 200-599";
}

Problem check_fraction(const std::optional<model::Percent>& percent) {
  if (!percent) return {};
  const double value = percent->value;
  if (value < 0 || value > 100 || (value > 0 && value < 0.0001)) {
    return "percentage " + std::to_string(value) + " is neither 0.0, nor in range [0.0001, 100.0]";
  }
  return {};
}

void check_mirror_percent(Walk& walk, const std::optional<model::Percent>& percent) {
  if (!percent) return;
  if (percent->value > 100) walk.error("VS0110", "mirror percentage must have a max value of 100");
  if (percent->value < 0) walk.error("VS0110", "mirror percentage must have a min value of 0");
}

void check_fault(Walk& walk, const std::optional<model::HTTPFaultInjection>& fault) {
  if (!fault) return;
  const Walk::Step step(walk, "fault");
  if (!fault->abort && !fault->delay) walk.error("VS0108", "HTTP fault injection must have an abort and/or a delay");
  if (fault->abort) {
    const Walk::Step at(walk, "abort");
    walk.check("KX0125", check_fraction(fault->abort->percentage));
    if (fault->abort->grpc_status) {
      if (!match::grpc_status_code(*fault->abort->grpc_status)) {
        walk.error("VS0108", "gRPC status " + quote(*fault->abort->grpc_status) + " is not supported");
      }
    } else if (fault->abort->http2_error) {
      walk.error("VS0108", "HTTP/2 abort fault injection not supported yet");
    } else if (fault->abort->http_status) {
      walk.check("VS0108", check_status(*fault->abort->http_status));
    }  // the warning on an abort without a type is lost
  }
  if (fault->delay) {
    const Walk::Step at(walk, "delay");
    walk.check("KX0125", check_fraction(fault->delay->percentage));
    if (fault->delay->fixed_delay) walk.check("KX0102", check_duration(*fault->delay->fixed_delay));
    if (fault->delay->exponential_delay) {
      walk.check("KX0102", check_duration(*fault->delay->exponential_delay));
      walk.error("VS0108", "exponentialDelay not supported yet");
    }
  }
}

void check_cors(Walk& walk, const std::optional<model::CorsPolicy>& policy) {
  if (!policy) return;
  const Walk::Step step(walk, "corsPolicy");
  for (std::size_t i = 0; i < policy->allow_origins.size(); ++i) {
    const StringMatch& origin = policy->allow_origins[i];
    const Walk::Step at(walk, "allowOrigins", i);
    if (origin.exact.value_or("").empty() && origin.prefix.value_or("").empty() && origin.regex.value_or("").empty()) {
      walk.error("VS0109", "'' is not a valid match type for CORS allow origins");
    } else {
      check_match_regex(walk, origin, "corsPolicy.allowOrigins");
    }
  }
  for (std::size_t i = 0; i < policy->allow_methods.size(); ++i) {
    const Walk::Step at(walk, "allowMethods", i);
    if (!is_one_of(policy->allow_methods[i],
                   {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"})) {
      walk.error("VS0109", quote(policy->allow_methods[i]) + " is not a supported HTTP method");
    }
  }
  for (std::size_t i = 0; i < policy->allow_headers.size(); ++i) {
    const Walk::Step at(walk, "allowHeaders", i);
    walk.check("KX0115", check_cors_header(policy->allow_headers[i]));
  }
  for (std::size_t i = 0; i < policy->expose_headers.size(); ++i) {
    const Walk::Step at(walk, "exposeHeaders", i);
    walk.check("KX0115", check_cors_header(policy->expose_headers[i]));
  }
  if (policy->max_age) {
    const Walk::Step at(walk, "maxAge");
    walk.check("KX0102", check_duration(*policy->max_age));
    if (policy->max_age->nanos > 0) walk.error("VS0109", "max_age duration is accurate only to seconds precision");
  }
}

Problem redirect_problem(const model::HTTPRedirect& redirect, const std::vector<HTTPMatchRequest>& matches) {
  if (!redirect.uri.empty() && !redirect.prefix_rewrite.empty()) return "redirect may only specify one of uri or prefix_rewrite";
  if (!redirect.prefix_rewrite.empty() &&
      std::any_of(matches.begin(), matches.end(), [](const auto& match) { return match.uri && !match.uri->prefix; })) {
    return "redirect prefix_rewrite requires all URI matches to use prefix match type";
  }
  if (redirect.uri.empty() && redirect.prefix_rewrite.empty() && redirect.authority.empty() && !redirect.port &&
      !redirect.derive_port && redirect.scheme.empty()) {
    return "redirect must specify URI, authority, scheme, or port";
  }
  if (redirect.redirect_code != 0 && (redirect.redirect_code < 300 || redirect.redirect_code > 399)) {
    return std::to_string(redirect.redirect_code) + " is not a valid redirect code, must be 3xx";
  }
  if (!redirect.scheme.empty() && redirect.scheme != "http" && redirect.scheme != "https") {
    return "invalid redirect scheme, must be \"http\" or \"https\"";
  }
  return redirect.port.value_or(0) > 0 ? check_port(*redirect.port) : Problem();
}

Problem rewrite_problem(const model::HTTPRewrite& rewrite) {
  if (!rewrite.uri.empty() && rewrite.uri_regex_rewrite) return "rewrite may only contain one of URI or UriRegexRewrite";
  if (rewrite.uri.empty() && !rewrite.uri_regex_rewrite && rewrite.authority.empty()) {
    return "rewrite must specify at least one of URI, UriRegexRewrite, or authority";
  }
  if (!rewrite.uri_regex_rewrite) return {};
  if (rewrite.uri_regex_rewrite->match.empty() || rewrite.uri_regex_rewrite->rewrite.empty()) {
    return "UriRegexRewrite requires both Rewrite and Match fields to be specified";
  }
  return check_regex(rewrite.uri_regex_rewrite->match, "HTTPRewrite.UriRegexRewrite.Match");
}

Problem authority_problem(const HTTPRoute& route) {
  std::string current = route.rewrite ? route.rewrite->authority : std::string();
  if (!route.headers || !route.headers->request) return {};
  for (const auto* values : {&route.headers->request->set, &route.headers->request->add}) {
    for (const auto& [name, value] : *values) {
      if (!is_authority(name)) continue;
      if (!current.empty()) {
        return "authority header cannot be set multiple times: have " + quote(current) + ", attempting to set " + quote(value);
      }
      current = value;
    }
  }
  return {};
}

void check_direct_response(Walk& walk, const std::optional<model::HTTPDirectResponse>& response) {
  if (!response) return;
  const Walk::Step step(walk, "directResponse");
  if (response->body) {
    const std::size_t size = response->body->string  ? response->body->string->size()
                             : response->body->bytes ? response->body->bytes->size()
                                                     : 0;
    if (size > std::size_t{1024} * 1024) {
      walk.error("VS0111", "large direct_responses may impact control plane performance, must be less than 1MB");
    } else if (size > std::size_t{100} * 1024) {
      walk.warn("VS0112", "large direct_responses may impact control plane performance");
    }
  }
  walk.check_at("status", "VS0111", check_status(static_cast<std::int32_t>(response->status)));
}

bool is_status_code(std::int64_t code) {
  return (code >= 100 && code <= 103) || (code >= 200 && code <= 208) || code == 226 || (code >= 300 && code <= 305) ||
         code == 307 || code == 308 || (code >= 400 && code <= 418) || (code >= 421 && code <= 426) || code == 428 ||
         code == 429 || code == 431 || code == 451 || (code >= 500 && code <= 508) || code == 510 || code == 511;
}

void check_retries(Walk& walk, const std::optional<model::HTTPRetry>& retries) {
  static constexpr std::string_view kPolicies[] = {"5xx",
                                                   "gateway-error",
                                                   "reset",
                                                   "reset-before-request",
                                                   "connect-failure",
                                                   "retriable-4xx",
                                                   "refused-stream",
                                                   "retriable-status-codes",
                                                   "retriable-headers",
                                                   "envoy-ratelimited",
                                                   "http3-post-connect-failure",
                                                   "cancelled",
                                                   "deadline-exceeded",
                                                   "internal",
                                                   "resource-exhausted",
                                                   "unavailable"};
  if (!retries) return;
  const Walk::Step step(walk, "retries");
  if (retries->attempts < 0) walk.error("VS0113", "attempts cannot be negative");
  if (retries->attempts == 0 && (retries->per_try_timeout || !retries->retry_on.empty() || retries->retry_remote_localities)) {
    walk.error("VS0113", "http retry policy configured when attempts are set to 0 (disabled)");
  }
  if (retries->per_try_timeout) walk.check_at("perTryTimeout", "KX0102", check_duration(*retries->per_try_timeout));
  if (!retries->retry_on.empty()) {
    for (const std::string_view policy : split(retries->retry_on, ',')) {
      if (!is_status_code(match::parse_go_integer(policy).value_or(0)) && !is_one_of(policy, kPolicies)) {
        walk.error("VS0113", quote(policy) + " is not a valid retryOn policy");
      }
    }
  }
  if (retries->backoff) walk.check_at("backoff", "KX0102", check_duration(*retries->backoff));
}

template <class Destinations>
void check_routes(Walk& walk, const Destinations& destinations, bool gateway_semantics) {
  std::uint32_t total = 0;  // wraps as Go's int32 does
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    const auto& destination = destinations[i];
    const Walk::Step step(walk, "route", i);
    if (!destination.destination) walk.error_at("destination", "KX0118", "destination is required");
    if constexpr (requires { destination.headers; }) check_headers(walk, destination.headers);
    if (!gateway_semantics) check_destination(walk, "destination", destination.destination);
    if (destination.weight < 0) walk.error("KX0119", "weight " + std::to_string(destination.weight) + " < 0");
    total += static_cast<std::uint32_t>(destination.weight);
  }
  if (destinations.size() > 1 && total == 0) walk.error("KX0119", "total destination weight = 0");
}

void check_http_route(Walk& walk, const HTTPRoute& route, bool is_delegate, bool gateway_semantics) {
  check_conflicts(walk, route, is_delegate);
  for (std::size_t i = 0; i < route.match.size(); ++i) {
    const Walk::Step step(walk, "match", i);
    check_http_match(walk, route.match[i]);
  }
  check_headers(walk, route.headers);
  check_cors(walk, route.cors_policy);
  check_fault(walk, route.fault);
  if (route.mirror_percent) {
    const Walk::Step step(walk, "mirrorPercent");
    if (*route.mirror_percent > 100) walk.error("VS0110", "mirror_percent must have a max value of 100");
    walk.warn("VS0114", "using deprecated setting \"mirrorPercent\", use \"mirrorPercentage\" instead");
  }
  check_mirror_percent(walk, route.mirror_percentage);
  check_destination(walk, "mirror", route.mirror);
  for (std::size_t i = 0; i < route.mirrors.size(); ++i) {
    const Walk::Step step(walk, "mirrors", i);
    if (!route.mirrors[i].destination) {
      walk.error_at("destination", "VS0110", "destination is required for mirrors");
      continue;
    }
    check_destination(walk, "destination", route.mirrors[i].destination);
    check_mirror_percent(walk, route.mirrors[i].percentage);
  }
  if (route.redirect) {
    const Walk::Step step(walk, "redirect");
    walk.check("VS0115", redirect_problem(*route.redirect, route.match));
  }
  check_direct_response(walk, route.direct_response);
  check_retries(walk, route.retries);
  if (route.rewrite) {
    const Walk::Step step(walk, "rewrite");
    walk.check("VS0116", rewrite_problem(*route.rewrite));
  }
  walk.check("VS0117", authority_problem(route));
  check_routes(walk, route.route, gateway_semantics);
  if (route.timeout) {
    const Walk::Step step(walk, "timeout");
    walk.check("KX0102", check_duration(*route.timeout));
  }
}

// --- TLS and TCP routes ---

bool is_gateway_service(const VirtualService& service) {
  return std::find(service.gateways.begin(), service.gateways.end(), "mesh") == service.gateways.end();
}

/// The hosts of a VirtualService, to ask whether a name is part of one.
class Hosts {
 public:
  explicit Hosts(const VirtualService& service) {
    for (const std::string& host : service.hosts) {
      if (match::is_wildcard(host))
        wild_[match::tail_of(host)] = true;
      else
        plain_.insert(host);
    }
  }
  bool hold(std::string_view name) const { return wild_.any(match::tail_of(name)) || plain_.contains(name); }  // A7

 private:
  std::unordered_set<std::string_view> plain_;
  match::Suffixes<bool> wild_;
};

void check_sni_host(Walk& walk, std::string_view sni, const VirtualService& service, const Hosts& hosts) {
  Problem problem = is_gateway_service(service) ? check_gateway_domain(true, sni) : check_wildcard_domain(sni);
  if (!problem.empty()) {
    if (match::is_ip(sni)) {
      walk.warn("VS0119", "using an IP address (" + quote(sni) + ") goes against SNI spec and most clients do not support this");
    } else {
      walk.error("KX0103", std::move(problem));
    }
    return;
  }
  if (!hosts.hold(sni)) {
    walk.error("VS0118", "SNI host " + quote(sni) + " is not a compatible subset of any of the virtual service hosts");
  }
}

template <class Match>
void check_transport_match(Walk& walk, const Match& match) {
  for (std::size_t i = 0; i < match.destination_subnets.size(); ++i) {
    const Walk::Step step(walk, "destinationSubnets", i);
    walk.check("KX0104", check_ip_subnet(match.destination_subnets[i]));
  }
  if (match.port != 0) walk.check_at("port", "KX0101", check_port(match.port));
  check_labels(walk, "sourceLabels", match.source_labels);
}

void check_tls_route(Walk& walk, const model::TLSRoute& route, const VirtualService& service, const Hosts& hosts,
                     bool gateway_semantics) {
  if (route.match.empty()) walk.error_at("match", "VS0118", "TLS route must have at least one match condition");
  for (std::size_t i = 0; i < route.match.size(); ++i) {
    const model::TLSMatchAttributes& match = route.match[i];
    const Walk::Step step(walk, "match", i);
    if (match.sni_hosts.empty()) walk.error_at("sniHosts", "VS0118", "TLS match must have at least one SNI host");
    for (std::size_t host = 0; host < match.sni_hosts.size(); ++host) {
      const Walk::Step at(walk, "sniHosts", host);
      check_sni_host(walk, match.sni_hosts[host], service, hosts);
    }
    check_transport_match(walk, match);
    check_gateway_names(walk, match.gateways, false);
  }
  if (route.route.empty()) walk.error_at("route", "VS0118", "TLS route is required");
  check_routes(walk, route.route, gateway_semantics);
}

void check_tcp_route(Walk& walk, const model::TCPRoute& route, bool gateway_semantics) {
  for (std::size_t i = 0; i < route.match.size(); ++i) {
    const Walk::Step step(walk, "match", i);
    check_transport_match(walk, route.match[i]);
    const Walk::Quiet quiet(walk);
    check_gateway_names(walk, route.match[i].gateways, false);
  }
  if (route.route.empty()) walk.error_at("route", "VS0120", "TCP route is required");
  check_routes(walk, route.route, gateway_semantics);
}

// --- rules that are never reached ---

/// Two things of which the later one is in the way, or of no use, by their places.
using Pair = std::pair<std::size_t, std::size_t>;
/// As many are told; those behind them are only counted. A report keeps fewer.
constexpr std::size_t kPairs = 64;
/// Where more are found, the count is of at least so many.
constexpr std::size_t kManyPairs = 100000;

/// A number that equal matches have in common, and few others.
class Fingerprint {
 public:
  void add(std::string_view text) { add(std::hash<std::string_view>()(text)); }
  void add(std::size_t number) { value_ = (value_ ^ number) * 0x9E3779B97F4A7C15U + (value_ >> 29); }
  void add(const StringMatch& match) {
    for (const auto* text : {&match.exact, &match.prefix, &match.regex}) add(text->has_value() ? **text : std::string_view());
  }
  template <class Value>
  void add(const std::optional<Value>& value) {
    add(std::size_t{value.has_value()});
    if (value) add(*value);
  }
  template <class Value>
  void add(const std::map<std::string, Value>& map) {
    add_pairs(map);
  }
  void add(const Labels& labels) { add_pairs(labels); }
  void add(const std::vector<std::string>& list) {
    for (const std::string& text : list) add(text);
    add(list.size());
  }
  std::size_t value() const { return value_; }

 private:
  template <class Pairs>
  void add_pairs(const Pairs& pairs) {
    for (const auto& [key, value] : pairs) {
      add(key);
      add(value);
    }
    add(pairs.size());
  }

  std::size_t value_ = 0;
};

/// Matches that say the same; the name of a HTTP match does not count.
template <class Match>
struct SameMatch {
  std::size_t operator()(const Match* match) const {
    Fingerprint print;
    if constexpr (std::is_same_v<Match, HTTPMatchRequest>) {
      print.add(match->uri);
      print.add(match->method);
      print.add(match->authority);
      print.add(match->headers);
      print.add(match->query_params);
      print.add(match->without_headers);
    } else {
      print.add(match->destination_subnets);
      if constexpr (requires { match->sni_hosts; }) print.add(match->sni_hosts);
    }
    print.add(match->source_labels);
    print.add(match->gateways);
    print.add(match->source_namespace);
    print.add(std::size_t{match->port});
    return print.value();
  }
  bool operator()(const Match* a, const Match* b) const {
    if constexpr (std::is_same_v<Match, HTTPMatchRequest>) {
      if (a->name != b->name) {
        Match nameless = *a;
        nameless.name = b->name;
        return nameless == *b;
      }
    }
    return *a == *b;
  }
};

std::string exact_or_prefix(const StringMatch& match) {
  if (!match.exact.value_or("").empty()) return "exact:" + *match.exact;
  if (!match.prefix.value_or("").empty()) return "prefix:" + *match.prefix;
  return {};
}

/// A prefix match of a HTTP route, as it is compared with other ones.
struct PrefixMatch {
  std::string names;                ///< of what it looks at, and the port: it covers only one that looks at the same
  std::vector<std::string> values;  ///< of these, the method and the authority

  explicit PrefixMatch(const HTTPMatchRequest& match) : names(std::to_string(match.port)) {
    for (const auto* map : {&match.headers, &match.query_params, &match.without_headers}) {
      for (const auto& [name, value] : *map) {
        names.append("\n").append(name);
        values.push_back(exact_or_prefix(value));
      }
      names += "\n\n";
    }
    values.push_back(match.authority ? exact_or_prefix(*match.authority) : std::string());
    values.push_back(match.method ? exact_or_prefix(*match.method) : std::string());
    if (values.back().empty()) values.back() = "exact:GET";
  }
  bool covers(const PrefixMatch& later) const {
    return names == later.names &&
           std::equal(values.begin(), values.end(), later.values.begin(), later.values.end(),
                      [](const std::string& own, const std::string& its) { return own.starts_with(its); });
  }
};

/// The prefix matches of one VirtualService, in order.
class PrefixMatches {
 public:
  struct Place {
    std::size_t route = 0, match = 0;
  };

  void add(const HTTPMatchRequest& match, std::size_t route, std::size_t index) {
    if (match.uri && !match.uri->prefix.value_or("").empty()) matches_.push_back({&match, {route, index}});
  }
  Place place(std::size_t index) const { return matches_[index].place; }
  std::string_view prefix(std::size_t index) const { return *matches_[index].match->uri->prefix; }

  /// Those of which the earlier one, of a shorter prefix, covers the later one; in order.
  std::vector<Pair> covered() const {
    std::map<std::string_view, Same> by_prefix;
    for (std::size_t i = 0; i < matches_.size(); ++i) by_prefix[prefix(i)];
    std::vector<std::pair<std::string_view, Same*>> open;  // each is a prefix of the next
    bool any = false;
    for (auto& [text, same] : by_prefix) {
      while (!open.empty() && !text.starts_with(open.back().first)) open.pop_back();
      if (!open.empty()) {
        same.shorter = open.back().second;
        same.shorter->has_longer = any = true;
      }
      open.emplace_back(text, &same);
    }
    std::vector<Pair> pairs;
    if (!any) return pairs;
    for (std::size_t i = 0; i < matches_.size() && pairs.size() < kManyPairs; ++i) {
      Same& same = by_prefix[prefix(i)];
      if (same.shorter == nullptr && !same.has_longer) continue;
      const PrefixMatch own(*matches_[i].match);
      for (const Same* shorter = same.shorter; shorter != nullptr; shorter = shorter->shorter) {
        const auto alike = shorter->earlier.find(own.names);
        if (alike == shorter->earlier.end()) continue;
        for (auto at = alike->second.lower_bound(own.values.front());
             at != alike->second.end() && at->first.starts_with(own.values.front()); ++at) {
          if (at->second.second.covers(own)) pairs.emplace_back(at->second.first, i);
        }
      }
      if (same.has_longer) {
        std::string names = own.names, first = own.values.front();
        same.earlier[std::move(names)].emplace(std::move(first), std::pair(i, own));
      }
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }

 private:
  struct One {
    const HTTPMatchRequest* match;
    Place place;
  };
  /// All of one prefix.
  struct Same {
    Same* shorter = nullptr;  ///< the longest other prefix that this one starts with
    bool has_longer = false;
    /// By what they look at, then by the first value: those that start alike stand together.
    std::unordered_map<std::string, std::multimap<std::string, std::pair<std::size_t, PrefixMatch>>> earlier;
  };
  std::vector<One> matches_;
};

/// Tells the first of the pairs and counts the others.
template <class Tell>
void tell_pairs(Walk& walk, const std::vector<Pair>& pairs, const Tell& tell) {
  const std::size_t told = std::min(pairs.size(), kPairs);
  for (std::size_t i = 0; i < told; ++i) tell(pairs[i]);
  if (told < pairs.size()) walk.stand_for(pairs.size() - told);
}

template <class Routes>
void warn_unreachable(Walk& walk, std::string_view key, const Routes& routes) {
  using Match = std::decay_t<decltype(routes.front().match.front())>;
  std::unordered_set<const Match*, SameMatch<Match>, SameMatch<Match>> seen;
  PrefixMatches prefixes;
  bool matchless = false;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Walk::Step step(walk, key, i);
    if (routes[i].match.empty()) {
      if (matchless)
        walk.warn("VS0121", "virtualService rule not used (only the last rule can have no matches)",
                  "give it a match, or move it to the end");
      matchless = true;
      continue;
    }
    std::size_t duplicates = 0;
    for (std::size_t j = 0; j < routes[i].match.size(); ++j) {
      const Walk::Step at(walk, "match", j);
      if (matchless) {
        walk.warn("VS0121", "virtualService rule not used (route without matches defined before)",
                  "move it before the rule without matches, or remove it");
        continue;
      }
      const Match& match = routes[i].match[j];
      if (!seen.insert(&match).second) {
        walk.warn("VS0122", "virtualService match is not used (duplicate match in an earlier rule)");
        ++duplicates;
        continue;
      }
      if constexpr (std::is_same_v<Match, HTTPMatchRequest>) prefixes.add(match, i, j);
    }
    if (duplicates == routes[i].match.size()) {
      walk.warn("VS0121", "virtualService rule not used (all matches used by prior rules)",
                "move it before those rules, or remove it");
    }
  }
  tell_pairs(walk, prefixes.covered(), [&](const Pair& pair) {
    const auto later = prefixes.place(pair.second);
    const Walk::Step step(walk, key, later.route);
    const Walk::Step at(walk, "match", later.match);
    walk.warn("VS0122",
              "virtualService match of prefix " + std::string(prefixes.prefix(pair.second)) +
                  " is not used (overlapping match of prefix " + std::string(prefixes.prefix(pair.first)) +
                  " in an earlier rule)",
              prefixes.place(pair.first).route == later.route
                  ? "remove it"
                  : "move its rule before spec." + std::string(key) + "[" + std::to_string(prefixes.place(pair.first).route) +
                        "], or remove it");
  });
}

/// Hosts of which some name is in both (A6), in order.
std::vector<Pair> overlapping(const std::vector<std::string>& hosts) {
  match::HostIndex<std::size_t> index;
  for (std::size_t i = 0; i < hosts.size(); ++i) index.add(hosts[i], i);
  index.sort();
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < hosts.size() && pairs.size() < kManyPairs; ++i) {
    const std::size_t first = pairs.size();
    index.any_matching(hosts[i], [&](std::size_t other) {
      if (other > i) pairs.emplace_back(i, other);
      return pairs.size() >= first + kManyPairs;
    });
    std::sort(pairs.begin() + static_cast<std::ptrdiff_t>(first), pairs.end());
  }
  return pairs;
}

void check_hosts(Walk& walk, const VirtualService& service, bool applies_to_gateway, bool applies_to_mesh) {
  const bool sni = std::any_of(service.tls.begin(), service.tls.end(), [](const auto& route) {
    return std::any_of(route.match.begin(), route.match.end(), [](const auto& match) { return !match.sni_hosts.empty(); });
  });
  bool valid = true;
  for (std::size_t i = 0; i < service.hosts.size(); ++i) {
    const std::string_view host = service.hosts[i];
    const Walk::Step step(walk, "hosts", i);
    Problem problem = applies_to_gateway ? check_gateway_domain(sni, host) : check_wildcard_domain(host);
    if (!problem.empty()) {
      if (match::is_ip(host)) continue;
      walk.error("KX0103", std::move(problem));
      valid = false;
    } else if (applies_to_mesh && host == "*") {
      walk.error("VS0103", "wildcard host * is not allowed for virtual services bound to the mesh gateway");
      valid = false;
    }
  }
  if (!valid || service.hosts.size() < 2) return;
  tell_pairs(walk, overlapping(service.hosts), [&](const Pair& pair) {
    const Walk::Step step(walk, "hosts", pair.second);
    walk.error("VS0104", "duplicate hosts in virtual service: " + service.hosts[pair.first] + " & " + service.hosts[pair.second]);
  });
}

}  // namespace

void validate_virtual_service(Walk& walk, const Resource& resource, const VirtualService& service) {
  const bool is_delegate = service.hosts.empty();
  if (is_delegate) {
    if (!service.gateways.empty()) walk.error("VS0101", "delegate virtual service must have no gateways specified");
    if (!service.tls.empty()) walk.error("VS0101", "delegate virtual service must have no tls route specified");
    if (!service.tcp.empty()) walk.error("VS0101", "delegate virtual service must have no tcp route specified");
  }
  const auto semantics = resource.metadata.annotations.find("internal.istio.io/route-semantics");
  const bool gateway_semantics = semantics != resource.metadata.annotations.end() && semantics->second == "gateway";
  check_gateway_names(walk, service.gateways, gateway_semantics);
  const bool applies_to_gateway = !service.gateways.empty() && is_gateway_service(service);
  if (!applies_to_gateway) {
    for (std::size_t i = 0; i < service.http.size(); ++i) {
      const Walk::Step step(walk, "http", i);
      for (std::size_t j = 0; j < service.http[i].match.size(); ++j) {
        const Walk::Step at(walk, "match", j);
        for (const auto* headers : {&service.http[i].match[j].headers, &service.http[i].match[j].without_headers}) {
          for (const auto& [name, value] : *headers) {
            if (is_claim_route(name)) {
              walk.error("VS0102",
                         "JWT claim based routing (key: " + name + ") is only supported for gateway, found no gateways");
            }
          }
        }
      }
    }
  }
  check_hosts(walk, service, applies_to_gateway, !applies_to_gateway);
  if (service.http.empty() && service.tcp.empty() && service.tls.empty()) {
    walk.error("VS0105", "http, tcp or tls must be provided in virtual service");
  }
  for (std::size_t i = 0; i < service.http.size(); ++i) {
    const Walk::Step step(walk, "http", i);
    check_http_route(walk, service.http[i], is_delegate, gateway_semantics);
  }
  const Hosts hosts(service);
  for (std::size_t i = 0; i < service.tls.size(); ++i) {
    const Walk::Step step(walk, "tls", i);
    check_tls_route(walk, service.tls[i], service, hosts, gateway_semantics);
  }
  for (std::size_t i = 0; i < service.tcp.size(); ++i) {
    const Walk::Step step(walk, "tcp", i);
    check_tcp_route(walk, service.tcp[i], gateway_semantics);
  }
  check_export_to(walk, own_namespace(resource), service.export_to, false, false);
  warn_unreachable(walk, "http", service.http);
  warn_unreachable(walk, "tcp", service.tcp);
  warn_unreachable(walk, "tls", service.tls);
}

}  // namespace meshroute::admission
