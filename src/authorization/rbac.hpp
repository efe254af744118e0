#pragma once

// SPDX-License-Identifier: Apache-2.0
// The access filters of a workload as Envoy is told of them: its RBAC policies as protojson.

#include "authorization/policies.hpp"
#include "text/json_tree.hpp"

namespace meshroute::authorization {

/// {"permissions","principals"}.
text::Json rbac_policy(const Rule& rule);
/// The filters of one kind of chain, in the order in which Envoy runs them.
text::Json filters_json(const std::vector<Filter>& filters, bool http);
/// The token rules, in Envoy's order.
text::Json token_rules_json(const std::vector<TokenRule>& rules);

std::string_view text_of(Action action);  ///< "ALLOW", ...

}  // namespace meshroute::authorization
