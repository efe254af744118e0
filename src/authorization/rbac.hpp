#pragma once

// SPDX-License-Identifier: Apache-2.0
// The access filters of a workload as Envoy is told of them: its RBAC policies as protojson.

#include <nlohmann/json.hpp>

#include "authorization/policies.hpp"

namespace meshroute::authorization {

/// {"permissions","principals"}.
nlohmann::json rbac_policy(const Rule& rule);
/// The filters of one kind of chain, in the order in which Envoy runs them.
nlohmann::json filters_json(const std::vector<Filter>& filters, bool http);
/// The token rules, in Envoy's order.
nlohmann::json token_rules_json(const std::vector<TokenRule>& rules);

std::string_view text_of(Action action);  ///< "ALLOW", ...

}  // namespace meshroute::authorization
