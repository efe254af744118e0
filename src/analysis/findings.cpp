// SPDX-License-Identifier: Apache-2.0
#include "analysis/findings.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "analysis/rules.hpp"
#include "schema/suppress.hpp"
#include "view/why.hpp"

namespace meshroute::analysis {

namespace {

Severity severity_of(std::string_view rule) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& each) { return each.id == rule; });
  return found == std::end(kRules) ? Severity::warning : found->severity;
}

}  // namespace

Findings::Findings(const registry::Snapshot& snapshot) {
  order_.reserve(snapshot.resources.size());
  for (const auto& resource : snapshot.resources) order_.emplace(resource.get(), order_.size());
}

void Findings::add(std::string_view rule, const Resource& resource, std::string path, std::string message, std::string hint,
                   const std::vector<Leaning>& related) {
  if (schema::suppressed(resource.metadata, rule)) return;
  Diagnostic diagnostic;
  diagnostic.severity = severity_of(rule);
  diagnostic.layer = Layer::analysis;
  diagnostic.rule = std::string(rule);
  diagnostic.resource = view::shown(resource);
  diagnostic.path = std::move(path);
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  const text::Place place = places_.find(resource, diagnostic.path);
  diagnostic.source = place.source;
  diagnostic.line = std::max(1U, place.line);
  diagnostic.column = std::max(1U, place.column);
  diagnostic.excerpt = place.excerpt;
  for (const Leaning& leaning : related) {
    const text::Place at = places_.find(*leaning.resource, leaning.path);
    diagnostic.related.push_back({at.source, std::max(1U, at.line), std::max(1U, at.column), leaning.message});
  }
  const auto order = order_.find(&resource);
  found_.push_back({order == order_.end() ? order_.size() : order->second, std::move(diagnostic)});
}

Report Findings::report() && {
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
    return std::tie(a.order, a.diagnostic.line, a.diagnostic.column) < std::tie(b.order, b.diagnostic.line, b.diagnostic.column);
  });
  Report report;
  for (Found& each : found_) report.diagnostics.push_back(std::move(each.diagnostic));
  return report;
}

}  // namespace meshroute::analysis
