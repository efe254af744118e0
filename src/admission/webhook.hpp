#pragma once

// SPDX-License-Identifier: Apache-2.0
// What Istio's validating webhook says of one resource.

#include <vector>

#include "findings/finding.hpp"
#include "meshroute/resource.hpp"

namespace meshroute::admission {

using findings::Finding;
using findings::RuleId;

/// The webhook's findings (layer webhook): errors refuse, warnings do not. Finding::position is left to the caller,
/// who knows the document; Finding::path names the place.
std::vector<Finding> validate(const Resource& resource);

}  // namespace meshroute::admission
