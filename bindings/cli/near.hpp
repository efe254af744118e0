#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// The known word that was probably meant: at most two letters differ, or it begins with `word`. Empty where there is none.
inline std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = word.size() < 5 ? 2 : 3;
  for (const auto& other : known) {
    std::vector<std::size_t> before, above, row(other.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t line = 1; line <= word.size(); ++line) {
      before = std::exchange(above, row);
      row[0] = line;
      for (std::size_t i = 1; i < row.size(); ++i) {
        row[i] = std::min({above[i] + 1, row[i - 1] + 1, above[i - 1] + (word[line - 1] == other[i - 1] ? 0U : 1U)});
        if (line > 1 && i > 1 && word[line - 1] == other[i - 2] && word[line - 2] == other[i - 1])
          row[i] = std::min(row[i], before[i - 2] + 1);  // two letters swapped
      }
    }
    const std::size_t distance = word.size() > 2 && other.starts_with(word) ? 1 : row.back();
    if (distance >= least) continue;
    least = distance;
    best = other;
  }
  return best;
}

}  // namespace cli
