// SPDX-License-Identifier: Apache-2.0
// Endpoint pools.

#include "registry/pools.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "match/cidr.hpp"
#include "registry/builder.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

/// C8; the value of the label, where `/` may be written as a dot.
void set_locality(const std::string* label, Workload& workload) {
  if (label == nullptr) return;
  workload.locality = *label;
  if (label->find('/') != std::string::npos || label->find('.') == std::string::npos) return;
  if (workload.made == nullptr) workload.made = std::make_unique<Workload::Made>();
  workload.made->locality = *label;
  std::replace(workload.made->locality.begin(), workload.made->locality.end(), '.', '/');
  workload.locality = workload.made->locality;
}

const std::string* locality_label(const Workload& workload) {
  static const std::string topology = "topology.istio.io/locality", plain = "istio-locality";
  const std::string* found = workload.own_label(topology);
  return found != nullptr ? found : workload.own_label(plain);
}

void set_tls(bool has_account, Workload& workload) {  // C13
  static const std::string key = "security.istio.io/tlsMode";
  const std::string* found = workload.own_label(key);
  if (found == nullptr) {
    workload.tls = has_account ? Workload::Tls::istio : Workload::Tls::disabled;
  } else {
    workload.tls = *found == "istio"      ? Workload::Tls::istio
                   : *found == "disabled" ? Workload::Tls::disabled
                                          : Workload::Tls::other;
  }
}

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
  return a->resource->identity.name < b->resource->identity.name;
}

}  // namespace

