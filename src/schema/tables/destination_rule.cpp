// SPDX-License-Identifier: Apache-2.0
// The tables of destination rule: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/destination_rule.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::ClientTLSSettings::TLSmode>() {
  static const Enumeration table{"istio.networking.v1alpha3.ClientTLSSettings.TLSmode",
                                 {{"DISABLE", 0}, {"SIMPLE", 1}, {"MUTUAL", 2}, {"ISTIO_MUTUAL", 3}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::ConnectionPoolSettings::HTTPSettings::H2UpgradePolicy>() {
  static const Enumeration table{"istio.networking.v1alpha3.ConnectionPoolSettings.HTTPSettings.H2UpgradePolicy",
                                 {{"DEFAULT", 0}, {"DO_NOT_UPGRADE", 1}, {"UPGRADE", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::LoadBalancerSettings::SimpleLB>() {
  static const Enumeration table{
      "istio.networking.v1alpha3.LoadBalancerSettings.SimpleLB",
      {{"UNSPECIFIED", 0}, {"LEAST_CONN", 1}, {"RANDOM", 2}, {"PASSTHROUGH", 3}, {"ROUND_ROBIN", 4}, {"LEAST_REQUEST", 5}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::TrafficPolicy::ProxyProtocol::VERSION>() {
  static const Enumeration table{"istio.networking.v1alpha3.TrafficPolicy.ProxyProtocol.VERSION", {{"V1", 0}, {"V2", 1}}};
  return table;
}

template <>
const Message& message_of<model::ClientTLSSettings>() {
  using M = model::ClientTLSSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.ClientTLSSettings")
                                   .field<&M::mode>("mode")
                                   .field<&M::client_certificate>("clientCertificate")
                                   .field<&M::private_key>("privateKey")
                                   .field<&M::ca_certificates>("caCertificates")
                                   .field<&M::credential_name>("credentialName")
                                   .field<&M::subject_alt_names>("subjectAltNames")
                                   .field<&M::sni>("sni")
                                   .field<&M::insecure_skip_verify>("insecureSkipVerify", nullable())
                                   .field<&M::ca_crl>("caCrl");
  return table;
}

template <>
const Message& message_of<model::ConnectionPoolSettings::HTTPSettings::ConnectionKeepalive>() {
  using M = model::ConnectionPoolSettings::HTTPSettings::ConnectionKeepalive;
  static const Message table = Table<M>("istio.networking.v1alpha3.ConnectionPoolSettings.HTTPSettings.ConnectionKeepalive")
                                   .field<&M::interval>("interval", cel(Cel::duration_at_least_1ms))
                                   .field<&M::timeout>("timeout", cel(Cel::duration_at_least_1ms));
  return table;
}

template <>
const Message& message_of<model::ConnectionPoolSettings::HTTPSettings>() {
  using M = model::ConnectionPoolSettings::HTTPSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.ConnectionPoolSettings.HTTPSettings")
                                   .field<&M::http1_max_pending_requests>("http1MaxPendingRequests", format_int32())
                                   .field<&M::http2_max_requests>("http2MaxRequests", format_int32())
                                   .field<&M::max_requests_per_connection>("maxRequestsPerConnection", format_int32())
                                   .field<&M::max_retries>("maxRetries", format_int32())
                                   .field<&M::idle_timeout>("idleTimeout", cel(Cel::duration_at_least_1ms))
                                   .field<&M::h2_upgrade_policy>("h2UpgradePolicy")
                                   .field<&M::use_client_protocol>("useClientProtocol")
                                   .field<&M::max_concurrent_streams>("maxConcurrentStreams", format_int32())
                                   .field<&M::http2_keep_alive>("http2KeepAlive");
  return table;
}

template <>
const Message& message_of<model::ConnectionPoolSettings::TCPSettings::TcpKeepalive>() {
  using M = model::ConnectionPoolSettings::TCPSettings::TcpKeepalive;
  static const Message table = Table<M>("istio.networking.v1alpha3.ConnectionPoolSettings.TCPSettings.TcpKeepalive")
                                   .field<&M::probes>("probes", minimum(0), maximum(4294967295))
                                   .field<&M::time>("time", cel(Cel::duration_at_least_1ms))
                                   .field<&M::interval>("interval", cel(Cel::duration_at_least_1ms));
  return table;
}

template <>
const Message& message_of<model::ConnectionPoolSettings::TCPSettings>() {
  using M = model::ConnectionPoolSettings::TCPSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.ConnectionPoolSettings.TCPSettings")
                                   .field<&M::max_connections>("maxConnections", format_int32())
                                   .field<&M::connect_timeout>("connectTimeout", cel(Cel::duration_at_least_1ms))
                                   .field<&M::tcp_keepalive>("tcpKeepalive")
                                   .field<&M::max_connection_duration>("maxConnectionDuration", cel(Cel::duration_at_least_1ms))
                                   .field<&M::idle_timeout>("idleTimeout");
  return table;
}

template <>
const Message& message_of<model::ConnectionPoolSettings>() {
  using M = model::ConnectionPoolSettings;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.ConnectionPoolSettings").field<&M::tcp>("tcp").field<&M::http>("http");
  return table;
}

template <>
const Message& message_of<model::LocalityLoadBalancerSetting::Distribute>() {
  using M = model::LocalityLoadBalancerSetting::Distribute;
  static const Message table = Table<M>("istio.networking.v1alpha3.LocalityLoadBalancerSetting.Distribute")
                                   .field<&M::from>("from")
                                   .field<&M::to>("to", each(minimum(0), maximum(4294967295)));
  return table;
}

template <>
const Message& message_of<model::LocalityLoadBalancerSetting::Failover>() {
  using M = model::LocalityLoadBalancerSetting::Failover;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.LocalityLoadBalancerSetting.Failover").field<&M::from>("from").field<&M::to>("to");
  return table;
}

template <>
const Message& message_of<model::LocalityLoadBalancerSetting>() {
  using M = model::LocalityLoadBalancerSetting;
  static const Message table = Table<M>("istio.networking.v1alpha3.LocalityLoadBalancerSetting")
                                   .field<&M::distribute>("distribute")
                                   .field<&M::failover>("failover")
                                   .field<&M::failover_priority>("failoverPriority")
                                   .field<&M::enabled>("enabled", nullable());
  return table;
}

template <>
const Message& message_of<model::OutlierDetection>() {
  using M = model::OutlierDetection;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.OutlierDetection")
          .field<&M::consecutive_errors>("consecutiveErrors", format_int32())
          .field<&M::split_external_local_origin_errors>("splitExternalLocalOriginErrors")
          .field<&M::consecutive_local_origin_failures>("consecutiveLocalOriginFailures", minimum(0), maximum(4294967295),
                                                        nullable())
          .field<&M::consecutive_gateway_errors>("consecutiveGatewayErrors", minimum(0), maximum(4294967295), nullable())
          .field<&M::consecutive_5xx_errors>("consecutive5xxErrors", proto_name("consecutive_5xx_errors"), minimum(0),
                                             maximum(4294967295), nullable())
          .field<&M::interval>("interval", cel(Cel::duration_at_least_1ms))
          .field<&M::base_ejection_time>("baseEjectionTime", cel(Cel::duration_at_least_1ms))
          .field<&M::max_ejection_percent>("maxEjectionPercent", format_int32())
          .field<&M::min_health_percent>("minHealthPercent", format_int32())
          .field<&M::outlier_detection_http_error_codes>("outlierDetectionHttpErrorCodes", each(minimum(100), maximum(599)));
  return table;
}

template <>
const Message& message_of<model::WarmupConfiguration>() {
  using M = model::WarmupConfiguration;
  static const Message table = Table<M>("istio.networking.v1alpha3.WarmupConfiguration")
                                   .field<&M::duration>("duration", required(), cel(Cel::duration_at_least_1ms))
                                   .field<&M::minimum_percent>("minimumPercent", minimum(0), maximum(100), nullable())
                                   .field<&M::aggression>("aggression", minimum(0), nullable());
  return table;
}

template <>
const Message& message_of<model::ZoneAwareLoadBalancerSetting::Failover>() {
  using M = model::ZoneAwareLoadBalancerSetting::Failover;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.ZoneAwareLoadBalancerSetting.Failover").field<&M::from>("from").field<&M::to>("to");
  return table;
}

template <>
const Message& message_of<model::ZoneAwareLoadBalancerSetting>() {
  using M = model::ZoneAwareLoadBalancerSetting;
  static const Message table = Table<M>("istio.networking.v1alpha3.ZoneAwareLoadBalancerSetting")
                                   .field<&M::enabled>("enabled", nullable())
                                   .field<&M::failover>("failover")
                                   .field<&M::failover_priority>("failoverPriority")
                                   .field<&M::min_cluster_size>("minClusterSize", minimum(1), maximum(4294967295), nullable());
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings::ConsistentHashLB::HTTPCookie::Attribute>() {
  using M = model::LoadBalancerSettings::ConsistentHashLB::HTTPCookie::Attribute;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.HTTPCookie.Attribute")
                                   .field<&M::name>("name", required())
                                   .field<&M::value>("value");
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings::ConsistentHashLB::HTTPCookie>() {
  using M = model::LoadBalancerSettings::ConsistentHashLB::HTTPCookie;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.HTTPCookie")
                                   .field<&M::name>("name", required())
                                   .field<&M::path>("path")
                                   .field<&M::ttl>("ttl")
                                   .field<&M::attributes>("attributes");
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings::ConsistentHashLB::MagLev>() {
  using M = model::LoadBalancerSettings::ConsistentHashLB::MagLev;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.MagLev")
                                   .field<&M::table_size>("tableSize", minimum(0));
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings::ConsistentHashLB::RingHash>() {
  using M = model::LoadBalancerSettings::ConsistentHashLB::RingHash;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB.RingHash")
                                   .field<&M::minimum_ring_size>("minimumRingSize", minimum(0));
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings::ConsistentHashLB>() {
  using M = model::LoadBalancerSettings::ConsistentHashLB;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings.ConsistentHashLB")
                                   .field<&M::http_header_name>("httpHeaderName", oneof(1))
                                   .field<&M::http_cookie>("httpCookie", oneof(1))
                                   .field<&M::use_source_ip>("useSourceIp", oneof(1))
                                   .field<&M::http_query_parameter_name>("httpQueryParameterName", oneof(1))
                                   .field<&M::ring_hash>("ringHash", oneof(2))
                                   .field<&M::maglev>("maglev", oneof(2))
                                   .field<&M::minimum_ring_size>("minimumRingSize", minimum(0));
  return table;
}

template <>
const Message& message_of<model::LoadBalancerSettings>() {
  using M = model::LoadBalancerSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.LoadBalancerSettings")
                                   .field<&M::simple>("simple", oneof(1))
                                   .field<&M::consistent_hash>("consistentHash", oneof(1))
                                   .field<&M::locality_lb_setting>("localityLbSetting")
                                   .field<&M::zone_aware_lb_setting>("zoneAwareLbSetting")
                                   .field<&M::warmup_duration_secs>("warmupDurationSecs", cel(Cel::duration_at_least_1ms))
                                   .field<&M::warmup>("warmup");
  return table;
}

template <>
const Message& message_of<model::TrafficPolicy::PortTrafficPolicy>() {
  using M = model::TrafficPolicy::PortTrafficPolicy;
  static const Message table = Table<M>("istio.networking.v1alpha3.TrafficPolicy.PortTrafficPolicy")
                                   .field<&M::port>("port")
                                   .field<&M::load_balancer>("loadBalancer")
                                   .field<&M::connection_pool>("connectionPool")
                                   .field<&M::outlier_detection>("outlierDetection")
                                   .field<&M::tls>("tls");
  return table;
}

template <>
const Message& message_of<model::TrafficPolicy::ProxyProtocol>() {
  using M = model::TrafficPolicy::ProxyProtocol;
  static const Message table = Table<M>("istio.networking.v1alpha3.TrafficPolicy.ProxyProtocol").field<&M::version>("version");
  return table;
}

template <>
const Message& message_of<model::TrafficPolicy::RetryBudget>() {
  using M = model::TrafficPolicy::RetryBudget;
  static const Message table = Table<M>("istio.networking.v1alpha3.TrafficPolicy.RetryBudget")
                                   .field<&M::percent>("percent", minimum(0), maximum(100), nullable())
                                   .field<&M::min_retry_concurrency>("minRetryConcurrency", minimum(0), maximum(4294967295))
                                   .field<&M::budget_interval>("budgetInterval");
  return table;
}

template <>
const Message& message_of<model::TrafficPolicy::TunnelSettings>() {
  using M = model::TrafficPolicy::TunnelSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.TrafficPolicy.TunnelSettings")
                                   .field<&M::protocol>("protocol")
                                   .field<&M::target_host>("targetHost", required())
                                   .field<&M::target_port>("targetPort", required(), minimum(0), maximum(4294967295));
  return table;
}

template <>
const Message& message_of<model::TrafficPolicy>() {
  using M = model::TrafficPolicy;
  static const Message table = Table<M>("istio.networking.v1alpha3.TrafficPolicy")
                                   .field<&M::load_balancer>("loadBalancer")
                                   .field<&M::connection_pool>("connectionPool")
                                   .field<&M::outlier_detection>("outlierDetection")
                                   .field<&M::tls>("tls")
                                   .field<&M::port_level_settings>("portLevelSettings", max_items(4096))
                                   .field<&M::tunnel>("tunnel")
                                   .field<&M::proxy_protocol>("proxyProtocol")
                                   .field<&M::retry_budget>("retryBudget");
  return table;
}

template <>
const Message& message_of<model::Subset>() {
  using M = model::Subset;
  static const Message table = Table<M>("istio.networking.v1alpha3.Subset")
                                   .field<&M::name>("name", required())
                                   .field<&M::labels>("labels")
                                   .field<&M::traffic_policy>("trafficPolicy");
  return table;
}

template <>
const Message& message_of<model::DestinationRule>() {
  using M = model::DestinationRule;
  static const Message table = Table<M>("istio.networking.v1alpha3.DestinationRule")
                                   .field<&M::host>("host", required())
                                   .field<&M::traffic_policy>("trafficPolicy")
                                   .field<&M::subsets>("subsets")
                                   .field<&M::export_to>("exportTo")
                                   .field<&M::workload_selector>("workloadSelector");
  return table;
}

}  // namespace meshroute::schema
