// SPDX-License-Identifier: Apache-2.0
// Caret pictures and aligned tables.
#include "render/text_parts.hpp"

#include <algorithm>

namespace meshroute::render {

namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string caret_picture(std::string_view line_text, std::uint32_t line, std::uint32_t column) {
  const std::string number = std::to_string(line);
  std::string text = "  " + number + " | " + std::string(line_text) + "\n";
  text += "  " + std::string(number.size(), ' ') + " | ";
  std::uint32_t at = 1;
  for (std::size_t i = 0; i < line_text.size() && at < column; ++i) {
    if ((static_cast<unsigned char>(line_text[i]) & 0xC0U) == 0x80U) continue;  // inside a code point
    text += line_text[i] == '\t' ? '\t' : ' ';                                  // a tab keeps the caret under its column
    ++at;
  }
  return text + "^\n";
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], code_points(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    text += indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] - code_points(row[i]) + 2, ' ');
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  return text;
}

}  // namespace meshroute::render
