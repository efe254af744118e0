#pragma once

// SPDX-License-Identifier: Apache-2.0
// What texts for people are made of: caret pictures, columns, counts, shares, values.

#include <cstddef>
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

/// "1 file", "2 files", "2 proxies".
std::string counted(std::size_t count, std::string_view noun);

/// A share in percent, with four digits at most: "33.33 %".
std::string percent(double share);

/// A value that is kept as JSON, without quotes and brackets: "nothing", "a, b", "v1 90 %, v2 10 %".
std::string value_text(std::string_view json);

}  // namespace meshroute::render
