// SPDX-License-Identifier: Apache-2.0
// Adds up the memory that a view holds: what it shares with its snapshot is the snapshot's.
#include "view/gateway/gateway_plan.hpp"
#include "view/inbound/inbound.hpp"
#include "view/lazy.hpp"
#include "view/route_plan.hpp"

namespace meshroute::view {

namespace {

using text::Heap;

void count(Heap& heap, const Proxy& proxy) {
  heap.texts({&proxy.id, &proxy.namespace_, &proxy.ip, &proxy.locality, &proxy.network, &proxy.cluster, &proxy.node_name,
              &proxy.service_account});
  heap.labels(proxy.labels);
}

void count(Heap& heap, const Scope& scope) {
  heap.text(scope.egress_proxy_cluster);
  heap.list(scope.listeners);
  for (const EgressListener& listener : scope.listeners) {
    heap.list(listener.services);
    heap.list(listener.virtual_services);
    heap.table(listener.most_specific);
  }
  heap.list(scope.services);
  heap.table(scope.by_host);
  heap.table(scope.destination_rules);
  if (scope.led_to) heap.tree(*scope.led_to);
  if (!scope.gateways) return;
  const scope::Gateways& gateways = *scope.gateways;
  heap.list(gateways.ports);
  heap.list(gateways.selected);
  heap.list(gateways.servers);
  for (const auto& server : gateways.servers) {
    heap.texts({&server.name, &server.table, &server.host});
    heap.texts(server.hosts);
  }
  heap.list(gateways.groups);
  for (const auto& group : gateways.groups) heap.list(group.servers);
  heap.tree(gateways.tables);
  heap.table(gateways.virtual_services);
  for (const auto& [name, rules] : gateways.virtual_services) heap.list(rules);
}

void count(Heap& heap, const FilterChain& chain) {
  heap.texts({&chain.name, &chain.table, &chain.cluster, &chain.rule});
  for (const auto* texts : {&chain.cidrs, &chain.sni, &chain.alpn}) heap.texts(*texts);
  heap.list(chain.weighted);
  for (const auto& weighted : chain.weighted) heap.text(weighted.name);
}

void count(Heap& heap, const Inbound& inbound) {
  heap.text(inbound.identity);
  heap.list(inbound.targets);
  heap.list(inbound.listeners);
  for (const InboundListener& listener : inbound.listeners) {
    heap.texts({&listener.name, &listener.address});
    heap.list(listener.chains);
    for (const InboundChain& chain : listener.chains) heap.texts({&chain.name, &chain.cluster, &chain.virtual_host});
    heap.table(listener.by_port);
  }
  heap.list(inbound.clusters);
  for (const InboundCluster& cluster : inbound.clusters) heap.texts({&cluster.name, &cluster.address, &cluster.source});
  heap.texts(inbound.peer_prefixes);
}

void count(Heap& heap, const std::shared_ptr<const Assigned>& assigned) {
  if (heap.shared(assigned)) heap.list(assigned->assignment.endpoints);
}

void count(Heap& heap, const std::shared_ptr<const TablePlan>& plan) {
  if (!heap.first(plan.get())) return;
  plan->count(heap);
}

}  // namespace

void ListenerIndex::count(Heap& heap) const {
  if (ports_once_.done()) {
    heap.table(by_port_);
    for (const auto& [port, services] : by_port_) heap.list(services);
  }
  if (!rules_once_.done()) return;
  heap.list(lowered_);
  heap.list(rules_);
  for (const auto& places : rules_) heap.list(places);
  heap.blocks(rules_.size(), 96);  // by_host_
}

void ListenerIndexes::count(Heap& heap) const {
  heap.list(indexes_);
  for (const ListenerIndex& index : indexes_) index.count(heap);
  heap.table(by_port_);
  heap.tree(by_bind_);
}

void RoutePlan::count(Heap& heap) const {
  heap.blocks(1, sizeof *this + Heap::kControl);
  heap.text(name_);
  heap.list(hosts_);
  heap.list(domains_);
  heap.table(by_domain_);
  if (heap.shared(services_)) heap.table(*services_);
  if (!heap.shared(memory_)) return;
  std::size_t kept = 0;  // in memory_, where most domains are
  for (const std::string_view domain : domains_) kept += domain.size();
  heap.block(kept);
}

void GatewayPlan::count(Heap& heap) const {
  heap.blocks(1, sizeof *this + Heap::kControl);
  heap.text(name_);
  heap.list(pieces_);
  heap.texts(texts_);
  heap.list(hosts_);
  for (const Host& host : hosts_) {
    heap.texts({&host.host, &host.name});
    heap.list(host.domains);
    heap.list(host.pieces);
  }
}

void Listeners::count(Heap& heap) const {
  if (once.done()) {
    heap.list(all);
    for (const Listener& listener : all) {
      heap.texts({&listener.name, &listener.address, &listener.refused});
      heap.texts(listener.additional);
      heap.list(listener.chains);
      for (const FilterChain& chain : listener.chains) view::count(heap, chain);
      if (listener.fallback) view::count(heap, *listener.fallback);
      heap.list(listener.lost);
    }
  }
  if (json_once.done()) heap.json(json);
  if (!ports_once.done()) return;
  heap.table(ports);
  for (const auto& [number, port] : ports) heap.table(port.exact);
}

void Tables::count(Heap& heap) const {
  if (heap.shared(listeners)) listeners->count(heap);
  std::shared_ptr<Tables> before;
  {
    const std::lock_guard lock(earlier_mutex);
    before = earlier;
  }
  if (heap.shared(before)) before->count(heap);
  {
    const std::lock_guard lock(wholes_mutex);
    heap.tree(wholes);
    for (const auto& [port, whole] : wholes) {
      if (whole.once.done()) view::count(heap, whole.plan);
    }
  }
  if (!routes_once.done()) return;
  heap.tree(routes);
  for (const auto& [name, route] : routes) {
    heap.text(name);
    if (route.plan_once.done()) view::count(heap, route.plan);
    if (route.table_once.done() && heap.first(route.table.get())) routes::count(heap, *route.table);
  }
}

void SeenServices::count(Heap& heap) const {
  if (names_once.done()) {
    heap.table(names);
    for (const auto& [name, service] : names) heap.text(name);
  }
  if (mesh_once.done()) {
    heap.list(mesh.gateways);
    heap.tree(mesh.cluster_local);
  }
  if (once_.done()) {
    heap.list(plans_);
    for (const ClusterPlan& plan : plans_) heap.text(plan.name);
    heap.list(policies_);
    heap.list(whole_);
  }
  if (sorted_once_.done()) heap.list(sorted_);
  if (by_name_once_.done()) heap.table(by_name_);
}

void Seen::count(Heap& heap) const {
  view::count(heap, proxy);
  view::count(heap, scope);
  if (heap.shared(services)) services->count(heap);
  heap.table(replaced);
  if (!indexes_once_.done()) return;
  heap.block(sizeof *indexes_);
  indexes_->count(heap);
}

void ProxyView::count(Heap& heap) const {
  view::count(heap, proxy);
  heap.text(shared_.kind);
  if (heap.shared(seen_)) seen_->count(heap);
  if (heap.shared(tables_)) tables_->count(heap);
  heap.shared(lazy_);
  if (lazy_->inbound_once.done() && heap.shared(lazy_->inbound)) view::count(heap, *lazy_->inbound);
  if (lazy_->services_once.done()) heap.json(lazy_->services);
  if (lazy_->clusters_once.done()) heap.list(lazy_->clusters);
  if (lazy_->clusters_json_once.done()) heap.json(lazy_->clusters_json);
  if (lazy_->endpoints_json_once.done()) heap.json(lazy_->endpoints_json);
  {
    const std::lock_guard lock(lazy_->mutex);
    for (const auto& block : lazy_->made) {
      heap.block(sizeof *block);
      for (const auto& assigned : block->owners) view::count(heap, assigned);
      for (const auto& tls : block->tls_owners) {
        if (tls == nullptr) continue;
        heap.block(sizeof *tls);
        heap.text(tls->sni);
        heap.texts(tls->sans);
      }
    }
  }
  if (!heap.shared(shared_.latest)) return;
  const std::lock_guard lock(shared_.latest->mutex);
  heap.list(shared_.latest->by_plan);
  for (const auto& assigned : shared_.latest->by_plan) view::count(heap, assigned);
}

}  // namespace meshroute::view
