// SPDX-License-Identifier: Apache-2.0
// Telemetries: whom they select, which of several counts, and whether a provider takes what they ask for.

#include <algorithm>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "registry/builder.hpp"

namespace meshroute::analysis {

namespace {

using model::Telemetry;
using text::element;

const Labels& selector_in(const Telemetry& telemetry) {
  static const Labels none;
  return telemetry.selector ? telemetry.selector->match_labels : none;
}

bool has_targets(const Telemetry& telemetry) { return telemetry.target_ref || !telemetry.target_refs.empty(); }

/// AN1001, AN0609.
void check_selection_of_telemetry(const Facts& facts, const Resource& resource, Findings& findings, Unjudged& unjudged) {
  const auto& telemetry = *resource.as<Telemetry>();
  const Labels& selector = selector_in(telemetry);
  if (selector.empty() || has_targets(telemetry)) return;
  if (!facts.knows_workloads(resource.identity.namespace_, selector)) {
    unjudged.add(Unjudged::Need::workloads, findings::display_name(resource), resource, "spec.selector.matchLabels");
    return;
  }
  const auto selected = facts.workloads.selected(resource.identity.namespace_, selector);
  if (selected.empty()) {
    tell_nothing_selected(facts, findings,
                          {"AN1001", resource, "spec.selector.matchLabels", selector, "no proxy has these settings"});
    return;
  }
  tell_gateway_selected(resource, selected, findings);
}

/// AN1002, AN1003.
void check_conflicts(const Facts& facts, const std::vector<const Resource*>& telemetries, Findings& findings) {
  std::unordered_map<std::string, const Resource*> defaults;
  std::unordered_map<const Resource*, const Resource*> owners;
  for (const Resource* resource : telemetries) {
    const auto& telemetry = *resource->as<Telemetry>();
    const std::string& in = resource->identity.namespace_;
    if (has_targets(telemetry)) continue;
    if (selector_in(telemetry).empty()) {
      const auto [first, added] = defaults.emplace(in, resource);
      if (added) continue;
      findings.add("AN1003", *resource, "spec",
                   findings::display_name(*first->second) +
                       " is for all proxies of the namespace too, and comes first: this one has no effect",
                   "make them one Telemetry", {{first->second, "spec", "it counts"}});
      continue;
    }
    for (const Workload* workload : facts.workloads.selected(in, selector_in(telemetry))) {
      const auto [first, added] = owners.emplace(workload->resource, resource);
      if (added) continue;
      findings.add("AN1002", *resource, "spec.selector",
                   findings::display_name(*first->second) + " selects " + findings::display_name(*workload->resource) +
                       " too: Istio joins them there, and uses this one for what both set",
                   "let each workload be selected by one of them", {{first->second, "spec.selector", "the other one"}});
      break;
    }
  }
}

/// AN1004, and AN0418 for providers that are on their way out.
void check_providers(const Facts& facts, const Resource& resource, bool logged_by_root, Findings& findings) {
  const auto& telemetry = *resource.as<Telemetry>();
  const text::Json& config = facts.snapshot.settings.mesh_config;
  const text::Json& logging = config["defaultProviders"]["accessLogging"];
  const bool by_default = logging.is_array() && !logging.empty();
  for (std::size_t i = 0; i < telemetry.access_logging.size(); ++i) {
    const auto& log = telemetry.access_logging[i];
    if (by_default || log.disabled.value_or(false) || !log.providers.empty()) continue;
    if (logged_by_root && !facts.is_root(resource.identity.namespace_)) continue;
    findings.add(
        "AN1004", resource, element("spec.accessLogging", i),
        "no provider takes this log: none is named here, and the mesh has no default one (defaultProviders.accessLogging)",
        "name a provider, such as envoy");
  }
  const text::Json& providers = config["extensionProviders"];
  if (!providers.is_array()) return;
  for (std::size_t i = 0; i < telemetry.tracing.size(); ++i) {
    for (std::size_t k = 0; k < telemetry.tracing[i].providers.size(); ++k) {
      const std::string& name = telemetry.tracing[i].providers[k].name;
      const bool old = std::any_of(providers.begin(), providers.end(), [&](const text::Json& each) {
        return each.value("name", "") == name && each.contains("lightstep");
      });
      if (!old) continue;
      findings.add("AN0418", resource, element("spec.tracing", i) + element(".providers", k),
                   "the Lightstep provider is on its way out", "use an OpenTelemetry provider");
    }
  }
}

}  // namespace

void check_telemetries(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  std::vector<const Resource*> telemetries;
  for (const auto& resource : facts.snapshot.resources) {
    if (resource->as<Telemetry>() != nullptr) telemetries.push_back(resource.get());
  }
  std::sort(telemetries.begin(), telemetries.end(),
            [](const Resource* a, const Resource* b) { return registry::created_before(*a, *b); });
  const bool logged_by_root = std::any_of(telemetries.begin(), telemetries.end(), [&](const Resource* each) {
    const auto& telemetry = *each->as<Telemetry>();
    const auto& logs = telemetry.access_logging;
    return facts.is_root(each->identity.namespace_) && selector_in(telemetry).empty() && !has_targets(telemetry) &&
           std::any_of(logs.begin(), logs.end(), [](const auto& log) { return !log.providers.empty(); });
  });
  for (const Resource* resource : telemetries) {
    check_selection_of_telemetry(facts, *resource, findings, unjudged);
    check_providers(facts, *resource, logged_by_root, findings);
  }
  check_conflicts(facts, telemetries, findings);
}

}  // namespace meshroute::analysis
