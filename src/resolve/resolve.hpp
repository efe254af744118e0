#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "resolve/decisions.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Listener, filter chain, virtual host, route, cluster, endpoint (F10), on the tables that the view prints. Leaves the trace
/// empty; `decisions` is filled where it is not null, and should be given where options.trace is set.
void resolve(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer,
             Decisions* decisions = nullptr);


/// Whether a proxy balances over it: its panic threshold is 0 here.
bool takes_requests(const AnswerEndpoint& endpoint);
bool takes_requests(registry::Endpoint::Health health);

}  // namespace meshroute::resolve
