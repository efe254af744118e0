#pragma once

// SPDX-License-Identifier: Apache-2.0
// Filter chains that forward connections unread, of sidecars and gateways.

#include <cstdint>
#include <string>
#include <vector>

#include "view/proxy_view.hpp"

namespace meshroute::view {

/// The chain of a rule under tls or tcp (F9.3, GW62). `port`: of a destination that names none and whose service has several.
FilterChain chain_to(const ProxyView& view, const std::vector<model::RouteDestination>& route, std::uint32_t port);
/// What the DestinationRule of a host says of connections to it: hashing (E23), idle timeout.
void shape_chain(const ProxyView& view, const std::string& host, const std::string& subset, FilterChain& chain);

}  // namespace meshroute::view
