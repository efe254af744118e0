// SPDX-License-Identifier: Apache-2.0
// What the selectors of ServiceEntries and Services select, and what they nearly do.

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"
#include "text/near.hpp"

namespace meshroute::analysis {

namespace {

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

/// Adds to `told` the workloads that it names.
void tell_service_without_workloads(const Workloads& workloads, const Resource& resource, const Labels& selector,
                                    Findings& findings, std::set<const Resource*>& told) {
  const std::string& in = resource.identity.namespace_;
  std::string hint;
  std::vector<Leaning> related;
  if (const Workload* near = workloads.nearly(in, selector)) {
    hint = findings::display_name(*near->resource) + " is nearly selected: " + one_differs(selector, near->labels);
    related.push_back({near->resource, path_of_labels(*near), "nearly selected"});
  }
  if (const Workload* far = workloads.elsewhere(in, selector)) {  // C15
    hint += (hint.empty() ? "" : "; ") + findings::display_name(*far->resource) +
            " has these labels, but a selector never reaches into another namespace: move it to " + in;
    related.push_back({far->resource, "metadata.namespace", "has the labels, in another namespace"});
  }
  for (const Leaning& each : related) told.insert(each.resource);
  findings.add("AN0201", resource, "spec.workloadSelector",
               "the selector selects no WorkloadEntry and no Pod of namespace " + in + ": this service has no endpoints",
               std::move(hint), related);
}

/// AN0215: a Service that has no endpoints may be meant to have none yet; one that differs in letter case is not. `check` says
/// whether it tells so.
class LetterCase {
 public:
  explicit LetterCase(const Workloads& workloads) : workloads_(workloads) {}

  bool check(const Resource& resource, const Labels& selector, Findings& findings) {
    if (!indexed_) index();
    const std::string& in = resource.identity.namespace_;
    const auto candidates = by_label_.find(key_of(in, *selector.begin()));
    if (candidates == by_label_.end()) return false;
    for (const Workload* workload : candidates->second) {
      const Labels::value_type* differs = nullptr;
      const bool alike = std::all_of(selector.begin(), selector.end(), [&](const auto& label) {
        const auto own = workload->labels.find(label.first);
        if (own == workload->labels.end() || text::lower(own->second) != text::lower(label.second)) return false;
        if (own->second != label.second && differs == nullptr) differs = &label;
        return true;
      });
      if (!alike || differs == nullptr) continue;
      const std::string& own = workload->labels.at(differs->first);
      findings.add("AN0215", resource, "spec.selector." + differs->first,
                   "the selector selects no Pod: " + findings::display_name(*workload->resource) + " has the label " +
                       differs->first + "=" + own + ", not " + differs->second +
                       " (letter case counts): the Service has no endpoints",
                   "write " + own, {{workload->resource, path_of_labels(*workload), "nearly selected"}});
      return true;
    }
    return false;
  }

 private:
  static std::string key_of(const std::string& in, const std::pair<const std::string, std::string>& label) {
    return in + "\n" + label.first + "\n" + text::lower(label.second);
  }
  void index() {
    indexed_ = true;
    for (const Workload& workload : workloads_.all()) {
      for (const auto& label : workload.labels) {
        by_label_[key_of(workload.resource->identity.namespace_, label)].push_back(&workload);
      }
    }
  }

  const Workloads& workloads_;
  bool indexed_ = false;
  std::unordered_map<std::string, std::vector<const Workload*>> by_label_;
};

/// A Service whose selector is one misspelled value away from a workload: nothing else of its namespace may be loaded.
void tell_misspelled(const Workloads& workloads, const Resource& resource, const Labels& selector, Findings& findings) {
  const Workload* near = workloads.nearly(resource.identity.namespace_, selector);
  if (near == nullptr) return;
  for (const auto& [key, value] : selector) {
    const auto found = near->labels.find(key);
    if (found == near->labels.end() || found->second == value) continue;
    if (text::nearest(value, {found->second}).empty()) return;
    const std::string who = findings::display_name(*near->resource);
    findings.add("AN0201", resource, "spec.selector",
                 "the selector selects no Pod of namespace " + resource.identity.namespace_ + ": " + who +
                     " is nearly selected, its label " + key + " is " + found->second + ", not " + value,
                 "write " + key + ": " + found->second +
                     (near->resource->as<model::PodTemplate>() != nullptr  // its own selector, which is fixed, may have the label
                          ? std::string()
                          : ", or give " + who + " the label " + key + ": " + value),
                 {{near->resource, path_of_labels(*near), "nearly selected"}});
    return;
  }
}

}  // namespace

void check_selectors(const Facts& facts, Findings& findings) {
  const registry::Snapshot& snapshot = facts.snapshot;
  const Workloads& workloads = facts.workloads;
  std::set<const Resource*> selected, told;
  LetterCase letter_case(workloads);
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
    for (const Workload* each : workloads.selected(resource->identity.namespace_, selector)) {
      const Workload& workload = *each;
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
    if (found > 0) continue;
    if (entry != nullptr)
      tell_service_without_workloads(workloads, *resource, selector, findings, told);
    else if (service == nullptr || selector.empty() || !letter_case.check(*resource, selector, findings))
      tell_misspelled(workloads, *resource, selector, findings);
  }
  for (const auto& resource : snapshot.resources) {
    if (resource->as<model::WorkloadEntry>() == nullptr || selected.contains(resource.get()) || told.contains(resource.get()))
      continue;
    findings.add("AN0202", *resource, "spec.labels",
                 "no ServiceEntry or Service of namespace " + resource->identity.namespace_ +
                     " selects this WorkloadEntry: no traffic reaches it by its labels");
  }
}

}  // namespace meshroute::analysis
