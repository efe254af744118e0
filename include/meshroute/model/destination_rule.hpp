#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's destination rule, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "meshroute/model/map.hpp"
#include "meshroute/model/selector.hpp"
#include "meshroute/model/virtual_service.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.ClientTLSSettings`.
struct ClientTLSSettings {
  /// Istio's ClientTLSSettings.TLSmode (wire values; others are kept as they came).
  enum class TLSmode : std::int32_t {
    DISABLE = 0,
    SIMPLE = 1,
    MUTUAL = 2,
    ISTIO_MUTUAL = 3,
  };

  TLSmode mode = TLSmode::DISABLE;
  std::string client_certificate = {};
  std::string private_key = {};
  std::string ca_certificates = {};
  std::string credential_name = {};
  std::vector<std::string> subject_alt_names = {};
  std::string sni = {};
  std::optional<bool> insecure_skip_verify = {};
  std::string ca_crl = {};

  bool operator==(const ClientTLSSettings&) const = default;
};

/// `istio.networking.v1alpha3.ConnectionPoolSettings`.
struct ConnectionPoolSettings {
  /// `istio.networking.v1alpha3.ConnectionPoolSettings.HTTPSettings`.
  struct HTTPSettings {
    /// Istio's ConnectionPoolSettings.HTTPSettings.H2UpgradePolicy (wire values; others are kept as they came).
    enum class H2UpgradePolicy : std::int32_t {
      DEFAULT = 0,
      DO_NOT_UPGRADE = 1,
      UPGRADE = 2,
    };

    /// `istio.networking.v1alpha3.ConnectionPoolSettings.HTTPSettings.ConnectionKeepalive`.
    struct ConnectionKeepalive {
      std::optional<Duration> interval = {};
      std::optional<Duration> timeout = {};

      bool operator==(const ConnectionKeepalive&) const = default;
    };

    std::int32_t http1_max_pending_requests = 0;
    std::int32_t http2_max_requests = 0;
    std::int32_t max_requests_per_connection = 0;
    std::int32_t max_retries = 0;
    std::optional<Duration> idle_timeout = {};
    H2UpgradePolicy h2_upgrade_policy = H2UpgradePolicy::DEFAULT;
    bool use_client_protocol = false;
    std::int32_t max_concurrent_streams = 0;
    std::optional<ConnectionKeepalive> http2_keep_alive = {};

    bool operator==(const HTTPSettings&) const = default;
  };

  /// `istio.networking.v1alpha3.ConnectionPoolSettings.TCPSettings`.
  struct TCPSettings {
    /// `istio.networking.v1alpha3.ConnectionPoolSettings.TCPSettings.TcpKeepalive`.
    struct TcpKeepalive {
      std::uint32_t probes = 0;
      std::optional<Duration> time = {};
      std::optional<Duration> interval = {};

      bool operator==(const TcpKeepalive&) const = default;
    };

    std::int32_t max_connections = 0;
    std::optional<Duration> connect_timeout = {};
    std::optional<TcpKeepalive> tcp_keepalive = {};
    std::optional<Duration> max_connection_duration = {};
    std::optional<Duration> idle_timeout = {};

    bool operator==(const TCPSettings&) const = default;
  };

  std::optional<TCPSettings> tcp = {};
  std::optional<HTTPSettings> http = {};

  bool operator==(const ConnectionPoolSettings&) const = default;
};

/// `istio.networking.v1alpha3.LocalityLoadBalancerSetting`.
struct LocalityLoadBalancerSetting {
  /// `istio.networking.v1alpha3.LocalityLoadBalancerSetting.Distribute`.
  struct Distribute {
    std::string from = {};
    std::map<std::string, std::uint32_t> to = {};

    bool operator==(const Distribute&) const = default;
  };

  /// `istio.networking.v1alpha3.LocalityLoadBalancerSetting.Failover`.
  struct Failover {
    std::string from = {};
    std::string to = {};

    bool operator==(const Failover&) const = default;
  };

  std::vector<Distribute> distribute = {};
  std::vector<Failover> failover = {};
  std::vector<std::string> failover_priority = {};
  std::optional<bool> enabled = {};

  bool operator==(const LocalityLoadBalancerSetting&) const = default;
};

/// `istio.networking.v1alpha3.OutlierDetection`.
struct OutlierDetection {
  std::int32_t consecutive_errors = 0;
  bool split_external_local_origin_errors = false;
  std::optional<std::uint32_t> consecutive_local_origin_failures = {};
  std::optional<std::uint32_t> consecutive_gateway_errors = {};
  std::optional<std::uint32_t> consecutive_5xx_errors = {};
  std::optional<Duration> interval = {};
  std::optional<Duration> base_ejection_time = {};
  std::int32_t max_ejection_percent = 0;
  std::int32_t min_health_percent = 0;
  std::vector<std::uint32_t> outlier_detection_http_error_codes = {};

  bool operator==(const OutlierDetection&) const = default;
};

/// `istio.networking.v1alpha3.WarmupConfiguration`.
struct WarmupConfiguration {
  std::optional<Duration> duration = {};
  std::optional<double> minimum_percent = {};
  std::optional<double> aggression = {};

  bool operator==(const WarmupConfiguration&) const = default;
};

/// `istio.networking.v1alpha3.ZoneAwareLoadBalancerSetting`.
struct ZoneAwareLoadBalancerSetting {
  /// `istio.networking.v1alpha3.ZoneAwareLoadBalancerSetting.Failover`.
  struct Failover {
    std::string from = {};
    std::string to = {};

    bool operator==(const Failover&) const = default;
  };

