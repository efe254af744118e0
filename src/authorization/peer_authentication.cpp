// SPDX-License-Identifier: Apache-2.0
// The mutual TLS mode of each port of a workload.
#include "authorization/peer_authentication.hpp"

#include <algorithm>
#include <tuple>

#include "match/labels.hpp"

namespace meshroute::authorization {

namespace {

const model::PeerAuthentication& spec_of(const Resource& policy) { return *policy.as<model::PeerAuthentication>(); }

Mode own_mode(const Resource* policy) {
  return policy == nullptr || !spec_of(*policy).mtls ? Mode::UNSET : spec_of(*policy).mtls->mode;
}

bool older(const Resource* a, const Resource* b) {  // MT5
  return std::tie(a->metadata.creation_timestamp, a->identity.name) < std::tie(b->metadata.creation_timestamp, b->identity.name);
}

Mode port_mode(const Resource* policy, std::uint32_t port) {  // MT4
  if (policy == nullptr || !spec_of(*policy).port_level_mtls) return Mode::UNSET;
  const auto& levels = *spec_of(*policy).port_level_mtls;
  const auto found = levels.find(port);
  return found == levels.end() ? Mode::UNSET : found->second.mode;
}

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

bool selects(const Resource& policy) { return spec_of(policy).selector && !spec_of(policy).selector->match_labels.empty(); }

void PeerLevels::add(const Resource& policy, std::string_view root_namespace) {
  const bool is_root = policy.identity.namespace_ == root_namespace;
  if (is_root && selects(policy)) return;  // MT3
  const Resource*& level = is_root ? mesh : selects(policy) ? workload : namespace_;
  if (level == nullptr || older(&policy, level)) level = &policy;
}

const Resource* PeerLevels::source(std::uint32_t port) const {
  if (port_mode(workload, port) != Mode::UNSET) return workload;
  for (const Resource* level : {workload, namespace_, mesh}) {  // MT2
    if (own_mode(level) != Mode::UNSET) return level;
  }
  return nullptr;
}

Mode PeerLevels::of(std::uint32_t port) const {
  const Resource* policy = source(port);
  if (policy == nullptr) return Mode::PERMISSIVE;
  const Mode own = policy == workload ? port_mode(workload, port) : Mode::UNSET;
  return own != Mode::UNSET ? own : own_mode(policy);
}

PeerModes peer_modes(const registry::Base& base, const Workload& workload) {
  PeerModes modes;
  const std::string& root = base.settings->root_namespace;
  std::vector<const Resource*> of_namespace, of_root;
  for (const Resource* resource : base.peer_authentications) {
    const bool is_root = resource->identity.namespace_ == root, own = resource->identity.namespace_ == workload.namespace_;
    if (!is_root && !own) continue;
    if (selects(*resource) && !match::labels_subset(spec_of(*resource).selector->match_labels, *workload.labels)) continue;
    (is_root ? of_root : of_namespace).push_back(resource);
    modes.add(*resource, root);
  }
  std::stable_sort(of_namespace.begin(), of_namespace.end(), older);
  std::stable_sort(of_root.begin(), of_root.end(), older);
  for (const auto* list : {&of_namespace, &of_root}) {  // of a level without selectors, Istio keeps one
    for (const Resource* resource : *list) {
      if (selects(*resource) || resource == modes.namespace_ || resource == modes.mesh) modes.policies.push_back(resource);
    }
  }
  modes.mode = modes.of(0);
  if (modes.workload == nullptr) return modes;
  if (const auto& levels = spec_of(*modes.workload).port_level_mtls) {  // MT4
    for (const auto& [port, mtls] : *levels) modes.ports[port] = modes.of(port);
  }
  return modes;
}

}  // namespace meshroute::authorization
