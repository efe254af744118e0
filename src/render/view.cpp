// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "render/render.hpp"
#include "render/text_parts.hpp"

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

std::string table_of(const Json& json, std::string_view section) {
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
    rows.push_back({"CLUSTER", "ENDPOINT", "WEIGHT", "PRIORITY", "LOCALITY", "HEALTH"});
    for (const auto& cluster : json) {
      for (const auto& endpoint : cluster.value("endpoints", Json::array())) {
        rows.push_back({text_of(cluster, "cluster"), text_of(endpoint, "address") + ":" + text_of(endpoint, "port"),
                        text_of(endpoint, "weight"), text_of(endpoint, "priority"), text_of(endpoint, "locality"),
                        text_of(endpoint, "health")});
      }
      if (cluster.value("endpoints", Json::array()).empty())
        rows.push_back({text_of(cluster, "cluster"), "none", "-", "-", "-", "-"});
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

std::string view_json(const view::ClientView& view) {
  nlohmann::ordered_json json;
  for (const auto section : kSections) json[std::string(section)] = *section_of(view, section);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string view_section_json(const view::ClientView& view, std::string_view section) {
  const Json* json = section_of(view, section);
  return json != nullptr ? json->dump(2, ' ', false, Json::error_handler_t::replace) : "null";
}

std::string view_text(const view::ClientView& view, std::string_view section) {
  std::string text;
  for (const auto each : kSections) {
    if (!section.empty() && each != section) continue;
    if (section.empty()) text += (text.empty() ? "" : "\n") + std::string(each) + "\n";
    text += table_of(*section_of(view, each), each);
  }
  return text;
}

}  // namespace meshroute::render
