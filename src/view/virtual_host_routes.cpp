// SPDX-License-Identifier: Apache-2.0
// The rules of a VirtualService as the routes of a virtual host (spec F3, F4, F6, F7).
#include "view/virtual_host_routes.hpp"

#include <algorithm>

#include "match/grpc_status.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"

namespace meshroute::view {

namespace {

using registry::Service;
using text::lower;

envoy::Duration duration(const model::Duration& duration) { return {duration.seconds, duration.nanos}; }

template <class Value>
std::optional<envoy::Duration> duration(const std::optional<Value>& given) {
  return given ? std::optional(duration(*given)) : std::nullopt;
}

envoy::Fraction per_million(double percent) {  // F6.7: truncated
  return {static_cast<std::uint32_t>(percent * 10000), envoy::Fraction::Denominator::million};
}

/// Kind none where only presence is asked (F3.8).
envoy::StringMatcher string_match(const model::StringMatch& match) {
  using Kind = envoy::StringMatcher::Kind;
  if (match.regex && *match.regex != "*") return {Kind::regex, *match.regex};
  if (match.regex) return {};
  if (match.prefix) return {Kind::prefix, *match.prefix};
  if (match.exact) return {Kind::exact, *match.exact};
  return {};
}

template <class Value>
void set_value(Value& value, const model::StringMatch& match) {
  envoy::StringMatcher string = string_match(match);
  if (string.kind != envoy::StringMatcher::Kind::none) value = std::move(string);
}

envoy::HeaderMatcher header_matcher(const std::string& name, const model::StringMatch& match, bool inverted) {
  envoy::HeaderMatcher matcher;
  matcher.name = name;
  set_value(matcher.value, match);
  matcher.invert_match = inverted;  // F3.9
  matcher.treat_missing_header_as_empty = inverted && std::holds_alternative<envoy::StringMatcher>(matcher.value);
  return matcher;
}

/// GW90: the claims that a header of a match stands for; empty for any other header.
std::vector<std::string> claims_of(std::string_view name) {
  constexpr std::string_view kClaims = "@request.auth.claims";
  if (name.size() < kClaims.size() || lower(name.substr(0, kClaims.size())) != kClaims) return {};
  name.remove_prefix(kClaims.size());
  std::string_view between;
  if (name.starts_with('.') && name.size() > 1) {
    name.remove_prefix(1);
    between = ".";
  } else if (name.starts_with('[') && name.ends_with(']') && name.size() > 2) {
    name = name.substr(1, name.size() - 2);
    between = "][";
  } else {
    return {};
  }
  std::vector<std::string> claims;
  for (;;) {
    const std::size_t end = name.find(between);
    claims.emplace_back(name.substr(0, end));
    if (end == std::string_view::npos) return claims;
    name.remove_prefix(end + between.size());
  }
}

bool is_set(const model::StringMatch& match) { return match.exact || match.prefix || match.regex; }

envoy::RouteMatch match_of(const model::HTTPMatchRequest* match) {
  using Kind = envoy::PathMatcher::Kind;
  envoy::RouteMatch made;
  made.path = {Kind::prefix, "/"};
  if (match == nullptr) return made;
  made.case_sensitive = !match->ignore_uri_case;
  if (match->uri && match->uri->regex)
    made.path = {Kind::safe_regex, *match->uri->regex};
  else if (match->uri && match->uri->prefix)
    made.path = {Kind::prefix, *match->uri->prefix};
  else if (match->uri && match->uri->exact)
    made.path = {Kind::path, *match->uri->exact};
  auto& headers = made.headers;
  const auto add = [&](const std::string& name, const model::StringMatch& value, bool inverted) {
    std::vector<std::string> claims = claims_of(name);
    if (claims.empty()) {
      headers.push_back(header_matcher(name, value, inverted));
      return;
    }
    envoy::MetadataMatcher& matcher = made.dynamic_metadata.emplace_back();
    matcher.filter = envoy::kTokenFilter;
    matcher.path = std::move(claims);
    matcher.path.insert(matcher.path.begin(), envoy::kTokenPayload);
    if (value.regex)
      matcher.value = {envoy::StringMatcher::Kind::regex, *value.regex};
    else
      matcher.value = string_match(value);
    matcher.invert = inverted;
  };
  for (const auto& [name, value] : match->headers) add(name, value, false);
  for (const auto& [name, value] : match->without_headers) add(name, value, true);
  std::stable_sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.name < b.name; });  // F3.10
  if (match->method) headers.push_back(header_matcher(":method", *match->method, false));
  if (match->authority) headers.push_back(header_matcher(":authority", *match->authority, false));
  if (match->scheme) headers.push_back(header_matcher(":scheme", *match->scheme, false));
  for (const auto& [name, value] : match->query_params) {
    auto& parameter = made.query_parameters.emplace_back();
    parameter.name = name;
    set_value(parameter.value, value);
  }
  return made;
}

