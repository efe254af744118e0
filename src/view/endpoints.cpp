// SPDX-License-Identifier: Apache-2.0
// Load assignments.

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "registry/text.hpp"
#include "view/cluster_tls.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"
#include "view/network_gateways.hpp"
#include "view/peer_index.hpp"

namespace meshroute::view {

namespace {

using registry::Endpoint;
using registry::ServiceResolution;
constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kFewEndpoints = 16;  ///< of a pool: walked rather than grouped by port

struct Group {
  std::string_view locality;
  std::uint32_t priority = 0, weight = 0;
  std::vector<LoadEndpoint> endpoints;
};

void weigh(Group& group) {
  std::uint64_t sum = 0;
  for (const auto& endpoint : group.endpoints) sum += endpoint.weight;
  group.weight = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, kNoLimit));
}

void renumber(std::vector<Group>& groups) {  // L7
  std::set<std::uint32_t> values;
  for (const Group& group : groups) values.insert(group.priority);
  for (Group& group : groups) {
    group.priority = static_cast<std::uint32_t>(std::distance(values.begin(), values.find(group.priority)));
  }
}

bool locality_matches(std::string_view locality, std::string_view pattern) {
  const auto have = registry::split_locality(locality), want = registry::split_locality(pattern);
  if (want[0] != "*" && want[0] != have[0]) return false;
  for (std::size_t i = 1; i < 3; ++i) {
    if (want[i] != "*" && !want[i].empty() && want[i] != have[i]) return false;
  }
  return true;
}

void distribute(const model::LocalityLoadBalancerSetting& setting, const std::string& locality,
                std::vector<Group>& groups) {  // E27
  for (const auto& entry : setting.distribute) {
    if (!locality_matches(locality, entry.from)) continue;
    std::set<std::size_t> taken;
    for (const auto& [pattern, percent] : entry.to) {  // J8
      std::vector<std::size_t> matching;
      std::uint32_t total = 0;
      for (std::size_t i = 0; i < groups.size(); ++i) {
        if (taken.contains(i) || !locality_matches(groups[i].locality, pattern)) continue;
        matching.push_back(i);
        total += groups[i].weight == 0 ? 1 : groups[i].weight;
      }
      for (const std::size_t i : matching) {
        taken.insert(i);
        const std::uint32_t product = (groups[i].weight == 0 ? 1 : groups[i].weight) * percent;
        const std::uint32_t share = total == 0 ? 0 : static_cast<std::uint32_t>((std::uint64_t{product} + total - 1) / total);
        if (share > 0) groups[i].weight = share;
      }
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!taken.contains(i)) groups[i].endpoints.clear();
    }
    return;
  }
}

void by_labels(const std::vector<std::string>& list, const Labels& proxy, std::vector<Group>& groups) {  // E29
  if (proxy.empty()) return;
  const auto count = static_cast<std::uint32_t>(list.size());
  std::vector<Group> split;
  for (Group& group : groups) {
    std::map<std::uint32_t, Group> parts;
    for (LoadEndpoint& endpoint : group.endpoints) {
      std::uint32_t priority = 0, extra = 0;
      for (std::uint32_t j = 0; j < count; ++j) {
        const auto parts_of = registry::split(list[j], '=');
        const bool given = parts_of.size() == 2;
        const std::string& key = given ? parts_of[0] : list[j];
        const std::string want = given ? parts_of[1] : registry::label_or_empty(proxy, key);
        if ((endpoint.from != nullptr ? endpoint.from->workload->label_or_empty(key) : std::string_view()) == want) continue;
        if (j == 0 && list[0] == "topology.istio.io/network") {
          extra = count;
          continue;
        }
        priority = count - j;
        break;
      }
      parts[priority + extra].endpoints.push_back(std::move(endpoint));
    }
    for (auto& [priority, part] : parts) {
      part.locality = group.locality;
      part.priority = priority;
      weigh(part);
      split.push_back(std::move(part));
    }
  }
  groups = std::move(split);
  renumber(groups);
}

