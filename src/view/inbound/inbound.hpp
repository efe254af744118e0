#pragma once

// SPDX-License-Identifier: Apache-2.0
// The server's side of a sidecar: the chains of its inbound listeners, their mutual TLS and access policies (IN, MT10-MT14).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authorization/peer_authentication.hpp"
#include "authorization/policies.hpp"
#include "meshroute/request.hpp"
#include "registry/snapshot.hpp"
#include "routes/table.hpp"

namespace meshroute::view {

/// A service's port that the workload serves (IN1).
struct InboundTarget {
  const registry::Service* service = nullptr;
  const registry::ServicePort* port = nullptr;
  std::uint32_t target_port = 0;
};

/// One filter chain of an inbound listener.
struct InboundChain {
  std::string name;
  bool http = false;
  std::uint32_t port = 0;  ///< takes connections to this port only; 0: to any
  enum class Transport : std::uint8_t { any, raw_buffer, tls } transport = Transport::any;
  const std::vector<std::string>* alpn = nullptr;  ///< takes these only; null: any
  bool mutual = false;                             ///< ends TLS and wants a certificate of the mesh; else it does not end TLS
  std::string cluster;
  std::string virtual_host;               ///< of HTTP: "inbound|http|80"
  const InboundTarget* target = nullptr;  ///< null: a catch-all, or of a Sidecar
};

/// Whether a listener looks at the first bytes of a connection, by port.
struct Inspector {
  bool enabled = false;
  bool only = false;                 ///< enabled for `ports` only; else for all but `ports`
  std::vector<std::uint32_t> ports;  ///< sorted
  bool sees(std::uint32_t port) const;
};

struct InboundListener {
  std::string name, address;
  std::uint32_t port = 0;
  std::vector<InboundChain> chains;
  Inspector tls, http;
  /// The chains that state a port, by it: [first, last) in `chains`; chains of one port stand together.
  std::unordered_map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> by_port;
};

struct InboundCluster {
  std::string name;
  bool original_dst = true;  ///< else STATIC
  std::string address;       ///< of STATIC
  std::uint32_t port = 0;    ///< 0: a socket
  std::string source;        ///< address that connections come from; empty: any
};

struct Inbound {
  std::string identity;  ///< "spiffe://cluster.local/ns/a/sa/app"
  std::vector<InboundTarget> targets;
  std::vector<InboundListener> listeners;  ///< virtualInbound first
  std::vector<InboundCluster> clusters;    ///< sorted by name
  authorization::PeerModes modes;
  std::shared_ptr<const authorization::Access> access;
  std::vector<std::string> peer_prefixes;  ///< of which a peer's name must have one (MT13)
  routes::PathNormalization normalization = routes::PathNormalization::base;
  bool has_http = false, has_tcp = false;  ///< some chain that checks access is of the kind
};

inline constexpr std::string_view kVirtualInbound = "virtualInbound";
inline constexpr std::string_view kInboundPassthrough = "InboundPassthroughCluster";

/// ALPN that Istio's sidecars offer, by what a chain takes.
const std::vector<std::string>& mutual_tls_alpn();       ///< every one of theirs
const std::vector<std::string>& mutual_tls_http_alpn();  ///< HTTP over mutual TLS
const std::vector<std::string>& mutual_tls_tcp_alpn();   ///< TCP over mutual TLS
const std::vector<std::string>& plain_http_alpn();       ///< as the HTTP inspector finds it

/// `sidecar` is the one that applies to the proxy, or null.
std::shared_ptr<const Inbound> make_inbound(const registry::Snapshot& snapshot, const Proxy& proxy,
                                            const model::Sidecar* sidecar);

/// The identity of a proxy.
std::string identity_of(const registry::Settings& settings, const Proxy& proxy);

}  // namespace meshroute::view
