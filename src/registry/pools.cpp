// SPDX-License-Identifier: Apache-2.0
// Endpoint pools.

#include "registry/pools.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "match/cidr.hpp"
#include "registry/builder.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

bool parse_bool(const std::string& text) {
  return text == "1" || text == "t" || text == "T" || text == "true" || text == "TRUE" || text == "True";
}

std::uint32_t entry_port(const model::ServicePort& port, const Workload& workload) {  // C3
  if (workload.ports != nullptr) {
    if (const auto found = workload.ports->find(port.name); found != workload.ports->end() && found->second > 0)
      return found->second;
  }
  return port.target_port > 0 ? port.target_port : port.number;
}

Endpoint endpoint_of(WorkloadPtr workload) {
  Endpoint endpoint;
  if (workload->pod) endpoint.health = Endpoint::Health::healthy;
  endpoint.workload = std::move(workload);
  return endpoint;
}

/// C16: pods first, each sort by name.
bool before(const WorkloadPtr& a, const WorkloadPtr& b) {
  if (a->pod != b->pod) return a->pod;
  return a->name() < b->name();
}

/// C24.
Endpoint::Health health_of(bool ready, bool serving, bool terminating, bool persistent) {
  if (ready) return Endpoint::Health::healthy;
  if (persistent && serving && terminating) return Endpoint::Health::draining;
  return terminating ? Endpoint::Health::terminating : Endpoint::Health::unhealthy;
}

bool keeps_sessions(const Resource& service) {
  return find_label(service.metadata.labels, "istio.io/persistent-session") != nullptr ||
         find_label(service.metadata.labels, "istio.io/persistent-session-header") != nullptr;
}

bool is_alias(const model::Service& service) { return service.type == "ExternalName" && !service.external_name.empty(); }

/// A number; nothing for a name.
std::optional<std::uint32_t> port_number(const std::string& text) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
}

/// KD1: the port of the Pod that a port of the Service leads to; nothing where no container has the name.
std::optional<std::uint32_t> find_port(const model::Pod& pod, const model::Service::Port& port) {
  if (port.target_port.empty() || port.target_port == "0") return port.port;
  if (const auto number = port_number(port.target_port)) return number;
  for (const bool init : {false, true}) {
    for (const auto& container : pod.containers) {
      if (container.init != init || (init && container.restart_policy != "Always")) continue;
      for (const auto& each : container.ports) {
        if (each.name == port.target_port && each.protocol == port.protocol) return each.container_port;
      }
    }
  }
  return std::nullopt;
}

/// KD1: the addresses of the Pod that the Service's families take: by default those of its own addresses, else the Pod's first.
std::vector<std::string_view> addresses_of(const model::Pod& pod, const model::Service& service) {
  bool v4 = false, v6 = false;
  for (const std::string& family : service.ip_families) (family == "IPv6" ? v6 : v4) = true;
  if (!v4 && !v6) {
    std::vector<std::string> own = service.cluster_ips;
    own.push_back(service.cluster_ip);
    for (const std::string& address : own) {
      v4 = v4 || match::is_ipv4(address);
      v6 = v6 || match::is_ipv6(address);
    }
  }
  std::vector<std::string_view> chosen;
  for (const std::string& address : pod.pod_ips) {
    const bool first = &address == pod.pod_ips.data();
    if (v4 || v6 ? (match::is_ipv6(address) ? v6 : v4) : first) chosen.emplace_back(address);
  }
  return chosen;
}

}  // namespace

