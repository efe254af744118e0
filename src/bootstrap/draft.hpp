#pragma once

// SPDX-License-Identifier: Apache-2.0
// A configuration while it grows. Between the sources of this room.

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "envoy/cluster.hpp"
#include "envoy/listener.hpp"
#include "meshroute/envoy.hpp"
#include "view/internal.hpp"
#include "view/messages.hpp"

namespace meshroute::bootstrap {

struct Draft {
  Draft(const view::ProxyView& seen, const EnvoyOptions& given) : view(seen), options(given) {}

  const view::ProxyView& view;
  const EnvoyOptions& options;
  std::string listen_address, admin_address;
  std::uint32_t listen_port = 0, admin_port = 0;

  std::vector<envoy::Cluster> clusters;
  std::vector<envoy::Listener> listeners;
  std::vector<envoy::RouteConfiguration> tables;  ///< of files
  std::vector<EnvoyPort> ports;
  std::vector<std::string> warnings;
  bool forwards = false;  ///< a cluster asks DNS for the host of each request
  bool tunnels = false;   ///< a listener is an internal one

  void warn(std::string sentence) {
    if (warned_.insert(sentence).second) warnings.push_back(std::move(sentence));
  }
  /// Adds a listener without what Envoy would refuse in it.
  void add(envoy::Listener listener);
  bool is_gateway() const { return view.proxy.type == Proxy::Type::router; }
  bool captures() const { return options.mode == EnvoyOptions::Mode::capture && !is_gateway(); }
  bool has_files() const { return !options.directory.empty(); }

  std::unordered_set<std::string> table_names;  ///< of `tables`

 private:
  std::set<std::string> warned_;
  std::set<std::pair<std::string, std::uint32_t>> addresses_;  ///< of the listeners
};

/// "VirtualService shop/cart".
std::string name_of(const Resource* resource);
/// A name that a file can have.
std::string file_name(std::string_view text);

// clusters.cpp: all clusters of the view, as an Envoy without a control plane can have them.
void add_clusters(Draft& draft);
/// Certificates of files in place of those that an agent serves. False: TLS is to be left out.
bool with_files(Draft& draft, const std::string& owner, envoy::TlsContext& tls);

// routes.cpp
/// Leaves out what Envoy would refuse.
void keep_accepted(Draft& draft, envoy::VirtualHost& host);
/// The routes that a connection manager gets: inline, or a file of their own.
void give_routes(Draft& draft, envoy::RouteConfiguration table, envoy::HttpConnectionManager& manager);
/// A whole table of the view.
envoy::RouteConfiguration table_of(Draft& draft, const view::TablePlan& plan);

/// The tables of a view, asked by name and host.
class Tables {
 public:
  explicit Tables(const view::ProxyView& view);
  const view::TablePlan* find(std::string_view name) const;
  /// The place in the table of the virtual host that takes this host, given in lower case; npos without one.
  std::size_t host(const view::TablePlan& plan, std::string_view lowered);
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  std::unordered_map<std::string_view, const view::TablePlan*> plans_;
  std::unordered_map<const view::TablePlan*, std::unordered_map<std::string, std::size_t>> hosts_;
};

// chains.cpp
/// What a connection to an address and port can meet.
struct Chains {
  const view::Listener* listener = nullptr;
  std::vector<const view::FilterChain*> chains;  ///< without the fallback
  const view::FilterChain* fallback = nullptr;
  const view::FilterChain* plain() const;  ///< takes HTTP without TLS; null without one
  const view::FilterChain* tcp() const;    ///< takes what is neither HTTP nor has a name; null without one
  bool by_name() const;                    ///< whether a chain asks for the name in TLS
};
/// The address that a connection to the service is made to here; one that no listener names, where it has none.
std::string address_of(const view::ProxyView& view, const registry::Service& service);
Chains chains_of(const view::ProxyView& view, const registry::Service& service, std::uint32_t port);
Chains chains_at(const view::Listener& listener, const std::string& address);
/// The chain for connections that were not captured: it no longer asks for their destination.
envoy::FilterChain uncaptured(Draft& draft, const Chains& chains, const view::FilterChain& chain, std::uint32_t port);
/// What looks at the first bytes of a connection, as the chains need it.
void set_inspectors(envoy::Listener& listener);

// The modes.
void add_proxy_listener(Draft& draft);      // http_proxy.cpp
bool add_port_listeners(Draft& draft);      // ports.cpp: false where there are too many ports
void add_captured_listeners(Draft& draft);  // capture.cpp
void add_gateway_listeners(Draft& draft);   // gateway.cpp: of a router, whatever the mode

/// The names that clusters and filters ask DNS for: all share them.
std::string dns_cache(const view::ProxyView& view);
/// The connection manager's filter for clusters that ask DNS.
envoy::Filter forward_filter(const view::ProxyView& view);
/// A connection manager's filters, with the one for clusters that ask DNS where there are such.
void add_forward_filter(Draft& draft, envoy::HttpConnectionManager& manager);

}  // namespace meshroute::bootstrap
