#pragma once

// SPDX-License-Identifier: Apache-2.0
// The workloads that people name: Pods, WorkloadEntries, templates of Pods, WorkloadGroups (KD5).

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"
#include "registry/workload_reader.hpp"

namespace meshroute::registry {

/// A workload that has a name. `workload` points into `made`, and into the snapshot.
struct NamedWorkload {
  Workload workload;
  Resource made;         ///< in place of a resource: the Pod of a template, the entry of a WorkloadGroup
  bool assumed = false;  ///< no Pod is given, and the address is made up
};

/// Reads the workloads of a snapshot, which must outlive it. One thread.
class NamedWorkloads {
 public:
  explicit NamedWorkloads(const Snapshot& snapshot);

  /// Which of several resources with one name is meant: the lowest. -1: it is no workload.
  static int rank_of(const Resource& resource);
  /// `resource` has a rank. `named` is a fresh one.
  void read(const Resource& resource, NamedWorkload& named) const;
  /// The Pod that a template would make, or that is given without a status; null: there is none.
  const Resource* assumed_pod(const Resource& from) const;

  /// Each workload once, in document order: of several with one name the one that is meant, and a template or a WorkloadGroup
  /// only where nothing that it made is given.
  void each(const std::function<void(const Resource& resource, const NamedWorkload& named)>& visit) const;
  /// Its proxy: a router where a Gateway selects it.
  Proxy proxy_of(const Resource& resource, const NamedWorkload& named) const;
  /// A Gateway selects it, and not every workload.
  bool is_gateway(const Workload& workload) const;
  /// What is known of sidecars says that the workload has none. A Pod of a namespace that is not given may have one.
  bool lacks_sidecar(const NamedWorkload& named) const;

 private:
  using ByLabel = std::unordered_map<std::string, std::vector<const Resource*>>;
  /// Makes the index, which pays only where all workloads are read.
  void index() const;
  /// The first Pod with an address that a template has made, by the index where there is one.
  const Resource* first_pod(const Resource& owner, const Labels& labels) const;
  const Resource* first_made(const ByLabel& all, const Resource& owner, const Labels& labels, bool with_address) const;
  void read_template(const Resource& resource, const model::PodTemplate& shape, NamedWorkload& named) const;

  const Snapshot& snapshot_;
  WorkloadReader reader_;
  std::unordered_map<const Resource*, const Resource*> assumed_;
  std::map<std::string, std::map<std::string, std::vector<const Labels*>>> selectors_;  ///< of Gateways, by one label
  mutable bool indexed_ = false;
  mutable ByLabel pods_, entries_;  ///< that are given, by namespace and label
};

}  // namespace meshroute::registry
