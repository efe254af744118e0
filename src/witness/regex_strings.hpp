#pragma once

// SPDX-License-Identifier: Apache-2.0
// Strings that a regular expression matches, built from its pattern.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::witness {

/// Strings that the whole pattern matches, at most `most`, each tested by RE2; short and plain ones first. Empty where none was
/// found.
std::vector<std::string> strings_of(std::string_view pattern, std::size_t most);

/// What each string that the pattern matches starts with; may be empty. `rest` is what follows in the pattern: "any" (.*), "path"
/// ((/.*)?), "none", or "other".
struct Head {
  std::string literal;
  enum class Rest { none, any, path, other } rest = Rest::other;
};
Head head_of(std::string_view pattern);

}  // namespace meshroute::witness
