// SPDX-License-Identifier: Apache-2.0
// Which rules apply to a resource, and what the webhook checks of every kind.

#include "admission/webhook.hpp"

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

/// Go's strconv.ParseBool.
bool is_boolean(std::string_view text) {
  for (const std::string_view known : {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"}) {
    if (text == known) return true;
  }
  return false;
}

/// Annotations that only Istio itself sets: the webhook looks no further.
bool rejected(Walk& walk, const Resource& resource) {
  for (const std::string name :
       {"internal.istio.io/webhook-always-reject", "internal.istio.io/parents", "internal.istio.io/parent-namespace"}) {
    if (resource.metadata.annotations.count(name) == 0) continue;
    walk.error("KX0126", quote(name) + " annotation found, rejecting", "remove it: only Istio itself sets this annotation");
    return true;
  }
  return false;
}

void check_annotations(Walk& walk, const Resource& resource) {
  for (const auto& [name, value] : resource.metadata.annotations) {
    if (name == "istio.io/dry-run") {
      const auto* policy = resource.as<model::AuthorizationPolicy>();
      using Action = model::AuthorizationPolicy::Action;
      if (policy == nullptr) {
        walk.error("KX0126", "unsupported annotation istio.io/dry-run, please remove the annotation");
      } else if (!is_boolean(value)) {
        walk.error("KX0126", "annotation istio.io/dry-run with invalid value (" + value + ")");
      } else if (policy->action != Action::ALLOW && policy->action != Action::DENY) {
        walk.error("KX0126", "the annotation istio.io/dry-run currently only supports action ALLOW/DENY");
      }
    }
  }
}

}  // namespace

std::vector<Finding> validate(const Resource& resource) {
  std::vector<Finding> findings;
  Walk walk(&findings);
  if (!std::holds_alternative<std::monostate>(resource.spec)) {
    check_annotations(walk, resource);
    if (walk.errors() > 0 || rejected(walk, resource)) return findings;  // the webhook looks no further
  }
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
  } else if (const auto* request_authentication = resource.as<model::RequestAuthentication>()) {
    validate_request_authentication(walk, *request_authentication);
  } else if (const auto* telemetry = resource.as<model::Telemetry>()) {
    validate_telemetry(walk, *telemetry);
  } else if (const auto* envoy_filter = resource.as<model::EnvoyFilter>()) {
    validate_envoy_filter(walk, *envoy_filter);
  } else if (const auto* proxy_config = resource.as<model::ProxyConfig>()) {
    validate_proxy_config(walk, *proxy_config);
  } else if (const auto* wasm_plugin = resource.as<model::WasmPlugin>()) {
    validate_wasm_plugin(walk, *wasm_plugin);
  }
  return findings;
}

}  // namespace meshroute::admission