bool pseudo(const std::string& key) { return key.empty() || key[0] == ':' || lower(key) == "host"; }

/// Adds the header operations of one level (F6.6).
void add_headers(envoy::HeaderMutations& target, const model::Headers* headers) {
  if (headers == nullptr) return;
  using Action = envoy::HeaderValueOption::Action;
  const auto apply = [](const std::optional<model::Headers::HeaderOperations>& operations,
                        std::vector<envoy::HeaderValueOption>& to_add, std::vector<std::string>& to_remove) {
    if (!operations) return;
    for (const auto& [key, value] : operations->set) {
      if (!pseudo(key)) to_add.push_back({key, value, Action::overwrite_if_exists_or_add});
    }
    for (const auto& [key, value] : operations->add) {
      if (!pseudo(key)) to_add.push_back({key, value});
    }
    for (const auto& key : operations->remove) {
      if (!pseudo(key)) to_remove.push_back(key);
    }
  };
  apply(headers->request, target.request_headers_to_add, target.request_headers_to_remove);
  apply(headers->response, target.response_headers_to_add, target.response_headers_to_remove);
}

/// The host that header operations write, or empty (F6.5): set before add.
std::string host_of(const std::optional<model::Headers>& headers) {
  if (!headers || !headers->request) return {};
  for (const auto* operations : {&headers->request->set, &headers->request->add}) {
    for (const auto& [key, value] : *operations) {
      if (key == ":authority" || lower(key) == "host") return value;
    }
  }
  return {};
}

}  // namespace

bool catches_all(const envoy::RouteMatch& match) {
  using Kind = envoy::PathMatcher::Kind;
  const bool path = (match.path.kind == Kind::prefix && match.path.value == "/") ||
                    (match.path.kind == Kind::safe_regex && match.path.value == ".*");
  return path && match.headers.empty() && match.query_parameters.empty() && match.dynamic_metadata.empty();
}

std::string VirtualHostRoutes::destination_cluster(const model::Destination& destination) const {
  if (destination.host.empty()) return "UnknownService";  // F6.2
  std::string host = destination.host;
  std::uint32_t port = port_;
  if (const auto found = services_.find(host); found != services_.end()) {
    const Service& service = *found->second;
    if ((port_ == 0 || server_ != nullptr) && service.ports.size() == 1) port = service.ports[0].number;  // GW51
    if (service.resolution == registry::ServiceResolution::alias) host = service.external_name;
  }
  if (destination.port && destination.port->number != 0) port = destination.port->number;
  return cluster_name(port, destination.subset, host);
}

