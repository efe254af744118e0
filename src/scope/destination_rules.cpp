// SPDX-License-Identifier: Apache-2.0
// Which DestinationRule a proxy uses for a host.

#include <algorithm>
#include <map>
#include <set>

#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "scope/lookup.hpp"
#include "scope/scope.hpp"

namespace meshroute::scope {

namespace {

using Names = std::set<std::string>;
using Consolidated = std::vector<std::shared_ptr<DestinationRuleEntry>>;
using Index = std::map<std::string, Consolidated>;

Names effective_export_to(const model::DestinationRule& rule) {  // E1
  if (rule.workload_selector) return {"."};
  return {rule.export_to.begin(), rule.export_to.end()};
}

// E6.
void add(Consolidated& list, const Resource& resource, const std::string& host) {
  const auto& rule = *resource.as<model::DestinationRule>();
  const Names export_to = effective_export_to(rule);
  bool separate = true;
  for (auto& present : list) {
    const Names present_to(present->spec.export_to.begin(), present->spec.export_to.end());
    if (export_to == present_to) {
      separate = false;
    } else {
      separate = true;
      const bool superset =
          !present_to.empty() && std::includes(export_to.begin(), export_to.end(), present_to.begin(), present_to.end());
      if (!superset) continue;
    }
    const bool selects = rule.workload_selector.has_value(), present_selects = present->spec.workload_selector.has_value();
    if (selects && present_selects) {
      if (rule.workload_selector->match_labels != present->spec.workload_selector->match_labels) {
        separate = true;
        continue;
      }
      separate = false;
    } else if (!selects && !present_selects) {
      separate = false;
    }
    for (const auto& subset : rule.subsets) {
      const auto& subsets = present->spec.subsets;
      if (std::none_of(subsets.begin(), subsets.end(), [&](const auto& one) { return one.name == subset.name; })) {
        present->spec.subsets.push_back(subset);
      }
    }
    if (!present->spec.traffic_policy) present->spec.traffic_policy = rule.traffic_policy;
    present->contributors.push_back(&resource);
  }
  if (!separate) return;
  auto entry = std::make_shared<DestinationRuleEntry>();
  entry->spec = rule;
  entry->spec.host = host;
  entry->spec.export_to.assign(export_to.begin(), export_to.end());
  entry->resource = &resource;
  entry->contributors.push_back(&resource);
  list.push_back(std::move(entry));
}

enum class Which { local, exported, root_private };

struct IndexKey {
  std::string namespace_;
  Which which;
  auto operator<=>(const IndexKey&) const = default;
};

/// `rules`: those of the namespace.
Index make_index(const registry::Settings& settings, const std::vector<const Resource*>& rules, const IndexKey& key) {
  Index index;
  const auto& defaults = settings.destination_rule_export_to;
  for (const Resource* resource : rules) {
    const auto& rule = *resource->as<model::DestinationRule>();
    const Names to = effective_export_to(rule);
    const bool private_only = (to.empty() && std::find(defaults.begin(), defaults.end(), ".") != defaults.end()) ||
                              (to.size() == 1 && (*to.begin() == "." || *to.begin() == key.namespace_));  // E3
    bool in = false;
    switch (key.which) {
      case Which::local:
        in = to.empty() || to.contains("*") || to.contains(".") || to.contains(key.namespace_);
        break;  // E2
      case Which::exported:
        in = !private_only;
        break;
      case Which::root_private:
        in = private_only;
        break;
    }
    if (!in) continue;
    const std::string host = expand_host(rule.host, key.namespace_, settings.domain_suffix);
    add(index[host], *resource, host);
  }
  return index;
}

const Consolidated* most_specific(const Index& index, const std::string& host) {  // A10
  if (const auto found = index.find(host); found != index.end()) return &found->second;
  std::string_view needle = host;
  if (match::is_wildcard(host)) needle.remove_prefix(1);
  const std::string* best = nullptr;
  const Consolidated* list = nullptr;
  for (const auto& [pattern, rules] : index) {
    if (!match::is_wildcard(pattern) || !needle.ends_with(std::string_view(pattern).substr(1))) continue;
    if (best == nullptr || match::more_specific(pattern, *best)) {
      best = &pattern;
      list = &rules;
    }
  }
  return list;
}

std::vector<DestinationRulePtr> exported_to(const Consolidated* list, const std::string& namespace_) {  // E11
  std::vector<DestinationRulePtr> kept;
  if (list == nullptr) return kept;
  for (const auto& rule : *list) {
    const auto& to = rule->spec.export_to;
    if (to.empty() || std::find(to.begin(), to.end(), "*") != to.end() ||
        std::find(to.begin(), to.end(), namespace_) != to.end()) {
      kept.push_back(rule);
    }
  }
  return kept;
}

model::TrafficPolicy reduced(const model::TrafficPolicy& policy, std::uint32_t port) {  // E16
  for (const auto& entry : policy.port_level_settings) {
    if (!entry.port || entry.port->number != port) continue;
    model::TrafficPolicy result;
    result.load_balancer = entry.load_balancer;
    result.connection_pool = entry.connection_pool;
    result.outlier_detection = entry.outlier_detection;
    result.tls = entry.tls;
    return result;
  }
  model::TrafficPolicy result = policy;
  result.port_level_settings.clear();
  return result;
}

}  // namespace

struct DestinationRules::Indexes {
  const registry::Settings& settings;
  std::map<std::string, std::vector<const Resource*>> by_namespace;  ///< in order 0.7
  std::map<IndexKey, Index> made;

