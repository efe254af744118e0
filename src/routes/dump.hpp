#pragma once

// SPDX-License-Identifier: Apache-2.0
// Finds RouteConfigurations in what people have at hand: one, a list of them, or an Envoy config dump.

#include <nlohmann/json.hpp>
#include <string_view>

#include "meshroute/result.hpp"

namespace meshroute::routes {

/// The RouteConfiguration named `name`; with an empty name the only one there. Fails with the names to choose from. `place`,
/// where it is given, then says where it was: "configs[3].dynamic_route_configs[0].route_config".
Result<nlohmann::json> find_route_configuration(nlohmann::json json, std::string_view name, std::string* place = nullptr);

}  // namespace meshroute::routes
