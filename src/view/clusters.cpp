// SPDX-License-Identifier: Apache-2.0
// Outbound clusters.

#include <algorithm>
#include <cstdio>
#include <set>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "registry/text.hpp"
#include "view/cluster_tls.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

using registry::Protocol;
using registry::ServiceResolution;
using json = text::Json;
using SimpleLB = model::LoadBalancerSettings::SimpleLB;
using TLSmode = model::ClientTLSSettings::TLSmode;
constexpr std::uint32_t kMost = 4294967295U;

Cluster::Thresholds thresholds_of(const model::TrafficPolicy* policy) {  // E35
  Cluster::Thresholds thresholds{kMost, kMost, kMost, kMost};
  if (policy == nullptr || !policy->connection_pool) return thresholds;
  const auto set = [](std::uint32_t& threshold, std::int32_t value) {
    if (value > 0) threshold = static_cast<std::uint32_t>(value);
  };
  if (const auto& http = policy->connection_pool->http) {
    set(thresholds.pending_requests, http->http1_max_pending_requests);
    set(thresholds.requests, http->http2_max_requests);
    set(thresholds.retries, http->max_retries);
  }
  if (const auto& tcp = policy->connection_pool->tcp) set(thresholds.connections, tcp->max_connections);
  return thresholds;
}

