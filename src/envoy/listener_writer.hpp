#pragma once

// SPDX-License-Identifier: Apache-2.0
// Listeners as protojson, written as they come.

#include <string_view>

#include "envoy/listener.hpp"
#include "text/json_writer.hpp"

namespace meshroute::envoy {

/// `type`: the type URL to write first, where the message stands in an Any; empty: none.
void write(text::JsonWriter& json, const Listener& listener, std::string_view type = {});

inline constexpr std::string_view kListenerType = "type.googleapis.com/envoy.config.listener.v3.Listener";

}  // namespace meshroute::envoy
