// SPDX-License-Identifier: Apache-2.0
// A proxy's view: its parts, made when they are first asked for.

#include "view/proxy_view.hpp"

#include <algorithm>

#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

// 0.2: which families the proxy speaks.
bool speaks(const Proxy& proxy, std::string_view address) {
  address = address.substr(0, address.find('/'));
  return match::is_ipv6(proxy.ip) ? !match::is_ipv4(address) : !match::is_ipv6(address);
}

bool uses_automatic_addresses(const registry::Settings& settings, const Proxy& proxy) {  // B15
  return proxy.dns_capture && (settings.vip_mode != VipMode::legacy || proxy.dns_auto_allocate);
}

}  // namespace

ProxyView::ProxyView(std::shared_ptr<const registry::Snapshot> snapshot_in, Proxy proxy_in, const ProxyView* previous)
    : snapshot(std::move(snapshot_in)),
      proxy(with_topology(std::move(proxy_in))),
      shared_([&] {
        if (previous == nullptr) return share(*snapshot, proxy, nullptr);
        const Before before{*previous->snapshot, previous->proxy, previous->shared_};
        return share(*snapshot, proxy, &before);
      }()),
      seen_(shared_.seen),
      scope(seen_->scope),
      lazy_(std::make_shared<Lazy>()),
      tables_(shared_.tables) {}

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
  seen_->services->names_once.call([this] {
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