json circuit_breakers(const Cluster::Thresholds& thresholds) {
  return {{"thresholds", json::array({{{"maxConnections", thresholds.connections},
                                       {"maxPendingRequests", thresholds.pending_requests},
                                       {"maxRequests", thresholds.requests},
                                       {"maxRetries", thresholds.retries}}})}};
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
  if (outlier.interval) result["interval"] = registry::shown(*outlier.interval);
  if (outlier.base_ejection_time) result["baseEjectionTime"] = registry::shown(*outlier.base_ejection_time);
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

bool upgrades_to_http2(const ProxyView& view, const ClusterPlan& plan) {  // G11, E35
  using Upgrade = model::ConnectionPoolSettings::HTTPSettings::H2UpgradePolicy;
  Upgrade upgrade = Upgrade::DEFAULT;
  if (plan.policy->connection_pool && plan.policy->connection_pool->http) {
    if (plan.policy->connection_pool->http->use_client_protocol) return false;
    upgrade = plan.policy->connection_pool->http->h2_upgrade_policy;
  }
  if (registry::is_http2(plan.port->protocol)) return true;
  if (upgrade != Upgrade::DEFAULT) return upgrade == Upgrade::UPGRADE;
  return registry::is_http(plan.port->protocol) && view.snapshot->settings.h2_upgrade;
}

// A forward proxy takes the SNI from the request (G9).
json mutual_tls(const std::string& sni, bool http2, const std::vector<std::string>& names) {
  json socket = {{"name", "envoy.transport_sockets.tls"}, {"ca", "ROOTCA"}, {"client_cert", {"default"}}};
  if (!sni.empty()) socket["sni"] = sni;
  if (!names.empty()) socket["sans"] = names;
  socket["alpn"] = {"istio-peer-exchange", "istio"};
  if (http2) socket["alpn"].push_back("h2");
  return socket;
}

Cluster::Tls tls_of(const ProxyView& view, const ClusterPlan& plan, PeerModes& modes) {
  using Source = ClusterTls::Source;
  if (plan.by_sni) return Cluster::Tls::none;  // GW75
  switch (tls_source(view, plan, modes)) {
    case Source::automatic:
      return plan.type == ClusterType::original_dst ? Cluster::Tls::mutual : Cluster::Tls::automatic;
    case Source::destination_rule:
      if (plan.policy->tls->mode == TLSmode::DISABLE) return Cluster::Tls::none;
      return plan.policy->tls->mode == TLSmode::ISTIO_MUTUAL ? Cluster::Tls::mutual : Cluster::Tls::given;
    default:
      return Cluster::Tls::none;
  }
}

void set_balancer(const ClusterPlan& plan, Cluster& cluster) {  // E21
  using Balancer = Cluster::Balancer;
  const auto& balancer = plan.policy->load_balancer;
  if (plan.type == ClusterType::original_dst || plan.type == ClusterType::dynamic_forward_proxy) {
    cluster.balancer = Balancer::cluster_provided;
    return;
  }
  if (balancer && balancer->simple) {
    if (*balancer->simple == SimpleLB::RANDOM) cluster.balancer = Balancer::random;
    if (*balancer->simple == SimpleLB::ROUND_ROBIN) cluster.balancer = Balancer::round_robin;
  }
  if (balancer && balancer->consistent_hash) {
    const auto& hash = *balancer->consistent_hash;
    if (hash.maglev) {
      cluster.balancer = Balancer::maglev;
      cluster.hash_size = hash.maglev->table_size;
    } else {
      cluster.balancer = Balancer::ring_hash;
      cluster.hash_size = hash.minimum_ring_size != 0 ? hash.minimum_ring_size : 1024;
      if (hash.ring_hash) cluster.hash_size = hash.ring_hash->minimum_ring_size;
    }
  }
}

Cluster::Lookup lookup_of(const ProxyView& view, const ClusterPlan& plan) {  // G7
  using Lookup = Cluster::Lookup;
  if (plan.type == ClusterType::dynamic_forward_proxy) return match::is_ipv6(view.proxy.ip) ? Lookup::v6 : Lookup::v4;
  const bool from_dns =
      plan.service->resolution == ServiceResolution::dns_lb || plan.service->resolution == ServiceResolution::dns_round_robin_lb;
  if (!from_dns) return Lookup::none;
  // G5: a subset that a balancer made ORIGINAL_DST, or whose whole cluster it did, has no DNS settings.
  if (plan.subset != nullptr &&
      (plan.type == ClusterType::original_dst || passthrough_balancer(scope::traffic_policy(plan.rule, plan.port->number, ""))))
    return Lookup::none;
  if (plan.service->race_first_tcp_connect) return Lookup::all;
  return match::is_ipv6(view.proxy.ip) ? Lookup::v6 : Lookup::v4;
}

Cluster make_cluster(const ProxyView& view, const ClusterPlan& plan, PeerModes& modes) {
  Cluster cluster;
  cluster.name = plan.name;
  cluster.type = plan.type;
  cluster.plan = &plan;
  const auto& pool = plan.policy->connection_pool;
  if (pool && pool->tcp && pool->tcp->connect_timeout) cluster.connect_timeout = &*pool->tcp->connect_timeout;
  cluster.thresholds = thresholds_of(plan.policy);
  set_balancer(plan, cluster);
  const auto& outlier = plan.policy->outlier_detection;
  if (outlier) cluster.outlier = &*outlier;
  if (plan.type != ClusterType::dynamic_forward_proxy) {
    const LocalityChoice choice = choose_locality(view, plan);
    cluster.locality_weighted =
        choice.setting != nullptr &&
        (!choice.setting->distribute.empty() ||
         ((outlier || choice.forced) && (!choice.setting->failover.empty() || !choice.setting->failover_priority.empty())));
  }
  cluster.lookup = lookup_of(view, plan);
  cluster.tls = tls_of(view, plan, modes);
  cluster.http2 = upgrades_to_http2(view, plan);
  return cluster;
}

json given_tls(const model::ClientTLSSettings& tls, bool http2, const std::vector<std::string>& names) {  // E37
  json socket = {{"name", "envoy.transport_sockets.tls"}};
  if (!names.empty()) socket["sans"] = names;
  if (!tls.sni.empty()) socket["sni"] = tls.sni;
  if (!tls.credential_name.empty()) {
    socket["ca"] = "kubernetes://" + tls.credential_name + "-cacert";
    if (tls.mode == TLSmode::MUTUAL) socket["client_cert"] = {"kubernetes://" + tls.credential_name};
  } else {
    socket["ca"] = "file-root:" + (tls.ca_certificates.empty() ? std::string("system") : tls.ca_certificates);
    if (tls.mode == TLSmode::MUTUAL) socket["client_cert"] = {"file-cert:" + tls.client_certificate + "~" + tls.private_key};
  }
  if (http2) socket["alpn"] = {"h2"};
  return socket;
}

void add_tls(const registry::Snapshot& snapshot, const Cluster& cluster, json& object) {
  if (cluster.tls == Cluster::Tls::none) return;
  const std::vector<std::string> names = accepted_names(snapshot, cluster);
  const ClusterPlan& plan = *cluster.plan;
  const auto& given = plan.policy->tls;
  if (cluster.tls == Cluster::Tls::given) {
    object["tls"] = given_tls(*given, cluster.http2, names);
    return;
  }
  json mutual = mutual_tls(given && !given->sni.empty() ? given->sni : sni_of(plan), cluster.http2, names);
  if (cluster.tls == Cluster::Tls::mutual) {
    object["tls"] = std::move(mutual);
    return;
  }
  object["tls_matches"] =
      json::array({{{"name", "tlsMode-istio"}, {"match", {{"tlsMode", "istio"}}}, {"socket", std::move(mutual)}},
                   {{"name", "tlsMode-disabled"}, {"socket", {{"name", "envoy.transport_sockets.raw_buffer"}}}}});
}

const char* lookup_text(Cluster::Lookup lookup) {
  return lookup == Cluster::Lookup::all ? "ALL" : lookup == Cluster::Lookup::v6 ? "V6_ONLY" : "V4_ONLY";
}

/// The mesh's, with what the policy says over it (E35).
void add_keepalive(const registry::Settings& settings, const Cluster& cluster, json& object) {
  json keepalive = json::object();
  const model::ConnectionPoolSettings::TCPSettings::TcpKeepalive* own = nullptr;
  if (cluster.plan != nullptr) {
    const auto& pool = cluster.plan->policy->connection_pool;
    if (pool && pool->tcp && pool->tcp->tcp_keepalive) own = &*pool->tcp->tcp_keepalive;
  }
  if (!settings.tcp_keepalive && own == nullptr) return;
  for (const auto* level : {settings.tcp_keepalive ? &*settings.tcp_keepalive : nullptr, own}) {
    if (level == nullptr) continue;
    if (level->probes > 0) keepalive["keepaliveProbes"] = level->probes;
    if (level->time) keepalive["keepaliveTime"] = level->time->seconds;
    if (level->interval) keepalive["keepaliveInterval"] = level->interval->seconds;
  }
  object["upstream_connection_options"] = {{"tcpKeepalive", std::move(keepalive)}};
}

json cluster_json(const ProxyView& view, const Cluster& cluster) {
  json object = {{"name", cluster.name},
                 {"type", type_text(cluster.type)},
                 {"connect_timeout", cluster.connect_timeout != nullptr ? registry::shown(*cluster.connect_timeout)
                                                                        : view.snapshot->settings.connect_timeout},
                 {"lb_policy", balancer_text(cluster.balancer)}};
  if (cluster.type != ClusterType::fixed) object["circuit_breakers"] = circuit_breakers(cluster.thresholds);
  if (cluster.type != ClusterType::fixed) add_keepalive(view.snapshot->settings, cluster, object);
  if (cluster.plan == nullptr) {
    if (cluster.type == ClusterType::dynamic_forward_proxy) {  // D23
      object["type_config"] = {
          {"@type", "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig"},
          {"allowInsecureClusterOptions", true},
          {"dnsCacheConfig",
           {{"dnsLookupFamily", lookup_text(cluster.lookup)}, {"maxHosts", 1024}, {"name", "allow_any_dfp_dns_cache"}}}};
    }
    return object;
  }
  if (cluster.hash_size != 0) {
    object["lb_config"] = {
        {cluster.balancer == Cluster::Balancer::maglev ? "tableSize" : "minimumRingSize", std::to_string(cluster.hash_size)}};
  }
  const registry::Service& service = *cluster.plan->service;
  if (cluster.outlier != nullptr) object["outlier_detection"] = outlier_json(*cluster.outlier);
  if (cluster.type == ClusterType::dynamic_forward_proxy) {  // G9
    object["type_config"] = {
        {"@type", "type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig"},
        {"dnsCacheConfig", {{"dnsLookupFamily", lookup_text(cluster.lookup)}, {"name", service.hostname + "_dfp_dns_cache"}}}};
  } else {
    json common = {{"healthyPanicThreshold", json::object()}};
    if (cluster.outlier != nullptr && cluster.outlier->min_health_percent > 0 &&
        service.distribution == registry::Service::Distribution::any) {
      common["healthyPanicThreshold"]["value"] = cluster.outlier->min_health_percent;
    }
    if (cluster.locality_weighted) common["localityWeightedLbConfig"] = json::object();
    object["common_lb_config"] = std::move(common);
    if (cluster.lookup != Cluster::Lookup::none) {  // G7
      object["dns_lookup_family"] = lookup_text(cluster.lookup);
      object["dns_refresh_rate"] = view.snapshot->settings.dns_refresh_rate;
      object["respect_dns_ttl"] = true;
    }
  }
  add_tls(*view.snapshot, cluster, object);
  if (cluster.plan->policy->proxy_protocol && !cluster.plan->by_sni) {  // around whatever socket there is
    const json wrapped = {{"name", "envoy.transport_sockets.upstream_proxy_protocol"}};
    const auto matches = object.find("tls_matches");
    if (matches == object.end())
      object["tls"] = wrapped;
    else
      for (json& match : *matches) match["socket"] = wrapped;
  }
  return object;
}

}  // namespace

