#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's messages as documents, as protobuf's JSON reader takes them.

#include <string_view>

#include "envoy/refusal.hpp"
#include "text/document.hpp"

namespace meshroute::envoy {

/// A field by its snake_case name, also spelled in lowerCamelCase; null where it is missing or null.
const text::Node* field(const text::Node& message, std::string_view name);

/// Refuses a RouteConfiguration whose fields are of other types than protobuf's JSON form has. Unknown fields are left alone,
/// as Envoy leaves them in what it gets at run time.
void check_types(const text::Node& route_configuration, Refusals& refusals);

/// Where "a[0].b_c" is in a document: the deepest part of it that exists, names in either spelling.
text::Position position_of(const text::Node& root, std::string_view path);

}  // namespace meshroute::envoy
