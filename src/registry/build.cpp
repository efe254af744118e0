// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "registry/builder.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::registry {

bool Snapshot::has_service(std::string_view hostname) const {
  const auto found = index.lower_bound({std::string(hostname), std::string()});
  return found != index.end() && found->first.first == hostname;
}

std::shared_ptr<const Snapshot> build(Settings settings, std::vector<std::shared_ptr<const Resource>> resources) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->settings = std::move(settings);
  snapshot->resources = std::move(resources);
  for (const auto& resource : snapshot->resources) {
    if (resource->as<model::Namespace>() != nullptr) {
      const auto [found, added] = snapshot->namespaces.try_emplace(resource->identity.name, resource.get());
      if (!added && resource->identity.cluster == kConfigCluster) found->second = resource.get();
    }
    if (resource->identity.cluster != kConfigCluster) continue;
    if (resource->as<model::VirtualService>() != nullptr) snapshot->virtual_services.push_back(resource.get());
    if (resource->as<model::DestinationRule>() != nullptr) snapshot->destination_rules.push_back(resource.get());
    if (resource->as<model::Sidecar>() != nullptr) snapshot->sidecars.push_back(resource.get());
  }
  const auto order = [](const Resource* a, const Resource* b) { return created_before(*a, *b); };  // 0.6
  for (auto* list : {&snapshot->virtual_services, &snapshot->destination_rules, &snapshot->sidecars}) {
    std::stable_sort(list->begin(), list->end(), order);
  }
  std::stable_partition(snapshot->destination_rules.begin(), snapshot->destination_rules.end(), [](const Resource* rule) {  // 0.7
    return rule->as<model::DestinationRule>()->workload_selector.has_value();
  });
  const std::vector<MutableService> services = make_services(*snapshot);
  make_pools(*snapshot, services);
  for (const MutableService& service : services) {
    snapshot->services.push_back(service);
    const auto [found, added] = snapshot->index.try_emplace({service->hostname, service->namespace_}, service);
    if (!added && service->kubernetes && !found->second->kubernetes) found->second = service;  // B18
  }
  return snapshot;
}

}  // namespace meshroute::registry