std::optional<envoy::HashPolicy> VirtualHostRoutes::hash_policy(const std::string& host, std::uint32_t port,
                                                                const std::string& subset) const {  // F6.9, E23
  const auto* rule = destination_rule(seen_, host);
  if (rule == nullptr) return {};
  const model::LoadBalancerSettings::ConsistentHashLB* hash = nullptr;
  const auto take = [&hash](const std::optional<model::LoadBalancerSettings>& balancer) {
    if (balancer && balancer->consistent_hash) hash = &*balancer->consistent_hash;
  };
  const auto take_policy = [&](const std::optional<model::TrafficPolicy>& policy) {
    if (!policy) return;
    take(policy->load_balancer);
    if (port == 0) return;
    for (const auto& level : policy->port_level_settings) {
      if (level.port && level.port->number == port) {
        take(level.load_balancer);
        break;
      }
    }
  };
  take_policy(rule->spec.traffic_policy);
  for (const auto& each : rule->spec.subsets) {
    if (!subset.empty() && each.name == subset) {
      take_policy(each.traffic_policy);
      break;
    }
  }
  using Policy = envoy::HashPolicy;
  if (hash == nullptr) return {};
  if (hash->http_header_name && !hash->http_header_name->empty()) return Policy{Policy::Header{*hash->http_header_name, {}}};
  if (hash->http_cookie) {
    Policy::Cookie cookie{hash->http_cookie->name, hash->http_cookie->path, duration(hash->http_cookie->ttl), {}};
    for (const auto& attribute : hash->http_cookie->attributes) cookie.attributes.push_back({attribute.name, attribute.value});
    return Policy{std::move(cookie)};
  }
  if (hash->use_source_ip && *hash->use_source_ip) return Policy{Policy::ConnectionProperties{true}};
  if (hash->http_query_parameter_name && !hash->http_query_parameter_name->empty())
    return Policy{Policy::QueryParameter{*hash->http_query_parameter_name}};
  return {};
}

envoy::Extension VirtualHostRoutes::previous_hosts() {
  return {"envoy.retry_host_predicates.previous_hosts",
          "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
          {}};
}

std::optional<envoy::RetryPolicy> VirtualHostRoutes::retry_policy(const model::HTTPRetry* retry, bool consistent_hash) const {
  envoy::RetryPolicy policy;  // F7
  policy.host_selection_retry_max_attempts = 5;
  policy.num_retries = 2;
  policy.retry_on = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
  if (!consistent_hash) policy.retry_host_predicate = {previous_hosts()};
  if (retry == nullptr) {  // F7.4
    if (!seen_.settings.default_retry) return policy;
    retry = &*seen_.settings.default_retry;
  }
  if (retry->attempts <= 0) return {};  // F7.2
  policy.num_retries = static_cast<std::uint32_t>(retry->attempts);
  if (!retry->retry_on.empty()) {
    std::string kept;
    std::size_t at = 0;
    while (at <= retry->retry_on.size()) {
      const auto comma = std::min(retry->retry_on.find(',', at), retry->retry_on.size());
      std::string item = retry->retry_on.substr(at, comma - at);
      at = comma + 1;
      while (!item.empty() && item.front() == ' ') item.erase(0, 1);
      while (!item.empty() && item.back() == ' ') item.pop_back();
      if (item.empty()) continue;
      const bool number = item.find_first_not_of("0123456789", item[0] == '+' ? 1 : 0) == std::string::npos && item.size() < 6;
      if (number)
        policy.retriable_status_codes.push_back(static_cast<std::uint32_t>(std::stoi(item)));
      else
        kept += (kept.empty() ? "" : ",") + item;
    }
    if (!policy.retriable_status_codes.empty() && kept.find("retriable-status-codes") == std::string::npos)
      kept += ",retriable-status-codes";
    policy.retry_on = kept;
  }
  policy.per_try_timeout = duration(retry->per_try_timeout);
  if (retry->backoff) policy.retry_back_off = envoy::RetryPolicy::BackOff{duration(*retry->backoff), {}};
  if (retry->retry_ignore_previous_hosts) {
    policy.retry_host_predicate.clear();
    if (*retry->retry_ignore_previous_hosts) policy.retry_host_predicate.push_back(previous_hosts());
  }
  if (retry->retry_remote_localities && *retry->retry_remote_localities) {
    policy.retry_priority = {
        "envoy.retry_priorities.previous_priorities",
        "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", 2};
  }
  return policy;
}

envoy::Mirror VirtualHostRoutes::mirror(const model::Destination& destination, envoy::Fraction share) const {
  return {.cluster = destination_cluster(destination),
          .cluster_header = {},
          .runtime_fraction = share,
          .trace_sampled = false,
          .disable_shadow_host_suffix_append = true};
}

