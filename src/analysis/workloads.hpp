#pragma once

// SPDX-License-Identifier: Apache-2.0
// What selectors select: Pods, WorkloadEntries, and what stands for workloads to come.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/workload_labels.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::analysis {

/// A Pod, a WorkloadEntry, or the template of those that a WorkloadGroup will make.
struct Workload {
  const Resource* resource = nullptr;
  WorkloadLabels labels;
  SharedString account;  ///< its service account; "default" if missing
  bool in_mesh = true;   ///< false: a Pod that is known to have no sidecar
  bool to_come = false;  ///< a template: the address is not known
  bool ambient = false;  ///< a Pod whose traffic a ztunnel takes
};

/// Workloads by their labels, so that a selector looks only at those that have its rarest one.
class Workloads {
 public:
  using Indexes = std::span<const std::uint32_t>;  ///< in order

  explicit Workloads(const registry::Snapshot& snapshot);

  const std::vector<Workload>& all() const { return all_; }
  const Workload& operator[](std::size_t index) const { return all_[index]; }
  /// Those of a namespace.
  Indexes in(const std::string& namespace_) const;
  /// Those of the namespace (empty: of all namespaces) that have all labels.
  std::vector<const Workload*> selected(const std::string& namespace_, const Labels& selector) const;
  bool any(const std::string& namespace_, const Labels& selector) const;
  /// One of another namespace with all labels, or null.
  const Workload* elsewhere(const std::string& namespace_, const Labels& selector) const;
  /// One of the namespace that has all labels but one, or null. It has one of the two rarest; of a single label, it has a value
  /// that is spelled alike.
  const Workload* nearly(const std::string& namespace_, const Labels& selector) const;
  /// The first, of any namespace, that has a label of this name, or null.
  const Workload* one_with(const std::string& key) const;
  /// Whether a workload of the namespace has this service account.
  bool has_account(const std::string& namespace_, std::string_view account) const;
  /// A service account of workloads of the namespace that is spelled alike, or of which one begins with the other; or empty.
  std::string near_account(const std::string& namespace_, std::string_view account) const;
  /// A namespace with a workload of this service account, or null.
  const std::string* namespace_of_account(const std::string& account) const;

 private:
  /// Workloads by the hashes of texts, which is quicker than by the texts: two of one hash are told apart by who asks.
  class ByHash {
   public:
    void add(std::uint64_t hash, std::uint32_t index) { added_.push_back(hash << 32U | index); }
    /// After the last was added.
    void sort();
    Indexes of(std::uint64_t hash) const;

   private:
    std::vector<std::uint64_t> added_;  ///< until they are sorted: half of a hash, then the index
    std::vector<std::uint32_t> hashes_;
    std::vector<std::uint32_t> indexes_;  ///< beside each hash
  };

  void add(Workload workload);
  Indexes candidates(const std::string& namespace_, const Labels& selector) const;
  std::vector<Indexes> sorted_lists(const std::string& namespace_, const Labels& selector) const;
  bool fits(std::size_t index, const std::string& namespace_, const Labels& selector) const;

  std::vector<Workload> all_;
  std::vector<std::uint32_t> everything_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_namespace_;
  ByHash by_label_, by_label_anywhere_;                                           ///< of a namespace; of all
  ByHash by_key_;                                                                 ///< of a namespace, by a label's name
  std::unordered_map<std::string, std::size_t> first_;                            ///< of all, by a label's name
  std::unordered_map<std::string, std::set<std::string, std::less<>>> accounts_;  ///< by namespace
  std::unordered_map<std::string, std::string> account_namespaces_;               ///< of a service account, one of its namespaces
};

/// Without what Istio adds to every endpoint (C7), which workloads do not have themselves.
Labels own_labels(const Labels& selector);

/// Where the labels of a workload stand in its resource.
std::string path_of_labels(const Workload& workload);

bool is_ambient(const Resource* namespace_);

}  // namespace meshroute::analysis
