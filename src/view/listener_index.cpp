// SPDX-License-Identifier: Apache-2.0
// Indexes the egress listeners of a proxy by port and by service.
#include "view/listener_index.hpp"

#include <algorithm>
#include <utility>

#include "text/case.hpp"

namespace meshroute::view {

const std::vector<ListenerIndex::PortOf>& ListenerIndex::services_on(std::uint32_t port) const {
  ports_once_.call([this] {  // an allocation that fails leaves nothing half done
    decltype(by_port_) by_port;
    for (const auto& service : listener_.services) {
      for (const auto& each : service->ports) {
        if (each.protocol == registry::Protocol::udp) continue;
        auto& there = by_port[each.number];
        if (there.empty() || there.back().service != service.get()) there.push_back({service.get(), &each});
      }
    }
    by_port_ = std::move(by_port);
  });
  static const std::vector<PortOf> none;
  const auto found = by_port_.find(port);
  return found != by_port_.end() ? found->second : none;
}

std::vector<std::size_t> ListenerIndex::rules_for(const std::vector<std::string_view>& hosts) const {
  rules_once_.call([this] {
    decltype(lowered_) lowered;
    decltype(rules_) rules;
    decltype(by_host_) by_host;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < listener_.virtual_services.size(); ++i) {
      for (const std::string& host : listener_.virtual_services[i]->spec->hosts) {
        const std::string_view name = text::has_upper(host) ? lowered.emplace_back(text::lower(host)) : std::string_view(host);
        const auto [found, added] = places.try_emplace(name, rules.size());
        if (added) {
          by_host.add(name, rules.size());
          rules.emplace_back();
        }
        rules[found->second].push_back(i);
      }
    }
    by_host.sort();
    lowered_ = std::move(lowered);
    rules_ = std::move(rules);
    by_host_ = std::move(by_host);
  });
  std::vector<std::size_t> met, all;
  for (const std::string_view host : hosts) {
    by_host_.any_matching(host, [&met](std::size_t place) {
      met.push_back(place);
      return false;
    });
  }
  const auto unique = [](std::vector<std::size_t>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  unique(met);
  for (const std::size_t place : met) all.insert(all.end(), rules_[place].begin(), rules_[place].end());
  unique(all);
  return all;
}

ListenerIndexes::ListenerIndexes(const scope::Scope& scope) : scope_(scope) {
  for (const auto& listener : scope.listeners) {
    indexes_.emplace_back(listener);
    if (any_port_ != nullptr) continue;
    if (listener.spec == nullptr || !listener.spec->port)
      any_port_ = &listener;  // of those behind it, no table is
    else if (listener.spec->port->number != 0)
      by_port_.try_emplace(listener.spec->port->number, &listener);
    else
      by_bind_.try_emplace(listener.spec->bind, &listener);
  }
}

const scope::EgressListener* ListenerIndexes::listener(std::uint32_t port, std::string_view bind) const {
  if (port != 0) {
    const auto found = by_port_.find(port);
    return found != by_port_.end() ? found->second : any_port_;
  }
  const auto found = by_bind_.find(bind);
  return found != by_bind_.end() ? found->second : any_port_;
}

}  // namespace meshroute::view
