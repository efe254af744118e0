// SPDX-License-Identifier: Apache-2.0
// Which DestinationRule a proxy uses for a host.

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "match/host_index.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "schema/memory.hpp"
#include "scope/lookup.hpp"
#include "scope/scope.hpp"

namespace meshroute::scope {

namespace {

using Names = std::set<std::string>;
using List = std::vector<DestinationRulePtr>;

Names effective_export_to(const model::DestinationRule& rule) {  // E1
  if (rule.workload_selector) return {"."};
  return {rule.export_to.begin(), rule.export_to.end()};
}

/// The consolidated rules of one host (E6). A rule meets only those present that it may be merged with.
class Consolidated {
 public:
  void add(const Resource& resource, const std::string& host);
  const List& list() const { return list_; }
  /// E11.
  const std::shared_ptr<const List>& exported_to(const std::string& namespace_);
  const std::shared_ptr<const List>& all();
  void count(text::Heap& heap) const;

 private:
  struct Present {
    std::shared_ptr<DestinationRuleEntry> entry;
    Names export_to;
    std::unordered_set<std::string> subsets;  ///< their names, once another rule was merged
  };
  static bool superset(const Names& of, const Names& part) {
    return !part.empty() && std::includes(of.begin(), of.end(), part.begin(), part.end());
  }
  bool merge(const Resource& resource, const Names& export_to, Present& present);

  std::vector<Present> present_;
  List list_;
  std::map<Labels, std::vector<std::size_t>> selecting_;      ///< places in present_, by the selector's labels
  std::map<std::string, std::vector<std::size_t>> by_first_;  ///< of the others, by the first name of exportTo; "": it is empty
  std::map<std::string, std::shared_ptr<const List>> exported_;  ///< by namespace
  std::shared_ptr<const List> all_;
};

/// Whether `present` does not ask for a rule of its own (E6).
bool Consolidated::merge(const Resource& resource, const Names& export_to, Present& present) {
  const auto& rule = *resource.as<model::DestinationRule>();
  bool separate = export_to != present.export_to;
  if (separate && !superset(export_to, present.export_to)) return true;
  auto& spec = present.entry->spec;
  const bool selects = rule.workload_selector.has_value(), present_selects = spec.workload_selector.has_value();
  if (selects && present_selects) {
    if (rule.workload_selector->match_labels != spec.workload_selector->match_labels) return true;
    separate = false;
  } else if (!selects && !present_selects) {
    separate = false;
  }
  if (present.subsets.empty()) {
    for (const auto& subset : spec.subsets) present.subsets.insert(subset.name);
  }
  for (const auto& subset : rule.subsets) {
    if (present.subsets.insert(subset.name).second) spec.subsets.push_back(subset);
  }
  if (!spec.traffic_policy) spec.traffic_policy = rule.traffic_policy;
  present.entry->contributors.push_back(&resource);
  return separate;
}

void Consolidated::add(const Resource& resource, const std::string& host) {
  const auto& rule = *resource.as<model::DestinationRule>();
  const Names export_to = effective_export_to(rule);
  // The last one present decides whether there is a new one; any other may take in what the rule says.
  const std::size_t count = present_.size();
  bool separate = true;
  const auto meet = [&](std::size_t place) {
    const bool own = merge(resource, export_to, present_[place]);
    if (place + 1 == count) separate = own;
  };
  const auto meet_all = [&](const std::vector<std::size_t>& places) { std::for_each(places.begin(), places.end(), meet); };
  if (!rule.workload_selector) {
    if (export_to.contains(".")) {  // else it differs from what selectors export
      for (const auto& [labels, places] : selecting_) meet_all(places);
    }
  } else if (const auto same = selecting_.find(rule.workload_selector->match_labels); same != selecting_.end()) {
    meet_all(same->second);
  }
  if (export_to.empty()) {
    if (const auto found = by_first_.find(""); found != by_first_.end()) meet_all(found->second);
  }
  for (const std::string& name : export_to) {
    if (const auto found = by_first_.find(name); found != by_first_.end()) meet_all(found->second);
  }
  if (!separate) return;
  Present& made = present_.emplace_back();
  made.entry = std::make_shared<DestinationRuleEntry>();
  made.entry->spec = rule;
  made.entry->spec.host = host;
  made.entry->spec.export_to.assign(export_to.begin(), export_to.end());
  made.entry->resource = &resource;
  made.entry->contributors.push_back(&resource);
  made.export_to = export_to;
  list_.push_back(made.entry);
  if (rule.workload_selector)
    selecting_[rule.workload_selector->match_labels].push_back(count);
  else
    by_first_[export_to.empty() ? std::string() : *export_to.begin()].push_back(count);
}

const std::shared_ptr<const List>& Consolidated::exported_to(const std::string& namespace_) {
  auto& known = exported_[namespace_];
  if (known != nullptr) return known;
  List kept;
  for (const Present& one : present_) {
    if (one.export_to.empty() || one.export_to.contains("*") || one.export_to.contains(namespace_)) kept.push_back(one.entry);
  }
  return known = std::make_shared<const List>(std::move(kept));
}

const std::shared_ptr<const List>& Consolidated::all() {
  if (all_ == nullptr) all_ = std::make_shared<const List>(list_);
  return all_;
}

void Consolidated::count(text::Heap& heap) const {
  heap.list(present_);
  for (const Present& one : present_) {
    heap.table(one.subsets);
    heap.tree(one.export_to);
    if (!heap.shared(one.entry)) continue;
    schema::count(heap, one.entry->spec);
    heap.list(one.entry->contributors);
  }
  heap.list(list_);
  heap.tree(selecting_);
  heap.tree(by_first_);
  heap.tree(exported_);
  for (const auto& [namespace_, list] : exported_) {
    if (heap.shared(list)) heap.list(*list);
  }
  if (heap.shared(all_)) heap.list(*all_);
}

/// The rules of one namespace by host.
struct Index {
  std::unordered_map<std::string, Consolidated> hosts;
  match::Suffixes<Consolidated*> wildcards;  ///< of these, the longest is the most specific

