#pragma once

// SPDX-License-Identifier: Apache-2.0
// All resources at one moment, and the services and endpoint pools that Istio's control plane makes of them.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "match/protocol.hpp"
#include "meshroute/options.hpp"
#include "meshroute/resource.hpp"
#include "registry/identity_index.hpp"
#include "registry/pool.hpp"
#include "registry/shared_vector.hpp"
#include "registry/workload.hpp"
#include "text/heap.hpp"
#include "text/json_tree.hpp"
#include "text/once.hpp"

namespace meshroute::registry {

/// MeshConfig and MeshNetworks as far as resolution reads them (spec H22).
struct Settings {
  std::string root_namespace = "istio-system", trust_domain = "cluster.local", domain_suffix = "cluster.local";
  enum class Outbound { registry_only, allow_any, allow_any_dynamic_dns } outbound = Outbound::allow_any;
  std::vector<std::string> service_export_to{"*"}, virtual_service_export_to{"*"}, destination_rule_export_to{"*"};
  bool enable_auto_mtls = true;
  std::vector<std::string> trust_domain_aliases;
  std::optional<model::LocalityLoadBalancerSetting> locality_lb_setting = model::LocalityLoadBalancerSetting{};
  std::string connect_timeout = "10s", dns_refresh_rate = "60s";
  std::optional<model::ConnectionPoolSettings::TCPSettings::TcpKeepalive> tcp_keepalive;
  std::optional<model::HTTPRetry> default_retry;  ///< defaultHttpRetryPolicy
  bool h2_upgrade = false;                        ///< h2UpgradePolicy: UPGRADE
  std::uint32_t proxy_http_port = 0;              ///< proxyHttpPort: where proxies listen as HTTP proxies; 0: nowhere
  std::string path_normalization = "DEFAULT";     ///< pathNormalization.normalization
  std::uint32_t trusted_proxies = 0;              ///< defaultConfig.gatewayTopology.numTrustedProxies
  std::string forward_client_cert;                ///< defaultConfig.gatewayTopology.forwardClientCertDetails
  text::Json mesh_config;                         ///< the whole, as read (an object)
  text::Json mesh_networks;                       ///< the whole, as read (an object)
  VipMode vip_mode = VipMode::status;
  bool scope_gateway_to_namespace = false, filter_gateway_cluster_config = false;  ///< MeshOptions
  Workloads workloads = Workloads::given;
  std::uint32_t threads = 1;  ///< MeshOptions
};

using match::is_http;
using match::is_http2;
using match::is_http_or_sniffed;
using match::is_tls;
using match::parse_protocol;
using match::Protocol;
using match::to_string;

/// A13: of a port of a Kubernetes Service.
Protocol protocol_of(const model::Service::Port& port);

enum class ServiceResolution : std::uint8_t {
  client_side_lb,
  dns_lb,
  passthrough,
  dns_round_robin_lb,
  alias,
  dynamic_dns
};  // B5

struct ServicePort {
  std::string name;
  std::uint32_t number = 0;
  Protocol protocol = Protocol::unsupported;
};

/// One model service (spec B1, B8). Shared and immutable once in a snapshot; scopes make trimmed copies.
struct Service {
  std::string hostname, name, namespace_, object;
  bool kubernetes = false;  ///< registry: Kubernetes, else External
  ServiceResolution resolution = ServiceResolution::client_side_lb;
  bool mesh_external = false;
  std::int64_t creation = 0;
  Labels labels;
  std::optional<Labels> selector;
  std::vector<std::string> export_to;  ///< effective: defaults applied, "." left as it is
  bool default_export_to = false;      ///< the mesh's default, not the resource's own
  std::string default_address = "0.0.0.0";
  std::map<std::string, std::vector<std::string>> cluster_vips;
  std::string auto_v4, auto_v6;
  std::vector<ServicePort> ports;
  std::vector<std::string> service_accounts;  ///< declared
  std::map<std::uint32_t, std::uint32_t> passthrough_target_ports;
  enum class Distribution : std::uint8_t { any, same_zone, same_node } distribution = Distribution::any;
  bool node_local = false, publish_not_ready = false, race_first_tcp_connect = false;
  std::string external_name;                                 ///< of an alias
  std::vector<std::pair<std::string, std::string>> aliases;  ///< (hostname, namespace), B26
  const Resource* resource = nullptr;                        ///< where it is defined
  std::uint32_t pool = 0;                                    ///< of its hostname and namespace, in Snapshot::pools
};
using ServicePtr = std::shared_ptr<const Service>;

using PoolPtr = std::shared_ptr<const Pool>;
using ResourcePtr = std::shared_ptr<const Resource>;

/// A Pod that a template stands for, or a Pod that is given without a status (KD2).
struct AssumedPod {
  ResourcePtr pod;                 ///< null: the template makes none
  const Resource* from = nullptr;  ///< the template, or the Pod as it is given
  Labels labels;                   ///< of the Pods that the template would make, where it makes none
};

/// The services, and what else only a change of a ServiceEntry or of a Kubernetes object can alter.
struct ServiceTable {
  std::vector<ResourcePtr> owned;                                             ///< what the pointers below point to
  std::vector<ServicePtr> services;                                           ///< all, in order 0.8
  std::map<std::pair<std::string_view, std::string_view>, ServicePtr> index;  ///< (hostname, namespace) -> B18
  std::map<std::string, const Resource*> namespaces;
  std::vector<AssumedPod> assumed;                       ///< only with derived workloads
  std::vector<const Resource*> kubernetes, nodes;        ///< Kubernetes Services and Nodes, in document order
  std::vector<std::vector<const Service*>> definitions;  ///< by Service::pool: all of one hostname and namespace, in order 0.8
};

/// All of a mesh but its endpoints: snapshots that differ only in WorkloadEntries share it.
struct Base {
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const ServiceTable> table;
  std::shared_ptr<const std::vector<ResourcePtr>> owned;                                 ///< the rules below
  std::vector<const Resource*> virtual_services, destination_rules, sidecars, gateways;  ///< creation order 0.6 (DR: 0.7)
  std::vector<const Resource*> peer_authentications;                                     ///< in document order
  std::vector<const Resource*> authorization_policies, request_authentications;          ///< by creation, then name (AZ2)

