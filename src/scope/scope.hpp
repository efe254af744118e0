#pragma once

// SPDX-License-Identifier: Apache-2.0
// What one proxy's namespace, labels and Sidecar let it see (L3): services, VirtualServices with their delegates,
// DestinationRules.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"
#include "scope/gateways.hpp"

namespace meshroute::scope {

using registry::ServicePtr;

/// Where a rule of a merged VirtualService was written.
struct RuleOrigin {
  const Resource* resource = nullptr;  ///< the VirtualService itself, or the delegate
  std::string path;                    ///< "spec.http[2]"
  bool whole = true;                   ///< its matches are those of the merged rule, one for one
  std::size_t root = 0;                ///< the place among the VirtualService's own rules: its own, or the one that delegates
};

/// What a rule's `delegate` did not bring in (F1.3-F1.5).
struct Undelegated {
  enum class Reason { missing, not_exported, conflict } reason = Reason::missing;
  std::string path;                    ///< of the rule that delegates, "spec.http[2]"
  const Resource* delegate = nullptr;  ///< null where it is missing
  std::string rule;                    ///< of a conflict: the delegate's rule
  std::string field;                   ///< of a conflict: what conflicts, "uri"
  std::size_t before = 0;              ///< how many of the merged rules stand before it
  std::string name;                    ///< of the delegate: "shop/cart"
};

/// A VirtualService with its delegates merged and its hosts expanded (A1, F1).
struct VirtualServiceEntry {
  const Resource* resource = nullptr;
  std::shared_ptr<const model::VirtualService> spec;
  std::vector<RuleOrigin> http_origins;  ///< one for each rule of spec->http
  std::vector<Undelegated> undelegated;
  std::string config;  ///< "/apis/networking.istio.io/v1/namespaces/NS/virtual-service/NAME"
};
using VirtualServicePtr = std::shared_ptr<const VirtualServiceEntry>;

/// One consolidated DestinationRule (E6).
struct DestinationRuleEntry {
  model::DestinationRule spec;         ///< host expanded, subsets merged
  const Resource* resource = nullptr;  ///< the first contributor
  std::vector<const Resource*> contributors;
};
using DestinationRulePtr = std::shared_ptr<const DestinationRuleEntry>;

/// One egress listener of the scope (D9-D17).
struct EgressListener {
  const model::IstioEgressListener* spec = nullptr;                                ///< null: the catch-all of the default scope
  std::vector<ServicePtr> services;                                                ///< imported, D14, D15
  std::vector<VirtualServicePtr> virtual_services;                                 ///< imported, in order, D16
  std::unordered_map<std::string_view, const VirtualServiceEntry*> most_specific;  ///< service hostname -> owner, D17
};

/// The proxy's scope (L3).
struct Scope {
  const Resource* sidecar = nullptr;  ///< null: the default scope
  const model::Sidecar* sidecar_spec = nullptr;
  registry::Settings::Outbound outbound = registry::Settings::Outbound::allow_any;
  std::string egress_proxy_cluster;  ///< outboundTrafficPolicy.egressProxy as a cluster name, or empty
  std::vector<EgressListener> listeners;
  std::vector<ServicePtr> services;                                            ///< D20
  std::unordered_map<std::string_view, ServicePtr> by_host;                    ///< of `services`
  std::unordered_map<std::string_view, DestinationRulePtr> destination_rules;  ///< of `services` by hostname, E15
  std::optional<Gateways> gateways;                                            ///< of a router; others have none
  /// Of a router whose clusters are filtered (GW70): the hosts that its Gateways' VirtualServices lead to.
  std::optional<std::set<std::string, std::less<>>> led_to;
};

/// One proxy and what it may see: what most questions about a rule or a service are asked of.
struct ProxyScope {
  const Proxy& proxy;
  const Scope& scope;
  const registry::Settings& settings;
};
/// The DestinationRule that applies to a host of the scope (E15), or null.
const DestinationRuleEntry* destination_rule(const ProxyScope& seen, const std::string& hostname);
/// The policy of a rule for a port and subset (E16, E17); empty where `rule` is null.
model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, std::string_view subset);
/// The same of one of its subsets, or null.
model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, const model::Subset* subset);

/// Whether rules with these `gateways` attach to sidecars (F1.1): the list is empty or names `mesh`.
bool names_mesh(const std::vector<std::string>& gateways);

Scope make_scope(const registry::Snapshot& snapshot, const Proxy& proxy);
/// Incremental make_scope() for `now`: it differs from that of `earlier` only in the rules under http of some VirtualServices,
/// and in no service that they lead to: then these, by those of `before`, in `replaced`. Nothing where more differs. The
/// snapshots have the same services, DestinationRules and Sidecars.
std::optional<Scope> follow_scope(const Scope& before, const registry::Snapshot& earlier, const registry::Snapshot& now,
                                  const Proxy& proxy,
                                  std::unordered_map<const VirtualServiceEntry*, VirtualServicePtr>& replaced);
/// E10-E15 for every service of the scope.
void select_destination_rules(const registry::Snapshot& snapshot, const Proxy& proxy, Scope& scope);

}  // namespace meshroute::scope
