#pragma once

// SPDX-License-Identifier: Apache-2.0
// The table of all rules that a finding can name: one entry each, in rules/KIND.hpp.

#include <string_view>

#include "findings/rule_id.hpp"
#include "meshroute/diagnostic.hpp"
#include "text/document.hpp"

namespace meshroute::findings {

/// The rule's entry.
const Rule& rule(RuleId id);
/// Its id, as findings have it.
const SharedString& shared_id(RuleId id);

/// The entry by its id ("SE0107"), or null.
const Rule* find_rule(std::string_view id);

/// The rule of a problem that the reader met.
RuleId rule_of(text::Rule rule);

}  // namespace meshroute::findings
