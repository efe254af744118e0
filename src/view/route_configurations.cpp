// SPDX-License-Identifier: Apache-2.0
// The RouteConfigurations of a proxy: as Envoy's protojson, in the contract's form, and as tables that answer.
#include <algorithm>
#include <utility>

#include "envoy/route_writer.hpp"
#include "view/gateway/gateway_plan.hpp"
#include "view/lazy.hpp"
#include "view/messages.hpp"
#include "view/route_plan.hpp"
#include "view/wanted.hpp"

namespace meshroute::view {

namespace {

/// Gives each route table the one of its name that a view before had.
void take_earlier(Tables& tables) {
  std::shared_ptr<Tables> before;
  {
    const std::lock_guard lock(tables.earlier_mutex);
    before = std::move(tables.earlier);
  }
  if (before == nullptr) return;
  const std::lock_guard lock(before->earlier_mutex);
  for (auto& [name, route] : tables.routes) {
    const auto found = before->routes.find(name);
    if (found == before->routes.end()) continue;
    Tables::Route& there = found->second;
    route.earlier_plan = there.plan_once.done() ? there.plan : there.earlier_plan;
    route.earlier_table = there.table_once.done() ? there.table : there.earlier_table;
  }
}

/// The names of the route tables that the listeners ask for.
std::map<std::string, Tables::Route, std::less<>>& route_tables(const ProxyView& view, Tables& tables) {
  tables.routes_once.call([&] {
    for (const Listener& listener : view.listeners()) {
      for (const FilterChain& chain : listener.chains) {
        if (chain.http) tables.routes[chain.table].printed = !chain.inline_table;
      }
    }
    take_earlier(tables);
  });
  return tables.routes;
}

/// What a view before has left for this one.
template <class Part>
std::shared_ptr<const Part> left(Tables& tables, std::shared_ptr<const Part>& earlier) {
  const std::lock_guard lock(tables.earlier_mutex);
  return std::move(earlier);
}

/// The plan of all services of a port that are sniffed: each has a table that is a part of it.
std::shared_ptr<const RoutePlan> whole_of(const std::shared_ptr<Seen>& seen, std::uint32_t port, Tables& tables) {
  Tables::Whole* whole = nullptr;
  {
    const std::lock_guard lock(tables.wholes_mutex);
    whole = &tables.wholes[port];
  }
  whole->once.call([&] { whole->plan = std::make_shared<const RoutePlan>(seen, port); });
  return whole->plan;
}

const TablePlan& plan_of(const std::shared_ptr<Seen>& seen, const std::string& name, Tables& tables, Tables::Route& route) {
  route.plan_once.call([&] {
    const auto earlier = left(tables, route.earlier_plan);
    const auto* sidecar = dynamic_cast<const RoutePlan*>(earlier.get());
    if (seen->scope.gateways) {
      route.plan = std::make_shared<const GatewayPlan>(seen, name);
    } else if (const auto port = RoutePlan::sniffed_port(name)) {
      route.plan = std::make_shared<const RoutePlan>(seen, name, sidecar, [&] { return whole_of(seen, *port, tables); });
    } else {
      route.plan = std::make_shared<const RoutePlan>(seen, name, sidecar);
    }
  });
  return *route.plan;
}

void write_table(text::JsonWriter& json, const TablePlan& plan, envoy::Form form) {
  envoy::begin(json, plan.configuration(), form);
  for (std::size_t host = 0; host < plan.size(); ++host) envoy::write(json, plan.virtual_host(host), form);
  envoy::end(json);
}

/// How the connection manager in front of a table reads requests (GW55-GW58).
routes::Reading reading_of(const ProxyView& view, const std::string& table) {
  const registry::Settings& settings = view.snapshot->settings;
  routes::Reading reading;
  reading.normalization = normalization_of(settings.path_normalization);
  if (!view.scope.gateways) return reading;
  reading.edge = true;
  reading.trusts_forwarded = settings.trusted_proxies > 0;
  using How = routes::Reading::ClientCertificate;
  const std::string& how = settings.forward_client_cert;
  reading.client_certificate = how == "SANITIZE"              ? How::sanitize
                               : how == "FORWARD_ONLY"        ? How::forward_only
                               : how == "APPEND_FORWARD"      ? How::append_forward
                               : how == "ALWAYS_FORWARD_ONLY" ? How::always_forward_only
                                                              : How::sanitize_set;
  const auto& servers = view.scope.gateways->tables.find(table)->second;
  reading.asks_certificate = asks_certificate(view.scope.gateways->servers[servers.front()]);
  return reading;
}

}  // namespace

routes::PathNormalization normalization_of(std::string_view name) {
  using routes::PathNormalization;
  return name == "NONE"                       ? PathNormalization::none
         : name == "MERGE_SLASHES"            ? PathNormalization::merge_slashes
         : name == "DECODE_AND_MERGE_SLASHES" ? PathNormalization::decode_and_merge_slashes
                                              : PathNormalization::base;
}

std::vector<HostRules> ProxyView::host_rules(std::string_view table, std::string_view virtual_host) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(table);
  if (found == tables.end()) return {};
  return plan_of(seen_, found->first, *tables_, found->second).rules_of(virtual_host);
}

