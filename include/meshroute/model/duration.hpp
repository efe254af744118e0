#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <compare>
#include <cstdint>

namespace meshroute::model {

/// `google.protobuf.Duration`: both parts have the same sign, |nanos| < 1e9.
struct Duration {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;

  auto operator<=>(const Duration&) const = default;
};

}  // namespace meshroute::model
