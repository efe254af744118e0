// SPDX-License-Identifier: Apache-2.0
// The server's side of a sidecar as a control plane sends it: listeners with their access filters, and clusters.
#include <algorithm>

#include "authorization/rbac.hpp"
#include "view/inbound/inbound.hpp"
#include "view/messages.hpp"

namespace meshroute::view {

namespace {

using Json = text::Json;
using authorization::Action;

constexpr const char* kTypes = "type.googleapis.com/envoy.extensions.filters.";

/// LOG is Envoy's word for AUDIT; whom CUSTOM concerns is found by rules that would deny.
std::string_view action_of(Action action) {
  if (action == Action::AUDIT) return "LOG";
  return action == Action::CUSTOM ? "DENY" : authorization::text_of(action);
}

envoy::Filter rbac_filter(const authorization::Filter& filter, const Json& form, bool http) {
  Json config{{"@type", std::string(kTypes) + (http ? "http.rbac.v3.RBAC" : "network.rbac.v3.RBAC")}};
  const auto rules = [&](const char* from, const char* to) {
    const auto found = form.find(from);
    if (found == form.end()) return;
    config[to] = {{"action", action_of(filter.action)}, {"policies", *found}};
  };
  rules("rules", "rules");
  rules("shadow_rules", "shadowRules");
  if (config.contains("shadowRules")) {
    const bool custom = filter.action == Action::CUSTOM;
    config["shadowRulesStatPrefix"] = custom                          ? "istio_ext_authz_"
                                      : filter.action == Action::DENY ? "istio_dry_run_deny_"
                                                                      : "istio_dry_run_allow_";
  }
  if (!http) config["statPrefix"] = "tcp.";
  return {http ? "envoy.filters.http.rbac" : "envoy.filters.network.rbac", config.dump()};
}

envoy::Filter asking_filter(const authorization::Provider& provider, bool http) {  // AZ40-AZ44
  const char* rbac = http ? "envoy.filters.http.rbac" : "envoy.filters.network.rbac";
  Json config{{"@type", std::string(kTypes) + (http ? "http.ext_authz.v3.ExtAuthz" : "network.ext_authz.v3.ExtAuthz")},
              {"filterEnabledMetadata",
               {{"filter", rbac},
                {"path", Json::array({{{"key", "istio_ext_authz_shadow_effective_policy_id"}}})},
                {"value", {{"stringMatch", {{"prefix", "istio-ext-authz"}}}}}}},
              {"transportApiVersion", "V3"}};
  if (provider.fail_open) config["failureModeAllow"] = true;
  if (http && provider.status_on_error != 0) config["statusOnError"] = {{"code", provider.status_on_error}};
  if (!http) config["statPrefix"] = "tcp.";
  if (provider.http) {
    config["httpService"] = {
        {"serverUri", {{"uri", "http://" + provider.cluster}, {"cluster", provider.cluster}, {"timeout", "600s"}}}};
    if (!provider.path_prefix.empty()) config["httpService"]["pathPrefix"] = provider.path_prefix;
  } else {
    config["grpcService"] = {{"envoyGrpc", {{"clusterName", provider.cluster}}}, {"timeout", "600s"}};
  }
  return {http ? "envoy.filters.http.ext_authz" : "envoy.filters.network.ext_authz", config.dump()};
}

Json token_provider(const authorization::TokenRule& rule) {
  const model::JWTRule& spec = *rule.spec;
  Json provider{{"payloadInMetadata", "payload"}};
  if (!spec.issuer.empty()) provider["issuer"] = spec.issuer;
  if (!spec.audiences.empty()) provider["audiences"] = spec.audiences;
  for (const auto& header : spec.from_headers) {
    Json from{{"name", header.name}};
    if (!header.prefix.empty()) from["valuePrefix"] = header.prefix;
    provider["fromHeaders"].push_back(std::move(from));
  }
  if (!spec.from_params.empty()) provider["fromParams"] = spec.from_params;
  if (!spec.from_cookies.empty()) provider["fromCookies"] = spec.from_cookies;
  if (spec.forward_original_token) provider["forward"] = true;
  if (!spec.output_payload_to_header.empty()) provider["forwardPayloadHeader"] = spec.output_payload_to_header;
  for (const auto& output : spec.output_claim_to_headers)
    provider["claimToHeaders"].push_back({{"headerName", output.header}, {"claimName", output.claim}});
  if (!rule.delimited.empty()) provider["normalizePayloadInMetadata"] = {{"spaceDelimitedClaims", rule.delimited}};
  // A control plane fetches the keys of jwksUri itself; without them no token is good.
  provider["localJwks"] = {
      {"inlineString", !spec.jwks.empty() ? spec.jwks : R"({"keys":[{"kty":"oct","kid":"none","k":"bm9uZQ"}]})"}};
  return provider;
}

envoy::Filter token_filter(const std::vector<authorization::TokenRule>& rules) {  // RA12
  Json config{{"@type", std::string(kTypes) + "http.jwt_authn.v3.JwtAuthentication"}, {"bypassCorsPreflight", true}};
  const auto any = [](Json requirements) { return Json{{"requiresAny", {{"requirements", std::move(requirements)}}}}; };
  Json providers = Json::array(), each = Json::array();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string name = "origins-" + std::to_string(i);
    config["providers"][name] = token_provider(rules[i]);
    providers.push_back({{"providerName", name}});
    each.push_back(any(Json::array({{{"providerName", name}}, {{"allowMissing", Json::object()}}})));
  }
  Json all = rules.size() == 1 ? each.front() : Json();
  if (rules.size() > 1) {
    providers.push_back({{"requiresAll", {{"requirements", std::move(each)}}}});
    all = any(std::move(providers));
  }
  config["rules"] = Json::array({{{"match", {{"prefix", "/"}}}, {"requires", std::move(all)}}});
  return {"envoy.filters.http.jwt_authn", config.dump()};
}

std::vector<envoy::Filter> access_filters(const authorization::Access& access, bool http) {
  const auto& filters = http ? access.http : access.tcp;
  const Json forms = authorization::filters_json(filters, http);
  std::vector<envoy::Filter> made;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    switch (filters[i].kind) {
      case authorization::Filter::Kind::rbac:
        made.push_back(rbac_filter(filters[i], forms[i], http));
        break;
      case authorization::Filter::Kind::ext_authz:
        made.push_back(asking_filter(*filters[i].provider, http));
        break;
      case authorization::Filter::Kind::jwt_authn:
        made.push_back(token_filter(access.token_rules));
        break;
    }
  }
  return made;
}

