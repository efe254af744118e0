// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of DestinationRule, and of the traffic policies in it.

#include <cmath>
#include <set>

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

using model::LoadBalancerSettings;
using model::TrafficPolicy;
using TlsMode = model::ClientTLSSettings::TLSmode;

// As Envoy's Primes::isPrime.
bool is_prime(std::uint64_t value) {
  if (value != 0 && value < 4) return true;
  if ((value & 1) == 0) return false;
  const auto limit = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(value)));
  for (std::uint64_t factor = 3; factor <= limit; factor += 2) {
    if (value % factor == 0) return false;
  }
  return true;
}

bool is_topology_label(std::string_view label) {
  return label == "topology.kubernetes.io/region" || label == "topology.kubernetes.io/zone" ||
         label == "topology.istio.io/subzone";
}

Problem localities_problem(const std::vector<std::string_view>& localities) {
  std::map<std::string_view, std::map<std::string_view, std::set<std::string_view>>> seen;
  for (const std::string_view locality : localities) {
    const std::string named = "locality " + std::string(locality);
    const std::size_t star = locality.find('*');
    if (star != std::string_view::npos && star + 1 != locality.size()) {
      return named + " wildcard '*' number can not exceed 1 and must be in the end";
    }
    std::string overlap = named + " overlap with previous specified ones";
    if (seen.contains("*")) return overlap;
    const std::size_t first = locality.find('/');
    const std::size_t second = first == std::string_view::npos ? first : locality.find('/', first + 1);
    const std::string_view region = locality.substr(0, first);
    const bool has_zone = first != std::string_view::npos, has_subzone = second != std::string_view::npos;
    const std::string_view zone = has_zone ? locality.substr(first + 1, has_subzone ? second - first - 1 : second) : "";
    const std::string_view subzone = has_subzone ? locality.substr(second + 1) : "";
    if (region.empty() || (has_zone && zone.empty()) || (has_subzone && subzone.empty())) {
      return named + " must not contain empty region/zone/subzone info";
    }
    const auto known = seen.find(region);
    if (!has_zone) {
      if (known != seen.end()) return overlap;
      seen[region]["*"].insert("*");
      continue;
    }
    if (known != seen.end()) {
      if (known->second.contains("*")) return overlap;
      const auto zones = known->second.find(zone);
      if (zones != known->second.end() && (!has_subzone || zones->second.contains("*") || zones->second.contains(subzone))) {
        return overlap;
      }
    }
    seen[region][zone].insert(has_subzone ? subzone : std::string_view("*"));
  }
  return {};
}

template <class Failovers>
void check_failovers(Walk& walk, const Failovers& failovers) {
  for (std::size_t i = 0; i < failovers.size(); ++i) {
    const Walk::Step step(walk, "failover", i);
    const std::string &from = failovers[i].from, &to = failovers[i].to;
    if (from == to) walk.error("DR0107", "locality lb failover settings must specify different regions");
    if (from.find('/') != std::string::npos || to.find('/') != std::string::npos) {
      walk.error("DR0107", "locality lb failover only specify region");
    }
    if (from.find('*') != std::string::npos || to.find('*') != std::string::npos) {
      walk.error("DR0107", "locality lb failover region should not contain '*' wildcard");
    }
  }
}

void check_locality(Walk& walk, const std::optional<model::LocalityLoadBalancerSetting>& setting, bool has_outlier) {
  if (!setting) return;
  const Walk::Step step(walk, "localityLbSetting");
  if (!setting->distribute.empty() && !setting->failover.empty()) {
    walk.error("DR0106", "can not simultaneously specify 'distribute' and 'failover'");
    return;
  }
  if (!setting->failover.empty()) {
    for (const std::string& label : setting->failover_priority) {
      if (!is_topology_label(label)) continue;
      walk.error("DR0106", "can not simultaneously set 'failover' and topology label '" + label + "' in 'failover_priority'");
      return;
    }
  }
  std::vector<std::string_view> sources;
  for (std::size_t i = 0; i < setting->distribute.size(); ++i) {
    const auto& distribute = setting->distribute[i];
    const Walk::Step at(walk, "distribute", i);
    sources.push_back(distribute.from);
    std::uint32_t total = 0;
    std::vector<std::string_view> targets;
    for (const auto& [locality, weight] : distribute.to) {
      targets.push_back(locality);
      if (weight == 0 || weight > 100) {
        walk.error("DR0106", "locality weight must be in range [1, 100]");
        return;
      }
      total += weight;
    }
    if (total != 100) {
      walk.error("DR0106", "total locality weight " + std::to_string(total) + " != 100");
      return;
    }
    walk.check("DR0106", localities_problem(targets));
  }
  walk.check("DR0106", localities_problem(sources));
  if ((!setting->failover.empty() || !setting->failover_priority.empty()) && !has_outlier) {
    walk.warn("DR0108", "outlier detection policy must be provided for failover");
  }
  check_failovers(walk, setting->failover);
}

