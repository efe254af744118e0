#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a host means to the client behind a proxy: names are completed and looked up as its DNS does.

#include <string>
#include <string_view>

#include "registry/snapshot.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// "shop" of "shop:8080"; an IPv6 address in brackets keeps its colons.
inline std::string_view without_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  const bool port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  return port ? authority.substr(0, colon) : authority;
}

/// The service that the proxy sees under a host in lower case, or under its completed name; null without one. `scratch` is
/// overwritten.
registry::ServicePtr service_of(const view::ProxyView& view, std::string_view host, std::string& scratch);

/// A pod behind a headless Service, by its own name: mysql-0.mysql.db.svc.cluster.local.
struct Member {
  registry::ServicePtr service;                  ///< the headless Service; null: the host is no such name
  const registry::Endpoint* endpoint = nullptr;  ///< of the pod; null where no endpoint has the name
};
Member member_of(const view::ProxyView& view, std::string_view host, std::string& scratch);

/// The address that the client's DNS gives for a service that the proxy sees (B16, B25), or an empty text. A headless Service has
/// those of its pods: the first is taken.
void find_address(const view::ProxyView& view, const registry::Service& service, std::string& address);

}  // namespace meshroute::resolve
