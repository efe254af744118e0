// SPDX-License-Identifier: Apache-2.0
// Completes a host name as the client's DNS does, and finds what it means there.
#include "resolve/name.hpp"

#include "match/cidr.hpp"

namespace meshroute::resolve {

namespace {

bool headless(const view::ProxyView& view, const registry::Service& service) {
  return service.kubernetes && service.resolution == registry::ServiceResolution::passthrough &&
         view.proxy_address(service) == "0.0.0.0";
}

bool answers_dns(const registry::Service& service, const registry::Endpoint& endpoint) {
  using Health = registry::Endpoint::Health;
  const bool ready = endpoint.health == Health::healthy || endpoint.health == Health::unknown;
  return (ready || service.publish_not_ready) && match::is_ip(endpoint.address());
}

/// Visits the endpoints of a service until `visit` is true.
template <class Visit>
const registry::Endpoint* first_endpoint(const view::ProxyView& view, const registry::Service& service, Visit visit) {
  const auto* pool = view.snapshot->pool(service);
  if (pool == nullptr) return nullptr;
  for (const registry::Shard& shard : *pool) {
    for (const registry::Endpoint& endpoint : shard.endpoints) {
      if (answers_dns(service, endpoint) && visit(endpoint)) return &endpoint;
    }
  }
  return nullptr;
}

/// The Service that Kubernetes' DNS knows under the host, whether the proxy sees it or not; null without one.
const registry::Service* kubernetes_twin(const view::ProxyView& view, const registry::Service& service) {
  const std::string_view host = service.hostname;
  const auto dot = host.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const std::string_view namespace_ = host.substr(dot + 1, host.find('.', dot + 1) - dot - 1);
  const auto found = view.snapshot->index.find({host, namespace_});
  return found != view.snapshot->index.end() && found->second->kubernetes ? found->second.get() : nullptr;
}

}  // namespace

registry::ServicePtr service_of(const view::ProxyView& view, std::string_view host, std::string& scratch) {
  if (auto service = view.service_named(host)) return service;
  const std::string& suffix = view.snapshot->settings.domain_suffix;
  scratch = host;
  scratch.append(".").append(view.proxy.namespace_).append(".svc.").append(suffix);
  if (auto service = view.service_named(scratch)) return service;  // the earliest name wins
  scratch = host;
  scratch.append(".svc.").append(suffix);
  if (auto service = view.service_named(scratch)) return service;
  scratch = host;
  scratch.append(".").append(suffix);
  return view.service_named(scratch);
}

Member member_of(const view::ProxyView& view, std::string_view host, std::string& scratch) {
  const auto dot = host.find('.');
  if (dot == std::string_view::npos) return {};
  Member member{service_of(view, host.substr(dot + 1), scratch)};
  if (member.service == nullptr || !headless(view, *member.service)) return {};
  member.endpoint = first_endpoint(view, *member.service, [&](const registry::Endpoint& endpoint) {
    const Resource* resource = endpoint.workload->resource;
    return resource != nullptr && resource->identity.name == host.substr(0, dot);
  });
  return member;
}

void find_address(const view::ProxyView& view, const registry::Service& service, std::string& address) {
  address = view.proxy_address(service);
  // Without DNS capture Kubernetes answers, which knows only its own Services.
  if (!service.kubernetes && !view.proxy.dns_capture) {
    if (const registry::Service* twin = kubernetes_twin(view, service)) return find_address(view, *twin, address);
  }
  if (address != "0.0.0.0" || !headless(view, service)) return;
  const auto* endpoint =
      first_endpoint(view, service, [&](const registry::Endpoint& each) { return each.address() != view.proxy.ip; });
  if (endpoint != nullptr) address = endpoint->address();
}

}  // namespace meshroute::resolve
