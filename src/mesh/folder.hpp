#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include "meshroute/mesh.hpp"

namespace meshroute::mesh {

FolderFiles files_of_folder(const std::string& path, const std::vector<std::string>& exclude);

/// Whether a path below a folder, or its last name where the pattern has no slash, has the form of the pattern: `*` and `?` stand
/// for what is within a name, `**` for anything.
bool fits(std::string_view pattern, std::string_view path);

}  // namespace meshroute::mesh
