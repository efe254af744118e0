// SPDX-License-Identifier: Apache-2.0
// The listeners of a gateway: those of its servers, with certificates of files.
#include <variant>

#include "bootstrap/draft.hpp"
#include "view/table_plan.hpp"

namespace meshroute::bootstrap {

void add_gateway_listeners(Draft& draft) {
  const Tables tables(draft.view);
  for (const view::Listener& listener : draft.view.listeners()) {
    if (!listener.refused.empty()) {
      draft.warn("listener " + listener.name + " is left out, as Envoy rejects it: " + listener.refused);
      continue;
    }
    envoy::Listener message = view::listener_message(draft.view, listener);
    message.filter_chains.clear();
    for (const view::FilterChain& chain : listener.chains) {
      envoy::FilterChain made = view::chain_message(draft.view, listener, chain);
      if (made.tls) {
        const std::string owner = name_of(chain.server->gateway);
        const std::string port = std::to_string(chain.server->spec->port ? chain.server->spec->port->number : listener.port);
        if (!with_files(draft, owner, made.tls->common) || made.tls->common.certificates.empty()) {
          draft.warn(owner + ": TLS connections to port " + port + " are refused, as its server has no certificate here");
          continue;
        }
      }
      if (auto* manager = std::get_if<envoy::HttpConnectionManager>(&made.last); manager != nullptr) {
        add_forward_filter(draft, *manager);
        if (const view::TablePlan* plan = manager->routes ? nullptr : tables.find(manager->rds))
          give_routes(draft, table_of(draft, *plan), *manager);
      }
      message.filter_chains.push_back(std::move(made));
    }
    if (!message.filter_chains.empty()) draft.add(std::move(message));
  }
}

}  // namespace meshroute::bootstrap
