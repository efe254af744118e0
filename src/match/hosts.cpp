// SPDX-License-Identifier: Apache-2.0
// Host names and wildcards: overlap, subset, most specific match (A5-A10).

#include "match/hosts.hpp"

namespace meshroute::match {

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