void by_locality(const model::LocalityLoadBalancerSetting& setting, const std::string& proxy,
                 std::vector<Group>& groups) {  // E28
  const auto own = registry::split_locality(proxy);
  for (Group& group : groups) {
    const auto parts = registry::split_locality(group.locality);
    std::uint32_t level = 3;
    if (parts[0] == own[0]) level = parts[1] != own[1] ? 2 : parts[2] != own[2] ? 1 : 0;
    if (level == 3) {
      for (const auto& failover : setting.failover) {
        if (failover.from != own[0]) continue;
        if (parts[0] != failover.to) level = 4;
        break;
      }
    }
    group.priority = group.priority * 5 + level;
  }
  renumber(groups);
}

void by_zone_awareness(const model::ZoneAwareLoadBalancerSetting& setting, const Proxy& proxy,
                       std::vector<Group>& groups) {  // E31
  if (!setting.enabled.value_or(true)) return;
  if (!setting.failover_priority.empty()) by_labels(setting.failover_priority, proxy.labels, groups);
  const auto own = registry::split_locality(proxy.locality);
  std::string to;
  for (const auto& failover : setting.failover) {
    if (failover.from != own[0]) continue;
    to = failover.to;
    break;
  }
  for (Group& group : groups) {
    const std::string_view region = registry::locality_part(group.locality, 0);
    group.priority = group.priority * 3 + (region == own[0] ? 0U : !to.empty() && region == to ? 1U : 2U);
  }
  renumber(groups);
}

// C38-C40.
void through_gateways(const ProxyView& view, const ClusterPlan& plan, const std::vector<NetworkGateway>& gateways,
                      std::vector<Group>& groups) {
  std::map<std::string_view, std::vector<const NetworkGateway*>> by_network;
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const NetworkGateway*>> by_cluster;
  for (const NetworkGateway& gateway : gateways) {
    by_network[gateway.network].push_back(&gateway);
    by_cluster[{gateway.network, gateway.cluster}].push_back(&gateway);
  }
  std::uint32_t scale = 1;
  for (const auto& [key, list] : by_network) scale = std::lcm(scale, static_cast<std::uint32_t>(list.size()));
  for (const auto& [key, list] : by_cluster) scale = std::lcm(scale, static_cast<std::uint32_t>(list.size()));
  const bool v6 = match::is_ipv6(view.proxy.ip);
  for (Group& group : groups) {
    std::vector<LoadEndpoint> direct;
    std::map<std::pair<std::string_view, std::uint32_t>, std::uint32_t> weights;
    for (LoadEndpoint& endpoint : group.endpoints) {
      const std::uint32_t weight = endpoint.weight >= kNoLimit / scale ? kNoLimit : endpoint.weight * scale;
      const std::string_view network = endpoint.from->workload->network;
      const std::vector<const NetworkGateway*>* known = nullptr;
      if (const auto found = by_cluster.find({network, endpoint.from->workload->cluster}); found != by_cluster.end())
        known = &found->second;
      if (known == nullptr) {
        if (const auto found = by_network.find(network); found != by_network.end()) known = &found->second;
      }
      std::vector<const NetworkGateway*> usable, reachable;
      if (known != nullptr) {
        for (const NetworkGateway* gateway : *known) {
          if (gateway->port != 0) usable.push_back(gateway);
        }
      }
      for (const NetworkGateway* gateway : usable) {
        if (v6 ? !match::is_ipv4(gateway->address) : !match::is_ipv6(gateway->address)) reachable.push_back(gateway);
      }
      const std::string& own = view.proxy.network;
      const bool forced = own.empty() && !network.empty() && !usable.empty();
      if (!forced && (own.empty() || network.empty() || own == network || usable.empty())) {
        if (endpoint.address.empty() || endpoint.from->pipe()) continue;  // a pipe has no socket address
        endpoint.weight = weight;
        direct.push_back(std::move(endpoint));
        continue;
      }
      if (reachable.empty() || !has_mtls(view, plan, *endpoint.from)) continue;
      for (const NetworkGateway* gateway : reachable) {
        weights[{gateway->address, gateway->port}] += weight / static_cast<std::uint32_t>(reachable.size());
      }
    }
    for (const auto& [key, weight] : weights) {
      LoadEndpoint added;
      added.address = key.first;
      added.port = key.second;
      added.weight = weight == 0 ? 1 : weight;
      direct.push_back(std::move(added));
    }
    group.endpoints = std::move(direct);
    weigh(group);
  }
}

