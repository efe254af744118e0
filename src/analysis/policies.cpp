// SPDX-License-Identifier: Apache-2.0
// Policies of workloads: whom they select, and whether what they ask for can be.

#include "authorization/policies.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "analysis/checks.hpp"
#include "authorization/peer_authentication.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/labels.hpp"
#include "registry/builder.hpp"
#include "text/case.hpp"

namespace meshroute::analysis {

namespace {

using model::AuthorizationPolicy;
using model::PeerAuthentication;
using model::RequestAuthentication;
using Mode = authorization::Mode;
using ClientTlsMode = model::ClientTLSSettings::TLSmode;
using text::element;

const Labels& labels_of(const std::optional<model::type::WorkloadSelector>& selector) {
  static const Labels none;
  return selector ? selector->match_labels : none;
}

/// The labels that a policy of a workload selects by; null where the resource is no such policy, or names its targets.
const Labels* selector_of(const Resource& resource) {
  if (const auto* policy = resource.as<AuthorizationPolicy>())
    return policy->target_ref || !policy->target_refs.empty() ? nullptr : &labels_of(policy->selector);
  if (const auto* policy = resource.as<RequestAuthentication>())
    return policy->target_ref || !policy->target_refs.empty() ? nullptr : &labels_of(policy->selector);
  const auto* policy = resource.as<PeerAuthentication>();
  return policy == nullptr ? nullptr : &labels_of(policy->selector);
}

/// AN0601, AN0609.
void check_selection(const Facts& facts, const Resource& resource, const Labels& selector, Findings& findings,
                     Unjudged& unjudged) {
  // MT3: a PeerAuthentication with a selector reaches only its own namespace.
  const std::string in =
      resource.as<PeerAuthentication>() != nullptr ? resource.identity.namespace_.string() : facts.reach(resource);
  const bool access = resource.as<AuthorizationPolicy>() != nullptr;
  if (selector.empty()) {
    if (!access || in.empty() || !facts.of_a_cluster) return;
    const auto& inside = facts.workloads.in(in);
    if (std::any_of(inside.begin(), inside.end(), [&](std::size_t index) { return facts.workloads[index].in_mesh; })) return;
    findings.add("AN0601", resource, "metadata.namespace",
                 "namespace " + in + " has no workload of the mesh: nothing enforces this policy",
                 "move it to the namespace that it is for");
    return;
  }
  if (!facts.knows_workloads(resource.identity.namespace_, selector)) {
    unjudged.add(Unjudged::Need::workloads, findings::display_name(resource), resource, "spec.selector.matchLabels");
    return;
  }
  const auto selected = facts.workloads.selected(in, selector);
  if (selected.empty()) {
    tell_nothing_selected(facts, findings,
                          {"AN0601", resource, "spec.selector.matchLabels", selector, "nothing has this policy"});
    return;
  }
  if (access && std::none_of(selected.begin(), selected.end(), [](const Workload* each) { return each->in_mesh; })) {
    findings.add("AN0601", resource, "spec.selector.matchLabels",
                 "the Pods that it selects have no sidecar (" + findings::display_name(*selected.front()->resource) +
                     " for one): nothing enforces this policy",
                 "let the Pods be injected",
                 {{selected.front()->resource, path_of_labels(*selected.front()), "a Pod without a sidecar"}});
    return;
  }
  if (resource.as<PeerAuthentication>() != nullptr) return;
  tell_gateway_selected(resource, selected, findings);
}

/// AN0602: "xx*" and "*xx" are patterns.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern == "*") return true;
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  if (pattern.starts_with('*')) return text.ends_with(pattern.substr(1));
  return pattern == text;
}

const std::unordered_set<std::string>& http_methods() {
  static const std::unordered_set<std::string> methods{"GET",    "HEAD",    "POST",    "PUT",  "PATCH",
                                                       "DELETE", "CONNECT", "OPTIONS", "TRACE"};
  return methods;
}

/// What one AuthorizationPolicy asks for.
class Content {
 public:
  /// What makes mutual TLS come and go anywhere in the mesh.
  struct Anywhere {
    bool disable = false;  ///< a PeerAuthentication turns it off
    bool mutual = false;   ///< a DestinationRule for a single host turns it on
  };
  Content(const Facts& facts, const Resource& resource, Anywhere anywhere, Findings& findings, Unjudged& unjudged)
      : facts_(facts),
        resource_(resource),
        policy_(*resource.as<AuthorizationPolicy>()),
        some_disable_(anywhere.disable),
        some_mutual_(anywhere.mutual),
        findings_(findings),
        unjudged_(unjudged) {}

