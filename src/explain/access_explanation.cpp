// SPDX-License-Identifier: Apache-2.0
// The sentences about access policies and tokens.
#include "explain/access_explanation.hpp"

#include <algorithm>
#include <utility>

#include "authorization/rbac.hpp"
#include "findings/display_name.hpp"
#include "text/case.hpp"
#include "text/near.hpp"

namespace meshroute::explain {

namespace {

using authorization::Action;
using authorization::Attribute;
using authorization::Attributes;
using authorization::Condition;
using Filter = authorization::Filter;

constexpr std::size_t kMostShown = 6;  // values of a list

std::string listed(const std::vector<authorization::Value>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size() && i < kMostShown; ++i) text += (i == 0 ? "" : ", ") + values[i].given;
  if (values.size() > kMostShown) text += ", and " + std::to_string(values.size() - kMostShown) + " more";
  return text + "]";
}

/// "from[0].source.namespaces" without its places.
std::string label_of(const Condition& condition) {
  if (!condition.key.empty()) return condition.key;
  std::string label;
  bool inside = false;
  for (const char c : condition.field) {
    inside = inside || c == '[';
    if (!inside) label += c;
    if (c == ']') inside = false;
  }
  return label;
}

std::string without_scheme(std::string_view identity) {
  constexpr std::string_view kScheme = "spiffe://";
  return std::string(identity.starts_with(kScheme) ? identity.substr(kScheme.size()) : identity);
}

/// The text between `after` and the next slash.
std::string part_of(std::string_view identity, std::string_view after) {
  const std::size_t at = identity.find(after);
  if (at == std::string_view::npos) return std::string(identity);
  const std::string_view rest = identity.substr(at + after.size());
  return std::string(rest.substr(0, rest.find('/')));
}

std::string claim_of(const Attributes& attributes, const std::vector<std::string>& path) {
  const text::Json* value = attributes.claims;
  for (const std::string& name : path) {
    if (value == nullptr || !value->is_object() || !value->contains(name)) return {};
    value = &(*value)[name];
  }
  if (value == nullptr) return {};
  return value->is_string() ? value->text() : value->dump();
}

std::string no_token(bool reads_tokens) {
  return reads_tokens ? "the request has no token" : "no RequestAuthentication applies to this workload, so no token is read";
}

/// What the connection or request has there, in words; `plain` says whether it is a value.
std::string actual(const Condition& condition, const Attributes& attributes, bool reads_tokens, bool& plain) {
  plain = true;
  const auto missing = [&](std::string text) {
    plain = false;
    return text;
  };
  const auto identity = [&](std::string text) {
    return attributes.identity.empty() ? missing("the caller has no certificate") : std::move(text);
  };
  switch (condition.attribute) {
    case Attribute::host:
      return std::string(attributes.request->host);
    case Attribute::method:
      return std::string(attributes.request->headers.first(":method"));
    case Attribute::path:
      return std::string(attributes.request->path);
    case Attribute::destination_port:
      return std::to_string(attributes.port);
    case Attribute::destination_ip:
      return attributes.destination == nullptr ? missing("the destination has no IP address")
                                               : attributes.destination->to_string();
    case Attribute::server_name:
      return attributes.server_name.empty() ? missing("the connection has no server name") : std::string(attributes.server_name);
    case Attribute::filter_metadata:
      return missing("no filter sets it");
    case Attribute::principal:
      return identity(without_scheme(attributes.identity));
    case Attribute::namespace_:
      return identity(part_of(attributes.identity, "/ns/"));
    case Attribute::service_account:
      return identity(part_of(attributes.identity, "/ns/") + "/" + part_of(attributes.identity, "/sa/"));
    case Attribute::trust_domain:
      return identity(part_of(attributes.identity, "spiffe://"));
    case Attribute::remote_ip:
      return attributes.remote == nullptr ? missing("the caller has no IP address") : attributes.remote->to_string();
    case Attribute::source_ip:
      return attributes.source == nullptr ? missing("the caller has no IP address") : attributes.source->to_string();
    case Attribute::header: {
      const routes::Lines* lines = attributes.request->headers.find(condition.folded_name);
      return lines == nullptr || lines->empty() ? missing("the request has no such header") : std::string(lines->front());
    }
    case Attribute::request_principal: {
      if (attributes.claims == nullptr) return missing(no_token(reads_tokens));
      const std::string issuer = claim_of(attributes, {"iss"}), subject = claim_of(attributes, {"sub"});
      return issuer + "/" + subject;
    }
    case Attribute::claim: {
      if (attributes.claims == nullptr) return missing(no_token(reads_tokens));
      const std::string claim = claim_of(attributes, condition.names);
      return claim.empty() ? missing("the token has no such claim") : claim;
    }
  }
  return {};
}

/// Whether the condition asks for a token, and none was read.
bool lacks_token(const Condition& condition, const Attributes& attributes) {
  return attributes.claims == nullptr &&
         (condition.attribute == Attribute::request_principal || condition.attribute == Attribute::claim);
}

/// "to.operation.notPaths: /dashboard is not among [/admin]" of a condition that is met.
std::string met_text(const Condition& condition, const Attributes& attributes, bool reads_tokens) {
  bool plain = true;
  const std::string value = actual(condition, attributes, reads_tokens, plain);
  if (!plain) return label_of(condition) + ": " + value;
  return label_of(condition) + ": " + value + (condition.negated ? " is not among " : " is among ") + listed(condition.values);
}

/// How many parts of its rule were met before the condition failed.
int steps_met(const Condition& unmet) { return unmet.field.starts_with("from") ? 0 : unmet.field.starts_with("to") ? 1 : 2; }

/// The first condition of a policy's rule that only HTTP has, or null.
const Condition* condition_of_http(const authorization::Policy& policy, std::size_t index) {
  const auto of_http = [](const Condition& each) { return authorization::http_only(each.attribute); };
  for (const authorization::Rule& rule : policy.http) {
    if (rule.index != index) continue;
    for (const auto* branches : {&rule.from, &rule.to}) {
      for (const authorization::Branch& branch : *branches) {
        const auto found = std::find_if(branch.conditions.begin(), branch.conditions.end(), of_http);
        if (found != branch.conditions.end()) return &*found;
      }
    }
    const auto found = std::find_if(rule.when.begin(), rule.when.end(), of_http);
    return found != rule.when.end() ? &*found : nullptr;
  }
  return nullptr;
}

/// Whether one text was probably meant by the other: their last parts are near, or one continues the other.
bool near(std::string_view one, std::string_view other) {
  const std::size_t cut = one.rfind('/') + 1, at = other.rfind('/') + 1;
  if (one.substr(0, cut) != other.substr(0, at)) return false;
  const std::string_view last = one.substr(cut), meant = other.substr(at);
  if (last.empty() || meant.empty()) return false;
  return !text::nearest(last, {meant}).empty() || meant.starts_with(std::string(last) + "-") ||
         last.starts_with(std::string(meant) + "-");
}

/// "to.operation.paths" of "to.operation.notPaths"; empty without a "not".
std::string without_not(const std::string& label) {
  const std::size_t at = label.rfind(".not");
  if (at == std::string::npos || at + 4 >= label.size()) return {};
  return label.substr(0, at + 1) + text::lower(label.substr(at + 4, 1)) + label.substr(at + 5);
}

std::string rule_path(const authorization::Rule& rule) { return "spec.rules[" + std::to_string(rule.index) + "]"; }

}  // namespace

