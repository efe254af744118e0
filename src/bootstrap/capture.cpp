// SPDX-License-Identifier: Apache-2.0
// The listeners of a sidecar behind iptables.
#include <variant>

#include "bootstrap/draft.hpp"
#include "view/inbound/inbound.hpp"
#include "view/table_plan.hpp"

namespace meshroute::bootstrap {

namespace {

/// Chains of mutual TLS get their certificates from files, and are left out without such.
void add_inbound(Draft& draft) {
  const view::Inbound& inbound = draft.view.inbound();
  for (const view::InboundCluster& cluster : inbound.clusters)
    draft.clusters.push_back(view::inbound_message(draft.view, cluster));
  for (const view::InboundListener& listener : inbound.listeners) {
    envoy::Listener message = view::inbound_message(draft.view, listener);
    std::erase_if(message.filter_chains, [&](envoy::FilterChain& chain) {
      if (!chain.tls || with_files(draft, "", chain.tls->common)) return false;
      draft.warn("connections with mutual TLS are refused, as no certificates were given");
      return true;
    });
    if (!message.filter_chains.empty()) draft.add(std::move(message));
  }
  for (const auto& rule : inbound.access->token_rules) {
    if (rule.spec->jwks.empty() && !rule.spec->jwks_uri.empty())
      draft.warn(name_of(rule.policy) + ": the keys of " + rule.spec->jwks_uri +
                 " are not known: put them into jwks; until then each token of " + rule.spec->issuer + " is refused");
  }
}

}  // namespace

void add_captured_listeners(Draft& draft) {
  add_inbound(draft);
  const Tables tables(draft.view);
  for (const view::Listener& listener : draft.view.listeners()) {
    envoy::Listener message = view::listener_message(draft.view, listener);
    const auto complete = [&](envoy::FilterChain& chain) {
      auto* manager = std::get_if<envoy::HttpConnectionManager>(&chain.last);
      if (manager == nullptr) return;
      add_forward_filter(draft, *manager);
      if (manager->routes) return;
      if (const view::TablePlan* plan = tables.find(manager->rds)) give_routes(draft, table_of(draft, *plan), *manager);
    };
    for (envoy::FilterChain& chain : message.filter_chains) complete(chain);
    if (message.default_filter_chain) complete(*message.default_filter_chain);
    draft.add(std::move(message));
  }
}

}  // namespace meshroute::bootstrap
