#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include "meshroute/resource.hpp"

namespace meshroute::schema {

/// Whether the resource asks to be spared this rule's findings: its annotation `galley.istio.io/analyze-suppress` (as for
/// `istioctl analyze`) lists rule ids with commas between them, or is `*`. Only findings that refuse nothing are spared.
bool suppressed(const Metadata& metadata, std::string_view rule);

}  // namespace meshroute::schema
