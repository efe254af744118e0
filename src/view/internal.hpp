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

#include "match/cluster_name.hpp"
#include "match/labels.hpp"
#include "registry/snapshot.hpp"
#include "scope/lookup.hpp"
#include "scope/scope.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

inline ProxyScope scope_of(const ProxyView& view) { return {view.proxy, view.scope, view.snapshot->settings}; }
/// All addresses of a service that the proxy can use (B16, B17); they live as long as the service.
std::vector<std::string_view> all_addresses(const ProxyScope& seen, const registry::Service& service);

routes::PathNormalization normalization_of(std::string_view name);
/// Whether a terminating server asks its clients for a certificate.
bool asks_certificate(const scope::GatewayServer& server);

/// F5.2, for a proxy of domain NS.svc.SUFFIX: the names beside `host` that mean it. Only the first is no part of `host`.
template <class Visit>
void each_alternate(std::string_view host, const ProxyScope& seen, Visit visit) {
  const bool address = host.find(':') != std::string_view::npos ||
                       (host.find_first_not_of("0123456789.") == std::string_view::npos && host.find('.') != host.npos);
  if (!host.empty() && !address) visit(std::string_view(std::string(host) + "."));
  const std::string tail = ".svc." + seen.settings.domain_suffix;
  if (host.size() <= tail.size() || !host.ends_with(tail)) return;
  const std::string_view stem = host.substr(0, host.size() - tail.size());
  const auto dot = stem.find('.');
  if (dot == std::string_view::npos) return;
  const std::string_view name = stem.substr(0, dot), with_svc = host.substr(0, stem.size() + 4);
  if (stem.substr(dot + 1) == seen.proxy.namespace_) {
    for (const auto text : {name, with_svc, stem}) visit(text);
  } else {
    for (const auto text : {stem, with_svc}) visit(text);
  }
}

/// What a match under tls or tcp asks of the proxy and the port, in words; empty where that is met (F9.4, F9.7).
template <class Match>
std::string unmet(const Match& match, const Proxy& proxy, std::uint32_t port) {
  if (!scope::names_mesh(match.gateways)) return "its gateways do not name mesh: it is not for sidecars";
  if (match.port != 0 && match.port != port) return "it is for port " + std::to_string(match.port);
  if (!match::labels_subset(match.source_labels, proxy.labels)) return "the proxy does not have its sourceLabels";
  if (!match.source_namespace.empty() && match.source_namespace != proxy.namespace_)
    return "sourceNamespace is " + match.source_namespace + "; the proxy is in " + proxy.namespace_;
  return {};
}

using match::cluster_name;

/// Where a network is entered from outside (C37).
struct NetworkGateway {
  std::string network, cluster, address;
  std::uint32_t port = 0;
  auto operator<=>(const NetworkGateway&) const = default;
};
class PeerIndex;
/// What the endpoints of every cluster depend on.
struct MeshWide {
  std::vector<NetworkGateway> gateways;
  std::map<std::string, bool> cluster_local;  ///< host patterns, C34
  std::shared_ptr<const PeerIndex> peers;
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
  bool by_sni = false;  ///< GW75: of AUTO_PASSTHROUGH, named by the SNI; TLS passes through it
};
/// G2-G5, in scope order; a DNS cluster is listed although it may lack endpoints (G4). `policies` owns what plans point to.
std::vector<ClusterPlan> plan_clusters(const ProxyView& view, std::deque<model::TrafficPolicy>& policies);
/// C30-C40, E24-E31. `survived`: whether any endpoint was there before a distribution (E27) took its share.
std::vector<LoadEndpoint> plan_endpoints(const ProxyView& view, const ClusterPlan& plan, bool& survived);
/// E24: the locality setting that applies; `forced` where it needs no outlier detection.
struct LocalityChoice {
  const model::LocalityLoadBalancerSetting* setting = nullptr;
  const model::ZoneAwareLoadBalancerSetting* zone_aware = nullptr;
  bool forced = false;
};
LocalityChoice choose_locality(const ProxyView& view, const ClusterPlan& plan);
/// That of a service whose traffic stays near: in the zone, or on the node.
model::LocalityLoadBalancerSetting nearest_first(bool to_the_node);
/// The names that mutual TLS accepts of a service's endpoints (E41): declared subjectAltNames and the endpoints' accounts.
std::set<std::string> server_names(const registry::Snapshot& snapshot, const registry::Service& service);
/// The names that this cluster's TLS accepts of a server (E36, E37, E41); empty: any.
std::vector<std::string> accepted_names(const registry::Snapshot& snapshot, const Cluster& cluster);
/// The same of a plan; `istio`: of Istio's mutual TLS, else of the DestinationRule's own settings.
std::vector<std::string> accepted_names(const registry::Snapshot& snapshot, const ClusterPlan& plan, bool istio);
/// The names that a port has in any definition of the host in the namespace: an endpoint is of a port by name (E40, F9.9).
std::set<std::string_view> names_of_port(const registry::Snapshot& snapshot, const registry::Service& service,
                                         std::uint32_t number);
/// MT21: the endpoint's workload speaks mutual TLS, and its PeerAuthentication does not forbid it.
bool accepts_mutual_tls(const ProxyView& view, const registry::Endpoint& endpoint);

}  // namespace meshroute::view
