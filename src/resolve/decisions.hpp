#pragma once

// SPDX-License-Identifier: Apache-2.0
// What was decided on the way of one request, as data: recorded where a trace is wanted. explain/ makes sentences of it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "authorization/decide.hpp"
#include "meshroute/answer.hpp"
#include "registry/snapshot.hpp"
#include "routes/table.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// One cluster that the request can be sent to.
struct ClusterDecision {
  std::string name;
  routes::ClusterState state = routes::ClusterState::ready;
  std::size_t endpoints = 0;  ///< in its load assignment; 0 of a ready one that forwards to the original destination
  bool not_given = false;     ///< KD3: it is ready, and nothing that is loaded gives its service endpoints
};

/// What the access filters of a gateway's chain decided.
struct AccessHeard {
  const authorization::Access& access;
  bool http = false;
  const authorization::Attributes& attributes;
  const authorization::Decision& decision;
  const std::vector<authorization::Considered>& considered;
};

/// Where a stage was not reached its members are empty. Pointers live as long as the view.
struct Decisions {
  std::string host;              ///< that was asked for, or the SNI; without its port, in lower case; empty: none
  std::string address;           ///< that the connection is for; empty: one that no listener names
  std::string sni;               ///< of a connection to a gateway: the server name of its TLS, in lower case; empty: none
  std::uint32_t port = 0;        ///< of the connection
  registry::ServicePtr service;  ///< that the proxy sees under `host`, or null
  const view::Listener* listener = nullptr;
  const view::FilterChain* chain = nullptr;  ///< null with a listener: no chain handles the connection
  enum class Read : std::uint8_t {
    no_chain,   ///< there is no listener or no chain
    refused,    ///< the chain reads HTTP and the connection is not plain HTTP
    no_table,   ///< the proxy has no route table of the chain's name
    http,       ///< the request went through the route table
    passed_on,  ///< the chain forwards the connection unread
  } read = Read::no_chain;
  /// Hears the access filters of a gateway, while what it is told lives; may be empty. What it says of them goes into `access`.
  std::function<void(const AccessHeard& heard, std::vector<TraceLine>& lines)> on_access;
  std::vector<TraceLine> access;
  bool denied = false;                    ///< the access filters refuse
  std::vector<TraceLine> walk;            ///< routes/: virtual host, each route, fault; without places
  std::vector<ClusterDecision> clusters;  ///< of a forwarded request; without PassthroughCluster and BlackHoleCluster
  bool outbound_policy = false;           ///< outboundTrafficPolicy decided: the destination is unknown
};

}  // namespace meshroute::resolve
