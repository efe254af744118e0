// SPDX-License-Identifier: Apache-2.0
// The findings of an analysis in the order of their resources.
#include "analysis/findings.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

#include "admission/webhook.hpp"
#include "findings/diagnostics.hpp"
#include "findings/display_name.hpp"
#include "findings/suppress.hpp"
#include "findings/told_once.hpp"
#include "text/case.hpp"
#include "text/parallel.hpp"

namespace meshroute::analysis {

namespace {

/// A rule's fix as a hint: "Correct the host." is "correct the host".
std::string as_hint(std::string_view fix) {
  std::string hint(fix.substr(0, fix.find_last_not_of('.') + 1));
  if (!hint.empty()) hint.front() = text::lower(hint.substr(0, 1)).front();
  return hint;
}

constexpr std::size_t kFewFindings = 64;  // not worth a thread

}  // namespace

Diagnostic Findings::diagnostic_of(Found found, text::Places& places) {
  const Resource& resource = *found.resource;
  text::Place place = places.find(resource, found.path);
  Diagnostic diagnostic =
      findings::make_diagnostic(found.rule, {findings::display_name(resource), std::move(found.path), std::move(place)},
                                std::move(found.message), std::move(found.hint));
  for (Leaning& leaning : found.related)
    diagnostic.related.push_back(
        findings::make_related(places.find(*leaning.resource, leaning.path), std::move(leaning.message)));
  return diagnostic;
}

void Findings::add(RuleId rule, const Resource& resource, std::string_view path, std::string message, std::string_view hint,
                   std::vector<Leaning> related) {
  if (findings::suppressed(resource.metadata, rule) || told_before(rule, resource, path)) return;
  found_.push_back({&resource, rule, std::string(path), std::move(message), shared_hint(rule, hint), std::move(related)});
}

SharedString Findings::shared_hint(RuleId rule, std::string_view hint) {
  const std::string fix = hint.empty() ? as_hint(findings::rule(rule).fix) : std::string();
  if (hint.empty()) hint = fix;
  SharedString& last = last_hint_[findings::rule(rule).id];
  if (last != hint) last = hint;
  return last;
}

std::vector<std::pair<std::uint32_t, Findings::Found*>> Findings::in_order() {
  std::vector<std::pair<const Resource*, std::uint32_t>> places;
  places.reserve(snapshot_.resources.size());
  for (const auto& resource : snapshot_.resources) places.emplace_back(resource.get(), static_cast<std::uint32_t>(places.size()));
  std::sort(places.begin(), places.end());
  std::vector<std::pair<std::uint32_t, Found*>> sorted;
  sorted.reserve(found_.size());
  for (Found& each : found_) {
    const auto place = std::lower_bound(places.begin(), places.end(), std::pair{each.resource, std::uint32_t{0}});
    const bool listed = place != places.end() && place->first == each.resource;
    sorted.emplace_back(listed ? place->second : static_cast<std::uint32_t>(places.size()), &each);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return sorted;
}

bool Findings::told_before(RuleId rule, const Resource& resource, std::string_view path) {
  const auto twins = findings::told_by_webhook(rule);
  return std::any_of(twins.begin(), twins.end(), [&](RuleId twin) { return said_before(twin, resource, path); });
}

bool Findings::said_before(RuleId webhook, const Resource& resource, std::string_view path) {
  const auto [found, added] = said_by_webhook_.try_emplace(&resource);
  if (added) found->second = admission::validate(resource);
  return std::any_of(found->second.begin(), found->second.end(), [&](const findings::Finding& said) {
    return said.rule == webhook && findings::same_place(said.path, path);
  });
}

Report Findings::report(std::uint32_t threads) && {
  const auto sorted = in_order();
  // A part for each thread. A document is not cut: a List is read once for all of its items.
  const auto same_text = [](const Found& a, const Found& b) {
    const Origin &one = a.resource->origin, &other = b.resource->origin;
    return one.source == other.source && one.offset == other.offset;
  };
  const std::size_t parts = std::max<std::size_t>(1, std::min(text::thread_count(threads), sorted.size() / kFewFindings));
  std::vector<std::size_t> starts{0};
  for (std::size_t part = 1; part <= parts; ++part) {
    std::size_t end = std::max(starts.back(), sorted.size() * part / parts);
    while (end > 0 && end < sorted.size() && same_text(*sorted[end - 1].second, *sorted[end].second)) ++end;
    starts.push_back(end);
  }
  // Each part fills its own stretch of the list; then the gaps that limit() left are closed. A large list is not there twice.
  Report report;
  std::vector<Diagnostic>& all = report.diagnostics;
  all.resize(sorted.size());
  std::vector<std::size_t> ends(parts);
  text::parallel(
      threads, parts,
      [&](std::size_t part) {
        std::vector<Diagnostic> diagnostics;  // of one document
        text::Places places;
        std::size_t next = starts[part];
        for (std::size_t first = starts[part], end = first; first < starts[part + 1]; first = end) {
          diagnostics.clear();
          for (; end < starts[part + 1] && sorted[end].first == sorted[first].first; ++end)
            diagnostics.push_back(diagnostic_of(std::move(*sorted[end].second), places));
          std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
          });
          findings::limit(diagnostics, 0);
          for (Diagnostic& each : diagnostics) all[next++] = std::move(each);
        }
        ends[part] = next;
      },
      1);
  auto end = all.begin() + static_cast<std::ptrdiff_t>(ends.front());
  for (std::size_t part = 1; part < parts; ++part) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(starts[part]);
    const auto to = all.begin() + static_cast<std::ptrdiff_t>(ends[part]);
    end = end == from ? to : std::move(from, to, end);
  }
  all.erase(end, all.end());
  return report;
}

}  // namespace meshroute::analysis
