// SPDX-License-Identifier: Apache-2.0
// Workloads by their names.
#include "registry/named_workloads.hpp"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "match/labels.hpp"
#include "registry/injection.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

void read_entry(const Resource& owner, const model::WorkloadEntry& entry, Workload& workload) {
  workload.resource = &owner;
  workload.cluster = owner.identity.cluster;
  workload.namespace_ = owner.identity.namespace_;
  if (!owner.metadata.labels.empty()) workload.metadata_labels = &owner.metadata.labels;
  WorkloadReader::read(entry, workload);
}

/// The labels that the entries of a group have.
const Labels& labels_of(const model::WorkloadGroup& group) {
  static const Labels none;
  if (group.metadata && !group.metadata->labels.empty()) return group.metadata->labels;
  return group.template_ ? group.template_->labels : none;
}

/// Whether a Pod or a WorkloadEntry has these labels.
bool has_labels(const Resource& made, const Labels& labels) {
  const auto* entry = made.as<model::WorkloadEntry>();
  if (entry == nullptr) return match::labels_subset(labels, made.metadata.labels);
  return std::all_of(labels.begin(), labels.end(), [&](const auto& wanted) {
    const std::string* own = find_label(made.metadata.labels, wanted.first);
    if (own == nullptr) own = find_label(entry->labels, wanted.first);
    return own != nullptr && *own == wanted.second;
  });
}

}  // namespace

NamedWorkloads::NamedWorkloads(const Snapshot& snapshot) : snapshot_(snapshot), reader_(snapshot.settings) {
  for (const AssumedPod& each : snapshot.base->table->assumed) {
    if (each.pod != nullptr) assumed_.emplace(each.from, each.pod.get());
  }
  for (const Resource* gateway : snapshot.base->gateways) {
    const auto& selector = gateway->as<model::Gateway>()->selector;
    if (selector.empty()) continue;
    auto& alike = selectors_[selector.begin()->first][selector.begin()->second];
    if (std::none_of(alike.begin(), alike.end(), [&](const Labels* each) { return *each == selector; }))
      alike.push_back(&selector);
  }
  for (const auto& resource : snapshot.resources) reader_.know(*resource);
}

void NamedWorkloads::index() const {
  if (std::exchange(indexed_, true)) return;
  bool templates = false, groups = false;
  for (const auto& resource : snapshot_.resources) {
    templates = templates || resource->as<model::PodTemplate>() != nullptr;
    groups = groups || resource->as<model::WorkloadGroup>() != nullptr;
  }
  if (!templates && !groups) return;
  for (const auto& resource : snapshot_.resources) {
    const std::string& here = resource->identity.namespace_;
    const auto add = [&](const Labels& labels, ByLabel& all) {
      for (const auto& [key, value] : labels) all[label_key(here, key, value)].push_back(resource.get());
    };
    if (templates && resource->as<model::Pod>() != nullptr) add(resource->metadata.labels, pods_);
    if (const auto* entry = resource->as<model::WorkloadEntry>(); groups && entry != nullptr) {
      add(resource->metadata.labels, entries_);
      add(entry->labels, entries_);
    }
  }
}

int NamedWorkloads::rank_of(const Resource& resource) {
  if (resource.as<model::Pod>() != nullptr) return 0;
  if (resource.as<model::WorkloadEntry>() != nullptr) return 1;
  if (resource.as<model::PodTemplate>() != nullptr) return resource.identity.kind == "Deployment" ? 2 : 3;
  return resource.as<model::WorkloadGroup>() != nullptr ? 4 : -1;
}

const Resource* NamedWorkloads::assumed_pod(const Resource& from) const {
  const auto found = assumed_.find(&from);
  return found != assumed_.end() ? found->second : nullptr;
}

void NamedWorkloads::read(const Resource& resource, NamedWorkload& named) const {
  Workload& workload = named.workload;
  if (const auto* entry = resource.as<model::WorkloadEntry>()) {
    read_entry(resource, *entry, workload);
  } else if (const auto* group = resource.as<model::WorkloadGroup>()) {
    static const model::WorkloadEntry nothing;
    named.made.identity = resource.identity;
    if (group->metadata) named.made.metadata.labels = group->metadata->labels;
    read_entry(named.made, group->template_ ? *group->template_ : nothing, workload);
  } else if (const auto* shape = resource.as<model::PodTemplate>()) {
    read_template(resource, *shape, named);
  } else if (const Resource* assumed = assumed_pod(resource); assumed != nullptr) {
    named.assumed = true;
    reader_.read(*assumed, workload);
  } else {
    reader_.read(resource, workload);
  }
  workload.finish();
}

/// As a Pod that is given, as one that is assumed, or without an address.
void NamedWorkloads::read_template(const Resource& resource, const model::PodTemplate& shape, NamedWorkload& named) const {
  if (const Resource* pod = first_pod(resource, shape.labels)) return reader_.read(*pod, named.workload);
  if (const Resource* pod = assumed_pod(resource)) {
    named.assumed = true;
    return reader_.read(*pod, named.workload);
  }
  Resource& made = named.made;
  made.identity = {resource.identity.cluster, {}, "Pod", resource.identity.namespace_, resource.identity.name};
  made.metadata.labels = shape.labels;
  made.metadata.annotations = shape.annotations;
  made.spec = std::make_shared<const model::Pod>(shape.pod);
  reader_.read(made, named.workload);
}