std::map<std::string, bool> cluster_local_hosts(const registry::Settings& settings) {  // C34
  const std::string& suffix = settings.domain_suffix;
  std::map<std::string, bool> hosts{{"*.kube-system.svc." + suffix, true},
                                    {"kubernetes.default.svc." + suffix, true},
                                    {"istiod.istio-system.svc." + suffix, true}};
  const text::Json& config = settings.mesh_config;
  if (config.is_object() && config.contains("serviceSettings") && config["serviceSettings"].is_array()) {
    for (const auto& entry : config["serviceSettings"]) {
      if (!entry.is_object() || !entry.contains("hosts") || !entry["hosts"].is_array()) continue;
      bool local = false;
      if (entry.contains("settings") && entry["settings"].is_object() && entry["settings"].contains("clusterLocal") &&
          entry["settings"]["clusterLocal"].is_boolean()) {
        local = entry["settings"]["clusterLocal"].flag();
      }
      for (const auto& name : entry["hosts"]) {
        if (!name.is_string()) continue;
        const auto& text = name.text();
        if (!local) std::erase_if(hosts, [&](const auto& one) { return match::subset_of(text, one.first); });
        hosts[text] = local;
      }
    }
  }
  return hosts;
}

bool cluster_local(const std::map<std::string, bool>& hosts, const std::string& host) {  // C34
  const std::pair<const std::string, bool>* best = nullptr;
  for (const auto& entry : hosts) {
    if (!match::subset_of(host, entry.first)) continue;
    if (best == nullptr || match::more_specific(entry.first, best->first)) best = &entry;
  }
  return best != nullptr && best->second;
}

/// Three parts at most, and none after an empty zone.
std::string_view locality_text(std::string_view locality) {
  std::size_t end = locality.find('/');
  for (int part = 1; part < 3 && end < locality.size(); ++part) {
    const std::size_t next = std::min(locality.find('/', end + 1), locality.size());
    if (next == end + 1) break;
    end = next;
  }
  return locality.substr(0, end);
}

bool is_dns(ClusterType type) { return type == ClusterType::strict_dns || type == ClusterType::logical_dns; }

}  // namespace

bool accepts_mutual_tls(const ProxyView& view, const registry::Endpoint& endpoint) {
  return endpoint.workload->tls == registry::Workload::Tls::istio &&
         view.mesh_wide().peers->mode(endpoint.workload->namespace_, endpoint.workload.get(), endpoint.port) !=
             authorization::Mode::DISABLE;
}

std::string_view health_text(Endpoint::Health health) {
  switch (health) {
    case Endpoint::Health::healthy:
      return "HEALTHY";
    case Endpoint::Health::unhealthy:
      return "UNHEALTHY";
    case Endpoint::Health::draining:
      return "DRAINING";
    default:
      return "UNKNOWN";
  }
}