  void run() {
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      const model::Rule& rule = policy_.rules[i];
      const std::string at = element("spec.rules", i);
      for (std::size_t k = 0; k < rule.from.size(); ++k) {
        if (rule.from[k].source) check_source(*rule.from[k].source, at + element(".from", k) + ".source");
      }
      for (std::size_t k = 0; k < rule.to.size(); ++k) {
        if (rule.to[k].operation) check_operation(*rule.to[k].operation, at + element(".to", k) + ".operation");
      }
      for (std::size_t k = 0; k < rule.when.size(); ++k) check_condition(rule.when[k], at + element(".when", k));
    }
  }

 private:
  void check_source(const model::Source& source, const std::string& at) {
    check_namespaces(source.namespaces, at + ".namespaces", "the rule matches nobody by it");
    check_namespaces(source.not_namespaces, at + ".notNamespaces", "it excepts nobody");
    check_principals(source.principals, at + ".principals");
    check_accounts(source.service_accounts, at + ".serviceAccounts");
    const std::array<std::pair<const std::vector<std::string>*, const char*>, 6> identities{
        {{&source.principals, ".principals"},
         {&source.not_principals, ".notPrincipals"},
         {&source.namespaces, ".namespaces"},
         {&source.not_namespaces, ".notNamespaces"},
         {&source.service_accounts, ".serviceAccounts"},
         {&source.not_service_accounts, ".notServiceAccounts"}}};
    for (const auto& [values, field] : identities) {
      if (!values->empty()) needs_mutual_tls(at + field);
    }
    if (!source.request_principals.empty()) needs_tokens(at + ".requestPrincipals");
  }