  /// What views of it share of the rules: theirs to make and to keep here.
  struct Shared {
    Shared() = default;
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    virtual ~Shared() = default;
    /// Counts it, and what it holds. Takes no shared_mutex.
    virtual void count(text::Heap& heap) const = 0;
  };
  mutable std::mutex shared_mutex;
  mutable std::shared_ptr<const Shared> shared;         ///< guarded by shared_mutex
  mutable std::shared_ptr<const Shared> earlier;        ///< what was kept in the Base before this one; guarded likewise
  mutable std::shared_ptr<const Shared> authorization;  ///< the compiled policies; guarded likewise
  mutable std::shared_ptr<const Shared> destination_rule_indexes;  ///< guarded likewise
  mutable std::shared_ptr<const Shared> kinds;                     ///< of proxies; guarded likewise
};

/// Immutable. The references are to members of `base`.
struct Snapshot {
  Snapshot(std::shared_ptr<const Base> base, SharedVector<ResourcePtr> resources, SharedVector<PoolPtr> pools);

  std::shared_ptr<const Base> base;
  SharedVector<ResourcePtr> resources;  ///< in document order
  SharedVector<PoolPtr> pools;          ///< by Service::pool; null where there is no endpoint
  const Settings& settings;
  const std::vector<ServicePtr>& services;
  const std::map<std::pair<std::string_view, std::string_view>, ServicePtr>& index;
  const std::map<std::string, const Resource*>& namespaces;
  const std::vector<const Resource*>&virtual_services, &destination_rules, &sidecars, &peer_authentications;

  bool has_service(std::string_view hostname) const;
  /// The endpoints of a service, or null.
  const Pool* pool(const Service& service) const { return pools[service.pool].get(); }
  /// KD3: nothing says which endpoints the service will have.
  bool endpoints_not_given(const Service& service) const {
    const Pool* known = pool(service);
    return known != nullptr && known->end() - known->begin() == 1 && known->begin()->not_given;
  }
  /// The services that have an endpoint with this address, in order 0.8.
  std::vector<ServicePtr> services_at(std::string_view address) const;
  /// All definitions of the service's hostname in its namespace.
  const std::vector<const Service*>& definitions(const Service& service) const { return base->table->definitions[service.pool]; }

  /// What its views keep here; guarded by the base's shared_mutex.
  mutable std::shared_ptr<const Base::Shared> recent_views;

  /// What it holds, without itself.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  mutable text::Once by_address_once_;
  mutable std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_address_;  ///< pools; the text is the endpoints'
};

class Pools;

/// Makes snapshots of resources that change: what a change does not touch is shared with the snapshot before it. One thread.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  void configure(Settings settings);
  const Settings& settings() const { return *settings_; }

  /// Resources to put in, and what that takes. Made before anything changes, so that running out of memory changes nothing.
  struct Batch {
    std::vector<ResourcePtr> resources, replaced;  ///< one for the other; null: it is new
    std::vector<std::uint32_t> places;
  };
  Batch prepare(std::vector<ResourcePtr> resources);
  /// A replaced resource keeps its place. Nothing may have changed since `batch` was prepared.
  void commit(Batch batch) noexcept;
  /// False where no such resource was there.
  bool remove(const Identity& identity);
  std::shared_ptr<const Snapshot> snapshot();
  /// What it holds, without itself.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  enum class Stale : std::uint8_t { nothing, pools, rules, services };  ///< the parts of the last snapshot that no longer hold
  struct Change {
    std::size_t place;
    ResourcePtr before, after;
  };
  void make_room(std::size_t changes);
  void note(std::size_t place, const ResourcePtr& before, const ResourcePtr& after) noexcept;
  void build_all();
  bool follow_changes();

  std::shared_ptr<const Settings> settings_;
  std::vector<ResourcePtr> resources_;  ///< in document order; null where one was removed
  IdentityIndex places_;
  std::size_t holes_ = 0;
  std::shared_ptr<const Snapshot> last_;
  std::unique_ptr<Pools> pools_;  ///< of last_
  std::vector<Change> changes_;   ///< since last_
  Stale stale_ = Stale::services;
};

/// A snapshot of only these resources.
std::shared_ptr<const Snapshot> build(Settings settings, const std::vector<ResourcePtr>& resources);

/// Reads MeshConfig and MeshNetworks (YAML or JSON, either may be empty); `error` names what is wrong.
/// `before` has what no text says: the source of automatic addresses and of workloads.
bool read_settings(std::string_view mesh_config, std::string_view mesh_networks, const Settings& before, Settings& settings,
                   std::string& error);

}  // namespace meshroute::registry
