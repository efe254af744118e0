#pragma once

// SPDX-License-Identifier: Apache-2.0
// What one proxy sees: its Sidecar scope, then clusters, endpoints, listeners and route tables, computed on demand.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "envoy/route.hpp"
#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"
#include "routes/table.hpp"
#include "scope/scope.hpp"
#include "text/json_tree.hpp"
#include "text/json_writer.hpp"
#include "view/sharing.hpp"

namespace meshroute::view {

using registry::ServicePtr;
using scope::DestinationRuleEntry;
using scope::EgressListener;
using scope::ProxyScope;
using scope::RuleOrigin;
using scope::Scope;
using scope::Undelegated;
using scope::VirtualServiceEntry;
using scope::VirtualServicePtr;

/// A rule of a merged VirtualService, or one of its matches, as a proxy's virtual host has it: as a route, or not (F3.1).
struct RuleUse {
  std::size_t rule = 0;                            ///< of spec->http
  const model::HTTPMatchRequest* match = nullptr;  ///< null: the rule has none
  std::string path;                                ///< where it was written, in the origin's resource
  std::string dropped;                             ///< why no request of this proxy meets it; empty: it is a route
};

/// Whose rules a virtual host follows.
struct HostRules {
  const VirtualServiceEntry* owner = nullptr;  ///< null: nobody's, its service has a default route
  std::vector<RuleUse> rules;                  ///< those that are routes in the order of the routes
};

/// Why a virtual host does not follow a VirtualService of the scope.
struct NotOwner {
  enum class Reason {
    no_http_listener,        ///< no listener of the proxy reads HTTP for it
    not_imported,            ///< the egress listener of the port does not import it
    no_http_rules,           ///< it has no rules under http
    nothing_delegated,       ///< no delegate of it brought a rule in
    no_rule_for_proxy,       ///< none of its rules is for the proxy: `dropped`
    port_not_http,           ///< the port of `service` is not HTTP
    no_service_with_port,    ///< F2.2, F2.5
    wildcard_holds_service,  ///< F2.4: `mine` holds `service`
    more_specific,           ///< `theirs` of `other` is more specific than `mine`
    keeps_wider_away,        ///< D17: `other` is more specific and brings no route here
    earlier,                 ///< D16: `other` comes first
    other_virtual_host,      ///< its rules are those of `virtual_host`
    no_virtual_host
  } reason = Reason::no_virtual_host;
  std::uint32_t port = 0;                      ///< of the route table; 0: of no port
  const VirtualServiceEntry* other = nullptr;  ///< the owner, or the one that is in the way
  const registry::Service* service = nullptr;
  std::string mine, theirs;  ///< hosts
  std::string dropped, virtual_host;
};

/// One endpoint as a proxy is told of it. Its text belongs to the endpoint's pool or, for a gateway, to the proxy's view.
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
  const ClusterPlan* plan = nullptr;                 ///< null: one of those that every proxy has (G10)
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
  bool plain_http = false;              ///< matches only HTTP/1.1 and h2c without TLS
  std::uint32_t port = 0;               ///< matches only connections to this port; 0: to any
  std::vector<std::string> cidrs, sni;  ///< matches only these; empty: any
  std::vector<std::string> alpn;        ///< of a gateway: matches only TLS that offers one of these; empty: any
  enum class Tls : std::uint8_t { none, simple, mutual, optional_mutual, istio_mutual, passthrough, auto_passthrough };
  Tls tls = Tls::none;                           ///< of a gateway (GW35); the last two leave TLS as it is
  const scope::GatewayServer* server = nullptr;  ///< of a gateway: whose chain it is; of plain HTTP the first one's
  std::string table;                             ///< of HTTP: the name of the RouteConfiguration
  std::string cluster;                           ///< of TCP; empty where weights choose
  struct Weighted {
    std::string name;
    std::uint32_t weight;
  };
  std::vector<Weighted> weighted;
  bool source_ip_hash = false;                                   ///< E23
  const model::Duration* idle_timeout = nullptr;                 ///< of TCP: of the DestinationRule; null: not said
  const model::TrafficPolicy::TunnelSettings* tunnel = nullptr;  ///< of TCP: the DestinationRule's; null: none
  const registry::Service* service = nullptr;                    ///< of TCP: whose port it is; null: nobody's
  const VirtualServiceEntry* owner = nullptr;                    ///< of TCP: whose rule it is; null: the service's own way
  std::string rule;                                              ///< of the owner: "spec.tls[0].match[1]"
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
    bool operator==(const Lost&) const = default;
  };
  std::vector<Lost> lost;
  std::string refused;  ///< GW27: why Envoy rejects it; empty: it takes it
};
std::string_view mode_text(FilterChain::Tls tls);  ///< "SIMPLE", ..., as a Gateway spells it; empty: no TLS
/// Whether the chain ends TLS.
inline bool ends_tls(FilterChain::Tls tls) { return tls >= FilterChain::Tls::simple && tls <= FilterChain::Tls::istio_mutual; }
/// Whether a client without a certificate is turned away.
inline bool requires_certificate(FilterChain::Tls tls) {
  return tls == FilterChain::Tls::mutual || tls == FilterChain::Tls::istio_mutual;
}

