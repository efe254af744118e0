#pragma once

// SPDX-License-Identifier: Apache-2.0
// Results as JSON and as text for people. The methods to_json and to_text of Report and Answer are here too.

#include <string>
#include <string_view>

#include "meshroute/view.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::render {

/// An empty section means all; "null" for a section that is not known.
std::string view_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);
/// The RouteConfigurations as Envoy's protojson, a list.
std::string envoy_routes_json(const view::ProxyView& view);
std::string view_text(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);

}  // namespace meshroute::render
