// SPDX-License-Identifier: Apache-2.0
// Outbound clusters.

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "registry/text.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

using nlohmann::json;
using registry::Protocol;
using registry::ServiceResolution;
using SimpleLB = model::LoadBalancerSettings::SimpleLB;
using TLSmode = model::ClientTLSSettings::TLSmode;
constexpr std::uint32_t kMost = 4294967295U;

std::string duration_text(const model::Duration& duration) {
  if (duration.nanos == 0) return std::to_string(duration.seconds) + "s";
  const bool negative = duration.seconds < 0 || duration.nanos < 0;
  const int nanos = duration.nanos < 0 ? -duration.nanos : duration.nanos;
  char text[48];
  const long long seconds = duration.seconds < 0 ? -duration.seconds : duration.seconds;
  if (nanos % 1000000 == 0) {
    std::snprintf(text, sizeof text, "%s%lld.%03ds", negative ? "-" : "", seconds, nanos / 1000000);
  } else if (nanos % 1000 == 0) {
    std::snprintf(text, sizeof text, "%s%lld.%06ds", negative ? "-" : "", seconds, nanos / 1000);
  } else {
    std::snprintf(text, sizeof text, "%s%lld.%09ds", negative ? "-" : "", seconds, nanos);
  }
  return text;
}

bool passthrough_balancer(const model::TrafficPolicy& policy) {
  return policy.load_balancer && policy.load_balancer->simple == SimpleLB::PASSTHROUGH;
}

json circuit_breakers(const model::TrafficPolicy& policy) {  // E35
  json threshold = {{"maxConnections", kMost}, {"maxPendingRequests", kMost}, {"maxRequests", kMost}, {"maxRetries", kMost}};
  if (policy.connection_pool) {
    const auto set = [&](const char* key, std::int32_t value) {
      if (value > 0) threshold[key] = static_cast<std::uint32_t>(value);
    };
    if (const auto& http = policy.connection_pool->http) {
      set("maxPendingRequests", http->http1_max_pending_requests);
      set("maxRequests", http->http2_max_requests);
      set("maxRetries", http->max_retries);
    }
    if (const auto& tcp = policy.connection_pool->tcp) set("maxConnections", tcp->max_connections);
  }
  return {{"thresholds", json::array({threshold})}};
}

json outlier_json(const model::OutlierDetection& outlier) {  // E34
  json result = {{"enforcingSuccessRate", 0}};
  if (outlier.consecutive_5xx_errors) {
    result["consecutive5xx"] = *outlier.consecutive_5xx_errors;
    result["enforcingConsecutive5xx"] = *outlier.consecutive_5xx_errors > 0 ? 100 : 0;
  }
  if (outlier.consecutive_gateway_errors) {
    result["consecutiveGatewayFailure"] = *outlier.consecutive_gateway_errors;
    result["enforcingConsecutiveGatewayFailure"] = *outlier.consecutive_gateway_errors > 0 ? 100 : 0;
  }
  if (outlier.interval) result["interval"] = duration_text(*outlier.interval);
  if (outlier.base_ejection_time) result["baseEjectionTime"] = duration_text(*outlier.base_ejection_time);
  if (outlier.max_ejection_percent > 0) result["maxEjectionPercent"] = outlier.max_ejection_percent;
  if (outlier.split_external_local_origin_errors) {
    result["splitExternalLocalOriginErrors"] = true;
    if (outlier.consecutive_local_origin_failures) {
      result["consecutiveLocalOriginFailure"] = *outlier.consecutive_local_origin_failures;
      result["enforcingConsecutiveLocalOriginFailure"] = *outlier.consecutive_local_origin_failures > 0 ? 100 : 0;
    }
    result["enforcingLocalOriginSuccessRate"] = 0;
  }
  return result;
}

