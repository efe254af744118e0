#pragma once

// SPDX-License-Identifier: Apache-2.0
// The only room that knows RE2: regular expressions as Envoy takes them.
#include <memory>
#include <string>
#include <string_view>

#include "meshroute/result.hpp"

namespace meshroute::match {

/// A compiled regular expression: RE2, bytes (Latin-1), program size at most 32768 (envoy.md 10, 12).
class Regex {
 public:
  /// The error names RE2's reason. An empty pattern is refused, as Envoy refuses it.
  static Result<Regex> compile(std::string_view pattern);

  /// The whole text matches.
  bool full_match(std::string_view text) const;
  /// Replaces every match as RE2::GlobalReplace does with `\0`-`\9` (envoy.md 22).
  std::string replace_all(std::string_view text, std::string_view substitution) const;
  const std::string& pattern() const;
  /// About how much memory it takes, after its first match.
  std::size_t bytes() const;

 private:
  struct Impl;
  explicit Regex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace meshroute::match
