#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's Listener (config/listener/v3), its connection managers and TCP proxies as plain structs.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "envoy/cluster.hpp"
#include "envoy/endpoint.hpp"
#include "envoy/route.hpp"

namespace meshroute::envoy {

struct DownstreamTls {
  TlsContext common;
  bool require_client_certificate = false;
  bool operator==(const DownstreamTls&) const = default;
};

struct CidrRange {
  std::string address_prefix;
  std::uint32_t prefix_len = 0;
  bool operator==(const CidrRange&) const = default;
};

struct FilterChainMatch {
  std::uint32_t destination_port = 0;  ///< 0: any
  std::vector<CidrRange> prefix_ranges;
  std::vector<std::string> server_names, application_protocols;
  std::string transport_protocol;
  bool operator==(const FilterChainMatch&) const = default;
};

/// A filter with its configuration in protojson.
struct Filter {
  std::string name, config;
  bool operator==(const Filter&) const = default;
};

struct HttpConnectionManager {
  enum class EscapedSlashes : std::uint8_t { keep, unescape_and_forward };
  std::string stat_prefix;
  std::string rds;       ///< the name of the routes that come from elsewhere; empty: `routes`
  std::string rds_path;  ///< the file of them; empty: from the control plane
  std::optional<RouteConfiguration> routes;
  std::vector<Filter> http_filters;
  std::vector<std::string> upgrades;  ///< "websocket", "CONNECT"
  bool normalize_path = true, merge_slashes = false;
  EscapedSlashes escaped_slashes = EscapedSlashes::keep;
  bool append_client_certificate = false;  ///< x-forwarded-client-cert of a server
  bool edge = false;                       ///< of a gateway: its clients are outsiders
  std::uint32_t trusted_hops = 0;          ///< of a gateway
  std::string client_certificate;          ///< of a gateway: what becomes of x-forwarded-client-cert, "SANITIZE_SET"
  bool operator==(const HttpConnectionManager&) const = default;
};

struct TcpProxy {
  struct Weighted {
    std::string name;
    std::uint32_t weight = 0;
    bool operator==(const Weighted&) const = default;
  };
  std::string stat_prefix, cluster;  ///< cluster: empty where weights choose
  std::vector<Weighted> weighted_clusters;
  std::optional<Duration> idle_timeout;
  bool source_ip_hash = false;
  bool operator==(const TcpProxy&) const = default;
};

struct FilterChain {
  std::string name;
  std::optional<FilterChainMatch> match;
  std::optional<DownstreamTls> tls;
  std::vector<Filter> filters;  ///< before the last one
  std::variant<TcpProxy, HttpConnectionManager> last;
  std::string transport_socket_connect_timeout;  ///< "15s"; empty: none
  bool operator==(const FilterChain&) const = default;
};

struct Listener {
  struct Inspector {
    enum class Kind : std::uint8_t { none, all, all_but, only } kind = Kind::none;
    std::vector<std::uint32_t> ports;  ///< of all_but and only
    bool operator==(const Inspector&) const = default;
  };
  enum class Direction : std::uint8_t { unspecified, inbound, outbound };
  std::string name;
  Address address;  ///< an internal listener has its name here
  std::vector<Address> additional_addresses;
  std::vector<FilterChain> filter_chains;
  std::optional<FilterChain> default_filter_chain;
  std::optional<bool> bind_to_port;  ///< absent: true
  bool use_original_dst = false;     ///< hands connections on to the listener of their original destination
  bool original_dst = false;         ///< reads the original destination
  Inspector tls, http;
  Direction direction = Direction::unspecified;
  bool operator==(const Listener&) const = default;
};

}  // namespace meshroute::envoy
