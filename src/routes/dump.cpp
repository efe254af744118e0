// SPDX-License-Identifier: Apache-2.0
#include "routes/dump.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meshroute::routes {

namespace {

using Json = nlohmann::json;

const Json* member(const Json& object, const char* snake, const char* camel) {
  for (const char* key : {snake, camel}) {
    if (const auto found = object.find(key); found != object.end()) return &*found;
  }
  return nullptr;
}

struct Found {
  const Json* json;
  std::string place;
};

/// Envoy's /config_dump wraps each configuration in its section, its wrapper and its resource; `istioctl` keeps some of them.
void collect(const Json& json, const std::string& place, std::vector<Found>& found) {
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) collect(json[i], place + "[" + std::to_string(i) + "]", found);
    return;
  }
  if (!json.is_object()) return;
  if (member(json, "virtual_hosts", "virtualHosts") != nullptr) {
    found.push_back({&json, place});
    return;
  }
  constexpr std::pair<const char*, const char*> kWrappers[] = {{"configs", "configs"},
                                                               {"static_route_configs", "staticRouteConfigs"},
                                                               {"dynamic_route_configs", "dynamicRouteConfigs"},
                                                               {"route_config", "routeConfig"},
                                                               {"resource", "resource"},
                                                               {"resources", "resources"}};
  for (const auto& [snake, camel] : kWrappers) {
    if (const Json* inner = member(json, snake, camel)) collect(*inner, place + (place.empty() ? "" : ".") + snake, found);
  }
}

std::string name_of(const Json& json) {
  return json.contains("name") && json["name"].is_string() ? json["name"].get<std::string>() : "";
}

}  // namespace

Result<Json> find_route_configuration(Json json, std::string_view name, std::string* place) {
  std::vector<Found> found;
  collect(json, {}, found);
  // An object without virtual hosts is a RouteConfiguration all the same: an empty one.
  if (found.empty() && json.is_object() && !json.contains("configs") && (name.empty() || name_of(json) == name)) return json;
  std::string names;
  for (const Found& each : found) {
    if (name.empty() ? found.size() == 1 : name_of(*each.json) == name) {
      if (place != nullptr) *place = each.place;
      Json only = *each.json;
      only.erase("@type");
      return only;
    }
    names += (names.empty() ? "" : ", ") + name_of(*each.json);
  }
  if (found.empty()) return Error{Error::Code::refused, "there is no RouteConfiguration in it"};
  if (name.empty()) return Error{Error::Code::refused, "there are several RouteConfigurations; name one of: " + names};
  return Error{Error::Code::refused, "there is no RouteConfiguration `" + std::string(name) + "`; there are: " + names};
}

}  // namespace meshroute::routes