Pools::Pools(std::shared_ptr<const Settings> settings, std::shared_ptr<const ServiceTable> table,
             const std::vector<ResourcePtr>& resources)
    : settings_(std::move(settings)), table_(std::move(table)), reader_(*settings_) {
  collect(resources);
  if (settings_->workloads == Workloads::derived) {
    pod_index_ = std::make_unique<const PodIndex>(*table_);
    collect_assumed();
  }
  sources_.resize(table_->definitions.size());
  for (std::size_t pool = 0; pool < sources_.size(); ++pool) {
    auto& entries = sources_[pool].entries;
    for (const Service* service : table_->definitions[pool]) {
      if (!service->kubernetes) entries.push_back(service);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Service* a, const Service* b) {  // 0.9
      return std::tie(a->creation, a->object) < std::tie(b->creation, b->object);
    });
  }
  for (const Resource* service : table_->kubernetes) {
    const auto found = table_->index.find({kubernetes_hostname(*settings_, *service), service->identity.namespace_});
    if (found != table_->index.end()) sources_[found->second->pool].kubernetes.push_back(service);
  }
  add_groups();
  fill_groups();
}

void Pools::add_groups() {
  std::unordered_map<Pair, std::size_t, PairHash> shared;  // by how many selectors
  const auto add = [&](const Resource& owner, const Labels& selector, std::uint32_t pool, bool service, bool dns) {
    Group& group = groups_[&owner];
    if (group.owner == nullptr) {
      for (const auto& [key, value] : selector) ++shared[{key, value}];
    }
    group.owner = &owner;
    group.selector = &selector;
    group.service = service;
    group.dns = dns;
    if (group.pools.empty() || group.pools.back() != pool) group.pools.push_back(pool);
  };
  for (std::uint32_t pool = 0; pool < sources_.size(); ++pool) {
    for (const Service* service : sources_[pool].entries) {
      const auto& spec = *service->resource->as<model::ServiceEntry>();
      const bool dns =
          service->resolution == ServiceResolution::dns_lb || service->resolution == ServiceResolution::dns_round_robin_lb;
      if (spec.workload_selector) add(*service->resource, spec.workload_selector->labels, pool, false, dns);
    }
    for (const Resource* service : sources_[pool].kubernetes) {
      const auto& spec = *service->as<model::Service>();
      if (!spec.selector || spec.selector->empty() || spec.cluster_ip == "None" || is_alias(spec)) continue;
      add(*service, *spec.selector, pool, true, false);
    }
  }
  for (auto& [owner, group] : groups_) {
    Space& space = spaces_[owner->identity.namespace_];
    const Labels::value_type* rarest = nullptr;
    for (const auto& label : *group.selector) {
      if (rarest == nullptr || shared[{label.first, label.second}] < shared[{rarest->first, rarest->second}]) rarest = &label;
    }
    (rarest == nullptr ? space.any : space.by_label[{rarest->first, rarest->second}]).push_back(&group);
  }
}

template <class Visit>
void Pools::each_group(const Workload& workload, const Visit& visit) {
  const auto space = spaces_.find(workload.resource->identity.namespace_);
  if (space == spaces_.end()) return;
  for (Group* group : space->second.any) {
    if (wants(*group, workload)) visit(*group);
  }
  if (space->second.by_label.empty()) return;
  workload.each_label([&](std::string_view key, std::string_view value) {
    const auto found = space->second.by_label.find({key, value});
    if (found == space->second.by_label.end()) return;
    for (Group* group : found->second) {
      if (wants(*group, workload)) visit(*group);
    }
  });
}

bool Pools::wants(const Group& group, const Workload& workload) {
  if (!workload.pod && !workload.address.empty() && !workload.ip && !group.dns) return false;  // C15: a name needs DNS
  if (group.service) {                                                                         // C25
    if (workload.pod || workload.cluster != group.owner->identity.cluster) return false;
    const auto& entry = *workload.resource->as<model::WorkloadEntry>();
    if (entry.labels.empty() && workload.resource->metadata.labels.empty()) return false;
  }
  return workload.has_labels(*group.selector);
}

void Pools::fill_groups() {
  for (auto& [namespace_, space] : spaces_) {
    const auto visit = [&](const WorkloadPtr& workload) {
      each_group(*workload, [&](Group& group) { group.members.push_back(workload); });
    };
    for (const auto& pod : space.pods) {
      if (!space.entries.contains(pod)) visit(pod);  // C16
    }
    for (const auto& entry : space.entries) visit(entry);
  }
  add_assumed_members();
}

