// SPDX-License-Identifier: Apache-2.0
// The sentences about access policies and tokens.
#include "explain/access_explanation.hpp"

#include <utility>

#include "authorization/rbac.hpp"
#include "findings/display_name.hpp"

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

/// What the connection or request has there, in words; `plain` says whether it is a value.
std::string actual(const Condition& condition, const Attributes& attributes, bool& plain) {
  plain = true;
  const auto missing = [&](std::string text) {
    plain = false;
    return text;
  };
  const auto identity = [&](std::string text) {
    return attributes.identity.empty() ? missing("the caller has no certificate") : text;
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
      if (attributes.claims == nullptr) return missing("the request has no token");
      const std::string issuer = claim_of(attributes, {"iss"}), subject = claim_of(attributes, {"sub"});
      return issuer + "/" + subject;
    }
    case Attribute::claim: {
      if (attributes.claims == nullptr) return missing("the request has no token");
      const std::string claim = claim_of(attributes, condition.names);
      return claim.empty() ? missing("the token has no such claim") : claim;
    }
  }
  return {};
}

std::string rule_path(const authorization::Rule& rule) { return "spec.rules[" + std::to_string(rule.index) + "]"; }

}  // namespace

std::string unmet_text(const Condition& condition, const Attributes& attributes) {
  bool plain = true;
  const std::string value = actual(condition, attributes, plain);
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

void AccessStory::verdict(const authorization::Decision& decision) const {
  const std::string refused = http_ ? " with " + std::to_string(decision.status) : ", and the connection is closed";
  const Filter* filter = decision.filter;
  if (filter == nullptr) {
    line("authorization", Code::allowed, Verdict::matched,
         access_.allow.empty() ? "no ALLOW policy applies, so the request is let in" : "the request is let in");
    return;
  }
  if (filter->kind == Filter::Kind::jwt_authn) {
    const auto* rule = decision.tokens.rule;
    line("tokens", Code::token_refused, Verdict::skipped,
         std::string(authorization::text_of(decision.tokens.problem)) + ": the request is refused" + refused,
         rule == nullptr ? nullptr : rule->policy,
         rule == nullptr ? std::string() : "spec.jwtRules[" + std::to_string(rule->index) + "]");
    return;
  }
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
  if (decision.rule == nullptr) {
    const Resource* policy = nullptr;
    for (const authorization::Policy* each : access_.allow) {
      if (policy == nullptr && !each->dry_run) policy = each->resource;
    }
    line("authorization", Code::no_allow_rule, Verdict::skipped,
         "no rule of an ALLOW policy matches " + caller_ + ": the request is refused" + refused, policy, "spec.rules",
         policy == nullptr ? std::string() : "add a rule to " + findings::display_name(*policy) + " that matches the caller");
    return;
  }
  std::string text = std::string(authorization::text_of(filter->action)) + " rule refuses the request" + refused;
  std::string hint = "narrow the rule of " + findings::display_name(*decision.rule->policy);
  if (!filter->problem.empty()) {
    text += ": " + filter->problem;
    hint = "correct the provider in " + findings::display_name(*decision.rule->policy) + " or in the mesh config";
  }
  line("authorization", Code::rule_refused, Verdict::skipped, std::move(text), decision.rule->policy, rule_path(*decision.rule),
       std::move(hint));
}

}  // namespace meshroute::explain
