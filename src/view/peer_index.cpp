// SPDX-License-Identifier: Apache-2.0

#include "view/peer_index.hpp"

#include <tuple>

namespace meshroute::view {

namespace {

using Mode = model::PeerAuthentication::MutualTLS::Mode;

bool older(const Resource* present, const Resource& one) {  // MT5
  return present == nullptr || std::tie(one.metadata.creation_timestamp, one.identity.name) <
                                   std::tie(present->metadata.creation_timestamp, present->identity.name);
}

const model::PeerAuthentication& spec_of(const Resource& resource) { return *resource.as<model::PeerAuthentication>(); }

bool selects(const Resource& resource) {
  const auto& selector = spec_of(resource).selector;
  return selector && !selector->match_labels.empty();
}

std::string key_of(std::string_view key, std::string_view value) { return std::string(key).append("=").append(value); }

Mode mode_of(const Resource& resource, std::uint32_t port) {
  const auto& spec = spec_of(resource);
  if (port != 0 && spec.port_level_mtls) {
    const auto found = spec.port_level_mtls->find(port);
    if (found != spec.port_level_mtls->end() && found->second.mode != Mode::UNSET) return found->second.mode;
  }
  return spec.mtls ? spec.mtls->mode : Mode::UNSET;
}

}  // namespace

PeerIndex::PeerIndex(const registry::Snapshot& snapshot) {
  const std::string& root = snapshot.settings.root_namespace;
  std::unordered_map<std::string, std::size_t> counts;  // of labels in selectors
  for (const Resource* resource : snapshot.peer_authentications) {
    if (!selects(*resource)) continue;
    for (const auto& [key, value] : spec_of(*resource).selector->match_labels) ++counts[key_of(key, value)];
  }
  for (const Resource* resource : snapshot.peer_authentications) {
    const std::string& in = resource->identity.namespace_;
    Space& space = spaces_[in];
    if (selects(*resource)) {
      std::string rarest;
      for (const auto& [key, value] : spec_of(*resource).selector->match_labels) {
        std::string label = key_of(key, value);
        if (rarest.empty() || counts[label] < counts[rarest]) rarest = std::move(label);
      }
      space.selecting[rarest].push_back(resource);
      continue;
    }
    if (in == root && older(mesh_, *resource)) mesh_ = resource;
    if (in != root && older(space.plain, *resource)) space.plain = resource;
  }
}

int PeerIndex::mode(std::string_view namespace_, const registry::Workload* asked, std::uint32_t port) const {
  const Resource* workload = nullptr;
  const Resource* in_namespace = nullptr;
  if (const auto found = spaces_.find(namespace_); found != spaces_.end()) {
    in_namespace = found->second.plain;
    const auto& selecting = found->second.selecting;
    if (asked != nullptr && !selecting.empty()) {
      asked->each_label([&](std::string_view key, std::string_view value) {
        const auto candidates = selecting.find(key_of(key, value));
        if (candidates == selecting.end()) return;
        for (const Resource* resource : candidates->second) {
          if (asked->has_labels(spec_of(*resource).selector->match_labels) && older(workload, *resource)) workload = resource;
        }
      });
    }
  }
  for (const Resource* resource : {workload, in_namespace, mesh_}) {
    if (resource == nullptr) continue;
    const Mode mode = mode_of(*resource, resource == workload ? port : 0);
    if (mode != Mode::UNSET) return static_cast<int>(mode);
  }
  return 2;
}

}  // namespace meshroute::view
