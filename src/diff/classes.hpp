#pragma once

// SPDX-License-Identifier: Apache-2.0
// The resources that two meshes do not share, and the proxies that have to be asked because of them.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
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
  /// Whether the virtual hosts of a host, or of a wildcard, may be otherwise: it shares a name with one that the VirtualServices
  /// which changed are for, on either side, or those that delegate to them, or with a service that changed, or with one whose
  /// rules send to such a service. Where anything else changed, each may.
  bool about(std::string_view host) const { return !by_hosts || rules.has(host); }
  /// The same, with the hosts that the rules which changed send to; each host where clients changed.
  bool concerns(std::string_view host) const { return about(host) || destinations.has(host) || kinds.contains("WorkloadEntry"); }
  /// Whether clusters of this host may be otherwise, by something else than visibility.
  bool changes_cluster(std::string_view host) const { return !by_hosts || services.has(host); }

  /// Hosts in lower case.
  struct Hosts {
    std::unordered_set<std::string> names;
    std::vector<std::string> wildcards;
    void add(const std::string& host, const std::string& namespace_, const std::string& domain_suffix);
    bool has(std::string_view host) const;
  };
  bool only_rules = false;  ///< only VirtualServices
  bool by_hosts = false;    ///< only what is about certain hosts: the kinds of kByHosts
  Hosts rules, destinations;
  Hosts services;  ///< whose definition, endpoints or DestinationRule changed
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
