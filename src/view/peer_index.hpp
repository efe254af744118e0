#pragma once

// SPDX-License-Identifier: Apache-2.0
// Modes of PeerAuthentication as clients know them (E39), for many endpoints.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authorization/peer_authentication.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::view {

/// The resources that it was made of must outlive it.
class PeerIndex {
 public:
  explicit PeerIndex(const registry::Snapshot& snapshot);
  /// `asked` null: namespace and mesh level only.
  authorization::Mode mode(std::string_view namespace_, const registry::Workload* asked, std::uint32_t port) const;

 private:
  struct Space {
    authorization::PeerLevels levels;                                         ///< of policies without a selector
    std::unordered_map<std::string, std::vector<const Resource*>> selecting;  ///< by the rarest label of their selectors
  };

  std::string_view root_;
  std::unordered_map<std::string_view, Space> spaces_;
  const Resource* mesh_ = nullptr;
};

}  // namespace meshroute::view
