// SPDX-License-Identifier: Apache-2.0
// How far two words are from one another.
#include "text/edit_distance.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace meshroute::text {

std::size_t distance(std::string_view one, std::string_view other, std::size_t most) {
  if (one.size() > other.size()) std::swap(one, other);
  if (other.size() - one.size() > most) return most + 1;
  if (most == 0) return one == other ? 0 : 1;
  // Three lines of the table of the optimal alignment: a swap looks two lines back.
  std::vector<std::size_t> before(other.size() + 1), above(other.size() + 1), row(other.size() + 1);
  for (std::size_t k = 0; k < row.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    std::size_t least = i;
    for (std::size_t k = 1; k < row.size(); ++k) {
      row[k] = std::min({above[k] + 1, row[k - 1] + 1, above[k - 1] + (one[i - 1] == other[k - 1] ? 0U : 1U)});
      if (i > 1 && k > 1 && one[i - 1] == other[k - 2] && one[i - 2] == other[k - 1])
        row[k] = std::min(row[k], before[k - 2] + 1);
      least = std::min(least, row[k]);
    }
    if (least > most) return most + 1;
  }
  return std::min(row.back(), most + 1);
}

}  // namespace meshroute::text
