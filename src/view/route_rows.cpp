// SPDX-License-Identifier: Apache-2.0
// Rows of the route tables, only of virtual hosts that pass the filter.
#include <algorithm>

#include "envoy/route_writer.hpp"
#include "view/route_plan.hpp"
#include "view/route_words.hpp"
#include "view/rows.hpp"
#include "view/wanted.hpp"

namespace meshroute::view {

namespace {

std::string match_text(const envoy::RouteMatch& match) {
  using Kind = envoy::PathMatcher::Kind;
  std::string text = match.path.kind == Kind::path ? "exact " : match.path.kind == Kind::safe_regex ? "regex " : "prefix ";
  text += match.path.value;
  for (const auto& header : match.headers) text += ", header " + header.name;
  for (const auto& parameter : match.query_parameters) text += ", query " + parameter.name;
  return text;
}

void read_action(const envoy::Route& route, RouteRow& row) {
  if (const auto* redirect = std::get_if<envoy::Redirect>(&route.action)) {
    row.action = "redirect";
    row.redirect = envoy::protojson(*redirect);
  } else if (const auto* response = std::get_if<envoy::DirectResponse>(&route.action)) {
    row.action = "direct_response";
    row.direct_response = response->status;
  } else if (const auto* action = std::get_if<envoy::Forward>(&route.action)) {
    row.action = "forward";
    row.cluster = action->cluster;
    if (action->timeout) row.timeout = envoy::shown(*action->timeout);
    if (action->weighted_clusters) {
      for (const auto& each : *action->weighted_clusters)
        row.weighted_clusters.push_back({each.name, each.weight, each.host_rewrite_literal});
    }
    for (const auto& mirror : action->request_mirror_policies) row.mirrors.push_back(mirror.cluster);
  }
}

}  // namespace

std::vector<RouteRow> route_rows(const ProxyView& view, const ViewFilter& filter,
                                 std::vector<std::pair<std::string, std::string>>* words) {
  const Wanted wanted(filter);
  std::vector<RouteRow> rows;
  for (const TablePlan* plan : view.route_plans()) {
    if (!wanted.table(plan->name())) continue;
    for (std::size_t host = 0; host < plan->size(); ++host) {
      const auto [first, count] = plan->domains(host);
      const auto named = [&wanted](std::string_view domain) { return wanted.domain(domain); };
      if (!wanted.any_host() && std::none_of(first, first + count, named)) continue;
      std::vector<RuleOrigin> origins;
      const envoy::VirtualHost made = plan->virtual_host(host, &origins);
      if (!wanted.leads(made)) continue;
      for (std::size_t i = 0; i < made.routes.size(); ++i) {
        const envoy::Route& route = made.routes[i];
        RouteRow& row = rows.emplace_back();
        row.route_config = plan->name();
        row.virtual_host = made.name;
        row.domains = made.domains;
        row.index = static_cast<std::uint32_t>(i);
        row.name = route.name;
        row.match = match_text(route.match);
        row.config = route.config;
        read_action(route, row);
        if (words != nullptr) words->emplace_back(match_words(route.match), action_words(route));
        if (i >= origins.size()) continue;  // no rule's
        write_origin(origins[i].resource, row.origin);
        row.path = origins[i].path;
      }
    }
  }
  return rows;
}

}  // namespace meshroute::view
