// SPDX-License-Identifier: Apache-2.0
// Rows of the route tables, only of virtual hosts that pass the filter.
#include <algorithm>

#include "view/route_plan.hpp"
#include "view/rows.hpp"
#include "view/wanted.hpp"

namespace meshroute::view {

namespace {

using Json = nlohmann::json;

std::string match_text(const Json& match) {
  std::string text;
  if (match.contains("prefix")) text = "prefix " + match.value("prefix", "");
  if (match.contains("path")) text = "exact " + match.value("path", "");
  if (match.contains("safeRegex")) text = "regex " + match["safeRegex"].value("regex", "");
  for (const auto& header : match.value("headers", Json::array())) text += ", header " + header.value("name", "");
  for (const auto& parameter : match.value("queryParameters", Json::array())) text += ", query " + parameter.value("name", "");
  return text;
}

void read_action(const Json& route, RouteRow& row) {
  if (const auto redirect = route.find("redirect"); redirect != route.end()) {
    row.action = "redirect";
    row.redirect = redirect->dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  if (const auto response = route.find("directResponse"); response != route.end()) {
    row.action = "direct_response";
    row.direct_response = response->value("status", 0U);
    return;
  }
  row.action = "forward";
  const Json& action = route.at("route");
  row.cluster = action.value("cluster", "");
  row.timeout = action.value("timeout", "");
  if (const auto weighted = action.find("weightedClusters"); weighted != action.end()) {
    for (const auto& each : weighted->at("clusters"))
      row.weighted_clusters.push_back({each.value("name", ""), each.value("weight", 0U), each.value("hostRewriteLiteral", "")});
  }
  if (const auto mirrors = action.find("requestMirrorPolicies"); mirrors != action.end()) {
    for (const auto& each : *mirrors) row.mirrors.push_back(each.value("cluster", ""));
  }
}

}  // namespace

std::vector<RouteRow> route_rows(const ProxyView& view, const ViewFilter& filter) {
  const Wanted wanted(filter);
  std::vector<RouteRow> rows;
  for (const RoutePlan* plan : view.route_plans()) {
    if (!wanted.table(plan->name())) continue;
    for (std::size_t host = 0; host < plan->size(); ++host) {
      const auto [first, count] = plan->domains(host);
      const auto named = [&wanted](std::string_view domain) { return wanted.domain(domain); };
      if (!wanted.any_host() && std::none_of(first, first + count, named)) continue;
      std::vector<RuleOrigin> origins;
      const Json made = plan->virtual_host(host, &origins);
      if (!wanted.leads(made)) continue;
      const Json& routes = made.at("routes");
      for (std::size_t i = 0; i < routes.size(); ++i) {
        RouteRow& row = rows.emplace_back();
        row.route_config = plan->name();
        row.virtual_host = made.at("name").get<std::string>();
        row.domains.assign(first, first + count);
        row.index = static_cast<std::uint32_t>(i);
        row.name = routes[i].value("name", "");
        row.match = match_text(routes[i].at("match"));
        read_action(routes[i], row);
        if (i >= origins.size()) continue;  // no rule's
        row.config = routes[i].at("metadata").at("filterMetadata").at("istio").at("config").get<std::string>();
        write_origin(origins[i].resource, row.origin);
        row.path = origins[i].path;
      }
    }
  }
  return rows;
}

}  // namespace meshroute::view
