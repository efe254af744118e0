#pragma once

// SPDX-License-Identifier: Apache-2.0
// A proxy's view, row by row. A row owns all its text: it outlives its view, and never changes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/model/map.hpp"

namespace meshroute {

/// Filter for a section; empty members and port 0 match everything.
struct ViewFilter {
  /// A full hostname, or its first labels ("reviews", "reviews.prod").
  std::string host = {};
  /// Clusters and endpoints; virtual hosts and listeners that lead to it.
  std::string subset = {};
  /// The whole name of a cluster; virtual hosts and listeners that lead to it.
  std::string cluster = {};
  /// Of a service, of a cluster, of a route table, of a listener.
  std::uint32_t port = 0;
};

/// One port of a service.
struct ServicePortRow {
  std::string name = {};
  std::uint32_t number = 0;
  /// As Istio reads it: "HTTP", "GRPC", "TCP", ...; "UnsupportedProtocol": Envoy detects it.
  std::string protocol = {};
};

/// One service, in the order in which the proxy sees them.
struct ServiceRow {
  std::string hostname = {}, namespace_ = {};
  /// "Kubernetes", or "External" for a ServiceEntry's.
  std::string registry = {};
  /// "STATIC", "DNS", "DNS_ROUND_ROBIN", "NONE", "ALIAS", "DYNAMIC_DNS".
  std::string resolution = {};
  bool mesh_external = false;
  /// The address that the proxy listens for; "0.0.0.0" if the service has no own one.
  std::string address = {};
  /// All addresses that the proxy can use.
  std::vector<std::string> addresses = {};
  std::vector<ServicePortRow> ports = {};
  /// Of the resource that defines it.
  Labels labels = {};
  /// The Service or ServiceEntry.
  ResourceOrigin origin = {};
};

/// One outbound cluster, sorted by name; first the clusters that every proxy has (BlackHoleCluster, PassthroughCluster).
struct ClusterRow {
  /// "outbound|PORT|SUBSET|HOST".
  std::string name = {};
  /// Envoy's: "EDS", "STRICT_DNS", "LOGICAL_DNS", "ORIGINAL_DST", "STATIC", ...
  std::string type = {};
  /// Envoy's: "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "RING_HASH", "MAGLEV", ...
  std::string lb_policy = {};
  /// Empty, with port 0, for clusters that every proxy has.
  std::string host = {}, subset = {};
  /// The service's port.
  std::uint32_t port = 0;
  /// The Service or ServiceEntry.
  ResourceOrigin origin = {};
  /// That applies to it (the first of merged ones), or empty.
  ResourceOrigin destination_rule = {};
};

/// One endpoint of one cluster, as in an answer; sorted by cluster. An empty cluster has no row.
using EndpointRow = AnswerEndpoint;

/// One route of one virtual host, in the order in which Envoy tries them.
struct RouteRow {
  /// The route table: a port, "HOST:PORT", or the path of a socket.
  std::string route_config = {};
  /// "reviews.prod.svc.cluster.local:80".
  std::string virtual_host = {};
  /// Of the virtual host.
  std::vector<std::string> domains = {};
  /// Within the virtual host, from 0.
  std::uint32_t index = 0;
  /// Of the rule, with the name of its match ("canary.beta"); or "default".
  std::string name = {};
  /// For people: "prefix /api, header x-user, query q".
  std::string match = {};
  /// "forward", "redirect" or "direct_response".
  std::string action = {};
  /// Of "forward"; empty for weighted clusters.
  std::string cluster = {};
  std::vector<WeightedCluster> weighted_clusters = {};
  /// Clusters that can get a copy.
  std::vector<std::string> mirrors = {};
  /// Of "redirect": Envoy's action as protojson.
  std::string redirect = {};
  /// Of "direct_response": the status.
  std::optional<std::uint32_t> direct_response = {};
  /// Of "forward": "15s"; "0s": no timeout.
  std::string timeout = {};
  /// Path of the VirtualService that owns the virtual host.
  std::string config = {};
  /// The rule's VirtualService, which may be a delegate; empty for a default route.
  ResourceOrigin origin = {};
  /// Of the rule in `origin`: "spec.http[1].match[0]".
  std::string path = {};
};

/// One filter chain of one outbound listener; sorted by listener, the default chain last.
struct ListenerRow {
  /// "0.0.0.0_80".
  std::string listener = {};
  /// The listener's.
  std::string address = {};
  /// The listener's.
  std::uint32_t port = 0;
  /// The chain's name, or empty.
  std::string chain = {};
  /// "http" or "tcp".
  std::string kind = {};
  /// Used when no other chain matches.
  bool is_default = false;
  /// Matches only HTTP/1.1 and h2c without TLS.
  bool plain_http = false;
  /// Matches only connections to this port; 0: to any.
  std::uint32_t destination_port = 0;
  /// Matches only connections to these addresses; empty: to any.
  std::vector<std::string> cidrs = {};
  /// Matches only these server names; empty: any.
  std::vector<std::string> sni = {};
  /// Of "http": the route table; empty for a chain with inline routes.
  std::string route_config = {};
  /// Of "tcp"; empty for weighted clusters.
  std::string cluster = {};
  std::vector<WeightedCluster> weighted_clusters = {};
  /// Of a gateway: SIMPLE, MUTUAL, OPTIONAL_MUTUAL, ISTIO_MUTUAL (the chain ends TLS), PASSTHROUGH or AUTO_PASSTHROUGH; empty: no
  /// TLS.
  std::string tls_mode = {};
  /// Of a gateway: the Gateway whose server it is, "ns/name".
  std::string gateway = {};
  /// Of a gateway: that server's own port, which is the Service's; 0: no gateway's chain.
  std::uint32_t server_port = 0;
  /// Why Envoy rejects the whole listener, which then takes no connection; empty: it takes it.
  std::string refused = {};
};

}  // namespace meshroute
