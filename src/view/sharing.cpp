// SPDX-License-Identifier: Apache-2.0
// What survives a change of the mesh, and what proxies share.
//
// A view has four parts. `Seen` (scope, plans of clusters) and `Tables` (listeners, routes) follow from the rules and services;
// views whose proxies are of one kind, which no rule can tell apart, have them together. `Latest` has endpoints: views share it
// where the proxies also are at one place. All else is a view's own.
//
// After a change, the same proxy's next view takes what did not change: all where only endpoints changed; where only
// VirtualServices did, the plans of clusters, and the virtual hosts and listeners that they leave as they were.
#include "view/sharing.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"
#include "view/proxy_classes.hpp"

namespace meshroute::view {

namespace {

constexpr const char* kRegion = "topology.kubernetes.io/region";
constexpr const char* kZone = "topology.kubernetes.io/zone";
constexpr const char* kSubzone = "topology.istio.io/subzone";
/// Labels that say where a proxy is.
constexpr std::array<const char*, 8> kTopologyKeys{kRegion,
                                                   kZone,
                                                   kSubzone,
                                                   "topology.istio.io/locality",
                                                   "istio-locality",
                                                   "topology.istio.io/cluster",
                                                   "topology.istio.io/network",
                                                   "kubernetes.io/hostname"};

// 0.4: the proxy's locality, from its labels where they say one.
std::string proxy_locality(const Proxy& proxy) {
  using registry::label_or_empty;
  const auto& labels = proxy.labels;
  if (labels.contains(kRegion) || labels.contains(kZone) || labels.contains(kSubzone)) {
    return label_or_empty(labels, kRegion) + "/" + label_or_empty(labels, kZone) + "/" + label_or_empty(labels, kSubzone);
  }
  for (const char* key : {"topology.istio.io/locality", "istio-locality"}) {
    if (std::string value = label_or_empty(labels, key); !value.empty()) return value;
  }
  return proxy.locality;
}

}  // namespace

Proxy with_topology(Proxy proxy) {  // 0.3
  proxy.locality = proxy_locality(proxy);
  proxy.labels = registry::augment(std::move(proxy.labels), proxy.locality, proxy.cluster, proxy.node_name, proxy.network);
  return proxy;
}

bool same_proxy(const Proxy& a, const Proxy& b) {
  return a.id == b.id && a.namespace_ == b.namespace_ && a.labels == b.labels && a.ip == b.ip && a.locality == b.locality &&
         a.network == b.network && a.cluster == b.cluster && a.node_name == b.node_name && a.dns_capture == b.dns_capture &&
         a.dns_auto_allocate == b.dns_auto_allocate && a.type == b.type && a.service_account == b.service_account &&
         a.unprivileged == b.unprivileged && a.no_sidecar == b.no_sidecar;
}

namespace {

/// Whether nothing differs but VirtualServices.
bool same_but_virtual_services(const registry::Base& a, const registry::Base& b) {
  return a.settings == b.settings && a.table == b.table && a.destination_rules == b.destination_rules &&
         a.sidecars == b.sidecars && a.peer_authentications == b.peer_authentications;
}

using Keys = std::set<std::string, std::less<>>;

void add_keys(const Labels& labels, Keys& keys) {
  for (const auto& [key, value] : labels) keys.insert(key);
}

void add_keys(const std::vector<std::string>& priorities, Keys& keys) {  // E29: "key" or "key=value"
  for (const std::string& each : priorities) keys.insert(each.substr(0, each.find('=')));
}

template <class Policy>
void add_balancer_keys(const Policy& policy, Keys& keys) {
  if (!policy.load_balancer) return;
  if (const auto& locality = policy.load_balancer->locality_lb_setting) add_keys(locality->failover_priority, keys);
  if (const auto& zone = policy.load_balancer->zone_aware_lb_setting) add_keys(zone->failover_priority, keys);
}

void add_keys(const std::optional<model::TrafficPolicy>& policy, Keys& keys) {
  if (!policy) return;
  add_balancer_keys(*policy, keys);
  for (const auto& port : policy->port_level_settings) add_balancer_keys(port, keys);
}

template <class Rules>
void add_source_keys(const Rules& rules, Keys& keys) {
  for (const auto& rule : rules) {
    for (const auto& match : rule.match) add_keys(match.source_labels, keys);
  }
}

/// The labels of a proxy that some rule looks at.
struct LabelKeys {
  Keys scope;      ///< the Sidecar, DestinationRules and matches of VirtualServices
  Keys endpoints;  ///< the order of endpoints

