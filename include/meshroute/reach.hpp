#pragma once

// SPDX-License-Identifier: Apache-2.0
// Who reaches a host.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"

namespace meshroute {

/// Where requests go, and what becomes of them there.
struct ReachWay {
  /// "HOST:PORT", with "/SUBSET" where there is one; another cluster's name ("PassthroughCluster"); empty: nothing leaves the
  /// client.
  std::string destination = {};
  std::vector<std::string> gateways = {};  ///< the gateways' proxies that the request goes through, in order
  std::string result = {};                 ///< as JourneyHop::result, or what the client's own proxy answers ("404 NR")
  double percent = 0;                      ///< of the requests, 0 to 100
};

/// Workloads whose requests fare alike, for the same reason.
struct ReachGroup {
  /// "arrives" where all requests do; else what becomes of most of those that do not: an HTTP status, with Envoy's flag where the
  /// client's proxy answers itself, "closed", "passthrough" (to the address that was called, as outboundTrafficPolicy allows),
  /// "gateway" (the workload is a gateway: it sends what its own clients ask for) or "not known" (without a sidecar, to a host
  /// that is no Kubernetes Service).
  std::string result = {};
  double arrives_percent = 0;               ///< of the requests that reach an application, 0 to 100
  bool sidecar = true;                      ///< false: the workloads have no sidecar, and connect as they are
  std::vector<std::string> workloads = {};  ///< "NAMESPACE/NAME", in document order
  std::vector<ReachWay> ways = {};          ///< the largest share first
  std::vector<TraceLine> because = {};      ///< the reasons of the first of them, the one that decides first
};

/// For each workload that is loaded, whether a plain request to a host arrives. Owns all its text.
struct Reach {
  std::string host = {};
  std::uint32_t port = 0;
  std::string url = {};                 ///< what is asked: "http://reviews.prod:80/"; its scheme is that of the service's port
  std::size_t workloads = 0;            ///< that are asked
  std::size_t arrives = 0;              ///< of them, those whose requests all arrive
  std::vector<ReachGroup> groups = {};  ///< those whose requests fail first

  /// {"host","port","url","workloads","arrives","groups":[{"result","arrives_percent","sidecar","workloads":["shop/web"],
  /// "ways":[{"destination","gateways","result","percent"}],"because":[as the trace of an answer]}]}
  std::string to_json(bool pretty = false) const;
  std::string to_text(bool colour = false) const;  ///< For people: a table, each group with its reason.
  std::string to_dot() const;                      ///< A picture of who reaches what, for Graphviz.
  std::string to_mermaid() const;                  ///< The same picture as a Mermaid flowchart.
};

}  // namespace meshroute
