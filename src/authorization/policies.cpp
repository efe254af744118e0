// SPDX-License-Identifier: Apache-2.0
// The policies that apply to a workload, in the order of its filters.
#include "authorization/policies.hpp"

#include <algorithm>
#include <tuple>

#include "match/labels.hpp"
#include "text/heap.hpp"
#include "text/once.hpp"

namespace meshroute::authorization {

namespace {

constexpr std::string_view kBadCustom = "-deny-due-to-bad-CUSTOM-action";
constexpr const char* kGatewayLabel = "gateway.networking.k8s.io/gateway-name";

using Selector = std::optional<model::type::WorkloadSelector>;
using Target = model::type::PolicyTargetReference;

bool selects(const Selector& selector, const std::optional<Target>& target, const std::vector<Target>& targets,
             const Resource& policy, const Workload& workload) {
  if (target || !targets.empty()) {
    const auto gateway = workload.labels->find(kGatewayLabel);
    if (gateway == workload.labels->end() || policy.identity.namespace_ != workload.namespace_) return false;  // AZ4
    const auto names_it = [&](const Target& each) {
      return each.kind == "Gateway" && each.group == "gateway.networking.k8s.io" && each.name == gateway->second;
    };
    return (target && names_it(*target)) || std::any_of(targets.begin(), targets.end(), names_it);  // AZ5
  }
  return !selector || match::labels_subset(selector->match_labels, *workload.labels);
}

}  // namespace

bool selects(const Resource& policy, const Workload& workload) {
  if (const auto* spec = policy.as<model::AuthorizationPolicy>())
    return selects(spec->selector, spec->target_ref, spec->target_refs, policy, workload);
  const auto* spec = policy.as<model::RequestAuthentication>();
  return spec != nullptr && selects(spec->selector, spec->target_ref, spec->target_refs, policy, workload);
}

struct Policies::Entry {
  const Resource* resource = nullptr;
  mutable text::Once once;
  mutable Policy compiled;

  const Policy& policy(const TrustDomains& trust_domains) const {
    once.call([&] { compiled = compile(*resource, trust_domains); });
    return compiled;
  }
};

Policies::Policies(const registry::Base& base)
    : root_namespace_(base.settings->root_namespace),
      trust_domains_(TrustDomains::of(*base.settings)),
      providers_(read_providers(base)) {
  for (const auto* list : {&base.authorization_policies, &base.request_authentications}) {
    for (const Resource* resource : *list) {
      auto entry = std::make_unique<Entry>();
      entry->resource = resource;
      auto& by_namespace = list == &base.authorization_policies ? policies_ : tokens_;
      by_namespace[resource->identity.namespace_].push_back(entry.get());
      entries_.push_back(std::move(entry));
    }
  }
}

Policies::~Policies() = default;

namespace {

using text::Heap;

void count(Heap& heap, const std::vector<Condition>& conditions) {
  heap.list(conditions);
  for (const Condition& condition : conditions) {
    heap.texts({&condition.field, &condition.key, &condition.name, &condition.folded_name});
    heap.texts(condition.names);
    heap.list(condition.values);
    for (const Value& value : condition.values) heap.texts({&value.given, &value.text.text, &value.subject.text});
    heap.list(condition.written);
  }
}

void count(Heap& heap, const std::vector<Rule>& rules) {
  heap.list(rules);
  for (const Rule& rule : rules) {
    heap.text(rule.name);
    for (const auto* branches : {&rule.from, &rule.to}) {
      heap.list(*branches);
      for (const Branch& branch : *branches) {
        heap.text(branch.field);
        count(heap, branch.conditions);
      }
    }
    count(heap, rule.when);
    heap.texts(rule.lost);
  }
}

void count(Heap& heap, const std::vector<Filter>& filters) {
  heap.list(filters);
  for (const Filter& filter : filters) {
    for (const auto* rules : {&filter.rules, &filter.shadow_rules}) {
      if (*rules == nullptr) continue;
      heap.block(sizeof **rules);
      (*rules)->count(heap);
    }
  }
}

}  // namespace

void Policies::count(Heap& heap) const {
  heap.blocks(1, sizeof *this + Heap::kControl);
  heap.list(entries_);
  for (const auto& entry : entries_) {
    heap.block(sizeof *entry);
    if (!entry->once.done()) continue;
    authorization::count(heap, entry->compiled.http);
    authorization::count(heap, entry->compiled.tcp);
  }
  for (const auto* lists : {&policies_, &tokens_}) {
    heap.tree(*lists);
    for (const auto& [namespace_, list] : *lists) heap.list(list);
  }
  const std::lock_guard lock(mutex_);
  heap.tree(made_);
  for (const auto& [key, access] : made_) {
    heap.list(key.first);
    heap.list(key.second);
    if (!heap.shared(access)) continue;
    for (const auto* list : {&access->custom, &access->audit, &access->deny, &access->allow}) heap.list(*list);
    heap.list(access->token_rules);
    authorization::count(heap, access->http);
    authorization::count(heap, access->tcp);
  }
}

std::shared_ptr<const Policies> Policies::of(const registry::Base& base) {
  const std::lock_guard lock(base.shared_mutex);
  if (base.authorization == nullptr) base.authorization = std::make_shared<const Policies>(base);
  return std::static_pointer_cast<const Policies>(base.authorization);
}

std::vector<const Policies::Entry*> Policies::selected(const Workload& workload, bool tokens) const {
  const auto& all = tokens ? tokens_ : policies_;
  std::vector<const Entry*> result;
  const auto add = [&](std::string_view namespace_) {
    const auto found = all.find(namespace_);
    if (found == all.end()) return;
    for (const Entry* entry : found->second) {
      if (selects(*entry->resource, workload)) result.push_back(entry);
    }
  };
  // AZ2; RequestAuthentications stand the other way round.
  if (!tokens) add(root_namespace_);
  if (tokens || workload.namespace_ != root_namespace_) add(workload.namespace_);
  if (tokens && workload.namespace_ != root_namespace_) add(root_namespace_);
  return result;
}

std::shared_ptr<const Access> Policies::access(const Workload& workload) const {
  Key key{selected(workload, false), selected(workload, true)};
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = made_.find(key); found != made_.end()) return found->second;
  }
  auto access = make(key.first, key.second);
  const std::lock_guard lock(mutex_);
  return made_.try_emplace(std::move(key), std::move(access)).first->second;
}

