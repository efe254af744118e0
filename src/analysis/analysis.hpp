#pragma once

// SPDX-License-Identifier: Apache-2.0
// Rules over several resources.

#include "meshroute/diagnostic.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::analysis {

/// Findings over all resources of a snapshot, in document order.
Report analyze(const registry::Snapshot& snapshot);

}  // namespace meshroute::analysis
