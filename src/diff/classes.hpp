#pragma once

// SPDX-License-Identifier: Apache-2.0
// The resources that two meshes do not share, and the proxies that have to be asked because of them.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::diffing {

using SnapshotPtr = std::shared_ptr<const registry::Snapshot>;

/// What differs between two meshes.
struct Changed {
  struct One {
    const Resource* before = nullptr;  ///< null: it is new
    const Resource* after = nullptr;   ///< null: it is gone
  };
  std::map<std::string, One> resources;  ///< by display name
  std::set<std::string> kinds;
  bool settings = false;  ///< MeshConfig or MeshNetworks
  bool order = false;     ///< the same resources stand in another order

  bool nothing() const { return resources.empty() && !settings && !order; }
  bool only(const std::string& kind) const { return !settings && !order && kinds.size() == 1 && kinds.contains(kind); }
};
Changed changed(const SnapshotPtr& before, const SnapshotPtr& after);

/// Proxies that cannot be told apart on either side.
struct ProxyClass {
  Proxy before, after;             ///< one of them, as each side describes it
  std::vector<std::string> names;  ///< "shop/web", or "shop": whoever else is there
};
std::vector<ProxyClass> classes(const SnapshotPtr& before, const SnapshotPtr& after, const Changed& changed);

/// The proxy of a workload's name, as each side describes it; where neither knows it, why is added to `not_found`.
ProxyClass class_of(const SnapshotPtr& before, const SnapshotPtr& after, const std::string& name,
                    std::vector<std::string>& not_found);

}  // namespace meshroute::diffing
