// SPDX-License-Identifier: Apache-2.0
// Caret pictures, aligned tables, counts and shares, values.
#include "render/text_parts.hpp"

#include <algorithm>
#include <cstdio>

#include "text/json_tree.hpp"
#include "text/list.hpp"

namespace meshroute::render {

namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string caret_picture(std::string_view line_text, std::uint32_t line, std::uint32_t column) {
  // Of a long line only what is around the column is shown.
  constexpr std::uint32_t kBefore = 100;
  constexpr std::size_t kMost = 400;
  const auto skip = [&](std::size_t count) {  // code points
    std::size_t i = 0;
    for (; i < line_text.size() && count > 0; --count) {
      for (++i; i < line_text.size() && (static_cast<unsigned char>(line_text[i]) & 0xC0U) == 0x80U;) ++i;
    }
    return i;
  };
  std::string cut;
  if (column > kMost) {
    line_text.remove_prefix(skip(column - 1 - kBefore));
    cut = "…" + std::string(line_text.substr(0, skip(kMost)));
    column = kBefore + 2;
  } else {
    cut = line_text.substr(0, skip(kMost));
  }
  line_text = cut;
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

std::string printable(std::string_view text, bool colour) {
  constexpr std::string_view kEscape = "\x1b[";
  const auto hidden = [](std::uint32_t point) {  // controls, and what changes the direction of the text
    return (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0) ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  };
  const auto may_begin_hidden = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F || byte == 0xC2 || byte == 0xE2;
  };
  std::string out;
  out.reserve(text.size());
  for (auto at = text.begin(); at != text.end();) {
    const auto plain = std::find_if(at, text.end(), may_begin_hidden);
    out.append(at, plain);
    if (plain == text.end()) break;
    const std::string_view rest(plain, text.end());
    const auto lead = static_cast<unsigned char>(*plain);
    const std::size_t size = std::min<std::size_t>(rest.size(), lead == 0xE2 ? 3 : lead == 0xC2 ? 2 : 1);
    std::uint32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t k = 1; k < size; ++k) point = (point << 6U) | (static_cast<unsigned char>(rest[k]) & 0x3FU);
    std::size_t kept = hidden(point) ? 0 : size;
    if (colour && rest.starts_with(kEscape)) {
      const std::size_t end = rest.find_first_not_of("0123456789;", kEscape.size());
      if (end != std::string_view::npos && rest[end] == 'm') kept = end + 1;
    }
    out += rest.substr(0, kept);
    if (kept == 0) {
      char shown[16];
      std::snprintf(shown, sizeof shown, point < 0x100 ? "\\x%02x" : "\\u%04x", point);
      out += shown;
    }
    at = plain + static_cast<std::ptrdiff_t>(std::max(kept, size));
  }
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  std::string text = std::to_string(count) + " ";
  text += noun;
  if (count == 1) return text;
  if (text.ends_with('y')) {
    text.back() = 'i';
    return text + "es";
  }
  return text + "s";
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", share);
  return text;
}

std::string value_text(std::string_view json) {
  const text::OrderedJson value = text::json_or_text(json);
  const auto plain = [](const text::OrderedJson& one) { return one.is_string() ? one.text() : one.dump(); };
  if (value.is_null()) return "nothing";
  if (!value.is_object() && !value.is_array()) return plain(value);
  std::vector<std::string> parts;
  for (const auto& [key, each] : value.items()) parts.push_back(key + " " + plain(each) + (each.is_number() ? " %" : ""));
  if (value.is_array()) {
    for (const auto& each : value) parts.push_back(plain(each));
  }
  return parts.empty() ? "nothing" : text::join(parts);
}

}  // namespace meshroute::render
