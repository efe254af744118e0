#pragma once

// SPDX-License-Identifier: Apache-2.0
// Lists in words, and the place of an element in a field path.

#include <cstddef>
#include <string>
#include <vector>

namespace meshroute::text {

/// "a, b, c".
inline std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

/// "spec.http[2]".
inline std::string element(const char* list, std::size_t index) { return std::string(list) + "[" + std::to_string(index) + "]"; }

}  // namespace meshroute::text
