// SPDX-License-Identifier: Apache-2.0
// Writes clusters and endpoints as protojson, field by field in the order of the proto.
#include "envoy/cluster_writer.hpp"

#include <array>
#include <cstdio>

#include "envoy/writing.hpp"

namespace meshroute::envoy {

namespace {

using text::JsonWriter;

void number(JsonWriter& json, std::string_view name, std::uint32_t value) {
  if (value != 0) json.member(name, value);
}

void empty(JsonWriter& json, std::string_view name) {
  json.object(name);
  json.end_object();
}

const char* lookup_text(Cluster::Lookup lookup) {
  static constexpr std::array<const char*, 5> kNames{"AUTO", "V4_ONLY", "V6_ONLY", "V4_PREFERRED", "ALL"};
  return kNames.at(static_cast<std::size_t>(lookup));
}

void write_matcher(JsonWriter& json, const StringMatcher& matcher) {
  json.begin_object();
  json.member(matcher.kind == StringMatcher::Kind::prefix ? "prefix" : "exact", matcher.value);
  json.end_object();
}

/// A secret that the agent of a proxy serves.
void write_secret(JsonWriter& json, const std::string& name) {
  json.begin_object();
  json.member("name", name);
  json.object("sdsConfig");
  json.object("apiConfigSource");
  json.member("apiType", "GRPC");
  json.list("grpcServices");
  json.begin_object();
  json.object("envoyGrpc");
  json.member("clusterName", "sds-grpc");
  json.end_object();
  json.end_object();
  json.end_list();
  json.member("setNodeOnFirstMessageOnly", true);
  json.member("transportApiVersion", "V3");
  json.end_object();
  json.member("initialFetchTimeout", "0s");
  json.member("resourceApiVersion", "V3");
  json.end_object();
  json.end_object();
}

void write_file(JsonWriter& json, std::string_view name, const std::string& path) {
  json.object(name);
  json.member("filename", path);
  json.end_object();
}

void write_validation(JsonWriter& json, const TlsContext& tls) {
  if (!tls.crl.empty()) write_file(json, "crl", tls.crl);
  // Envoy has replaced the list that a control plane sends by one whose matchers say the type of the name.
  const bool typed = tls.validation_secret.empty();
  if (!tls.match_subject_alt_names.empty()) {
    json.list(typed ? "matchTypedSubjectAltNames" : "matchSubjectAltNames");
    for (const StringMatcher& matcher : tls.match_subject_alt_names) {
      if (!typed) {
        write_matcher(json, matcher);
        continue;
      }
      json.begin_object();
      json.key("matcher");
      write_matcher(json, matcher);
      json.member("sanType", matcher.value.find("://") != std::string::npos ? "URI" : "DNS");
      json.end_object();
    }
    json.end_list();
  }
  if (tls.accept_untrusted) json.member("trustChainVerification", "ACCEPT_UNTRUSTED");
  if (!tls.trusted_ca.empty()) write_file(json, "trustedCa", tls.trusted_ca);
  texts(json, "verifyCertificateHash", tls.hashes);
  texts(json, "verifyCertificateSpki", tls.spki);
}

void write_socket(JsonWriter& json, const std::optional<UpstreamTls>& tls) {
  json.object("transportSocket");
  json.member("name", tls ? "envoy.transport_sockets.tls" : "envoy.transport_sockets.raw_buffer");
  json.object("typedConfig");
  json.member("@type", tls ? "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
                           : "type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer");
  if (tls) {
    write_common_tls(json, tls->common);
    text(json, "sni", tls->sni);
  }
  json.end_object();
  json.end_object();
}

void write_match(JsonWriter& json, const TransportSocketMatch& match) {
  json.begin_object();
  json.object("match");
  if (match.tls_mode) json.member("tlsMode", "istio");
  json.end_object();
  json.member("name", match.name);
  write_socket(json, match.tls);
  json.end_object();
}

void write_http2(JsonWriter& json, const HttpProtocolOptions& options) {
  json.object("http2ProtocolOptions");
  if (options.keepalive) {
    json.object("connectionKeepalive");
    given(json, "interval", options.keepalive->first);
    given(json, "timeout", options.keepalive->second);
    json.end_object();
  }
  number(json, "maxConcurrentStreams", options.max_concurrent_streams);
  json.end_object();
}

void write_http_options(JsonWriter& json, const HttpProtocolOptions& options) {
  using Version = HttpProtocolOptions::Version;
  json.object("typedExtensionProtocolOptions");
  json.object("envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
  json.member("@type", "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
  if (options.idle_timeout || options.max_connection_duration || options.max_requests_per_connection != 0) {
    json.object("commonHttpProtocolOptions");
    given(json, "idleTimeout", options.idle_timeout);
    given(json, "maxConnectionDuration", options.max_connection_duration);
    number(json, "maxRequestsPerConnection", options.max_requests_per_connection);
    json.end_object();
  }
  json.object(options.version == Version::downstream ? "useDownstreamProtocolConfig" : "explicitHttpConfig");
  if (options.version != Version::http1) write_http2(json, options);
  if (options.version != Version::http2) empty(json, "httpProtocolOptions");
  json.end_object();
  if (options.auto_sni || options.auto_san_validation) {
    json.object("upstreamHttpProtocolOptions");
    flag(json, "autoSanValidation", options.auto_san_validation);
    flag(json, "autoSni", options.auto_sni);
    json.end_object();
  }
  json.end_object();
  json.end_object();
}

/// How many failures in a row eject an endpoint, and that they do.
void write_consecutive(JsonWriter& json, const char* count, const char* enforcing, const std::optional<std::uint32_t>& value) {
  if (!value) return;
  json.member(count, *value);
  json.member(enforcing, *value > 0 ? 100 : 0);
}

void write_outlier(JsonWriter& json, const OutlierDetection& outlier) {  // E34
  json.object("outlierDetection");
  given(json, "baseEjectionTime", outlier.base_ejection_time);
  write_consecutive(json, "consecutive5xx", "enforcingConsecutive5xx", outlier.consecutive_5xx);
  write_consecutive(json, "consecutiveGatewayFailure", "enforcingConsecutiveGatewayFailure", outlier.consecutive_gateway_failure);
  if (outlier.split_external_local_origin_errors) {
    write_consecutive(json, "consecutiveLocalOriginFailure", "enforcingConsecutiveLocalOriginFailure",
                      outlier.consecutive_local_origin_failure);
    json.member("enforcingLocalOriginSuccessRate", 0);
  }
  json.member("enforcingSuccessRate", 0);
  given(json, "interval", outlier.interval);
  number(json, "maxEjectionPercent", outlier.max_ejection_percent);
  flag(json, "splitExternalLocalOriginErrors", outlier.split_external_local_origin_errors);
  json.end_object();
}

void write_type(JsonWriter& json, const Cluster& cluster) {
  static constexpr std::array<const char*, 5> kNames{"STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST"};
  if (cluster.type == Cluster::Type::dynamic_forward_proxy) {
    json.object("clusterType");
    json.member("name", "envoy.clusters.dynamic_forward_proxy");
    json.object("typedConfig");
    json.member("@type", "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig");
    if (cluster.dns_cache) {
      flag(json, "allowInsecureClusterOptions", cluster.dns_cache->allow_insecure);
      json.object("dnsCacheConfig");
      if (cluster.dns_cache->lookup != Cluster::Lookup::automatic)
        json.member("dnsLookupFamily", lookup_text(cluster.dns_cache->lookup));
      number(json, "maxHosts", cluster.dns_cache->max_hosts);
      json.member("name", cluster.dns_cache->name);
      json.end_object();
    }
    json.end_object();
    json.end_object();
    return;
  }
  json.member("type", kNames.at(static_cast<std::size_t>(cluster.type)));
  if (cluster.type != Cluster::Type::eds) return;
  json.object("edsClusterConfig");
  json.object("edsConfig");
  if (cluster.eds_path.empty()) {
    empty(json, "ads");
    json.member("initialFetchTimeout", "0s");
  } else {
    json.object("pathConfigSource");
    json.member("path", cluster.eds_path);
    json.end_object();
  }
  json.member("resourceApiVersion", "V3");
  json.end_object();
  json.member("serviceName", cluster.name);
  json.end_object();
}

void write_balancer(JsonWriter& json, const Cluster& cluster) {
  static constexpr std::array<const char*, 6> kNames{"LEAST_REQUEST", "ROUND_ROBIN", "RANDOM",
                                                     "MAGLEV",        "RING_HASH",   "CLUSTER_PROVIDED"};
  json.member("lbPolicy", kNames.at(static_cast<std::size_t>(cluster.lb_policy)));
  if (cluster.hash_size == 0) return;
  const bool maglev = cluster.lb_policy == Cluster::Balancer::maglev;
  json.object(maglev ? "maglevLbConfig" : "ringHashLbConfig");
  json.member(maglev ? "tableSize" : "minimumRingSize", std::to_string(cluster.hash_size));
  json.end_object();
}

void write_metadata(JsonWriter& json, const Cluster::Metadata& metadata) {
  json.object("metadata");
  json.object("filterMetadata");
  json.object("istio");
  if (metadata.alpn_override) json.member("alpn_override", "false");
  text(json, "config", metadata.config);
  flag(json, "external", metadata.external);
  if (!metadata.services.empty()) {
    json.list("services");
    for (const auto& service : metadata.services) {
      json.begin_object();
      json.member("host", service.host);
      json.member("name", service.name);
      json.member("namespace", service.namespace_);
      json.end_object();
    }
    json.end_list();
  }
  text(json, "subset", metadata.subset);
  json.end_object();
  json.end_object();
  json.end_object();
}

void write_connection(JsonWriter& json, const Cluster& cluster) {
  if (cluster.keepalive) {
    json.object("upstreamConnectionOptions");
    json.object("tcpKeepalive");
    given(json, "keepaliveInterval", cluster.keepalive->interval);
    number(json, "keepaliveProbes", cluster.keepalive->probes);
    given(json, "keepaliveTime", cluster.keepalive->time);
    json.end_object();
    json.end_object();
  }
  if (cluster.source_address.empty()) return;
  json.object("upstreamBindConfig");
  json.object("sourceAddress");
  json.member("address", cluster.source_address);
  json.member("portValue", 0);
  json.end_object();
  json.end_object();
}

void write_lb(JsonWriter& json, const Cluster::CommonLb& common) {
  json.object("commonLbConfig");
  json.object("healthyPanicThreshold");
  if (common.healthy_panic_threshold) {
    std::array<char, 32> value{};
    std::snprintf(value.data(), value.size(), "%g", *common.healthy_panic_threshold);
    json.key("value");
    json.raw(value.data());
  }
  json.end_object();
  if (common.locality_weighted) empty(json, "localityWeightedLbConfig");
  json.end_object();
}

void write_endpoint(JsonWriter& json, const LbEndpoint& endpoint) {
  static constexpr std::array<const char*, 4> kHealth{"UNKNOWN", "HEALTHY", "UNHEALTHY", "DRAINING"};
  json.begin_object();
  json.object("endpoint");
  json.key("address");
  write(json, endpoint.address);
  json.end_object();
  if (endpoint.health != LbEndpoint::Health::unknown)
    json.member("healthStatus", kHealth.at(static_cast<std::size_t>(endpoint.health)));
  json.member("loadBalancingWeight", endpoint.weight);
  if (endpoint.tls_mode) {
    json.object("metadata");
    json.object("filterMetadata");
    json.object("envoy.transport_socket_match");
    json.member("tlsMode", "istio");
    json.end_object();
    json.end_object();
    json.end_object();
  }
  json.end_object();
}

void write_locality(JsonWriter& json, const LocalityEndpoints& group) {
  json.begin_object();
  json.list("lbEndpoints");
  for (const LbEndpoint& endpoint : group.endpoints) write_endpoint(json, endpoint);
  json.end_list();
  number(json, "loadBalancingWeight", group.weight);
  json.object("locality");
  text(json, "region", group.region);
  text(json, "subZone", group.sub_zone);
  text(json, "zone", group.zone);
  json.end_object();
  number(json, "priority", group.priority);
  json.end_object();
}

void write_members(JsonWriter& json, const ClusterLoadAssignment& assignment) {
  json.member("clusterName", assignment.cluster_name);
  if (assignment.endpoints.empty()) return;
  json.list("endpoints");
  for (const LocalityEndpoints& group : assignment.endpoints) write_locality(json, group);
  json.end_list();
}

}  // namespace

void write(JsonWriter& json, const Address& address) {
  json.begin_object();
  switch (address.kind) {
    case Address::Kind::pipe:
      json.object("pipe");
      json.member("path", address.text);
      break;
    case Address::Kind::listener:
      json.object("envoyInternalAddress");
      json.member("serverListenerName", address.text);
      break;
    case Address::Kind::socket:
      json.object("socketAddress");
      json.member("address", address.text);
      json.member("portValue", address.port);
      break;
  }
  json.end_object();
  json.end_object();
}

void write_common_tls(JsonWriter& json, const TlsContext& tls) {
  json.object("commonTlsContext");
  texts(json, "alpnProtocols", tls.alpn_protocols);
  if (!tls.validation_secret.empty()) {
    json.object("combinedValidationContext");
    json.object("defaultValidationContext");
    write_validation(json, tls);
    json.end_object();
    json.key("validationContextSdsSecretConfig");
    write_secret(json, tls.validation_secret);
    json.end_object();
  }
  if (!tls.certificate_secrets.empty()) {
    json.list("tlsCertificateSdsSecretConfigs");
    for (const std::string& secret : tls.certificate_secrets) write_secret(json, secret);
    json.end_list();
  }
  if (!tls.certificates.empty()) {
    json.list("tlsCertificates");
    for (const TlsContext::Files& files : tls.certificates) {
      json.begin_object();
      write_file(json, "certificateChain", files.chain);
      write_file(json, "privateKey", files.key);
      json.end_object();
    }
    json.end_list();
  }
  if (!tls.cipher_suites.empty() || !tls.min_version.empty() || !tls.max_version.empty()) {
    json.object("tlsParams");
    texts(json, "cipherSuites", tls.cipher_suites);
    if (!tls.max_version.empty()) json.member("tlsMaximumProtocolVersion", tls.max_version);
    if (!tls.min_version.empty()) json.member("tlsMinimumProtocolVersion", tls.min_version);
    json.end_object();
  }
  const bool checks = !tls.trusted_ca.empty() || tls.accept_untrusted || !tls.spki.empty() || !tls.hashes.empty();
  if (tls.validation_secret.empty() && checks) {
    json.object("validationContext");
    write_validation(json, tls);
    json.end_object();
  }
  json.end_object();
}

void write(JsonWriter& json, const Cluster& cluster, std::string_view type) {
  json.begin_object();
  if (!type.empty()) json.member("@type", type);
  text(json, "altStatName", cluster.alt_stat_name);
  if (cluster.circuit_breakers) {
    const Cluster::Thresholds& most = *cluster.circuit_breakers;
    json.object("circuitBreakers");
    json.list("thresholds");
    json.begin_object();
    json.member("maxConnections", most.max_connections);
    json.member("maxPendingRequests", most.max_pending_requests);
    json.member("maxRequests", most.max_requests);
    json.member("maxRetries", most.max_retries);
    json.end_object();
    json.end_list();
    json.end_object();
  }
  if (cluster.common_lb) write_lb(json, *cluster.common_lb);
  text(json, "connectTimeout", cluster.connect_timeout);
  if (cluster.lookup != Cluster::Lookup::automatic) json.member("dnsLookupFamily", lookup_text(cluster.lookup));
  text(json, "dnsRefreshRate", cluster.dns_refresh_rate);
  write_balancer(json, cluster);
  if (cluster.load_assignment) {
    json.object("loadAssignment");
    write_members(json, *cluster.load_assignment);
    json.end_object();
  }
  if (cluster.metadata) write_metadata(json, *cluster.metadata);
  json.member("name", cluster.name);
  if (cluster.outlier_detection) write_outlier(json, *cluster.outlier_detection);
  flag(json, "respectDnsTtl", cluster.respect_dns_ttl);
  if (cluster.transport_socket) write_socket(json, cluster.transport_socket);
  if (!cluster.transport_socket_matches.empty()) {
    json.list("transportSocketMatches");
    for (const TransportSocketMatch& match : cluster.transport_socket_matches) write_match(json, match);
    json.end_list();
  }
  write_type(json, cluster);
  if (cluster.http_options) write_http_options(json, *cluster.http_options);
  write_connection(json, cluster);
  json.end_object();
}

void write(JsonWriter& json, const ClusterLoadAssignment& assignment, std::string_view type) {
  json.begin_object();
  if (!type.empty()) json.member("@type", type);
  write_members(json, assignment);
  json.end_object();
}

}  // namespace meshroute::envoy
