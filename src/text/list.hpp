#pragma once

// SPDX-License-Identifier: Apache-2.0
// Lists of texts: in words, what is among them, and the place of an element in a field path.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::text {

/// "a, b, c".
inline std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

/// "a, b and 3 more": at most so many of them.
inline std::string some_of(const std::vector<std::string>& texts, std::size_t most) {
  if (texts.size() <= most) return join(texts);
  const std::vector<std::string> first(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(most));
  return join(first) + " and " + std::to_string(texts.size() - most) + " more";
}

inline bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// "spec.http[2]".
inline std::string element(const char* list, std::size_t index) { return std::string(list) + "[" + std::to_string(index) + "]"; }

}  // namespace meshroute::text