std::string sni_of(const ClusterPlan& plan) {
  if (plan.type == ClusterType::dynamic_forward_proxy) return {};
  return "outbound_." + std::to_string(plan.port.number) + "_." + (plan.subset != nullptr ? plan.subset->name : "") + "_." +
         plan.service->hostname;
}

bool upgrades_to_http2(const ClientView& view, const ClusterPlan& plan) {  // G11, E35
  using Upgrade = model::ConnectionPoolSettings::HTTPSettings::H2UpgradePolicy;
  Upgrade upgrade = Upgrade::DEFAULT;
  if (plan.policy.connection_pool && plan.policy.connection_pool->http) {
    if (plan.policy.connection_pool->http->use_client_protocol) return false;
    upgrade = plan.policy.connection_pool->http->h2_upgrade_policy;
  }
  if (registry::is_http2(plan.port.protocol)) return true;
  if (upgrade != Upgrade::DEFAULT) return upgrade == Upgrade::UPGRADE;
  const json& config = view.snapshot->settings.mesh_config;
  return registry::is_http(plan.port.protocol) && config.is_object() &&
         config.value("h2UpgradePolicy", json()) == json("UPGRADE");
}

// SANs stay out of the JSON form, as in the vectors; a forward proxy takes the SNI from the request (G9).
json mutual_tls(const std::string& sni, bool http2) {
  json socket = {{"name", "envoy.transport_sockets.tls"}, {"ca", "ROOTCA"}, {"client_cert", {"default"}}};
  if (!sni.empty()) socket["sni"] = sni;
  socket["alpn"] = {"istio-peer-exchange", "istio"};
  if (http2) socket["alpn"].push_back("h2");
  return socket;
}

void add_tls(const ClientView& view, const ClusterPlan& plan, json& cluster) {
  const registry::Service& service = *plan.service;
  const bool http2 = upgrades_to_http2(view, plan);
  if (plan.policy.tls) {  // E36, E37
    const model::ClientTLSSettings& tls = *plan.policy.tls;
    if (tls.mode == TLSmode::ISTIO_MUTUAL) {
      cluster["tls"] = mutual_tls(tls.sni.empty() ? sni_of(plan) : tls.sni, http2);
      return;
    }
    if (tls.mode == TLSmode::DISABLE) return;
    const bool selected = plan.rule != nullptr && plan.rule->spec.workload_selector.has_value();
    if (!tls.credential_name.empty() && !selected && !tls.credential_name.starts_with("configmap://")) return;
    json socket = {{"name", "envoy.transport_sockets.tls"}};
    if (!tls.sni.empty()) socket["sni"] = tls.sni;
    if (!tls.credential_name.empty()) {
      socket["ca"] = "kubernetes://" + tls.credential_name + "-cacert";
      if (tls.mode == TLSmode::MUTUAL) socket["client_cert"] = {"kubernetes://" + tls.credential_name};
    } else {
      socket["ca"] = "file-root:" + (tls.ca_certificates.empty() ? std::string("system") : tls.ca_certificates);
      if (tls.mode == TLSmode::MUTUAL) socket["client_cert"] = {"file-cert:" + tls.client_certificate + "~" + tls.private_key};
    }
    if (http2) socket["alpn"] = {"h2"};
    cluster["tls"] = std::move(socket);
    return;
  }
  if (service.mesh_external || !view.snapshot->settings.enable_auto_mtls) return;  // E38, E39
  // E40: of a subset, only its own policy counts.
  const bool own_passthrough = plan.subset == nullptr
                                   ? passthrough_balancer(plan.policy)
                                   : plan.subset->traffic_policy && passthrough_balancer(*plan.subset->traffic_policy);
  if (service.resolution == ServiceResolution::passthrough || own_passthrough) {
    const std::set<std::string> names = names_of_port(*view.snapshot, service, plan.port.number);
    bool any = false;
    if (const auto* pool = view.snapshot->pool(service)) {
      for (const auto& shard : *pool) {
        for (const auto& endpoint : shard.endpoints) {
          if (endpoint.legacy_port != 0 ? endpoint.legacy_port != plan.port.number : names.count(endpoint.port_name) == 0)
            continue;
          any = true;
          if (endpoint.workload->tls_mode == "disabled") return;
        }
      }
    }
    if (!any) return;
  }
  if (peer_mode(*view.snapshot, service.namespace_, nullptr, 0) == 1) return;
  if (plan.type == ClusterType::original_dst) {
    cluster["tls"] = mutual_tls(sni_of(plan), http2);
    return;
  }
  cluster["tls_matches"] =
      json::array({{{"name", "tlsMode-istio"}, {"match", {{"tlsMode", "istio"}}}, {"socket", mutual_tls(sni_of(plan), http2)}},
                   {{"name", "tlsMode-disabled"}, {"socket", {{"name", "envoy.transport_sockets.raw_buffer"}}}}});
}

