// SPDX-License-Identifier: Apache-2.0
// Which part of a dump is the RouteConfiguration.
#include "routes/dump.hpp"

#include <string>
#include <vector>

#include "envoy/protojson.hpp"

namespace meshroute::routes {

namespace {

using text::Node;

/// Envoy's /config_dump wraps each configuration in its section, its wrapper and its resource; `istioctl` keeps some of them.
void collect(const Node& node, std::vector<const Node*>& found) {
  for (const Node& item : node.items) collect(item, found);
  if (!node.is_object()) return;
  if (envoy::field(node, "virtual_hosts") != nullptr) {
    found.push_back(&node);
    return;
  }
  for (const char* wrapper :
       {"configs", "static_route_configs", "dynamic_route_configs", "route_config", "resource", "resources"}) {
    if (const Node* inner = envoy::field(node, wrapper)) collect(*inner, found);
  }
}

std::string_view name_of(const Node& node) {
  const Node* name = node.find("name");
  return name != nullptr && name->is_string() ? name->text : std::string_view();
}

}  // namespace

Result<const Node*> find_route_configuration(const Node& root, std::string_view name) {
  std::vector<const Node*> found;
  collect(root, found);
  // An object without virtual hosts is a RouteConfiguration all the same: an empty one.
  if (found.empty() && root.is_object() && root.find("configs") == nullptr && (name.empty() || name_of(root) == name))
    return &root;
  std::string names;
  for (const Node* each : found) {
    if (name.empty() ? found.size() == 1 : name_of(*each) == name) return each;
    names.append(names.empty() ? "" : ", ").append(name_of(*each));
  }
  if (found.empty()) return Error{Error::Code::refused, "there is no RouteConfiguration in it"};
  if (name.empty()) return Error{Error::Code::refused, "there are several RouteConfigurations; name one of: " + names};
  return Error{Error::Code::refused, "there is no RouteConfiguration `" + std::string(name) + "`; there are: " + names};
}

}  // namespace meshroute::routes
