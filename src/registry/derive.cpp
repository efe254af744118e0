// SPDX-License-Identifier: Apache-2.0
// Makes Pods of templates, and gives Services those that their selectors take (KD1-KD3).
#include "registry/derive.hpp"

#include <algorithm>
#include <set>

#include "match/labels.hpp"
#include "registry/injection.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

constexpr std::int64_t kMostReplicas = 256;      // of one template: more would say nothing new
constexpr std::uint32_t kAddresses = 1U << 17U;  // of 198.18.0.0/15
constexpr std::uint32_t kFirst = (198U << 24U) + (18U << 16U);

using Key = std::tuple<std::string_view, std::string_view, std::string_view>;  ///< cluster, namespace, name

/// KD2: an address that depends on the name, so that it stays when other resources come and go.
class Addresses {
 public:
  /// Empty where all are taken.
  std::string next(const std::string& name) {
    if (used_.size() + 2 >= kAddresses) return {};
    std::uint32_t hash = 2166136261U;
    for (const unsigned char byte : name) hash = (hash ^ byte) * 16777619U;
    std::uint32_t offset = hash % kAddresses;
    while (offset == 0 || offset + 1 == kAddresses || !used_.insert(offset).second) offset = (offset + 1) % kAddresses;
    const std::uint32_t address = kFirst + offset;
    return std::to_string(address >> 24U) + "." + std::to_string(address >> 16U & 255U) + "." +
           std::to_string(address >> 8U & 255U) + "." + std::to_string(address & 255U);
  }

 private:
  std::set<std::uint32_t> used_;
};

class Maker {
 public:
  Maker(const std::vector<ResourcePtr>& resources, const std::map<std::string, const Resource*>& namespaces)
      : namespaces_(namespaces) {
    for (const auto& resource : resources) {
      const auto* made = resource != nullptr ? resource->as<model::PodTemplate>() : nullptr;
      if (made == nullptr) continue;
      if (resource->identity.kind == "Deployment") deployments_[key_of(resource->identity)] = resource.get();
    }
    for (const auto& resource : resources) {
      const auto* made = resource != nullptr ? resource->as<model::PodTemplate>() : nullptr;
      if (made == nullptr || made->workload.empty()) continue;
      referenced_.insert({resource->identity.cluster, resource->identity.namespace_, made->workload});
    }
  }

  void add(const Resource& from) {
    if (const auto* pod = from.as<model::Pod>()) {
      if (!has_run(*pod)) put(from, from.metadata, *pod, from.identity.name);
      return;
    }
    const auto* made = from.as<model::PodTemplate>();
    if (made == nullptr || made->owned) return;
    const std::string& kind = from.identity.kind;
    if (kind == "Job" || kind == "CronJob") return;                                   // they come and go
    if (kind == "Deployment" && referenced_.contains(key_of(from.identity))) return;  // the Rollout makes its Pods
    const model::PodTemplate* shape = made;
    if (!made->workload.empty()) {
      const auto found = deployments_.find({from.identity.cluster, from.identity.namespace_, made->workload});
      if (found == deployments_.end()) return;
      shape = found->second->as<model::PodTemplate>();
    }
    const std::int64_t count = std::clamp<std::int64_t>(made->replicas.value_or(1), 0, kMostReplicas);
    Metadata metadata;
    metadata.labels = shape->labels;
    metadata.annotations = shape->annotations;
    if (count == 0) pods_.push_back({nullptr, &from, shape->labels});
    const bool stateful = kind == "StatefulSet";
    for (std::int64_t i = 0; i < count; ++i) {
      std::string name = from.identity.name;
      if (stateful || count > 1) name += "-" + std::to_string(i + (stateful ? made->first_ordinal : 0));
      model::Pod pod = shape->pod;
      if (stateful) {
        metadata.labels["statefulset.kubernetes.io/pod-name"] = name;
        metadata.labels["apps.kubernetes.io/pod-index"] = std::to_string(i + made->first_ordinal);
        pod.hostname = name;
        pod.subdomain = made->service_name;
      }
      put(from, metadata, pod, name);
    }
  }

  std::vector<AssumedPod> take() { return std::move(pods_); }

 private:
  static Key key_of(const Identity& identity) { return {identity.cluster, identity.namespace_, identity.name}; }

