// SPDX-License-Identifier: Apache-2.0
// Clusters and endpoints as a control plane sends them.
#include <algorithm>

#include "registry/text.hpp"
#include "view/cluster_tls.hpp"
#include "view/messages.hpp"

namespace meshroute::view {

namespace {

using Type = envoy::Cluster::Type;
using TLSmode = model::ClientTLSSettings::TLSmode;

envoy::Duration duration_of(const model::Duration& duration) { return {duration.seconds, duration.nanos}; }
std::optional<envoy::Duration> duration_of(const std::optional<model::Duration>& duration) {
  return duration ? std::optional(duration_of(*duration)) : std::nullopt;
}

Type type_of(ClusterType type) {
  switch (type) {
    case ClusterType::eds:
      return Type::eds;
    case ClusterType::strict_dns:
      return Type::strict_dns;
    case ClusterType::logical_dns:
      return Type::logical_dns;
    case ClusterType::original_dst:
      return Type::original_dst;
    case ClusterType::dynamic_forward_proxy:
      return Type::dynamic_forward_proxy;
    case ClusterType::fixed:
      break;
  }
  return Type::fixed;
}

envoy::Cluster::Lookup lookup_of(Cluster::Lookup lookup) {
  switch (lookup) {
    case Cluster::Lookup::v4:
      return envoy::Cluster::Lookup::v4_only;
    case Cluster::Lookup::v6:
      return envoy::Cluster::Lookup::v6_only;
    case Cluster::Lookup::all:
      return envoy::Cluster::Lookup::all;
    case Cluster::Lookup::none:
      break;
  }
  return envoy::Cluster::Lookup::automatic;
}

envoy::OutlierDetection outlier_of(const model::OutlierDetection& given) {  // E34
  envoy::OutlierDetection outlier;
  outlier.consecutive_5xx = given.consecutive_5xx_errors;
  outlier.consecutive_gateway_failure = given.consecutive_gateway_errors;
  outlier.interval = duration_of(given.interval);
  outlier.base_ejection_time = duration_of(given.base_ejection_time);
  outlier.max_ejection_percent = static_cast<std::uint32_t>(std::max(given.max_ejection_percent, 0));
  outlier.split_external_local_origin_errors = given.split_external_local_origin_errors;
  if (given.split_external_local_origin_errors)
    outlier.consecutive_local_origin_failure = given.consecutive_local_origin_failures;
  return outlier;
}

std::optional<envoy::Cluster::Keepalive> keepalive_of(const registry::Settings& settings, const Cluster& cluster) {  // E35
  const model::ConnectionPoolSettings::TCPSettings::TcpKeepalive* own = nullptr;
  if (cluster.plan != nullptr) {
    const auto& pool = cluster.plan->policy->connection_pool;
    if (pool && pool->tcp && pool->tcp->tcp_keepalive) own = &*pool->tcp->tcp_keepalive;
  }
  if (!settings.tcp_keepalive && own == nullptr) return std::nullopt;
  envoy::Cluster::Keepalive keepalive;
  for (const auto* level : {settings.tcp_keepalive ? &*settings.tcp_keepalive : nullptr, own}) {
    if (level == nullptr) continue;
    if (level->probes > 0) keepalive.probes = level->probes;
    if (level->time) keepalive.time = level->time->seconds;
    if (level->interval) keepalive.interval = level->interval->seconds;
  }
  return keepalive;
}

std::vector<envoy::StringMatcher> exact_names(std::vector<std::string> names) {
  std::vector<envoy::StringMatcher> matchers;
  matchers.reserve(names.size());
  for (std::string& name : names) matchers.push_back({envoy::StringMatcher::Kind::exact, std::move(name)});
  return matchers;
}

envoy::UpstreamTls mutual_tls(const Cluster& cluster, std::vector<std::string> names) {
  const auto& given = cluster.plan->policy->tls;
  envoy::UpstreamTls tls;
  tls.sni = given && !given->sni.empty() ? given->sni : sni_of(*cluster.plan);
  tls.common.alpn_protocols = {"istio-peer-exchange", "istio"};
  if (cluster.http2) tls.common.alpn_protocols.emplace_back("h2");
  tls.common.certificate_secrets = {"default"};
  tls.common.validation_secret = "ROOTCA";
  tls.common.match_subject_alt_names = exact_names(std::move(names));
  return tls;
}

envoy::UpstreamTls given_tls(const Cluster& cluster, std::vector<std::string> names) {  // E37
  const model::ClientTLSSettings& given = *cluster.plan->policy->tls;
  envoy::UpstreamTls tls;
  tls.sni = given.sni;
  if (cluster.http2) tls.common.alpn_protocols = {"h2"};
  tls.common.match_subject_alt_names = exact_names(std::move(names));
  const bool mutual = given.mode == TLSmode::MUTUAL;
  if (!given.credential_name.empty()) {
    tls.common.validation_secret = "kubernetes://" + given.credential_name + "-cacert";
    if (mutual) tls.common.certificate_secrets = {"kubernetes://" + given.credential_name};
  } else {
    tls.common.validation_secret = "file-root:" + (given.ca_certificates.empty() ? std::string("system") : given.ca_certificates);
    if (mutual) tls.common.certificate_secrets = {"file-cert:" + given.client_certificate + "~" + given.private_key};
  }
  return tls;
}

void set_tls(const ProxyView& view, const Cluster& cluster, envoy::Cluster& message) {
  if (cluster.tls == Cluster::Tls::none) return;
  std::vector<std::string> names = accepted_names(*view.snapshot, cluster);
  if (cluster.tls == Cluster::Tls::given) {
    message.transport_socket = given_tls(cluster, std::move(names));
  } else if (cluster.tls == Cluster::Tls::mutual) {
    message.transport_socket = mutual_tls(cluster, std::move(names));
  } else {
    message.transport_socket_matches = {{"tlsMode-istio", true, mutual_tls(cluster, std::move(names))},
                                        {"tlsMode-disabled", false, std::nullopt}};
  }
}

/// Envoy speaks HTTP/1.1 without them.
std::optional<envoy::HttpProtocolOptions> http_options_of(const ProxyView& view, const Cluster& cluster) {
  using Version = envoy::HttpProtocolOptions::Version;
  envoy::HttpProtocolOptions options;
  const ClusterPlan& plan = *cluster.plan;
  bool needed = cluster.http2;
  if (cluster.http2) options.version = Version::http2;
  if (const auto& pool = plan.policy->connection_pool) {
    if (pool->http) {
      options.idle_timeout = duration_of(pool->http->idle_timeout);
      options.max_requests_per_connection = static_cast<std::uint32_t>(std::max(pool->http->max_requests_per_connection, 0));
      options.max_concurrent_streams = static_cast<std::uint32_t>(std::max(pool->http->max_concurrent_streams, 0));
      if (const auto& keepalive = pool->http->http2_keep_alive)
        options.keepalive.emplace(duration_of(keepalive->interval), duration_of(keepalive->timeout));
      if (pool->http->use_client_protocol) options.version = Version::downstream;
    }
    if (pool->tcp) options.max_connection_duration = duration_of(pool->tcp->max_connection_duration);
    needed = needed || options.idle_timeout || options.max_requests_per_connection != 0 || options.max_connection_duration;
  }
  if (plan.port->protocol == registry::Protocol::unsupported && !cluster.http2) options.version = Version::downstream;
  if (cluster.tls == Cluster::Tls::given) {
    const ClusterTls* tls = view.cluster_tls(cluster.name);
    options.auto_sni = tls != nullptr && tls->sni_of_request;
    const model::ClientTLSSettings& given = *plan.policy->tls;
    options.auto_san_validation =
        options.auto_sni && given.subject_alt_names.empty() && !given.insecure_skip_verify.value_or(false);
  }
  if (plan.type == ClusterType::dynamic_forward_proxy && cluster.tls != Cluster::Tls::none)  // G9
    options.auto_sni = options.auto_san_validation = true;
  needed = needed || options.auto_sni || options.version != Version::http1;
  return needed ? std::optional(options) : std::nullopt;
}

envoy::Cluster::Metadata metadata_of(const Cluster& cluster) {
  const ClusterPlan& plan = *cluster.plan;
  const registry::Service& service = *plan.service;
  envoy::Cluster::Metadata metadata;
  if (plan.type != ClusterType::dynamic_forward_proxy) metadata.services = {{service.hostname, service.name, service.namespace_}};
  metadata.external = service.mesh_external && plan.subset == nullptr;
  metadata.alpn_override = cluster.tls == Cluster::Tls::given;
  if (plan.subset != nullptr) metadata.subset = plan.subset->name;
  if (plan.rule != nullptr && plan.rule->resource != nullptr) {
    const Identity& rule = plan.rule->resource->identity;
    metadata.config = "/apis/networking.istio.io/v1/namespaces/" + rule.namespace_ + "/destination-rule/" + rule.name;
  }
  return metadata;
}

void set_dns_cache(const Cluster& cluster, envoy::Cluster& message) {
  envoy::Cluster::DnsCache& cache = message.dns_cache.emplace();
  cache.lookup = lookup_of(cluster.lookup);
  if (cluster.plan == nullptr) {  // D23
    cache.name = "allow_any_dfp_dns_cache";
    cache.max_hosts = 1024;
    cache.allow_insecure = true;
  } else {  // G9
    cache.name = cluster.plan->service->hostname + "_dfp_dns_cache";
  }
}

}  // namespace

envoy::Cluster cluster_message(const ProxyView& view, const Cluster& cluster) {
  envoy::Cluster message;
  message.name = cluster.name;
  message.alt_stat_name = message.name + ";";
  message.type = type_of(cluster.type);
  message.connect_timeout =
      cluster.connect_timeout != nullptr ? registry::shown(*cluster.connect_timeout) : view.snapshot->settings.connect_timeout;
  message.lb_policy = static_cast<envoy::Cluster::Balancer>(cluster.balancer);
  message.hash_size = cluster.hash_size;
  if (cluster.type == ClusterType::fixed) return message;
  message.circuit_breakers = envoy::Cluster::Thresholds{cluster.thresholds.connections, cluster.thresholds.pending_requests,
                                                        cluster.thresholds.requests, cluster.thresholds.retries};
  message.keepalive = keepalive_of(view.snapshot->settings, cluster);
  if (cluster.type == ClusterType::dynamic_forward_proxy) set_dns_cache(cluster, message);
  if (cluster.plan == nullptr) {
    envoy::HttpProtocolOptions& options = message.http_options.emplace();
    options.version = envoy::HttpProtocolOptions::Version::downstream;
    options.idle_timeout = envoy::Duration{300, 0};
    return message;
  }
  if (cluster.outlier != nullptr) message.outlier_detection = outlier_of(*cluster.outlier);
  if (cluster.type != ClusterType::dynamic_forward_proxy) {
    envoy::Cluster::CommonLb& common = message.common_lb.emplace();
    if (cluster.outlier != nullptr && cluster.outlier->min_health_percent > 0 &&
        cluster.plan->service->distribution == registry::Service::Distribution::any)
      common.healthy_panic_threshold = cluster.outlier->min_health_percent;
    common.locality_weighted = cluster.locality_weighted;
    if (cluster.lookup != Cluster::Lookup::none) {  // G7
      message.lookup = lookup_of(cluster.lookup);
      message.dns_refresh_rate = view.snapshot->settings.dns_refresh_rate;
      message.respect_dns_ttl = true;
    }
  }
  message.http_options = http_options_of(view, cluster);
  if (auto metadata = metadata_of(cluster); metadata != envoy::Cluster::Metadata{}) message.metadata = std::move(metadata);
  set_tls(view, cluster, message);
  if (cluster.type == ClusterType::strict_dns || cluster.type == ClusterType::logical_dns)
    message.load_assignment = assignment_message(view, cluster, view.assignment(cluster.name));
  return message;
}

envoy::ClusterLoadAssignment assignment_message(const ProxyView& view, const Cluster& cluster, const LoadAssignment* assignment) {
  envoy::ClusterLoadAssignment message;
  message.cluster_name = cluster.name;
  if (assignment == nullptr) return message;
  const LoadEndpoint* before = nullptr;
  for (const LoadEndpoint& endpoint : assignment->endpoints) {
    if (before == nullptr || before->locality != endpoint.locality || before->priority != endpoint.priority) {
      envoy::LocalityEndpoints& group = message.endpoints.emplace_back();
      const auto parts = registry::split_locality(endpoint.locality);
      group.region = parts[0];
      group.zone = parts[1];
      group.sub_zone = parts[2];
      group.priority = endpoint.priority;
      group.weight = endpoint.locality_weight;
    }
    before = &endpoint;
    envoy::LbEndpoint& added = message.endpoints.back().endpoints.emplace_back();
    constexpr std::string_view kPipe = "unix://";
    if (endpoint.address.starts_with(kPipe) && endpoint.port == 0)
      added.address = {envoy::Address::Kind::pipe, std::string(endpoint.address.substr(kPipe.size())), 0};
    else
      added.address = {envoy::Address::Kind::socket, std::string(endpoint.address), endpoint.port};
    added.weight = endpoint.weight;
    using Health = registry::Endpoint::Health;
    added.health = endpoint.health == Health::healthy     ? envoy::LbEndpoint::Health::healthy
                   : endpoint.health == Health::unhealthy ? envoy::LbEndpoint::Health::unhealthy
                   : endpoint.health == Health::draining  ? envoy::LbEndpoint::Health::draining
                                                          : envoy::LbEndpoint::Health::unknown;
    added.tls_mode =
        endpoint.from == nullptr || (cluster.plan != nullptr && has_mtls(view, *cluster.plan, *endpoint.from));
  }
  return message;
}

}  // namespace meshroute::view