  void check_namespaces(const std::vector<std::string>& names, const std::string& at, const char* effect) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      if (facts_.has_namespace(name)) continue;
      const std::string path = element(at.c_str(), i);
      if (!facts_.namespaces_given) {
        unjudged_.add(Unjudged::Need::namespaces, name, resource_, path);
        continue;
      }
      findings_.add("AN0602", resource_, path, "there is no namespace " + name + ": " + effect, {});
    }
  }

  /// Whether it can be said which service accounts a namespace uses.
  bool knows_accounts(const std::string& in) const {
    if (!facts_.workloads.in(in).empty()) return true;
    const bool missing = facts_.namespaces_given && !facts_.has_namespace(in);
    return (facts_.pods_given || missing) && !facts_.is_root(in) && in != "istio-system";
  }

  void check_principals(const std::vector<std::string>& principals, const std::string& at) {
    const registry::Settings& settings = facts_.snapshot.settings;
    for (std::size_t i = 0; i < principals.size(); ++i) {
      const std::string& principal = principals[i];
      const std::string path = element(at.c_str(), i);
      if (principal == "*") continue;
      if (principal.find('*') != std::string::npos) {
        check_pattern(principal, path);
        continue;
      }
      const auto in = principal.find("/ns/"), account = principal.find("/sa/");
      if (in == std::string::npos || account == std::string::npos || account < in + 4) continue;
      const std::string domain = principal.substr(0, in);
      if (domain != settings.trust_domain && domain != "cluster.local" && !contains(settings.trust_domain_aliases, domain)) {
        findings_.add("AN0607", resource_, path,
                      "the trust domain " + domain + " is not the mesh's (" + settings.trust_domain +
                          ") and no alias of it: no client of this mesh has such a principal",
                      "write " + settings.trust_domain + principal.substr(in) + ", or add the domain to trustDomainAliases");
        continue;
      }
      check_account(principal.substr(in + 4, account - in - 4), principal.substr(account + 4), path);
    }
  }

  /// "*/sa/NAME": one that no known workload has.
  void check_pattern(const std::string& pattern, const std::string& path) {
    const auto account = pattern.find("/sa/");
    if (!pattern.starts_with('*') || account == std::string::npos || pattern.ends_with('*')) return;
    if (!facts_.pods_given) return;
    const std::string name = pattern.substr(account + 4);
    if (name.starts_with("istio") || facts_.workloads.namespace_of_account(name) != nullptr) return;
    findings_.add("AN0606", resource_, path, "no workload has the service account " + name + ": it matches nobody", {});
  }

  void check_accounts(const std::vector<std::string>& accounts, const std::string& at) {
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      const auto slash = accounts[i].find('/');
      const bool own = slash == std::string::npos;
      check_account(own ? resource_.identity.namespace_.string() : accounts[i].substr(0, slash),
                    own ? accounts[i] : accounts[i].substr(slash + 1), element(at.c_str(), i));
    }
  }

  void check_account(const std::string& in, const std::string& account, const std::string& path) {
    if (facts_.workloads.has_account(in, account)) return;
    if (!knows_accounts(in)) {
      unjudged_.add(Unjudged::Need::workloads, "service account " + in + "/" + account, resource_, path);
      return;
    }
    const std::string* elsewhere = facts_.workloads.namespace_of_account(account);
    const std::string near = facts_.workloads.near_account(in, account);
    findings_.add("AN0606", resource_, path,
                  "no workload of namespace " + in + " has the service account " + account + ": it matches nobody",
                  !near.empty()          ? "did you mean " + near + "?"
                  : elsewhere == nullptr ? std::string()
                                         : "workloads of namespace " + *elsewhere + " have it");
  }

  void check_operation(const model::Operation& operation, const std::string& at) {
    for (std::size_t i = 0; i < operation.methods.size(); ++i) {
      const std::string& method = operation.methods[i];
      if (std::any_of(http_methods().begin(), http_methods().end(), [&](const std::string& each) { return fits(method, each); }))
        continue;
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      const bool by_case = http_methods().contains(upper);
      findings_.add("AN0603", resource_, element((at + ".methods").c_str(), i),
                    method + " is no method of HTTP" +
                        (by_case ? ": methods are compared with their letter case" : ": requests hardly have it"),
                    by_case ? "write " + upper : std::string());
    }
    for (std::size_t i = 0; i < operation.hosts.size(); ++i) check_host(operation.hosts[i], element((at + ".hosts").c_str(), i));
  }

  /// AN0604: a short name, which is a service's or nobody's.
  void check_host(const std::string& text, const std::string& path) {
    const std::string host = text.substr(0, text.find(':'));
    if (host.empty() || host.find('*') != std::string::npos) return;
    const auto dot = host.find('.');
    std::string in = resource_.identity.namespace_;
    if (dot != std::string::npos) {
      in = host.substr(dot + 1);
      if (in.find('.') != std::string::npos || !facts_.namespaces.contains(in)) return;  // a Host header may be anything
    }
    const std::string full = host.substr(0, dot) + "." + in + ".svc." + facts_.snapshot.settings.domain_suffix;
    if (facts_.known(full) == Known::yes || facts_.known(host) == Known::yes) return;
    if (facts_.virtual_service_hosts.contains(full) || facts_.virtual_service_hosts.contains(host)) return;
    if (facts_.known(full) == Known::unknown && !facts_.of_a_cluster) {
      unjudged_.add_host(full, resource_, path);
      return;
    }
    findings_.add("AN0604", resource_, path, "no Service and no ServiceEntry has the host " + host + ": no request is for it",
                  meant(full, facts_.alike(full), host.size() < full.size()));
  }

  void check_condition(const model::Condition& condition, const std::string& at) {
    if (condition.key == "source.namespace" || condition.key == "source.principal" || condition.key == "source.serviceAccount" ||
        condition.key == "connection.sni") {
      needs_mutual_tls(at);
    }
    if (condition.key == "source.namespace") {
      check_namespaces(condition.values, at + ".values", "the rule matches nobody by it");
      check_namespaces(condition.not_values, at + ".notValues", "it excepts nobody");
    }
    if (condition.key == "source.principal") check_principals(condition.values, at + ".values");
    if (condition.key.starts_with("request.auth.") && !condition.values.empty()) needs_tokens(at);
  }

  /// AN0605.
  void needs_mutual_tls(const std::string& path) {
    const auto& why = without_mutual_tls();
    if (why.text.empty()) return;
    findings_.add("AN0605", resource_, path,
                  "clients have no identity here, as " + why.text + ": " +
                      (path.find(".not") != std::string::npos ? "what it excepts, everybody is" : "it matches nobody"),
                  "let the servers take mutual TLS, or ask for something else than the client's identity", why.leanings);
  }

  struct Without {
    std::string text;
    std::vector<Leaning> leanings;
  };

  /// Why no server of the policy takes mutual TLS; empty where one does, or may.
  const Without& without_mutual_tls() {
    if (without_) return *without_;
    without_.emplace();
    const registry::Snapshot& snapshot = facts_.snapshot;
    if (!some_disable_) return no_client_side();
    const Labels& selector = labels_of(policy_.selector);
    const std::string& in = resource_.identity.namespace_;
    std::vector<std::pair<std::string, Labels>> servers;
    for (const Workload* each : facts_.workloads.selected(facts_.reach(resource_), selector)) {
      servers.emplace_back(each->resource->identity.namespace_, each->labels);
      if (servers.size() == 16) break;  // enough to find one that differs
    }
    if (servers.empty()) servers.emplace_back(in, selector);
    const Resource* source = nullptr;
    for (const auto& [namespace_, labels] : servers) {
      const auto modes = authorization::peer_modes(*snapshot.base, {namespace_, &labels});
      const bool off = modes.mode == Mode::DISABLE && std::all_of(modes.ports.begin(), modes.ports.end(),
                                                                  [](const auto& port) { return port.second == Mode::DISABLE; });
      if (!off) return no_client_side();
      source = modes.source(0);
    }
    without_->text = "the servers take no mutual TLS";
    if (source != nullptr) {
      without_->text += " (" + findings::display_name(*source) + ")";
      without_->leanings.push_back({source, "spec.mtls.mode", "it turns mutual TLS off"});
    }
    return *without_;
  }

  /// A DestinationRule for all services may turn it off; without automatic mutual TLS, one has to ask for it.
  const Without& no_client_side() {
    const registry::Snapshot& snapshot = facts_.snapshot;
    const std::string services = ".svc." + snapshot.settings.domain_suffix;
    const std::string own = "*." + resource_.identity.namespace_ + services;
    const Resource* mesh = nullptr;
    const Resource* ours = nullptr;
    bool asked = false;
    for (const std::string& host : wide_hosts(own)) {
      for (const Resource* each : facts_.rules_of(host)) {
        const auto& policy = each->as<model::DestinationRule>()->traffic_policy;
        if (!policy || !policy->tls) continue;
        const Resource*& found = host == own ? ours : mesh;
        if (found == nullptr) found = each;
        asked = asked || policy->tls->mode == ClientTlsMode::ISTIO_MUTUAL || policy->tls->mode == ClientTlsMode::MUTUAL;
      }
    }
    const Resource* rule = ours != nullptr ? ours : mesh;
    if (rule != nullptr && rule->as<model::DestinationRule>()->traffic_policy->tls->mode == ClientTlsMode::DISABLE) {
      without_->text = findings::display_name(*rule) + " makes clients send plain text";
      without_->leanings.push_back({rule, "spec.trafficPolicy.tls.mode", "it turns mutual TLS off"});
    } else if (!snapshot.settings.enable_auto_mtls && !asked && !some_mutual_) {
      without_->text = "automatic mutual TLS is off, and no DestinationRule makes clients use it";
    }
    return *without_;
  }

  /// The hosts that stand for all services of a namespace: of its own, and of the mesh.
  static std::vector<std::string> wide_hosts(const std::string& own) {
    std::vector<std::string> hosts{own};
    for (auto dot = own.find('.', 2); dot != std::string::npos; dot = own.find('.', dot + 1))
      hosts.push_back("*" + own.substr(dot));
    hosts.emplace_back("*");
    return hosts;
  }

  /// AN0608.
  void needs_tokens(const std::string& path) {
    const registry::Base& base = *facts_.snapshot.base;
    if (base.request_authentications.empty()) {
      tell_no_tokens(path);
      return;
    }
    const Labels& selector = labels_of(policy_.selector);
    const auto selected = facts_.workloads.selected(facts_.reach(resource_), selector);
    const auto checked = [&](const std::string& in, const Labels& labels) {
      return std::any_of(base.request_authentications.begin(), base.request_authentications.end(), [&](const Resource* each) {
        const auto& own = each->identity.namespace_;
        return (own == in || facts_.is_root(own)) && authorization::selects(*each, {in, &labels});
      });
    };
    const bool some = selected.empty()
                          ? facts_.is_root(resource_.identity.namespace_) || checked(resource_.identity.namespace_, selector)
                          : std::any_of(selected.begin(), selected.end(), [&](const Workload* each) {
                              return checked(each->resource->identity.namespace_, each->labels);
                            });
    const bool named = policy_.target_ref || !policy_.target_refs.empty();
    if (!some && !named) tell_no_tokens(path);
  }

  void tell_no_tokens(const std::string& path) {
    findings_.add("AN0608", resource_, path,
                  "no RequestAuthentication applies to the workloads of this policy, so that no token is read: it matches nobody",
                  "add a RequestAuthentication for these workloads");
  }

  const Facts& facts_;
  const Resource& resource_;
  const AuthorizationPolicy& policy_;
  bool some_disable_, some_mutual_;
  Findings& findings_;
  Unjudged& unjudged_;
  std::optional<Without> without_;
};

