#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which Gateways apply to a router, and how their servers are merged (GW1-GW23).

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::scope {

struct VirtualServiceEntry;

/// A port of a Service that stands for a router, and the port that it leads to (GW10-GW14).
struct PortTranslation {
  const Resource* resource = nullptr;  ///< the Service or ServiceEntry
  std::uint32_t number = 0, target = 0;
  std::string hostname = {}, namespace_ = {};  ///< of the service
  bool opted_out = false;                      ///< GW13
  bool operator==(const PortTranslation&) const = default;
};
/// Those of a router; the first of a number that has not opted out decides.
std::vector<PortTranslation> port_translations(const registry::Snapshot& snapshot, const Proxy& proxy);

/// GW1a: the annotation of a Gateway that names the services of its routers instead of labels: their hosts, with commas between.
inline constexpr const char* kGatewayServices = "internal.istio.io/gateway-service";

/// One server of a Gateway that applies to a router.
struct GatewayServer {
  const Resource* gateway = nullptr;
  const model::Server* spec = nullptr;
  std::size_t place = 0;                 ///< in the Gateway's spec.servers
  std::string name;                      ///< of the Gateway: "ns/name"
  std::vector<std::string> hosts;        ///< GW5
  std::uint32_t listen = 0;              ///< GW10
  const Resource* translated = nullptr;  ///< whose port makes it another one than the server's; null: it is the server's
  registry::Protocol protocol = registry::Protocol::unsupported;
  std::string table;  ///< of the RouteConfiguration (GW23); empty: none

  enum class Dropped : std::uint8_t {
    no,
    host_taken,         ///< GW18: `host` is a host of `clash` already
    protocol_conflict,  ///< GW19, GW20: `clash` is on the listen port with a protocol that this one cannot share
    table_taken         ///< GW23
  } dropped = Dropped::no;
  std::size_t clash = 0;  ///< in Gateways::servers: the earlier server
  std::string host;

  bool has_tls() const { return spec->tls.has_value(); }
  bool passes_tls_on() const;  ///< PASSTHROUGH or AUTO_PASSTHROUGH
  bool auto_passthrough() const;
  bool redirects_to_https() const { return spec->tls && spec->tls->https_redirect; }
  bool is_tls() const { return spec->tls && !registry::is_http(protocol); }
  bool is_http() const;                           ///< HTTP, or HTTPS that ends here
  std::vector<std::string> server_names() const;  ///< GW28: sorted, without namespaces; a `*` may be among them
};

/// Servers that share a listen port, a protocol as it is written, and a bind (GW26).
struct ServerGroup {
  std::uint32_t listen = 0;
  std::string protocol, bind;
  std::string table;                 ///< of HTTP
  std::vector<std::size_t> servers;  ///< in Gateways::servers
};

/// All that Gateways make of one router.
struct Gateways {
  std::vector<PortTranslation> ports;
  std::vector<const Resource*> selected;                                ///< those that apply, in order GW3
  std::vector<GatewayServer> servers;                                   ///< in order, the dropped ones too
  std::vector<ServerGroup> groups;                                      ///< in order of their first servers
  std::map<std::string, std::vector<std::size_t>, std::less<>> tables;  ///< route table -> its servers
  bool auto_passthrough = false;                                        ///< GW75
  /// GW40: by "ns/name" of the Gateway, those that the router's namespace may use, in order.
  std::unordered_map<std::string, std::vector<std::shared_ptr<const VirtualServiceEntry>>> virtual_services;
};

Gateways merge_gateways(const registry::Snapshot& snapshot, const Proxy& proxy);
/// Whether the Gateway applies to a router with these labels, in this namespace (GW1, GW2).
bool gateway_applies(const registry::Settings& settings, const Resource& gateway, const Proxy& proxy);
/// GW5.
std::vector<std::string> server_hosts(const model::Server& server, const std::string& namespace_);
/// Of "ns/host" the two parts; of a host without a namespace an empty one and the host.
std::pair<std::string_view, std::string_view> split_host(std::string_view host);
/// GW42: the hosts under which a VirtualService of the namespace is served; each once.
std::vector<std::string> served_hosts(const std::vector<std::string>& server_hosts, const std::vector<std::string>& hosts,
                                      const std::string& namespace_);
/// Whether any host of a VirtualService of the namespace overlaps one of the server's (GW61).
bool hosts_overlap(const std::vector<std::string>& server_hosts, const std::vector<std::string>& hosts,
                   const std::string& namespace_);

}  // namespace meshroute::scope
