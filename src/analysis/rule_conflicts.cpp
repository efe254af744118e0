// SPDX-License-Identifier: Apache-2.0
// DestinationRules that meet: of several for a host, or of a wide one and a narrow one.

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"

namespace meshroute::analysis {

namespace {

using ClientTlsMode = model::ClientTLSSettings::TLSmode;

/// One DestinationRule.
struct Rule {
  const Resource* resource = nullptr;
  const model::DestinationRule* spec = nullptr;
  std::string host;                    ///< expanded
  std::vector<std::string> audiences;  ///< namespaces that see it, or "*"
  bool wide_mutual = false;            ///< it turns mutual TLS on for a whole namespace or mesh, and is meant to be hidden
};

bool states_tls(const model::DestinationRule& rule) {
  if (!rule.traffic_policy) return false;
  const auto& ports = rule.traffic_policy->port_level_settings;
  return rule.traffic_policy->tls ||
         std::any_of(ports.begin(), ports.end(), [](const auto& port) { return port.tls.has_value(); });
}

/// The rules of one host, by who sees them and which subset they define.
class Group {
 public:
  void add(const Rule& rule) {
    for (const std::string& audience : audiences_of(rule)) {
      for (const std::string& subset : subsets_of(rule)) {
        first_.try_emplace({audience, subset}, &rule);
        first_.try_emplace({audience, kAny}, &rule);
      }
    }
  }
  /// One that defines the same for someone, or null. A rule without subsets meets all.
  const Rule* meeting(const Rule& rule) const {
    std::vector<std::string> audiences = contains(rule.audiences, "*") ? std::vector<std::string>{kAny} : rule.audiences;
    audiences.emplace_back("*");
    std::vector<std::string> subsets = subsets_of(rule);
    if (rule.spec->subsets.empty()) subsets = {kAny};
    subsets.emplace_back(kWhole);
    for (const std::string& audience : audiences) {
      for (const std::string& subset : subsets) {
        const auto found = first_.find({audience, subset});
        if (found != first_.end() && found->second->resource != rule.resource && !complete(*found->second, rule))
          return found->second;
      }
    }
    return nullptr;
  }

 private:
  // Neither is a name of a namespace or of a subset.
  static constexpr const char* kAny = " any";
  static constexpr const char* kWhole = " whole";  ///< the host as such: a rule without subsets

  static std::vector<std::string> subsets_of(const Rule& rule) {
    std::vector<std::string> names;
    names.reserve(rule.spec->subsets.size());
    for (const auto& subset : rule.spec->subsets) names.push_back(subset.name);
    if (names.empty()) names.emplace_back(kWhole);
    return names;
  }
  static std::vector<std::string> audiences_of(const Rule& rule) {
    std::vector<std::string> names = rule.audiences;
    names.emplace_back(kAny);
    return names;
  }
  /// E6: one has the policy and the other the subsets, so that nothing is lost where they are joined.
  static bool complete(const Rule& a, const Rule& b) {
    if (a.host != b.host || a.resource->identity.namespace_ != b.resource->identity.namespace_) return false;
    const auto only_policy = [](const Rule& rule) { return rule.spec->subsets.empty() && rule.spec->traffic_policy; };
    const auto only_subsets = [](const Rule& rule) { return !rule.spec->subsets.empty() && !rule.spec->traffic_policy; };
    return (only_policy(a) && only_subsets(b)) || (only_subsets(a) && only_policy(b));
  }

  std::map<std::pair<std::string, std::string>, const Rule*> first_;  ///< by audience and subset
};

/// E10-E12: whether clients that have the narrow rule would look at the wide one without it: in their namespace, in that of the
/// service and in the root namespace.
bool would_count(const Facts& facts, const Rule& wide, const Rule& narrow) {
  const std::string& in = wide.resource->identity.namespace_;
  const std::string& own = narrow.resource->identity.namespace_;
  if (in == own) return true;
  const auto& definitions = facts.definitions(narrow.host);
  const bool of_service =
      narrow.host.ends_with("." + in + ".svc." + facts.snapshot.settings.domain_suffix) ||
      std::any_of(definitions.begin(), definitions.end(), [&](const auto& service) { return service->namespace_ == in; });
  return (of_service || facts.is_root(in)) && (contains(wide.audiences, "*") || contains(wide.audiences, own));
}

std::vector<Rule> rules_of(const Facts& facts) {
  const std::string services = ".svc." + facts.snapshot.settings.domain_suffix;
  std::vector<Rule> rules;
  for (const Resource* resource : facts.snapshot.destination_rules) {
    const auto& spec = *resource->as<model::DestinationRule>();
    if (spec.workload_selector) continue;  // for other clients
    Rule rule{resource, &spec, facts.expand(spec.host, *resource), {}, false};
    for (const std::string& name : export_to(facts.snapshot, spec))
      rule.audiences.push_back(name == "." ? resource->identity.namespace_.string() : name);
    const bool mutual =
        spec.traffic_policy && spec.traffic_policy->tls && spec.traffic_policy->tls->mode == ClientTlsMode::ISTIO_MUTUAL;
    rule.wide_mutual =
        mutual && (match::subset_of("*" + services, rule.host) || rule.host == "*." + resource->identity.namespace_ + services);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

void check_rule_conflicts(const Facts& facts, Findings& findings) {
  const std::vector<Rule> rules = rules_of(facts);
  std::unordered_map<std::string, Group> groups;
  std::unordered_map<std::string, std::vector<const Rule*>> mutual;
  std::vector<const Rule*> left;
  for (const Rule& rule : rules) {
    if (rule.wide_mutual) {
      mutual[rule.host].push_back(&rule);
      continue;
    }
    Group& group = groups[rule.host];
    if (const Rule* other = group.meeting(rule)) {  // E6
      findings.add("AN0303", *rule.resource, "spec.host",
                   findings::display_name(*other->resource) + " is about " + rule.host +
                       " too, and comes first: what both define counts only there",
                   "make them one DestinationRule", {{other->resource, "spec.host", "comes first"}});
    } else {
      left.push_back(&rule);
    }
    group.add(rule);
  }
  for (const Rule* rule : left) {
    for (const std::string& wider : facts.wider_hosts(rule->host)) {
      const auto group = groups.find(wider);
      const Rule* other = group == groups.end() ? nullptr : group->second.meeting(*rule);
      if (other == nullptr) continue;
      findings.add("AN0303", *rule->resource, "spec.host",
                   findings::display_name(*other->resource) + " is about " + wider + ", which covers " + rule->host +
                       ": a client uses one of them as a whole, and nothing of the other",
                   "say in each of them all that is to hold", {{other->resource, "spec.host", "covers the host too"}});
      break;
    }
  }
  for (const Rule& rule : rules) {  // AN0306
    if (rule.wide_mutual || states_tls(*rule.spec)) continue;
    for (const std::string& wider : facts.wider_hosts(rule.host)) {
      const auto found = mutual.find(wider);
      if (found == mutual.end()) continue;
      const auto hidden = std::find_if(found->second.begin(), found->second.end(),
                                       [&](const Rule* other) { return would_count(facts, *other, rule); });
      if (hidden == found->second.end()) continue;
      const Rule& other = **hidden;
      findings.add("AN0306", *rule.resource, rule.spec->traffic_policy ? "spec.trafficPolicy" : "spec.host",
                   findings::display_name(*other.resource) + " makes clients use mutual TLS with " + wider +
                       ", but this rule hides it and says nothing of TLS",
                   "state tls.mode here too", {{other.resource, "spec.trafficPolicy.tls", "what is hidden"}});
      break;
    }
  }
}

}  // namespace meshroute::analysis
