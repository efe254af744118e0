// SPDX-License-Identifier: Apache-2.0
// Reads durations as Go does, and tells those that protobuf's JSON takes.
#include "match/duration.hpp"

namespace meshroute::match {

std::optional<std::int64_t> parse_go_duration(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t kMost = 1ULL << 63U;
  std::uint64_t total = 0;
  while (!text.empty()) {
    std::uint64_t whole = 0, fraction = 0;
    double scale = 1;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      if (whole > kMost / 10) return std::nullopt;
      whole = whole * 10 + static_cast<std::uint64_t>(text.front() - '0');
      if (whole > kMost) return std::nullopt;
      any = true;
      text.remove_prefix(1);
    }
    if (!text.empty() && text.front() == '.') {
      text.remove_prefix(1);
      bool overflow = false;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        any = true;
        if (!overflow) {
          if (fraction > (kMost - 1) / 10) {
            overflow = true;
          } else {
            const std::uint64_t next = fraction * 10 + static_cast<std::uint64_t>(text.front() - '0');
            if (next > kMost) {
              overflow = true;
            } else {
              fraction = next;
              scale *= 10;
            }
          }
        }
        text.remove_prefix(1);
      }
    }
    if (!any) return std::nullopt;
    std::size_t length = 0;
    while (length < text.size() && text[length] != '.' && !(text[length] >= '0' && text[length] <= '9')) ++length;
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    std::uint64_t unit = 0;
    if (name == "ns") unit = 1;
    if (name == "us" || name == "\u00b5s" || name == "\u03bcs") unit = 1'000;
    if (name == "ms") unit = 1'000'000;
    if (name == "s") unit = 1'000'000'000;
    if (name == "m") unit = 60'000'000'000;
    if (name == "h") unit = 3'600'000'000'000;
    if (unit == 0 || whole > kMost / unit) return std::nullopt;
    std::uint64_t value = whole * unit;
    if (fraction > 0) {
      value += static_cast<std::uint64_t>(static_cast<double>(fraction) * (static_cast<double>(unit) / scale));
      if (value > kMost) return std::nullopt;
    }
    total += value;
    if (total > kMost) return std::nullopt;
  }
  if (negative) return static_cast<std::int64_t>(0 - total);
  if (total > kMost - 1) return std::nullopt;
  return static_cast<std::int64_t>(total);
}

bool is_protobuf_duration(std::string_view text) {
  if (!text.ends_with('s')) return false;
  text.remove_suffix(1);
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '.' && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.find('.') == text.rfind('.');
}

}  // namespace meshroute::match
