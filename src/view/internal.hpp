#pragma once

// SPDX-License-Identifier: Apache-2.0
// Between the sources of the view; nothing outside src/view needs it.

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "match/labels.hpp"
#include "registry/snapshot.hpp"
#include "view/client_view.hpp"
#include "view/lookup.hpp"

namespace meshroute::view {

/// What the parts of a view that do not depend on endpoints are made from.
struct ClientScope {
  const Client& client;
  const Scope& scope;
  const registry::Settings& settings;
};
inline ClientScope scope_of(const ClientView& view) { return {view.client, view.scope, view.snapshot->settings}; }
/// The DestinationRule that applies to a host of the scope (E15), or null.
const DestinationRuleEntry* destination_rule(const ClientScope& seen, const std::string& hostname);
/// All addresses of a service that the client can use (B16, B17); they live as long as the service.
std::vector<std::string_view> all_addresses(const ClientScope& seen, const registry::Service& service);

/// F5.2, for a proxy of domain NS.svc.SUFFIX: the names beside `host` that mean it. Only the first is no part of `host`.
template <class Visit>
void each_alternate(std::string_view host, const ClientScope& seen, Visit visit) {
  const bool address = host.find(':') != std::string_view::npos ||
                       (host.find_first_not_of("0123456789.") == std::string_view::npos && host.find('.') != host.npos);
  if (!host.empty() && !address) visit(std::string_view(std::string(host) + "."));
  const std::string tail = ".svc." + seen.settings.domain_suffix;
  if (host.size() <= tail.size() || !host.ends_with(tail)) return;
  const std::string_view stem = host.substr(0, host.size() - tail.size());
  const auto dot = stem.find('.');
  if (dot == std::string_view::npos) return;
  const std::string_view name = stem.substr(0, dot), with_svc = host.substr(0, stem.size() + 4);
  if (stem.substr(dot + 1) == seen.client.namespace_) {
    for (const auto text : {name, with_svc, stem}) visit(text);
  } else {
    for (const auto text : {stem, with_svc}) visit(text);
  }
}

/// What a match under tls or tcp asks of the client and the port, in words; empty where that is met (F9.4, F9.7).
template <class Match>
std::string unmet(const Match& match, const Client& client, std::uint32_t port) {
  if (!match.gateways.empty() && std::find(match.gateways.begin(), match.gateways.end(), "mesh") == match.gateways.end())
    return "its gateways do not name mesh: it is not for sidecars";
  if (match.port != 0 && match.port != port) return "it is for port " + std::to_string(match.port);
  if (!match::labels_subset(match.source_labels, client.labels)) return "the client does not have its sourceLabels";
  if (!match.source_namespace.empty() && match.source_namespace != client.namespace_)
    return "sourceNamespace is " + match.source_namespace + "; the client is in " + client.namespace_;
  return {};
}

/// Why, of two VirtualServices of a client's scope, one comes before the other (D16); in why.cpp.
std::string why_earlier(const VirtualServiceEntry& first, const VirtualServiceEntry& second, const ClientScope& seen);

Scope make_scope(const registry::Snapshot& snapshot, const Client& client);
/// make_scope() for `now`, where it differs from that of `earlier` in the rules under http of some VirtualServices alone, and in
/// no service that they lead to: then these, by those of `before`, in `replaced`. Nothing where more differs. The snapshots have
/// the same services, DestinationRules and Sidecars.
std::optional<Scope> follow_scope(const Scope& before, const registry::Snapshot& earlier, const registry::Snapshot& now,
                                  const Client& client,
                                  std::unordered_map<const VirtualServiceEntry*, VirtualServicePtr>& replaced);
/// E10-E12 for every service of the scope.
void select_destination_rules(const registry::Snapshot& snapshot, const Client& client, Scope& scope);

inline std::string cluster_name(std::uint32_t port, std::string_view subset, std::string_view hostname) {  // G1
  return "outbound|" + std::to_string(port) + "|" + std::string(subset) + "|" + std::string(hostname);
}

/// Where a network is entered from outside (C37).
struct Gateway {
  std::string network, cluster, address;
  std::uint32_t port = 0;
  auto operator<=>(const Gateway&) const = default;
};
/// What the endpoints of every cluster depend on.
struct MeshWide {
  std::vector<Gateway> gateways;
  std::map<std::string, bool> cluster_local;  ///< host patterns, C34
};

/// One outbound cluster that may exist.
struct ClusterPlan {
  std::string name;
  const registry::Service* service = nullptr;
  const registry::ServicePort* port = nullptr;
  const model::Subset* subset = nullptr;
  const DestinationRuleEntry* rule = nullptr;
  const model::TrafficPolicy* policy = nullptr;  ///< E16, E17; never null
  ClusterType type = ClusterType::eds;
};
/// G2-G5, in scope order; a DNS cluster is listed although it may lack endpoints (G4). `policies` owns what plans point to.
std::vector<ClusterPlan> plan_clusters(const ClientView& view, std::deque<model::TrafficPolicy>& policies);
/// C30-C40, E24-E31. `survived`: whether any endpoint was there before a distribution (E27) took its share.
std::vector<LoadEndpoint> plan_endpoints(const ClientView& view, const ClusterPlan& plan, bool& survived);
/// E24: the locality setting that applies; `forced` where it needs no outlier detection.
struct LocalityChoice {
  const model::LocalityLoadBalancerSetting* setting = nullptr;
  const model::ZoneAwareLoadBalancerSetting* zone_aware = nullptr;
  bool forced = false;
};
LocalityChoice choose_locality(const ClientView& view, const ClusterPlan& plan);
/// The names that a port has in any definition of the host in the namespace: an endpoint is of a port by name (E40, F9.9).
std::set<std::string_view> names_of_port(const registry::Snapshot& snapshot, const registry::Service& service,
                                         std::uint32_t number);
/// Mode of PeerAuthentication: 1 disable, 2 permissive, 3 strict. `asked` null: namespace and mesh level only (E39).
int peer_mode(const registry::Snapshot& snapshot, std::string_view namespace_, const registry::Workload* asked,
              std::uint32_t port);

}  // namespace meshroute::view
