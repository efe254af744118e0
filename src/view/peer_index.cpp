// SPDX-License-Identifier: Apache-2.0
// An index of PeerAuthentications by the rarest label of their selectors.
#include "view/peer_index.hpp"

namespace meshroute::view {

namespace {

const Labels& selector_of(const Resource& policy) {
  return policy.as<model::PeerAuthentication>()->selector->match_labels;
}

std::string key_of(std::string_view key, std::string_view value) { return std::string(key).append("=").append(value); }

}  // namespace

PeerIndex::PeerIndex(const registry::Snapshot& snapshot) : root_(snapshot.settings.root_namespace) {
  std::unordered_map<std::string, std::size_t> counts;  // of labels in selectors
  for (const Resource* policy : snapshot.peer_authentications) {
    if (!authorization::selects(*policy)) continue;
    for (const auto& [key, value] : selector_of(*policy)) ++counts[key_of(key, value)];
  }
  authorization::PeerLevels of_root;
  for (const Resource* policy : snapshot.peer_authentications) {
    const std::string& in = policy->identity.namespace_;
    if (in == root_) {
      of_root.add(*policy, root_);
      continue;
    }
    Space& space = spaces_[in];
    if (!authorization::selects(*policy)) {
      space.levels.add(*policy, root_);
      continue;
    }
    std::string rarest;
    for (const auto& [key, value] : selector_of(*policy)) {
      std::string label = key_of(key, value);
      if (rarest.empty() || counts[label] < counts[rarest]) rarest = std::move(label);
    }
    space.selecting[rarest].push_back(policy);
  }
  mesh_ = of_root.mesh;
}

authorization::Mode PeerIndex::mode(std::string_view namespace_, const registry::Workload* asked, std::uint32_t port) const {
  authorization::PeerLevels levels;
  if (const auto found = spaces_.find(namespace_); found != spaces_.end()) {
    levels = found->second.levels;
    const auto& selecting = found->second.selecting;
    if (asked != nullptr && !selecting.empty()) {
      asked->each_label([&](std::string_view key, std::string_view value) {
        const auto candidates = selecting.find(key_of(key, value));
        if (candidates == selecting.end()) return;
        for (const Resource* policy : candidates->second) {
          if (asked->has_labels(selector_of(*policy))) levels.add(*policy, root_);
        }
      });
    }
  }
  levels.mesh = mesh_;
  return levels.of(port);
}

}  // namespace meshroute::view