Pools::Pools(std::shared_ptr<const Settings> settings, std::shared_ptr<const ServiceTable> table,
             const std::vector<ResourcePtr>& resources)
    : settings_(std::move(settings)), table_(std::move(table)) {
  collect(resources);
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
      const bool alias = spec.type == "ExternalName" && !spec.external_name.empty();
      if (!spec.selector || spec.selector->empty() || spec.cluster_ip == "None" || alias) continue;
      add(*service, *spec.selector, pool, true, false);
    }
  }
  for (auto& [owner, group] : groups_) {
    Space& space = spaces_[owner->identity.namespace_];
    const std::pair<const std::string, std::string>* rarest = nullptr;
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
  if (!endpoints.empty()) shards.push_back({"External", std::string(kConfigCluster), std::move(endpoints)});
  for (const Resource* service : source.kubernetes) {
    auto found = kubernetes_endpoints(*service);
    if (!found.empty()) shards.push_back({"Kubernetes", service->identity.cluster, std::move(found)});
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
    if (resource->as<model::Node>() != nullptr) nodes_[{identity.cluster, identity.name}] = resource.get();
    if (resource->as<model::Pod>() != nullptr) pods_[{identity.cluster, identity.namespace_, identity.name}] = resource.get();
    if (resource->as<model::Namespace>() != nullptr) cluster_namespaces_[{identity.cluster, identity.name}] = resource.get();
    if (resource->as<model::EndpointSlice>() != nullptr) {
      const std::string name = label_or_empty(resource->metadata.labels, "kubernetes.io/service-name");
      if (name.empty() || find_label(resource->metadata.labels, "multicluster.kubernetes.io/service-name") != nullptr) continue;
      slices_[{identity.cluster, identity.namespace_, name}].push_back(resource.get());
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
    read_pod(*resource, *workload);
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
  read_entry(spec, *workload);
  return workload;
}

void Pools::read_entry(const model::WorkloadEntry& spec, Workload& workload) {
  workload.address = spec.address;
  if (!spec.ports.empty()) workload.ports = &spec.ports;
  if (!spec.labels.empty()) workload.spec_labels = &spec.labels;
  workload.network = spec.network;  // C10
  if (!spec.locality.empty()) {
    workload.locality = spec.locality;
  } else {
    set_locality(locality_label(workload), workload);
  }
  workload.account = spec.service_account;
  workload.has_account = !spec.service_account.empty();
  set_tls(workload.has_account, workload);
  workload.weight = spec.weight;
  workload.finish();
}

void Pools::read_pod(const Resource& pod, Workload& workload) const {
  const auto& spec = *pod.as<model::Pod>();
  workload.resource = &pod;
  workload.pod = true;
  workload.namespace_ = pod.identity.namespace_;
  if (!spec.pod_ips.empty()) workload.address = spec.pod_ips.front();
  workload.made = std::make_unique<Workload::Made>();
  auto& ports = workload.made->ports;
  for (const auto& container : spec.containers) {
    if (container.init && container.restart_policy != "Always") continue;
    for (const auto& port : container.ports) {
      if (!port.name.empty() && (port.protocol == "TCP" || port.protocol.empty()))
        ports.try_emplace(port.name, port.container_port);
    }
  }
  workload.ports = &ports;
  workload.metadata_labels = &pod.metadata.labels;
  workload.cluster = pod.identity.cluster;
  workload.made->node_name = spec.node_name;
  place_pod(pod, workload);
  workload.network = pod_network(pod.identity.cluster, &pod.metadata.labels, workload.address);
  workload.account = spec.service_account_name;
  workload.has_account = true;
  set_tls(false, workload);
}

void Pools::place_pod(const Resource& pod, Workload& workload) const {  // C9
  if (const std::string* label = locality_label(workload); label != nullptr && !label->empty()) {
    set_locality(label, workload);
    return;
  }
  workload.made->locality = node_locality(pod.identity.cluster, pod.as<model::Pod>()->node_name);
  workload.locality = workload.made->locality;
}

std::string Pools::node_locality(const std::string& cluster, const std::string& name) const {
  const auto node = nodes_.find({cluster, name});
  if (node == nodes_.end()) return {};
  const Labels& labels = node->second->metadata.labels;
  const auto first_of = [&](const char* one, const char* other) {
    const std::string* found = find_label(labels, one);
    return found != nullptr ? *found : label_or_empty(labels, other);
  };
  const std::string region = first_of("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
  const std::string zone = first_of("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
  const std::string subzone = label_or_empty(labels, "topology.istio.io/subzone");
  if (region.empty() && zone.empty() && subzone.empty()) return {};
  return region + "/" + zone + "/" + subzone;
}

std::string_view Pools::pod_network(const std::string& cluster, const Labels* labels, std::string_view address) const {  // C10
  constexpr const char* kNetwork = "topology.istio.io/network";
  if (labels != nullptr) {
    if (const std::string* named = find_label(*labels, kNetwork); named != nullptr && !named->empty()) return *named;
  }
  if (const auto system = cluster_namespaces_.find({cluster, "istio-system"}); system != cluster_namespaces_.end()) {
    const std::string* named = find_label(system->second->metadata.labels, kNetwork);
    if (named != nullptr && !named->empty()) return *named;
  }
  const text::Json& networks = settings_->mesh_networks;
  if (!networks.is_object() || !networks.contains("networks") || !networks["networks"].is_object()) return {};
  for (const char* key : {"fromRegistry", "fromCidr"}) {
    const text::Json& all = networks["networks"];
    for (auto entry = all.begin(); entry != all.end(); ++entry) {  // sorted by name, J10
      const std::string& name = entry.key();
      const text::Json& network = entry.value();
      if (!network.is_object() || !network.contains("endpoints") || !network["endpoints"].is_array()) continue;
      for (const auto& endpoint : network["endpoints"]) {
        if (!endpoint.is_object() || !endpoint.contains(key) || !endpoint[key].is_string()) continue;
        const std::string value = endpoint[key].text();
        const auto cidr = match::parse_cidr(value);
        if (key[4] == 'R' ? value == cluster : cidr && cidr->contains(address)) return name;
      }
    }
  }
  return {};
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
      read_entry(inline_entry, *workload);
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
  }
  add_selected_entries(service, *service.as<model::Service>(), endpoints);
  return endpoints;
}

void Pools::add_slice(const Resource& service, const Resource& slice, std::set<std::pair<std::string, std::string>>& seen,
                      std::vector<Endpoint>& endpoints) const {
  const auto& spec = *slice.as<model::EndpointSlice>();
  if (spec.address_type == "FQDN") return;  // C23
  const std::string& cluster = slice.identity.cluster;
  const bool persistent = find_label(service.metadata.labels, "istio.io/persistent-session") != nullptr ||
                          find_label(service.metadata.labels, "istio.io/persistent-session-header") != nullptr;
  for (const auto& given : spec.endpoints) {
    Endpoint::Health health = Endpoint::Health::terminating;  // C24
    if (given.ready.value_or(true)) {
      health = Endpoint::Health::healthy;
    } else if (persistent && given.serving.value_or(true) && given.terminating.value_or(true)) {
      health = Endpoint::Health::draining;
    } else if (!given.terminating.value_or(true)) {
      health = Endpoint::Health::unhealthy;
    }
    for (const std::string& address : given.addresses) {
      const Resource* pod = nullptr;
      if (given.target_kind == "Pod") {
        const auto found = pods_.find(
            {cluster, given.target_namespace.empty() ? slice.identity.namespace_ : given.target_namespace, given.target_name});
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
          read_pod(*pod, *workload);
        } else {
          workload->resource = &slice;
          workload->cluster = cluster;
          if (!given.node_name.empty()) {
            workload->made = std::make_unique<Workload::Made>();
            workload->made->node_name = given.node_name;
          }
          workload->network = pod_network(cluster, nullptr, address);
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
      static const std::map<std::string, std::uint32_t> none;
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
