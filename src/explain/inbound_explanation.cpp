// SPDX-License-Identifier: Apache-2.0
// The sentences of a server's trace: chains, policies, tokens.
#include "explain/inbound_explanation.hpp"

#include <algorithm>

#include "authorization/peer_authentication.hpp"
#include "authorization/rbac.hpp"
#include "findings/display_name.hpp"

namespace meshroute::explain {

namespace {

using authorization::Action;
using authorization::Attribute;
using authorization::Attributes;
using authorization::Condition;
using authorization::Mode;
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

std::string_view tls_words(const Request& request) {
  return !request.tls ? "plaintext" : request.mutual_tls ? "mutual TLS" : "one-way TLS";
}

}  // namespace

std::string unmet_text(const Condition& condition, const Attributes& attributes) {
  bool plain = true;
  const std::string value = actual(condition, attributes, plain);
  if (!plain) return label_of(condition) + ": " + value + ", and the rule wants one of " + listed(condition.values);
  return label_of(condition) + ": " + value + (condition.negated ? " is among " : " is not among ") + listed(condition.values);
}

void InboundExplanation::asked(const view::Inbound& inbound, const Request& request, std::uint32_t port) {
  inbound_ = &inbound;
  request_ = &request;
  port_ = port;
}

void InboundExplanation::line(const char* stage, Code code, Verdict verdict, std::string text, const Resource* resource,
                              std::string_view path, std::string hint) {
  TraceLine line{.stage = stage, .verdict = verdict, .path = std::string(path), .text = std::move(text)};
  line.code = name_of(code);
  line.hint = std::move(hint);
  if (resource != nullptr) {
    line.resource = findings::display_name(*resource);
    const text::Place place = places_.find(*resource, path);
    line.source = place.source;
    line.line = place.line;
    line.column = place.column;
  }
  answer_.trace.push_back(std::move(line));
}

std::string InboundExplanation::caller() const {
  if (!answer_.peer.empty()) return answer_.peer;
  return request_->tls ? "a caller over TLS without an identity that the server sees" : "a caller without a certificate";
}

void InboundExplanation::mode() {
  const Mode mode = inbound_->modes.of(port_);
  const std::string text = "port " + std::to_string(port_) + " is " + std::string(authorization::text_of(mode));
  const Resource* source = inbound_->modes.source(port_);
  if (source == nullptr) {
    line("mtls", Code::mtls_mode_default, Verdict::noted, text + ": no PeerAuthentication sets a mode");
    return;
  }
  const auto& spec = *source->as<model::PeerAuthentication>();
  const bool by_port = source == inbound_->modes.workload && spec.port_level_mtls && spec.port_level_mtls->contains(port_) &&
                       spec.port_level_mtls->at(port_).mode != Mode::UNSET;
  line("mtls", Code::mtls_mode, Verdict::noted, text + " by " + findings::display_name(*source), source,
       by_port ? "spec.portLevelMtls." + std::to_string(port_) + ".mode" : std::string("spec.mtls.mode"));
}

void InboundExplanation::chain(const view::InboundListener& listener, const view::InboundChain& chain) {
  line("server", Code::server, Verdict::noted, "the proxy is " + inbound_->identity);
  mode();
  std::string text = "filter chain " + chain.name + " takes the " + std::string(tls_words(*request_)) + " connection as " +
                     (chain.http ? "HTTP" : "TCP");
  if (request_->tls && !chain.mutual) text += ", and passes the TLS on unread";
  if (chain.target != nullptr)
    text += "; " + chain.target->service->hostname + " defines port " + std::to_string(chain.target->port->number);
  if (chain.target == nullptr && chain.port == 0)
    text += listener.name == view::kVirtualInbound ? "; no service of this workload has the port" : "";
  line("chain", Code::inbound_chain, Verdict::matched, std::move(text),
       chain.target != nullptr ? chain.target->service->resource : nullptr, chain.target != nullptr ? "spec.ports" : "");
}

void InboundExplanation::no_chain(const view::InboundListener& listener) {
  line("server", Code::server, Verdict::noted, "the proxy is " + inbound_->identity);
  mode();
  const Resource* source = inbound_->modes.source(port_);
  std::string hint;
  if (!request_->tls && inbound_->modes.of(port_) == Mode::STRICT) {
    hint =
        source == nullptr ? "" : "set PERMISSIVE in " + findings::display_name(*source) + ", or have the caller speak mutual TLS";
  } else if (request_->tls && !request_->mutual_tls) {
    hint = "have the caller speak mutual TLS of Istio, or plaintext";
  }
  line("chain", Code::inbound_no_chain, Verdict::skipped,
       "no filter chain of " + listener.name + " for port " + std::to_string(port_) + " takes " +
           std::string(tls_words(*request_)) + ": the connection is closed",
       nullptr, {}, std::move(hint));
}

void InboundExplanation::refused_handshake() {
  if (!request_->mutual_tls) {
    line("mtls", Code::client_certificate_required, Verdict::skipped,
         "the chain wants a certificate, and the caller presents none: the handshake fails");
    return;
  }
  std::string prefixes;
  for (const std::string& prefix : inbound_->peer_prefixes) prefixes += (prefixes.empty() ? "" : ", ") + prefix;
  line("mtls", Code::peer_certificate_refused, Verdict::skipped,
       "the caller's identity " + request_->identity + " starts with none of " + prefixes + ": the handshake fails", nullptr, {},
       "add the caller's trust domain to trustDomainAliases of the mesh config");
}

void InboundExplanation::protocol_error(const view::InboundChain& chain, std::string_view agreed) {
  std::string text = "the port is HTTP, and ";
  if (request_->tls && !chain.mutual) {
    text += "TLS reaches it unread: mode DISABLE looks at no TLS";
  } else if (request_->protocol == "tcp") {
    text += "the bytes are not";
  } else {
    text += "the caller agreed on " + std::string(agreed) + " and speaks " + request_->protocol;
  }
  line("request", Code::inbound_protocol_error, Verdict::skipped, text + ": Envoy answers 400 and closes");
}

void InboundExplanation::bad_request() {
  line("request", Code::bad_request, Verdict::skipped, "Envoy refuses the request before any policy");
}

void InboundExplanation::policies(bool http, const std::vector<authorization::Considered>& considered,
                                  const Attributes& attributes) {
  const authorization::Access& access = *inbound_->access;
  for (const auto* policies : {&access.custom, &access.audit, &access.deny, &access.allow}) {
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
      if (http) continue;
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

void InboundExplanation::verdict(bool http, const authorization::Decision& decision) {
  const std::string refused = http ? " with " + std::to_string(decision.status) : ", and the connection is closed";
  const Filter* filter = decision.filter;
  if (filter == nullptr) {
    line("authorization", Code::allowed, Verdict::matched,
         inbound_->access->allow.empty() ? "no ALLOW policy applies, so the request is let in" : "the request is let in");
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
    line("authorization", Code::allowed, Verdict::matched, "ALLOW rule lets " + caller() + " in", decision.rule->policy,
         rule_path(*decision.rule));
    return;
  }
  if (decision.rule == nullptr) {
    const Resource* policy = nullptr;
    for (const authorization::Policy* each : inbound_->access->allow) {
      if (policy == nullptr && !each->dry_run) policy = each->resource;
    }
    line("authorization", Code::no_allow_rule, Verdict::skipped,
         "no rule of an ALLOW policy matches " + caller() + ": the request is refused" + refused, policy, "spec.rules",
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

void InboundExplanation::decided(const view::InboundChain& chain, const Attributes& attributes,
                                 const authorization::Decision& decision,
                                 const std::vector<authorization::Considered>& considered) {
  policies(chain.http, considered, attributes);
  verdict(chain.http, decision);
}

}  // namespace meshroute::explain
