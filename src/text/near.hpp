#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string_view>
#include <vector>

namespace meshroute::text {

/// The known word that was probably meant: at most two letters differ (one in a short word), and case, `-` and `_` do not count.
/// Empty where there is none.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace meshroute::text
