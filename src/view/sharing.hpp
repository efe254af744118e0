#pragma once

// SPDX-License-Identifier: Apache-2.0
// What views share: those of one snapshot whose proxies cannot see differently, and those of a proxy before and after a change
// of the mesh. Decided in sharing.cpp.

#include <memory>
#include <string>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::view {

struct Seen;
struct Tables;
struct Latest;

/// A view's parts that other views may have too.
struct Shared {
  std::string kind;  ///< views of one Base with the same have the same `seen`
  std::shared_ptr<Seen> seen;
  std::shared_ptr<Tables> tables;
  std::shared_ptr<Latest> latest;
};

/// A view that was there before, of the same proxy or of another one.
struct Before {
  const registry::Snapshot& snapshot;
  const Proxy& proxy;
  const Shared& shared;
};

/// The proxy with the labels and the locality that follow from what is known of it (0.3, 0.4).
Proxy with_topology(Proxy proxy);

/// `proxy` is one that with_topology() made. `before` may be null.
Shared share(const registry::Snapshot& snapshot, const Proxy& proxy, const Before* before);

}  // namespace meshroute::view