std::vector<RuleOrigin> ProxyView::route_origins(std::string_view table, std::string_view virtual_host) const {
  std::vector<RuleOrigin> origins;
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(table);
  if (found == tables.end()) return origins;
  const TablePlan& plan = plan_of(seen_, found->first, *tables_, found->second);
  for (std::size_t host = 0; host < plan.size(); ++host) {
    origins.clear();
    if (plan.virtual_host(host, &origins).name == virtual_host) return origins;
  }
  return {};
}

NotOwner ProxyView::not_owner(std::string_view table, const VirtualServiceEntry& entry, const std::string& host) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(table);
  if (found == tables.end()) {
    NotOwner none;
    none.reason = NotOwner::Reason::no_http_listener;
    return none;
  }
  const auto* plan = dynamic_cast<const RoutePlan*>(&plan_of(seen_, found->first, *tables_, found->second));
  return plan != nullptr ? plan->not_owner(entry, host) : NotOwner{};
}

envoy::RouteConfiguration ProxyView::inline_routes(const std::string& table) const {
  const RoutePlan plan(seen_, table, nullptr);
  envoy::RouteConfiguration configuration = plan.configuration();
  for (std::size_t host = 0; host < plan.size(); ++host) configuration.virtual_hosts.push_back(plan.virtual_host(host));
  return configuration;
}

std::vector<const TablePlan*> ProxyView::route_plans() const {
  std::vector<const TablePlan*> plans;
  for (auto& [name, route] : route_tables(*this, *tables_)) {
    if (route.printed) plans.push_back(&plan_of(seen_, name, *tables_, route));
  }
  return plans;
}

void write_tables(const ProxyView& view, text::JsonWriter& json, const Wanted& wanted, envoy::Form form) {
  json.begin_list();
  for (const TablePlan* plan : view.route_plans()) {
    if (!wanted.table(plan->name())) continue;
    if (wanted.everything()) {
      write_table(json, *plan, form);
      continue;
    }
    bool begun = false;
    const auto begin = [&] {
      if (!std::exchange(begun, true)) envoy::begin(json, plan->configuration(), form);
    };
    if (wanted.empty_tables()) begin();
    for (std::size_t host = 0; host < plan->size(); ++host) {
      const auto [first, count] = plan->domains(host);
      const auto named = [&wanted](std::string_view domain) { return wanted.domain(domain); };
      if (!wanted.any_host() && std::none_of(first, first + count, named)) continue;
      const envoy::VirtualHost made = plan->virtual_host(host);
      if (!wanted.leads(made)) continue;
      begin();
      envoy::write(json, made, form);
    }
    if (begun) envoy::end(json);
  }
  json.end_list();
}

void ProxyView::write_routes(text::JsonWriter& json, const Wanted& wanted) const {
  write_tables(*this, json, wanted, envoy::Form::contract);
}

const routes::Table* ProxyView::table(std::string_view name) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(name);
  if (found == tables.end()) return nullptr;
  Tables::Route& route = found->second;
  route.table_once.call([this, &found, &route] {  // only this table: a request needs no other
    plan_of(seen_, found->first, *tables_, route);
    route.table =
        routes::make_table(found->first, route.plan, left(*tables_, route.earlier_table).get(), reading_of(*this, found->first));
  });
  return route.table.get();
}

}  // namespace meshroute::view
