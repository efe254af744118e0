// SPDX-License-Identifier: Apache-2.0
// Knows patterns that are good without being compiled.
#include "match/plain_regex.hpp"

#include <cstddef>

namespace meshroute::match {

namespace {

bool letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// The class whose `[` is at `at`; moves behind its `]`.
bool skip_class(std::string_view pattern, std::size_t& at) {
  ++at;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  const std::size_t first = at;
  for (; at < pattern.size() && pattern[at] != ']'; ++at) {
    const char c = pattern[at];
    if (!letter_or_digit(c) && !one_of(c, "_./:@%+,=~ -")) return false;
    const bool last = at + 1 < pattern.size() && pattern[at + 1] == ']';
    if (c == '-' && at != first && !last) return false;
    if (!letter_or_digit(c) || at + 2 >= pattern.size() || pattern[at + 1] != '-' || pattern[at + 2] == ']') continue;
    if (!letter_or_digit(pattern[at + 2]) || pattern[at + 2] < c) return false;
    at += 2;
  }
  if (at >= pattern.size() || at == first) return false;
  ++at;
  return true;
}

}  // namespace

bool is_plain_regex(std::string_view pattern) {
  constexpr std::size_t kMost = 1024;
  constexpr int kDeepest = 50;
  if (pattern.empty() || pattern.size() > kMost) return false;
  int depth = 0;
  bool repeatable = false;  // what was read last
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    switch (c) {
      case '*':
      case '+':
      case '?':
        if (!repeatable) return false;
        repeatable = false;
        ++at;
        if (at < pattern.size() && pattern[at] == '?') ++at;  // as few as possible
        break;
      case '(':
        if (++depth > kDeepest || (at + 1 < pattern.size() && pattern[at + 1] == '?')) return false;
        repeatable = false;
        ++at;
        break;
      case ')':
        if (--depth < 0) return false;
        repeatable = true;
        ++at;
        break;
      case '^':
      case '$':
      case '|':
        repeatable = false;
        ++at;
        break;
      case '[':
        if (!skip_class(pattern, at)) return false;
        repeatable = true;
        break;
      case '\\':
        if (at + 1 >= pattern.size() || !one_of(pattern[at + 1], "dDwWsS.+*?()[]{}|^$\\/-")) return false;
        repeatable = true;
        at += 2;
        break;
      case ']':
      case '{':
      case '}':
        return false;
      default:
        if (c < ' ' || c > '~') return false;
        repeatable = true;
        ++at;
    }
  }
  return depth == 0;
}

}  // namespace meshroute::match
