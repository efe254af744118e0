// SPDX-License-Identifier: Apache-2.0
// Numbers and bytes as Go's JSON decoders take them.
#include "text/go_json.hpp"

#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

#include "text/base64.hpp"

namespace meshroute::text {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

bool is_number(const Node& node) { return node.kind == Kind::integer || node.kind == Kind::number; }

std::string_view trim(std::string_view text, std::string_view spaces) {
  const std::size_t first = text.find_first_not_of(spaces);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (digits() == 0) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

template <class T>
std::optional<T> parse_integer(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> integral(const Node& node) {
  if (!is_number(node)) return std::nullopt;
  if (!(node.number >= -kTwoTo63 && node.number <= kTwoTo63)) return std::nullopt;
  if (node.kind == Kind::integer) {
    // At the edge of the range the double is rounded: then only the spelling knows.
    if (node.number < kTwoTo63) return node.integer;
    if (node.integer > 0) return node.integer;
    return std::nullopt;
  }
  if (node.number >= kTwoTo63 || std::trunc(node.number) != node.number) return std::nullopt;
  return static_cast<std::int64_t>(node.number);
}

template <class T>
std::optional<T> go_integer(const Node& node) {
  if (node.kind == Kind::null) return T{};
  if (is_number(node)) {
    if (const auto whole = integral(node)) return std::in_range<T>(*whole) ? std::optional(static_cast<T>(*whole)) : std::nullopt;
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (const auto value = parse_integer<T>(node.text)) return value;
      if (node.number >= kTwoTo63 && node.number < 2 * kTwoTo63 && std::trunc(node.number) == node.number) {
        return static_cast<T>(node.number);
      }
    }
    return std::nullopt;
  }
  if (node.kind != Kind::string) return std::nullopt;
  // Inside of quotes JSON has other white space escaped, and the decoder only takes the quotes away.
  const std::string_view trimmed = trim(node.text, " ");
  if (trimmed == "-0" || trimmed == "null") return T{};
  return is_json_number(trimmed) ? parse_integer<T>(trimmed) : std::nullopt;
}

template std::optional<std::int32_t> go_integer<std::int32_t>(const Node&);
template std::optional<std::uint32_t> go_integer<std::uint32_t>(const Node&);
template std::optional<std::int64_t> go_integer<std::int64_t>(const Node&);
template std::optional<std::uint64_t> go_integer<std::uint64_t>(const Node&);

std::optional<double> go_floating(const Node& node) {
  if (node.kind == Kind::null) return 0;
  if (is_number(node)) return node.number;
  if (node.kind != Kind::string) return std::nullopt;
  if (node.text == "NaN") return std::nan("");
  if (node.text == "Infinity") return INFINITY;
  if (node.text == "-Infinity") return -INFINITY;
  const std::string_view trimmed = trim(node.text, " ");
  if (trimmed == "null") return 0;
  double parsed = 0;
  if (!is_json_number(trimmed)) return std::nullopt;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), parsed);
  return error == std::errc() ? std::optional(parsed) : std::nullopt;
}

std::optional<std::string> go_bytes(const Node& node) {
  if (node.kind == Kind::null) return std::string();
  if (node.kind == Kind::string) return decode_base64(node.text);
  if (!node.is_list()) return std::nullopt;
  std::string bytes;
  for (const Node& item : node.items) {
    const auto value = item.kind == Kind::null ? std::optional<std::int64_t>(0) : integral(item);
    if (!value || *value < 0 || *value > 255) return std::nullopt;
    bytes += static_cast<char>(*value);
  }
  return bytes;
}

std::optional<std::uint32_t> go_map_key(std::string_view text) {
  const std::string_view trimmed = trim(text, " \t\n\r");
  return is_json_number(trimmed) ? parse_integer<std::uint32_t>(trimmed) : std::nullopt;
}

}  // namespace meshroute::text