/// A ServiceEntry's selector takes the Pods of templates where it takes no given Pod (KD2).
void Pools::add_assumed_members() {
  std::unordered_map<const Group*, bool> given;
  for (auto& [namespace_, space] : spaces_) {
    for (const WorkloadPtr& workload : space.assumed) {
      each_group(*workload, [&](Group& group) {
        const auto [known, fresh] = given.try_emplace(&group, false);
        if (fresh) {
          for (const auto& candidate : pod_index_->matching({}, group.owner->identity.namespace_, *group.selector))
            known->second = known->second || candidate.from == nullptr;
        }
        if (!known->second)
          group.members.insert(std::upper_bound(group.members.begin(), group.members.end(), workload, before), workload);
      });
    }
  }
}

void Pools::collect_assumed() {
  for (const AssumedPod& assumed : table_->assumed) {
    if (assumed.pod == nullptr) continue;
    auto workload = std::make_shared<Workload>();
    reader_.read_assumed(*assumed.pod, *assumed.from, *workload);
    workload->finish();
    spaces_[assumed.pod->identity.namespace_].assumed.push_back(std::move(workload));
  }
}

bool Pools::change(const Resource* before_change, const Resource* after) {
  const Identity& identity = (after != nullptr ? after : before_change)->identity;
  if (identity.cluster != kConfigCluster || elsewhere_.contains({identity.namespace_, identity.name})) return false;
  Space& space = spaces_[identity.namespace_];
  if (space.pods.contains(std::string_view(identity.name))) return false;  // C16: an entry hides a pod of its name
  if (const auto present = space.entries.find(std::string_view(identity.name)); present != space.entries.end()) {
    if ((*present)->resource->identity.cluster != identity.cluster) return false;
    each_group(**present, [&](Group& group) {
      const auto at = std::lower_bound(group.members.begin(), group.members.end(), *present, before);
      group.members.erase(at);
      changed_.insert(group.pools.begin(), group.pools.end());
    });
    space.entries.erase(present);
  }
  WorkloadPtr added = after != nullptr ? make_entry(*after) : nullptr;
  if (added == nullptr) return true;
  space.entries.insert(added);
  each_group(*added, [&](Group& group) {
    group.members.insert(std::upper_bound(group.members.begin(), group.members.end(), added, before), added);
    changed_.insert(group.pools.begin(), group.pools.end());
  });
  return true;
}

const std::vector<WorkloadPtr>* Pools::members(const Resource& owner) const {
  const auto found = groups_.find(&owner);
  return found != groups_.end() ? &found->second.members : nullptr;
}

std::vector<PoolPtr> Pools::all() const {
  std::vector<PoolPtr> pools;
  pools.reserve(sources_.size());
  for (std::uint32_t pool = 0; pool < sources_.size(); ++pool) pools.push_back(build(pool));
  return pools;
}

PoolPtr Pools::build(std::uint32_t pool) const {
  const Source& source = sources_[pool];
  std::vector<Shard> shards;
  std::set<std::uint32_t> seen_ports;  // C21
  std::vector<Endpoint> endpoints;
  for (const Service* service : source.entries) {
    auto found = entry_endpoints(*service);
    if (source.entries.size() == 1) endpoints.reserve(found.size());
    for (Endpoint& endpoint : found) {
      const bool seen = !seen_ports.insert(endpoint.legacy_port).second;
      if (seen && service->resolution == ServiceResolution::dns_round_robin_lb) continue;
      endpoints.push_back(std::move(endpoint));
    }
  }
  if (!endpoints.empty()) shards.push_back({"External", std::string(kConfigCluster), std::move(endpoints), false});
  for (const Resource* service : source.kubernetes) {
    auto found = kubernetes_endpoints(*service);
    if (!found.empty()) shards.push_back({"Kubernetes", service->identity.cluster, std::move(found), false});
  }
  if (shards.empty() && pod_index_ != nullptr) {  // KD3
    const bool entry = std::any_of(source.entries.begin(), source.entries.end(),
                                   [&](const Service* service) { return may_get_endpoints(*service); });
    if (entry) shards.push_back({"External", std::string(kConfigCluster), {}, true});
    for (const Resource* service : source.kubernetes) {
      if (shards.empty() && may_get_endpoints(*service)) shards.push_back({"Kubernetes", service->identity.cluster, {}, true});
    }
  }
  if (shards.empty()) return nullptr;
  std::stable_sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) {  // C29
    return std::tie(a.provider, a.cluster) < std::tie(b.provider, b.cluster);
  });
  return std::make_shared<const Pool>(std::move(shards));
}

