// SPDX-License-Identifier: Apache-2.0
// What the selectors of ServiceEntries and Services select, and what they nearly do.

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"

namespace meshroute::analysis {

namespace {

using Labels = std::map<std::string, std::string>;
using Indexes = std::vector<std::size_t>;

struct Workload {
  const Resource* resource = nullptr;
  Labels labels;
};

Labels labels_of(const Resource& resource) {
  const auto* entry = resource.as<model::WorkloadEntry>();
  if (entry == nullptr) return resource.metadata.labels;
  auto labels = entry->labels;
  for (const auto& [key, value] : resource.metadata.labels) labels[key] = value;  // C6: metadata wins
  return labels;
}

/// Without what Istio adds to every endpoint (C7), which workloads do not have themselves.
Labels own_labels(const Labels& selector) {
  Labels kept;
  for (const auto& [key, value] : selector) {
    if (!key.starts_with("topology.") && key != "kubernetes.io/hostname") kept.emplace(key, value);
  }
  return kept;
}

/// Workloads by their labels, so that a selector looks only at those that have its rarest one.
class Workloads {
 public:
  explicit Workloads(const registry::Snapshot& snapshot) {
    for (const auto& resource : snapshot.resources) {
      if (resource->as<model::WorkloadEntry>() == nullptr && resource->as<model::Pod>() == nullptr) continue;
      const std::size_t index = all_.size();
      const std::string& in = resource->identity.namespace_;
      all_.push_back({resource.get(), labels_of(*resource)});
      by_namespace_[in].push_back(index);
      for (const auto& [key, value] : all_.back().labels) {
        by_label_[in + '\n' + key + '\n' + value].push_back(index);
        by_label_['\n' + key + '\n' + value].push_back(index);
        by_label_[in + '\n' + key].push_back(index);
      }
    }
  }

  const Workload& operator[](std::size_t index) const { return all_[index]; }

  /// Those of the namespace that may have all labels.
  const Indexes& candidates(const std::string& namespace_, const Labels& selector) const {
    if (!selector.empty()) return *sorted_lists(namespace_, selector).front();
    const auto found = by_namespace_.find(namespace_);
    return found == by_namespace_.end() ? none_ : found->second;
  }

  /// One of another namespace with all labels, or null.
  const Workload* elsewhere(const Labels& selector) const {
    if (selector.empty()) return nullptr;
    for (const std::size_t index : *sorted_lists({}, selector).front()) {
      if (match::labels_subset(selector, all_[index].labels)) return &all_[index];
    }
    return nullptr;
  }

  /// One of the namespace that has all labels but one, or null. It has one of the two rarest.
  const Workload* nearly(const std::string& namespace_, const Labels& selector) const {
    auto lists = sorted_lists(namespace_, selector);
    if (selector.size() == 1) lists.front() = &list(namespace_ + '\n' + selector.begin()->first);
    for (std::size_t i = 0; i < std::min<std::size_t>(lists.size(), 2); ++i) {
      for (const std::size_t index : *lists[i]) {
        if (!one_differs(selector, all_[index].labels).empty()) return &all_[index];
      }
    }
    return nullptr;
  }

 private:
  const Indexes& list(const std::string& key) const {
    const auto found = by_label_.find(key);
    return found == by_label_.end() ? none_ : found->second;
  }
  std::vector<const Indexes*> sorted_lists(const std::string& namespace_, const Labels& selector) const {
    std::vector<const Indexes*> lists;
    for (const auto& [key, value] : selector) lists.push_back(&list(namespace_ + '\n' + key + '\n' + value));
    std::stable_sort(lists.begin(), lists.end(), [](const Indexes* a, const Indexes* b) { return a->size() < b->size(); });
    return lists;
  }

