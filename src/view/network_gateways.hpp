#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where the networks of a mesh are entered.

#include <vector>

#include "view/internal.hpp"

namespace meshroute::view {

/// The gateways of all networks, each once, in order (C37, C37a).
std::vector<NetworkGateway> network_gateways(const registry::Snapshot& snapshot);

}  // namespace meshroute::view
