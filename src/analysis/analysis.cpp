// SPDX-License-Identifier: Apache-2.0
#include "analysis/analysis.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "match/labels.hpp"
#include "schema/suppress.hpp"
#include "text/place.hpp"

namespace meshroute::analysis {

namespace {

/// A finding at `path` of the resource; without kept text, at its document's line.
Diagnostic finding_at(text::Places& places, const Resource& resource, std::string_view rule, Severity severity,
                      std::string_view path, std::string message) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.layer = Layer::analysis;
  diagnostic.rule = std::string(rule);
  diagnostic.resource = resource.identity.kind + " " + resource.identity.namespace_ + "/" + resource.identity.name;
  diagnostic.path = std::string(path);
  diagnostic.message = std::move(message);
  const text::Place place = places.find(resource, path);
  diagnostic.source = place.source;
  diagnostic.line = std::max(1U, place.line);
  diagnostic.column = std::max(1U, place.column);
  diagnostic.excerpt = place.excerpt;
  return diagnostic;
}

std::map<std::string, std::string> labels_of(const Resource& resource, const model::WorkloadEntry& entry) {
  auto labels = entry.labels;
  for (const auto& [key, value] : resource.metadata.labels) labels[key] = value;  // C6: metadata wins
  return labels;
}

}  // namespace

Report analyze(const registry::Snapshot& snapshot) {
  Report report;
  text::Places places;
  // Workloads by each of their labels, so that a selector looks only at those that have its first one.
  struct Workload {
    const Resource* resource;
    std::map<std::string, std::string> labels;
  };
  std::vector<Workload> workloads;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_label;
  std::map<std::string, std::vector<std::size_t>> by_namespace;
  for (const auto& resource : snapshot.resources) {
    const auto* entry = resource->as<model::WorkloadEntry>();
    if (entry == nullptr && resource->as<model::Pod>() == nullptr) continue;
    workloads.push_back({resource.get(), entry != nullptr ? labels_of(*resource, *entry) : resource->metadata.labels});
    for (const auto& label : workloads.back().labels) by_label[label].push_back(workloads.size() - 1);
    by_namespace[resource->identity.namespace_].push_back(workloads.size() - 1);
  }
  std::set<const Resource*> selected;
  for (const auto& resource : snapshot.resources) {
    const auto* service = resource->as<model::Service>();
    const auto* entry = resource->as<model::ServiceEntry>();
    const std::map<std::string, std::string>* selector = nullptr;
    if (entry != nullptr && entry->workload_selector) selector = &entry->workload_selector->labels;
    if (service != nullptr && service->selector && !service->selector->empty()) selector = &*service->selector;
    if (selector == nullptr) continue;
    std::size_t found = 0;
    std::string near;
    const auto& candidates = selector->empty() ? by_namespace[resource->identity.namespace_] : by_label[*selector->begin()];
    for (const std::size_t index : candidates) {
      const Workload& workload = workloads[index];
      if (!match::labels_subset(*selector, workload.labels)) continue;
      const Identity& other = workload.resource->identity;
      if (other.namespace_ != resource->identity.namespace_) {  // C15: never across namespaces
        near = other.kind + " " + other.namespace_ + "/" + other.name;
        continue;
      }
      ++found;
      selected.insert(workload.resource);
    }
    if (entry != nullptr && found == 0 && !schema::suppressed(resource->metadata, "AN0201")) {
      auto diagnostic = finding_at(places, *resource, "AN0201", Severity::warning, "spec.workloadSelector",
                                   "the selector selects no WorkloadEntry and no Pod of namespace " +
                                       resource->identity.namespace_ + ": this service has no endpoints");
      if (!near.empty()) diagnostic.hint = near + " has these labels, but a selector never reaches into another namespace";
      report.diagnostics.push_back(std::move(diagnostic));
    }
  }
  for (const auto& resource : snapshot.resources) {
    const auto* workload = resource->as<model::WorkloadEntry>();
    if (workload == nullptr || selected.count(resource.get()) != 0 || schema::suppressed(resource->metadata, "AN0202")) continue;
    report.diagnostics.push_back(finding_at(places, *resource, "AN0202", Severity::info, "spec.labels",
                                            "no ServiceEntry or Service of namespace " + resource->identity.namespace_ +
                                                " selects this WorkloadEntry: no traffic reaches it by its labels"));
  }
  return report;
}

}  // namespace meshroute::analysis
