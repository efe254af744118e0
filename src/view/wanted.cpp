// SPDX-License-Identifier: Apache-2.0
// What a filter wants of each section.
#include "view/wanted.hpp"

#include <algorithm>
#include <string>

#include "match/cluster_name.hpp"

namespace meshroute::view {

namespace {

/// Other clusters have no parts.
match::ClusterName parts_of(std::string_view cluster) {
  return match::parse_cluster_name(cluster).value_or(match::ClusterName{});
}

/// A full hostname, or its first labels.
bool names(std::string_view filter, std::string_view host) {
  return filter.empty() || host == filter ||
         (host.size() > filter.size() && host.starts_with(filter) && host[filter.size()] == '.');
}

}  // namespace

bool Wanted::is_host(std::string_view host) const { return names(filter_.host, host); }

bool Wanted::service(const registry::Service& service) const {
  const std::string_view host = filter_.cluster.empty() ? std::string_view(filter_.host) : parts_of(filter_.cluster).host;
  if (!names(host, service.hostname)) return false;
  return filter_.port == 0 || std::any_of(service.ports.begin(), service.ports.end(),
                                          [this](const auto& port) { return port.number == filter_.port; });
}

bool Wanted::cluster(std::string_view name) const {
  const match::ClusterName parts = parts_of(name);
  return (filter_.cluster.empty() || name == filter_.cluster) && is_host(parts.host) &&
         (filter_.subset.empty() || parts.subset == filter_.subset) && (filter_.port == 0 || parts.port == filter_.port);
}

bool Wanted::listener(const ProxyView& view, const Listener& listener) const {
  if (filter_.port != 0 && listener.port != filter_.port) return false;
  if (filter_.host.empty() && !by_cluster()) return true;
  ViewFilter of_chain = filter_;
  of_chain.port = 0;  // the listener's own port counts
  const Wanted wanted(of_chain);
  const auto chain_leads = [&](const FilterChain& chain) {
    if (chain.inline_table) {
      const auto hosts = view.inline_routes(chain.table).virtual_hosts;
      return std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) { return wanted.leads_to(host); });
    }
    return wanted.leads_to(std::string_view(chain.cluster)) ||
           std::any_of(chain.weighted.begin(), chain.weighted.end(),
                       [&](const auto& each) { return wanted.leads_to(std::string_view(each.name)); });
  };
  return std::any_of(listener.chains.begin(), listener.chains.end(), chain_leads) ||
         (listener.fallback && chain_leads(*listener.fallback));
}

bool Wanted::table(std::string_view name) const {  // named by a port, "host:port", or a socket
  const std::string number = std::to_string(filter_.port);
  return filter_.port == 0 || name == number || name.ends_with(":" + number) || name.ends_with("_" + number);
}

bool Wanted::domain(std::string_view domain) const { return is_host(domain.substr(0, domain.rfind(':'))) || is_host(domain); }

bool Wanted::leads_to(std::string_view name) const {
  if (!filter_.cluster.empty()) return name == filter_.cluster;
  return name.starts_with("outbound|") && cluster(name);
}

bool Wanted::leads_to(const envoy::VirtualHost& host) const {
  const auto any = [this](const auto& list, auto name) {
    return std::any_of(list.begin(), list.end(), [&](const auto& each) { return leads_to(std::string_view(each.*name)); });
  };
  return std::any_of(host.routes.begin(), host.routes.end(), [&](const envoy::Route& route) {
    const auto* action = std::get_if<envoy::Forward>(&route.action);
    return action != nullptr &&
           (leads_to(std::string_view(action->cluster)) || any(action->request_mirror_policies, &envoy::Mirror::cluster) ||
            (action->weighted_clusters && any(*action->weighted_clusters, &envoy::ClusterWeight::name)));
  });
}

}  // namespace meshroute::view
