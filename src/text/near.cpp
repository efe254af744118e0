// SPDX-License-Identifier: Apache-2.0
// The known word that was probably meant.
#include "text/near.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace meshroute::text {

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  const auto fold = [](std::string_view word) {
    std::string folded;
    for (const char letter : word) {
      if (letter == '_' || letter == '-') continue;
      folded += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return folded;
  };
  if (name.size() > 80) return {};
  const std::string wanted = fold(name);
  std::string_view best;
  std::size_t least = 3;
  if (wanted.size() < 6) least = 2;
  for (const std::string_view candidate : known) {
    const std::string other = fold(candidate);
    if (other == wanted) return candidate;
    std::vector<std::size_t> row(other.size() + 1), last(row.size()), before_last(row.size());
    for (std::size_t column = 0; column < row.size(); ++column) row[column] = column;
    for (std::size_t line = 1; line <= wanted.size(); ++line) {
      before_last.swap(last);
      last.swap(row);
      row[0] = line;
      for (std::size_t column = 1; column < row.size(); ++column) {
        const bool same = wanted[line - 1] == other[column - 1];
        row[column] = std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + (same ? 0U : 1U)});
        const bool swapped =
            line > 1 && column > 1 && wanted[line - 1] == other[column - 2] && wanted[line - 2] == other[column - 1];
        if (swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
      }
    }
    if (row.back() < least) {
      least = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace meshroute::text
