#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which of the workloads that are loaded reach a host.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "meshroute/reach.hpp"
#include "meshroute/resource.hpp"
#include "registry/snapshot.hpp"
#include "resolve/follow.hpp"

namespace meshroute::resolve {

/// Sentences about clients that no proxy answers for.
struct ClientNotes {
  std::function<TraceLine(const Resource& workload)> is_gateway;
  std::function<TraceLine(const Resource& workload, std::string_view host)> asks_dns;
};

/// `port` 0: of the service. `from`: "NAMESPACE" or "NAMESPACE/NAME"; empty: all.
Reach reach(const std::shared_ptr<const registry::Snapshot>& snapshot, std::string_view host, std::uint32_t port,
            std::string_view from, const Tracers& tracers, const ClientNotes& notes);

}  // namespace meshroute::resolve
