#pragma once

// SPDX-License-Identifier: Apache-2.0
// Routes as JSON text. The members of an object are in the order of their names.

#include <string>
#include <string_view>

#include "envoy/route.hpp"
#include "text/json_writer.hpp"

namespace meshroute::envoy {

/// protojson is Envoy's; contract is the form of a view's `routes` (src/spec/contracts.md).
enum class Form : std::uint8_t { protojson, contract };

void write(text::JsonWriter& json, const VirtualHost& host, Form form);
void write(text::JsonWriter& json, const RouteConfiguration& configuration, Form form);
/// The same in parts, for virtual hosts that are made one by one: the start, the virtual hosts, the end.
void begin(text::JsonWriter& json, const RouteConfiguration& configuration, Form form, std::string_view type = {});
void end(text::JsonWriter& json);
/// As protojson with its type URL first, as it stands in an Any.
void write_any(text::JsonWriter& json, const RouteConfiguration& configuration, std::string_view type);

/// In one line of protojson.
std::string protojson(const Redirect& redirect);
std::string protojson(const RetryPolicy& policy);

}  // namespace meshroute::envoy