envoy::FilterChain chain_of(const ProxyView& view, const Inbound& inbound, const InboundListener& listener,
                            const InboundChain& chain) {
  envoy::FilterChain message;
  message.name = chain.name;
  envoy::FilterChainMatch match;
  match.destination_port = chain.port;
  if (chain.transport == InboundChain::Transport::tls) match.transport_protocol = "tls";
  if (chain.transport == InboundChain::Transport::raw_buffer) match.transport_protocol = "raw_buffer";
  if (chain.alpn != nullptr) match.application_protocols = *chain.alpn;
  if (match != envoy::FilterChainMatch{}) message.match = std::move(match);
  if (chain.mutual) {
    envoy::DownstreamTls& tls = message.tls.emplace();
    tls.require_client_certificate = true;
    tls.common.alpn_protocols = {"h2", "http/1.1"};
    if (!chain.http) tls.common.alpn_protocols.insert(tls.common.alpn_protocols.begin(), "istio-peer-exchange");
    tls.common.certificate_secrets = {"default"};
    tls.common.validation_secret = "ROOTCA";
    for (const std::string& prefix : inbound.peer_prefixes)
      tls.common.match_subject_alt_names.push_back({envoy::StringMatcher::Kind::prefix, prefix});
  }
  // What leads nowhere is checked by nothing (IN5).
  const bool checked = chain.cluster != "BlackHoleCluster";
  if (!chain.http) {
    if (checked) message.filters = access_filters(*inbound.access, false);
    message.last = envoy::TcpProxy{chain.cluster, chain.cluster, {}, {}, false};
    return message;
  }
  auto& manager = message.last.emplace<envoy::HttpConnectionManager>(
      connection_manager(view, "inbound_" + listener.address + "_" + std::to_string(chain.port) + ";", ""));
  manager.append_client_certificate = true;
  std::vector<envoy::Filter> access = access_filters(*inbound.access, true);
  manager.http_filters.insert(manager.http_filters.begin(), std::make_move_iterator(access.begin()),
                              std::make_move_iterator(access.end()));
  envoy::Route route;  // IN7
  route.name = "default";
  route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
  envoy::Forward forward;
  forward.cluster = chain.cluster;
  forward.timeout = envoy::Duration{};
  route.action = std::move(forward);
  envoy::RouteConfiguration& table = manager.routes.emplace();
  table.name = chain.cluster;
  table.validate_clusters = false;
  envoy::VirtualHost& host = table.virtual_hosts.emplace_back();
  host.name = chain.virtual_host;
  host.domains = {"*"};
  host.routes.push_back(std::move(route));
  return message;
}

envoy::Listener::Inspector inspector_of(const Inspector& inspector) {
  using Kind = envoy::Listener::Inspector::Kind;
  if (!inspector.enabled) return {};
  if (inspector.ports.empty()) return {Kind::all, {}};
  return {inspector.only ? Kind::only : Kind::all_but, inspector.ports};
}

}  // namespace

envoy::Listener inbound_message(const ProxyView& view, const InboundListener& listener) {
  const Inbound& inbound = view.inbound();
  envoy::Listener message;
  message.name = listener.name;
  message.address = {envoy::Address::Kind::socket, listener.address, listener.port};
  message.direction = envoy::Listener::Direction::inbound;
  message.original_dst = listener.name == kVirtualInbound;
  message.tls = inspector_of(listener.tls);
  message.http = inspector_of(listener.http);
  for (const InboundChain& chain : listener.chains) message.filter_chains.push_back(chain_of(view, inbound, listener, chain));
  return message;
}

envoy::Cluster inbound_message(const ProxyView& view, const InboundCluster& cluster) {
  envoy::Cluster message;
  message.name = cluster.name;
  message.alt_stat_name = cluster.name + ";";
  message.connect_timeout = view.snapshot->settings.connect_timeout;
  message.source_address = cluster.source;
  if (cluster.original_dst) {
    message.type = envoy::Cluster::Type::original_dst;
    message.lb_policy = envoy::Cluster::Balancer::cluster_provided;
    return message;
  }
  constexpr std::string_view kPipe = "unix://";
  const bool pipe = cluster.address.starts_with(kPipe);
  envoy::LocalityEndpoints group;
  envoy::LbEndpoint& endpoint = group.endpoints.emplace_back();
  endpoint.address = {pipe ? envoy::Address::Kind::pipe : envoy::Address::Kind::socket,
                      pipe ? cluster.address.substr(kPipe.size()) : cluster.address, cluster.port};
  message.load_assignment = envoy::ClusterLoadAssignment{cluster.name, {std::move(group)}};
  return message;
}

}  // namespace meshroute::view