std::vector<std::string> accepted_names(const registry::Snapshot& snapshot, const ClusterPlan& plan, bool istio) {
  const auto& given = plan.policy->tls;
  if (given && !given->subject_alt_names.empty()) return given->subject_alt_names;
  // G9: a forward proxy reaches many servers. E37: a Kubernetes Service declares no names.
  if (plan.type == ClusterType::dynamic_forward_proxy || (!istio && plan.service->kubernetes)) return {};
  const auto names = server_names(snapshot, *plan.service);
  return {names.begin(), names.end()};
}

std::vector<std::string> accepted_names(const registry::Snapshot& snapshot, const Cluster& cluster) {
  if (cluster.tls == Cluster::Tls::none || cluster.plan == nullptr) return {};
  return accepted_names(snapshot, *cluster.plan, cluster.tls != Cluster::Tls::given);
}

std::string_view type_text(ClusterType type) {
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
    case ClusterType::fixed:
      return "STATIC";
  }
  return "";
}

std::string_view balancer_text(Cluster::Balancer balancer) {
  using Balancer = Cluster::Balancer;
  switch (balancer) {
    case Balancer::round_robin:
      return "ROUND_ROBIN";
    case Balancer::random:
      return "RANDOM";
    case Balancer::maglev:
      return "MAGLEV";
    case Balancer::ring_hash:
      return "RING_HASH";
    case Balancer::cluster_provided:
      return "CLUSTER_PROVIDED";
    case Balancer::least_request:
      break;
  }
  return "LEAST_REQUEST";
}

