// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "view/why.hpp"

namespace meshroute::render {

namespace {

using Json = nlohmann::json;
constexpr std::array<std::string_view, 5> kSections{"services", "clusters", "endpoints", "routes", "listeners"};

const Json* section_of(const view::ClientView& view, std::string_view section) {
  if (section == "services") return &view.services_json();
  if (section == "clusters") return &view.clusters_json();
  if (section == "endpoints") return &view.endpoints_json();
  if (section == "routes") return &view.routes_json();
  if (section == "listeners") return &view.listeners_json();
  return nullptr;
}

/// "WorkloadEntry shop/vm-1 (mesh.yaml:12)".
std::string origin_of(const Resource* resource) {
  if (resource == nullptr) return "-";
  std::string text = view::shown(*resource);
  if (resource->origin.source != nullptr)
    text += " (" + resource->origin.source->name + ":" + std::to_string(resource->origin.line) + ")";
  return text;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "-";
  if (found->is_string()) return found->get<std::string>().empty() ? "-" : found->get<std::string>();
  return found->dump();
}

std::string match_of(const Json& route) {
  const auto match = route.value("match", Json::object());
  const auto path = match.value("path", Json::object());
  std::string text = path.value("kind", "") + " " + path.value("value", "");
  for (const auto& header : match.value("headers", Json::array())) text += ", header " + header.value("name", "");
  for (const auto& parameter : match.value("queryParameters", Json::array())) text += ", query " + parameter.value("name", "");
  return text;
}

std::string action_of(const Json& route) {
  if (route.contains("redirect")) return "redirect " + route["redirect"].dump();
  if (route.contains("directResponse")) return "answer " + text_of(route["directResponse"], "status");
  const auto action = route.value("route", Json::object());
  if (action.contains("cluster")) return action.value("cluster", "");
  std::string text;
  for (const auto& cluster : action.value("weightedClusters", Json::object()).value("clusters", Json::array())) {
    text += (text.empty() ? "" : ", ") + cluster.value("name", "") + " " + text_of(cluster, "weight");
  }
  return text;
}

std::string chain_of(const Json& chain) {
  if (chain.contains("rds")) return "route table " + text_of(chain, "rds");
  if (chain.contains("cluster")) return text_of(chain, "cluster");
  return text_of(chain, "weighted_clusters");
}

bool is_host(std::string_view host, const ViewFilter& filter) {
  if (filter.host.empty() || host == filter.host) return true;
  return host.starts_with(filter.host) && host.size() > filter.host.size() && host[filter.host.size()] == '.';
}

struct ClusterName {
  std::string_view port, subset, host;
};

/// Of `outbound|PORT|SUBSET|HOST`; other clusters have none of these.
ClusterName parts_of(std::string_view cluster) {
  ClusterName name;
  const auto first = cluster.find('|');
  const auto second = first == std::string_view::npos ? first : cluster.find('|', first + 1);
  const auto third = second == std::string_view::npos ? second : cluster.find('|', second + 1);
  if (third == std::string_view::npos) return name;
  return {cluster.substr(first + 1, second - first - 1), cluster.substr(second + 1, third - second - 1),
          cluster.substr(third + 1)};
}

bool wants_cluster(const std::string& cluster, const ViewFilter& filter) {
  const ClusterName name = parts_of(cluster);
  return (filter.cluster.empty() || cluster == filter.cluster) && is_host(name.host, filter) &&
         (filter.subset.empty() || name.subset == filter.subset) &&
         (filter.port == 0 || name.port == std::to_string(filter.port));
}

bool has_port(const Json& service, std::uint32_t port) {
  for (const auto& each : service.value("ports", Json::array())) {
    if (each.value("number", 0U) == port) return true;
  }
  return port == 0;
}

/// Whether a part of the configuration names a wanted cluster anywhere.
bool leads_to(const Json& part, const ViewFilter& filter) {
  if (part.is_string()) {
    const auto& text = part.get_ref<const std::string&>();
    return !filter.cluster.empty() ? text == filter.cluster : text.starts_with("outbound|") && wants_cluster(text, filter);
  }
  return part.is_structured() &&
         std::any_of(part.begin(), part.end(), [&](const Json& inner) { return leads_to(inner, filter); });
}

/// A RouteConfiguration's name is a port, "host:port", or that of a socket.
bool table_has_port(const std::string& name, std::uint32_t port) {
  const std::string number = std::to_string(port);
  return port == 0 || name == number || name.ends_with(":" + number) || name.ends_with("_" + number);
}

bool names_host(const Json& virtual_host, const ViewFilter& filter) {
  for (const auto& domain : virtual_host.value("domains", Json::array())) {
    const std::string text = domain.get<std::string>();
    if (is_host(text.substr(0, text.rfind(':')), filter) || is_host(text, filter)) return true;
  }
  return false;
}

Json filtered_routes(const Json& tables, const ViewFilter& filter) {
  Json kept = Json::array();
  const bool by_cluster = !filter.cluster.empty() || !filter.subset.empty();
  for (const auto& table : tables) {
    if (!table_has_port(table.value("name", ""), filter.port)) continue;
    Json hosts = Json::array();
    for (const auto& host : table.value("virtual_hosts", Json::array())) {
      if ((filter.host.empty() || names_host(host, filter)) && (!by_cluster || leads_to(host, filter))) hosts.push_back(host);
    }
    if (hosts.empty() && (by_cluster || !filter.host.empty())) continue;
    Json copy = table;
    copy["virtual_hosts"] = std::move(hosts);
    kept.push_back(std::move(copy));
  }
  return kept;
}

Json filtered(const Json& section, std::string_view name, const ViewFilter& filter) {
  if (filter.host.empty() && filter.subset.empty() && filter.cluster.empty() && filter.port == 0) return section;
  if (name == "routes") return filtered_routes(section, filter);
  Json kept = Json::array();
  for (const auto& each : section) {
    bool wanted = true;
    if (name == "services") {
      ViewFilter of_cluster = filter;
      const ClusterName cluster = parts_of(filter.cluster);
      if (!filter.cluster.empty()) of_cluster.host = cluster.host;
      wanted = is_host(each.value("hostname", ""), of_cluster) && has_port(each, filter.port);
    } else if (name == "clusters") {
      wanted = wants_cluster(each.value("name", ""), filter);
    } else if (name == "endpoints") {
      wanted = wants_cluster(each.value("cluster", ""), filter);
    } else {
      ViewFilter of_chain = filter;
      of_chain.port = 0;  // a listener's own port counts
      wanted = (filter.port == 0 || each.value("port", 0U) == filter.port) &&
               ((filter.host.empty() && filter.subset.empty() && filter.cluster.empty()) || leads_to(each, of_chain));
    }
    if (wanted) kept.push_back(each);
  }
  return kept;
}

std::string table_of(const view::ClientView& view, const Json& json, std::string_view section) {
  std::vector<std::vector<std::string>> rows;
  if (section == "services") {
    rows.push_back({"HOST", "NAMESPACE", "PORTS", "RESOLUTION", "ADDRESS", "FROM"});
    for (const auto& service : json) {
      std::string ports;
      for (const auto& port : service.value("ports", Json::array())) {
        ports += (ports.empty() ? "" : ",") + text_of(port, "number") + "/" + text_of(port, "protocol");
      }
      rows.push_back({text_of(service, "hostname"), text_of(service, "namespace"), ports, text_of(service, "resolution"),
                      text_of(service, "proxy_address"), text_of(service, "registry") + " " + text_of(service, "object")});
    }
  } else if (section == "clusters") {
    rows.push_back({"CLUSTER", "TYPE", "POLICY"});
    for (const auto& cluster : json)
      rows.push_back({text_of(cluster, "name"), text_of(cluster, "type"), text_of(cluster, "lb_policy")});
  } else if (section == "endpoints") {
    rows.push_back({"CLUSTER", "ENDPOINT", "WEIGHT", "PRIORITY", "LOCALITY", "HEALTH", "FROM"});
    for (const auto& cluster : json) {
      const auto endpoints = cluster.value("endpoints", Json::array());
      const auto* assignment = view.assignment(cluster.value("cluster", ""));
      for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const auto* from = assignment != nullptr ? assignment->endpoints.at(i).from : nullptr;
        rows.push_back({text_of(cluster, "cluster"), text_of(endpoints[i], "address") + ":" + text_of(endpoints[i], "port"),
                        text_of(endpoints[i], "weight"), text_of(endpoints[i], "priority"), text_of(endpoints[i], "locality"),
                        text_of(endpoints[i], "health"),
                        from != nullptr ? origin_of(from->workload->resource) : "a network's gateway"});
      }
      if (endpoints.empty()) rows.push_back({text_of(cluster, "cluster"), "none", "-", "-", "-", "-", "-"});
    }
  } else if (section == "routes") {
    rows.push_back({"TABLE", "VIRTUAL HOST", "#", "MATCH", "ACTION"});
    for (const auto& table : json) {
      for (const auto& host : table.value("virtual_hosts", Json::array())) {
        std::size_t index = 0;
        for (const auto& route : host.value("routes", Json::array())) {
          rows.push_back(
              {text_of(table, "name"), text_of(host, "name"), std::to_string(index++), match_of(route), action_of(route)});
        }
      }
    }
  } else {
    rows.push_back({"LISTENER", "CHAIN", "GOES TO"});
    for (const auto& listener : json) {
      for (const auto& chain : listener.value("filter_chains", Json::array())) {
        rows.push_back({text_of(listener, "name"), text_of(chain, "match"), chain_of(chain)});
      }
      if (listener.contains("default_filter_chain"))
        rows.push_back({text_of(listener, "name"), "default", chain_of(listener["default_filter_chain"])});
    }
  }
  return aligned(rows);
}

}  // namespace

std::string view_json(const view::ClientView& view, std::string_view section, const ViewFilter& filter) {
  nlohmann::ordered_json json;
  if (!section.empty()) {
    const Json* one = section_of(view, section);
    json = one != nullptr ? filtered(*one, section, filter) : Json();
  } else {
    for (const auto each : kSections) json[std::string(each)] = filtered(*section_of(view, each), each, filter);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string view_text(const view::ClientView& view, std::string_view section, const ViewFilter& filter) {
  std::string text;
  for (const auto each : kSections) {
    if (!section.empty() && each != section) continue;
    if (section.empty()) text += (text.empty() ? "" : "\n") + std::string(each) + "\n";
    text += table_of(view, filtered(*section_of(view, each), each, filter), each);
  }
  return text;
}

}  // namespace meshroute::render
