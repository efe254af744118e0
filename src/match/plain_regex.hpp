// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace meshroute::match {

/// Whether a regular expression is so plain that RE2, Go and Envoy take it for sure: ASCII literals, `.`, `^`, `$`, classes of
/// ranges, escaped punctuation, groups, and each part repeated at most once by `*`, `+` or `?`. It need not be compiled to be
/// found good.
bool is_plain_regex(std::string_view pattern);

}  // namespace meshroute::match
