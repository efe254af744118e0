#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <functional>
#include <string_view>

#include "meshroute/snapshot.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::explain {

/// The proxy of "NAMESPACE/NAME", or of "NAMESPACE" (KD5).
FoundProxy find_proxy(const registry::Snapshot& snapshot, std::string_view name);

/// Visits the proxy of each workload that is loaded, as find_proxy gives it by its name, in document order.
void each_workload(const registry::Snapshot& snapshot, const std::function<void(const Resource& workload, Proxy&& proxy)>& visit);

}  // namespace meshroute::explain
