#pragma once

// SPDX-License-Identifier: Apache-2.0
// The listeners of a gateway (GW25-GW39, GW60-GW68). Between the sources of the view.

#include <vector>

#include "envoy/listener.hpp"
#include "text/json_tree.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

/// Of a router, sorted by name.
std::vector<Listener> gateway_listeners(const ProxyView& view);
/// The TLS that a chain ends, as a control plane sends it: certificates by name.
envoy::DownstreamTls server_tls(const ProxyView& view, const FilterChain& chain);
/// `tls` of a chain in the contract's form; null for a chain without TLS.
text::Json server_tls_json(const ProxyView& view, const FilterChain& chain);

}  // namespace meshroute::view
