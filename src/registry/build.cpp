// SPDX-License-Identifier: Apache-2.0
// Snapshots: from nothing, and from the one before.

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "registry/builder.hpp"
#include "registry/derive.hpp"
#include "registry/pools.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::registry {

namespace {

bool is_workload_entry(const Resource& resource) { return resource.as<model::WorkloadEntry>() != nullptr; }

/// Only views and Base read it: neither services nor endpoints depend on it.
bool is_rule(const Resource& resource, const Settings& settings) {
  if (resource.as<model::WorkloadGroup>() != nullptr) return settings.workloads == Workloads::given;  // KD3
  return resource.as<model::VirtualService>() != nullptr || resource.as<model::DestinationRule>() != nullptr ||
         resource.as<model::Sidecar>() != nullptr || resource.as<model::PeerAuthentication>() != nullptr ||
         resource.as<model::AuthorizationPolicy>() != nullptr || resource.as<model::RequestAuthentication>() != nullptr ||
         resource.as<model::Gateway>() != nullptr || resource.as<model::EnvoyFilter>() != nullptr ||
         resource.as<model::Telemetry>() != nullptr || resource.as<model::ProxyConfig>() != nullptr ||
         resource.as<model::WasmPlugin>() != nullptr || resource.as<model::Secret>() != nullptr ||
         resource.as<model::ServiceAccount>() != nullptr;
}

std::shared_ptr<const ServiceTable> make_table(const Settings& settings, const std::vector<ResourcePtr>& resources) {
  auto table = std::make_shared<ServiceTable>();
  for (const auto& resource : resources) {
    if (resource == nullptr || is_workload_entry(*resource) || is_rule(*resource, settings)) continue;
    table->owned.push_back(resource);
    if (resource->as<model::Service>() != nullptr) table->kubernetes.push_back(resource.get());
    if (resource->as<model::Node>() != nullptr) table->nodes.push_back(resource.get());
    if (resource->as<model::Namespace>() != nullptr) {
      const auto [found, added] = table->namespaces.try_emplace(resource->identity.name, resource.get());
      if (!added && resource->identity.cluster == kConfigCluster) found->second = resource.get();
    }
  }
  if (settings.workloads == Workloads::derived) table->assumed = assume_pods(table->owned, table->namespaces);
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> pools;
  for (const MutableService& service : make_services({settings, table->owned, table->namespaces})) {
    const auto [pool, fresh] =
        pools.try_emplace({service->hostname, service->namespace_}, static_cast<std::uint32_t>(pools.size()));
    service->pool = pool->second;
    if (fresh) table->definitions.emplace_back();
    table->definitions[service->pool].push_back(service.get());
    table->services.push_back(service);
    const auto [found, added] = table->index.try_emplace({service->hostname, service->namespace_}, service);
    if (!added && service->kubernetes && !found->second->kubernetes) found->second = service;  // B18
  }
  return table;
}

std::shared_ptr<const Base> make_base(std::shared_ptr<const Settings> settings, std::shared_ptr<const ServiceTable> table,
                                      const std::vector<ResourcePtr>& resources, const Base* before) {
  auto base = std::make_shared<Base>();
  auto owned = std::make_shared<std::vector<ResourcePtr>>();
  base->settings = std::move(settings);
  base->table = std::move(table);
  for (const auto& resource : resources) {
    if (resource == nullptr || !is_rule(*resource, *base->settings)) continue;
    owned->push_back(resource);
    if (resource->as<model::PeerAuthentication>() != nullptr) base->peer_authentications.push_back(resource.get());
    if (resource->identity.cluster != kConfigCluster) continue;
    if (resource->as<model::VirtualService>() != nullptr) base->virtual_services.push_back(resource.get());
    if (resource->as<model::DestinationRule>() != nullptr) base->destination_rules.push_back(resource.get());
    if (resource->as<model::Sidecar>() != nullptr) base->sidecars.push_back(resource.get());
    if (resource->as<model::Gateway>() != nullptr) base->gateways.push_back(resource.get());
    if (resource->as<model::AuthorizationPolicy>() != nullptr) base->authorization_policies.push_back(resource.get());
    if (resource->as<model::RequestAuthentication>() != nullptr) base->request_authentications.push_back(resource.get());
  }
  const auto order = [](const Resource* a, const Resource* b) { return created_before(*a, *b); };  // 0.6
  for (auto* list : {&base->virtual_services, &base->destination_rules, &base->sidecars, &base->gateways,
                     &base->authorization_policies, &base->request_authentications}) {
    std::stable_sort(list->begin(), list->end(), order);
  }
  std::stable_partition(base->destination_rules.begin(), base->destination_rules.end(), [](const Resource* rule) {  // 0.7
    return rule->as<model::DestinationRule>()->workload_selector.has_value();
  });
  base->owned = std::move(owned);
  if (before != nullptr) {
    const std::lock_guard lock(before->shared_mutex);
    base->earlier = before->shared != nullptr ? before->shared : before->earlier;
  }
  return base;
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const Base> base_in, SharedVector<ResourcePtr> resources_in, SharedVector<PoolPtr> pools_in)
    : base(std::move(base_in)),
      resources(std::move(resources_in)),
      pools(std::move(pools_in)),
      settings(*base->settings),
      services(base->table->services),
      index(base->table->index),
      namespaces(base->table->namespaces),
      virtual_services(base->virtual_services),
      destination_rules(base->destination_rules),
      sidecars(base->sidecars),
      peer_authentications(base->peer_authentications) {}

bool Snapshot::has_service(std::string_view hostname) const {
  const auto found = index.lower_bound({hostname, std::string_view()});
  return found != index.end() && found->first.first == hostname;
}

std::vector<ServicePtr> Snapshot::services_at(std::string_view address) const {
  by_address_once_.call([this] {
    for (std::uint32_t pool = 0; pool < pools.size(); ++pool) {
      if (pools[pool] == nullptr) continue;
      for (const Shard& shard : *pools[pool]) {
        for (const Endpoint& endpoint : shard.endpoints) {
          auto& list = by_address_[endpoint.address()];
          if (list.empty() || list.back() != pool) list.push_back(pool);
        }
      }
    }
  });
  std::vector<ServicePtr> found;
  const auto pools_there = by_address_.find(address);
  if (pools_there == by_address_.end()) return found;
  for (const std::uint32_t pool : pools_there->second) {
    for (const Service* service : base->table->definitions[pool]) {
      found.emplace_back(base, service);  // which keeps it
    }
  }
  return found;
}

std::size_t hash_of(const Identity& identity) {
  const std::hash<std::string_view> hash;
  const std::size_t both = hash(identity.name) * 0x9E3779B97F4A7C15U + hash(identity.namespace_);
  return both ^ both >> 32U;
}

Registry::Registry() : settings_(std::make_shared<const Settings>()) {}
Registry::~Registry() = default;

void Registry::configure(Settings settings) {
  settings_ = std::make_shared<const Settings>(std::move(settings));
  stale_ = Stale::services;
}

void Registry::note(std::size_t place, const ResourcePtr& before, const ResourcePtr& after) noexcept {
  Stale stale = Stale::pools;
  for (const auto* resource : {before.get(), after.get()}) {
    if (resource == nullptr || is_workload_entry(*resource)) continue;
    stale = std::max(stale, is_rule(*resource, *settings_) ? Stale::rules : Stale::services);
  }
  stale_ = std::max(stale_, stale);
  if (stale_ == Stale::services) {
    changes_.clear();
  } else {
    changes_.push_back({place, before, after});
  }
}

void Registry::make_room(std::size_t changes) {
  const std::size_t size = changes_.size() + changes;
  if (stale_ != Stale::services && size > changes_.capacity()) changes_.reserve(std::max(size, 2 * changes_.capacity()));
}

Registry::Batch Registry::prepare(std::vector<ResourcePtr> resources) {
  Batch batch;
  batch.places.reserve(resources.size());
  batch.replaced.reserve(resources.size());
  std::vector<const ResourcePtr*> added;                       // what this batch has put at each new place
  std::unordered_map<std::size_t, const ResourcePtr*> latest;  // and at the others
  IdentityIndex fresh;                                         // in `added`
  const auto here = [this](std::uint32_t place) -> const Identity& { return resources_[place]->identity; };
  const auto there = [&added](std::uint32_t place) -> const Identity& { return (*added[place])->identity; };
  fresh.reserve(resources.size(), there);
  for (const auto& resource : resources) {
    const Identity& identity = resource->identity;
    const ResourcePtr* before = nullptr;
    const std::size_t hash = hash_of(identity);
    std::uint32_t place = places_.find(identity, hash, here);
    if (place != IdentityIndex::kNone) {
      const ResourcePtr*& last = latest[place];
      before = last != nullptr ? last : &resources_[place];
      last = &resource;
    } else if (const std::uint32_t known = fresh.find(identity, hash, there); known != IdentityIndex::kNone) {
      place = static_cast<std::uint32_t>(resources_.size()) + known;
      before = std::exchange(added[known], &resource);
    } else {
      place = static_cast<std::uint32_t>(resources_.size() + added.size());
      fresh.add(hash, static_cast<std::uint32_t>(added.size()));
      added.push_back(&resource);
    }
    batch.places.push_back(place);
    batch.replaced.push_back(before != nullptr ? *before : nullptr);
  }
  places_.reserve(added.size(), here);
  const std::size_t size = resources_.size() + added.size();
  if (size > resources_.capacity())
    resources_.reserve(resources_.empty() ? size : std::max(size, resources_.size() + resources_.size() / 2));
  make_room(resources.size());
  batch.resources = std::move(resources);
  return batch;
}

void Registry::commit(Batch batch) noexcept {
  for (std::size_t i = 0; i < batch.resources.size(); ++i) {
    const std::uint32_t place = batch.places[i];
    if (place == resources_.size()) {  // prepare() has made room: nothing is allocated here
      places_.add(hash_of(batch.resources[i]->identity), place);
      resources_.emplace_back();
    }
    resources_[place] = std::move(batch.resources[i]);
    note(place, batch.replaced[i], resources_[place]);
  }
}

bool Registry::remove(const Identity& identity) {
  const auto here = [this](std::uint32_t place) -> const Identity& { return resources_[place]->identity; };
  const std::uint32_t place = places_.find(identity, hash_of(identity), here);
  if (place == IdentityIndex::kNone) return false;
  make_room(1);
  places_.remove(resources_[place]->identity, here);
  const ResourcePtr before = std::exchange(resources_[place], nullptr);
  note(place, before, nullptr);
  ++holes_;
  return true;
}

void Registry::build_all() {
  if (holes_ > 0) {
    std::erase(resources_, nullptr);
    holes_ = 0;
    places_.clear();
    for (std::uint32_t i = 0; i < resources_.size(); ++i) places_.add(hash_of(resources_[i]->identity), i);
  }
  auto base = make_base(settings_, make_table(*settings_, resources_), resources_, nullptr);
  pools_ = std::make_unique<Pools>(settings_, base->table, resources_);
  last_ = std::make_shared<const Snapshot>(std::move(base), SharedVector<ResourcePtr>(resources_),
                                           SharedVector<PoolPtr>(pools_->all()));
}

bool Registry::follow_changes() {
  constexpr std::size_t kMany = 1000;  // from here on, building anew is no dearer
  if (changes_.size() > kMany && changes_.size() > resources_.size() / 4) return false;
  if (holes_ > kMany && holes_ > resources_.size() / 2) return false;
  auto resources = last_->resources;
  for (const Change& change : changes_) {
    resources = resources.with(change.place, change.after);
    const bool was = change.before != nullptr && is_workload_entry(*change.before);
    const bool is = change.after != nullptr && is_workload_entry(*change.after);
    if ((was || is) && !pools_->change(was ? change.before.get() : nullptr, is ? change.after.get() : nullptr)) return false;
  }
  auto pools = last_->pools;
  for (const std::uint32_t pool : pools_->take_changed()) pools = pools.with(pool, pools_->build(pool));
  auto base = last_->base;
  if (stale_ == Stale::rules) base = make_base(settings_, base->table, resources_, base.get());
  last_ = std::make_shared<const Snapshot>(std::move(base), std::move(resources), std::move(pools));
  return true;
}

std::shared_ptr<const Snapshot> Registry::snapshot() {
  if (stale_ == Stale::nothing) return last_;
  try {
    if (last_ == nullptr || stale_ == Stale::services || !follow_changes()) build_all();
  } catch (...) {  // pools_ may be half of a change
    stale_ = Stale::services;
    changes_.clear();
    throw;
  }
  changes_.clear();
  stale_ = Stale::nothing;
  return last_;
}

std::shared_ptr<const Snapshot> build(Settings settings, const std::vector<ResourcePtr>& resources) {
  Registry registry;
  registry.configure(std::move(settings));
  registry.commit(registry.prepare(resources));
  return registry.snapshot();
}

}  // namespace meshroute::registry