std::string AccessStory::unmet_text(const Condition& condition, const Attributes& attributes) const {
  bool plain = true;
  const std::string value = actual(condition, attributes, !access_.token_rules.empty(), plain);
  if (!plain) return label_of(condition) + ": " + value + ", and the rule wants one of " + listed(condition.values);
  return label_of(condition) + ": " + value + (condition.negated ? " is among " : " is not among ") + listed(condition.values);
}

void AccessStory::line(const char* stage, Code code, Verdict verdict, std::string text, const Resource* resource,
                       std::string_view path, std::string hint) const {
  line_({stage, code, verdict, std::move(text), resource, std::string(path), std::move(hint)});
}

void AccessStory::policies(const std::vector<authorization::Considered>& considered, const Attributes& attributes) const {
  for (const auto* policies : {&access_.custom, &access_.audit, &access_.deny, &access_.allow}) {
    for (const authorization::Policy* policy : *policies) {
      const std::string action(authorization::text_of(policy->action));
      const std::string& root = view_.snapshot->settings.root_namespace;
      std::string text =
          findings::display_name(*policy->resource) + " applies: " + action + (policy->dry_run ? ", a dry run" : "");
      const std::string& namespace_ = policy->resource->identity.namespace_;
      if (namespace_ == root && namespace_ != view_.proxy.namespace_)
        text += "; it is in the root namespace, which is every namespace's";
      if (policy->resource->as<model::AuthorizationPolicy>()->rules.empty() && policy->action == Action::ALLOW)
        text += "; it has no rules, so it matches nothing";
      line("authorization", Code::policy_applies, Verdict::noted, std::move(text), policy->resource, "spec");
      if (http_) continue;
      for (const std::size_t rule : policy->void_on_tcp) {
        line("authorization", Code::rule_void_on_tcp, Verdict::skipped,
             "a TCP port does not have this rule: it asks for fields that only HTTP has", policy->resource,
             "spec.rules[" + std::to_string(rule) + "]");
      }
      for (const authorization::Rule& rule : policy->tcp) {
        for (const std::string& field : rule.lost) {
          line("authorization", Code::field_dropped_on_tcp, Verdict::noted,
               "a TCP port does not have this field, so the rule matches without it", policy->resource,
               rule_path(rule) + "." + field, "name the HTTP ports in the rule");
        }
      }
    }
  }
  for (const authorization::Considered& each : considered) {
    const std::string action(authorization::text_of(each.filter->action));
    if (each.rule->never) continue;  // its policy has told that it has no rules
    if (each.unmet == nullptr) {
      line("authorization", Code::rule_matched, Verdict::matched,
           action + " rule matches" + (each.shadow ? ", to be reported" : ""), each.rule->policy, rule_path(*each.rule));
      continue;
    }
    line("authorization", Code::rule_unmet, Verdict::skipped, unmet_text(*each.unmet, attributes), each.rule->policy,
         rule_path(*each.rule) + "." + each.unmet->field);
  }
}

