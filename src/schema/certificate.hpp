#pragma once

// SPDX-License-Identifier: Apache-2.0
// What an X.509 certificate in PEM says of itself: until when it holds. Nothing is verified.

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshroute::schema {

/// In seconds since 1970.
struct Validity {
  std::int64_t not_before = 0, not_after = 0;
};

/// The validity of the first certificate of a PEM text; nothing where it cannot be read.
std::optional<Validity> certificate_validity(std::string_view pem);

}  // namespace meshroute::schema
