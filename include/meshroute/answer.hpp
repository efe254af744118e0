#pragma once

// SPDX-License-Identifier: Apache-2.0
// The answer to one request, and the story of one host.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/model/map.hpp"

namespace meshroute {
/// One destination of a route with weights.
struct WeightedCluster {
  std::string name = {};
  std::uint32_t weight = 0;
  /// This destination's own host rewrite; empty: none.
  std::string authority = {};
};

/// The resource that something comes from. Without one, all members are empty and the line is 0.
struct ResourceOrigin {
  std::string kind = {}, namespace_ = {}, name = {};
  /// The name that its text was loaded under (LoadOptions::name).
  std::string source = {};
  /// Where its document starts, from 1; 0 if it was not read from a text.
  std::uint32_t line = 0;
};

/// One endpoint that the request can reach.
struct AnswerEndpoint {
  std::string cluster = {}, address = {};
  std::uint32_t port = 0, weight = 1, priority = 0;
  std::string locality = {}, health = {};
  Labels labels = {};
  std::string service_account = {};
  /// "WorkloadEntry default/vm-1 (mesh.yaml:12)"; empty for a network's gateway.
  std::string resource = {};
  /// The same, in parts.
  ResourceOrigin origin = {};
  /// The workload's network, or empty.
  std::string network = {};
  /// No Pod is given: `resource` is the template that would make one, the address is made up.
  bool assumed = false;
};

/// The request that the proxy sends to the cluster.
struct UpstreamRequest {
  std::string method = {}, path = {}, authority = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> headers_added = {};
  /// One whose values the proxy changes.
  struct Changed {
    std::string name = {};
    std::vector<std::string> sent = {}, got = {};
  };
  std::vector<Changed> headers_changed = {};
  std::vector<std::string> headers_removed = {};
};

/// The response that the proxy itself gives, without an upstream.
struct Response {
  std::uint32_t status = 0;
  /// Envoy's, comma-separated.
  std::string flags = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> headers = {};
};
/// matched: the thing decides or takes part; skipped: a condition failed; noted: a fact beside the decision.
enum class Verdict : std::int32_t { matched = 1, skipped = 2, noted = 3 };

/// One line of the reasons, in the order of the decisions. Without a place, source is empty and line is 0.
struct TraceLine {
  std::string stage = {};
  Verdict verdict = Verdict::noted;
  std::string resource = {}, path = {}, source = {};
  std::uint32_t line = 0, column = 0;
  std::string text = {};
  /// Which kind of line it is, stable: "subset_missing"; trace_codes() lists all.
  std::string code = {};
  /// One imperative that names the resource and field to change; empty where nothing is to be done.
  std::string hint = {};
};

/// A kind of line, by its code: what such lines say, in words. Text lives as long as the program.
struct TraceCode {
  std::string_view code = {}, meaning = {};
};
/// All kinds of lines that a trace, a server's trace, a route table's trace and the reasons of a host can have.
std::span<const TraceCode> trace_codes() noexcept;
/// The code that is the word, or all where it is empty: a list of {"code","meaning"}.
std::string trace_codes_to_json(std::string_view word = {}, bool pretty = false);

/// How the proxy connects to the endpoints. All members are empty where nothing leaves for a cluster.
struct UpstreamTls {
  /// none, simple, mutual, or mixed: it differs from endpoint to endpoint.
  std::string mode = {};
  /// That the proxy sends; empty: none, or it differs from cluster to cluster.
  std::string sni = {};
  /// One of which the endpoint's certificate must have, sorted; empty: any, or it differs.
  std::vector<std::string> sans = {};
  /// Who decided it, a sentence; with a trace only.
  std::string why = {};
};

/// The answer to one request; absent members are empty. Owns all its text.
struct Answer {
  /// routed, redirect, direct_response, no_route, no_virtual_host, no_cluster, no_endpoints, passthrough, blackhole,
  /// bad_request, denied (by the access policies of a gateway).
  std::string outcome = {};
  std::string listener = {}, filter_chain = {}, route_config = {}, virtual_host = {}, route = {};
  /// Of a gateway, whose chains have no names: the chain's place.
  std::optional<std::uint32_t> filter_chain_index = {};
  std::optional<std::uint32_t> route_index = {};
  /// Path of the VirtualService that owns the route, as in the view.
  std::string config = {};
  std::string cluster = {};
  std::vector<WeightedCluster> weighted_clusters = {};
  /// protojson of the redirect action.
  std::string redirect = {};
  std::optional<std::uint32_t> direct_response = {};
  std::string error = {};
  /// Only if rewritten (or the path normalised).
  std::string path = {}, authority = {};
  std::string timeout = {};
  std::optional<std::uint32_t> grpc_status = {};
  std::vector<AnswerEndpoint> endpoints = {};
  std::optional<UpstreamRequest> upstream_request = {};
  std::vector<std::string> mirrors = {};
  /// protojson of the retry policy.
  std::string retries = {};
  std::optional<Response> response = {};
  std::string picked_cluster = {}, picked_endpoint = {};
  std::vector<TraceLine> trace = {};
  /// Percent of such requests, 0 to 100, that fail by configuration: missing and empty clusters by weight, aborts by
  /// their share; 404, a refused connection and an unknown host under REGISTRY_ONLY count 100, redirects and a VirtualService's
  /// direct responses 0.
  double failure_percent = 0;
  /// Not of a RouteTable, and not without ResolveOptions::upstream_request.
  UpstreamTls upstream_tls = {};
  /// With a trace, where the request fails or does not go where it seems to: the lines of the trace that explain it, the one that
  /// decides first.
  std::vector<TraceLine> because = {};

  /// The JSON form of the contract.
  std::string to_json(bool pretty = false) const;
  /// For people; explain: with the reasons.
  std::string to_text(bool explain = false, bool colour = false) const;
};

/// Why a proxy sees a host, or does not. Owns all its text.
struct Reasons {
  /// The full name, also if a short one was asked for.
  std::string host = {};
  /// The proxy has the service, or routes the host by a wildcard or a VirtualService.
  bool visible = false;
  /// Definitions, workloads, rules, and what becomes of a request to each port.
  std::vector<TraceLine> lines = {};

  /// {"host","visible","reasons":[as the trace of an answer]}
  std::string to_json(bool pretty = false) const;
  /// The lines for people.
  std::string to_text(bool colour = false) const;
};

}  // namespace meshroute
