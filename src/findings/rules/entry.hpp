#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the tables of rules are written with.

#include <array>
#include <cstddef>
#include <string_view>

#include "meshroute/diagnostic.hpp"

namespace meshroute::findings {

/// A text as a template argument.
template <std::size_t N>
struct Code {
  char text[N] = {};
  consteval Code(const char (&given)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < N; ++i) text[i] = given[i];
  }
};

template <Code... codes>
inline constexpr std::array<std::string_view, sizeof...(codes)> kPeers{std::string_view(codes.text, sizeof(codes.text) - 1)...};

}  // namespace meshroute::findings
