// SPDX-License-Identifier: Apache-2.0
// The virtual hosts of a proxy on one side, and which routes and listeners are the same on both.
#include "diff/side.hpp"

#include <algorithm>
#include <utility>

#include "view/gateway/listeners.hpp"

namespace meshroute::diffing {

namespace {

/// The places of virtual hosts by their first domains; no two of a table have the same one.
std::unordered_map<std::string_view, std::size_t> by_domain(const view::TablePlan& plan) {
  std::unordered_map<std::string_view, std::size_t> places;
  places.reserve(plan.size());
  for (std::size_t host = 0; host < plan.size(); ++host) {
    const auto [domains, count] = plan.domains(host);
    if (count > 0) places.emplace(domains[0], host);
  }
  return places;
}

}  // namespace

Side::Side(const SnapshotPtr& snapshot, const Proxy& proxy, const Side* earlier)
    : view(snapshot, proxy, earlier != nullptr ? &earlier->view : nullptr), prober(view) {
  for (const view::TablePlan* plan : view.route_plans()) {
    Table& table = tables_[plan->name()];
    table.plan = plan;
    table.made.resize(plan->size());
  }
  const auto look = [this](const view::FilterChain& chain) {
    if (!chain.http || !chain.inline_table || tables_.contains(chain.table)) return;
    Table& table = tables_[chain.table];
    for (auto& host : view.inline_routes(chain.table).virtual_hosts) add(chain.table, table, std::move(host));
  };
  for (const auto& listener : view.listeners()) {
    for (const auto& chain : listener.chains) look(chain);
    if (listener.fallback) look(*listener.fallback);
  }
}

void Side::choose(const Side& other, const std::function<bool(std::string_view)>* about) {
  for (auto& [name, table] : tables_) {
    if (table.plan == nullptr) continue;
    const auto theirs = other.tables_.find(name);
    if (about == nullptr || theirs == other.tables_.end() || theirs->second.plan == nullptr) {
      choose_table(name);
      continue;
    }
    const view::TablePlan& plan = *theirs->second.plan;
    const auto places = by_domain(plan);
    for (std::size_t host = 0; host < table.plan->size(); ++host) {
      const auto [domains, count] = table.plan->domains(host);
      const auto found = count > 0 ? places.find(domains[0]) : places.end();
      bool same = found != places.end();
      if (same) {
        const auto [its, its_count] = plan.domains(found->second);
        same = std::equal(domains, domains + count, its, its + its_count) && std::none_of(domains, domains + count, *about);
      }
      if (!same) make(name, table, host);
    }
  }
}

void Side::choose_table(const std::string& table) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return;
  for (std::size_t host = 0; host < found->second.made.size(); ++host) make(table, found->second, host);
}

void Side::make(const std::string& name, Table& table, std::size_t host) const {
  if (table.made[host]) return;
  table.made[host] = true;
  add(name, table, table.plan->virtual_host(host));
}

void Side::add(const std::string& name, Table& table, envoy::VirtualHost host) const {
  index_.emplace(name + "\n" + host.name, hosts.size());
  table.places.push_back(hosts.size());
  hosts.push_back({name, std::move(host)});
}

const envoy::VirtualHost* Side::find(const std::string& table, const std::string& name) const {
  const std::string key = table + "\n" + name;
  const auto known = [&]() -> const envoy::VirtualHost* {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &hosts[found->second].host;
  };
  const auto found = tables_.find(table);
  const auto* host = known();
  if (host != nullptr || name.empty() || found == tables_.end()) return host;
  for (std::size_t i = 0; host == nullptr && i < found->second.made.size(); ++i) {  // not one of those that may differ
    if (found->second.made[i]) continue;
    make(table, found->second, i);
    host = known();
  }
  return host;
}

const std::vector<std::size_t>& Side::of_table(const std::string& table) const {
  static const std::vector<std::size_t> kNone;
  const auto found = tables_.find(table);
  return found == tables_.end() ? kNone : found->second.places;
}

bool same_route(const envoy::Route& a, const envoy::Route& b) {
  return a.match == b.match && a.action == b.action && a.mutations == b.mutations && a.filters == b.filters;
}

bool same_host(const envoy::VirtualHost& a, const envoy::VirtualHost& b) {
  if (a.domains != b.domains || a.routes.size() != b.routes.size() || a.require_tls != b.require_tls ||
      !(a.mutations == b.mutations) || !(a.filters == b.filters) || !(a.retry_policy == b.retry_policy) ||
      !(a.request_mirror_policies == b.request_mirror_policies))
    return false;
  return std::equal(a.routes.begin(), a.routes.end(), b.routes.begin(), same_route);
}

bool same_chain(const view::FilterChain& a, const view::FilterChain& b) {
  if (view::ends_tls(a.tls) && view::ends_tls(b.tls) && a.server->spec->tls != b.server->spec->tls) return false;
  const auto weights = [](const view::FilterChain& chain) {
    std::vector<std::pair<std::string, std::uint32_t>> list;
    list.reserve(chain.weighted.size());
    for (const auto& each : chain.weighted) list.emplace_back(each.name, each.weight);
    return list;
  };
  return a.name == b.name && a.http == b.http && a.inline_table == b.inline_table && a.plain_http == b.plain_http &&
         a.port == b.port && a.cidrs == b.cidrs && a.sni == b.sni && a.alpn == b.alpn && a.tls == b.tls && a.table == b.table &&
         a.cluster == b.cluster && weights(a) == weights(b);
}

bool same_listener(const view::Listener& a, const view::Listener& b) {
  if (a.name != b.name || a.refused != b.refused || a.address != b.address || a.port != b.port || a.additional != b.additional ||
      a.chains.size() != b.chains.size() || a.fallback.has_value() != b.fallback.has_value())
    return false;
  if (a.fallback && !same_chain(*a.fallback, *b.fallback)) return false;
  return std::equal(a.chains.begin(), a.chains.end(), b.chains.begin(), same_chain);
}

}  // namespace meshroute::diffing
