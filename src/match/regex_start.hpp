#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the texts begin with that a regular expression matches.

#include <string>
#include <string_view>

namespace meshroute::match {

/// Whether a text that begins with `begin` may match the expression as a whole, as far as its first letters tell; true where
/// the expression cannot be read.
bool may_begin_with(const std::string& regex, std::string_view begin);

}  // namespace meshroute::match
