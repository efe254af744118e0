#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>

#include "meshroute/result.hpp"

namespace meshroute::mesh {

/// The bytes of a file; of one that is larger than `most`, only one more than that. Fails for what cannot be read, such as a
/// folder.
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace meshroute::mesh
