#pragma once

// SPDX-License-Identifier: Apache-2.0
// What was loaded becomes part of the mesh.

#include <optional>

#include "mesh/load.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::mesh {

/// Where the mesh's settings come from.
struct SettingsSource {
  bool given = false;                      ///< by MeshOptions: files are not asked
  std::optional<MeshTexts::From> taken{};  ///< the kind of document that gave them, or none so far
};

/// Applies the resources, wholly or (out of memory) not at all. A document with a MeshConfig configures the mesh where no better
/// one has. Returns the report of the load, and what only the whole mesh can tell: AN0102, AN0103, AN0105.
Report commit(Loaded loaded, registry::Registry& registry, SettingsSource& source);

}  // namespace meshroute::mesh