void check_zone_aware(Walk& walk, const std::optional<model::ZoneAwareLoadBalancerSetting>& setting, bool has_outlier) {
  if (!setting) return;
  const Walk::Step step(walk, "zoneAwareLbSetting");
  for (const std::string& label : setting->failover_priority) {
    if (is_topology_label(label)) {
      walk.error("DR0106", "'failover_priority' for zone aware lb must not use topology label '" + label + "'");
    }
  }
  if ((!setting->failover.empty() || !setting->failover_priority.empty()) && !has_outlier) {
    walk.warn("DR0108", "outlier detection policy must be provided for failover");
  }
  check_failovers(walk, setting->failover);
}

void check_consistent_hash(Walk& walk, const LoadBalancerSettings::ConsistentHashLB& hash) {
  const Walk::Step step(walk, "consistentHash");
  if (hash.http_cookie) {
    const Walk::Step cookie(walk, "httpCookie");
    if (hash.http_cookie->name.empty()) walk.error_at("name", "DR0105", "name required for HttpCookie");
    std::set<std::string_view> names;
    for (const auto& attribute : hash.http_cookie->attributes) {
      if (attribute.name.empty()) {
        walk.error("DR0105", "cookie attribute name cannot be empty");
      } else if (!names.insert(attribute.name).second) {
        walk.error("DR0105", "duplicate cookie attribute name: " + attribute.name);
      }
    }
  }
  if (hash.minimum_ring_size != 0) {
    walk.warn("DR0109", "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead");
    if (hash.ring_hash || hash.maglev) {
      walk.error("DR0105", "only one of MinimumRingSize or Maglev/Ringhash can be specified");
    }
  }
  if (hash.maglev) {
    const Walk::Step maglev(walk, "maglev.tableSize");
    const std::uint64_t size = hash.maglev->table_size;
    if (size == 0) walk.error("DR0105", "tableSize must be set for maglev");
    if (size >= 5000011) {
      walk.error("DR0105", "tableSize must be less than 5000011 for maglev");
    } else if (!is_prime(size)) {
      walk.error("DR0105", "tableSize must be a prime number for maglev");
    }
  }
}

void check_load_balancer(Walk& walk, const std::optional<LoadBalancerSettings>& settings, bool has_outlier) {
  if (!settings) return;
  const Walk::Step step(walk, "loadBalancer");
  if (settings->consistent_hash) check_consistent_hash(walk, *settings->consistent_hash);
  if (settings->locality_lb_setting && settings->zone_aware_lb_setting) {
    walk.error("DR0106", "only one of localityLbSetting and zoneAwareLbSetting can be set");
  }
  check_locality(walk, settings->locality_lb_setting, has_outlier);
  check_zone_aware(walk, settings->zone_aware_lb_setting, has_outlier);
  if (settings->warmup) {
    const Walk::Step at(walk, "warmup");
    if (settings->warmup->duration) {
      walk.check_at("duration", "KX0102", check_duration(*settings->warmup->duration));
    } else {
      walk.error_at("duration", "DR0110", "duration is required");
    }
    if (settings->warmup->minimum_percent.value_or(0) > 100) {
      walk.error_at("minimumPercent", "DR0110", "minimumPercent value should be less than or equal to 100");
    }
    if (settings->warmup->aggression && *settings->warmup->aggression <= 0) {
      walk.error_at("aggression", "DR0110", "aggression should be greater than 0");
    }
  }
}

void check_outlier(Walk& walk, const std::optional<model::OutlierDetection>& outlier) {
  if (!outlier) return;
  const Walk::Step step(walk, "outlierDetection");
  if (outlier->base_ejection_time) walk.check_at("baseEjectionTime", "KX0102", check_duration(*outlier->base_ejection_time));
  if (outlier->consecutive_errors != 0) {
    walk.warn("DR0111",
              "outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead");
  }
  if (!outlier->split_external_local_origin_errors && outlier->consecutive_local_origin_failures.value_or(0) > 0) {
    walk.error("DR0112",
               "outlier detection consecutive local origin failures is specified, but split external local origin errors is set "
               "to false");
  }
  if (outlier->interval) walk.check_at("interval", "KX0102", check_duration(*outlier->interval));
  walk.check_at("maxEjectionPercent", "KX0125", check_percent(outlier->max_ejection_percent));
  walk.check_at("minHealthPercent", "KX0125", check_percent(outlier->min_health_percent));
}

