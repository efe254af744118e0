#pragma once

// SPDX-License-Identifier: Apache-2.0
// One connection or request through the access filters of a chain (AZ10-AZ13, AZ40-AZ44, AZ50, AZ60, RA10-RA20).

#include <array>
#include <cstdint>
#include <vector>

#include "authorization/policies.hpp"
#include "meshroute/request.hpp"

namespace meshroute::authorization {

struct Decision {
  bool allowed = true;
  const Filter* filter = nullptr;  ///< that refused, or the ALLOW that let it in; null: nothing decided
  const Rule* rule = nullptr;      ///< that decided; null: none matched, or a provider or the tokens did
  std::uint32_t status = 0;        ///< of a refusal on an HTTP chain
  const Rule* audit = nullptr;     ///< that an AUDIT policy matched
  const Provider* asked = nullptr;
  const Rule* asked_for = nullptr;  ///< why `asked` was asked
  struct DryRun {
    Action action = Action::ALLOW;
    bool allowed = false;
    const Rule* rule = nullptr;
  };
  std::array<DryRun, 3> dry_runs;
  std::size_t dry_run_count = 0;
  TokenVerdict tokens;
};

/// A rule that was looked at.
struct Considered {
  const Filter* filter = nullptr;
  const Rule* rule = nullptr;
  bool shadow = false;               ///< of a dry run, or of CUSTOM: whom to ask about
  const Condition* unmet = nullptr;  ///< the first one; null: it matches
};

/// `asked` is null on a TCP chain; its headers change as the rules for tokens say, and `attributes` with them. `considered`,
/// where it is not null, gets every rule of every filter that ran, up to the first that matched.
void decide(const std::vector<Filter>& filters, const std::vector<TokenRule>& token_rules, const Request& request,
            routes::Asked* asked, Attributes& attributes, Decision& decision, std::vector<Considered>* considered = nullptr);

}  // namespace meshroute::authorization
