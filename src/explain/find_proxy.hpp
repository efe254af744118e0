#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include "meshroute/snapshot.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::explain {

/// The proxy of "NAMESPACE/NAME", or of "NAMESPACE" (KD5).
FoundProxy find_proxy(const registry::Snapshot& snapshot, std::string_view name);

}  // namespace meshroute::explain
