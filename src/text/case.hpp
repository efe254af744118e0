#pragma once

// SPDX-License-Identifier: Apache-2.0
// Lower case as hosts, header names and Go's ASCII functions have it: no locale, no other letters.

#include <algorithm>
#include <string>
#include <string_view>

namespace meshroute::text {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// In place, for any kind of string.
template <class String>
void make_lower(String& text) {
  for (char& c : text) c = lower(c);
}

inline std::string lower(std::string_view text) {
  std::string result(text);
  make_lower(result);
  return result;
}

inline bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c != lower(c); });
}

/// Whether `text` in lower case is `lowered`, which is in lower case already.
inline bool lower_is(std::string_view text, std::string_view lowered) {
  return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(), [](char a, char b) { return lower(a) == b; });
}

}  // namespace meshroute::text