model::LocalityLoadBalancerSetting nearest_first(bool to_the_node) {
  model::LocalityLoadBalancerSetting setting;
  setting.failover_priority = {"topology.istio.io/network", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"};
  if (to_the_node) {
    setting.failover_priority.emplace_back("topology.istio.io/subzone");
    setting.failover_priority.emplace_back("kubernetes.io/hostname");
  }
  return setting;
}

LocalityChoice choose_locality(const ProxyView& view, const ClusterPlan& plan) {
  using Distribution = registry::Service::Distribution;
  LocalityChoice choice;
  if (const auto& balancer = plan.policy->load_balancer) {
    if (balancer->zone_aware_lb_setting) {
      choice.zone_aware = &*balancer->zone_aware_lb_setting;
      return choice;
    }
    if (const auto& own = balancer->locality_lb_setting) {
      if (own->enabled.value_or(true)) choice.setting = &*own;
      return choice;
    }
  }
  if (plan.service->distribution != Distribution::any) {
    static const model::LocalityLoadBalancerSetting same_zone = nearest_first(false), same_node = nearest_first(true);
    choice.setting = plan.service->distribution == Distribution::same_node ? &same_node : &same_zone;
    choice.forced = true;
    return choice;
  }
  const auto& mesh = view.snapshot->settings.locality_lb_setting;
  if (mesh && mesh->enabled.value_or(true)) choice.setting = &*mesh;
  return choice;
}

std::vector<LoadEndpoint> plan_endpoints(const ProxyView& view, const ClusterPlan& plan, bool& survived) {
  survived = false;
  const registry::Service& service = *plan.service;
  const Proxy& proxy = view.proxy;
  const bool dns = is_dns(plan.type);
  const auto* pool = view.snapshot->pool(service);
  if (pool == nullptr) return {};
  const MeshWide& mesh = view.mesh_wide();
  const std::vector<NetworkGateway>& gateways = mesh.gateways;
  const bool local = service.node_local || cluster_local(mesh.cluster_local, service.hostname);
  const auto& outlier = plan.policy->outlier_detection;
  const bool allow_unhealthy =
      !(outlier && outlier->min_health_percent > 0 && service.distribution == registry::Service::Distribution::any);  // C33
  const bool persistent = !registry::label_or_empty(service.labels, "istio.io/persistent-session").empty();
  std::vector<Group> groups;  // by name of the locality, C35
  std::size_t latest = 0;     // neighbours are often of one locality
  const auto group_of = [&](std::string_view locality, std::size_t most) -> Group& {
    if (latest < groups.size() && groups[latest].locality == locality) return groups[latest];
    const auto place = std::lower_bound(groups.begin(), groups.end(), locality,
                                        [](const Group& group, std::string_view name) { return group.locality < name; });
    latest = static_cast<std::size_t>(place - groups.begin());
    if (place != groups.end() && place->locality == locality) return *place;
    Group& added = *groups.insert(place, Group{});
    added.locality = locality;
    if (groups.size() == 1) added.endpoints.reserve(most);
    return added;
  };
  const auto take = [&](const registry::Shard& shard, const Endpoint& endpoint, std::size_t most) {
    const registry::Workload& workload = *endpoint.workload;
    if (local && shard.cluster != proxy.cluster) return;
    if (!dns && !workload.address.empty() && endpoint.port != 0 && !workload.ip) return;  // C30
    if (plan.subset != nullptr && !workload.has_labels(plan.subset->labels)) return;
    if (service.node_local && workload.node_name() != proxy.node_name) return;  // C32
    if (local && workload.cluster != proxy.cluster) return;
    if (endpoint.health == Endpoint::Health::unhealthy && !allow_unhealthy) return;
    if (endpoint.health == Endpoint::Health::terminating) return;
    const bool draining = endpoint.health == Endpoint::Health::draining || workload.draining;
    if (draining && !persistent) return;
    LoadEndpoint added;
    added.from = &endpoint;
    added.address = workload.address;
    added.port = endpoint.port;
    added.weight = workload.weight == 0 ? 1 : workload.weight;
    added.health = draining ? Endpoint::Health::draining : endpoint.health;
    group_of(workload.locality, most).endpoints.push_back(added);
  };
  if (pool->size() <= kFewEndpoints) {
    for (const auto& shard : *pool) {
      for (const Endpoint& endpoint : shard.endpoints) {
        const bool by_number = dns && endpoint.legacy_port != 0;
        if (by_number ? endpoint.legacy_port == plan.port->number : endpoint.port_name == plan.port->name)
          take(shard, endpoint, shard.endpoints.size());
      }
    }
  } else {
    const auto& places = plan.subset != nullptr ? pool->with_labels(plan.port->name, plan.port->number, dns, plan.subset->labels)
                                                : pool->on_port(plan.port->name, plan.port->number, dns);
    for (const registry::Pool::Place place : places) take(pool->shard(place), pool->endpoint(place), places.size());
  }
  survived = !groups.empty();
  for (Group& group : groups) weigh(group);
  // The vectors show endpoints of DNS clusters as they are, whatever their network.
  if (!gateways.empty() && !dns) through_gateways(view, plan, gateways, groups);
  if (plan.by_sni) {  // GW75
    for (Group& group : groups) {
      std::erase_if(group.endpoints, [&](const LoadEndpoint& endpoint) {
        return endpoint.from != nullptr && !has_mtls(view, plan, *endpoint.from);
      });
      weigh(group);
    }
  }
  const LocalityChoice choice = choose_locality(view, plan);
  if (choice.zone_aware) {
    by_zone_awareness(*choice.zone_aware, proxy, groups);
  } else if (choice.setting) {
    if (!choice.setting->distribute.empty()) {  // E26
      distribute(*choice.setting, proxy.locality, groups);
    } else if (outlier || choice.forced) {  // E25
      if (!choice.setting->failover_priority.empty()) by_labels(choice.setting->failover_priority, proxy.labels, groups);
      if (choice.setting->failover_priority.empty() || !choice.setting->failover.empty())
        by_locality(*choice.setting, proxy.locality, groups);
    }
  }
  std::vector<LoadEndpoint> endpoints;
  for (Group& group : groups) {
    if (service.kubernetes) {
      std::stable_sort(group.endpoints.begin(), group.endpoints.end(),
                       [](const LoadEndpoint& a, const LoadEndpoint& b) { return a.address < b.address; });
    }
    const std::string_view locality = locality_text(group.locality);
    for (LoadEndpoint& endpoint : group.endpoints) {
      endpoint.locality = locality;
      endpoint.locality_weight = group.weight;
      endpoint.priority = group.priority;
    }
    if (endpoints.empty()) {
      endpoints = std::move(group.endpoints);
    } else {
      endpoints.insert(endpoints.end(), group.endpoints.begin(), group.endpoints.end());
    }
  }
  return endpoints;
}

const MeshWide& ProxyView::mesh_wide() const {
  seen_->services->mesh_once.call([this] {
    seen_->services->mesh.gateways = network_gateways(*snapshot);
    seen_->services->mesh.cluster_local = cluster_local_hosts(snapshot->settings);
    seen_->services->mesh.peers = std::make_shared<const PeerIndex>(*snapshot);
  });
  return seen_->services->mesh;
}

const std::vector<ClusterPlan>& SeenServices::plans(const ProxyView& view) {
  once_.call([&] {
    plans_ = plan_clusters(view, policies_);
    whole_.resize(plans_.size());
    std::size_t whole = 0;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (plans_[i].subset == nullptr) whole = i;  // G2: its subsets follow it
      whole_[i] = whole;
    }
  });
  return plans_;
}

