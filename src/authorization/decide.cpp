// SPDX-License-Identifier: Apache-2.0
// A connection or request at the access filters of a workload.
#include "authorization/decide.hpp"

namespace meshroute::authorization {

namespace {

const Rule* match(const Filter& filter, bool shadow, const Attributes& attributes, std::vector<Considered>* considered) {
  const RuleSet* rules = (shadow ? filter.shadow_rules : filter.rules).get();
  if (rules == nullptr) return nullptr;
  if (considered == nullptr) return rules->first_match(attributes);
  for (const Rule* rule : rules->rules()) {
    const Condition* unmet = rule->unmet(attributes);
    considered->push_back({&filter, rule, shadow, unmet});
    if (unmet == nullptr) return rule;
  }
  return nullptr;
}

void refuse(Decision& decision, const Filter& filter, const Rule* rule, std::uint32_t status) {
  decision.allowed = false;
  decision.filter = &filter;
  decision.rule = rule;
  decision.status = status;
}

/// True where the filter refuses.
bool run_rbac(const Filter& filter, const Attributes& attributes, Decision& decision, std::vector<Considered>* considered) {
  const Rule* shadow = match(filter, true, attributes, considered);
  if (filter.shadow_rules != nullptr) {
    if (filter.action == Action::CUSTOM) {
      decision.asked_for = shadow;
    } else if (decision.dry_run_count < decision.dry_runs.size()) {
      const bool allowed = (shadow != nullptr) != (filter.action == Action::DENY);
      decision.dry_runs[decision.dry_run_count++] = {filter.action, allowed, shadow};
    }
  }
  if (filter.rules == nullptr) return false;
  const Rule* rule = match(filter, false, attributes, considered);
  switch (filter.action) {
    case Action::AUDIT:
      decision.audit = rule;
      return false;
    case Action::ALLOW:
      if (rule == nullptr) return true;
      decision.filter = &filter;
      decision.rule = rule;
      return false;
    default:
      if (rule != nullptr) decision.rule = rule;
      return rule != nullptr;
  }
}

/// AZ44: true where the provider refuses.
bool ask(const Filter& filter, Request::ExtAuthz answer, Decision& decision, std::uint32_t& status) {
  if (decision.asked_for == nullptr) return false;
  decision.asked = filter.provider;
  const bool failed = answer == Request::ExtAuthz::error;
  if (failed && filter.provider->fail_open) return false;
  if (failed && filter.provider->status_on_error != 0) status = filter.provider->status_on_error;
  return failed || answer == Request::ExtAuthz::deny;
}

}  // namespace

void decide(const std::vector<Filter>& filters, const std::vector<TokenRule>& token_rules, const Request& request,
            routes::Asked* asked, Attributes& attributes, Decision& decision, std::vector<Considered>* considered) {
  constexpr std::uint32_t kForbidden = 403, kUnauthorized = 401;
  for (const Filter& filter : filters) {
    switch (filter.kind) {
      case Filter::Kind::rbac:
        if (run_rbac(filter, attributes, decision, considered)) return refuse(decision, filter, decision.rule, kForbidden);
        break;
      case Filter::Kind::ext_authz: {
        std::uint32_t status = kForbidden;
        if (ask(filter, request.ext_authz, decision, status)) return refuse(decision, filter, nullptr, status);
        break;
      }
      case Filter::Kind::jwt_authn:
        if (asked == nullptr) break;
        decision.tokens = check_tokens(token_rules, *asked);
        if (decision.tokens.problem != TokenProblem::none)  // RA14
          return refuse(decision, filter, nullptr,
                        decision.tokens.problem == TokenProblem::audience ? kForbidden : kUnauthorized);
        if (!decision.tokens.claims.is_null()) attributes.claims = &decision.tokens.claims;
        break;
    }
  }
}

}  // namespace meshroute::authorization
