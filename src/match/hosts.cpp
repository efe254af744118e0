// SPDX-License-Identifier: Apache-2.0
// Host names and wildcards: overlap, subset, most specific match (A5-A10).

#include "match/hosts.hpp"

#include <algorithm>

namespace meshroute::match {

namespace {

/// `text` in lower case is `lowered`. ASCII only, as Envoy does it.
bool lower_is(std::string_view text, std::string_view lowered) {
  return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

}  // namespace

bool is_wildcard(std::string_view host) { return !host.empty() && host.front() == '*'; }  // A5

bool matches(std::string_view a, std::string_view b) {  // A6
  const bool wild_a = is_wildcard(a);
  const bool wild_b = is_wildcard(b);
  if (wild_a && wild_b) {
    const std::string_view tail_a = a.substr(1);
    const std::string_view tail_b = b.substr(1);
    return a.size() < b.size() ? tail_b.ends_with(tail_a) : tail_a.ends_with(tail_b);
  }
  if (wild_a) return b.ends_with(a.substr(1));
  if (wild_b) return a.ends_with(b.substr(1));
  return a == b;
}

std::optional<std::size_t> server_name_match(const std::vector<std::string>& patterns, std::string_view name) {
  constexpr std::size_t kWhole = 100000;  // above the length of any wildcard name
  std::optional<std::size_t> best;
  for (const std::string_view pattern : patterns) {
    if (lower_is(pattern, name)) return kWhole;
    if (!is_wildcard(pattern) || name.size() < pattern.size()) continue;
    const std::string_view tail = pattern.substr(1);
    if (lower_is(tail, name.substr(name.size() - tail.size()))) best = std::max(best.value_or(0), pattern.size());
  }
  return best;
}

bool subset_of(std::string_view a, std::string_view b) {  // A7
  if (!is_wildcard(b)) return a == b;
  if (!is_wildcard(a)) return a.ends_with(b.substr(1));
  return a.size() >= b.size() && a.substr(1).ends_with(b.substr(1));
}

bool more_specific(std::string_view a, std::string_view b) {  // A9
  if (is_wildcard(a) != is_wildcard(b)) return is_wildcard(b);
  if (a.size() != b.size()) return a.size() > b.size();
  return a < b;
}

std::optional<std::string_view> most_specific(std::string_view needle, const std::vector<std::string>& hosts) {  // A10
  const bool wild = is_wildcard(needle);
  const std::string_view rest = wild ? needle.substr(1) : needle;
  std::optional<std::string_view> best;
  for (const std::string& host : hosts) {
    if (host == needle) return std::string_view(host);
    if (!is_wildcard(host) || !rest.ends_with(std::string_view(host).substr(1))) continue;
    if (!best || more_specific(host, *best)) best = host;
  }
  return best;
}

}  // namespace meshroute::match
