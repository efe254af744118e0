// SPDX-License-Identifier: Apache-2.0

#include "registry/pool.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace meshroute::registry {

Pool::Port& Pool::port(std::string_view name, std::uint32_t number, bool by_number) const {
  if (!std::exchange(grouped_, true)) {
    for (std::uint32_t i = 0; i < shards_.size(); ++i) {
      for (std::uint32_t j = 0; j < shards_[i].endpoints.size(); ++j) {
        const Endpoint& each = shards_[i].endpoints[j];
        by_name_[each.port_name].push_back({i, j});
        if (each.legacy_port == 0)
          unnumbered_[each.port_name].push_back({i, j});
        else
          by_number_[each.legacy_port].push_back({i, j});
      }
    }
  }
  const auto [found, added] = ports_.try_emplace({std::string(name), by_number ? number : 0});
  if (added) fill(found->second, name, number, by_number);
  return found->second;
}

void Pool::fill(Port& port, std::string_view name, std::uint32_t number, bool by_number) const {
  const auto take = [&port](const auto& map, const auto& key) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    Places both;
    std::merge(port.places.begin(), port.places.end(), found->second.begin(), found->second.end(), std::back_inserter(both));
    port.places = std::move(both);
  };
  if (!by_number) return take(by_name_, name);
  take(unnumbered_, name);
  if (number != 0) take(by_number_, number);
}

const Pool::Places& Pool::on_port(std::string_view name, std::uint32_t number, bool by_number) const {
  const std::lock_guard lock(mutex_);
  return port(name, number, by_number).places;
}

const Pool::Places& Pool::with_labels(std::string_view name, std::uint32_t number, bool by_number,
                                      const Workload::Labels& labels) const {
  static const Places none;
  const std::lock_guard lock(mutex_);
  Port& of = port(name, number, by_number);
  const Places* fewest = &of.places;
  for (const auto& [key, value] : labels) {
    const auto [found, added] = of.by_label.try_emplace(key);
    if (added) {
      for (const Place place : of.places) {
        if (const auto own = endpoint(place).workload->label(key)) found->second[*own].push_back(place);
      }
    }
    const auto here = found->second.find(value);
    if (here == found->second.end()) return none;
    if (here->second.size() < fewest->size()) fewest = &here->second;
  }
  return *fewest;
}

const std::vector<const Workload*>& Pool::accounts() const {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(accounts_known_, true)) {
    std::set<std::pair<std::string_view, std::string_view>> known;
    for (const Shard& shard : shards_) {
      for (const Endpoint& each : shard.endpoints) {
        const Workload& workload = *each.workload;
        if (workload.has_account && known.emplace(workload.resource->identity.namespace_, workload.account).second)
          accounts_.push_back(&workload);
      }
    }
  }
  return accounts_;
}

}  // namespace meshroute::registry