void AccessStory::verdict(const authorization::Decision& decision, const std::vector<authorization::Considered>& considered,
                          const Attributes& attributes) const {
  const std::string refused = http_ ? " with " + std::to_string(decision.status) : ", and the connection is closed";
  const Filter* filter = decision.filter;
  if (filter == nullptr) {
    line("authorization", Code::allowed, Verdict::matched,
         access_.allow.empty() ? "no ALLOW policy applies, so the request is let in" : "the request is let in");
    return;
  }
  if (filter->kind == Filter::Kind::jwt_authn) return token_refused(decision.tokens, refused);
  if (filter->kind == Filter::Kind::ext_authz) {
    line("authorization", Code::provider_refused, Verdict::skipped,
         "the provider " + filter->provider->name + " refuses the request" + refused,
         decision.asked_for == nullptr ? nullptr : decision.asked_for->policy, "spec.provider");
    return;
  }
  if (decision.allowed) {
    line("authorization", Code::allowed, Verdict::matched, "ALLOW rule lets " + caller_ + " in", decision.rule->policy,
         rule_path(*decision.rule));
    return;
  }
  if (decision.rule == nullptr) return no_rule_allows(considered, attributes, refused);
  rule_refused(decision, attributes, refused);
}

void AccessStory::token_refused(const authorization::TokenVerdict& tokens, const std::string& refused) const {
  std::string text = std::string(authorization::text_of(tokens.problem)) + ": the request is refused" + refused;
  if (tokens.rule == nullptr) return line("tokens", Code::token_refused, Verdict::skipped, std::move(text));
  std::string path = "spec.jwtRules[" + std::to_string(tokens.rule->index) + "]", hint;
  if (tokens.problem == authorization::TokenProblem::unknown_issuer) {
    const std::string given = "\"" + tokens.issuer + "\"", name = findings::display_name(*tokens.rule->policy);
    text += ". The token's issuer is " + (tokens.issuer.empty() ? "missing" : given) + ", and " + name + " has \"" +
            tokens.rule->spec->issuer + "\"";
    path += ".issuer";
    if (!tokens.issuer.empty())
      hint = "set " + path + " of " + name + " to " + given + ", or add a rule for this issuer, if its tokens may come in";
  }
  line("tokens", Code::token_refused, Verdict::skipped, std::move(text), tokens.rule->policy, path, std::move(hint));
}

void AccessStory::no_rule_allows(const std::vector<authorization::Considered>& considered, const Attributes& attributes,
                                 const std::string& refused) const {
  std::string text = "no rule of an ALLOW policy matches " + caller_ + ": the request is refused" + refused;
  const authorization::Considered* closest = nullptr;
  for (const authorization::Considered& each : considered) {
    if (each.filter->action != Action::ALLOW || each.shadow || each.unmet == nullptr || each.rule->never) continue;
    if (closest == nullptr || steps_met(*each.unmet) > steps_met(*closest->unmet)) closest = &each;
  }
  if (closest != nullptr) {
    const Resource& policy = *closest->rule->policy;
    if (lacks_token(*closest->unmet, attributes) && access_.token_rules.empty())
      text = "the rules want a token (" + label_of(*closest->unmet) +
             "), and no RequestAuthentication applies to this workload, so no token is read: the request is refused" + refused;
    else
      text += ". " + unmet_text(*closest->unmet, attributes);
    return line("authorization", Code::no_allow_rule, Verdict::skipped, std::move(text), &policy,
                rule_path(*closest->rule) + "." + closest->unmet->field, remedy(*closest->unmet, attributes, policy));
  }
  const authorization::Policy* first = nullptr;
  for (const authorization::Policy* each : access_.allow) {
    if (each->dry_run) continue;
    if (first == nullptr) first = each;
    if (http_ || each->void_on_tcp.empty()) continue;
    const std::size_t rule = each->void_on_tcp.front();
    const Condition* of_http = condition_of_http(*each, rule);
    if (of_http == nullptr) continue;
    const std::string field = label_of(*of_http);
    return line("authorization", Code::no_allow_rule, Verdict::skipped,
                text + ". The rule has " + field + ", which only HTTP has: on a TCP port the rule is dropped, and allows nothing",
                each->resource, "spec.rules[" + std::to_string(rule) + "]." + of_http->field,
                "remove " + field + " from " + findings::display_name(*each->resource) +
                    ": on a TCP port name identities, addresses and ports only");
  }
  if (first == nullptr) return line("authorization", Code::no_allow_rule, Verdict::skipped, std::move(text));
  line("authorization", Code::no_allow_rule, Verdict::skipped, std::move(text), first->resource, "spec.rules",
       "add a rule to " + findings::display_name(*first->resource) + " that matches the caller");
}

