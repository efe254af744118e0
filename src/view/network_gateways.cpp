// SPDX-License-Identifier: Apache-2.0
// Where the networks of a mesh are entered: gateways of MeshNetworks, and Services that are labelled as such.
#include "view/network_gateways.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "match/labels.hpp"
#include "registry/text.hpp"

namespace meshroute::view {

namespace {

constexpr const char* kNodeSelector = "traffic.istio.io/nodeSelector";

/// The port of a network's gateway that a Service names by its labels; 0: it does not listen there.
std::uint32_t labelled_port(const Resource& resource, const model::Service& service) {
  constexpr std::uint32_t kDefault = 15443;
  std::uint32_t port = kDefault;
  if (const std::string* label = registry::find_label(resource.metadata.labels, "networking.istio.io/gatewayPort")) {
    std::uint32_t number = 0;
    const char* const end = label->data() + label->size();
    const auto read = std::from_chars(label->data(), end, number);
    if (read.ec == std::errc() && read.ptr == end) port = number;
  }
  const bool listens =
      std::any_of(service.ports.begin(), service.ports.end(), [port](const auto& each) { return each.port == port; });
  return listens ? port : 0;
}

/// C37a: the labels of nodes that the annotation asks for, as Go's decoder reads them: what is no text is "", what is no JSON
/// asks for none.
Labels node_selector(const std::string& annotation) {
  Labels labels;
  const text::Json json = text::Json::parse(annotation);
  if (!json.is_object()) return labels;
  for (const auto& [key, value] : json.items()) labels[key] = value.is_string() ? value.text() : std::string();
  return labels;
}

/// C37, C37a: where a Service is reached from outside of its cluster.
std::vector<std::string> outer_addresses(const registry::Snapshot& snapshot, const Resource& resource, bool node_ports) {
  const auto& service = *resource.as<model::Service>();
  std::vector<std::string> addresses;
  if (service.type == "LoadBalancer") addresses = service.load_balancer_ips;
  addresses.insert(addresses.end(), service.external_ips.begin(), service.external_ips.end());
  if (!node_ports || !addresses.empty()) return addresses;
  const auto selector = node_selector(resource.metadata.annotations.at(kNodeSelector));
  for (const Resource* node : snapshot.base->table->nodes) {
    const std::string& address = node->as<model::Node>()->external_ip;
    if (!address.empty() && node->identity.cluster == resource.identity.cluster &&
        match::labels_subset(selector, node->metadata.labels))
      addresses.push_back(address);
  }
  return addresses;
}

}  // namespace

std::vector<NetworkGateway> network_gateways(const registry::Snapshot& snapshot) {  // C37
  std::set<NetworkGateway> gateways;
  const text::Json& config = snapshot.settings.mesh_networks;
  std::map<std::string, std::vector<std::pair<std::string, std::uint32_t>>> by_service;
  if (config.is_object() && config.contains("networks") && config["networks"].is_object()) {
    for (const auto& [name, network] : config["networks"].items()) {
      if (!network.is_object() || !network.contains("gateways") || !network["gateways"].is_array()) continue;
      for (const auto& gateway : network["gateways"]) {
        if (!gateway.is_object()) continue;
        std::uint32_t port = 0;
        if (gateway.contains("port") && gateway["port"].is_number_integer()) port = gateway["port"].number<std::uint32_t>();
        if (gateway.contains("address") && gateway["address"].is_string()) {
          gateways.insert({name, "", gateway["address"].text(), port});
        } else if (gateway.contains("registryServiceName") && gateway["registryServiceName"].is_string()) {
          by_service[gateway["registryServiceName"].text()].emplace_back(name, port);
        }
      }
    }
  }
  for (const Resource* resource : snapshot.base->table->kubernetes) {
    const auto& service = *resource->as<model::Service>();
    std::vector<std::pair<std::string, std::uint32_t>> entered;  // network, port of the Service
    const std::string network = registry::label_or_empty(resource->metadata.labels, "topology.istio.io/network");
    if (!network.empty()) {
      if (const std::uint32_t port = labelled_port(*resource, service); port != 0) entered.emplace_back(network, port);
    } else if (!by_service.empty()) {
      const auto named = by_service.find(resource->identity.name + "." + resource->identity.namespace_ + ".svc." +
                                         snapshot.settings.domain_suffix);
      if (named != by_service.end()) entered = named->second;
    }
    if (entered.empty()) continue;
    const bool node_ports = service.type == "NodePort" && resource->metadata.annotations.contains(kNodeSelector);
    const std::vector<std::string> addresses = outer_addresses(snapshot, *resource, node_ports);
    for (auto& [name, number] : entered) {
      std::uint32_t port = number;
      for (const auto& each : service.ports) {
        if (node_ports && each.port == number) port = each.node_port;
      }
      for (const std::string& address : addresses) gateways.insert({name, resource->identity.cluster, address, port});
    }
  }
  return {gateways.begin(), gateways.end()};
}

}  // namespace meshroute::view
