#pragma once

// SPDX-License-Identifier: Apache-2.0
// The one builder of diagnostics.

#include <string>

#include "findings/finding.hpp"
#include "meshroute/diagnostic.hpp"
#include "text/place.hpp"

namespace meshroute::findings {

/// What a diagnostic is about.
struct Subject {
  std::string resource = {};  ///< its display name, or empty
  std::string path = {};      ///< of the field, or empty
  text::Place place = {};     ///< line or column 0: 1
  std::int32_t document = -1;
};

/// Severity and layer are the rule's.
Diagnostic make_diagnostic(RuleId rule, Subject subject, std::string message, SharedString hint = {});

/// Of a finding in the document of `root`, which was loaded as `source`.
Diagnostic make_diagnostic(Finding finding, const std::string& resource, const SharedString& source, const text::Node& root);

Related make_related(const text::Place& place, std::string message);

}  // namespace meshroute::findings
