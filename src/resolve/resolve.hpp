#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Listener, filter chain, virtual host, route, cluster, endpoint (F10), on the tables that the view prints.
void resolve(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer);

/// Whether a proxy balances over it: its panic threshold is 0 here.
bool takes_requests(const AnswerEndpoint& endpoint);
bool takes_requests(registry::Endpoint::Health health);

}  // namespace meshroute::resolve
