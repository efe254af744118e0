#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meshroute {

struct WeightedCluster {
  std::string name = {};
  std::uint32_t weight = 0;
  std::string authority = {};  ///< this destination's own host rewrite, or empty
};

/// The resource that something comes from. All members are empty, and the line 0, where it comes from none.
struct ResourceOrigin {
  std::string kind = {}, namespace_ = {}, name = {};
  std::string source = {};  ///< the name that its text was loaded under (LoadOptions::name)
  std::uint32_t line = 0;   ///< where its document starts, from 1; 0 where it was not read from a text
};

/// One endpoint that the request can reach.
struct AnswerEndpoint {
  std::string cluster = {}, address = {};
  std::uint32_t port = 0, weight = 1, priority = 0;
  std::string locality = {}, health = {};
  std::map<std::string, std::string> labels = {};
  std::string service_account = {};
  std::string resource = {};   ///< "WorkloadEntry default/vm-1 (mesh.yaml:12)"; empty of a network's gateway
  ResourceOrigin origin = {};  ///< the same, in parts
  std::string network = {};    ///< that the workload is in, or empty
};

/// What leaves for the cluster.
struct UpstreamRequest {
  std::string method = {}, path = {}, authority = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> headers_added = {};
  struct Changed {
    std::string name = {};
    std::vector<std::string> sent = {}, got = {};
  };
  std::vector<Changed> headers_changed = {};
  std::vector<std::string> headers_removed = {};
};

/// What the client gets without an upstream.
struct Response {
  std::uint32_t status = 0;
  std::string flags = {};  ///< Envoy's, comma-separated
  std::vector<std::pair<std::string, std::vector<std::string>>> headers = {};
};

enum class Verdict : std::int32_t { matched = 1, skipped = 2, noted = 3 };

/// One line of the reasons, in the order in which they were found.
struct TraceLine {
  std::string stage = {};
  Verdict verdict = Verdict::noted;
  std::string resource = {}, path = {}, source = {};
  std::uint32_t line = 0, column = 0;
  std::string text = {};
};

/// The answer to one request; absent members are empty. Owns all its text.
struct Answer {
  std::string outcome = {};  ///< routed, redirect, direct_response, no_route, no_virtual_host, no_cluster, no_endpoints,
                             ///< passthrough, blackhole, bad_request
  std::string listener = {}, filter_chain = {}, route_config = {}, virtual_host = {}, route = {};
  std::optional<std::uint32_t> route_index = {};
  std::string config = {};  ///< the VirtualService that owns the route, as in the view
  std::string cluster = {};
  std::vector<WeightedCluster> weighted_clusters = {};
  std::string redirect = {};  ///< protojson of the redirect action
  std::optional<std::uint32_t> direct_response = {};
  std::string error = {};
  std::string path = {}, authority = {};  ///< when rewritten (or the path normalised)
  std::string timeout = {};
  std::optional<std::uint32_t> grpc_status = {};
  std::vector<AnswerEndpoint> endpoints = {};
  std::optional<UpstreamRequest> upstream_request = {};
  std::vector<std::string> mirrors = {};
  std::string retries = {};  ///< protojson of the retry policy
  std::optional<Response> response = {};
  std::string picked_cluster = {}, picked_endpoint = {};
  std::vector<TraceLine> trace = {};

  std::string to_json() const;
  std::string to_text(bool explain = false, bool colour = false) const;
};

/// Why a proxy sees a host as it does, or does not see it. Owns all its text.
struct Reasons {
  std::string host = {};              ///< the full name, where a short one was asked for
  bool visible = false;               ///< the proxy has this service
  std::vector<TraceLine> lines = {};  ///< definitions, workloads, DestinationRules, VirtualServices, clusters

  /// {"host","visible","reasons":[as the trace of an answer]}
  std::string to_json() const;
  std::string to_text(bool colour = false) const;
};

}  // namespace meshroute
