// SPDX-License-Identifier: Apache-2.0

#include "admission/webhook.hpp"

#include "admission/common.hpp"

namespace meshroute::admission {

std::vector<Finding> validate(const Resource& resource) {
  std::vector<Finding> findings;
  Walk walk(&findings);
  if (const auto* service_entry = resource.as<model::ServiceEntry>()) {
    validate_service_entry(walk, resource, *service_entry);
  } else if (const auto* workload_entry = resource.as<model::WorkloadEntry>()) {
    validate_workload_entry(walk, *workload_entry);
  } else if (const auto* virtual_service = resource.as<model::VirtualService>()) {
    validate_virtual_service(walk, resource, *virtual_service);
  } else if (const auto* destination_rule = resource.as<model::DestinationRule>()) {
    validate_destination_rule(walk, resource, *destination_rule);
  } else if (const auto* sidecar = resource.as<model::Sidecar>()) {
    validate_sidecar(walk, resource, *sidecar);
  } else if (const auto* gateway = resource.as<model::Gateway>()) {
    validate_gateway(walk, resource, *gateway);
  } else if (const auto* workload_group = resource.as<model::WorkloadGroup>()) {
    validate_workload_group(walk, *workload_group);
  } else if (const auto* authorization_policy = resource.as<model::AuthorizationPolicy>()) {
    validate_authorization_policy(walk, *authorization_policy);
  } else if (const auto* peer_authentication = resource.as<model::PeerAuthentication>()) {
    validate_peer_authentication(walk, *peer_authentication);
  }
  return findings;
}

}  // namespace meshroute::admission