  void put(const Resource& from, const Metadata& metadata, model::Pod pod, const std::string& name) {
    std::string address =
        addresses_.next(from.identity.cluster + '\n' + from.identity.kind + '\n' + from.identity.namespace_ + '\n' + name);
    if (address.empty()) return;
    auto made = std::make_shared<Resource>();
    made->identity = {from.identity.cluster, {}, "Pod", from.identity.namespace_, name};
    made->metadata = metadata;
    made->origin = from.origin;
    const auto space = namespaces_.find(from.identity.namespace_);
    const Resource* in = space != namespaces_.end() ? space->second : nullptr;
    if (injected(from.identity.namespace_, in, metadata, pod.host_network) != Injected::no &&
        !from_gateway_template(metadata, pod))
      made->metadata.labels.try_emplace("security.istio.io/tlsMode", "istio");  // as the webhook does
    pod.pod_ips = {std::move(address)};
    pod.phase = "Running";
    pod.ready = true;
    made->spec = std::make_shared<const model::Pod>(std::move(pod));
    pods_.push_back({std::move(made), &from, {}});
  }

  const std::map<std::string, const Resource*>& namespaces_;
  std::map<Key, const Resource*> deployments_;
  std::set<Key> referenced_;  ///< Deployments that a Rollout takes its template from
  Addresses addresses_;
  std::vector<AssumedPod> pods_;
};

}  // namespace

bool has_run(const model::Pod& pod) { return !pod.phase.empty() || !pod.pod_ips.empty() || pod.ready; }

std::vector<AssumedPod> assume_pods(const std::vector<ResourcePtr>& resources,
                                    const std::map<std::string, const Resource*>& namespaces) {
  Maker maker(resources, namespaces);
  for (const auto& resource : resources) {
    if (resource != nullptr) maker.add(*resource);
  }
  return maker.take();
}

PodIndex::PodIndex(const ServiceTable& table) {
  const auto add = [this](const Resource& named, const Labels& labels, Candidate candidate) {
    for (const auto& [key, value] : labels) by_label_[label_key(named.identity.namespace_, key, value)].push_back(items_.size());
    items_.push_back({&named, &labels, candidate});
  };
  for (const auto& resource : table.owned) {
    if (const auto* pod = resource->as<model::Pod>(); pod != nullptr && has_run(*pod)) {
      if (pod->phase == "Succeeded" || pod->phase == "Failed") continue;
      add(*resource, resource->metadata.labels, {resource.get(), nullptr});
    }
    if (resource->as<model::WorkloadGroup>() != nullptr) groups_[resource->identity.namespace_].push_back(resource.get());
  }
  for (const AssumedPod& assumed : table.assumed) {
    if (assumed.pod == nullptr) {
      add(*assumed.from, assumed.labels, {nullptr, assumed.from});
    } else {
      add(*assumed.pod, assumed.pod->metadata.labels, {assumed.pod.get(), assumed.from});
    }
  }
}

std::vector<PodIndex::Candidate> PodIndex::matching(std::string_view cluster, const std::string& namespace_,
                                                    const Labels& selector) const {
  std::vector<Candidate> found;
  const std::vector<std::size_t>* least = nullptr;
  for (const auto& [key, value] : selector) {
    const auto list = by_label_.find(label_key(namespace_, key, value));
    if (list == by_label_.end()) return found;
    if (least == nullptr || list->second.size() < least->size()) least = &list->second;
  }
  if (least == nullptr) return found;
  bool given = false;
  std::vector<const Item*> items;
  for (const std::size_t at : *least) {
    const Item& item = items_[at];
    if (!cluster.empty() && item.named->identity.cluster != cluster) continue;
    if (!match::labels_subset(selector, *item.labels)) continue;
    items.push_back(&item);
    given = given || item.candidate.from == nullptr;
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item* a, const Item* b) { return a->named->identity.name < b->named->identity.name; });
  for (const Item* item : items) {
    if (!given || item->candidate.from == nullptr) found.push_back(item->candidate);
  }
  return found;
}

bool PodIndex::group_matches(const std::string& namespace_, const Labels& selector) const {
  const auto groups = groups_.find(namespace_);
  if (groups == groups_.end()) return false;
  return std::any_of(groups->second.begin(), groups->second.end(), [&](const Resource* resource) {
    const auto& group = *resource->as<model::WorkloadGroup>();
    Labels labels;
    if (group.template_) labels = group.template_->labels;
    if (group.metadata) {
      for (const auto& [key, value] : group.metadata->labels) labels[key] = value;  // C6: of metadata, they win
    }
    return match::labels_subset(selector, labels);
  });
}

}  // namespace meshroute::registry