std::string AccessStory::remedy(const Condition& unmet, const Attributes& attributes, const Resource& policy) const {
  const std::string name = findings::display_name(policy);
  if (lacks_token(unmet, attributes)) {
    return access_.token_rules.empty() ? "add a RequestAuthentication with the token's issuer that selects this workload"
                                       : "send a token of an issuer that a RequestAuthentication of this workload has";
  }
  const bool of_identity = unmet.attribute == Attribute::principal || unmet.attribute == Attribute::namespace_ ||
                           unmet.attribute == Attribute::service_account || unmet.attribute == Attribute::trust_domain;
  if (of_identity && attributes.identity.empty()) return "have the caller speak mutual TLS: it has no certificate";
  bool plain = true;
  const std::string value = actual(unmet, attributes, true, plain), label = label_of(unmet);
  if (!plain) return "send what the rule of " + name + " asks for, or add a rule for such requests";
  if (unmet.negated) return "take " + value + " out of " + label + " of " + name + ", if it may come in";
  for (const authorization::Value& each : unmet.values) {
    if (near(value, each.given)) return "replace " + each.given + " by " + value + " in " + label + " of " + name;
  }
  return "add " + value + " to " + label + " of " + name + ", if it may come in";
}

void AccessStory::rule_refused(const authorization::Decision& decision, const Attributes& attributes,
                               const std::string& refused) const {
  const authorization::Rule& rule = *decision.rule;
  const std::string name = findings::display_name(*rule.policy);
  std::string text = std::string(authorization::text_of(decision.filter->action)) + " rule refuses the request" + refused;
  if (!decision.filter->problem.empty()) {
    return line("authorization", Code::rule_refused, Verdict::skipped, text + ": " + decision.filter->problem, rule.policy,
                rule_path(rule), "correct the provider in " + name + " or in the mesh config");
  }
  std::vector<const Condition*> met;
  for (const auto* branches : {&rule.from, &rule.to}) {
    for (const authorization::Branch& branch : *branches) {
      if (!std::all_of(branch.conditions.begin(), branch.conditions.end(),
                       [&](const auto& each) { return each.met(attributes); }))
        continue;
      for (const Condition& each : branch.conditions) met.push_back(&each);
      break;
    }
  }
  for (const Condition& each : rule.when) met.push_back(&each);
  // What is not in a list surprises: it comes first, that of the request before that of the caller.
  const auto rank = [](const Condition* each) { return each->negated ? -steps_met(*each) : 1; };
  std::stable_sort(met.begin(), met.end(), [&](const Condition* a, const Condition* b) { return rank(a) < rank(b); });
  if (met.empty()) text += ". The rule has no conditions: it matches every request";
  std::string hint = "narrow the rule of " + name;
  const bool negated = !met.empty() && met.front()->negated;
  if (negated) text += ". It refuses what is not listed";
  constexpr std::size_t kMostTold = 2;
  for (std::size_t i = 0; i < met.size() && i < kMostTold; ++i)
    text += (i > 0 ? "; " : negated ? ": " : ". ") + met_text(*met[i], attributes, !access_.token_rules.empty());
  if (negated) {
    const std::string label = label_of(*met.front());
    if (const std::string turned = without_not(label); !turned.empty())
      hint = "write " + turned + " in place of " + label + " in " + name + ", to refuse only what is listed";
  }
  line("authorization", Code::rule_refused, Verdict::skipped, std::move(text), rule.policy, rule_path(rule), std::move(hint));
}

}  // namespace meshroute::explain