void Pools::collect(const std::vector<ResourcePtr>& resources) {
  std::map<std::pair<std::string, std::string>, const Resource*> ready;
  const auto put = [](auto& set, WorkloadPtr workload) {  // the later one stays
    const std::size_t before = set.size();
    const auto place = set.insert(set.end(), workload);  // often in order
    if (set.size() > before) return;
    const auto next = set.erase(place);
    set.insert(next, std::move(workload));
  };
  for (const auto& resource : resources) {
    if (resource == nullptr) continue;
    const Identity& identity = resource->identity;
    if (resource->as<model::WorkloadEntry>() != nullptr) {
      if (identity.cluster != kConfigCluster) elsewhere_.emplace(identity.namespace_, identity.name);
      if (WorkloadPtr workload = make_entry(*resource)) put(spaces_[identity.namespace_].entries, std::move(workload));
    }
    reader_.know(*resource);
    if (resource->as<model::Pod>() != nullptr) pods_[{identity.cluster, identity.namespace_, identity.name}] = resource.get();
    if (resource->as<model::EndpointSlice>() != nullptr) {
      const std::string name = service_of_slice(resource->metadata.labels);
      if (!name.empty()) slices_[{identity.cluster, identity.namespace_, name}].push_back(resource.get());
    }
  }
  for (auto& [key, slices] : slices_) {
    std::stable_sort(slices.begin(), slices.end(),
                     [](const Resource* a, const Resource* b) { return a->identity.name < b->identity.name; });  // J9
  }
  for (const auto& [key, resource] : pods_) {
    const auto& spec = *resource->as<model::Pod>();
    for (const std::string& ip : spec.pod_ips) pod_by_ip_.try_emplace({resource->identity.cluster, ip}, resource);
    if (!spec.ready || spec.pod_ips.empty() || spec.pod_ips.front().empty() || spec.phase == "Succeeded" ||
        spec.phase == "Failed" || resource->metadata.deleting) {
      continue;  // C17
    }
    ready.insert_or_assign({resource->identity.namespace_, resource->identity.name}, resource);
  }
  for (const auto& [key, resource] : ready) {
    auto workload = std::make_shared<Workload>();
    reader_.read(*resource, *workload);
    workload->finish();
    put(spaces_[key.first].pods, std::move(workload));
  }
}

/// Null for a WorkloadEntry that is not healthy (C14).
WorkloadPtr Pools::make_entry(const Resource& resource) const {
  const auto& spec = *resource.as<model::WorkloadEntry>();
  const Metadata& metadata = resource.metadata;
  if (parse_bool(label_or_empty(metadata.annotations, "proxy.istio.io/health-checks-enabled"))) {
    const auto condition = resource.conditions.find("Healthy");
    if (condition == resource.conditions.end() || condition->second != "True") return nullptr;
  }
  auto workload = std::make_shared<Workload>();
  workload->resource = &resource;
  workload->namespace_ = resource.identity.namespace_;
  workload->cluster = resource.identity.cluster;
  if (!metadata.labels.empty()) workload->metadata_labels = &metadata.labels;
  reader_.read(spec, *workload);
  return workload;
}

