#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "resolve/decisions.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

/// Writes the trace of an answer, in the order of the request's way, and `because`.
void write_trace(const view::ProxyView& view, const Request& request, const resolve::Decisions& decisions, Answer& answer);

}  // namespace meshroute::explain
