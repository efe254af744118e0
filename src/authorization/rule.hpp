#pragma once

// SPDX-License-Identifier: Apache-2.0
// A rule of an AuthorizationPolicy as one kind of chain has it (AZ14, AZ50).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "authorization/condition.hpp"
#include "meshroute/resource.hpp"

namespace meshroute::authorization {

using Action = model::AuthorizationPolicy::Action;

/// One of a rule's sources or operations: all its conditions are needed.
struct Branch {
  std::string field;  ///< "from[0]", "to[1]"
  std::vector<Condition> conditions;
};

struct Rule {
  std::string name;  ///< as Envoy reports it: "ns[a]-policy[p]-rule[0]" (AZ12)
  const Resource* policy = nullptr;
  std::size_t index = 0;          ///< among the policy's rules
  std::vector<Branch> from, to;   ///< none: any
  std::vector<Condition> when;    ///< all are needed
  bool never = false;             ///< of an ALLOW policy without rules: it matches nothing (AZ13)
  std::vector<std::string> lost;  ///< fields that a TCP chain does not have, and that were dropped (AZ50)

  bool matches(const Attributes& attributes) const;
  /// The first condition that is not met, in the order from, to, when; null where the rule matches. Where several sources or
  /// operations fail, it is the first one's.
  const Condition* unmet(const Attributes& attributes) const;
};

/// A policy's rules for both kinds of chain.
struct Policy {
  const Resource* resource = nullptr;
  Action action = Action::ALLOW;
  bool dry_run = false;  ///< AZ60
  std::string provider;  ///< of CUSTOM
  std::vector<Rule> http, tcp;
  std::vector<std::size_t> void_on_tcp;  ///< rules of ALLOW that a TCP chain does not have (AZ50)
};

Policy compile(const Resource& resource, const TrustDomains& trust_domains);

}  // namespace meshroute::authorization
