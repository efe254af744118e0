// SPDX-License-Identifier: Apache-2.0
// Adds up the memory that a mesh and its snapshots hold.

#include "schema/memory.hpp"

#include "registry/pools.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::registry {

namespace {

using text::Heap;

void count(Heap& heap, const Settings& settings) {
  heap.texts({&settings.root_namespace, &settings.trust_domain, &settings.domain_suffix, &settings.connect_timeout,
              &settings.dns_refresh_rate, &settings.path_normalization, &settings.forward_client_cert});
  for (const auto* texts : {&settings.service_export_to, &settings.virtual_service_export_to,
                            &settings.destination_rule_export_to, &settings.trust_domain_aliases})
    heap.texts(*texts);
  heap.json(settings.mesh_config);
  heap.json(settings.mesh_networks);
}

void count(Heap& heap, const Service& service) {
  heap.texts({&service.hostname, &service.name, &service.namespace_, &service.object, &service.default_address, &service.auto_v4,
              &service.auto_v6, &service.external_name});
  heap.labels(service.labels);
  if (service.selector) heap.labels(*service.selector);
  heap.texts(service.export_to);
  heap.texts(service.service_accounts);
  heap.tree(service.cluster_vips);
  for (const auto& [cluster, addresses] : service.cluster_vips) heap.texts(addresses);
  heap.list(service.ports);
  for (const ServicePort& port : service.ports) heap.text(port.name);
  heap.tree(service.passthrough_target_ports);
  heap.list(service.aliases);
  for (const auto& [host, namespace_] : service.aliases) heap.texts({&host, &namespace_});
}

void count(Heap& heap, const ServiceTable& table) {
  heap.list(table.owned);
  for (const ResourcePtr& resource : table.owned) schema::count(heap, resource);
  heap.list(table.services);
  for (const ServicePtr& service : table.services) {
    if (heap.shared(service)) count(heap, *service);
  }
  heap.tree(table.index);
  heap.tree(table.namespaces);
  heap.list(table.assumed);
  for (const AssumedPod& assumed : table.assumed) {
    schema::count(heap, assumed.pod);
    heap.labels(assumed.labels);
  }
  heap.list(table.kubernetes);
  heap.list(table.nodes);
  heap.list(table.definitions);
  for (const auto& services : table.definitions) heap.list(services);
}

void count(Heap& heap, const Base& base) {
  if (heap.shared(base.settings)) count(heap, *base.settings);
  if (heap.shared(base.table)) count(heap, *base.table);
  if (heap.shared(base.owned)) {
    heap.list(*base.owned);
    for (const ResourcePtr& resource : *base.owned) schema::count(heap, resource);
  }
  for (const auto* list : {&base.virtual_services, &base.destination_rules, &base.sidecars, &base.gateways,
                           &base.peer_authentications, &base.authorization_policies, &base.request_authentications})
    heap.list(*list);
}

void count(Heap& heap, const WorkloadPtr& workload) {
  if (!heap.shared(workload) || workload->made == nullptr) return;
  heap.block(sizeof *workload->made);
  heap.text(workload->made->locality);
  heap.ports(workload->made->ports);
}

template <class Workloads>
void count_workloads(Heap& heap, const Workloads& workloads) {
  for (const WorkloadPtr& workload : workloads) count(heap, workload);
}

/// Lists by a key.
template <class Table>
void count_lists(Heap& heap, const Table& table) {
  heap.table(table);
  for (const auto& [key, list] : table) heap.list(list);
}

}  // namespace

void Pool::count(Heap& heap) const {
  heap.list(shards_);
  for (const Shard& shard : shards_) {
    heap.list(shard.endpoints);
    for (const Endpoint& endpoint : shard.endpoints) registry::count(heap, endpoint.workload);
  }
  const std::lock_guard lock(mutex_);
  if (grouped_) {
    count_lists(heap, grouped_->by_name);
    count_lists(heap, grouped_->unnumbered);
    count_lists(heap, grouped_->by_number);
  }
  heap.tree(ports_);
  for (const auto& [key, port] : ports_) {
    heap.list(port.places);
    heap.tree(port.by_label);
    for (const auto& [label, by_value] : port.by_label) count_lists(heap, by_value);
  }
  if (accounts_) heap.list(*accounts_);
}

void Pools::count(Heap& heap) const {
  heap.tree(pods_);
  heap.tree(pod_by_ip_);
  heap.tree(slices_);
  for (const auto& [name, slices] : slices_) heap.list(slices);
  heap.table(spaces_);
  for (const auto& [name, space] : spaces_) {
    for (const auto* workloads : {&space.pods, &space.entries}) {
      heap.tree(*workloads);
      count_workloads(heap, *workloads);
    }
    heap.list(space.assumed);
    count_workloads(heap, space.assumed);
    count_lists(heap, space.by_label);
    heap.list(space.any);
  }
  heap.table(groups_);
  for (const auto& [owner, group] : groups_) {
    heap.list(group.pools);
    heap.list(group.members);
    count_workloads(heap, group.members);
  }
  heap.list(sources_);
  for (const Source& source : sources_) {
    heap.list(source.entries);
    heap.list(source.kubernetes);
  }
  heap.tree(elsewhere_);
  if (pod_index_ != nullptr) {
    heap.block(sizeof *pod_index_);
    pod_index_->count(heap);
  }
}

void PodIndex::count(Heap& heap) const {
  heap.list(items_);
  count_lists(heap, by_label_);
  for (const auto& [label, places] : by_label_) heap.text(label);
  count_lists(heap, groups_);
}

void Snapshot::count(Heap& heap) const {
  std::shared_ptr<const Base::Shared> kept[6];
  {
    const std::lock_guard lock(base->shared_mutex);
    std::size_t at = 0;
    for (const auto* each :
         {&base->shared, &base->earlier, &base->authorization, &base->destination_rule_indexes, &base->kinds, &recent_views})
      kept[at++] = *each;
  }
  if (heap.shared(base)) registry::count(heap, *base);
  resources.count(heap);
  for (const ResourcePtr& resource : resources) schema::count(heap, resource);
  pools.count(heap);
  for (const PoolPtr& pool : pools) {
    if (heap.shared(pool)) pool->count(heap);
  }
  if (by_address_once_.done()) count_lists(heap, by_address_);
  for (const auto& each : kept) {
    if (heap.first(each.get())) each->count(heap);
  }
}

void Registry::count(Heap& heap) const {
  if (heap.shared(settings_)) registry::count(heap, *settings_);
  heap.list(resources_);
  for (const ResourcePtr& resource : resources_) schema::count(heap, resource);
  places_.count(heap);
  if (heap.shared(last_)) last_->count(heap);
  if (pools_ != nullptr) {
    heap.block(sizeof *pools_);
    pools_->count(heap);
  }
  heap.list(changes_);
  for (const Change& change : changes_) {
    schema::count(heap, change.before);
    schema::count(heap, change.after);
  }
}

}  // namespace meshroute::registry
