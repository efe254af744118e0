// SPDX-License-Identifier: Apache-2.0
// A loopback port for each port of each service.
#include <algorithm>
#include <set>

#include "bootstrap/draft.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "view/table_plan.hpp"

namespace meshroute::bootstrap {

namespace {

/// Of a service's port, whichever other services there are: so a change of one moves no other.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

struct Wanted {
  const registry::Service* service;
  std::uint32_t port;
};

/// What becomes of requests to a virtual host for hosts that the table does not know; empty for other ones.
std::string_view nobodys_host(const envoy::VirtualHost& host) {
  if (host.name.starts_with("block_all")) return "refused";
  return host.name.starts_with("allow_any") ? "passed on unrouted" : "";
}

/// The routes of one service's port: whatever Host a client sends, as it sends the name of the loopback port.
envoy::RouteConfiguration table_for(Draft& draft, Tables& tables, const view::Listener& listener, const view::FilterChain& chain,
                                    const Wanted& wanted, const std::string& name) {
  envoy::RouteConfiguration table;
  table.name = name;
  table.ignore_port_in_host_matching = true;
  table.max_direct_response_body_size_bytes = routes::kDirectResponseBody;
  const view::TablePlan* plan = tables.find(chain.table);
  std::string lowered = wanted.service->hostname;
  text::make_lower(lowered);
  const std::size_t at = plan != nullptr ? tables.host(*plan, lowered) : Tables::npos;
  if (at == Tables::npos) return table;
  envoy::VirtualHost host = plan->virtual_host(at);
  if (const auto nobodys = nobodys_host(host); !nobodys.empty()) {
    const auto& lost = listener.lost;
    const auto one = std::find_if(lost.begin(), lost.end(), [&](const auto& each) { return each.service == wanted.service; });
    draft.warn(name_of(wanted.service->resource) + ": requests to " + name + " are " + std::string(nobodys) +
               ", as its routes are not among those of listener " + listener.name +
               (one != lost.end() && one->winner != nullptr ? ", which is that of " + name_of(one->winner->resource)
                                                            : std::string(": another service has its address")));
  }
  const bool any_name = match::is_wildcard(wanted.service->hostname);
  if (any_name && std::find(host.domains.begin(), host.domains.end(), "*") == host.domains.end()) {
    // Only the Host says which of the names is meant; that of the loopback port is none of them.
    envoy::VirtualHost others;
    others.name = "no_such_host";
    others.domains = {"*"};
    envoy::Route route;
    route.name = others.name;
    route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
    route.action =
        envoy::DirectResponse{421, envoy::DirectResponse::Text{"The Host is not one of " + wanted.service->hostname + "\n"}};
    others.routes.push_back(std::move(route));
    table.virtual_hosts.push_back(std::move(others));
  } else {
    host.domains = {"*"};
  }
  keep_accepted(draft, host);
  table.virtual_hosts.push_back(std::move(host));
  return table;
}

}  // namespace

bool add_port_listeners(Draft& draft) {
  std::vector<Wanted> all;
  std::set<std::pair<std::string_view, std::uint32_t>> known;
  for (const auto& service : draft.view.scope.services) {
    for (const auto& port : service->ports) {
      if (port.protocol != registry::Protocol::udp && known.emplace(service->hostname, port.number).second)
        all.push_back({service.get(), port.number});
    }
  }
  std::sort(all.begin(), all.end(), [](const Wanted& a, const Wanted& b) {
    return std::tie(a.service->hostname, a.port) < std::tie(b.service->hostname, b.port);
  });
  // Twice as many ports as are needed, so that few meet.
  const std::uint32_t most = 65536 - draft.listen_port;
  if (all.size() > most) return false;
  const std::uint32_t range =
      std::min<std::uint32_t>(most, std::max<std::uint32_t>(10000, 2 * static_cast<std::uint32_t>(all.size())));
  std::set<std::uint32_t> used{draft.admin_port};
  if (all.size() + 1 > range) return false;
  Tables tables(draft.view);
  for (const Wanted& wanted : all) {
    const std::string name = wanted.service->hostname + ":" + std::to_string(wanted.port);
    const Chains chains = chains_of(draft.view, *wanted.service, wanted.port);
    if (chains.listener == nullptr || chains.listener->virtual_outbound) {
      draft.warn(name_of(wanted.service->resource) + ": " + name + " has no port here, as no listener of the proxy is for it");
      continue;
    }
    std::uint32_t port = draft.listen_port + hash_of(name) % range;
    while (!used.insert(port).second) port = port + 1 == draft.listen_port + range ? draft.listen_port : port + 1;
    envoy::Listener listener;
    listener.name = name;
    listener.address = {envoy::Address::Kind::socket, draft.listen_address, port};
    const auto add = [&](const view::FilterChain& chain) {
      envoy::FilterChain message = uncaptured(draft, chains, chain, wanted.port);
      if (auto* manager = std::get_if<envoy::HttpConnectionManager>(&message.last); manager != nullptr) {
        add_forward_filter(draft, *manager);
        if (!chain.inline_table) give_routes(draft, table_for(draft, tables, *chains.listener, chain, wanted, name), *manager);
      }
      return message;
    };
    for (const view::FilterChain* chain : chains.chains) listener.filter_chains.push_back(add(*chain));
    if (chains.fallback != nullptr) listener.default_filter_chain = add(*chains.fallback);
    set_inspectors(listener);
    draft.add(std::move(listener));
    draft.ports.push_back({wanted.service->hostname, wanted.port, draft.listen_address, port});
  }
  return true;
}

}  // namespace meshroute::bootstrap
