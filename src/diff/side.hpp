#pragma once

// SPDX-License-Identifier: Apache-2.0
// One of the two meshes, as one proxy sees it, and which of its parts are the same on the other side.

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diff/classes.hpp"
#include "view/table_plan.hpp"
#include "witness/witness.hpp"

namespace meshroute::diffing {

/// The virtual hosts are made when they are wanted: a mesh has many, and a change is about few of them.
class Side {
 public:
  /// `earlier`: the other side, whose view may share what is the same; or null.
  Side(const SnapshotPtr& snapshot, const Proxy& proxy, const Side* earlier);

  struct Host {
    std::string table;
    envoy::VirtualHost host;
  };
  /// Puts those into `hosts` that may be otherwise on the other side: all, or those that `about` names a domain of, and those
  /// whose domains the other side has not.
  void choose(const Side& other, const std::function<bool(std::string_view)>* about);
  /// Puts the whole table into `hosts`.
  void choose_table(const std::string& table) const;
  /// Null: the table has no virtual host of that name.
  const envoy::VirtualHost* find(const std::string& table, const std::string& name) const;
  /// The places of a table's virtual hosts in `hosts`.
  const std::vector<std::size_t>& of_table(const std::string& table) const;

  const view::ProxyView view;
  const witness::Prober prober;
  mutable std::deque<Host> hosts;  ///< they stay where they are

 private:
  struct Table {
    const view::TablePlan* plan = nullptr;  ///< null: it is inline in a listener, and all of it is made
    std::vector<bool> made;
    std::vector<std::size_t> places;  ///< in `hosts`
  };
  void make(const std::string& name, Table& table, std::size_t host) const;
  void add(const std::string& name, Table& table, envoy::VirtualHost host) const;

  mutable std::unordered_map<std::string, Table> tables_;
  mutable std::unordered_map<std::string, std::size_t> index_;
};

/// The same routes, wherever their rules are written.
bool same_route(const envoy::Route& a, const envoy::Route& b);
bool same_host(const envoy::VirtualHost& a, const envoy::VirtualHost& b);
bool same_chain(const view::FilterChain& a, const view::FilterChain& b);
bool same_listener(const view::Listener& a, const view::Listener& b);

}  // namespace meshroute::diffing
