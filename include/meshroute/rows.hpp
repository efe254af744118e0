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
  std::string host = {};     ///< a full hostname, or its first labels ("reviews", "reviews.prod")
  std::string subset = {};   ///< clusters and endpoints; virtual hosts and listeners that lead to it
  std::string cluster = {};  ///< the whole name of a cluster; virtual hosts and listeners that lead to it
  std::uint32_t port = 0;    ///< of a service, of a cluster, of a route table, of a listener
};

/// One port of a service.
struct ServicePortRow {
  std::string name = {};
  std::uint32_t number = 0;
  std::string protocol = {};  ///< as Istio reads it: "HTTP", "GRPC", "TCP", ...; "UnsupportedProtocol": Envoy detects it
};

/// One service, in the order in which the proxy sees them.
struct ServiceRow {
  std::string hostname = {}, namespace_ = {};
  std::string registry = {};    ///< "Kubernetes", or "External" for a ServiceEntry's
  std::string resolution = {};  ///< "STATIC", "DNS", "DNS_ROUND_ROBIN", "NONE", "ALIAS", "DYNAMIC_DNS"
  bool mesh_external = false;
  std::string address = {};                 ///< the address that the proxy listens for; "0.0.0.0" if the service has no own one
  std::vector<std::string> addresses = {};  ///< all addresses that the proxy can use
  std::vector<ServicePortRow> ports = {};
  Labels labels = {};          ///< of the resource that defines it
  ResourceOrigin origin = {};  ///< the Service or ServiceEntry
};

/// One outbound cluster, sorted by name; first the clusters that every proxy has (BlackHoleCluster, PassthroughCluster).
struct ClusterRow {
  std::string name = {};                 ///< "outbound|PORT|SUBSET|HOST"
  std::string type = {};                 ///< Envoy's: "EDS", "STRICT_DNS", "LOGICAL_DNS", "ORIGINAL_DST", "STATIC", ...
  std::string lb_policy = {};            ///< Envoy's: "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "RING_HASH", "MAGLEV", ...
  std::string host = {}, subset = {};    ///< empty, with port 0, for clusters that every proxy has
  std::uint32_t port = 0;                ///< the service's port
  ResourceOrigin origin = {};            ///< the Service or ServiceEntry
  ResourceOrigin destination_rule = {};  ///< that applies to it (the first of merged ones), or empty
};

/// One endpoint of one cluster, as in an answer; sorted by cluster. An empty cluster has no row.
using EndpointRow = AnswerEndpoint;

/// One route of one virtual host, in the order in which Envoy tries them.
struct RouteRow {
  std::string route_config = {};          ///< the route table: a port, "HOST:PORT", or the path of a socket
  std::string virtual_host = {};          ///< "reviews.prod.svc.cluster.local:80"
  std::vector<std::string> domains = {};  ///< of the virtual host
  std::uint32_t index = 0;                ///< within the virtual host, from 0
  std::string name = {};                  ///< of the rule, with the name of its match ("canary.beta"); or "default"
  std::string match = {};                 ///< for people: "prefix /api, header x-user, query q"
  std::string action = {};                ///< "forward", "redirect" or "direct_response"
  std::string cluster = {};               ///< of "forward"; empty for weighted clusters
  std::vector<WeightedCluster> weighted_clusters = {};
  std::vector<std::string> mirrors = {};              ///< clusters that can get a copy
  std::string redirect = {};                          ///< of "redirect": Envoy's action as protojson
  std::optional<std::uint32_t> direct_response = {};  ///< of "direct_response": the status
  std::string timeout = {};                           ///< of "forward": "15s"; "0s": no timeout
  std::string config = {};                            ///< path of the VirtualService that owns the virtual host
  ResourceOrigin origin = {};  ///< the rule's VirtualService, which may be a delegate; empty for a default route
  std::string path = {};       ///< of the rule in `origin`: "spec.http[1].match[0]"
};

/// One filter chain of one outbound listener; sorted by listener, the default chain last.
struct ListenerRow {
  std::string listener = {};            ///< "0.0.0.0_80"
  std::string address = {};             ///< the listener's
  std::uint32_t port = 0;               ///< the listener's
  std::string chain = {};               ///< the chain's name, or empty
  std::string kind = {};                ///< "http" or "tcp"
  bool is_default = false;              ///< used when no other chain matches
  bool plain_http = false;              ///< matches only HTTP/1.1 and h2c without TLS
  std::uint32_t destination_port = 0;   ///< matches only connections to this port; 0: to any
  std::vector<std::string> cidrs = {};  ///< matches only connections to these addresses; empty: to any
  std::vector<std::string> sni = {};    ///< matches only these server names; empty: any
  std::string route_config = {};        ///< of "http": the route table; empty for a chain with inline routes
  std::string cluster = {};             ///< of "tcp"; empty for weighted clusters
  std::vector<WeightedCluster> weighted_clusters = {};
  /// Of a gateway: SIMPLE, MUTUAL, OPTIONAL_MUTUAL, ISTIO_MUTUAL (the chain ends TLS), PASSTHROUGH or AUTO_PASSTHROUGH; empty: no
  /// TLS.
  std::string tls_mode = {};
  std::string gateway = {};       ///< of a gateway: the Gateway whose server it is, "ns/name"
  std::uint32_t server_port = 0;  ///< of a gateway: that server's own port, which is the Service's; 0: no gateway's chain
  std::string refused = {};       ///< why Envoy rejects the whole listener, which then takes no connection; empty: it takes it
};

}  // namespace meshroute
