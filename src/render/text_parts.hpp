#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::render {

/// The source line with its number, and a caret under the column (code points).
std::string caret_picture(std::string_view line_text, std::uint32_t line, std::uint32_t column);

/// Rows as columns of equal width, two spaces apart; the first row is the heading.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view indent = "");

/// The text with its control characters written out (`\x1b`), so that a name cannot steer a terminal. Line breaks and tabs stay,
/// and with `colour` sequences that only set colours.
std::string printable(std::string_view text, bool colour = false);

}  // namespace meshroute::render
