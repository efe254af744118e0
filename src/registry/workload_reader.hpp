#pragma once

// SPDX-License-Identifier: Apache-2.0
// WorkloadEntries and Pods as workloads: their ports, localities, networks and TLS modes (C5-C18).

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "registry/snapshot.hpp"

namespace meshroute::registry {

class WorkloadReader {
 public:
  explicit WorkloadReader(const Settings& settings) : settings_(settings) {}
  /// Nodes and Namespaces are looked up later; others are passed over.
  void know(const Resource& resource);

  static void read(const model::WorkloadEntry& spec, Workload& workload);
  void read(const Resource& pod, Workload& workload) const;
  /// `pod` is made of the template `from` (KD2).
  void read_assumed(const Resource& pod, const Resource& from, Workload& workload) const;
  /// C10; `labels` may be null.
  std::string_view pod_network(const std::string& cluster, const Labels* labels, std::string_view address) const;

 private:
  void place_pod(const Resource& pod, Workload& workload) const;
  std::string node_locality(const std::string& cluster, const std::string& name) const;

  const Settings& settings_;
  std::map<std::pair<std::string, std::string>, const Resource*> nodes_, namespaces_;  ///< by cluster and name
};

}  // namespace meshroute::registry