std::shared_ptr<Latest> SeenServices::latest(const std::string& place) {
  const std::lock_guard lock(latest_mutex_);
  std::weak_ptr<Latest>& known = latest_[place];
  auto found = known.lock();
  if (found == nullptr) known = found = std::make_shared<Latest>();
  return found;
}

const std::vector<std::size_t>& SeenServices::sorted(const ProxyView& view) {
  sorted_once_.call([&] {
    plans(view);
    sorted_.resize(plans_.size());
    std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
    std::sort(sorted_.begin(), sorted_.end(), [this](std::size_t a, std::size_t b) {
      const int order = plans_[a].name.compare(plans_[b].name);
      return order != 0 ? order < 0 : a < b;
    });
    const auto end = std::unique(sorted_.begin(), sorted_.end(),
                                 [this](std::size_t a, std::size_t b) { return plans_[a].name == plans_[b].name; });
    sorted_.erase(end, sorted_.end());
  });
  return sorted_;
}

std::size_t SeenServices::plan_of(const ProxyView& view, std::string_view cluster) {
  by_name_once_.call([&] {
    plans(view);
    by_name_.reserve(plans_.size());
    for (std::size_t i = 0; i < plans_.size(); ++i) by_name_.try_emplace(plans_[i].name, i);
  });
  const auto found = by_name_.find(cluster);
  return found != by_name_.end() ? found->second : npos;
}

