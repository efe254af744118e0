#pragma once

// SPDX-License-Identifier: Apache-2.0
// One mistake is told once, and not without end.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "findings/finding.hpp"
#include "meshroute/diagnostic.hpp"

namespace meshroute::findings {

/// Drops, of the findings of one document, those that tell what an earlier layer has told of the same place, and repetitions.
/// Keeps the order.
void tell_once(std::vector<Finding>& findings);

/// The rules of the webhook that tell the same as this rule of the analysis; its finding is dropped where one of them fires.
std::vector<RuleId> told_by_webhook(RuleId rule);

/// Whether the paths name one place, or one names a part of the other.
bool same_place(std::string_view one, std::string_view other);

/// The errors beside which a webhook's warning says nothing more about the document: people are not shown it then.
std::vector<std::string_view> beside(std::string_view rule);

/// How many of the findings beyond kMost the last one names as related.
inline constexpr std::uint32_t kNamed = 5;

/// How many findings of one rule a report has of one resource.
inline constexpr std::size_t kMost = 5;

/// Of the diagnostics from `first` on, which are those of one resource, at most kMost of a rule stay; the last of them counts the
/// rest in `more`, and names some of them as related.
void limit(std::vector<Diagnostic>& diagnostics, std::size_t first);

}  // namespace meshroute::findings
