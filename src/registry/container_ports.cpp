// SPDX-License-Identifier: Apache-2.0
// Lists the ports that the containers of a Pod name.
#include "registry/container_ports.hpp"

namespace meshroute::registry {

std::vector<const model::Pod::ContainerPort*> container_ports(const model::Pod& pod, const std::string& protocol) {
  std::vector<const model::Pod::ContainerPort*> ports;
  for (const auto& container : pod.containers) {
    if (container.name == "istio-proxy" || (container.init && container.restart_policy != "Always")) continue;
    for (const auto& port : container.ports) {
      if (port.protocol == protocol && !is_of_proxy(port.container_port)) ports.push_back(&port);
    }
  }
  return ports;
}

std::vector<std::string> shown_ports(const std::vector<const model::Pod::ContainerPort*>& ports) {
  std::vector<std::string> texts;
  texts.reserve(ports.size());
  for (const auto* port : ports)
    texts.push_back(std::to_string(port->container_port) + (port->name.empty() ? "" : " (" + port->name + ")"));
  return texts;
}

}  // namespace meshroute::registry
