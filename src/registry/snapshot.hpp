#pragma once

// SPDX-License-Identifier: Apache-2.0
// All resources at one moment, and the services and endpoint pools that Istio's control plane makes of them.

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshroute/options.hpp"
#include "meshroute/resource.hpp"

namespace meshroute::registry {

/// MeshConfig and MeshNetworks as far as resolution reads them (spec H22).
struct Settings {
  std::string root_namespace = "istio-system", trust_domain = "cluster.local", domain_suffix = "cluster.local";
  enum class Outbound { registry_only, allow_any, allow_any_dynamic_dns } outbound = Outbound::allow_any;
  std::vector<std::string> service_export_to{"*"}, virtual_service_export_to{"*"}, destination_rule_export_to{"*"};
  bool enable_auto_mtls = true;
  std::vector<std::string> trust_domain_aliases;
  std::optional<model::LocalityLoadBalancerSetting> locality_lb_setting = model::LocalityLoadBalancerSetting{};
  nlohmann::json mesh_config;    ///< the whole, as read (an object)
  nlohmann::json mesh_networks;  ///< the whole, as read (an object)
  VipMode vip_mode = VipMode::status;
};

/// Istio's protocol of a service port (spec A12-A14).
enum class Protocol : std::uint8_t {
  tcp,
  udp,
  grpc,
  grpc_web,
  http,
  http_proxy,
  http2,
  https,
  tls,
  mongo,
  redis,
  mysql,
  unsupported
};
std::string_view to_string(Protocol protocol);   ///< "HTTP", "GRPC-Web", "UnsupportedProtocol", as the vectors spell it
Protocol parse_protocol(std::string_view text);  ///< A12
bool is_http(Protocol protocol);                 ///< A14 HTTP-class
bool is_tls(Protocol protocol);
bool is_http2(Protocol protocol);
inline bool is_http_or_sniffed(Protocol p) { return is_http(p) || p == Protocol::unsupported; }

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
  std::map<std::string, std::string> labels;
  std::optional<std::map<std::string, std::string>> selector;
  std::vector<std::string> export_to;  ///< effective: defaults applied, "." left as it is
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
};
using ServicePtr = std::shared_ptr<const Service>;

/// One endpoint of a pool (spec C1).
struct Endpoint {
  std::vector<std::string> addresses;
  std::uint32_t port = 0;
  std::string port_name;
  std::uint32_t legacy_port = 0;              ///< the service-port number (SE only), C31
  std::map<std::string, std::string> labels;  ///< augmented, C7
  std::string service_account, network, locality, cluster, tls_mode, namespace_, workload, node_name;
  std::uint32_t weight = 0;
  enum class Health : std::uint8_t { unknown, healthy, unhealthy, draining, terminating } health = Health::unknown;
  bool pipe = false;                   ///< addresses[0] is a unix socket path
  const Resource* resource = nullptr;  ///< where it comes from
};

/// The endpoints of one (hostname, namespace) from one provider and cluster.
struct Shard {
  std::string provider, cluster;  ///< "External" or "Kubernetes"
  std::vector<Endpoint> endpoints;
};

struct Snapshot {
  Settings settings;
  std::vector<std::shared_ptr<const Resource>> resources;  ///< in document order

  // Derived by build():
  std::vector<ServicePtr> services;                                            ///< all, in order 0.8
  std::map<std::pair<std::string, std::string>, ServicePtr> index;             ///< (hostname, namespace) -> B18
  std::map<std::pair<std::string, std::string>, std::vector<Shard>> pools;     ///< (hostname, namespace) -> shards in order C29
  std::vector<const Resource*> virtual_services, destination_rules, sidecars;  ///< creation order 0.6 (DR: 0.7)
  std::map<std::string, const Resource*> namespaces;

  bool has_service(std::string_view hostname) const;
};

/// Computes everything derived. The resources are shared, not copied.
std::shared_ptr<const Snapshot> build(Settings settings, std::vector<std::shared_ptr<const Resource>> resources);

/// Reads MeshConfig and MeshNetworks (YAML or JSON, either may be empty); `error` names what is wrong.
bool read_settings(std::string_view mesh_config, std::string_view mesh_networks, VipMode mode, Settings& settings,
                   std::string& error);

}  // namespace meshroute::registry
