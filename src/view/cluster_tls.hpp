#pragma once

// SPDX-License-Identifier: Apache-2.0
// How a proxy connects to a cluster's endpoints. Between the sources of the view.

#include <map>
#include <string>
#include <string_view>

#include "view/internal.hpp"

namespace meshroute::view {

/// Modes of PeerAuthentication by namespace (E39): clusters of one namespace ask in a row.
class PeerModes {
 public:
  explicit PeerModes(const registry::Snapshot& snapshot) : snapshot_(snapshot) {}
  bool disabled(const std::string& namespace_);

 private:
  const registry::Snapshot& snapshot_;
  std::map<std::string_view, bool> known_;
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
