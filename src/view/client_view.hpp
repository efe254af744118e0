#pragma once

// SPDX-License-Identifier: Apache-2.0
// What one client sees: its Sidecar scope, then clusters, endpoints, listeners and route tables, computed on demand.

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"
#include "routes/table.hpp"

namespace meshroute::view {

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

/// A rule of a merged VirtualService, or one of its matches, as a client's virtual host has it: as a route, or not (F3.1).
struct RuleUse {
  std::size_t rule = 0;                            ///< of spec->http
  const model::HTTPMatchRequest* match = nullptr;  ///< null: the rule has none
  std::string path;                                ///< where it was written, in the origin's resource
  std::string dropped;                             ///< why no request of this client meets it; empty: it is a route
};

/// Whose rules a virtual host follows.
struct HostRules {
  const VirtualServiceEntry* owner = nullptr;  ///< null: nobody's, its service has a default route
  std::vector<RuleUse> rules;                  ///< those that are routes in the order of the routes
};

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

/// The client's scope (L3).
struct Scope {
  const Resource* sidecar = nullptr;  ///< null: the default scope
  const model::Sidecar* sidecar_spec = nullptr;
  registry::Settings::Outbound outbound = registry::Settings::Outbound::allow_any;
  std::string egress_proxy_cluster;  ///< outboundTrafficPolicy.egressProxy as a cluster name, or empty
  std::vector<EgressListener> listeners;
  std::vector<ServicePtr> services;                                          ///< D20
  std::unordered_map<std::string_view, ServicePtr> by_host;                  ///< of `services`
  std::map<std::string, std::vector<DestinationRulePtr>> destination_rules;  ///< hostname -> consolidated list, E10-E12
};

/// One endpoint as a client is told of it. Its text belongs to the endpoint's pool or, for a gateway, to the client's view.
struct LoadEndpoint {
  const registry::Endpoint* from = nullptr;  ///< null: a network gateway
  std::string_view address, locality;        ///< locality: "region/zone/subzone", without empty parts at the end
  std::uint32_t port = 0, weight = 1, priority = 0, locality_weight = 0;
  registry::Endpoint::Health health = registry::Endpoint::Health::unknown;
};
std::string_view health_text(registry::Endpoint::Health health);  ///< "UNKNOWN", "HEALTHY", ...

struct LoadAssignment {
  std::string_view cluster;
  std::string_view source;  ///< "eds" or "cds"
  std::vector<LoadEndpoint> endpoints;
};

enum class ClusterType : std::uint8_t { eds, strict_dns, logical_dns, original_dst, dynamic_forward_proxy, fixed };
std::string_view type_text(ClusterType type);  ///< "EDS", "STRICT_DNS", ...
struct ClusterPlan;

/// One cluster with what Envoy is told of it (G, E32-E40). Everything it points to lives as long as the view.
struct Cluster {
  std::string_view name;
  ClusterType type = ClusterType::eds;
  const ClusterPlan* plan = nullptr;                 ///< null: one of those that every client has (G10)
  const model::Duration* connect_timeout = nullptr;  ///< null: the mesh's
  enum class Balancer : std::uint8_t { least_request, round_robin, random, maglev, ring_hash, cluster_provided };
  Balancer balancer = Balancer::least_request;
  std::uint64_t hash_size = 0;  ///< of a table or ring; 0: not said
  struct Thresholds {
    std::uint32_t connections, pending_requests, requests, retries;
  } thresholds{};                                                                    ///< circuit breakers, E35
  const model::OutlierDetection* outlier = nullptr;                                  ///< E34
  bool locality_weighted = false;                                                    ///< E30
  enum class Lookup : std::uint8_t { none, v4, v6, all } lookup = Lookup::none;      ///< G7
  enum class Tls : std::uint8_t { none, automatic, mutual, given } tls = Tls::none;  ///< E36-E40; given: by the DestinationRule
  bool http2 = false;                                                                ///< G11
};
std::string_view balancer_text(Cluster::Balancer balancer);                ///< "LEAST_REQUEST", ...
std::string_view resolution_text(registry::ServiceResolution resolution);  ///< "STATIC", "DNS", ...

/// What takes a connection within a listener, and where it leads.
struct FilterChain {
  std::string name;
  bool http = false;                    ///< else TCP
  bool inline_table = false;            ///< of HTTP: `table` is its own, not one of the view's (D23)
  bool plain_http = false;              ///< takes HTTP/1.1 and h2c without TLS alone
  std::uint32_t port = 0;               ///< takes connections to this port alone; 0: to any
  std::vector<std::string> cidrs, sni;  ///< takes these alone; empty: any
  std::string table;                    ///< of HTTP: the name of the RouteConfiguration
  std::string cluster;                  ///< of TCP; empty where weights choose
  struct Weighted {
    std::string name;
    std::uint32_t weight;
  };
  std::vector<Weighted> weighted;
  bool source_ip_hash = false;                 ///< E23
  const registry::Service* service = nullptr;  ///< of TCP: whose port it is; null: nobody's
  const VirtualServiceEntry* owner = nullptr;  ///< of TCP: whose rule it is; null: the service's own way
  std::string rule;                            ///< of the owner: "spec.tls[0].match[1]"
};

/// One outbound listener (F9, D24, D25).
struct Listener {
  std::string name, address;
  std::uint32_t port = 0;
  bool virtual_outbound = false;        ///< takes what no other listener takes
  std::vector<std::string> additional;  ///< addresses
  std::vector<FilterChain> chains;
  std::optional<FilterChain> fallback;
  /// A service's port that should have a chain here and has none, because another one has it (F9.8, F9.11, F9.12).
  struct Lost {
    enum class Reason : std::uint8_t { taken, explicit_port, protocol } reason = Reason::taken;
    const registry::Service* service = nullptr;
    const registry::Service* winner = nullptr;
  };
  std::vector<Lost> lost;
};

class RoutePlan;
struct Seen;
struct MeshWide;
struct Tables;

class ClientView {
 public:
  /// `previous` may be a view of an earlier snapshot: what the same client sees of what has not changed is taken from it.
  ClientView(std::shared_ptr<const registry::Snapshot> snapshot, Client client, const ClientView* previous = nullptr);