const char* type_text(ClusterType type) {
  switch (type) {
    case ClusterType::eds:
      return "EDS";
    case ClusterType::strict_dns:
      return "STRICT_DNS";
    case ClusterType::logical_dns:
      return "LOGICAL_DNS";
    case ClusterType::original_dst:
      return "ORIGINAL_DST";
    case ClusterType::dynamic_forward_proxy:
      return "envoy.clusters.dynamic_forward_proxy";
  }
  return "";
}

void add_balancer(const ClusterPlan& plan, json& cluster) {  // E21
  const auto& balancer = plan.policy.load_balancer;
  if (plan.type == ClusterType::original_dst || plan.type == ClusterType::dynamic_forward_proxy) {
    cluster["lb_policy"] = "CLUSTER_PROVIDED";
    return;
  }
  cluster["lb_policy"] = "LEAST_REQUEST";
  if (balancer && balancer->simple) {
    if (*balancer->simple == SimpleLB::RANDOM) cluster["lb_policy"] = "RANDOM";
    if (*balancer->simple == SimpleLB::ROUND_ROBIN) cluster["lb_policy"] = "ROUND_ROBIN";
  }
  if (balancer && balancer->consistent_hash) {
    const auto& hash = *balancer->consistent_hash;
    if (hash.maglev) {
      cluster["lb_policy"] = "MAGLEV";
      if (hash.maglev->table_size != 0) cluster["lb_config"] = {{"tableSize", std::to_string(hash.maglev->table_size)}};
    } else {
      cluster["lb_policy"] = "RING_HASH";
      std::uint64_t size = hash.minimum_ring_size != 0 ? hash.minimum_ring_size : 1024;
      if (hash.ring_hash) size = hash.ring_hash->minimum_ring_size;
      if (size != 0) cluster["lb_config"] = {{"minimumRingSize", std::to_string(size)}};
    }
  }
}