  std::optional<bool> enabled = {};
  std::vector<Failover> failover = {};
  std::vector<std::string> failover_priority = {};
  std::optional<std::uint32_t> min_cluster_size = {};

  bool operator==(const ZoneAwareLoadBalancerSetting&) const = default;
};

/// `istio.networking.v1alpha3.LoadBalancerSettings`.
struct LoadBalancerSettings {
  /// Istio's LoadBalancerSettings.SimpleLB (wire values; others are kept as they came).
  enum class SimpleLB : std::int32_t {
    UNSPECIFIED = 0,
    LEAST_CONN = 1,
    RANDOM = 2,
    PASSTHROUGH = 3,
    ROUND_ROBIN = 4,
    LEAST_REQUEST = 5,
  };

  /// `istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB`.
  struct ConsistentHashLB {
    /// `istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.HTTPCookie`.
    struct HTTPCookie {
      /// `istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.HTTPCookie.Attribute`.
      struct Attribute {
        std::string name = {};
        std::string value = {};

        bool operator==(const Attribute&) const = default;
      };

      std::string name = {};
      std::string path = {};
      std::optional<Duration> ttl = {};
      std::vector<Attribute> attributes = {};

      bool operator==(const HTTPCookie&) const = default;
    };

    /// `istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.MagLev`.
    struct MagLev {
      std::uint64_t table_size = 0;

      bool operator==(const MagLev&) const = default;
    };

    /// `istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.RingHash`.
    struct RingHash {
      std::uint64_t minimum_ring_size = 0;

      bool operator==(const RingHash&) const = default;
    };

    /// One of `hash_key`.
    std::optional<std::string> http_header_name = {};
    /// One of `hash_key`.
    std::optional<HTTPCookie> http_cookie = {};
    /// One of `hash_key`.
    std::optional<bool> use_source_ip = {};
    /// One of `hash_key`.
    std::optional<std::string> http_query_parameter_name = {};
    /// One of `hash_algorithm`.
    std::optional<RingHash> ring_hash = {};
    /// One of `hash_algorithm`.
    std::optional<MagLev> maglev = {};
    std::uint64_t minimum_ring_size = 0;

    bool operator==(const ConsistentHashLB&) const = default;
  };

  /// One of `lb_policy`.
  std::optional<SimpleLB> simple = {};
  /// One of `lb_policy`.
  std::optional<ConsistentHashLB> consistent_hash = {};
  std::optional<LocalityLoadBalancerSetting> locality_lb_setting = {};
  std::optional<ZoneAwareLoadBalancerSetting> zone_aware_lb_setting = {};
  std::optional<Duration> warmup_duration_secs = {};
  std::optional<WarmupConfiguration> warmup = {};

  bool operator==(const LoadBalancerSettings&) const = default;
};

/// `istio.networking.v1alpha3.TrafficPolicy`.
struct TrafficPolicy {
  /// `istio.networking.v1alpha3.TrafficPolicy.PortTrafficPolicy`.
  struct PortTrafficPolicy {
    std::optional<PortSelector> port = {};
    std::optional<LoadBalancerSettings> load_balancer = {};
    std::optional<ConnectionPoolSettings> connection_pool = {};
    std::optional<OutlierDetection> outlier_detection = {};
    std::optional<ClientTLSSettings> tls = {};

    bool operator==(const PortTrafficPolicy&) const = default;
  };

  /// `istio.networking.v1alpha3.TrafficPolicy.ProxyProtocol`.
  struct ProxyProtocol {
    /// Istio's TrafficPolicy.ProxyProtocol.VERSION (wire values; others are kept as they came).
    enum class VERSION : std::int32_t {
      V1 = 0,
      V2 = 1,
    };

    VERSION version = VERSION::V1;

    bool operator==(const ProxyProtocol&) const = default;
  };

  /// `istio.networking.v1alpha3.TrafficPolicy.RetryBudget`.
  struct RetryBudget {
    std::optional<double> percent = {};
    std::uint32_t min_retry_concurrency = 0;
    std::optional<Duration> budget_interval = {};

    bool operator==(const RetryBudget&) const = default;
  };

  /// `istio.networking.v1alpha3.TrafficPolicy.TunnelSettings`.
  struct TunnelSettings {
    std::string protocol = {};
    std::string target_host = {};
    std::uint32_t target_port = 0;

    bool operator==(const TunnelSettings&) const = default;
  };

  std::optional<LoadBalancerSettings> load_balancer = {};
  std::optional<ConnectionPoolSettings> connection_pool = {};
  std::optional<OutlierDetection> outlier_detection = {};
  std::optional<ClientTLSSettings> tls = {};
  std::vector<PortTrafficPolicy> port_level_settings = {};
  std::optional<TunnelSettings> tunnel = {};
  std::optional<ProxyProtocol> proxy_protocol = {};
  std::optional<RetryBudget> retry_budget = {};

  bool operator==(const TrafficPolicy&) const = default;
};

/// `istio.networking.v1alpha3.Subset`.
struct Subset {
  std::string name = {};
  Labels labels = {};
  std::optional<TrafficPolicy> traffic_policy = {};

  bool operator==(const Subset&) const = default;
};

/// `istio.networking.v1alpha3.DestinationRule`.
struct DestinationRule {
  std::string host = {};
  std::optional<TrafficPolicy> traffic_policy = {};
  std::vector<Subset> subsets = {};
  std::vector<std::string> export_to = {};
  std::optional<type::WorkloadSelector> workload_selector = {};

  bool operator==(const DestinationRule&) const = default;
};
}  // namespace meshroute::model
