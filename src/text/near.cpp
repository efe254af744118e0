// SPDX-License-Identifier: Apache-2.0
// The known word that was probably meant.
#include "text/near.hpp"

#include <cstddef>
#include <string>

#include "text/edit_distance.hpp"

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
    const std::size_t letters = distance(wanted, other, least);
    if (letters < least) {
      least = letters;
      best = candidate;
    }
  }
  return best;
}

}  // namespace meshroute::text