/// How a proxy connects to the endpoints of a cluster (E36-E41).
struct ClusterTls {
  enum class Mode : std::uint8_t { none, simple, mutual, mixed } mode = Mode::none;  ///< mixed: it differs by endpoint
  enum class Source : std::uint8_t {
    destination_rule,  ///< its trafficPolicy.tls
    credential,        ///< its credentialName, which only a rule with a workloadSelector may use (E37): no TLS
    external,          ///< no rule sets tls, and the service is MESH_EXTERNAL
    disabled_in_mesh,  ///< MeshConfig's enableAutoMtls is false
    passthrough,       ///< E40: an endpoint without mutual TLS, or no endpoint
    peer_disabled,     ///< PeerAuthentication of the namespace or mesh
    by_sni,            ///< GW75: the client's own TLS passes through the cluster
    automatic          ///< each endpoint by its own tlsMode
  } source = Source::automatic;
  std::string sni;                             ///< empty: none, or of the request
  bool sni_of_request = false;                 ///< E37: the SNI is the host that leaves
  bool san_of_request = false;                 ///< E37: and the endpoint's certificate must be for it
  std::vector<std::string> sans;               ///< sorted
  std::size_t with = 0, all = 0;               ///< automatic: endpoints that take mutual TLS, and all
  const DestinationRuleEntry* rule = nullptr;  ///< of the cluster, or null
  const registry::Service* service = nullptr;
};

class TablePlan;
class Wanted;
struct MeshWide;

struct Inbound;

class ProxyView {
 public:
  /// `previous` may be a view of an earlier snapshot: what the same proxy sees of what has not changed is taken from it.
  ProxyView(std::shared_ptr<const registry::Snapshot> snapshot, Proxy proxy, const ProxyView* previous = nullptr);

  const std::shared_ptr<const registry::Snapshot> snapshot;
  const Proxy proxy;

 private:
  const Shared shared_;                // sharing.hpp
  const std::shared_ptr<Seen>& seen_;  // lazy.hpp: what does not depend on endpoints

 public:
  const Scope& scope;

  // Each is computed once, on the first call, from any thread.
  const text::Json& services_json() const;                 // services.cpp
  const std::vector<Cluster>& clusters() const;            // clusters.cpp, sorted by name
  const text::Json& clusters_json() const;                 // clusters.cpp
  std::vector<const LoadAssignment*> assignments() const;  // endpoints.cpp, sorted by cluster
  /// Of one cluster, without the others; null for a cluster without endpoints or a missing one.
  const LoadAssignment* assignment(std::string_view cluster) const;
  bool has_cluster(std::string_view cluster) const;
  /// KD3: the cluster has no endpoint, and nothing says which it will have.
  bool endpoints_not_given(std::string_view cluster) const;
  /// How the proxy connects to a cluster's endpoints; null for a cluster that is no service's. It lives as long as the view.
  const ClusterTls* cluster_tls(std::string_view cluster) const;  // cluster_tls.cpp
  const text::Json& endpoints_json() const;                       // endpoints.cpp
  /// Those of the tables that are printed, sorted by name; they live as long as the view.
  std::vector<const TablePlan*> route_plans() const;  // route_configurations.cpp
  /// A list sorted by name in the contract's form; made as it is written.  route_configurations.cpp
  void write_routes(text::JsonWriter& json, const Wanted& wanted) const;
  const std::vector<Listener>& listeners() const;  // listeners.cpp, sorted by name
  const text::Json& listeners_json() const;        // listeners.cpp
  /// The table that a listener has inline (D23).
  envoy::RouteConfiguration inline_routes(const std::string& table) const;  // route_configurations.cpp
  const routes::Table* table(std::string_view name) const;                  // compiled, or null; lives as long as the view
  /// Of a virtual host of a table, by their names: the rules of each VirtualService that it follows; one at most on a sidecar.
  std::vector<HostRules> host_rules(std::string_view table, std::string_view virtual_host) const;  // route_configurations.cpp
  /// Where each route of it was written, in the order of the routes; none where they are nobody's.
  std::vector<RuleOrigin> route_origins(std::string_view table, std::string_view virtual_host) const;
  /// Of a sidecar: why the virtual host of a name, in lower case, does not follow a VirtualService of its scope.
  NotOwner not_owner(std::string_view table, const VirtualServiceEntry& entry, const std::string& host) const;

  const Inbound& inbound() const;      // inbound/inbound.cpp: the server's side
  text::Json inbound_json() const;     // inbound/inbound_json.cpp: the contract's form, made anew
  text::Json client_tls_json() const;  // inbound/client_tls.cpp: likewise

  const MeshWide& mesh_wide() const;  // endpoints.cpp
  /// The listener that takes a connection to this address and port (F9.15), or null.
  const Listener* listener(std::uint32_t port, std::string_view address) const;  // listeners.cpp
  /// The first service of the proxy's listeners with this host, given in lower case, a Kubernetes one before others; null
  /// without one.
  ServicePtr service_named(std::string_view host) const;

  /// B16, B17.
  const std::string& proxy_address(const registry::Service& service) const;
  /// The DestinationRule that applies to a host of the scope (E15), or null.
  const DestinationRuleEntry* destination_rule(const std::string& hostname) const;

  /// What it has made so far and holds, without itself and its snapshot.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  friend struct Seen;
  const LoadAssignment* assignment_at(std::size_t plan, bool& there) const;
  ClusterTls make_cluster_tls(const ClusterPlan& plan, const LoadAssignment* assignment) const;

  struct Lazy;
  std::shared_ptr<Lazy> lazy_;             // lazy.hpp: what depends on endpoints
  const std::shared_ptr<Tables>& tables_;  // lazy.hpp: listeners and routes
};

}  // namespace meshroute::view
