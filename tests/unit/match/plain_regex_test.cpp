// SPDX-License-Identifier: Apache-2.0
// Patterns that are good without being compiled.
#include "match/plain_regex.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "match/regex.hpp"

TEST_CASE("regex: a plain one is good to RE2") {
  using meshroute::match::is_plain_regex;
  using meshroute::match::Regex;
  for (const char* pattern :
       {"^/api/v[0-9]+/.*$", "(a|b)+?", "[a-zA-Z0-9_.-]*", "\\d+\\.\\w", "a|", "()", "[^/]+", "[-a]", "a.*?b"}) {
    CAPTURE(pattern);
    CHECK(is_plain_regex(pattern));
    CHECK(Regex::compile(pattern));
  }
  for (const char* pattern : {"", "a**", "*a", "(?i)a", "a{2}", "[z-a]", "[]", "(", ")", "\\C", "\\p{Greek}", "[a", "[[:alpha:]]",
                              "a+*", "é", "\\", "^*", "(*a)", "|*"}) {
    CAPTURE(pattern);
    CHECK_FALSE(is_plain_regex(pattern));
  }
  std::mt19937 random(20260901);
  constexpr std::string_view kParts = "ab01.*+?()[]^$|\\-{}dwz/ ";
  std::size_t plain = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string pattern;
    for (std::size_t size = 1 + random() % 12; size > 0; --size) pattern += kParts[random() % kParts.size()];
    if (!is_plain_regex(pattern)) continue;
    ++plain;
    CAPTURE(pattern);
    CHECK(Regex::compile(pattern));
  }
  CHECK(plain > 3000);
}
