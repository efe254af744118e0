#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules.hpp"
#include "meshroute/resource.hpp"

namespace meshroute::findings {

/// Whether the resource's annotation `galley.istio.io/analyze-suppress` (as for `istioctl analyze`) lists the rule: ids, names
/// or peers' codes with commas between them, or `*`. Only findings that refuse nothing can be suppressed.
bool suppressed(const Metadata& metadata, RuleId rule);

}  // namespace meshroute::findings
