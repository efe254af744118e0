// SPDX-License-Identifier: Apache-2.0
// An AuthorizationPolicy's rules, compiled.
#include "authorization/rule.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace meshroute::authorization {

namespace {

using Values = std::vector<std::string>;

/// Makes the conditions of one rule for one kind of chain.
struct RuleCompiler {
  const ConditionBuilder& builder;
  bool tcp;
  bool allow;  ///< AZ50: an HTTP-only field voids the rule; else only the field is dropped
  Rule& rule;
  bool voided = false;

  void add(std::vector<Condition>& conditions, Attribute attribute, const std::string& field, std::string_view key,
           const Values& values, bool negated) {
    if (values.empty()) return;  // AZ15
    if (tcp && http_only(attribute)) {
      voided = voided || allow;
      rule.lost.push_back(field);
      return;
    }
    conditions.push_back(builder.make(attribute, field, key, values, negated));
  }
  void both(std::vector<Condition>& conditions, Attribute attribute, const std::string& base, std::string_view name,
            std::string_view negated_name, const Values& values, const Values& not_values) {
    add(conditions, attribute, base + std::string(name), {}, values, false);
    add(conditions, attribute, base + std::string(negated_name), {}, not_values, true);
  }

  // The order of both is that of Envoy's RBAC as Istio writes it.
  void source(Branch& branch, const model::Source& source) {
    const std::string base = branch.field + ".source.";
    auto& into = branch.conditions;
    both(into, Attribute::principal, base, "principals", "notPrincipals", source.principals, source.not_principals);
    both(into, Attribute::request_principal, base, "requestPrincipals", "notRequestPrincipals", source.request_principals,
         source.not_request_principals);
    both(into, Attribute::service_account, base, "serviceAccounts", "notServiceAccounts", source.service_accounts,
         source.not_service_accounts);
    both(into, Attribute::namespace_, base, "namespaces", "notNamespaces", source.namespaces, source.not_namespaces);
    both(into, Attribute::trust_domain, base, "trustDomains", "notTrustDomains", source.trust_domains, source.not_trust_domains);
    both(into, Attribute::remote_ip, base, "remoteIpBlocks", "notRemoteIpBlocks", source.remote_ip_blocks,
         source.not_remote_ip_blocks);
    both(into, Attribute::source_ip, base, "ipBlocks", "notIpBlocks", source.ip_blocks, source.not_ip_blocks);
  }
  void operation(Branch& branch, const model::Operation& operation) {
    const std::string base = branch.field + ".operation.";
    auto& into = branch.conditions;
    both(into, Attribute::host, base, "hosts", "notHosts", operation.hosts, operation.not_hosts);
    both(into, Attribute::method, base, "methods", "notMethods", operation.methods, operation.not_methods);
    both(into, Attribute::path, base, "paths", "notPaths", operation.paths, operation.not_paths);
    both(into, Attribute::destination_port, base, "ports", "notPorts", operation.ports, operation.not_ports);
  }
};

/// AZ33: Istio replaces the trust domains of `when` once for each `from`, each time in what it has written before. That is no
/// other condition, but longer text; it ends here at `kMost`.
void write_again(Condition& condition, const TrustDomains& trust_domains, std::size_t times) {
  constexpr std::size_t kMost = 4096;
  if (condition.attribute != Attribute::principal || trust_domains.all.size() < 2) return;
  std::vector<std::string> texts;
  texts.reserve(condition.values.size());
  std::unordered_map<std::string, std::uint32_t> places;
  for (const Value& value : condition.values) {
    places.emplace(value.given, static_cast<std::uint32_t>(texts.size()));
    texts.push_back(value.given);
  }
  for (; times > 1 && texts.size() * trust_domains.all.size() <= kMost; --times) {
    std::vector<std::string> more = trust_domains.principals(texts);
    const bool known = std::all_of(more.begin(), more.end(), [&](const std::string& text) { return places.contains(text); });
    if (!known || more.size() == texts.size()) break;
    texts = std::move(more);
  }
  if (texts.size() == condition.values.size()) return;
  condition.written.reserve(texts.size());
  for (const std::string& text : texts) condition.written.push_back(places.at(text));
}

/// False where the chain does not have the rule.
bool compile_rule(const model::Rule& given, const ConditionBuilder& builder, bool tcp, bool allow, Rule& rule) {
  RuleCompiler compiler{builder, tcp, allow, rule};
  for (std::size_t i = 0; i < given.from.size(); ++i) {
    Branch& branch = rule.from.emplace_back(Branch{"from[" + std::to_string(i) + "]", {}});
    if (given.from[i].source) compiler.source(branch, *given.from[i].source);
  }
  for (std::size_t i = 0; i < given.to.size(); ++i) {
    Branch& branch = rule.to.emplace_back(Branch{"to[" + std::to_string(i) + "]", {}});
    if (given.to[i].operation) compiler.operation(branch, *given.to[i].operation);
  }
  for (std::size_t i = 0; i < given.when.size(); ++i) {
    const model::Condition& condition = given.when[i];
    const auto attribute = ConditionBuilder::attribute_of(condition.key);
    if (!attribute) return false;  // admission refuses it; Istio leaves the rule out
    const std::string base = "when[" + std::to_string(i) + "].";
    compiler.add(rule.when, *attribute, base + "values", condition.key, condition.values, false);
    compiler.add(rule.when, *attribute, base + "notValues", condition.key, condition.not_values, true);
  }
  for (Condition& condition : rule.when) write_again(condition, builder.trust_domains, given.from.size());
  return !compiler.voided;
}

const Condition* unmet_of(const std::vector<Condition>& conditions, const Attributes& attributes) {
  for (const Condition& condition : conditions) {
    if (!condition.met(attributes)) return &condition;
  }
  return nullptr;
}

const Condition* unmet_of(const std::vector<Branch>& branches, const Attributes& attributes) {
  const Condition* first = nullptr;
  for (const Branch& branch : branches) {
    const Condition* unmet = unmet_of(branch.conditions, attributes);
    if (unmet == nullptr) return nullptr;
    if (first == nullptr) first = unmet;
  }
  return first;
}

/// Go's strconv.ParseBool says true.
bool is_true(std::string_view text) {
  for (const std::string_view known : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == known) return true;
  }
  return false;
}

}  // namespace

