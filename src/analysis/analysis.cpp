// SPDX-License-Identifier: Apache-2.0
// The door of the room: all checks over a snapshot, in order.
#include "analysis/analysis.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/checks.hpp"

namespace meshroute::analysis {

namespace {

std::string some_of(const std::set<std::string>& names) {
  std::vector<std::string> some;
  for (const std::string& name : names) {
    if (some.size() < 3) some.push_back(name);
  }
  return join(some) + (names.size() > some.size() ? ", …" : "");
}

void tell_unjudged(const Unjudged& unjudged, Findings& findings) {
  using Need = Unjudged::Need;
  if (const Unjudged::Part& part = unjudged.part(Need::services); part.resource != nullptr) {
    const std::size_t count = part.names.size();
    findings.add("AN0104", *part.resource, part.path,
                 std::to_string(count) + (count == 1 ? " Kubernetes name is" : " Kubernetes names are") + " not checked (" +
                     some_of(part.names) + "): the input has no Service of " +
                     (count == 1 ? "its namespace" : "their namespaces"),
                 "add the manifests of the Services to the input");
  }
  struct Missing {
    Need need;
    const char* what;
    const char* hint;
  };
  static constexpr Missing kMissing[] = {
      {Need::workloads, "the input has no workload that they could be about",
       "add the Pods, Deployments, WorkloadEntries or WorkloadGroups to the input"},
      {Need::gateways, "the input has no gateway proxy", "add the manifests of the gateways' Pods or Deployments to the input"},
      {Need::namespaces, "the input has no Namespace", "add the manifests of the Namespaces to the input"},
      {Need::secrets, "the input has no Secret", "add the Secrets to the input; only their keys and dates are looked at"},
  };
  for (const Missing& missing : kMissing) {
    const Unjudged::Part& part = unjudged.part(missing.need);
    if (part.resource == nullptr) continue;
    findings.add("AN0106", *part.resource, part.path, "not checked (" + some_of(part.names) + "): " + missing.what, missing.hint);
  }
}

/// What is asked of all workloads and hosts is not kept while places are looked for.
Findings find(const registry::Snapshot& snapshot) {
  Facts facts(snapshot);
  Findings findings(snapshot);
  Unjudged unjudged;
  check_selectors(facts, findings);
  check_target_ports(facts, findings);
  check_definitions(facts, findings);
  check_entries(facts, findings);
  check_destination_rules(facts, findings, unjudged);
  check_rule_conflicts(facts, findings);
  const Lost lost = check_virtual_services(facts, findings);
  check_shadowing(facts, findings);
  check_destinations(facts, lost, findings, unjudged);
  check_bindings(facts, findings);
  check_rules(facts, findings);
  check_gateways(facts, findings, unjudged);
  check_policies(facts, findings, unjudged);
  check_policy_effects(facts, findings);
  check_mutual_tls(facts, findings);
  check_sidecars(facts, findings, unjudged);
  check_kubernetes(facts, findings, unjudged);
  check_telemetries(facts, findings, unjudged);
  check_envoy_filters(facts, findings);
  check_spelling(facts, findings);
  check_proxies(facts, findings);
  tell_unjudged(unjudged, findings);
  return findings;
}

}  // namespace

Report analyze(const registry::Snapshot& snapshot) { return find(snapshot).report(snapshot.settings.threads); }

}  // namespace meshroute::analysis