const LoadAssignment* ProxyView::assignment_at(std::size_t index, bool& there) const {
  const ClusterPlan& plan = seen_->services->plans(*this)[index];
  there = true;
  if (is_dns(plan.type) && seen_->services->whole_of(index) != index) {  // G4
    assignment_at(seen_->services->whole_of(index), there);
    if (!there) return nullptr;
  }
  if (plan.type != ClusterType::eds && !is_dns(plan.type)) return nullptr;
  const std::size_t block_index = index / Lazy::kBlock, slot = index % Lazy::kBlock;
  lazy_->make_blocks(seen_->services->plans(*this).size());
  Lazy::Block* block = lazy_->blocks[block_index].load(std::memory_order_acquire);
  const Assigned* assigned = block != nullptr ? block->slots[slot].load(std::memory_order_acquire) : nullptr;
  if (assigned == nullptr) {
    const registry::PoolPtr& pool = snapshot->pools[plan.service->pool];
    std::shared_ptr<const Assigned> made;
    {
      const std::lock_guard lock(shared_.latest->mutex);
      auto& latest = shared_.latest->by_plan;
      if (latest.empty()) latest.resize(seen_->services->plans(*this).size());
      made = latest[index];
    }
    if (made == nullptr || made->pool != pool) {
      auto fresh = std::make_shared<Assigned>();
      fresh->pool = pool;
      bool survived = false;
      fresh->assignment = {plan.name, is_dns(plan.type) ? "cds" : "eds", plan_endpoints(*this, plan, survived)};
      fresh->there = survived || !is_dns(plan.type) || snapshot->endpoints_not_given(*plan.service);
      made = std::move(fresh);
      const std::lock_guard lock(shared_.latest->mutex);
      shared_.latest->by_plan[index] = made;
    }
    const std::lock_guard lock(lazy_->mutex);
    block = lazy_->block(block_index);
    assigned = block->slots[slot].load(std::memory_order_relaxed);
    if (assigned == nullptr) {
      assigned = made.get();
      block->owners[slot] = std::move(made);
      block->slots[slot].store(assigned, std::memory_order_release);
    }
  }
  there = assigned->there;
  return there ? &assigned->assignment : nullptr;
}

std::vector<const LoadAssignment*> ProxyView::assignments() const {
  std::vector<const LoadAssignment*> list;
  for (const std::size_t i : seen_->services->sorted(*this)) {
    bool there = false;
    if (const LoadAssignment* one = assignment_at(i, there)) list.push_back(one);
  }
  return list;
}

const LoadAssignment* ProxyView::assignment(std::string_view cluster) const {
  const std::size_t index = seen_->services->plan_of(*this, cluster);
  bool there = false;
  return index != SeenServices::npos ? assignment_at(index, there) : nullptr;
}

bool ProxyView::has_cluster(std::string_view cluster) const {
  const bool sidecar = proxy.type == Proxy::Type::sidecar;
  if (cluster == "BlackHoleCluster") return true;       // G10
  if (cluster == "PassthroughCluster") return sidecar;  // GW73
  if (cluster == "AllowAnyDynamicDNSCluster")
    return sidecar && scope.outbound == registry::Settings::Outbound::allow_any_dynamic_dns;
  const std::size_t index = seen_->services->plan_of(*this, cluster);
  bool there = index != SeenServices::npos;
  if (there) assignment_at(index, there);
  return there;
}

bool ProxyView::endpoints_not_given(std::string_view cluster) const {
  const std::size_t index = seen_->services->plan_of(*this, cluster);
  return index != SeenServices::npos && snapshot->endpoints_not_given(*seen_->services->plans(*this)[index].service);
}

const text::Json& ProxyView::endpoints_json() const {
  lazy_->endpoints_json_once.call([this] {
    lazy_->endpoints_json = text::Json::array();
    for (const LoadAssignment* each : assignments()) {
      const LoadAssignment& assignment = *each;
      text::Json list = text::Json::array();
      for (const LoadEndpoint& endpoint : assignment.endpoints) {
        text::Json one = {{"address", endpoint.address},
                          {"port", endpoint.port},
                          {"weight", endpoint.weight},
                          {"locality", endpoint.locality},
                          {"priority", endpoint.priority},
                          {"locality_weight", endpoint.locality_weight},
                          {"health", health_text(endpoint.health)}};
        if (endpoint.from != nullptr && endpoint.from->workload->assumed) one["assumed"] = true;
        list.push_back(std::move(one));
      }
      lazy_->endpoints_json.push_back(
          {{"cluster", assignment.cluster}, {"source", assignment.source}, {"endpoints", std::move(list)}});
    }
  });
  return lazy_->endpoints_json;
}

}  // namespace meshroute::view