void check_client_tls(Walk& walk, std::string_view namespace_, const std::optional<model::ClientTLSSettings>& tls) {
  static constexpr std::string_view kConfigMap = "configmap://";
  if (!tls) return;
  const Walk::Step step(walk, "tls");
  if (std::string_view name = tls->credential_name; name.starts_with(kConfigMap)) {
    name.remove_prefix(kConfigMap.size());
    const std::vector<std::string_view> parts = split(name, '/');
    if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) {
      walk.error("DR0113", "invalid configmap:// credentialName: expected namespace and name");
    } else if (parts[0] != namespace_) {
      walk.error("DR0113", "invalid configmap:// credentialName: namespace must match the configuration namespace");
    }
  }
  const bool simple = tls->mode == TlsMode::SIMPLE, mutual = tls->mode == TlsMode::MUTUAL;
  if (tls->insecure_skip_verify.value_or(false)) {
    const bool verifies = !tls->ca_certificates.empty() || !tls->subject_alt_names.empty();
    if ((simple && (verifies || !tls->credential_name.empty())) || (mutual && verifies)) {
      walk.error("DR0113",
                 "cannot specify CaCertificates, CredentialName (SIMPLE) or SubjectAltNames when InsecureSkipVerify is set true");
    }
  }
  if ((simple || mutual) && !tls->credential_name.empty()) {
    if (!tls->client_certificate.empty() || !tls->ca_certificates.empty() || !tls->private_key.empty() || !tls->ca_crl.empty()) {
      walk.error("DR0113", "cannot specify client certificates or CA certificate or CA CRL If credentialName is set");
    }
    return;
  }
  if (mutual && tls->client_certificate.empty()) walk.error("DR0113", "client certificate required for mutual tls");
  if (mutual && tls->private_key.empty()) walk.error("DR0113", "private key required for mutual tls");
}

template <class Policy>
void check_policy_parts(Walk& walk, std::string_view namespace_, const Policy& policy) {
  check_outlier(walk, policy.outlier_detection);
  check_connection_pool(walk, "connectionPool", policy.connection_pool);
  check_load_balancer(walk, policy.load_balancer, policy.outlier_detection.has_value());
  check_client_tls(walk, namespace_, policy.tls);
}

void check_tunnel(Walk& walk, const std::optional<TrafficPolicy::TunnelSettings>& tunnel) {
  if (!tunnel) return;
  const Walk::Step step(walk, "tunnel");
  if (!tunnel->protocol.empty() && tunnel->protocol != "CONNECT" && tunnel->protocol != "POST") {
    walk.error_at("protocol", "DR0114", "tunnel protocol must be \"CONNECT\" or \"POST\"");
  }
  if (!check_fqdn(tunnel->target_host).empty() && !match::is_ip(tunnel->target_host)) {
    walk.error_at("targetHost", "DR0114", "tunnel target host must be valid FQDN or IP address");
  }
  if (const Problem problem = check_port(tunnel->target_port); !problem.empty()) {
    walk.error_at("targetPort", "DR0114", "tunnel target port is invalid: " + problem);
  }
}

void check_traffic_policy(Walk& walk, std::string_view namespace_, const std::optional<TrafficPolicy>& policy) {
  if (!policy) return;
  const Walk::Step step(walk, "trafficPolicy");
  // An empty list of port level settings counts as none.
  if (!policy->outlier_detection && !policy->connection_pool && !policy->load_balancer && !policy->tls &&
      policy->port_level_settings.empty() && !policy->tunnel && !policy->proxy_protocol && !policy->retry_budget) {
    walk.error("DR0103", "traffic policy must have at least one field");
    return;
  }
  if (policy->tunnel && policy->proxy_protocol) {
    walk.error("DR0103", "tunnel and proxyProtocol must not be set together");
    return;
  }
  check_policy_parts(walk, namespace_, *policy);
  for (std::size_t i = 0; i < policy->port_level_settings.size(); ++i) {
    const auto& port_policy = policy->port_level_settings[i];
    const Walk::Step at(walk, "portLevelSettings", i);
    const Walk::Quiet quiet(walk);
    if (!port_policy.port) walk.error("DR0104", "portTrafficPolicy must have valid port");
    if (!port_policy.outlier_detection && !port_policy.connection_pool && !port_policy.load_balancer && !port_policy.tls) {
      walk.error("DR0104", "port traffic policy must have at least one field");
    } else {
      check_policy_parts(walk, namespace_, port_policy);
    }
  }
  check_tunnel(walk, policy->tunnel);
  if (policy->proxy_protocol) {
    const auto version = static_cast<std::int32_t>(policy->proxy_protocol->version);
    if (version != 0 && version != 1) {  // no name: the schema says the same
      walk.error_at("proxyProtocol.version", "SC0102", "expected a string, found an integer");
    }
  }
}

}  // namespace

