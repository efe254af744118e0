#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "registry/workload.hpp"
#include "text/heap.hpp"

namespace meshroute::registry {

/// One endpoint of a pool (spec C1).
struct Endpoint {
  WorkloadPtr workload;
  std::string_view port_name;  ///< as the resource names it that made the port
  std::uint32_t port = 0;
  std::uint32_t legacy_port = 0;  ///< the service-port number (SE only), C31
  enum class Health : std::uint8_t { unknown, healthy, unhealthy, draining, terminating } health = Health::unknown;

  bool pipe() const { return workload->address.starts_with("unix://") && port == 0; }  ///< address() is a unix socket's path
  std::string_view address() const { return pipe() ? workload->address.substr(7) : workload->address; }
};

/// The endpoints of one (hostname, namespace) from one provider and cluster.
struct Shard {
  std::string provider, cluster;  ///< "External" or "Kubernetes"
  std::vector<Endpoint> endpoints;
  bool not_given = false;  ///< without endpoints: they come at run time from something that is not loaded (KD3)
};

/// The endpoints of one (hostname, namespace), in order C29. Those of a port or of a label are found without walking all.
class Pool {
 public:
  explicit Pool(std::vector<Shard> shards) : shards_(std::move(shards)) {
    for (const Shard& shard : shards_) size_ += shard.endpoints.size();
  }

  std::size_t size() const { return size_; }  ///< endpoints

  std::vector<Shard>::const_iterator begin() const { return shards_.begin(); }
  std::vector<Shard>::const_iterator end() const { return shards_.end(); }

  /// A shard and one of its endpoints, as places.
  struct Place {
    std::uint32_t shard = 0, endpoint = 0;
    auto operator<=>(const Place&) const = default;
  };
  using Places = std::vector<Place>;
  const Shard& shard(Place place) const { return shards_[place.shard]; }
  const Endpoint& endpoint(Place place) const { return shard(place).endpoints[place.endpoint]; }

  /// The endpoints of a service's port, in order. `by_number`: where they state the service's port, that counts, not the name
  /// (C31). Lives as long as the pool.
  const Places& on_port(std::string_view name, std::uint32_t number, bool by_number) const;
  /// Of these, no fewer than those that have all the labels.
  const Places& with_labels(std::string_view name, std::uint32_t number, bool by_number, const Labels& labels) const;
  /// Workloads that declare a service account, one for each account of a namespace.
  const std::vector<const Workload*>& accounts() const;
  /// What it holds, without itself.
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  struct Port {
    Places places;
    std::map<std::string, std::unordered_map<std::string_view, Places>> by_label;  ///< by a label's key, then by its value
  };
  Port& port(std::string_view name, std::uint32_t number, bool by_number) const;
  void fill(Port& port, std::string_view name, std::uint32_t number, bool by_number) const;

  std::vector<Shard> shards_;
  std::size_t size_ = 0;
  struct Groups {
    std::unordered_map<std::string_view, Places> by_name, unnumbered;  ///< unnumbered: without a legacy_port
    std::unordered_map<std::uint32_t, Places> by_number;               ///< by legacy_port, where there is one
  };
  mutable std::mutex mutex_;  ///< guards what follows; what is there stays as it is
  mutable std::optional<Groups> grouped_;
  mutable std::map<std::pair<std::string, std::uint32_t>, Port> ports_;  ///< by name, and by the number where that counts
  mutable std::optional<std::vector<const Workload*>> accounts_;
};

}  // namespace meshroute::registry
