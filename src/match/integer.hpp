#pragma once

// SPDX-License-Identifier: Apache-2.0
// Decimal integers as text. Istio's checks are Go, which takes only digits and a sign; Envoy also takes white space around
// them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshroute::match {

/// Go's strconv.Atoi: digits, one sign before them; no value for anything else, and beyond 64 bits.
std::optional<std::int64_t> parse_go_integer(std::string_view text);

/// As Envoy reads the value of a header (abseil's SimpleAtoi): the same, with white space before and behind.
std::optional<std::int64_t> parse_envoy_integer(std::string_view text);

}  // namespace meshroute::match
