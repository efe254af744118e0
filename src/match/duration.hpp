#pragma once

// SPDX-License-Identifier: Apache-2.0
// Durations as text. Go, and so Istio and Kubernetes, reads another form than protobuf, and so Envoy.
#include <cstdint>
#include <optional>
#include <string_view>

namespace meshroute::match {

/// Go's time.ParseDuration, in nanoseconds: numbers with a unit each ("1h30m", "1.5s", "-5ms"); no value where it refuses.
std::optional<std::int64_t> parse_go_duration(std::string_view text);

/// Whether it has protobuf's JSON form, which Envoy reads: one number of seconds with an s ("1.5s").
bool is_protobuf_duration(std::string_view text);

}  // namespace meshroute::match
