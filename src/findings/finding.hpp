#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string>

#include "findings/rules.hpp"
#include "text/document.hpp"

namespace meshroute::findings {

/// What a check says of one document. It becomes a Diagnostic in diagnostics.hpp.
struct Finding {
  RuleId rule;
  std::string path = {};  ///< "spec.ports[1].number"
  text::Position position = {};
  std::string message = {}, hint = {};
  std::string related_path = {};             ///< another place of the same document, or empty
  text::Position related_position = {0, 0};  ///< the same for a place without a path; line 0: there is none
  std::string related_message = {};
  std::uint32_t more = 0;  ///< how many of the same kind it stands for, beside itself

  Severity severity() const { return findings::rule(rule).severity; }
  Layer layer() const { return findings::rule(rule).layer; }
};

}  // namespace meshroute::findings
