#pragma once

// SPDX-License-Identifier: Apache-2.0
// What was loaded becomes part of the mesh.

#include "mesh/load.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::mesh {

/// Applies the resources, wholly or (out of memory) not at all. Istio's own ConfigMap configures the mesh where `own_settings`.
/// Returns the report of the load, and what only the whole mesh can tell: AN0102, AN0103.
Report commit(Loaded loaded, registry::Registry& registry, bool own_settings);

}  // namespace meshroute::mesh