  Consolidated* most_specific(const std::string& host) {  // A10
    if (const auto found = hosts.find(host); found != hosts.end()) return &found->second;
    Consolidated* const* best = wildcards.longest(match::tail_of(host));
    return best != nullptr ? *best : nullptr;
  }
};

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
    const auto [found, added] = index.hosts.try_emplace(host);
    if (added && match::is_wildcard(host)) index.wildcards[match::tail_of(found->first)] = &found->second;
    found->second.add(*resource, host);
  }
  return index;
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

  Index& get(const std::string& namespace_, Which which) {
    const IndexKey key{namespace_, which};
    if (const auto known = made.find(key); known != made.end()) return known->second;
    const auto rules = by_namespace.find(namespace_);
    return made.emplace(key, rules != by_namespace.end() ? make_index(settings, rules->second, key) : Index()).first->second;
  }
};

DestinationRules::DestinationRules(const registry::Snapshot& snapshot)
    : indexes_(std::make_unique<Indexes>(Indexes{snapshot.settings, {}, {}})) {
  for (const Resource* resource : snapshot.destination_rules)
    indexes_->by_namespace[resource->identity.namespace_].push_back(resource);
}

DestinationRules::~DestinationRules() = default;

void DestinationRules::count(text::Heap& heap) const {
  heap.block(sizeof *indexes_);
  heap.tree(indexes_->by_namespace);
  for (const auto& [namespace_, rules] : indexes_->by_namespace) heap.list(rules);
  heap.tree(indexes_->made);
  for (const auto& [key, index] : indexes_->made) {
    heap.table(index.hosts);
    for (const auto& [host, rules] : index.hosts) {
      heap.text(host);
      rules.count(heap);
    }
  }
}

