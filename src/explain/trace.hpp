#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "resolve/decisions.hpp"
#include "resolve/follow.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

/// To be called before a request is resolved whose trace is wanted: the access filters of a gateway are told while they are
/// asked. `view` outlives that.
void listen_to_access(const view::ProxyView& view, resolve::Decisions& decisions);
/// Writes the trace of an answer, in the order of the request's way, and `because`.
void write_trace(const view::ProxyView& view, const Request& request, const resolve::Decisions& decisions, Answer& answer);

/// How the proxies of a journey answer, each with its reasons.
const resolve::Tracers& tracers();

}  // namespace meshroute::explain
