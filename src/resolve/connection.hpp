#pragma once

// SPDX-License-Identifier: Apache-2.0
// What connections of sidecars and to gateways have in common. Between the sources of this room.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "resolve/decisions.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Text and lists that a request leaves for the next one on its thread.
struct Reused {
  std::string host, name, address, sni;
  std::vector<const view::FilterChain*> chains;
};
Reused& reused();

/// The host without its port, in lower case.
void read_host(std::string_view authority, std::string& host);
/// Keeps the chains whose score is the highest, in order: -1 where it does not match, 0 where it asks for nothing.
template <class Score>
void keep_best(std::vector<const view::FilterChain*>& chains, Score&& score) {
  long best = -1;
  std::size_t kept = 0;
  for (const auto* chain : chains) {
    const long value = score(*chain);
    if (value < 0 || value < best) continue;
    if (value > best) kept = 0;
    best = value;
    chains[kept++] = chain;
  }
  chains.resize(kept);
}

/// The request through the chain's route table, and its clusters. `decisions` and `access` may be null. Gives the share, 0 to 1,
/// that is lost in missing and empty clusters.
double through_table(const view::ProxyView& view, const Request& request, const ResolveOptions& options,
                     const view::FilterChain& chain, Answer& answer, Decisions* decisions, routes::Access* access = nullptr);
/// The same of a connection that the chain forwards unread.
double pass_on(const view::ProxyView& view, const Request& request, const view::FilterChain& chain, Answer& answer,
               Decisions* decisions);

/// A connection that comes to a gateway (GW28-GW30).
double walk_gateway(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer,
                    Decisions* decisions);

}  // namespace meshroute::resolve
