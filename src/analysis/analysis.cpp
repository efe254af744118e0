// SPDX-License-Identifier: Apache-2.0
// The door of the room: all checks over a snapshot, in order.
#include "analysis/analysis.hpp"

#include <utility>

#include "analysis/checks.hpp"

namespace meshroute::analysis {

namespace {

void tell_unknown(const Unknown& unknown, Findings& findings) {
  if (unknown.resource == nullptr) return;
  std::vector<std::string> some;
  for (const std::string& host : unknown.hosts) {
    if (some.size() < 3) some.push_back(host);
  }
  const std::size_t count = unknown.hosts.size();
  findings.add("AN0104", *unknown.resource, unknown.path,
               std::to_string(count) + (count == 1 ? " Kubernetes name is" : " Kubernetes names are") + " not checked (" +
                   join(some) + (count > some.size() ? ", …" : "") + "): the input has no Service of " +
                   (count == 1 ? "its namespace" : "their namespaces"),
               "add the manifests of the Services to the input");
}

}  // namespace

Report analyze(const registry::Snapshot& snapshot) {
  Facts facts(snapshot);
  Findings findings(snapshot);
  Unknown unknown;
  check_selectors(facts, findings);
  check_definitions(facts, findings);
  check_destination_rules(facts, findings, unknown);
  check_virtual_services(facts, findings);
  check_shadowing(facts, findings);
  check_spelling(facts, findings);
  check_destinations(facts, findings, unknown);
  tell_unknown(unknown, findings);
  return std::move(findings).report();
}

}  // namespace meshroute::analysis
