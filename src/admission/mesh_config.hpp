#pragma once

// SPDX-License-Identifier: Apache-2.0
// Istio's MeshConfig and MeshNetworks: unknown fields, and values that istiod cannot decode.

#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.hpp"
#include "text/document.hpp"

namespace meshroute::admission {

/// The findings on `root`, a message "MeshConfig" or "MeshNetworks". Paths begin with `path`, which may be empty.
std::vector<findings::Finding> check_mesh_config(const text::Node& root, std::string_view message, std::string path = {});

}  // namespace meshroute::admission