void check_connection_pool(Walk& walk, std::string_view key, const std::optional<model::ConnectionPoolSettings>& settings) {
  if (!settings) return;
  const Walk::Step step(walk, key);
  if (!settings->http && !settings->tcp) {
    walk.error("KX0117", "connection pool must have at least one field");
    return;
  }
  const auto not_negative = [&walk](std::int32_t value, const char* name) {
    if (value < 0) walk.error("KX0117", std::string(name) + " must be non-negative");
  };
  const auto duration = [&walk](std::string_view name, const std::optional<model::Duration>& value) {
    if (!value) return;
    const Walk::Step at(walk, name);
    walk.check("KX0102", check_duration(*value));
  };
  if (settings->http) {
    const auto& http = *settings->http;
    const Walk::Step at(walk, "http");
    not_negative(http.http1_max_pending_requests, "http1 max pending requests");
    not_negative(http.http2_max_requests, "http2 max requests");
    not_negative(http.max_requests_per_connection, "max requests per connection");
    not_negative(http.max_retries, "max retries");
    duration("idleTimeout", http.idle_timeout);
    if (http.h2_upgrade_policy == model::ConnectionPoolSettings::HTTPSettings::H2UpgradePolicy::UPGRADE &&
        http.use_client_protocol) {
      walk.error("KX0117", "use client protocol must not be true when H2UpgradePolicy is UPGRADE");
    }
    not_negative(http.max_concurrent_streams, "max concurrent streams");
    if (http.http2_keep_alive) {
      const Walk::Step keep_alive(walk, "http2KeepAlive");
      if (!http.http2_keep_alive->interval) walk.error("KX0117", "http2 keepalive interval is required");
      if (!http.http2_keep_alive->timeout) walk.error("KX0117", "http2 keepalive timeout is required");
      duration("interval", http.http2_keep_alive->interval);
      duration("timeout", http.http2_keep_alive->timeout);
    }
  }
  if (settings->tcp) {
    const auto& tcp = *settings->tcp;
    const Walk::Step at(walk, "tcp");
    not_negative(tcp.max_connections, "max connections");
    duration("connectTimeout", tcp.connect_timeout);
    duration("maxConnectionDuration", tcp.max_connection_duration);
    // What truncates to 0 ms disables the timeout.
    if (tcp.idle_timeout && (tcp.idle_timeout->seconds != 0 || std::abs(tcp.idle_timeout->nanos) >= 1'000'000)) {
      duration("idleTimeout", tcp.idle_timeout);
    }
    if (tcp.tcp_keepalive) {
      const Walk::Step keepalive(walk, "tcpKeepalive");
      duration("time", tcp.tcp_keepalive->time);
      duration("interval", tcp.tcp_keepalive->interval);
    }
  }
}

void validate_destination_rule(Walk& walk, const Resource& resource, const model::DestinationRule& rule) {
  {
    const Walk::Step step(walk, "host");
    walk.check("DR0101", check_wildcard_domain(rule.host));
  }
  const std::string_view namespace_ = own_namespace(resource);
  check_traffic_policy(walk, namespace_, rule.traffic_policy);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    const model::Subset& subset = rule.subsets[i];
    const Walk::Step step(walk, "subsets", i);
    if (!names.insert(subset.name).second) walk.error_at("name", "DR0102", "duplicate subset names: " + subset.name);
    walk.check_at("name", "DR0102", check_subset_name(subset.name));
    check_labels(walk, "labels", subset.labels);
    const Walk::Quiet quiet(walk);
    check_traffic_policy(walk, namespace_, subset.traffic_policy);
  }
  check_export_to(walk, namespace_, rule.export_to, false, rule.workload_selector.has_value());
  const Walk::Step step(walk, "workloadSelector");
  check_selector(walk, rule.workload_selector);
}

}  // namespace meshroute::admission
