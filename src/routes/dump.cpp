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

/// Envoy's /config_dump wraps each configuration in its section, its wrapper and its resource; `istioctl` keeps some of them.
void collect(const Json& json, std::vector<const Json*>& found) {
  if (json.is_array()) {
    for (const Json& each : json) collect(each, found);
    return;
  }
  if (!json.is_object()) return;
  if (member(json, "virtual_hosts", "virtualHosts") != nullptr) {
    found.push_back(&json);
    return;
  }
  constexpr std::pair<const char*, const char*> kWrappers[] = {{"configs", "configs"},
                                                               {"static_route_configs", "staticRouteConfigs"},
                                                               {"dynamic_route_configs", "dynamicRouteConfigs"},
                                                               {"route_config", "routeConfig"},
                                                               {"resource", "resource"},
                                                               {"resources", "resources"}};
  for (const auto& [snake, camel] : kWrappers) {
    if (const Json* inner = member(json, snake, camel)) collect(*inner, found);
  }
}

std::string name_of(const Json& json) {
  return json.contains("name") && json["name"].is_string() ? json["name"].get<std::string>() : "";
}

}  // namespace

Result<Json> find_route_configuration(Json json, std::string_view name) {
  std::vector<const Json*> found;
  collect(json, found);
  // An object without virtual hosts is a RouteConfiguration all the same: an empty one.
  if (found.empty() && json.is_object() && !json.contains("configs") && (name.empty() || name_of(json) == name)) return json;
  std::string names;
  for (const Json* each : found) {
    if (name.empty() ? found.size() == 1 : name_of(*each) == name) {
      Json only = *each;
      only.erase("@type");
      return only;
    }
    names += (names.empty() ? "" : ", ") + name_of(*each);
  }
  if (found.empty()) return Error{Error::Code::refused, "there is no RouteConfiguration in it"};
  if (name.empty()) return Error{Error::Code::refused, "there are several RouteConfigurations; name one of: " + names};
  return Error{Error::Code::refused, "there is no RouteConfiguration `" + std::string(name) + "`; there are: " + names};
}

}  // namespace meshroute::routes
