#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string_view>

namespace meshroute::text {

/// How many letters have to be put in, left out, changed or swapped with their neighbour to make one word of the other; at most
/// `most` + 1.
std::size_t distance(std::string_view one, std::string_view other, std::size_t most);

}  // namespace meshroute::text
