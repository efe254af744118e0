// SPDX-License-Identifier: Apache-2.0
// The server's side in the contract's form.
#include "authorization/rbac.hpp"
#include "view/inbound/inbound.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

namespace {

using Json = text::Json;

Json chain_json(const InboundChain& chain, const Inbound& inbound) {
  Json match = Json::object();
  if (chain.port != 0) match["port"] = chain.port;
  if (chain.transport == InboundChain::Transport::tls) match["transport"] = "tls";
  if (chain.transport == InboundChain::Transport::raw_buffer) match["transport"] = "raw_buffer";
  if (chain.alpn != nullptr) match["alpn"] = *chain.alpn;
  Json json{{"name", chain.name}, {"match", std::move(match)}, {"kind", chain.http ? "http" : "tcp"}};
  Json& tls = json["tls"] = {{"mode", chain.mutual ? "mutual" : "none"}};
  if (chain.mutual) {
    tls["alpn"] = chain.http ? Json{"h2", "http/1.1"} : Json{"istio-peer-exchange", "h2", "http/1.1"};
    tls["cert"] = {"default"};
    tls["ca"] = "ROOTCA";
    tls["peer_sans"] = Json::array();
    for (const std::string& prefix : inbound.peer_prefixes) tls["peer_sans"].push_back(prefix + "*");
  }
  if (!chain.http) {
    json["cluster"] = chain.cluster;
    return json;
  }
  json["routes"] = {{{"virtual_host", chain.virtual_host},  // IN7
                     {"domains", {"*"}},
                     {"route", "default"},
                     {"cluster", chain.cluster},
                     {"timeout", "0s"}}};
  return json;
}

Json port_range(std::uint32_t port) {
  Json range = Json::object();
  if (port != 0) range["start"] = port;
  range["end"] = port + 1;
  return {{"destinationPortRange", std::move(range)}};
}

Json inspector_json(const Inspector& inspector) {
  Json json{{"enabled", true}};
  if (inspector.ports.empty()) return json;
  Json ranges = Json::array();
  for (const std::uint32_t port : inspector.ports) ranges.push_back(port_range(port));
  Json predicate = ranges.size() == 1 ? ranges.front() : Json{{"orMatch", {{"rules", std::move(ranges)}}}};
  json["disabled_for"] = inspector.only ? Json{{"notMatch", std::move(predicate)}} : std::move(predicate);
  return json;
}

Json names(const std::vector<const Resource*>& resources) {
  Json list = Json::array();
  for (const Resource* resource : resources) list.push_back(resource->identity.namespace_ + "/" + resource->identity.name);
  return list;
}

Json authorization_json(const Inbound& inbound) {
  const authorization::Access& access = *inbound.access;
  Json json{{"policies", Json::object()}};
  const auto put = [&](const char* action, const std::vector<const authorization::Policy*>& policies) {
    for (const auto* policy : policies)
      json["policies"][action].push_back(policy->resource->identity.namespace_ + "/" + policy->resource->identity.name);
  };
  put("CUSTOM", access.custom);
  put("AUDIT", access.audit);
  put("DENY", access.deny);
  put("ALLOW", access.allow);
  if (json["policies"].empty()) json.erase("policies");
  if (inbound.has_http) json["http"] = authorization::filters_json(access.http, true);
  if (inbound.has_tcp) json["tcp"] = authorization::filters_json(access.tcp, false);
  return json;
}

}  // namespace

text::Json ProxyView::inbound_json() const {
  const Inbound& inbound = this->inbound();
  const bool router = proxy.type == Proxy::Type::router;
  Json json{{"identity", inbound.identity}};
  if (!router) {
    for (const char* list : {"targets", "listeners", "clusters"}) json[list] = Json::array();
  }
  for (const InboundTarget& target : inbound.targets) {
    json["targets"].push_back({{"host", target.service->hostname},
                               {"namespace", target.service->namespace_},
                               {"port", target.port->number},
                               {"target_port", target.target_port},
                               {"protocol", registry::to_string(target.port->protocol)}});
  }
  for (const InboundListener& listener : inbound.listeners) {
    Json entry{{"name", listener.name}, {"address", listener.address}, {"port", listener.port}, {"filter_chains", Json::array()}};
    for (const InboundChain& chain : listener.chains) entry["filter_chains"].push_back(chain_json(chain, inbound));
    if (listener.tls.enabled) entry["tls_inspector"] = inspector_json(listener.tls);
    if (listener.http.enabled) entry["http_inspector"] = inspector_json(listener.http);
    json["listeners"].push_back(std::move(entry));
  }
  for (const InboundCluster& cluster : inbound.clusters) {
    Json entry{{"name", cluster.name}, {"type", cluster.original_dst ? "ORIGINAL_DST" : "STATIC"}};
    if (!cluster.original_dst) entry["address"] = cluster.address;
    if (cluster.port != 0) entry["port"] = cluster.port;
    if (!cluster.source.empty()) entry["source"] = cluster.source;
    json["clusters"].push_back(std::move(entry));
  }
  if (!router) {
    Json& peers = json["peer_authentication"] = {{"mode", authorization::text_of(inbound.modes.mode)}};
    for (const auto& [port, mode] : inbound.modes.ports) peers["ports"][std::to_string(port)] = authorization::text_of(mode);
    if (!inbound.modes.policies.empty()) peers["policies"] = names(inbound.modes.policies);
  }
  json["authorization"] = authorization_json(inbound);
  Json& tokens = json["request_authentication"] = Json::object();
  const authorization::Access& access = *inbound.access;
  if (!access.request_authentications.empty()) tokens["policies"] = names(access.request_authentications);
  if (inbound.has_http && !access.token_rules.empty()) tokens["rules"] = authorization::token_rules_json(access.token_rules);
  return json;
}

}  // namespace meshroute::view
