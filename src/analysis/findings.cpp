// SPDX-License-Identifier: Apache-2.0
// The findings of an analysis in the order of their resources.
#include "analysis/findings.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "admission/webhook.hpp"
#include "findings/diagnostics.hpp"
#include "findings/display_name.hpp"
#include "findings/suppress.hpp"
#include "findings/told_once.hpp"
#include "text/case.hpp"

namespace meshroute::analysis {

namespace {

/// A rule's fix as a hint: "Correct the host." is "correct the host".
std::string as_hint(std::string_view fix) {
  std::string hint(fix.substr(0, fix.find_last_not_of('.') + 1));
  if (!hint.empty()) hint.front() = text::lower(hint.substr(0, 1)).front();
  return hint;
}

}  // namespace

Findings::Findings(const registry::Snapshot& snapshot) {
  order_.reserve(snapshot.resources.size());
  for (const auto& resource : snapshot.resources) order_.emplace(resource.get(), order_.size());
}

void Findings::add(RuleId rule, const Resource& resource, std::string path, std::string message, std::string hint,
                   const std::vector<Leaning>& related) {
  if (findings::suppressed(resource.metadata, rule) || told_before(rule, resource, path)) return;
  if (hint.empty()) hint = as_hint(findings::rule(rule).fix);
  text::Place place = places_.find(resource, path);
  Diagnostic diagnostic = findings::make_diagnostic(rule, {findings::display_name(resource), std::move(path), std::move(place)},
                                                    std::move(message), std::move(hint));
  for (const Leaning& leaning : related) {
    diagnostic.related.push_back(findings::make_related(places_.find(*leaning.resource, leaning.path), leaning.message));
  }
  const auto order = order_.find(&resource);
  found_.push_back({order == order_.end() ? order_.size() : order->second, std::move(diagnostic)});
}

bool Findings::told_before(RuleId rule, const Resource& resource, const std::string& path) {
  const auto twins = findings::told_by_webhook(rule);
  if (twins.empty()) return false;
  const auto [found, added] = said_by_webhook_.try_emplace(&resource);
  if (added) found->second = admission::validate(resource);
  return std::any_of(found->second.begin(), found->second.end(), [&](const findings::Finding& said) {
    return std::find(twins.begin(), twins.end(), said.rule) != twins.end() && findings::same_place(said.path, path);
  });
}

Report Findings::report() && {
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
    return std::tie(a.order, a.diagnostic.line, a.diagnostic.column) < std::tie(b.order, b.diagnostic.line, b.diagnostic.column);
  });
  Report report;
  std::size_t first = 0, order = 0;
  for (Found& each : found_) {
    if (each.order != order) {
      findings::limit(report.diagnostics, first);
      first = report.diagnostics.size();
      order = each.order;
    }
    report.diagnostics.push_back(std::move(each.diagnostic));
  }
  findings::limit(report.diagnostics, first);
  return report;
}

}  // namespace meshroute::analysis
