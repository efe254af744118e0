#pragma once

// SPDX-License-Identifier: Apache-2.0
// Pods that templates stand for, and which Pods a selector takes (KD1-KD3).

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "registry/snapshot.hpp"

namespace meshroute::registry {

/// Whether a cluster has run the Pod: a manifest has no status.
bool has_run(const model::Pod& pod);

/// The Pods of all templates, and of the Pods that have no status, with made-up addresses. In the order of the resources.
std::vector<AssumedPod> assume_pods(const std::vector<ResourcePtr>& resources,
                                    const std::map<std::string, const Resource*>& namespaces);

/// Pods by their labels: the given ones, and those of templates. Keeps pointers to the table.
class PodIndex {
 public:
  struct Candidate {
    const Resource* pod = nullptr;   ///< null: the template makes no Pod (replicas is 0)
    const Resource* from = nullptr;  ///< the template; null: the Pod is given
  };
  explicit PodIndex(const ServiceTable& table);

  /// Those of a cluster and namespace that have all labels, by name: the given ones or, where there is none, the assumed ones.
  /// An empty cluster stands for all.
  std::vector<Candidate> matching(std::string_view cluster, const std::string& namespace_, const Labels& selector) const;
  /// Whether the template of a WorkloadGroup of the namespace has all labels: entries are to come.
  bool group_matches(const std::string& namespace_, const Labels& selector) const;
  /// What it holds, without itself.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  struct Item {
    const Resource* named;  ///< whose cluster, namespace and name it has
    const Labels* labels;
    Candidate candidate;
  };

  std::vector<Item> items_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_label_;    ///< "namespace\nkey\nvalue"
  std::unordered_map<std::string, std::vector<const Resource*>> groups_;  ///< WorkloadGroups by namespace
};

}  // namespace meshroute::registry