json cluster_json(const ClientView& view, const ClusterPlan& plan) {
  json cluster = {{"name", plan.name}, {"type", type_text(plan.type)}};
  std::string timeout = "10s";
  const json& config = view.snapshot->settings.mesh_config;
  if (config.is_object() && config.contains("connectTimeout") && config["connectTimeout"].is_string()) {
    timeout = config["connectTimeout"].get<std::string>();
  }
  if (plan.policy.connection_pool && plan.policy.connection_pool->tcp && plan.policy.connection_pool->tcp->connect_timeout) {
    timeout = duration_text(*plan.policy.connection_pool->tcp->connect_timeout);
  }
  cluster["connect_timeout"] = timeout;
  cluster["circuit_breakers"] = circuit_breakers(plan.policy);
  add_balancer(plan, cluster);
  const auto& outlier = plan.policy.outlier_detection;
  if (outlier) cluster["outlier_detection"] = outlier_json(*outlier);
  if (plan.type != ClusterType::dynamic_forward_proxy) {
    json common = {{"healthyPanicThreshold", json::object()}};
    if (outlier && outlier->min_health_percent > 0 && plan.service->distribution == registry::Service::Distribution::any) {
      common["healthyPanicThreshold"]["value"] = outlier->min_health_percent;
    }
    const LocalityChoice choice = choose_locality(view, plan);
    if (choice.setting) {
      const bool weighted =
          !choice.setting->distribute.empty() ||
          ((outlier || choice.forced) && (!choice.setting->failover.empty() || !choice.setting->failover_priority.empty()));
      if (weighted) common["localityWeightedLbConfig"] = json::object();
    }
    cluster["common_lb_config"] = std::move(common);
  }
  const bool from_dns =
      plan.service->resolution == ServiceResolution::dns_lb || plan.service->resolution == ServiceResolution::dns_round_robin_lb;
  // G5: a subset that a balancer made ORIGINAL_DST, or whose whole cluster it did, has no DNS settings.
  const bool became_original =
      plan.subset != nullptr &&
      (plan.type == ClusterType::original_dst || passthrough_balancer(view.traffic_policy(plan.rule, plan.port.number, "")));
  if (from_dns && !became_original) {  // G7
    cluster["dns_lookup_family"] = plan.service->race_first_tcp_connect ? "ALL"
                                   : registry::is_ipv6(view.client.ip)  ? "V6_ONLY"
                                                                        : "V4_ONLY";
    cluster["dns_refresh_rate"] = "60s";
    cluster["respect_dns_ttl"] = true;
  }
  if (plan.type == ClusterType::dynamic_forward_proxy) {  // G9
    cluster["type_config"] = {{"@type", "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig"},
                              {"dnsCacheConfig",
                               {{"dnsLookupFamily", registry::is_ipv6(view.client.ip) ? "V6_ONLY" : "V4_ONLY"},
                                {"name", plan.service->hostname + "_dfp_dns_cache"}}}};
  }
  add_tls(view, plan, cluster);
  return cluster;
}

}  // namespace

std::set<std::string> names_of_port(const registry::Snapshot& snapshot, const registry::Service& service, std::uint32_t number) {
  std::set<std::string> names;
  for (const registry::Service* each : snapshot.definitions(service)) {
    for (const auto& port : each->ports) {
      if (port.number == number) names.insert(port.name);
    }
  }
  return names;
}

int peer_mode(const registry::Snapshot& snapshot, const std::string& namespace_, const std::map<std::string, std::string>* labels,
              std::uint32_t port) {
  using Mode = model::PeerAuthentication::MutualTLS::Mode;
  const Resource* workload = nullptr;
  const Resource* in_namespace = nullptr;
  const Resource* in_mesh = nullptr;
  const auto older = [](const Resource* present, const Resource& one) {
    return present == nullptr || one.metadata.creation_timestamp < present->metadata.creation_timestamp;
  };
  for (const Resource* resource : snapshot.peer_authentications) {
    const auto* spec = resource->as<model::PeerAuthentication>();
    const std::string& in = resource->identity.namespace_;
    const bool selects = spec->selector && !spec->selector->match_labels.empty();
    if (selects) {
      if (labels != nullptr && in == namespace_ && registry::labels_subset(spec->selector->match_labels, *labels) &&
          older(workload, *resource)) {
        workload = resource;
      }
      continue;
    }
    if (in == snapshot.settings.root_namespace && older(in_mesh, *resource)) in_mesh = resource;
    if (in == namespace_ && in != snapshot.settings.root_namespace && older(in_namespace, *resource)) in_namespace = resource;
  }
  const auto mode_of = [](const Resource* resource, std::uint32_t number) {
    const auto* spec = resource->as<model::PeerAuthentication>();
    if (number != 0) {
      const auto& ports = spec->port_level_mtls;
      if (const auto found = ports ? ports->find(number) : decltype(ports->end()){};
          ports && found != ports->end() && found->second.mode != Mode::UNSET) {
        return found->second.mode;
      }
    }
    return spec->mtls ? spec->mtls->mode : Mode::UNSET;
  };
  for (const Resource* resource : {workload, in_namespace, in_mesh}) {
    if (resource == nullptr) continue;
    const Mode mode = mode_of(resource, resource == workload ? port : 0);
    if (mode != Mode::UNSET) return static_cast<int>(mode);
  }
  return 2;
}