std::vector<envoy::Mirror> VirtualHostRoutes::mirrors(const model::HTTPRoute& rule) const {  // F6.7
  std::vector<envoy::Mirror> mirrors;
  if (rule.mirror) {
    if (rule.mirror_percentage) {
      if (rule.mirror_percentage->value > 0) mirrors.push_back(mirror(*rule.mirror, per_million(rule.mirror_percentage->value)));
    } else if (!rule.mirror_percent || *rule.mirror_percent > 0) {
      mirrors.push_back(mirror(*rule.mirror, {rule.mirror_percent.value_or(100)}));
    }
  }
  for (const auto& each : rule.mirrors) {
    if (!each.destination) continue;
    if (each.percentage && each.percentage->value <= 0) continue;
    mirrors.push_back(mirror(*each.destination, each.percentage ? per_million(each.percentage->value) : envoy::Fraction{100}));
  }
  return mirrors;
}

envoy::Forward VirtualHostRoutes::forward(const model::HTTPRoute& rule, envoy::Route& route) const {  // F6
  envoy::Forward action;
  action.timeout = rule.timeout ? duration(*rule.timeout) : envoy::Duration{};
  action.max_grpc_timeout = action.timeout;
  if (rule.rewrite) {
    if (rule.rewrite->uri_regex_rewrite) {
      action.path_rewrite.regex_rewrite = {rule.rewrite->uri_regex_rewrite->match, rule.rewrite->uri_regex_rewrite->rewrite};
    } else {
      action.path_rewrite.prefix_rewrite = rule.rewrite->uri;
    }
  }
  std::string host = rule.rewrite ? rule.rewrite->authority : std::string();
  if (host.empty()) host = host_of(rule.headers);
  const auto add_hash = [&](const model::Destination& destination) {
    auto policy = hash_policy(destination.host, destination.port ? destination.port->number : 0, destination.subset);
    if (policy) action.hash_policy.push_back(std::move(*policy));
  };
  if (rule.route.size() == 1) {
    const auto& destination = rule.route[0];
    if (destination.destination) {
      action.cluster = destination_cluster(*destination.destination);
      add_hash(*destination.destination);
    }
    if (host.empty()) host = host_of(destination.headers);
    add_headers(route.mutations, destination.headers ? &*destination.headers : nullptr);
  } else {
    auto& clusters = action.weighted_clusters.emplace();
    for (const auto& destination : rule.route) {
      if (destination.weight == 0 || !destination.destination) continue;  // F6.3
      auto& item = clusters.emplace_back();
      item.name = destination_cluster(*destination.destination);
      item.weight = static_cast<std::uint32_t>(destination.weight);
      add_headers(item.mutations, destination.headers ? &*destination.headers : nullptr);
      item.host_rewrite_literal = host_of(destination.headers);
      add_hash(*destination.destination);
    }
  }
  action.host_rewrite.literal = std::move(host);
  action.retry_policy =
      retry_policy(rule.retries ? &*rule.retries : nullptr, rule.route.size() == 1 && !action.hash_policy.empty());
  action.request_mirror_policies = mirrors(rule);
  return action;
}

namespace {

envoy::Cors cors_of(const model::CorsPolicy& policy) {  // F6.12
  envoy::Cors cors;
  cors.filter_enabled = envoy::Fraction{100};
  for (const auto& origin : policy.allow_origins) {
    if (is_set(origin)) cors.allow_origin_string_match.push_back(string_match(origin));
  }
  if (policy.allow_origins.empty()) {
    for (const auto& origin : policy.allow_origin)
      cors.allow_origin_string_match.push_back({envoy::StringMatcher::Kind::exact, origin});
  }
  const auto joined = [](const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : ",") + value;
    return text;
  };
  cors.allow_methods = joined(policy.allow_methods);
  cors.allow_headers = joined(policy.allow_headers);
  cors.expose_headers = joined(policy.expose_headers);
  if (policy.max_age) cors.max_age = std::to_string(policy.max_age->seconds);
  cors.allow_credentials = policy.allow_credentials;
  cors.forward_not_matching_preflights = policy.unmatched_preflights != model::CorsPolicy::UnmatchedPreflights::IGNORE;
  return cors;
}

