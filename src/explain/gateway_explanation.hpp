#pragma once

// SPDX-License-Identifier: Apache-2.0
// The story of a connection that comes to a gateway.

#include "explain/explanation.hpp"
#include "meshroute/request.hpp"
#include "resolve/decisions.hpp"

namespace meshroute::explain {

/// From the Gateways that apply to the rule that decides; the clusters are told by others.
void tell_gateway(const view::ProxyView& view, const Request& request, const resolve::Decisions& decisions, Answer& answer,
                  Explanation& explanation);
/// Why a VirtualService gives a server of a Gateway no routes; empty where it does. `http`: rules under http are asked for.
Reason why_not_on_server(const view::ProxyView& view, const scope::VirtualServiceEntry& entry, const scope::GatewayServer& server,
                         bool http);

}  // namespace meshroute::explain
