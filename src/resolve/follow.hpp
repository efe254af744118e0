#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request from its client's proxy through the proxies of the servers that it may reach.

#include <functional>
#include <vector>

#include "meshroute/journey.hpp"
#include "meshroute/request.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// How one proxy answers, with a trace.
struct Tracers {
  std::function<void(const view::ProxyView& view, const Request& request, Answer& answer)> outbound;
  std::function<void(const view::ProxyView& view, const Request& request, InboundAnswer& answer)> inbound;
};

/// `servers`: the proxies behind addresses; null: as the endpoints' own workloads say, where they have a sidecar.
Journey follow(const view::ProxyView& client, const Request& request, const std::vector<Proxy>* servers, const Tracers& tracers);

}  // namespace meshroute::resolve