  const Index& get(const std::string& namespace_, Which which) {
    const auto [found, added] = made.try_emplace({namespace_, which});
    if (!added) return found->second;
    if (const auto rules = by_namespace.find(namespace_); rules != by_namespace.end())
      found->second = make_index(settings, rules->second, found->first);
    return found->second;
  }
};

DestinationRules::DestinationRules(const registry::Snapshot& snapshot)
    : indexes_(std::make_unique<Indexes>(Indexes{snapshot.settings, {}, {}})) {
  for (const Resource* resource : snapshot.destination_rules)
    indexes_->by_namespace[resource->identity.namespace_].push_back(resource);
}

DestinationRules::~DestinationRules() = default;

std::vector<DestinationRulePtr> DestinationRules::rules_for(const std::string& proxy_namespace,
                                                            const std::string& service_namespace, const std::string& hostname) {
  const std::string& root = indexes_->settings.root_namespace;
  const Index& local = indexes_->get(proxy_namespace, proxy_namespace == root ? Which::root_private : Which::local);
  if (const Consolidated* list = most_specific(local, hostname)) return {list->begin(), list->end()};  // E10
  if (!service_namespace.empty()) {
    auto rules = exported_to(most_specific(indexes_->get(service_namespace, Which::exported), hostname), proxy_namespace);
    if (!rules.empty()) return rules;
  }
  return exported_to(most_specific(indexes_->get(root, Which::exported), hostname), proxy_namespace);  // E12
}

void select_destination_rules(const registry::Snapshot& snapshot, const Proxy& proxy, Scope& scope) {
  if (snapshot.destination_rules.empty()) return;
  DestinationRules index(snapshot);
  for (const ServicePtr& service : scope.services) {
    auto rules = index.rules_for(proxy.namespace_, service->namespace_, service->hostname);
    if (!rules.empty()) scope.destination_rules[service->hostname] = std::move(rules);
  }
}

const DestinationRuleEntry* destination_rule(const ProxyScope& seen, const std::string& hostname) {  // E15
  const auto& [proxy, scope, settings] = seen;
  const auto found = scope.destination_rules.find(hostname);
  if (found == scope.destination_rules.end()) return nullptr;
  const DestinationRuleEntry* last = nullptr;
  for (const DestinationRulePtr& rule : found->second) {
    if (!rule->spec.workload_selector) {
      last = rule.get();
    } else if (rule->resource->identity.namespace_ == proxy.namespace_ &&
               match::labels_subset(rule->spec.workload_selector->match_labels, proxy.labels)) {
      return rule.get();
    }
  }
  return last;
}

model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, std::string_view subset) {
  if (rule == nullptr) return {};
  model::TrafficPolicy policy;
  if (rule->spec.traffic_policy) policy = reduced(*rule->spec.traffic_policy, port);
  if (subset.empty()) return policy;
  for (const auto& one : rule->spec.subsets) {
    if (one.name != subset) continue;
    if (!one.traffic_policy) return policy;
    const model::TrafficPolicy& given = *one.traffic_policy;  // E17
    if (given.connection_pool) policy.connection_pool = given.connection_pool;
    if (given.outlier_detection) policy.outlier_detection = given.outlier_detection;
    if (given.load_balancer) policy.load_balancer = given.load_balancer;
    if (given.tls) policy.tls = given.tls;
    if (given.tunnel) policy.tunnel = given.tunnel;
    if (given.proxy_protocol) policy.proxy_protocol = given.proxy_protocol;
    if (given.retry_budget) policy.retry_budget = given.retry_budget;
    for (const auto& entry : given.port_level_settings) {
      if (!entry.port || entry.port->number != port) continue;
      policy.connection_pool = entry.connection_pool;
      policy.outlier_detection = entry.outlier_detection;
      policy.load_balancer = entry.load_balancer;
      policy.tls = entry.tls;
      break;
    }
    return policy;
  }
  return policy;
}

}  // namespace meshroute::scope
