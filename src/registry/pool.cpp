// SPDX-License-Identifier: Apache-2.0
// The endpoints of a service, looked up by port and by label.
#include "registry/pool.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace meshroute::registry {

Pool::Port& Pool::port(std::string_view name, std::uint32_t number, bool by_number) const {
  if (!grouped_) {
    Groups groups;  // an allocation that fails leaves nothing half done
    for (std::uint32_t i = 0; i < shards_.size(); ++i) {
      for (std::uint32_t j = 0; j < shards_[i].endpoints.size(); ++j) {
        const Endpoint& each = shards_[i].endpoints[j];
        groups.by_name[each.port_name].push_back({i, j});
        if (each.legacy_port == 0)
          groups.unnumbered[each.port_name].push_back({i, j});
        else
          groups.by_number[each.legacy_port].push_back({i, j});
      }
    }
    grouped_ = std::move(groups);
  }
  std::pair<std::string, std::uint32_t> key(name, by_number ? number : 0);
  if (const auto known = ports_.find(key); known != ports_.end()) return known->second;
  Port made;
  fill(made, name, number, by_number);
  return ports_.emplace(std::move(key), std::move(made)).first->second;
}

void Pool::fill(Port& port, std::string_view name, std::uint32_t number, bool by_number) const {
  const auto take = [&port](const auto& map, const auto& key) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    Places both;
    std::merge(port.places.begin(), port.places.end(), found->second.begin(), found->second.end(), std::back_inserter(both));
    port.places = std::move(both);
  };
  if (!by_number) return take(grouped_->by_name, name);
  take(grouped_->unnumbered, name);
  if (number != 0) take(grouped_->by_number, number);
}

const Pool::Places& Pool::on_port(std::string_view name, std::uint32_t number, bool by_number) const {
  const std::lock_guard lock(mutex_);
  return port(name, number, by_number).places;
}

const Pool::Places& Pool::with_labels(std::string_view name, std::uint32_t number, bool by_number, const Labels& labels) const {
  static const Places none;
  const std::lock_guard lock(mutex_);
  Port& of = port(name, number, by_number);
  const Places* fewest = &of.places;
  for (const auto& [key, value] : labels) {
    auto found = of.by_label.find(key);
    if (found == of.by_label.end()) {
      std::unordered_map<std::string_view, Places> by_value;
      for (const Place place : of.places) {
        if (const auto own = endpoint(place).workload->label(key)) by_value[*own].push_back(place);
      }
      found = of.by_label.emplace(key, std::move(by_value)).first;
    }
    const auto here = found->second.find(value);
    if (here == found->second.end()) return none;
    if (here->second.size() < fewest->size()) fewest = &here->second;
  }
  return *fewest;
}

const std::vector<const Workload*>& Pool::accounts() const {
  const std::lock_guard lock(mutex_);
  if (!accounts_) {
    std::vector<const Workload*> accounts;
    std::set<std::pair<std::string_view, std::string_view>> known;
    for (const Shard& shard : shards_) {
      for (const Endpoint& each : shard.endpoints) {
        const Workload& workload = *each.workload;
        if (workload.has_account && known.emplace(workload.resource->identity.namespace_, workload.account).second)
          accounts.push_back(&workload);
      }
    }
    accounts_ = std::move(accounts);
  }
  return *accounts_;
}

}  // namespace meshroute::registry
