#pragma once

// SPDX-License-Identifier: Apache-2.0
// Endpoint pools of all services (C1-C29), kept so that one WorkloadEntry's change rebuilds only the pools that it is in.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "registry/derive.hpp"
#include "registry/snapshot.hpp"
#include "registry/workload_reader.hpp"

namespace meshroute::registry {

class Pools {
 public:
  Pools(std::shared_ptr<const Settings> settings, std::shared_ptr<const ServiceTable> table,
        const std::vector<ResourcePtr>& resources);

  std::vector<PoolPtr> all() const;
  /// Null where there is no endpoint.
  PoolPtr build(std::uint32_t pool) const;
  /// A WorkloadEntry that came (`before` is null), went, or was replaced. False where all must be built anew.
  bool change(const Resource* before, const Resource* after);
  /// The pools that changes touched since the last call.
  std::set<std::uint32_t> take_changed() { return std::exchange(changed_, {}); }
  /// What it holds, without itself.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  struct Pair {
    std::string_view key, value;
    bool operator==(const Pair&) const = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const {
      return std::hash<std::string_view>()(pair.key) * 31 + std::hash<std::string_view>()(pair.value);
    }
  };
  /// Orders workloads by the names of their resources, and takes a name for one.
  struct ByName {
    using is_transparent = void;
    static std::string_view name(const WorkloadPtr& workload) { return workload->name(); }
    static std::string_view name(std::string_view text) { return text; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return name(a) < name(b);
    }
  };
  /// One selector: a ServiceEntry's or a Service's.
  struct Group {
    const Resource* owner = nullptr;
    const Labels* selector = nullptr;
    bool service = false, dns = false;
    std::vector<std::uint32_t> pools;
    std::vector<WorkloadPtr> members;  ///< in order C16
  };
  /// The workloads of one namespace, and the selectors that look at them.
  struct Space {
    std::set<WorkloadPtr, ByName> pods, entries;
    std::vector<WorkloadPtr> assumed;                                  ///< KD2
    std::unordered_map<Pair, std::vector<Group*>, PairHash> by_label;  ///< by one label of each selector
    std::vector<Group*> any;                                           ///< selectors without labels
  };
  struct Source {
    std::vector<const Service*> entries;      ///< in order 0.9
    std::vector<const Resource*> kubernetes;  ///< in document order
  };

  void collect(const std::vector<ResourcePtr>& resources);
  void collect_assumed();
  void add_groups();
  void fill_groups();
  void add_assumed_members();
  template <class Visit>
  void each_group(const Workload& workload, const Visit& visit);
  static bool wants(const Group& group, const Workload& workload);
  WorkloadPtr make_entry(const Resource& resource) const;
  const std::vector<WorkloadPtr>* members(const Resource& owner) const;
  std::vector<Endpoint> entry_endpoints(const Service& service) const;
  std::vector<Endpoint> kubernetes_endpoints(const Resource& service) const;
  bool may_get_endpoints(const Resource& service) const;
  bool may_get_endpoints(const Service& service) const;
  void add_pods(const Resource& service, std::vector<Endpoint>& endpoints) const;
  void add_slice(const Resource& service, const Resource& slice, std::set<std::pair<std::string, std::string>>& seen,
                 std::vector<Endpoint>& endpoints) const;
  void add_selected_entries(const Resource& service, const model::Service& spec, std::vector<Endpoint>& endpoints) const;

  const std::shared_ptr<const Settings> settings_;
  const std::shared_ptr<const ServiceTable> table_;
  WorkloadReader reader_;
  std::map<std::pair<std::string, std::string>, const Resource*> pod_by_ip_;
  std::map<std::tuple<std::string, std::string, std::string>, const Resource*> pods_;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<const Resource*>> slices_;  ///< in order J9
  std::unique_ptr<const PodIndex> pod_index_;  ///< null: endpoints are not derived
  std::unordered_map<std::string, Space> spaces_;
  std::unordered_map<const Resource*, Group> groups_;  ///< by owner
  std::vector<Source> sources_;                        ///< by pool
  std::set<std::uint32_t> changed_;
  std::set<std::pair<std::string, std::string>> elsewhere_;  ///< WorkloadEntries of other clusters: (namespace, name)
};

}  // namespace meshroute::registry
