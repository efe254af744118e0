// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_writer.hpp"
#include "view/rows.hpp"
#include "view/wanted.hpp"

namespace meshroute::render {

namespace {

using Json = text::Json;
constexpr std::array<std::string_view, 5> kSections{"services", "clusters", "endpoints", "routes", "listeners"};

/// Null for a section that is not known, and for routes, which are written as they are made.
const Json* section_of(const view::ProxyView& view, std::string_view section) {
  if (section == "services") return &view.services_json();
  if (section == "clusters") return &view.clusters_json();
  if (section == "endpoints") return &view.endpoints_json();
  if (section == "listeners") return &view.listeners_json();
  return nullptr;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "-";
  if (found->is_string()) return found->text().empty() ? "-" : found->text();
  return found->dump();
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string action_of(const RouteRow& route) {
  if (route.action == "redirect") return "redirect " + route.redirect;
  if (route.direct_response) return "answer " + std::to_string(*route.direct_response);
  std::string text = route.cluster;
  for (const auto& cluster : route.weighted_clusters)
    text += (text.empty() ? "" : ", ") + cluster.name + " " + std::to_string(cluster.weight);
  return text;
}

std::string chain_of(const Json& chain) {
  if (chain.contains("rds")) return "route table " + text_of(chain, "rds");
  if (chain.contains("cluster")) return text_of(chain, "cluster");
  return text_of(chain, "weighted_clusters");
}

/// Those entries of a section whose typed counterparts, which stand in the same order, are wanted.
template <class List, class Wants>
Json kept_of(const Json& section, const List& typed, const Wants& wants) {
  Json kept = Json::array();
  auto entry = section.begin();
  for (const auto& each : typed) {
    if (wants(each)) kept.push_back(*entry);
    ++entry;
  }
  return kept;
}

Json filtered(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  const Json& all = *section_of(view, section);
  if (wanted.everything()) return all;
  if (section == "services")
    return kept_of(all, view.scope.services, [&](const auto& service) { return wanted.service(*service); });
  if (section == "clusters")
    return kept_of(all, view.clusters(), [&](const auto& cluster) { return wanted.cluster(cluster.name); });
  if (section == "endpoints")
    return kept_of(all, view.assignments(), [&](const auto* assignment) { return wanted.cluster(assignment->cluster); });
  return kept_of(all, view.listeners(), [&](const auto& listener) { return wanted.listener(view, listener); });
}

void write_section(text::JsonWriter& json, const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  if (section == "routes") return view.write_routes(json, wanted);
  if (is_server_section(section)) return server_json(view, section).write(json);
  const Json* all = section_of(view, section);
  if (all == nullptr) return json.null();
  if (wanted.everything()) return all->write(json);
  filtered(view, section, filter).write(json);
}

std::vector<std::string> endpoint_row(std::string_view cluster, const view::LoadEndpoint& endpoint) {
  std::string from = "a network's gateway";
  if (endpoint.from != nullptr) {
    const Resource* resource = endpoint.from->workload->resource;
    from = "-";
    if (resource != nullptr) view::write_place(*resource, from);
  }
  return {std::string(cluster),
          or_dash(std::string(endpoint.address)) + ":" + std::to_string(endpoint.port),
          std::to_string(endpoint.weight),
          std::to_string(endpoint.priority),
          or_dash(std::string(endpoint.locality)),
          std::string(view::health_text(endpoint.health)),
          std::move(from)};
}

std::string table_of(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  std::vector<std::vector<std::string>> rows;
  if (section == "services") {
    rows.push_back({"HOST", "NAMESPACE", "PORTS", "RESOLUTION", "ADDRESS", "FROM"});
    for (const auto& service : view::service_rows(view, filter)) {
      std::string ports;
      for (const auto& port : service.ports)
        ports += (ports.empty() ? "" : ",") + std::to_string(port.number) + "/" + or_dash(port.protocol);
      const std::string object = service.registry == "External" ? service.origin.name : "";  // of Kubernetes, the host says it
      rows.push_back({or_dash(service.hostname), or_dash(service.namespace_), ports, service.resolution, or_dash(service.address),
                      service.registry + " " + or_dash(object)});
    }
  } else if (section == "clusters") {
    rows.push_back({"CLUSTER", "TYPE", "POLICY"});
    for (const auto& cluster : view::cluster_rows(view, filter)) rows.push_back({cluster.name, cluster.type, cluster.lb_policy});
  } else if (section == "endpoints") {
    const view::Wanted wanted(filter);
    rows.push_back({"CLUSTER", "ENDPOINT", "WEIGHT", "PRIORITY", "LOCALITY", "HEALTH", "FROM"});
    for (const view::LoadAssignment* assignment : view.assignments()) {
      if (!wanted.cluster(assignment->cluster)) continue;
      for (const auto& endpoint : assignment->endpoints) rows.push_back(endpoint_row(assignment->cluster, endpoint));
      if (assignment->endpoints.empty()) rows.push_back({std::string(assignment->cluster), "none", "-", "-", "-", "-", "-"});
    }
  } else if (section == "routes") {
    rows.push_back({"TABLE", "VIRTUAL HOST", "#", "MATCH", "ACTION"});
    for (const auto& route : view::route_rows(view, filter)) {
      rows.push_back(
          {or_dash(route.route_config), or_dash(route.virtual_host), std::to_string(route.index), route.match, action_of(route)});
    }
  } else {
    rows.push_back({"LISTENER", "CHAIN", "GOES TO"});
    const Json wanted = filtered(view, section, filter);
    for (const auto& listener : wanted) {
      for (const auto& chain : listener["filter_chains"]) {
        rows.push_back({text_of(listener, "name"), text_of(chain, "match"), chain_of(chain)});
      }
      if (listener.contains("default_filter_chain"))
        rows.push_back({text_of(listener, "name"), "default", chain_of(listener["default_filter_chain"])});
    }
  }
  return aligned(rows);
}

}  // namespace

std::string view_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  std::string text;
  text::JsonWriter json(text, 2);
  if (!section.empty()) {
    write_section(json, view, section, filter);
    return text;
  }
  json.begin_object();
  for (const auto each : kSections) {
    json.key(each);
    write_section(json, view, each, filter);
  }
  if (view.proxy.type == Proxy::Type::sidecar) {
    for (const auto each : {"inbound", "client_tls"}) {
      json.key(each);
      server_json(view, each).write(json);
    }
  }
  json.end_object();
  return text;
}

std::string envoy_routes_json(const view::ProxyView& view) {
  std::string text;
  text::JsonWriter json(text, 2);
  view.write_route_configurations(json);
  return text;
}

std::string view_text(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  if (is_server_section(section)) return server_text(view, section);
  std::string text;
  for (const auto each : kSections) {
    if (!section.empty() && each != section) continue;
    if (section.empty()) text += (text.empty() ? "" : "\n") + std::string(each) + "\n";
    text += table_of(view, each, filter);
  }
  return text;
}

}  // namespace meshroute::render
