#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's Cluster (config/cluster/v3) and its TLS contexts as plain structs. Of an absent field the struct has the default of
// protobuf, or nothing where Envoy tells an absent field from a default.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "envoy/endpoint.hpp"
#include "envoy/route.hpp"

namespace meshroute::envoy {

/// CommonTlsContext. Certificates come from files, or by name from the proxy's agent (SDS).
struct TlsContext {
  struct Files {
    std::string chain, key;
    bool operator==(const Files&) const = default;
  };
  std::vector<std::string> alpn_protocols;
  std::vector<Files> certificates;
  std::vector<std::string> certificate_secrets;        ///< SDS
  std::string trusted_ca;                              ///< file; empty: none
  std::string validation_secret;                       ///< SDS
  std::vector<StringMatcher> match_subject_alt_names;  ///< empty: any
  std::vector<std::string> spki, hashes;               ///< of certificates that are taken; empty: any
  std::string crl;                                     ///< file; empty: none
  bool accept_untrusted = false;                       ///< whatever the certificate says
  std::string min_version, max_version;                ///< "TLSv1_2"; empty: Envoy's own
  std::vector<std::string> cipher_suites;              ///< empty: Envoy's own
  bool operator==(const TlsContext&) const = default;
};

struct UpstreamTls {
  TlsContext common;
  std::string sni;
  bool operator==(const UpstreamTls&) const = default;
};

struct TransportSocketMatch {
  std::string name;
  bool tls_mode = false;           ///< of endpoints with tlsMode istio; else of the others
  std::optional<UpstreamTls> tls;  ///< absent: plain text
  bool operator==(const TransportSocketMatch&) const = default;
};

/// HttpProtocolOptions.
struct HttpProtocolOptions {
  enum class Version : std::uint8_t { http1, http2, downstream } version = Version::http1;
  std::optional<Duration> idle_timeout, max_connection_duration;
  std::uint32_t max_requests_per_connection = 0, max_concurrent_streams = 0;             ///< 0: not said
  std::optional<std::pair<std::optional<Duration>, std::optional<Duration>>> keepalive;  ///< of HTTP/2: interval, timeout
  bool auto_sni = false, auto_san_validation = false;
  bool operator==(const HttpProtocolOptions&) const = default;
};

struct OutlierDetection {
  std::optional<std::uint32_t> consecutive_5xx, consecutive_gateway_failure, consecutive_local_origin_failure;
  std::optional<Duration> interval, base_ejection_time;
  std::uint32_t max_ejection_percent = 0;  ///< 0: not said
  bool split_external_local_origin_errors = false;
  bool operator==(const OutlierDetection&) const = default;
};

// Members of a Cluster. Outside of it, as clang makes no optional of a nested struct whose members have defaults.
enum class DnsLookup : std::uint8_t { automatic, v4_only, v6_only, v4_preferred, all };
struct ClusterThresholds {
  std::uint32_t max_connections = 0, max_pending_requests = 0, max_requests = 0, max_retries = 0;
  bool operator==(const ClusterThresholds&) const = default;
};
struct ClusterCommonLb {
  std::optional<double> healthy_panic_threshold;  ///< absent: an empty Percent, which is 0
  bool locality_weighted = false;
  bool operator==(const ClusterCommonLb&) const = default;
};
struct ClusterDnsCache {
  std::string name;
  DnsLookup lookup = DnsLookup::automatic;
  std::uint32_t max_hosts = 0;  ///< 0: not said
  bool allow_insecure = false;  ///< of the cluster: TLS without the request's name is allowed
  bool operator==(const ClusterDnsCache&) const = default;
};
struct ClusterKeepalive {
  std::uint32_t probes = 0;
  std::optional<std::int64_t> time, interval;  ///< seconds
  bool operator==(const ClusterKeepalive&) const = default;
};
/// filterMetadata.istio.
struct ClusterMetadata {
  struct Service {
    std::string host, name, namespace_;
    bool operator==(const Service&) const = default;
  };
  std::string config, subset;
  std::vector<Service> services;
  bool external = false, alpn_override = false;
  bool operator==(const ClusterMetadata&) const = default;
};

struct Cluster {
  enum class Type : std::uint8_t { fixed, strict_dns, logical_dns, eds, original_dst, dynamic_forward_proxy };
  enum class Balancer : std::uint8_t { least_request, round_robin, random, maglev, ring_hash, cluster_provided };
  using Lookup = DnsLookup;
  using Thresholds = ClusterThresholds;
  using CommonLb = ClusterCommonLb;
  using DnsCache = ClusterDnsCache;
  using Keepalive = ClusterKeepalive;
  using Metadata = ClusterMetadata;

  std::string name, alt_stat_name;
  Type type = Type::fixed;
  std::string eds_path;  ///< of EDS: the file of the endpoints; empty: from the control plane
  std::string connect_timeout;
  Balancer lb_policy = Balancer::least_request;
  std::uint64_t hash_size = 0;  ///< of a table or ring; 0: not said
  std::optional<Thresholds> circuit_breakers;
  std::optional<OutlierDetection> outlier_detection;
  std::optional<CommonLb> common_lb;
  std::optional<DnsCache> dns_cache;  ///< of a dynamic forward proxy
  Lookup lookup = Lookup::automatic;
  std::string dns_refresh_rate;
  bool respect_dns_ttl = false;
  std::optional<UpstreamTls> transport_socket;
  std::vector<TransportSocketMatch> transport_socket_matches;
  std::optional<HttpProtocolOptions> http_options;
  std::optional<Keepalive> keepalive;
  std::string source_address;  ///< that connections come from; empty: any
  std::optional<Metadata> metadata;
  std::optional<ClusterLoadAssignment> load_assignment;
  bool operator==(const Cluster&) const = default;
};

}  // namespace meshroute::envoy
