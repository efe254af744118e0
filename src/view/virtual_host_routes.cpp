// SPDX-License-Identifier: Apache-2.0
// The rules of a VirtualService as the routes of a virtual host (spec F3, F4, F6, F7).
#include "view/virtual_host_routes.hpp"

#include <algorithm>

#include "match/labels.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"

namespace meshroute::view {

namespace {

using Json = nlohmann::json;
using registry::Service;
using text::lower;

Json per_million(double percent) {  // F6.7: truncated
  Json fraction{{"denominator", "MILLION"}};
  const auto numerator = static_cast<std::uint32_t>(percent * 10000);
  if (numerator != 0) fraction["numerator"] = numerator;
  return fraction;
}

/// The string matcher, or null where only presence is asked (F3.8).
Json string_match(const model::StringMatch& match) {
  if (match.regex) return *match.regex == "*" ? Json() : Json{{"safeRegex", {{"regex", *match.regex}}}};
  if (match.prefix) return {{"prefix", *match.prefix}};
  if (match.exact) return {{"exact", *match.exact}};
  return {};
}

Json header_matcher(const std::string& name, const model::StringMatch& match, bool inverted) {
  Json matcher{{"name", name}};
  Json string = string_match(match);
  if (string.is_null())
    matcher["presentMatch"] = true;
  else
    matcher["stringMatch"] = std::move(string);
  if (inverted) {  // F3.9
    matcher["invertMatch"] = true;
    if (matcher.contains("stringMatch")) matcher["treatMissingHeaderAsEmpty"] = true;
  }
  return matcher;
}

bool is_set(const model::StringMatch& match) { return match.exact || match.prefix || match.regex; }

Json match_of(const model::HTTPMatchRequest* match) {
  Json json;
  if (match == nullptr) return {{"prefix", "/"}};
  json["caseSensitive"] = !match->ignore_uri_case;
  if (match->uri && match->uri->regex)
    json["safeRegex"] = {{"regex", *match->uri->regex}};
  else if (match->uri && match->uri->prefix)
    json["prefix"] = *match->uri->prefix;
  else if (match->uri && match->uri->exact)
    json["path"] = *match->uri->exact;
  else
    json["prefix"] = "/";
  std::vector<std::pair<std::string, Json>> headers;  // F3.10: sorted by name
  for (const auto& [name, value] : match->headers) headers.emplace_back(name, header_matcher(name, value, false));
  for (const auto& [name, value] : match->without_headers) headers.emplace_back(name, header_matcher(name, value, true));
  std::stable_sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Json list = Json::array();
  for (auto& [name, value] : headers) list.push_back(std::move(value));
  if (match->method) list.push_back(header_matcher(":method", *match->method, false));
  if (match->authority) list.push_back(header_matcher(":authority", *match->authority, false));
  if (match->scheme) list.push_back(header_matcher(":scheme", *match->scheme, false));
  if (!list.empty()) json["headers"] = std::move(list);
  Json parameters = Json::array();
  for (const auto& [name, value] : match->query_params) {
    Json string = string_match(value);
    parameters.push_back(string.is_null() ? Json{{"name", name}, {"presentMatch", true}}
                                          : Json{{"name", name}, {"stringMatch", std::move(string)}});
  }
  if (!parameters.empty()) json["queryParameters"] = std::move(parameters);
  return json;
}

/// F3.6.
bool catch_all(const Json& match) {
  const bool path = match.value("prefix", "") == "/" || (match.contains("safeRegex") && match["safeRegex"]["regex"] == ".*");
  return path && !match.contains("headers") && !match.contains("queryParameters");
}

bool pseudo(const std::string& key) { return key.empty() || key[0] == ':' || lower(key) == "host"; }

/// Header operations of one level into a route or a weighted cluster (F6.6).
void add_headers(Json& target, const model::Headers* headers) {
  if (headers == nullptr) return;
  const auto apply = [&target](const std::optional<model::Headers::HeaderOperations>& operations, const char* add,
                               const char* remove) {
    if (!operations) return;
    for (const auto& [key, value] : operations->set) {
      if (!pseudo(key))
        target[add].push_back({{"appendAction", "OVERWRITE_IF_EXISTS_OR_ADD"}, {"header", {{"key", key}, {"value", value}}}});
    }
    for (const auto& [key, value] : operations->add) {
      if (!pseudo(key)) target[add].push_back({{"header", {{"key", key}, {"value", value}}}});
    }
    for (const auto& key : operations->remove) {
      if (!pseudo(key)) target[remove].push_back(key);
    }
  };
  apply(headers->request, "requestHeadersToAdd", "requestHeadersToRemove");
  apply(headers->response, "responseHeadersToAdd", "responseHeadersToRemove");
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

std::string VirtualHostRoutes::destination_cluster(const model::Destination& destination) const {
  if (destination.host.empty()) return "UnknownService";  // F6.2
  std::string host = destination.host;
  std::uint32_t port = port_;
  if (const auto found = services_.find(host); found != services_.end()) {
    const Service& service = *found->second;
    if (port_ == 0 && service.ports.size() == 1) port = service.ports[0].number;
    if (service.resolution == registry::ServiceResolution::alias) host = service.external_name;
  }
  if (destination.port && destination.port->number != 0) port = destination.port->number;
  return cluster_name(port, destination.subset, host);
}

Json VirtualHostRoutes::hash_policy(const std::string& host, std::uint32_t port, const std::string& subset) const {  // F6.9, E23
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
  if (hash == nullptr) return {};
  if (hash->http_header_name && !hash->http_header_name->empty()) return {{"header", {{"headerName", *hash->http_header_name}}}};
  if (hash->http_cookie) {
    Json cookie{{"name", hash->http_cookie->name}};
    if (hash->http_cookie->ttl) cookie["ttl"] = registry::shown(*hash->http_cookie->ttl);
    if (!hash->http_cookie->path.empty()) cookie["path"] = hash->http_cookie->path;
    for (const auto& attribute : hash->http_cookie->attributes)
      cookie["attributes"].push_back({{"name", attribute.name}, {"value", attribute.value}});
    return {{"cookie", std::move(cookie)}};
  }
  if (hash->use_source_ip && *hash->use_source_ip) return {{"connectionProperties", {{"sourceIp", true}}}};
  if (hash->http_query_parameter_name && !hash->http_query_parameter_name->empty()) {
    return {{"queryParameter", {{"name", *hash->http_query_parameter_name}}}};
  }
  return {};
}

Json VirtualHostRoutes::previous_hosts() {
  return Json::array(
      {{{"name", "envoy.retry_host_predicates.previous_hosts"},
        {"typedConfig",
         {{"@type", "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}}}});
}

Json VirtualHostRoutes::retry_policy(const model::HTTPRetry* retry, bool consistent_hash) const {  // F7
  Json policy{{"hostSelectionRetryMaxAttempts", "5"},
              {"numRetries", 2},
              {"retryOn", "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"}};
  if (!consistent_hash) policy["retryHostPredicate"] = previous_hosts();
  if (retry == nullptr) {  // F7.4
    if (!seen_.settings.default_retry) return policy;
    retry = &*seen_.settings.default_retry;
  }
  if (retry->attempts <= 0) return {};  // F7.2
  policy["numRetries"] = retry->attempts;
  if (!retry->retry_on.empty()) {
    std::string kept;
    Json codes = Json::array();
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
        codes.push_back(std::stoi(item));
      else
        kept += (kept.empty() ? "" : ",") + item;
    }
    if (!codes.empty()) {
      policy["retriableStatusCodes"] = codes;
      if (kept.find("retriable-status-codes") == std::string::npos) kept += ",retriable-status-codes";
    }
    policy["retryOn"] = kept;
  }
  if (retry->per_try_timeout) policy["perTryTimeout"] = registry::shown(*retry->per_try_timeout);
  if (retry->backoff) policy["retryBackOff"] = {{"baseInterval", registry::shown(*retry->backoff)}};
  if (retry->retry_ignore_previous_hosts) {
    if (*retry->retry_ignore_previous_hosts)
      policy["retryHostPredicate"] = previous_hosts();
    else
      policy.erase("retryHostPredicate");
  }
  if (retry->retry_remote_localities && *retry->retry_remote_localities) {
    policy["retryPriority"] = {
        {"name", "envoy.retry_priorities.previous_priorities"},
        {"typedConfig",
         {{"@type", "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"},
          {"updateFrequency", 2}}}};
  }
  return policy;
}

Json VirtualHostRoutes::forward(const model::HTTPRoute& rule, Json& route) const {  // F6
  Json action;
  const std::string zero = "0s";
  action["timeout"] = rule.timeout ? registry::shown(*rule.timeout) : zero;
  action["maxGrpcTimeout"] = action["timeout"];
  if (rule.rewrite) {
    if (rule.rewrite->uri_regex_rewrite) {
      action["regexRewrite"] = {{"pattern", {{"regex", rule.rewrite->uri_regex_rewrite->match}}},
                                {"substitution", rule.rewrite->uri_regex_rewrite->rewrite}};
    } else if (!rule.rewrite->uri.empty()) {
      action["prefixRewrite"] = rule.rewrite->uri;
    }
  }
  std::string host = rule.rewrite ? rule.rewrite->authority : std::string();
  if (host.empty()) host = host_of(rule.headers);
  Json hashes = Json::array();
  const auto add_hash = [&](const model::Destination& destination) {
    Json policy = hash_policy(destination.host, destination.port ? destination.port->number : 0, destination.subset);
    if (!policy.is_null()) hashes.push_back(std::move(policy));
  };
  if (rule.route.size() == 1) {
    const auto& destination = rule.route[0];
    if (destination.destination) {
      action["cluster"] = destination_cluster(*destination.destination);
      add_hash(*destination.destination);
    }
    if (host.empty()) host = host_of(destination.headers);
    add_headers(route, destination.headers ? &*destination.headers : nullptr);
  } else {
    Json clusters = Json::array();
    for (const auto& destination : rule.route) {
      if (destination.weight == 0 || !destination.destination) continue;  // F6.3
      Json item{{"name", destination_cluster(*destination.destination)}, {"weight", destination.weight}};
      add_headers(item, destination.headers ? &*destination.headers : nullptr);
      const auto own = host_of(destination.headers);
      if (!own.empty()) item["hostRewriteLiteral"] = own;
      clusters.push_back(std::move(item));
      add_hash(*destination.destination);
    }
    action["weightedClusters"] = {{"clusters", std::move(clusters)}};
  }
  if (!host.empty()) action["hostRewriteLiteral"] = host;
  Json retry = retry_policy(rule.retries ? &*rule.retries : nullptr, rule.route.size() == 1 && !hashes.empty());
  if (!retry.is_null()) action["retryPolicy"] = std::move(retry);
  if (!hashes.empty()) action["hashPolicy"] = std::move(hashes);
  Json mirrors = Json::array();
  const auto mirror = [&](const model::Destination& destination, Json fraction) {
    mirrors.push_back({{"cluster", destination_cluster(destination)},
                       {"disableShadowHostSuffixAppend", true},
                       {"runtimeFraction", {{"defaultValue", std::move(fraction)}}},
                       {"traceSampled", false}});
  };
  if (rule.mirror) {  // F6.7
    if (rule.mirror_percentage) {
      if (rule.mirror_percentage->value > 0) mirror(*rule.mirror, per_million(rule.mirror_percentage->value));
    } else if (rule.mirror_percent) {
      if (*rule.mirror_percent > 0) mirror(*rule.mirror, {{"numerator", *rule.mirror_percent}});
    } else {
      mirror(*rule.mirror, {{"numerator", 100}});
    }
  }
  for (const auto& each : rule.mirrors) {
    if (!each.destination) continue;
    if (each.percentage && each.percentage->value <= 0) continue;
    mirror(*each.destination, each.percentage ? per_million(each.percentage->value) : Json{{"numerator", 100}});
  }
  if (!mirrors.empty()) action["requestMirrorPolicies"] = std::move(mirrors);
  return action;
}

void VirtualHostRoutes::filters(const model::HTTPRoute& rule, Json& route) const {
  if (rule.cors_policy) {  // F6.12
    const auto& policy = *rule.cors_policy;
    Json cors{{"@type", "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy"},
              {"filterEnabled", {{"defaultValue", {{"numerator", 100}}}}}};
    for (const auto& origin : policy.allow_origins) {
      if (is_set(origin)) cors["allowOriginStringMatch"].push_back(string_match(origin));
    }
    if (policy.allow_origins.empty()) {
      for (const auto& origin : policy.allow_origin) cors["allowOriginStringMatch"].push_back({{"exact", origin}});
    }
    const auto join = [&cors](const char* key, const std::vector<std::string>& values) {
      std::string text;
      for (const auto& value : values) text += (text.empty() ? "" : ",") + value;
      if (!text.empty()) cors[key] = text;
    };
    join("allowMethods", policy.allow_methods);
    join("allowHeaders", policy.allow_headers);
    join("exposeHeaders", policy.expose_headers);
    if (policy.max_age) cors["maxAge"] = std::to_string(policy.max_age->seconds);
    if (policy.allow_credentials) cors["allowCredentials"] = *policy.allow_credentials;
    cors["forwardNotMatchingPreflights"] = policy.unmatched_preflights != model::CorsPolicy::UnmatchedPreflights::IGNORE;
    route["typedPerFilterConfig"]["envoy.filters.http.cors"] = std::move(cors);
  }
  if (rule.fault && (rule.fault->delay || rule.fault->abort)) {  // F6.11
    Json fault{{"@type", "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"}};
    if (rule.fault->delay) {
      const auto& delay = *rule.fault->delay;
      Json item;
      if (delay.percentage)
        item["percentage"] = per_million(delay.percentage->value);
      else {
        item["percentage"] = Json::object();
        if (delay.percent != 0) item["percentage"]["numerator"] = delay.percent;
      }
      if (delay.fixed_delay) item["fixedDelay"] = registry::shown(*delay.fixed_delay);
      fault["delay"] = std::move(item);
    }
    if (rule.fault->abort) {
      const auto& abort = *rule.fault->abort;
      Json item = Json::object();
      if (abort.http_status) item["httpStatus"] = *abort.http_status;
      if (abort.grpc_status) {
        static const char* const names[] = {
            "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
            "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
            "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
            "DATA_LOSS", "UNAUTHENTICATED"};
        for (int i = 0; i < 17; ++i) {
          if (*abort.grpc_status == names[i]) item["grpcStatus"] = i;
        }
      }
      if (abort.percentage) item["percentage"] = per_million(abort.percentage->value);
      fault["abort"] = std::move(item);
    }
    route["typedPerFilterConfig"]["envoy.filters.http.fault"] = std::move(fault);
  }
}

Json VirtualHostRoutes::one_route(const VirtualServiceEntry& owner, const model::HTTPRoute& rule,
                                  const model::HTTPMatchRequest* match, const RuleOrigin& origin, const std::string& path) const {
  Json route{{"match", match_of(match)}};
  std::string name = rule.name;
  if (match != nullptr && !match->name.empty()) name += "." + match->name;  // F3.3
  if (!name.empty()) route["name"] = name;
  route["metadata"]["filterMetadata"]["istio"]["config"] = owner.config;
  const Identity& identity = origin.resource->identity;
  route["metadata"]["filterMetadata"]["meshroute"] = {
      {"resource", identity.kind + " " + identity.namespace_ + "/" + identity.name}, {"path", path}};
  add_headers(route, rule.headers ? &*rule.headers : nullptr);
  if (rule.redirect) {  // F6.10
    const auto& redirect = *rule.redirect;
    Json action = Json::object();
    if (!redirect.authority.empty()) action["hostRedirect"] = redirect.authority;
    if (!redirect.prefix_rewrite.empty())
      action["prefixRewrite"] = redirect.prefix_rewrite;
    else
      action["pathRedirect"] = redirect.uri;
    if (!redirect.scheme.empty()) action["schemeRedirect"] = redirect.scheme;
    std::uint32_t port = 0;
    if (redirect.derive_port && *redirect.derive_port == model::HTTPRedirect::RedirectPortSelection::FROM_REQUEST_PORT)
      port = port_;
    else if (redirect.port)
      port = *redirect.port;
    if ((port == 80 && (redirect.scheme.empty() || redirect.scheme == "http")) || (port == 443 && redirect.scheme == "https"))
      port = 0;
    if (port != 0) action["portRedirect"] = port;
    switch (redirect.redirect_code) {
      case 0:
      case 301:
        break;
      case 302:
        action["responseCode"] = "FOUND";
        break;
      case 303:
        action["responseCode"] = "SEE_OTHER";
        break;
      case 307:
        action["responseCode"] = "TEMPORARY_REDIRECT";
        break;
      case 308:
        action["responseCode"] = "PERMANENT_REDIRECT";
        break;
      default:
        break;
    }
    route["redirect"] = std::move(action);
  } else if (rule.direct_response) {
    Json action{{"status", rule.direct_response->status}};
    if (rule.direct_response->body && rule.direct_response->body->bytes) {
      static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      const std::string& bytes = *rule.direct_response->body->bytes;
      std::string text;
      for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
          group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : alphabet[group >> (18U - 6U * k) & 63U];
      }
      action["body"] = {{"inlineBytes", text}};
    } else if (rule.direct_response->body && rule.direct_response->body->string) {
      action["body"] = {{"inlineString", *rule.direct_response->body->string}};
    }
    route["directResponse"] = std::move(action);
  } else {
    route["route"] = forward(rule, route);
  }
  filters(rule, route);
  return route;
}

bool VirtualHostRoutes::static_ok(const model::HTTPMatchRequest& match) const {  // F3.2
  if (match.port != 0 && match.port != port_) return false;
  if (!match.gateways.empty()) return scope::names_mesh(match.gateways);
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
    return "it is for port " + std::to_string(match.port) + "; this is the route table of port " + std::to_string(port_);
  if (!match.gateways.empty()) return "its gateways do not name mesh: it is not for sidecars";
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

Json VirtualHostRoutes::routes_of(const VirtualServiceEntry& owner, std::vector<RuleOrigin>* origins) const {  // F3.1, L9
  Json routes = Json::array();
  for (const RuleUse& use : uses(owner)) {
    if (!use.dropped.empty()) continue;
    const RuleOrigin& origin = owner.http_origins[use.rule];
    routes.push_back(one_route(owner, owner.spec->http[use.rule], use.match, origin, use.path));
    if (origins != nullptr) origins->push_back({origin.resource, use.path, origin.whole, origin.root});
    if (catch_all(routes.back()["match"])) break;  // F3.4
  }
  return routes;
}

Json VirtualHostRoutes::default_route(const Service& service, std::uint32_t port) const {  // F4
  const std::string host = port_ != 0 ? lower(service.hostname) : service.hostname;
  Json action{{"cluster", cluster_name(port, "", host)}, {"timeout", "0s"}, {"maxGrpcTimeout", "0s"}};
  Json hash = hash_policy(host, port, "");  // A16
  Json retry = retry_policy(nullptr, false);
  if (!retry.is_null()) action["retryPolicy"] = std::move(retry);
  if (!hash.is_null()) action["hashPolicy"] = Json::array({hash});
  return {{"name", "default"}, {"match", {{"prefix", "/"}}}, {"route", std::move(action)}};
}

}  // namespace meshroute::view
