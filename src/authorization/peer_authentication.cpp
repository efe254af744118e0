// SPDX-License-Identifier: Apache-2.0
// The mutual TLS mode of each port of a workload.
#include "authorization/peer_authentication.hpp"

#include <algorithm>

#include "match/labels.hpp"

namespace meshroute::authorization {

namespace {

Mode mode_of(const std::optional<model::PeerAuthentication::MutualTLS>& mtls) { return mtls ? mtls->mode : Mode::UNSET; }

Mode own_mode(const Resource* policy) {
  return policy == nullptr ? Mode::UNSET : mode_of(policy->as<model::PeerAuthentication>()->mtls);
}

bool older(const Resource* a, const Resource* b) {  // MT5
  return std::tie(a->metadata.creation_timestamp, a->identity.name) < std::tie(b->metadata.creation_timestamp, b->identity.name);
}

bool has_selector(const model::PeerAuthentication& policy) { return policy.selector && !policy.selector->match_labels.empty(); }

}  // namespace

std::string_view text_of(Mode mode) {
  switch (mode) {
    case Mode::DISABLE:
      return "DISABLE";
    case Mode::STRICT:
      return "STRICT";
    case Mode::PERMISSIVE:
      return "PERMISSIVE";
    default:
      return "UNSET";
  }
}

PeerModes peer_modes(const registry::Base& base, const Workload& workload) {
  PeerModes modes;
  const std::string& root = base.settings->root_namespace;
  std::vector<const Resource*> of_namespace, of_root;
  for (const Resource* resource : base.peer_authentications) {
    const auto& spec = *resource->as<model::PeerAuthentication>();
    const bool is_root = resource->identity.namespace_ == root, own = resource->identity.namespace_ == workload.namespace_;
    if (!is_root && !own) continue;
    if (has_selector(spec) && !match::labels_subset(spec.selector->match_labels, *workload.labels)) continue;
    (is_root ? of_root : of_namespace).push_back(resource);
  }
  std::stable_sort(of_namespace.begin(), of_namespace.end(), older);
  std::stable_sort(of_root.begin(), of_root.end(), older);
  for (const Resource* resource : of_namespace) {  // MT1, MT5
    const Resource*& level = has_selector(*resource->as<model::PeerAuthentication>()) ? modes.workload : modes.namespace_;
    if (level == nullptr) level = resource;
  }
  for (const Resource* resource : of_root) {
    if (modes.mesh == nullptr && !has_selector(*resource->as<model::PeerAuthentication>())) modes.mesh = resource;  // MT3
  }
  for (const auto* list : {&of_namespace, &of_root}) {  // of a level without selectors, Istio keeps one
    for (const Resource* resource : *list) {
      if (has_selector(*resource->as<model::PeerAuthentication>()) || resource == modes.namespace_ || resource == modes.mesh)
        modes.policies.push_back(resource);
    }
  }
  for (const Resource* level : {modes.mesh, modes.namespace_, modes.workload}) {  // MT2
    if (const Mode mode = own_mode(level); mode != Mode::UNSET) modes.mode = mode;
  }
  if (modes.workload == nullptr) return modes;
  if (const auto& levels = modes.workload->as<model::PeerAuthentication>()->port_level_mtls) {  // MT4
    for (const auto& [port, mtls] : *levels) modes.ports[port] = mtls.mode == Mode::UNSET ? modes.mode : mtls.mode;
  }
  return modes;
}

const Resource* PeerModes::source(std::uint32_t port) const {
  if (workload != nullptr) {
    const auto& levels = workload->as<model::PeerAuthentication>()->port_level_mtls;
    const auto found =
        levels ? levels->find(port) : std::map<std::uint32_t, model::PeerAuthentication::MutualTLS>::const_iterator();
    if (levels && found != levels->end() && found->second.mode != Mode::UNSET) return workload;
  }
  for (const Resource* level : {workload, namespace_, mesh}) {
    if (own_mode(level) != Mode::UNSET) return level;
  }
  return nullptr;
}

}  // namespace meshroute::authorization