std::vector<Endpoint> Pools::entry_endpoints(const Service& service) const {
  const auto& spec = *service.resource->as<model::ServiceEntry>();
  std::vector<Endpoint> endpoints;
  const bool dns = service.resolution == ServiceResolution::dns_lb || service.resolution == ServiceResolution::dns_round_robin_lb;
  const auto add = [&](const WorkloadPtr& workload) {
    for (const model::ServicePort& port : spec.ports) {
      Endpoint& endpoint = endpoints.emplace_back(endpoint_of(workload));
      endpoint.port_name = port.name;
      endpoint.legacy_port = port.number;
      if (!workload->address.starts_with("unix://")) endpoint.port = entry_port(port, *workload);
    }
  };
  if (spec.workload_selector) {  // C15
    const auto* selected = members(*service.resource);
    if (selected == nullptr) return endpoints;
    endpoints.reserve(selected->size() * spec.ports.size());
    for (const WorkloadPtr& workload : *selected) add(workload);
  } else if (!spec.endpoints.empty()) {  // C2
    for (const model::WorkloadEntry& inline_entry : spec.endpoints) {
      auto workload = std::make_shared<Workload>();
      workload->resource = service.resource;
      workload->namespace_ = service.namespace_;
      workload->cluster = kConfigCluster;
      reader_.read(inline_entry, *workload);
      add(workload);
    }
  } else if (dns) {  // C19
    auto workload = std::make_shared<Workload>();
    workload->resource = service.resource;
    workload->address = service.hostname;
    workload->cluster = kConfigCluster;
    workload->namespace_ = service.namespace_;
    workload->finish();
    add(workload);
  }
  return endpoints;
}

std::vector<Endpoint> Pools::kubernetes_endpoints(const Resource& service) const {
  const Identity& identity = service.identity;
  std::vector<Endpoint> endpoints;
  if (const auto found = slices_.find({identity.cluster, identity.namespace_, identity.name}); found != slices_.end()) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Resource* slice : found->second) add_slice(service, *slice, seen, endpoints);
  } else if (pod_index_ != nullptr) {
    add_pods(service, endpoints);
  }
  add_selected_entries(service, *service.as<model::Service>(), endpoints);
  return endpoints;
}

/// KD1: as Kubernetes' controller fills EndpointSlices.
void Pools::add_pods(const Resource& service, std::vector<Endpoint>& endpoints) const {
  const auto& spec = *service.as<model::Service>();
  if (!spec.selector || is_alias(spec)) return;
  for (const auto& [pod, from] : pod_index_->matching(service.identity.cluster, service.identity.namespace_, *spec.selector)) {
    if (pod == nullptr) continue;
    const auto& running = *pod->as<model::Pod>();
    const bool terminating = pod->metadata.deleting;
    const bool ready = spec.publish_not_ready_addresses || (running.ready && !terminating);
    for (const std::string_view address : addresses_of(running, spec)) {
      WorkloadPtr workload;
      for (const model::Service::Port& port : spec.ports) {
        const auto number = find_port(running, port);
        if (!number) continue;
        if (workload == nullptr) {
          auto made = std::make_shared<Workload>();
          if (from != nullptr) {
            reader_.read_assumed(*pod, *from, *made);
          } else {
            reader_.read(*pod, *made);
          }
          made->address = address;
          made->namespace_ = service.identity.namespace_;
          if (running.subdomain == service.identity.name) made->made->hostname = running.hostname;
          made->finish();
          workload = std::move(made);
        }
        Endpoint endpoint = endpoint_of(workload);
        endpoint.port_name = port.name;
        endpoint.port = *number;
        endpoint.health = health_of(ready, running.ready, terminating, keeps_sessions(service));
        endpoints.push_back(std::move(endpoint));
      }
    }
  }
}