  explicit LabelKeys(const registry::Base& base) {
    for (const Resource* resource : base.sidecars) {
      if (const auto& selector = resource->as<model::Sidecar>()->workload_selector) add_keys(selector->labels, scope);
    }
    for (const Resource* resource : base.virtual_services) {
      const auto& spec = *resource->as<model::VirtualService>();
      add_source_keys(spec.http, scope);
      add_source_keys(spec.tls, scope);
      add_source_keys(spec.tcp, scope);
    }
    for (const Resource* resource : base.destination_rules) {
      const auto& spec = *resource->as<model::DestinationRule>();
      if (spec.workload_selector) add_keys(spec.workload_selector->match_labels, scope);
      add_keys(spec.traffic_policy, endpoints);
      for (const auto& subset : spec.subsets) add_keys(subset.traffic_policy, endpoints);
    }
    if (const auto& mesh = base.settings->locality_lb_setting) add_keys(mesh->failover_priority, endpoints);
    const auto& services = base.table->services;
    if (std::any_of(services.begin(), services.end(),
                    [](const ServicePtr& service) { return service->distribution != registry::Service::Distribution::any; })) {
      for (const bool node : {false, true}) add_keys(nearest_first(node).failover_priority, endpoints);
    }
  }
};

void append(std::string& text, std::string_view part) { text.append(part).push_back('\0'); }

void append(std::string& text, const Labels& labels, const Keys& keys) {
  for (const std::string& key : keys) {
    const auto found = labels.find(key);
    append(text, found != labels.end() ? "=" + found->second : std::string());
  }
}

/// All that the scope, listeners and routes of a proxy depend on.
std::string kind_of(const registry::Snapshot& snapshot, const Proxy& proxy, const LabelKeys& keys) {
  std::string kind;
  append(kind, proxy.namespace_);
  append(kind, proxy.cluster);
  append(kind, match::is_ipv6(proxy.ip) ? "6" : "4");
  append(kind, proxy.dns_capture ? proxy.dns_auto_allocate ? "capture, allocate" : "capture" : "");
  append(kind, proxy.labels, keys.scope);
  if (proxy.type == Proxy::Type::sidecar) return kind;
  for (const auto& [key, value] : proxy.labels) {  // Gateways select by any
    append(kind, key);
    append(kind, value);
  }
  append(kind, proxy.unprivileged ? "router, unprivileged" : "router");
  for (const auto& port : scope::port_translations(snapshot, proxy)) {  // GW12: WorkloadEntries decide, which are in no Base
    append(kind, std::to_string(reinterpret_cast<std::uintptr_t>(port.resource)));
    append(kind, std::to_string(port.number) + ":" + std::to_string(port.target));
  }
  return kind;
}

/// What the endpoints depend on besides.
std::string place_of(const Proxy& proxy, const LabelKeys& keys) {
  std::string place;
  for (const auto* part : {&proxy.locality, &proxy.network, &proxy.node_name}) append(place, *part);
  append(place, proxy.labels.empty() ? "no labels" : "");
  append(place, proxy.labels, keys.endpoints);
  return place;
}

/// Those of one Base, by kind, as long as some view has them.
struct Kinds : registry::Base::Shared {
  explicit Kinds(const registry::Base& base) : keys(base) {}
  void count(text::Heap& heap) const override {
    heap.blocks(1, sizeof *this + text::Heap::kControl);
    const std::lock_guard lock(mutex);
    heap.tree(kinds);
    for (const auto& [text, kind] : kinds) heap.text(text);
  }
  struct Kind {
    std::weak_ptr<Seen> seen;
    std::weak_ptr<Tables> tables;
  };
  const LabelKeys keys;
  mutable std::mutex mutex;
  mutable std::map<std::string, Kind> kinds;  ///< guarded by mutex
};

const Kinds& kinds_of(const registry::Base& base) {
  const std::lock_guard lock(base.shared_mutex);
  if (base.kinds == nullptr) base.kinds = std::make_shared<const Kinds>(base);
  return dynamic_cast<const Kinds&>(*base.kinds);
}

/// Of one snapshot: the newest kinds, which stay although no view may have them, and the tables that its endpoints decide.
struct Recent : registry::Base::Shared {
  static constexpr std::size_t kMost = 8;
  mutable std::mutex mutex;
  mutable std::deque<std::pair<std::shared_ptr<Seen>, std::shared_ptr<Tables>>> newest;  ///< guarded by mutex
  mutable std::map<std::pair<const Seen*, std::string>, std::pair<std::weak_ptr<Seen>, std::weak_ptr<Tables>>>
      tables;  ///< likewise

