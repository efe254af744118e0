#pragma once

// SPDX-License-Identifier: Apache-2.0
// Modes of PeerAuthentication as clients know them (E39), for many endpoints.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/snapshot.hpp"

namespace meshroute::view {

/// The resources that it was made of must outlive it.
class PeerIndex {
 public:
  explicit PeerIndex(const registry::Snapshot& snapshot);
  /// 1 disable, 2 permissive, 3 strict. `asked` null: namespace and mesh level only.
  int mode(std::string_view namespace_, const registry::Workload* asked, std::uint32_t port) const;

 private:
  struct Space {
    const Resource* plain = nullptr;                                          ///< the one without a selector that counts
    std::unordered_map<std::string, std::vector<const Resource*>> selecting;  ///< by the rarest label of their selectors
  };

  std::unordered_map<std::string_view, Space> spaces_;
  const Resource* mesh_ = nullptr;
};

}  // namespace meshroute::view
