// SPDX-License-Identifier: Apache-2.0
// Builds every diagnostic: place, resource, rule, severity.
#include "findings/diagnostics.hpp"

#include <algorithm>
#include <utility>

namespace meshroute::findings {

Diagnostic make_diagnostic(RuleId id, Subject subject, std::string message, SharedString hint) {
  const Rule& entry = rule(id);
  Diagnostic made;
  made.severity = entry.severity;
  made.layer = entry.layer;
  made.rule = shared_id(id);
  made.document = subject.document;
  made.resource = std::move(subject.resource);
  made.path = std::move(subject.path);
  made.source = std::move(subject.place.source);
  made.line = std::max(1U, subject.place.line);
  made.column = std::max(1U, subject.place.column);
  made.excerpt = std::move(subject.place.excerpt);
  made.message = std::move(message);
  made.hint = std::move(hint);
  return made;
}

Diagnostic make_diagnostic(Finding finding, const std::string& resource, const SharedString& source, const text::Node& root) {
  const auto at = [&](const text::Position& position) { return text::Place{source, position.line, position.column, {}}; };
  Diagnostic made = make_diagnostic(finding.rule, {resource, std::move(finding.path), at(finding.position)},
                                    std::move(finding.message), std::move(finding.hint));
  made.more = finding.more;
  if (finding.related_position.line != 0) {
    made.related.push_back(make_related(at(finding.related_position), std::move(finding.related_message)));
  } else if (!finding.related_path.empty()) {
    made.related.push_back(make_related(at(text::locate(root, finding.related_path)), std::move(finding.related_message)));
  }
  return made;
}

Related make_related(const text::Place& place, std::string message) {
  return {place.source, std::max(1U, place.line), std::max(1U, place.column), std::move(message)};
}

}  // namespace meshroute::findings
