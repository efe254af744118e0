#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request for each route of a proxy, built from what the route asks, and tested by resolving it.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "meshroute/witness.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::witness {

/// Where a request ends in a view.
struct Met {
  const view::FilterChain* chain = nullptr;
  std::string table, virtual_host;  ///< of a chain that reads HTTP
  long route = -1;                  ///< -1: none
};
Met met(const view::ProxyView& view, const Request& request);

/// One route of a virtual host, with a request that meets it or the reason why none does.
struct RouteWitness {
  std::string resource, path;  ///< of its rule; empty of a default route
  std::optional<Request> request;
  std::string unreachable;  ///< the proof that none exists
  std::string unknown;      ///< neither a request nor a proof was found: what takes those that were tried
};

class Prober {
 public:
  explicit Prober(const view::ProxyView& view);

  /// All routes of a virtual host, in their order.
  std::vector<RouteWitness> virtual_host(const std::string& table, const envoy::VirtualHost& host) const;
  /// A connection that a chain takes which reads no HTTP, if one was found.
  std::optional<Request> connection(const view::Listener& listener, const view::FilterChain& chain) const;
  /// Requests on the edges of a route that `request` meets: just inside and outside of each thing that it asks.
  std::vector<Request> edges(const envoy::VirtualHost& host, const envoy::Route& route, const Request& request) const;

 private:
  /// How a client comes to a chain.
  struct Door {
    std::uint32_t port = 0;
    std::string address;  ///< empty: what DNS gives for the host; to a gateway, any
    bool tls = false;     ///< to a gateway, with a certificate of the client's
    std::string sni;      ///< empty: the host
    Request through(Request request) const;
  };

  const view::ProxyView& view_;
  std::map<std::string, std::vector<Door>, std::less<>> doors_;  ///< by table
};

/// The virtual hosts of a proxy's tables, those that a listener has inline too.
void each_virtual_host(const view::ProxyView& view,
                       const std::function<void(const std::string& table, const envoy::VirtualHost& host)>& visit);

/// For each rule and match of the proxy's tables and chains.
std::vector<Witness> witnesses(const view::ProxyView& view);

/// The witnesses as a test file in YAML; `proxy` is whose view it is, `config` are the paths that it names.
std::string suite_of(const view::ProxyView& view, const Proxy& proxy, const std::vector<Witness>& witnesses,
                     const std::vector<std::string>& config);

}  // namespace meshroute::witness