bool Rule::matches(const Attributes& attributes) const { return unmet(attributes) == nullptr; }

const Condition* Rule::unmet(const Attributes& attributes) const {
  static const Condition kNever;
  if (never) return &kNever;
  if (const Condition* condition = unmet_of(from, attributes)) return condition;
  if (const Condition* condition = unmet_of(to, attributes)) return condition;
  return unmet_of(when, attributes);
}

Policy compile(const Resource& resource, const TrustDomains& trust_domains) {
  Policy policy;
  policy.resource = &resource;
  const auto* spec = resource.as<model::AuthorizationPolicy>();
  if (spec == nullptr) return policy;
  policy.action = spec->action;
  if (const auto found = resource.metadata.annotations.find("istio.io/dry-run"); found != resource.metadata.annotations.end())
    policy.dry_run = is_true(found->second);
  if (spec->provider) policy.provider = spec->provider->name;
  std::string base = "ns[" + resource.identity.namespace_ + "]-policy[" + resource.identity.name + "]-rule[";
  if (policy.action == Action::CUSTOM) base = "istio-ext-authz-" + policy.provider + "-" + base;
  const ConditionBuilder builder{trust_domains, resource.identity.namespace_};
  if (spec->rules.empty() && policy.action == Action::ALLOW) {
    for (std::vector<Rule>* rules : {&policy.http, &policy.tcp}) {
      Rule& rule = rules->emplace_back();
      rule.name = base + "0]";
      rule.policy = &resource;
      rule.never = true;
    }
  }
  for (std::size_t i = 0; i < spec->rules.size(); ++i) {
    for (const bool tcp : {false, true}) {
      Rule rule;
      rule.name = base + std::to_string(i) + "]";
      rule.policy = &resource;
      rule.index = i;
      if (compile_rule(spec->rules[i], builder, tcp, policy.action == Action::ALLOW, rule)) {
        (tcp ? policy.tcp : policy.http).push_back(std::move(rule));
      } else if (tcp) {
        policy.void_on_tcp.push_back(i);
      }
    }
  }
  return policy;
}

}  // namespace meshroute::authorization
