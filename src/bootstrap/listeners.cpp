// SPDX-License-Identifier: Apache-2.0
// Listeners without what Envoy would refuse: a control plane may send such, and its proxies then keep what they had.
#include <algorithm>
#include <tuple>

#include "bootstrap/draft.hpp"
#include "text/case.hpp"

namespace meshroute::bootstrap {

namespace {

/// What Envoy tells chains apart by; it refuses a second chain with the same.
using Key = std::tuple<std::uint32_t, std::string, std::string, std::string, std::string>;

std::vector<std::string> or_any(const std::vector<std::string>& texts) {
  return texts.empty() ? std::vector<std::string>{""} : texts;
}

/// Takes what the chain matches with this name; false, and takes nothing, where an earlier chain has some of it.
bool take(const envoy::FilterChainMatch& match, std::string name, std::set<Key>& taken) {
  text::make_lower(name);
  std::vector<std::string> ranges;
  ranges.reserve(match.prefix_ranges.size());
  for (const envoy::CidrRange& range : match.prefix_ranges)
    ranges.push_back(range.address_prefix + "/" + std::to_string(range.prefix_len));
  std::vector<Key> keys;
  for (const std::string& range : or_any(ranges)) {
    for (const std::string& protocol : or_any(match.application_protocols))
      keys.emplace_back(match.destination_port, range, name, match.transport_protocol, protocol);
  }
  if (std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return taken.contains(key); })) return false;
  taken.insert(keys.begin(), keys.end());
  return true;
}

}  // namespace

void Draft::add(envoy::Listener listener) {
  std::set<Key> taken;
  std::erase_if(listener.filter_chains, [&](envoy::FilterChain& chain) {
    const auto twice = [&](const std::string& what) {
      warn("listener " + listener.name + ": an earlier filter chain takes " + what +
           ", and a later one for the same is left out");
    };
    if (!chain.match || chain.match->server_names.empty()) {
      if (take(chain.match.value_or(envoy::FilterChainMatch{}), "", taken)) return false;
      twice("the connections");
      return true;
    }
    std::erase_if(chain.match->server_names, [&](const std::string& name) {
      if (take(*chain.match, name, taken)) return false;
      twice(name);
      return true;
    });
    return chain.match->server_names.empty();
  });
  const auto complete = [](envoy::FilterChain& chain) {
    auto* proxy = std::get_if<envoy::TcpProxy>(&chain.last);
    if (proxy == nullptr) return;
    if (proxy->cluster.empty() && proxy->weighted_clusters.empty()) proxy->cluster = "BlackHoleCluster";  // all weights are 0
    if (proxy->stat_prefix.empty()) proxy->stat_prefix = "tcp";
  };
  for (envoy::FilterChain& chain : listener.filter_chains) complete(chain);
  if (listener.default_filter_chain) complete(*listener.default_filter_chain);
  if (listener.address.kind == envoy::Address::Kind::socket && listener.address.port != 0) {
    if (!addresses_.emplace(listener.address.text, listener.address.port).second) {
      warn("listener " + listener.name + " is left out: another one has its address");
      return;
    }
    std::erase_if(listener.additional_addresses,
                  [&](const envoy::Address& address) { return !addresses_.emplace(address.text, address.port).second; });
  }
  listeners.push_back(std::move(listener));
}

}  // namespace meshroute::bootstrap
