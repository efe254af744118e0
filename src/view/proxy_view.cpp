// SPDX-License-Identifier: Apache-2.0

#include "view/proxy_view.hpp"

#include <algorithm>

#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

// 0.4: the proxy's locality, from its labels where they say one.
std::string proxy_locality(const Proxy& proxy) {
  using registry::label_or_empty;
  const auto& labels = proxy.labels;
  constexpr const char* kRegion = "topology.kubernetes.io/region";
  constexpr const char* kZone = "topology.kubernetes.io/zone";
  constexpr const char* kSubzone = "topology.istio.io/subzone";
  if (labels.contains(kRegion) || labels.contains(kZone) || labels.contains(kSubzone)) {
    return label_or_empty(labels, kRegion) + "/" + label_or_empty(labels, kZone) + "/" + label_or_empty(labels, kSubzone);
  }
  for (const char* key : {"topology.istio.io/locality", "istio-locality"}) {
    if (const std::string value = label_or_empty(labels, key); !value.empty()) return value;
  }
  return proxy.locality;
}

Proxy with_topology(Proxy proxy) {  // 0.3
  proxy.locality = proxy_locality(proxy);
  proxy.labels = registry::augment(std::move(proxy.labels), proxy.locality, proxy.cluster, proxy.node_name, proxy.network);
  return proxy;
}

// 0.2: which families the proxy speaks.
bool speaks(const Proxy& proxy, std::string_view address) {
  address = address.substr(0, address.find('/'));
  return match::is_ipv6(proxy.ip) ? !match::is_ipv4(address) : !match::is_ipv6(address);
}

bool uses_automatic_addresses(const registry::Settings& settings, const Proxy& proxy) {  // B15
  return proxy.dns_capture && (settings.vip_mode != VipMode::legacy || proxy.dns_auto_allocate);
}

}  // namespace

namespace {

bool same_proxy(const Proxy& a, const Proxy& b) {
  return a.id == b.id && a.namespace_ == b.namespace_ && a.labels == b.labels && a.ip == b.ip && a.locality == b.locality &&
         a.network == b.network && a.cluster == b.cluster && a.node_name == b.node_name && a.dns_capture == b.dns_capture &&
         a.dns_auto_allocate == b.dns_auto_allocate && a.type == b.type && a.service_account == b.service_account &&
         a.unprivileged == b.unprivileged;
}

/// Whether nothing differs but VirtualServices.
bool same_but_virtual_services(const registry::Base& a, const registry::Base& b) {
  return a.settings == b.settings && a.table == b.table && a.destination_rules == b.destination_rules &&
         a.sidecars == b.sidecars && a.peer_authentications == b.peer_authentications;
}

/// `before`: what the same proxy saw earlier, and its snapshot; may be null.
std::shared_ptr<Seen> see(const registry::Snapshot& snapshot, Proxy proxy, const std::shared_ptr<const Seen>& before,
                          const registry::Snapshot* earlier) {
  auto seen = std::make_shared<Seen>();
  seen->base = snapshot.base;
  seen->proxy = std::move(proxy);
  if (before != nullptr && same_but_virtual_services(*before->base, *seen->base)) {
    if (auto scope = scope::follow_scope(before->scope, *earlier, snapshot, seen->proxy, seen->replaced)) {
      seen->scope = std::move(*scope);
      seen->listeners_need_pools = before->listeners_need_pools;
      seen->services = before->services;
      seen->followed = before;
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
  if (before->named.load(std::memory_order_acquire)) return before;
  const std::lock_guard lock(before->earlier_mutex);
  return before->earlier;
}

}  // namespace

ProxyView::ProxyView(std::shared_ptr<const registry::Snapshot> snapshot_in, Proxy proxy_in, const ProxyView* previous)
    : snapshot(std::move(snapshot_in)),
      seen_([&] {
        Proxy asked = with_topology(std::move(proxy_in));
        const bool same = previous != nullptr && same_proxy(previous->proxy, asked);
        if (same && previous->snapshot->base == snapshot->base) return previous->seen_;
        return see(*snapshot, std::move(asked), same ? previous->seen_ : nullptr, same ? previous->snapshot.get() : nullptr);
      }()),
      proxy(seen_->proxy),
      scope(seen_->scope),
      lazy_(std::make_shared<Lazy>()),
      tables_(previous != nullptr && previous->seen_ == seen_ && !seen_->listeners_need_pools ? previous->tables_
                                                                                              : std::make_shared<Tables>()) {
  if (previous == nullptr || tables_ == previous->tables_ || !same_services(*previous->seen_, *seen_)) return;
  tables_->earlier = usable(previous->tables_);
  if (seen_->followed.lock() == previous->seen_ && !seen_->listeners_need_pools)
    tables_->listeners = previous->tables_->listeners;
}

const DestinationRuleEntry* ProxyView::destination_rule(const std::string& hostname) const {
  return scope::destination_rule(scope_of(*this), hostname);
}

const std::string& ProxyView::proxy_address(const registry::Service& service) const {
  if (!proxy.cluster.empty()) {
    if (const auto vips = service.cluster_vips.find(proxy.cluster); vips != service.cluster_vips.end()) {
      for (const std::string& address : vips->second) {
        if (speaks(proxy, address)) return address;
      }
    }
  }
  if (uses_automatic_addresses(snapshot->settings, proxy) && service.default_address == "0.0.0.0") {
    const bool v6_only = match::is_ipv6(proxy.ip);
    if (!v6_only && !service.auto_v4.empty()) return service.auto_v4;
    if (v6_only && !service.auto_v6.empty()) return service.auto_v6;
  }
  return service.default_address;
}

std::vector<std::string_view> all_addresses(const ProxyScope& seen, const registry::Service& service) {
  const Proxy& proxy = seen.proxy;
  std::vector<std::string_view> addresses;
  if (const auto vips = service.cluster_vips.find(proxy.cluster); vips != service.cluster_vips.end())
    addresses.assign(vips->second.begin(), vips->second.end());
  if (addresses.empty() && uses_automatic_addresses(seen.settings, proxy)) {
    if (!service.auto_v4.empty()) addresses.emplace_back(service.auto_v4);
    if (!service.auto_v6.empty()) addresses.emplace_back(service.auto_v6);
  }
  std::erase_if(addresses, [&](std::string_view address) { return !speaks(proxy, address); });
  if (!addresses.empty()) return addresses;
  if (!service.cluster_vips.empty() && !speaks(proxy, service.default_address)) return {};
  return {service.default_address};
}

ServicePtr ProxyView::service_named(std::string_view host) const {
  std::call_once(seen_->services->names_once, [this] {
    for (const auto& listener : scope.listeners) {
      for (const auto& service : listener.services) {
        auto& named = seen_->services->names[text::lower(service->hostname)];
        if (named == nullptr || (service->kubernetes && !named->kubernetes)) named = service;  // B23
      }
    }
  });
  const auto found = seen_->services->names.find(host);
  return found != seen_->services->names.end() ? found->second : nullptr;
}

}  // namespace meshroute::view
