#pragma once

// SPDX-License-Identifier: Apache-2.0
// Routes out of documents.

#include "envoy/refusal.hpp"
#include "envoy/route.hpp"
#include "text/document.hpp"

namespace meshroute::envoy {

/// Reads protojson (snake_case or lowerCamelCase names). A route's `config` is metadata.filterMetadata.istio.config. Where
/// anything is refused, nothing is read.
RouteConfiguration read_route_configuration(const text::Node& root, Refusals& refusals);

}  // namespace meshroute::envoy
