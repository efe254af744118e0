#pragma once

// SPDX-License-Identifier: Apache-2.0
// RouteConfigurations in lists and in the dumps of Envoy and istioctl.

#include <string_view>

#include "meshroute/result.hpp"
#include "text/document.hpp"

namespace meshroute::routes {

/// The RouteConfiguration named `name`, a part of `root`; with an empty name the only one there. Fails with the names to
/// choose from.
Result<const text::Node*> find_route_configuration(const text::Node& root, std::string_view name);

}  // namespace meshroute::routes
