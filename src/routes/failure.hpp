#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"

namespace meshroute::routes {

/// Whether every such request fails: the proxy answers with an error of its own, or closes the connection.
inline bool always_fails(const Answer& answer) {
  if (answer.virtual_host == "block_all") return true;  // D23: REGISTRY_ONLY's 502
  if (answer.outcome == "direct_response") return answer.response && answer.response->flags == "FI";
  return answer.outcome != "routed" && answer.outcome != "redirect" && answer.outcome != "passthrough";
}

/// Sets failure_percent, which holds the percentage of aborts, from the outcome. `lost`: the share of the clusters, 0 to 1, that
/// are missing or empty.
inline void settle_failures(Answer& answer, double lost) {
  answer.failure_percent = always_fails(answer) ? 100 : answer.failure_percent + (100 - answer.failure_percent) * lost;
}

}  // namespace meshroute::routes
