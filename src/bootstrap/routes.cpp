// SPDX-License-Identifier: Apache-2.0
// The route tables that an Envoy gets: those of the view, without what Envoy would refuse.
#include <cstdlib>

#include "bootstrap/draft.hpp"
#include "routes/table.hpp"
#include "text/case.hpp"
#include "view/table_plan.hpp"

namespace meshroute::bootstrap {

namespace {

/// The index in "virtual_hosts[0].routes[7].match"; npos where the path is of no route.
std::size_t route_of(const std::string& path) {
  constexpr std::string_view kRoutes = "].routes[";
  const std::size_t at = path.find(kRoutes);
  if (at == std::string::npos) return std::string::npos;
  return std::strtoul(path.c_str() + at + kRoutes.size(), nullptr, 10);
}

std::string owner_of(const envoy::Route& route, const envoy::VirtualHost& host) {
  if (route.origin) return route.origin->resource + ", " + route.origin->path;
  return "virtual host " + host.name;
}

}  // namespace

void keep_accepted(Draft& draft, envoy::VirtualHost& host) {
  envoy::RouteConfiguration table;
  table.max_direct_response_body_size_bytes = routes::kDirectResponseBody;
  table.virtual_hosts.push_back(std::move(host));
  for (;;) {
    envoy::VirtualHost& kept = table.virtual_hosts.front();
    const auto refusals = routes::compile(table).refusals;
    if (refusals.empty()) break;
    const std::size_t at = route_of(refusals.front().path);
    if (at >= kept.routes.size()) {  // of the virtual host itself
      draft.warn("virtual host " + kept.name + " has no routes: Envoy refuses it: " + refusals.front().reason);
      kept.routes.clear();
      break;
    }
    draft.warn(owner_of(kept.routes[at], kept) + ": the route is left out: Envoy refuses it: " + refusals.front().reason);
    kept.routes.erase(kept.routes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  host = std::move(table.virtual_hosts.front());
}

void give_routes(Draft& draft, envoy::RouteConfiguration table, envoy::HttpConnectionManager& manager) {
  table.validate_clusters = false;  // a route to a cluster that is missing answers 503, as behind a control plane
  if (!draft.has_files()) {
    manager.rds.clear();
    manager.routes = std::move(table);
    return;
  }
  manager.rds = table.name;
  manager.rds_path = draft.options.directory + "/routes/" + file_name(table.name) + ".json";
  if (draft.table_names.insert(table.name).second) draft.tables.push_back(std::move(table));
}

envoy::RouteConfiguration table_of(Draft& draft, const view::TablePlan& plan) {
  envoy::RouteConfiguration table = plan.configuration();
  table.virtual_hosts.reserve(plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) keep_accepted(draft, table.virtual_hosts.emplace_back(plan.virtual_host(i)));
  return table;
}

Tables::Tables(const view::ProxyView& view) {
  for (const view::TablePlan* plan : view.route_plans()) plans_[plan->name()] = plan;
}

const view::TablePlan* Tables::find(std::string_view name) const {
  const auto found = plans_.find(name);
  return found != plans_.end() ? found->second : nullptr;
}

std::size_t Tables::host(const view::TablePlan& plan, std::string_view lowered) {
  const auto [place, fresh] = hosts_.try_emplace(&plan);
  auto& hosts = place->second;
  if (fresh) {
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const auto [first, count] = plan.domains(i);
      for (std::size_t k = 0; k < count; ++k) {
        std::string domain(first[k]);
        text::make_lower(domain);
        hosts.try_emplace(std::move(domain), i);
      }
    }
  }
  if (const auto found = hosts.find(std::string(lowered)); found != hosts.end()) return found->second;
  for (std::size_t at = 1; at < lowered.size(); ++at) {  // the longest suffix first
    if (const auto found = hosts.find("*" + std::string(lowered.substr(at))); found != hosts.end()) return found->second;
  }
  const auto any = hosts.find("*");
  return any != hosts.end() ? any->second : npos;
}

}  // namespace meshroute::bootstrap
