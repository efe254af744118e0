// SPDX-License-Identifier: Apache-2.0
// Reports: counting, joining, ignoring.
#include <algorithm>
#include <iterator>

#include "findings/rules.hpp"
#include "meshroute/diagnostic.hpp"
#include "text/heap.hpp"

namespace meshroute {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
  }
  return "unknown";
}

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::syntax:
      return "syntax";
    case Layer::decode:
      return "decode";
    case Layer::metadata:
      return "metadata";
    case Layer::schema:
      return "schema";
    case Layer::webhook:
      return "webhook";
    case Layer::strict:
      return "strict";
    case Layer::analysis:
      return "analysis";
  }
  return "unknown";
}

std::string_view to_string(RuleStatus status) {
  switch (status) {
    case RuleStatus::stable:
      return "stable";
    case RuleStatus::preview:
      return "preview";
    case RuleStatus::deprecated:
      return "deprecated";
  }
  return "unknown";
}

std::size_t Report::errors() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const auto& d) { return d.severity == Severity::error; }));
}

std::size_t Report::warnings() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const auto& d) { return d.severity == Severity::warning; }));
}

std::size_t Report::bytes() const {
  text::Heap heap;
  heap.list(documents);
  for (const DocumentReport& document : documents) {
    for (const SharedString* text : {&document.source, &document.kind, &document.namespace_}) heap.text(*text);
    heap.text(document.name);
    heap.texts(document.unknown_fields);
  }
  heap.list(diagnostics);
  for (const Diagnostic& each : diagnostics) {
    heap.text(each.rule);
    heap.text(each.source);
    heap.text(each.hint);
    heap.texts({&each.resource, &each.path, &each.message, &each.excerpt});
    heap.list(each.related);
    for (const Related& related : each.related) {
      heap.text(related.source);
      heap.text(related.message);
    }
  }
  heap.list(passed_over);
  for (const PassedOver& each : passed_over) heap.text(each.source);
  return heap.bytes();
}

void Report::append(Report other) {
  const auto first = static_cast<std::int32_t>(documents.size());
  const auto grow = [](auto& into, const auto& more) {  // before anything changes: both, or neither
    const std::size_t size = into.size() + more.size();
    if (!into.empty() && size > into.capacity()) into.reserve(std::max(size, 2 * into.capacity()));
  };
  grow(diagnostics, other.diagnostics);
  grow(documents, other.documents);
  grow(passed_over, other.passed_over);
  for (auto& diagnostic : other.diagnostics) {
    if (diagnostic.document >= 0) diagnostic.document += first;
  }
  const auto add = [](auto& into, auto& more) {
    if (into.empty()) return into.swap(more);
    into.insert(into.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(diagnostics, other.diagnostics);
  add(passed_over, other.passed_over);
  add(documents, other.documents);
}

void Report::ignore(std::string_view rule) {
  std::erase_if(diagnostics, [&](const Diagnostic& diagnostic) {
    const bool refuses = diagnostic.severity == Severity::error && diagnostic.layer != Layer::analysis;
    if (refuses) return false;
    const Rule* entry = findings::find_rule(diagnostic.rule);
    return entry != nullptr ? entry->is(rule) : rule == "*" || rule == diagnostic.rule;
  });
}

}  // namespace meshroute