std::shared_ptr<const List> DestinationRules::rules_for(const std::string& proxy_namespace, const std::string& service_namespace,
                                                        const std::string& hostname) {
  const std::string& root = indexes_->settings.root_namespace;
  Index& local = indexes_->get(proxy_namespace, proxy_namespace == root ? Which::root_private : Which::local);
  if (Consolidated* rules = local.most_specific(hostname)) return rules->all();  // E10
  if (!service_namespace.empty()) {
    Consolidated* rules = indexes_->get(service_namespace, Which::exported).most_specific(hostname);
    if (rules != nullptr && !rules->exported_to(proxy_namespace)->empty()) return rules->exported_to(proxy_namespace);  // E11
  }
  Consolidated* rules = indexes_->get(root, Which::exported).most_specific(hostname);  // E12
  static const auto none = std::make_shared<const List>();
  return rules != nullptr ? rules->exported_to(proxy_namespace) : none;
}

namespace {

DestinationRulePtr applies(const List& rules, const Proxy& proxy) {  // E15
  DestinationRulePtr last;
  for (const DestinationRulePtr& rule : rules) {
    if (!rule->spec.workload_selector) {
      last = rule;
    } else if (rule->resource->identity.namespace_ == proxy.namespace_ &&
               match::labels_subset(rule->spec.workload_selector->match_labels, proxy.labels)) {
      return rule;
    }
  }
  return last;
}

}  // namespace

namespace {

/// Of one Base: the consolidated rules are the same for all proxies that see them.
struct Shared : registry::Base::Shared {
  explicit Shared(const registry::Snapshot& snapshot) : rules(snapshot) {}
  void count(text::Heap& heap) const override {
    heap.blocks(1, sizeof *this + text::Heap::kControl);
    const std::lock_guard lock(mutex);
    rules.count(heap);
  }
  mutable std::mutex mutex;
  mutable DestinationRules rules;  ///< guarded by mutex
};

const Shared& shared(const registry::Snapshot& snapshot) {
  const registry::Base& base = *snapshot.base;
  const std::lock_guard lock(base.shared_mutex);
  if (base.destination_rule_indexes == nullptr) base.destination_rule_indexes = std::make_shared<const Shared>(snapshot);
  return dynamic_cast<const Shared&>(*base.destination_rule_indexes);
}

}  // namespace

void select_destination_rules(const registry::Snapshot& snapshot, const Proxy& proxy, Scope& scope) {
  if (snapshot.destination_rules.empty()) return;
  const Shared& all = shared(snapshot);
  const std::lock_guard lock(all.mutex);
  DestinationRules& index = all.rules;
  std::unordered_map<const List*, DestinationRulePtr> known;  // many services may have the rules of one wildcard
  for (const ServicePtr& service : scope.services) {
    const auto rules = index.rules_for(proxy.namespace_, service->namespace_, service->hostname);
    if (rules->empty()) continue;
    const auto [found, added] = known.try_emplace(rules.get());
    if (added) found->second = applies(*rules, proxy);
    if (found->second != nullptr) scope.destination_rules.emplace(service->hostname, found->second);
  }
}

const DestinationRuleEntry* destination_rule(const ProxyScope& seen, const std::string& hostname) {
  const auto found = seen.scope.destination_rules.find(hostname);
  return found != seen.scope.destination_rules.end() ? found->second.get() : nullptr;
}

model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, const model::Subset* subset) {
  if (rule == nullptr) return {};
  model::TrafficPolicy policy;
  if (rule->spec.traffic_policy) policy = reduced(*rule->spec.traffic_policy, port);
  if (subset == nullptr || !subset->traffic_policy) return policy;
  const model::TrafficPolicy& given = *subset->traffic_policy;  // E17
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

model::TrafficPolicy traffic_policy(const DestinationRuleEntry* rule, std::uint32_t port, std::string_view subset) {
  const model::Subset* found = nullptr;
  if (rule != nullptr && !subset.empty()) {
    for (const auto& one : rule->spec.subsets) {
      if (found == nullptr && one.name == subset) found = &one;
    }
  }
  return traffic_policy(rule, port, found);
}

}  // namespace meshroute::scope