/// AN0610, AN0611: of several PeerAuthentications of one level the oldest counts.
void check_peer_authentications(const Facts& facts, Findings& findings) {
  std::vector<const Resource*> policies = facts.snapshot.peer_authentications;
  std::sort(policies.begin(), policies.end(),
            [](const Resource* a, const Resource* b) { return registry::created_before(*a, *b); });
  std::unordered_map<std::string, const Resource*> defaults;
  std::unordered_map<const Resource*, const Resource*> owners;
  for (const Resource* resource : policies) {
    const Labels& selector = labels_of(resource->as<PeerAuthentication>()->selector);
    const std::string& in = resource->identity.namespace_;
    if (selector.empty()) {
      const auto [first, added] = defaults.emplace(in, resource);
      if (added) continue;
      findings.add(
          "AN0610", *resource, "spec",
          findings::display_name(*first->second) + " is for the whole namespace too, and comes first: this one has no effect",
          "keep one of them", {{first->second, "spec", "it counts"}});
      continue;
    }
    for (const Workload* workload : facts.workloads.selected(in, selector)) {
      const auto [first, added] = owners.emplace(workload->resource, resource);
      if (added) continue;
      findings.add("AN0611", *resource, "spec.selector",
                   findings::display_name(*first->second) + " selects " + findings::display_name(*workload->resource) +
                       " too, and comes first: this one has no effect there",
                   "let each workload be selected by one of them", {{first->second, "spec.selector", "it counts"}});
      break;
    }
  }
}

}  // namespace