/// Whether something that is not loaded may give the service endpoints (KD3). It has none.
bool Pools::may_get_endpoints(const Resource& service) const {
  const auto& spec = *service.as<model::Service>();
  const Identity& identity = service.identity;
  if (is_alias(spec) || slices_.contains({identity.cluster, identity.namespace_, identity.name})) return false;
  if (!spec.selector || spec.selector->empty()) return true;  // somebody else writes its EndpointSlices
  return pod_index_->matching(identity.cluster, identity.namespace_, *spec.selector).empty() ||
         pod_index_->group_matches(identity.namespace_, *spec.selector);
}

bool Pools::may_get_endpoints(const Service& service) const {
  const auto& spec = *service.resource->as<model::ServiceEntry>();
  return spec.workload_selector && pod_index_->group_matches(service.namespace_, spec.workload_selector->labels);
}

void Pools::add_slice(const Resource& service, const Resource& slice, std::set<std::pair<std::string, std::string>>& seen,
                      std::vector<Endpoint>& endpoints) const {
  const auto& spec = *slice.as<model::EndpointSlice>();
  if (spec.address_type == "FQDN") return;  // C23
  const std::string& cluster = slice.identity.cluster;
  const bool persistent = keeps_sessions(service);
  for (const auto& given : spec.endpoints) {
    const Endpoint::Health health =
        health_of(given.ready.value_or(true), given.serving.value_or(true), given.terminating.value_or(true), persistent);
    for (const std::string& address : given.addresses) {
      const Resource* pod = nullptr;
      if (given.target_kind == "Pod") {
        const auto found =
            pods_.find({cluster, given.target_namespace.empty() ? slice.identity.namespace_.string() : given.target_namespace,
                        given.target_name});
        if (found == pods_.end()) continue;
        pod = found->second;
      } else if (given.target_kind.empty()) {
        const auto found = pod_by_ip_.find({cluster, address});
        if (found != pod_by_ip_.end() && found->second->identity.namespace_ == slice.identity.namespace_) pod = found->second;
      }
      for (const auto& port : spec.ports) {
        if (!seen.insert({address, port.name.value_or("")}).second) continue;
        auto workload = std::make_shared<Workload>();
        if (pod != nullptr) {
          reader_.read(*pod, *workload);
        } else {
          workload->resource = &slice;
          workload->cluster = cluster;
          if (!given.node_name.empty()) {
            workload->made = std::make_unique<Workload::Made>();
            workload->made->node_name = given.node_name;
          }
          workload->network = reader_.pod_network(cluster, nullptr, address);
        }
        if (!given.hostname.empty()) {
          if (workload->made == nullptr) workload->made = std::make_unique<Workload::Made>();
          workload->made->hostname = given.hostname;
        }
        workload->address = address;
        workload->namespace_ = service.identity.namespace_;
        workload->finish();
        Endpoint endpoint = endpoint_of(std::move(workload));
        if (port.name) endpoint.port_name = *port.name;
        endpoint.port = port.port.value_or(0);
        endpoint.health = health;
        endpoints.push_back(std::move(endpoint));
      }
    }
  }
}

// C25.
void Pools::add_selected_entries(const Resource& service, const model::Service& spec, std::vector<Endpoint>& endpoints) const {
  const auto* selected = members(service);
  if (selected == nullptr) return;
  for (const WorkloadPtr& chosen : *selected) {
    const Workload& workload = *chosen;
    for (const auto& port : spec.ports) {
      std::uint32_t number = 0;
      bool numeric = true;
      for (char digit : port.target_port) {
        numeric = numeric && digit >= '0' && digit <= '9';
        if (numeric) number = number * 10 + static_cast<std::uint32_t>(digit - '0');
      }
      static const model::Map<std::uint32_t> none;
      const auto& ports = workload.ports != nullptr ? *workload.ports : none;
      if (const auto named = ports.find(numeric ? port.name : port.target_port); named != ports.end()) {
        number = named->second;
      } else if (!numeric) {
        continue;
      }
      if (number == 0) number = port.port;
      Endpoint endpoint = endpoint_of(chosen);
      endpoint.port_name = port.name;
      endpoint.port = number;
      endpoints.push_back(std::move(endpoint));
    }
  }
}

}  // namespace meshroute::registry
