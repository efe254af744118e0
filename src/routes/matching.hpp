#pragma once

// SPDX-License-Identifier: Apache-2.0
// Whether a route's conditions hold for a request, and which one does not.

#include <cstdint>
#include <optional>
#include <string>

#include "routes/asked.hpp"
#include "routes/compiled.hpp"

namespace meshroute::routes {

bool header_matches(const HeaderMatch& match, const Headers& headers);

/// Whether a share is hit; without a random value, whether it can be.
bool hit(const Fraction& fraction, const std::optional<std::uint64_t>& random);

/// "12.5 %".
std::string shown_share(const Fraction& fraction);

/// Envoy's order: path, headers, query parameters, metadata and share.
bool matches(const Route& route, const Asked& asked, const std::optional<std::uint64_t>& random);

/// The first condition that fails, in words with both values; empty where the route matches.
std::string first_failure(const Route& route, const Asked& asked, const std::optional<std::uint64_t>& random);

}  // namespace meshroute::routes
