#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "meshroute/answer.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

/// Everything that decides whether, and how, the proxy sees a host: definitions, winner, workloads, rules, clusters.
Reasons why_host(const view::ProxyView& view, const std::string& host);

}  // namespace meshroute::explain
