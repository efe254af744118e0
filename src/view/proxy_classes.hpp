#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which proxies see the same, told without a view of each.

#include <string>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::view {

/// Whether nothing that is told of two proxies differs.
bool same_proxy(const Proxy& a, const Proxy& b);

/// Tells the proxies of workloads apart, for many of them, without a view of each.
class ProxyClasses {
 public:
  /// The snapshot's base must outlive it.
  explicit ProxyClasses(const registry::Snapshot& snapshot);
  /// Appends to `key`: sidecars of workloads with the same text have the same scope, routes and listeners, and choose endpoints
  /// alike. The listeners on a proxy's own address are left out.
  void append_key(const registry::Workload& workload, std::string& key) const;

 private:
  std::vector<std::string> labels_;  ///< that something looks at, sorted
};

}  // namespace meshroute::view