void tell_gateway_selected(const Resource& policy, const std::vector<const Workload*>& selected, Findings& findings) {
  for (const Workload* each : selected) {
    if (!each->labels.contains("gateway.networking.k8s.io/gateway-name")) continue;
    findings.add(
        "AN0609", policy, "spec.selector.matchLabels",
        findings::display_name(*each->resource) + " is a proxy of the Gateway API: policies do not reach it by its labels",
        "name the Gateway in targetRefs", {{each->resource, "metadata.labels", "the gateway's proxy"}});
    return;
  }
}

void tell_nothing_selected(const Facts& facts, Findings& findings, const Selection& selection) {
  const std::string& in = selection.resource.identity.namespace_;
  const bool anywhere = facts.is_root(in) && (selection.resource.as<AuthorizationPolicy>() != nullptr ||
                                              selection.resource.as<RequestAuthentication>() != nullptr);
  std::string hint;
  std::vector<Leaning> related;
  if (const Workload* near = facts.workloads.nearly(in, selection.labels)) {
    hint = findings::display_name(*near->resource) + " is nearly selected: " + one_differs(selection.labels, near->labels);
    related.push_back({near->resource, path_of_labels(*near), "nearly selected"});
  }
  if (const Workload* far = facts.workloads.elsewhere(in, selection.labels); far != nullptr && !anywhere) {
    hint += (hint.empty() ? "" : "; ") + findings::display_name(*far->resource) +
            " has these labels, but a selector never reaches into another namespace";
    related.push_back({far->resource, "metadata.namespace", "has the labels, in another namespace"});
  }
  findings.add(selection.rule, selection.resource, selection.path,
               "no workload of " + (anywhere ? std::string("any namespace") : "namespace " + in) + " has the labels " +
                   labels_text(selection.labels) + ": " + selection.effect,
               std::move(hint), related);
}

void check_policies(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  const auto& peers = facts.snapshot.peer_authentications;
  const auto& rules = facts.snapshot.destination_rules;
  Content::Anywhere anywhere;
  anywhere.mutual = std::any_of(rules.begin(), rules.end(), [](const Resource* each) {
    const auto& rule = *each->as<model::DestinationRule>();
    return !rule.host.starts_with('*') && rule.traffic_policy && rule.traffic_policy->tls &&
           rule.traffic_policy->tls->mode == ClientTlsMode::ISTIO_MUTUAL;
  });
  anywhere.disable = std::any_of(peers.begin(), peers.end(), [](const Resource* each) {
    const auto& policy = *each->as<PeerAuthentication>();
    return policy.mtls && policy.mtls->mode == Mode::DISABLE;
  });
  for (const auto& resource : facts.snapshot.resources) {
    if (const Labels* selector = selector_of(*resource)) check_selection(facts, *resource, *selector, findings, unjudged);
    if (resource->as<AuthorizationPolicy>() != nullptr) Content(facts, *resource, anywhere, findings, unjudged).run();
  }
  check_peer_authentications(facts, findings);
}

}  // namespace meshroute::analysis
