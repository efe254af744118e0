// SPDX-License-Identifier: Apache-2.0
// The RouteConfigurations of a proxy: as Envoy's protojson, in the contract's form, and as tables that answer.
#include "view/lazy.hpp"
#include "view/route_plan.hpp"

namespace meshroute::view {

namespace {

using Json = nlohmann::json;

Json renamed_route(const Json& route) {
  Json json;
  for (const auto& [key, value] : route.items()) {
    if (key == "metadata")
      json["config"] = value["filterMetadata"]["istio"]["config"];
    else if (key == "match") {
      Json match;
      for (const auto& [name, part] : value.items()) {
        if (name == "prefix")
          match["path"] = {{"kind", "prefix"}, {"value", part}};
        else if (name == "path")
          match["path"] = {{"kind", "exact"}, {"value", part}};
        else if (name == "safeRegex")
          match["path"] = {{"kind", "regex"}, {"value", part["regex"]}};
        else if (name == "caseSensitive")
          match["case_sensitive"] = part;
        else
          match[name] = part;
      }
      json["match"] = std::move(match);
    } else {
      json[key] = value;
    }
  }
  return json;
}

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
    route.earlier_plan = there.planned.load(std::memory_order_acquire) ? there.plan : there.earlier_plan;
    route.earlier_table = there.made.load(std::memory_order_acquire) ? there.table : there.earlier_table;
  }
}

/// The names of the route tables that the listeners ask for.
std::map<std::string, Tables::Route, std::less<>>& route_tables(const ProxyView& view, Tables& tables) {
  std::call_once(tables.routes_once, [&] {
    for (const Listener& listener : view.listeners()) {
      for (const FilterChain& chain : listener.chains) {
        if (chain.http) tables.routes[chain.table].printed = !chain.inline_table;
      }
    }
    take_earlier(tables);
    tables.named.store(true, std::memory_order_release);
  });
  return tables.routes;
}

/// What a view before has left for this one.
template <class Part>
std::shared_ptr<const Part> left(Tables& tables, std::shared_ptr<const Part>& earlier) {
  const std::lock_guard lock(tables.earlier_mutex);
  return std::move(earlier);
}

const RoutePlan& plan_of(const std::shared_ptr<Seen>& seen, const std::string& name, Tables& tables, Tables::Route& route) {
  std::call_once(route.plan_once, [&] {
    route.plan = std::make_shared<const RoutePlan>(seen, name, left(tables, route.earlier_plan).get());
    route.planned.store(true, std::memory_order_release);
  });
  return *route.plan;
}

/// The contract's form of a RouteConfiguration.
Json renamed_table(const Json& configuration) {
  Json table{{"name", configuration["name"]},
             {"ignore_port_in_host", true},
             {"max_direct_response_body", routes::kDirectResponseBody},
             {"virtual_hosts", Json::array()}};
  for (const auto& host : configuration["virtualHosts"]) {
    Json item{{"name", host["name"]}, {"domains", host["domains"]}, {"routes", Json::array()}};
    for (const auto& route : host["routes"]) item["routes"].push_back(renamed_route(route));
    table["virtual_hosts"].push_back(std::move(item));
  }
  return table;
}

}  // namespace

routes::PathNormalization normalization_of(std::string_view name) {
  using routes::PathNormalization;
  return name == "NONE"                       ? PathNormalization::none
         : name == "MERGE_SLASHES"            ? PathNormalization::merge_slashes
         : name == "DECODE_AND_MERGE_SLASHES" ? PathNormalization::decode_and_merge_slashes
                                              : PathNormalization::base;
}

HostRules ProxyView::host_rules(std::string_view table, std::string_view virtual_host) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(table);
  return found != tables.end() ? plan_of(seen_, found->first, *tables_, found->second).rules_of(virtual_host) : HostRules{};
}

NotOwner ProxyView::not_owner(std::string_view table, const VirtualServiceEntry& entry, const std::string& host) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(table);
  if (found == tables.end()) {
    NotOwner none;
    none.reason = NotOwner::Reason::no_http_listener;
    return none;
  }
  return plan_of(seen_, found->first, *tables_, found->second).not_owner(entry, host);
}

nlohmann::json ProxyView::inline_routes(const std::string& table) const {
  return renamed_table(RoutePlan(seen_, table, nullptr).route_configuration());
}

std::vector<const RoutePlan*> ProxyView::route_plans() const {
  std::vector<const RoutePlan*> plans;
  for (auto& [name, route] : route_tables(*this, *tables_)) {
    if (route.printed) plans.push_back(&plan_of(seen_, name, *tables_, route));
  }
  return plans;
}

nlohmann::json ProxyView::route_configurations() const {
  Json all = Json::array();
  for (const RoutePlan* plan : route_plans()) all.push_back(plan->route_configuration());
  return all;
}

const nlohmann::json& ProxyView::routes_json() const {
  std::call_once(tables_->routes_json_once, [this] {
    tables_->routes_json = Json::array();
    for (const auto& configuration : route_configurations()) tables_->routes_json.push_back(renamed_table(configuration));
  });
  return tables_->routes_json;
}

const routes::Table* ProxyView::table(std::string_view name) const {
  auto& tables = route_tables(*this, *tables_);
  const auto found = tables.find(name);
  if (found == tables.end()) return nullptr;
  Tables::Route& route = found->second;
  std::call_once(route.table_once, [this, &found, &route] {  // only this table: a request needs no other
    plan_of(seen_, found->first, *tables_, route);
    route.table = routes::make_table(found->first, route.plan, left(*tables_, route.earlier_table).get(),
                                     normalization_of(snapshot->settings.path_normalization));
    route.made.store(true, std::memory_order_release);
  });
  return route.table.get();
}

}  // namespace meshroute::view