const Resource* NamedWorkloads::first_pod(const Resource& owner, const Labels& labels) const {
  if (indexed_) return first_made(pods_, owner, labels, true);
  if (labels.empty()) return nullptr;
  for (const auto& each : snapshot_.resources) {
    const auto* pod = each->as<model::Pod>();
    if (pod != nullptr && !pod->pod_ips.empty() && each->identity.namespace_ == owner.identity.namespace_ &&
        each->identity.cluster == owner.identity.cluster && has_labels(*each, labels))
      return each.get();
  }
  return nullptr;
}

/// The first Pod or WorkloadEntry of the owner's namespace and cluster with these labels.
const Resource* NamedWorkloads::first_made(const ByLabel& all, const Resource& owner, const Labels& labels,
                                           bool with_address) const {
  const std::vector<const Resource*>* fewest = nullptr;
  for (const auto& [key, value] : labels) {
    const auto found = all.find(label_key(owner.identity.namespace_, key, value));
    if (found == all.end()) return nullptr;
    if (fewest == nullptr || found->second.size() < fewest->size()) fewest = &found->second;
  }
  if (fewest == nullptr) return nullptr;
  for (const Resource* each : *fewest) {
    const auto* pod = each->as<model::Pod>();
    if (each->identity.cluster != owner.identity.cluster || (with_address && pod != nullptr && pod->pod_ips.empty())) continue;
    if (has_labels(*each, labels)) return each;
  }
  return nullptr;
}

void NamedWorkloads::each(const std::function<void(const Resource& resource, const NamedWorkload& named)>& visit) const {
  index();
  // Of one name: the place of what is meant.
  std::unordered_map<std::string, const Resource*> meant;
  std::vector<const Resource*> all;
  std::string name;
  for (const auto& resource : snapshot_.resources) {
    const int rank = rank_of(*resource);
    if (rank < 0) continue;
    if (const auto* shape = resource->as<model::PodTemplate>();
        shape != nullptr && (shape->owned || first_made(pods_, *resource, shape->labels, false) != nullptr))
      continue;
    if (const auto* group = resource->as<model::WorkloadGroup>();
        group != nullptr && first_made(entries_, *resource, labels_of(*group), false) != nullptr)
      continue;
    name.assign(resource->identity.namespace_).append("/").append(resource->identity.name);
    const auto [found, fresh] = meant.try_emplace(name, resource.get());
    if (!fresh && rank < rank_of(*found->second)) found->second = resource.get();
    all.push_back(resource.get());
  }
  std::unordered_set<const Resource*> chosen;
  if (meant.size() != all.size()) {
    for (const auto& each : meant) chosen.insert(each.second);
  }
  for (const Resource* resource : all) {
    if (!chosen.empty() && !chosen.contains(resource)) continue;
    NamedWorkload named;
    read(*resource, named);
    visit(*resource, named);
  }
}

bool NamedWorkloads::is_gateway(const Workload& workload) const {
  for (const auto& [key, by_value] : selectors_) {
    const std::string* value = workload.own_label(key);
    const auto found = value != nullptr ? by_value.find(*value) : by_value.end();
    if (found == by_value.end()) continue;
    for (const Labels* selector : found->second) {
      const bool all = std::all_of(selector->begin(), selector->end(), [&](const auto& wanted) {
        const std::string* own = workload.own_label(wanted.first);
        return own != nullptr && *own == wanted.second;
      });
      if (all) return true;
    }
  }
  return false;
}

Proxy NamedWorkloads::proxy_of(const Resource& resource, const NamedWorkload& named) const {
  const Workload& workload = named.workload;
  Proxy proxy;
  proxy.namespace_ = resource.identity.namespace_;
  proxy.id = resource.identity.name + "." + proxy.namespace_;
  for (const auto* labels : {workload.metadata_labels, workload.spec_labels}) {  // C6: the first ones win
    if (labels != nullptr) proxy.labels.insert(labels->begin(), labels->end());
  }
  if (workload.ip) proxy.ip = workload.address;
  proxy.locality = workload.locality;
  proxy.network = workload.network;
  proxy.node_name = workload.node_name();
  proxy.service_account = workload.account;
  if (!workload.cluster.empty()) proxy.cluster = workload.cluster;
  if (is_gateway(workload)) proxy.type = Proxy::Type::router;
  return proxy;
}

bool NamedWorkloads::lacks_sidecar(const NamedWorkload& named) const {
  const Resource* resource = named.workload.resource;
  if (const std::string* mode = named.workload.own_label("security.istio.io/tlsMode")) return *mode != "istio";
  if (resource->as<model::Pod>() == nullptr) return false;  // who lists a virtual machine means to run a proxy there
  const auto space = snapshot_.namespaces.find(resource->identity.namespace_);
  return registry::lacks_sidecar(*resource, space != snapshot_.namespaces.end() ? space->second : nullptr);
}

}  // namespace meshroute::registry