  void keep(const std::shared_ptr<Seen>& seen, const std::shared_ptr<Tables>& of) const {
    const std::lock_guard lock(mutex);
    for (const auto& [there, its] : newest) {
      if (its == of) return;
    }
    if (newest.size() == kMost) newest.pop_front();
    newest.emplace_back(seen, of);
  }
  void count(text::Heap& heap) const override {
    heap.blocks(1, sizeof *this + text::Heap::kControl);
    const std::lock_guard lock(mutex);
    heap.tree(tables);
    for (const auto& [seen, its] : newest) {
      if (heap.shared(seen)) seen->count(heap);
      if (heap.shared(its)) its->count(heap);
    }
  }
};

const Recent& recent_of(const registry::Snapshot& snapshot) {
  const std::lock_guard lock(snapshot.base->shared_mutex);
  if (snapshot.recent_views == nullptr) snapshot.recent_views = std::make_shared<const Recent>();
  return dynamic_cast<const Recent&>(*snapshot.recent_views);
}

/// `earlier`: what the same proxy saw before, and its snapshot; may be null.
std::shared_ptr<Seen> see(const registry::Snapshot& snapshot, const Proxy& proxy, const std::shared_ptr<Seen>& earlier,
                          const registry::Snapshot* earlier_snapshot) {
  auto seen = std::make_shared<Seen>();
  seen->base = snapshot.base;
  seen->proxy = proxy;
  if (earlier != nullptr && same_but_virtual_services(*earlier->base, *seen->base)) {
    if (auto scope = scope::follow_scope(earlier->scope, *earlier_snapshot, snapshot, seen->proxy, seen->replaced)) {
      seen->scope = std::move(*scope);
      seen->listeners_need_pools = earlier->listeners_need_pools;
      seen->services = earlier->services;
      seen->followed = earlier;
      return seen;
    }
  }
  seen->scope = scope::make_scope(snapshot, seen->proxy);
  seen->services = std::make_shared<SeenServices>();
  const auto look = [&](const std::vector<ServicePtr>& services) {
    for (const ServicePtr& service : services) {
      if (service->resolution != registry::ServiceResolution::passthrough) continue;
      for (const auto& port : service->ports) seen->listeners_need_pools |= !registry::is_http(port.protocol);
    }
  };
  look(seen->scope.services);
  for (const auto& listener : seen->scope.listeners) look(listener.services);
  return seen;
}

/// Whether two proxies' virtual hosts can differ only in their VirtualServices.
bool same_services(const Seen& a, const Seen& b) {
  const auto& one = a.scope;
  const auto& other = b.scope;
  return same_but_virtual_services(*a.base, *b.base) && same_proxy(a.proxy, b.proxy) && one.services == other.services &&
         std::equal(one.listeners.begin(), one.listeners.end(), other.listeners.begin(), other.listeners.end(),
                    [](const EgressListener& x, const EgressListener& y) { return x.services == y.services; });
}

/// The tables of a view before that new ones can take from, or null.
std::shared_ptr<Tables> usable(const std::shared_ptr<Tables>& before) {
  if (before->routes_once.done()) return before;
  const std::lock_guard lock(before->earlier_mutex);
  return before->earlier;
}

/// New tables of what a proxy sees. `before`: those of its view before, or null.
std::shared_ptr<Tables> make_tables(const std::shared_ptr<Seen>& seen, const Shared* before) {
  auto tables = std::make_shared<Tables>();
  if (before == nullptr || before->seen == seen || !same_services(*before->seen, *seen)) return tables;
  tables->earlier = usable(before->tables);
  if (seen->followed.lock() == before->seen && !seen->listeners_need_pools) tables->listeners = before->tables->listeners;
  return tables;
}

/// Where a headless TCP service listens on its endpoints' addresses, tables are of one snapshot; an endpoint's own proxy does
/// not listen on its address (F9.9).
std::shared_ptr<Tables> tables_of_endpoints(const registry::Snapshot& snapshot, const std::shared_ptr<Seen>& seen,
                                            const Proxy& proxy, const Shared* before) {
  const bool listed = !proxy.ip.empty() && !snapshot.services_at(proxy.ip).empty();
  const std::string own = listed ? proxy.ip : std::string();
  const Recent& recent = recent_of(snapshot);
  {
    const std::lock_guard lock(recent.mutex);
    const auto found = recent.tables.find({seen.get(), own});
    if (found != recent.tables.end() && found->second.first.lock() == seen) {
      if (auto tables = found->second.second.lock()) return tables;
    }
  }
  auto made = make_tables(seen, before);
  const std::lock_guard lock(recent.mutex);
  recent.tables[{seen.get(), own}] = {seen, made};
  return made;
}

}  // namespace

ProxyClasses::ProxyClasses(const registry::Snapshot& snapshot) {
  const LabelKeys& keys = kinds_of(*snapshot.base).keys;
  Keys all = keys.scope;
  all.insert(keys.endpoints.begin(), keys.endpoints.end());
  for (const char* key : kTopologyKeys) all.insert(key);  // with_topology() looks at them
  labels_.assign(all.begin(), all.end());
}

// What kind_of() and place_of() say of with_topology(proxy) follows from what is written here.
void ProxyClasses::append_key(const registry::Workload& workload, std::string& key) const {
  append(key, workload.namespace_);
  append(key, workload.cluster);
  append(key, workload.ip && workload.address.find(':') != std::string_view::npos ? "6" : "4");
  for (const std::string_view part : {workload.locality, workload.network, workload.node_name()}) append(key, part);
  for (const std::string& label : labels_) {
    const std::string* value = workload.own_label(label);
    if (value != nullptr) key.push_back('=');
    append(key, value != nullptr ? std::string_view(*value) : std::string_view());
  }
  const bool labelled = (workload.metadata_labels != nullptr && !workload.metadata_labels->empty()) ||
                        (workload.spec_labels != nullptr && !workload.spec_labels->empty());
  append(key, labelled ? "" : "no labels");
}

Shared share(const registry::Snapshot& snapshot, const Proxy& proxy, const Before* before) {
  const Kinds& kinds = kinds_of(*snapshot.base);
  Shared shared;
  shared.kind = kind_of(snapshot, proxy, kinds.keys);
  const Shared* earlier = before != nullptr && same_proxy(before->proxy, proxy) ? &before->shared : nullptr;
  std::shared_ptr<Tables> tables;
  if (before != nullptr && before->snapshot.base == snapshot.base && before->shared.kind == shared.kind) {
    shared.seen = before->shared.seen;
    tables = before->shared.tables;
  } else {
    {
      const std::lock_guard lock(kinds.mutex);
      if (const auto found = kinds.kinds.find(shared.kind); found != kinds.kinds.end()) {
        shared.seen = found->second.seen.lock();
        tables = found->second.tables.lock();
      }
    }
    if (shared.seen == nullptr)
      shared.seen =
          see(snapshot, proxy, earlier != nullptr ? earlier->seen : nullptr, earlier != nullptr ? &before->snapshot : nullptr);
  }
  if (shared.seen->listeners_need_pools)
    tables = tables_of_endpoints(snapshot, shared.seen, proxy, earlier);
  else if (tables == nullptr)
    tables = make_tables(shared.seen, earlier);
  {
    const std::lock_guard lock(kinds.mutex);
    auto& kind = kinds.kinds[shared.kind];
    if (auto there = kind.seen.lock(); there == nullptr)
      kind.seen = shared.seen;
    else if (there != shared.seen)
      shared.seen = std::move(there);  // another thread was first
    if (!shared.seen->listeners_need_pools) {
      if (auto there = kind.tables.lock(); there == nullptr)
        kind.tables = tables;
      else
        tables = std::move(there);
    }
  }
  shared.tables = std::move(tables);
  shared.latest = shared.seen->services->latest(place_of(proxy, kinds.keys));
  recent_of(snapshot).keep(shared.seen, shared.tables);
  return shared;
}

}  // namespace meshroute::view