envoy::Fault fault_of(const model::HTTPFaultInjection& injection) {  // F6.11
  envoy::Fault fault;
  if (injection.delay) {
    auto& delay = fault.delay.emplace();
    delay.percentage = injection.delay->percentage ? per_million(injection.delay->percentage->value)
                                                   : envoy::Fraction{static_cast<std::uint32_t>(injection.delay->percent)};
    delay.fixed_delay = duration(injection.delay->fixed_delay);
  }
  if (injection.abort) {
    auto& abort = fault.abort.emplace();
    if (injection.abort->http_status) abort.http_status = static_cast<std::uint32_t>(*injection.abort->http_status);
    if (injection.abort->grpc_status) abort.grpc_status = match::grpc_status_code(*injection.abort->grpc_status);
    if (injection.abort->percentage) abort.percentage = per_million(injection.abort->percentage->value);
  }
  return fault;
}

envoy::Redirect redirect_of(const model::HTTPRedirect& redirect, std::uint32_t table_port, bool tls) {  // F6.10
  envoy::Redirect action;
  action.host_redirect = redirect.authority;
  if (!redirect.prefix_rewrite.empty())
    action.path_rewrite.prefix_rewrite = redirect.prefix_rewrite;
  else
    action.path_redirect = redirect.uri;
  action.scheme_redirect = redirect.scheme;
  std::uint32_t port = 0;
  if (redirect.derive_port && *redirect.derive_port == model::HTTPRedirect::RedirectPortSelection::FROM_REQUEST_PORT)
    port = table_port;
  else if (redirect.port)
    port = *redirect.port;
  const std::string_view scheme = !redirect.scheme.empty() ? std::string_view(redirect.scheme) : tls ? "https" : "http";
  if ((port == 80 && scheme == "http") || (port == 443 && scheme == "https")) port = 0;
  action.port_redirect = port;
  using Code = envoy::Redirect::Code;
  action.response_code = redirect.redirect_code == 302   ? Code::found
                         : redirect.redirect_code == 303 ? Code::see_other
                         : redirect.redirect_code == 307 ? Code::temporary_redirect
                         : redirect.redirect_code == 308 ? Code::permanent_redirect
                                                         : Code::moved_permanently;
  return action;
}

envoy::DirectResponse direct_response_of(const model::HTTPDirectResponse& response) {
  envoy::DirectResponse action;
  action.status = response.status;
  if (response.body && response.body->bytes)
    action.body = envoy::DirectResponse::Bytes{*response.body->bytes};
  else if (response.body && response.body->string)
    action.body = envoy::DirectResponse::Text{*response.body->string};
  return action;
}

}  // namespace

envoy::Route VirtualHostRoutes::one_route(const VirtualServiceEntry& owner, const RuleUse& use) const {
  const model::HTTPRoute& rule = owner.spec->http[use.rule];
  envoy::Route route;
  route.match = match_of(use.match);
  route.name = rule.name;
  if (use.match != nullptr && !use.match->name.empty()) route.name += "." + use.match->name;  // F3.3
  route.config = owner.config;
  const Identity& identity = owner.http_origins[use.rule].resource->identity;
  route.origin = {identity.kind + " " + identity.namespace_ + "/" + identity.name, use.path};
  add_headers(route.mutations, rule.headers ? &*rule.headers : nullptr);
  if (rule.redirect)
    route.action = redirect_of(*rule.redirect, port_, server_ != nullptr && server_->has_tls());
  else if (rule.direct_response)
    route.action = direct_response_of(*rule.direct_response);
  else
    route.action = forward(rule, route);
  if (rule.cors_policy) route.filters.cors = cors_of(*rule.cors_policy);
  if (rule.fault && (rule.fault->delay || rule.fault->abort)) route.filters.fault = fault_of(*rule.fault);
  return route;
}

