#pragma once

// SPDX-License-Identifier: Apache-2.0
// One connection or request through a server's inbound chain and its access filters.

#include "meshroute/inbound_answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Warm, without a trace and without tokens it allocates nothing.
void resolve_inbound(const view::ProxyView& view, const Request& request, const ResolveOptions& options, InboundAnswer& answer);

}  // namespace meshroute::resolve