namespace {

std::unique_ptr<RuleSet> rules_of(const std::vector<const Policy*>& policies, bool tcp, bool dry_run) {
  std::vector<const Rule*> rules;
  bool any = false;
  for (const Policy* policy : policies) {
    if (policy->dry_run != dry_run) continue;
    any = true;
    for (const Rule& rule : tcp ? policy->tcp : policy->http) rules.push_back(&rule);
  }
  return any ? std::make_unique<RuleSet>(std::move(rules)) : nullptr;
}

/// AUDIT, DENY or ALLOW.
void add_filter(const std::vector<const Policy*>& policies, Action action, bool tcp, std::vector<Filter>& filters) {
  if (policies.empty()) return;
  Filter& filter = filters.emplace_back();
  filter.action = action;
  filter.rules = rules_of(policies, tcp, false);
  filter.shadow_rules = rules_of(policies, tcp, true);
}

}  // namespace

void Policies::add_custom(const std::vector<const Policy*>& policies, Access& access) const {
  std::vector<std::pair<std::string_view, std::vector<const Policy*>>> by_provider;
  for (const Policy* policy : policies) {
    const auto known =
        std::find_if(by_provider.begin(), by_provider.end(), [&](const auto& entry) { return entry.first == policy->provider; });
    auto& group = known != by_provider.end() ? *known : by_provider.emplace_back(policy->provider, std::vector<const Policy*>());
    group.second.push_back(policy);
  }
  for (const auto& [name, group] : by_provider) {
    const auto found = providers_.find(name);
    const Provider* provider = found == providers_.end() ? nullptr : &found->second;
    std::string problem = provider == nullptr ? "the mesh config has no authorizer " + std::string(name) : provider->error;
    if (problem.empty() && by_provider.size() > 1) problem = "only one provider can be used by a workload";
    for (const bool tcp : {false, true}) {
      if (problem.empty() && tcp && provider->http) continue;  // AZ43
      auto& filters = tcp ? access.tcp : access.http;
      auto rules = rules_of(group, tcp, false);
      if (rules == nullptr) rules = rules_of(group, tcp, true);  // AZ61: admission lets no such policy in
      Filter& filter = filters.emplace_back();
      filter.action = Action::CUSTOM;
      filter.provider = provider;
      if (!problem.empty()) {
        filter.rules = std::move(rules);
        filter.suffix = kBadCustom;
        filter.problem = problem;
        continue;
      }
      filter.shadow_rules = std::move(rules);
      Filter& asking = filters.emplace_back();
      asking.kind = Filter::Kind::ext_authz;
      asking.action = Action::CUSTOM;
      asking.provider = provider;
    }
  }
}

std::shared_ptr<const Access> Policies::make(const std::vector<const Entry*>& policies,
                                             const std::vector<const Entry*>& tokens) const {
  auto access = std::make_shared<Access>();
  for (const Entry* entry : policies) {
    const Policy& policy = entry->policy(trust_domains_);
    switch (policy.action) {
      case Action::CUSTOM:
        access->custom.push_back(&policy);
        break;
      case Action::AUDIT:
        access->audit.push_back(&policy);
        break;
      case Action::DENY:
        access->deny.push_back(&policy);
        break;
      default:
        access->allow.push_back(&policy);
        break;
    }
  }
  for (const Entry* entry : tokens) access->request_authentications.push_back(entry->resource);
  access->token_rules = token_rules(access->request_authentications);
  add_custom(access->custom, *access);  // AZ10
  if (!access->token_rules.empty()) {
    Filter& filter = access->http.emplace_back();
    filter.kind = Filter::Kind::jwt_authn;
  }
  for (const bool tcp : {false, true}) {
    auto& filters = tcp ? access->tcp : access->http;
    add_filter(access->audit, Action::AUDIT, tcp, filters);
    add_filter(access->deny, Action::DENY, tcp, filters);
    add_filter(access->allow, Action::ALLOW, tcp, filters);
  }
  return access;
}

}  // namespace meshroute::authorization
