#pragma once

// SPDX-License-Identifier: Apache-2.0
// The second of two versions of large files, read only where they differ.

#include <optional>
#include <string>

#include "options.hpp"

namespace cli {

/// The snapshot of the mesh at `after`, made from `before`, which was loaded from the path `old`: only what differs is read, into
/// `before.mesh`. Nothing where it is not certain that this gives the same mesh, or does not pay; `before.mesh` is then as it
/// was.
std::optional<Snapshot> load_change(const Loaded& before, const MeshOptions& options, const std::string& old,
                                    const std::string& after);

}  // namespace cli
