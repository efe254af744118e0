#pragma once

// SPDX-License-Identifier: Apache-2.0
// How a proxy connects to a cluster's endpoints. Between the sources of the view.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "view/internal.hpp"

namespace meshroute::view {

/// What clusters ask of one snapshot in a row: modes of PeerAuthentication by namespace (E39), what ports' endpoints speak (E40).
class PeerModes {
 public:
  explicit PeerModes(const ProxyView& view) : view_(view) {}
  bool disabled(const std::string& namespace_);
  /// Whether an endpoint of the plan's port says that it speaks no mutual TLS, or no endpoint is there at all (E40).
  bool lacks_mutual_tls(const ClusterPlan& plan);

 private:
  const ProxyView& view_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> lacking_;  ///< by pool and port
};

/// What decides (E36-E40).
ClusterTls::Source tls_source(const ProxyView& view, const ClusterPlan& plan, PeerModes& modes);
/// The SNI of Istio's mutual TLS; empty for a forward proxy, which takes it from the request (G9).
std::string sni_of(const ClusterPlan& plan);
/// Whether an endpoint takes mutual TLS from the cluster (C36).
bool has_mtls(const ProxyView& view, const ClusterPlan& plan, const registry::Endpoint& endpoint);
/// Whether the policy's balancer is PASSTHROUGH.
bool passthrough_balancer(const model::TrafficPolicy& policy);

}  // namespace meshroute::view
