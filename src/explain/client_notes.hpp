#pragma once

// SPDX-License-Identifier: Apache-2.0
// What is said of clients that no proxy answers for.

#include <string_view>

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "meshroute/resource.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::explain {

/// A Gateway selects the workload.
TraceLine gateway_client(const Resource& workload);
/// The workload has no sidecar, and the host is no Kubernetes Service with an endpoint for the port.
TraceLine plain_client(const Resource& workload, std::string_view host);

/// The client has no sidecar, and why.
TraceLine no_sidecar(const registry::Snapshot& snapshot, const Proxy& client);

}  // namespace meshroute::explain
