// SPDX-License-Identifier: Apache-2.0
// Makes the filter chains that forward connections unread.
#include "view/tcp_chains.hpp"

#include "view/internal.hpp"

namespace meshroute::view {

namespace {

std::string destination_cluster(const ProxyView& view, const model::Destination& destination, std::uint32_t listen_port) {
  std::string host = destination.host;
  std::uint32_t port = listen_port;
  const auto found = view.scope.by_host.find(host);
  if (found != view.scope.by_host.end()) {  // F9.3
    if (found->second->resolution == registry::ServiceResolution::alias) host = found->second->external_name;
    if (found->second->ports.size() == 1) port = found->second->ports[0].number;
  }
  if (destination.port && destination.port->number != 0) port = destination.port->number;
  return cluster_name(port, destination.subset, host);
}

}  // namespace

void shape_chain(const ProxyView& view, const std::string& host, const std::string& subset, FilterChain& chain) {
  const auto* rule = view.destination_rule(host);
  if (rule == nullptr) return;
  const auto take = [&chain](const std::optional<model::TrafficPolicy>& policy) {
    if (!policy || !policy->load_balancer) return;
    const auto& hash = policy->load_balancer->consistent_hash;
    chain.source_ip_hash = hash && hash->use_source_ip && *hash->use_source_ip;
  };
  const auto& policy = rule->spec.traffic_policy;
  take(policy);
  const std::optional<model::TrafficPolicy>* of_subset = nullptr;
  for (const auto& each : rule->spec.subsets) {
    if (!subset.empty() && each.name == subset) {
      of_subset = &each.traffic_policy;
      take(each.traffic_policy);
      break;
    }
  }
  const std::optional<model::TrafficPolicy>* tunnels = subset.empty() ? &policy : of_subset;
  if (tunnels != nullptr && *tunnels && (*tunnels)->tunnel) chain.tunnel = &*(*tunnels)->tunnel;
  const auto* tcp = policy && policy->connection_pool && policy->connection_pool->tcp ? &*policy->connection_pool->tcp : nullptr;
  if (tcp != nullptr && tcp->idle_timeout) chain.idle_timeout = &*tcp->idle_timeout;
}

FilterChain chain_to(const ProxyView& view, const std::vector<model::RouteDestination>& route, std::uint32_t port) {
  FilterChain chain;
  if (route.size() == 1 && route[0].destination) {
    chain.cluster = destination_cluster(view, *route[0].destination, port);
  } else {
    for (const auto& each : route) {
      if (each.weight > 0 && each.destination)
        chain.weighted.push_back({destination_cluster(view, *each.destination, port), static_cast<std::uint32_t>(each.weight)});
    }
  }
  if (!route.empty() && route[0].destination)
    shape_chain(view, route[0].destination->host, route.size() == 1 ? route[0].destination->subset : "", chain);
  return chain;
}

}  // namespace meshroute::view
