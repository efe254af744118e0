#pragma once

// SPDX-License-Identifier: Apache-2.0
// Versions: of the library, and of the Istio and Envoy that it follows.
#include <string_view>

namespace meshroute {

/// This library's version (semantic versioning).
std::string_view version();
/// The version of Istio that the library follows.
std::string_view istio_version();
/// The version of Envoy that the library follows.
std::string_view envoy_version();

}  // namespace meshroute
