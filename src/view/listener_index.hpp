#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the route tables of a proxy look up in its egress listeners, so that a table of one port walks only what is its own.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "match/host_index.hpp"
#include "scope/scope.hpp"
#include "text/heap.hpp"
#include "text/once.hpp"

namespace meshroute::view {

/// Of one egress listener.
class ListenerIndex {
 public:
  explicit ListenerIndex(const scope::EgressListener& listener) : listener_(listener) {}

  struct PortOf {
    const registry::Service* service;
    const registry::ServicePort* port;
  };
  /// The services with this port, but of UDP, in the listener's order.
  const std::vector<PortOf>& services_on(std::uint32_t port) const;
  /// The places in the listener's VirtualServices of those with a host that meets (A6) one of these, in lower case; in order.
  std::vector<std::size_t> rules_for(const std::vector<std::string_view>& hosts) const;
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  const scope::EgressListener& listener_;
  mutable text::Once ports_once_, rules_once_;
  mutable std::unordered_map<std::uint32_t, std::vector<PortOf>> by_port_;
  mutable std::deque<std::string> lowered_;
  mutable std::vector<std::vector<std::size_t>> rules_;  ///< by host, each once
  mutable match::HostIndex<std::size_t> by_host_;        ///< places in rules_
};

/// Of all egress listeners of a scope.
class ListenerIndexes {
 public:
  /// `scope` must outlive it, and stay.
  explicit ListenerIndexes(const scope::Scope& scope);
  /// D21: the one whose table has this port and, without a port, this name. Null without one.
  const scope::EgressListener* listener(std::uint32_t port, std::string_view bind) const;
  const ListenerIndex& of(const scope::EgressListener& listener) const { return indexes_[place(listener)]; }
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  std::size_t place(const scope::EgressListener& listener) const {
    return static_cast<std::size_t>(&listener - scope_.listeners.data());
  }

  const scope::Scope& scope_;
  std::deque<ListenerIndex> indexes_;
  const scope::EgressListener* any_port_ = nullptr;
  std::unordered_map<std::uint32_t, const scope::EgressListener*> by_port_;
  std::map<std::string_view, const scope::EgressListener*> by_bind_;
};

}  // namespace meshroute::view