std::set<std::string_view> names_of_port(const registry::Snapshot& snapshot, const registry::Service& service,
                                         std::uint32_t number) {
  std::set<std::string_view> names;
  for (const registry::Service* each : snapshot.definitions(service)) {
    for (const auto& port : each->ports) {
      if (port.number == number) names.insert(port.name);
    }
  }
  return names;
}

namespace {

/// G2-G5; `filtered`: GW70 counts.
std::vector<ClusterPlan> plan_services(const ProxyView& view, bool filtered, std::deque<model::TrafficPolicy>& policies) {
  std::vector<ClusterPlan> plans;
  plans.reserve(view.scope.services.size());
  const model::TrafficPolicy* none = &policies.emplace_back();
  const bool router = view.proxy.type == Proxy::Type::router;
  for (const ServicePtr& service : view.scope.services) {
    if (service->resolution == ServiceResolution::alias) continue;
    if (filtered && view.scope.led_to && !view.scope.led_to->contains(service->hostname)) continue;  // GW70
    const DestinationRuleEntry* rule = view.destination_rule(service->hostname);
    for (const auto& port : service->ports) {
      if (port.protocol == Protocol::udp) continue;
      ClusterPlan plan;
      plan.service = service.get();
      plan.port = &port;
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
          if (!router) plan.type = ClusterType::original_dst;  // GW73
          break;
        case ServiceResolution::dynamic_dns:
          forward = match::is_wildcard(service->hostname);
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
      plan.policy = rule == nullptr ? none : &policies.emplace_back(scope::traffic_policy(rule, port.number, ""));
      if (!forward && passthrough_balancer(*plan.policy)) plan.type = ClusterType::original_dst;
      plans.push_back(plan);
      if (rule == nullptr || forward) continue;
      for (const model::Subset& subset : rule->spec.subsets) {  // G2, G5
        ClusterPlan one = plan;
        one.subset = &subset;
        one.name = cluster_name(port.number, subset.name, service->hostname);
        one.policy = &policies.emplace_back(scope::traffic_policy(rule, port.number, &subset));
        if (passthrough_balancer(*one.policy)) one.type = ClusterType::original_dst;
        plans.push_back(std::move(one));
      }
    }
  }
  return plans;
}

}  // namespace