bool VirtualHostRoutes::static_ok(const model::HTTPMatchRequest& match) const {  // F3.2
  if (match.port != 0 && match.port != port_) return false;
  if (!match.gateways.empty()) {
    return server_ == nullptr ? scope::names_mesh(match.gateways)
                              : std::find(match.gateways.begin(), match.gateways.end(), server_->name) != match.gateways.end();
  }
  return match::labels_subset(match.source_labels, seen_.proxy.labels) &&
         (match.source_namespace.empty() || match.source_namespace == seen_.proxy.namespace_);
}

bool VirtualHostRoutes::any(const VirtualServiceEntry& owner) const {
  return std::any_of(owner.spec->http.begin(), owner.spec->http.end(), [this](const model::HTTPRoute& rule) {
    if (rule.delegate) return false;
    return rule.match.empty() ||
           std::any_of(rule.match.begin(), rule.match.end(), [this](const auto& match) { return static_ok(match); });
  });
}

/// In words, what static_ok() does not find.
std::string VirtualHostRoutes::static_failure(const model::HTTPMatchRequest& match) const {
  if (static_ok(match)) return {};
  if (match.port != 0 && match.port != port_)
    return "it is for port " + std::to_string(match.port) + "; " +
           (server_ == nullptr ? "this is the route table of port " : "the Gateway's server is on port ") + std::to_string(port_);
  if (!match.gateways.empty())
    return server_ == nullptr ? "its gateways do not name mesh: it is not for sidecars"
                              : "its gateways do not name " + server_->name;
  for (const auto& [key, value] : match.source_labels) {
    const auto found = seen_.proxy.labels.find(key);
    if (found == seen_.proxy.labels.end()) return "sourceLabels wants " + key + "=" + value + "; the proxy has no label " + key;
    if (found->second != value) return "sourceLabels wants " + key + "=" + value + "; the proxy has " + key + "=" + found->second;
  }
  return "sourceNamespace is " + match.source_namespace + "; the proxy is in " + seen_.proxy.namespace_;
}

std::vector<RuleUse> VirtualHostRoutes::uses(const VirtualServiceEntry& owner) const {
  std::vector<RuleUse> uses;
  for (std::size_t index = 0; index < owner.spec->http.size(); ++index) {
    const auto& rule = owner.spec->http[index];
    if (rule.delegate) continue;
    const RuleOrigin& origin = owner.http_origins[index];
    if (rule.match.empty()) uses.push_back({index, nullptr, origin.path, {}});
    for (std::size_t at = 0; at < rule.match.size(); ++at) {
      std::string path = origin.whole ? origin.path + ".match[" + std::to_string(at) + "]" : origin.path;
      uses.push_back({index, &rule.match[at], std::move(path), static_failure(rule.match[at])});
    }
  }
  return uses;
}

std::vector<envoy::Route> VirtualHostRoutes::routes_of(const VirtualServiceEntry& owner,
                                                       std::vector<RuleOrigin>* origins) const {  // F3.1, L9
  std::vector<envoy::Route> routes;
  for (const RuleUse& use : uses(owner)) {
    if (!use.dropped.empty()) continue;
    routes.push_back(one_route(owner, use));
    const RuleOrigin& origin = owner.http_origins[use.rule];
    if (origins != nullptr) origins->push_back({origin.resource, use.path, origin.whole, origin.root});
    if (catches_all(routes.back().match)) break;  // F3.4
  }
  return routes;
}

envoy::Route VirtualHostRoutes::default_route(const Service& service, std::uint32_t port) const {  // F4
  const std::string host = port_ != 0 ? lower(service.hostname) : service.hostname;
  envoy::Forward action;
  action.cluster = cluster_name(port, "", host);
  action.timeout = action.max_grpc_timeout = envoy::Duration{};
  action.retry_policy = retry_policy(nullptr, false);
  if (auto hash = hash_policy(host, port, "")) action.hash_policy.push_back(std::move(*hash));  // A16
  envoy::Route route;
  route.name = "default";
  route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
  route.action = std::move(action);
  return route;
}

}  // namespace meshroute::view
