#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string_view>

namespace meshroute {

/// This library's version, semantic.
std::string_view version();
/// The Istio level whose semantics apply.
std::string_view istio_version();
/// The Envoy level whose semantics apply.
std::string_view envoy_version();

}  // namespace meshroute