std::vector<ClusterPlan> plan_clusters(const ProxyView& view, std::deque<model::TrafficPolicy>& policies) {
  std::vector<ClusterPlan> plans = plan_services(view, true, policies);
  if (!view.scope.gateways || !view.scope.gateways->auto_passthrough) return plans;
  for (ClusterPlan& plan : plan_services(view, false, policies)) {  // GW75
    if (plan.service->mesh_external) continue;
    plan.by_sni = true;
    plan.name =
        match::sni_cluster_name(plan.port->number, plan.subset != nullptr ? plan.subset->name : "", plan.service->hostname);
    plans.push_back(std::move(plan));
  }
  return plans;
}

const std::vector<Cluster>& ProxyView::clusters() const {
  lazy_->clusters_once.call([this] {
    const auto& plans = seen_->services->plans(*this);
    std::vector<Cluster> clusters;
    clusters.reserve(plans.size() + 2);
    Cluster black_hole, passthrough;  // G10
    black_hole.name = "BlackHoleCluster";
    black_hole.type = ClusterType::fixed;
    black_hole.balancer = Cluster::Balancer::round_robin;
    passthrough.name = "PassthroughCluster";
    passthrough.type = ClusterType::original_dst;
    passthrough.balancer = Cluster::Balancer::cluster_provided;
    passthrough.thresholds = thresholds_of(nullptr);
    if (scope.outbound == registry::Settings::Outbound::allow_any_dynamic_dns && proxy.type == Proxy::Type::sidecar) {
      Cluster dynamic = passthrough;
      dynamic.name = "AllowAnyDynamicDNSCluster";
      dynamic.type = ClusterType::dynamic_forward_proxy;
      dynamic.lookup = match::is_ipv6(proxy.ip) ? Cluster::Lookup::v6 : Cluster::Lookup::v4;
      dynamic.thresholds = thresholds_of(nullptr);
      clusters.push_back(dynamic);
    }
    clusters.push_back(black_hole);
    if (proxy.type == Proxy::Type::sidecar) clusters.push_back(passthrough);  // GW73
    PeerModes modes(*this);
    for (const std::size_t place : seen_->services->sorted(*this)) {
      bool there = false;
      assignment_at(place, there);
      if (there) clusters.push_back(make_cluster(*this, plans[place], modes));
    }
    lazy_->clusters = std::move(clusters);
  });
  return lazy_->clusters;
}

const text::Json& ProxyView::clusters_json() const {
  lazy_->clusters_json_once.call([this] {
    json list = json::array();
    for (const Cluster& cluster : clusters()) list.push_back(cluster_json(*this, cluster));
    lazy_->clusters_json = std::move(list);
  });
  return lazy_->clusters_json;
}

}  // namespace meshroute::view
