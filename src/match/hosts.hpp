#pragma once

// SPDX-License-Identifier: Apache-2.0
// Host names as Istio compares them (spec A5-A10): case-sensitive bytes, a wildcard only at the front. And as Envoy does; its
// virtual hosts' domains are looked up in `routes/`.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::match {

/// A5: the first byte is `*`.
bool is_wildcard(std::string_view host);
/// A6: some name is in both; symmetric.
bool matches(std::string_view a, std::string_view b);
/// How well a filter chain's server names (SNI), exact or `*.tail`, fit a name in lower case, as Envoy reads them: in any letter
/// case, and the `*` stands for at least one byte, where Istio's (A6) may stand for nothing. The longer the better, an exact one
/// best; nothing where none fits.
std::optional<std::size_t> server_name_match(const std::vector<std::string>& patterns, std::string_view name);
/// A7: every name of `a` is in `b`.
bool subset_of(std::string_view a, std::string_view b);
/// A9: plain before wildcard, longer before shorter, then byte order.
bool more_specific(std::string_view a, std::string_view b);

/// A10 over any two maps keyed by host (plain and wildcard hosts): the key that answers for `needle`, or nothing.
template <class PlainMap, class WildcardMap>
std::optional<std::string_view> most_specific(std::string_view needle, const PlainMap& plain, const WildcardMap& wildcards) {
  const bool wild = is_wildcard(needle);
  if (wild) {
    if (auto it = wildcards.find(std::string(needle)); it != wildcards.end()) return std::string_view(it->first);
  } else if (auto it = plain.find(std::string(needle)); it != plain.end()) {
    return std::string_view(it->first);
  }
  const std::string_view rest = wild ? needle.substr(1) : needle;  // A10: the needle's own `*` is removed
  std::optional<std::string_view> best;
  for (const auto& entry : wildcards) {
    const std::string_view key = entry.first;
    if (key.empty() || !rest.ends_with(key.substr(1))) continue;
    if (!best || more_specific(key, *best)) best = key;
  }
  return best;
}

/// A10 over a plain list of hosts.
std::optional<std::string_view> most_specific(std::string_view needle, const std::vector<std::string>& hosts);

}  // namespace meshroute::match
