#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Visits the clusters that a routed request can reach and that keep to a service: the picked one, the only one, or all with a
/// weight above 0.
template <class Visit>
void each_reached(const view::ProxyView& view, const Answer& answer, Visit&& visit) {
  if (answer.outcome != "routed") return;
  const auto one = [&](const std::string& cluster) {
    if (const view::ClusterTls* tls = view.cluster_tls(cluster)) visit(cluster, *tls);
  };
  if (!answer.picked_cluster.empty()) return one(answer.picked_cluster);
  if (!answer.cluster.empty()) return one(answer.cluster);
  for (const auto& destination : answer.weighted_clusters) {
    if (destination.weight > 0) one(destination.name);
  }
}

/// Writes upstream_tls, but for its `why`.
void fill_upstream_tls(const view::ProxyView& view, const Request& request, Answer& answer);

}  // namespace meshroute::resolve
