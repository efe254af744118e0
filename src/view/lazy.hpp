#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a ProxyView computes on demand: one flag and one value per section.

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "routes/table.hpp"
#include "text/heap.hpp"
#include "text/json_tree.hpp"
#include "text/once.hpp"
#include "view/internal.hpp"
#include "view/listener_index.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

class RoutePlan;

/// Lets a map of strings be asked with a view of one.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// The endpoints of one cluster, made from one pool. Shared by views in whose snapshots that pool is the same.
struct Assigned {
  registry::PoolPtr pool;
  LoadAssignment assignment;
  bool there = true;  ///< false: a DNS cluster without an endpoint, which does not exist (G4)
};

/// The newest endpoints of clusters that any view of proxies at one place made.
struct Latest {
  mutable std::mutex mutex;
  std::vector<std::shared_ptr<const Assigned>> by_plan;  ///< guarded by mutex; empty until the first is there
};

/// What follows from the services and DestinationRules that a proxy sees. Shared by Seens that differ in the rules of
/// VirtualServices, and in nothing else.
struct SeenServices {
  const std::vector<ClusterPlan>& plans(const ProxyView& view);
  /// The place in plans() of the first plan with this name, or npos.
  std::size_t plan_of(const ProxyView& view, std::string_view cluster);
  /// The places of the plans in order of their names, each name once.
  const std::vector<std::size_t>& sorted(const ProxyView& view);
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  /// The place of the plan without a subset for the same port: where that one is not there, neither is the subset's.
  std::size_t whole_of(std::size_t plan) const { return whole_[plan]; }

  text::Once names_once;
  std::unordered_map<std::string, ServicePtr, TextHash, std::equal_to<>> names;  ///< by host in lower case

  text::Once mesh_once;
  MeshWide mesh;

  /// By where proxies are (sharing.cpp).
  std::shared_ptr<Latest> latest(const std::string& place);
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  std::mutex latest_mutex_;
  std::map<std::string, std::weak_ptr<Latest>> latest_;  ///< guarded by latest_mutex_
  text::Once once_, by_name_once_, sorted_once_;
  std::vector<ClusterPlan> plans_;
  std::deque<model::TrafficPolicy> policies_;
  std::vector<std::size_t> whole_, sorted_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
};

/// What one proxy sees of one Base, whatever the endpoints. Shared by views.
struct Seen {
  std::shared_ptr<const registry::Base> base;
  Proxy proxy;
  Scope scope;
  bool listeners_need_pools = false;  ///< F9.9: a headless TCP service listens on its endpoints' addresses
  std::shared_ptr<SeenServices> services;

  /// `scope` changes no longer.
  const ListenerIndexes& listener_indexes() const {
    indexes_once_.call([this] { indexes_ = std::make_unique<const ListenerIndexes>(scope); });
    return *indexes_;
  }
  /// Without the rules, which its Base keeps.
  void count(text::Heap& heap) const;  // memory.cpp

  /// Another one, of the same proxy, that differs only in the rules under http of these VirtualServices: its -> this one's.
  std::weak_ptr<const Seen> followed;
  std::unordered_map<const VirtualServiceEntry*, VirtualServicePtr> replaced;

 private:
  mutable text::Once indexes_once_;
  mutable std::unique_ptr<const ListenerIndexes> indexes_;
};

struct ProxyView::Lazy {
  text::Once inbound_once;
  std::shared_ptr<const Inbound> inbound;

  text::Once services_once, clusters_once, clusters_json_once, endpoints_json_once;
  text::Json services, clusters_json, endpoints_json;
  std::vector<Cluster> clusters;

  /// A slot per plan, in blocks made when first asked for: reading a filled one takes no lock.
  static constexpr std::size_t kBlock = 64;
  struct Block {
    std::array<std::atomic<const Assigned*>, kBlock> slots{};
    std::array<std::shared_ptr<const Assigned>, kBlock> owners;  // guarded by `mutex`
    std::array<std::atomic<const ClusterTls*>, kBlock> tls{};
    std::array<std::unique_ptr<const ClusterTls>, kBlock> tls_owners;  // guarded by `mutex`
  };
  text::Once blocks_once;
  std::unique_ptr<std::atomic<Block*>[]> blocks;
  std::vector<std::unique_ptr<Block>> made;  // guarded by `mutex`
  std::mutex mutex;

  /// Before `blocks` is read.
  void make_blocks(std::size_t plans) {
    blocks_once.call([&] { blocks = std::make_unique<std::atomic<Block*>[]>(plans / kBlock + 1); });
  }
  /// Made where it is not there yet; under `mutex`.
  Block* block(std::size_t at) {
    Block* found = blocks[at].load(std::memory_order_relaxed);
    if (found == nullptr) {
      found = made.emplace_back(std::make_unique<Block>()).get();
      blocks[at].store(found, std::memory_order_release);
    }
    return found;
  }
};

/// Of a proxy; shared by views in which no rule under tls or tcp differs.
struct Listeners {
  text::Once once, json_once, ports_once;
  std::vector<Listener> all;
  text::Json json;

  struct Port {
    std::unordered_map<std::string_view, const Listener*> exact;
  };
  std::unordered_map<std::uint32_t, Port> ports;  ///< F9.15
  const Listener* virtual_outbound = nullptr;

  void count(text::Heap& heap) const;  // memory.cpp
};

struct Tables {
  std::shared_ptr<Listeners> listeners = std::make_shared<Listeners>();

  struct Route {
    bool printed = true;  ///< false: a listener has it inline
    text::Once plan_once, table_once;
    std::shared_ptr<const TablePlan> plan;
    std::shared_ptr<const routes::Table> table;  ///< its virtual hosts are compiled when first asked for
    /// Guarded by earlier_mutex: what `plan` and `table` can take from.
    std::shared_ptr<const TablePlan> earlier_plan;
    std::shared_ptr<const routes::Table> earlier_table;
  };
  /// Of the port of sniffed services, what their tables are taken from.
  struct Whole {
    text::Once once;
    std::shared_ptr<const RoutePlan> plan;
  };
  mutable std::mutex wholes_mutex;
  std::map<std::uint32_t, Whole> wholes;  ///< guarded by wholes_mutex, but for what is in them

  text::Once routes_once;
  std::map<std::string, Route, std::less<>> routes;

  mutable std::mutex earlier_mutex;
  /// Those of a view before, whose proxy saw the same but for VirtualServices; until `routes` are there.
  std::shared_ptr<Tables> earlier;  ///< guarded by earlier_mutex

  void count(text::Heap& heap) const;  // memory.cpp
};

}  // namespace meshroute::view