  const std::shared_ptr<const registry::Snapshot> snapshot;

 private:
  const std::shared_ptr<Seen> seen_;  // seen.hpp: what does not depend on endpoints

 public:
  const Client& client;
  const Scope& scope;

  // Each is computed once, on the first call, from any thread.
  const nlohmann::json& services_json() const;             // services.cpp
  const std::vector<Cluster>& clusters() const;            // clusters.cpp, sorted by name
  const nlohmann::json& clusters_json() const;             // clusters.cpp
  std::vector<const LoadAssignment*> assignments() const;  // endpoints.cpp, sorted by cluster
  /// Of one cluster, computed alone; null for a cluster that has none, or is not there.
  const LoadAssignment* assignment(std::string_view cluster) const;
  bool has_cluster(std::string_view cluster) const;
  const nlohmann::json& endpoints_json() const;  // endpoints.cpp
  /// Those of the tables that are printed, sorted by name; they live as long as the view.
  std::vector<const RoutePlan*> route_plans() const;  // route_configurations.cpp
  nlohmann::json route_configurations() const;     // route_configurations.cpp: Envoy protojson, a list sorted by name, made anew
  const nlohmann::json& routes_json() const;       // route_configurations.cpp: the contract's form
  const std::vector<Listener>& listeners() const;  // listeners.cpp, sorted by name
  const nlohmann::json& listeners_json() const;    // listeners.cpp
  /// The table that a listener has inline (D23), in the contract's form.
  nlohmann::json inline_routes(const std::string& table) const;  // route_configurations.cpp
  const routes::Table* table(std::string_view name) const;       // compiled, or null; lives as long as the view
  /// Of a virtual host of a table, by their names.                  route_configurations.cpp
  HostRules host_rules(std::string_view table, std::string_view virtual_host) const;
  /// Why the virtual host of a name, in lower case, does not follow a VirtualService of the client's scope.
  std::string why_not_owner(std::string_view table, const VirtualServiceEntry& entry, const std::string& host) const;

  const MeshWide& mesh_wide() const;  // endpoints.cpp
  /// The listener that takes a connection to this address and port (F9.15), or null.
  const Listener* listener(std::uint32_t port, std::string_view address) const;  // listeners.cpp
  /// The first service of the client's listeners with this host, given in lower case; null where there is none.
  ServicePtr service_named(std::string_view host) const;

  /// B16, B17.
  const std::string& proxy_address(const registry::Service& service) const;
  /// The DestinationRule that applies to a host of the scope (E15), or null.
  const DestinationRuleEntry* destination_rule(const std::string& hostname) const;
  /// The policy for a port and subset (E16, E17).
  static model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, std::string_view subset);

 private:
  friend struct Seen;
  const LoadAssignment* assignment_at(std::size_t plan, bool& there) const;

  struct Lazy;
  std::shared_ptr<Lazy> lazy_;      // lazy.hpp: what depends on endpoints
  std::shared_ptr<Tables> tables_;  // lazy.hpp: listeners and routes, shared with the previous view where that can be
};

}  // namespace meshroute::view