  std::vector<Workload> all_;
  std::unordered_map<std::string, Indexes> by_label_, by_namespace_;
  Indexes none_;
};

/// C14: left out until it is healthy.
bool waits_for_health(const Resource& resource) {
  const std::string asked = registry::label_or_empty(resource.metadata.annotations, "proxy.istio.io/health-checks-enabled");
  static const std::set<std::string> yes{"1", "t", "T", "true", "TRUE", "True"};  // Go's ParseBool
  if (resource.as<model::WorkloadEntry>() == nullptr || !yes.contains(asked)) return false;
  const auto condition = resource.conditions.find("Healthy");
  return condition == resource.conditions.end() || condition->second != "True";
}

/// C15: a host name or a socket backs only a DNS service.
bool skipped_address(const Resource& resource, model::ServiceEntry::Resolution resolution) {
  using Resolution = model::ServiceEntry::Resolution;
  const auto* entry = resource.as<model::WorkloadEntry>();
  return entry != nullptr && !entry->address.empty() && !match::is_ip(entry->address) && resolution != Resolution::DNS &&
         resolution != Resolution::DNS_ROUND_ROBIN;
}

std::string name_of(model::ServiceEntry::Resolution resolution) {
  using Resolution = model::ServiceEntry::Resolution;
  switch (resolution) {
    case Resolution::STATIC:
      return "STATIC";
    case Resolution::DYNAMIC_DNS:
      return "DYNAMIC_DNS";
    default:
      return "NONE";
  }
}

void tell_nothing_selected(const Workloads& workloads, const Resource& resource, const Labels& selector, Findings& findings) {
  const std::string& in = resource.identity.namespace_;
  std::string hint;
  std::vector<Leaning> related;
  if (const Workload* near = workloads.nearly(in, selector)) {
    hint = findings::display_name(*near->resource) + " is nearly selected: " + one_differs(selector, near->labels);
    related.push_back(
        {near->resource, near->resource->as<model::Pod>() != nullptr ? "metadata.labels" : "spec.labels", "nearly selected"});
  }
  if (const Workload* far = workloads.elsewhere(selector)) {  // C15
    hint += (hint.empty() ? "" : "; ") + findings::display_name(*far->resource) +
            " has these labels, but a selector never reaches into another namespace";
    related.push_back({far->resource, "metadata.namespace", "has the labels, in another namespace"});
  }
  findings.add("AN0201", resource, "spec.workloadSelector",
               "the selector selects no WorkloadEntry and no Pod of namespace " + in + ": this service has no endpoints",
               std::move(hint), related);
}

}  // namespace

void check_selectors(const Facts& facts, Findings& findings) {
  const registry::Snapshot& snapshot = facts.snapshot;
  const Workloads workloads(snapshot);
  std::set<const Resource*> selected, told;
  for (const auto& resource : snapshot.resources) {
    const auto* service = resource->as<model::Service>();
    const auto* entry = resource->as<model::ServiceEntry>();
    Labels selector;
    if (entry != nullptr && entry->workload_selector) {
      selector = own_labels(entry->workload_selector->labels);
    } else if (service != nullptr && service->selector && !service->selector->empty()) {
      selector = own_labels(*service->selector);
    } else {
      continue;
    }
    std::size_t found = 0;
    for (const std::size_t index : workloads.candidates(resource->identity.namespace_, selector)) {
      const Workload& workload = workloads[index];
      if (!match::labels_subset(selector, workload.labels)) continue;
      ++found;
      selected.insert(workload.resource);
      if (entry == nullptr) continue;
      const Leaning leaning{resource.get(), "spec.workloadSelector", "selected here"};
      if (skipped_address(*workload.resource, entry->resolution)) {
        if (!told.insert(workload.resource).second) continue;
        findings.add("AN0203", *workload.resource, "spec.address",
                     findings::display_name(*resource) + " selects this, but its resolution " + name_of(entry->resolution) +
                         " takes only IP addresses: `" + workload.resource->as<model::WorkloadEntry>()->address +
                         "` is no endpoint of it",
                     "give an IP address, or let the ServiceEntry have resolution DNS", {leaning});
      } else if (waits_for_health(*workload.resource) && told.insert(workload.resource).second) {
        findings.add("AN0204", *workload.resource, "metadata.annotations",
                     findings::display_name(*resource) +
                         " selects this, but with health checks it is no endpoint until its status condition Healthy is True",
                     {}, {leaning});
      }
    }
    if (entry != nullptr && found == 0) tell_nothing_selected(workloads, *resource, selector, findings);
  }
  for (const auto& resource : snapshot.resources) {
    if (resource->as<model::WorkloadEntry>() == nullptr || selected.contains(resource.get())) continue;
    findings.add("AN0202", *resource, "spec.labels",
                 "no ServiceEntry or Service of namespace " + resource->identity.namespace_ +
                     " selects this WorkloadEntry: no traffic reaches it by its labels");
  }
}

}  // namespace meshroute::analysis