std::vector<ClusterPlan> plan_clusters(const ClientView& view) {
  std::vector<ClusterPlan> plans;
  for (const ServicePtr& service : view.scope.services) {
    if (service->resolution == ServiceResolution::alias) continue;
    const DestinationRuleEntry* rule = view.destination_rule(service->hostname);
    for (const auto& port : service->ports) {
      if (port.protocol == Protocol::udp) continue;
      ClusterPlan plan;
      plan.service = service.get();
      plan.port = port;
      plan.rule = rule;
      bool forward = false;
      switch (service->resolution) {  // G3
        case ServiceResolution::dns_lb:
          plan.type = service->race_first_tcp_connect ? ClusterType::logical_dns : ClusterType::strict_dns;
          break;
        case ServiceResolution::dns_round_robin_lb:
          plan.type = ClusterType::logical_dns;
          break;
        case ServiceResolution::passthrough:
          plan.type = ClusterType::original_dst;
          break;
        case ServiceResolution::dynamic_dns:
          forward = registry::is_wildcard(service->hostname);
          break;
        default:
          break;
      }
      if (forward) {  // G9
        if (port.protocol != Protocol::http && port.protocol != Protocol::http2 && port.protocol != Protocol::grpc &&
            port.protocol != Protocol::tls) {
          continue;
        }
        plan.type = ClusterType::dynamic_forward_proxy;
      }
      plan.name = cluster_name(port.number, "", service->hostname);
      plan.policy = view.traffic_policy(rule, port.number, "");
      if (!forward && passthrough_balancer(plan.policy)) plan.type = ClusterType::original_dst;
      plans.push_back(plan);
      if (rule == nullptr || forward) continue;
      for (const model::Subset& subset : rule->spec.subsets) {  // G2, G5
        ClusterPlan one = plan;
        one.subset = &subset;
        one.name = cluster_name(port.number, subset.name, service->hostname);
        one.policy = view.traffic_policy(rule, port.number, subset.name);
        if (passthrough_balancer(one.policy)) one.type = ClusterType::original_dst;
        plans.push_back(std::move(one));
      }
    }
  }
  return plans;
}

const nlohmann::json& ClientView::clusters_json() const {
  std::call_once(lazy_->clusters_once, [this] {
    std::map<std::string, json> clusters;
    std::string timeout = "10s";
    const json& config = snapshot->settings.mesh_config;
    if (config.is_object() && config.contains("connectTimeout") && config["connectTimeout"].is_string()) {
      timeout = config["connectTimeout"].get<std::string>();
    }
    clusters["BlackHoleCluster"] = {
        {"name", "BlackHoleCluster"}, {"type", "STATIC"}, {"connect_timeout", timeout}, {"lb_policy", "ROUND_ROBIN"}};
    clusters["PassthroughCluster"] = {{"name", "PassthroughCluster"},
                                      {"type", "ORIGINAL_DST"},
                                      {"connect_timeout", timeout},
                                      {"lb_policy", "CLUSTER_PROVIDED"},
                                      {"circuit_breakers", circuit_breakers({})}};
    for (const ClusterPlan& plan : seen_->plans(*this)) {
      if (has_cluster(plan.name)) clusters.try_emplace(plan.name, cluster_json(*this, plan));
    }
    lazy_->clusters = json::array();
    for (auto& [name, cluster] : clusters) lazy_->clusters.push_back(std::move(cluster));
  });
  return lazy_->clusters;
}

}  // namespace meshroute::view
