// SPDX-License-Identifier: Apache-2.0
// A loopback port for each port of each service.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

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

/// The chains of services' ports. Services without an address share a listener, and with it the chains of all their names. Where
/// they are many, each port has only those for its own name: all of them in each would be as many as the services, squared.
class OwnChains {
 public:
  explicit OwnChains(Draft& draft) : draft_(draft), view_(draft.view) {}

  Chains of(const registry::Service& service, std::uint32_t port) {
    const std::string address = address_of(view_, service);
    const view::Listener* listener = view_.listener(port, address);
    if (listener == nullptr) return {};
    const auto [found, fresh] = shared_.try_emplace({listener, address});
    Shared& shared = found->second;
    if (fresh) fill(chains_at(*listener, address), shared);
    if (shared.all.size() <= kMostShared) return {listener, shared.all, shared.fallback};
    if (!told_) {
      draft_.warn("more than " + std::to_string(kMostShared) + " services share listener " + listener->name +
                  ": a loopback port takes only the TLS names of its own service");
      told_ = true;
    }
    Chains own = {listener, shared.of_any_name, shared.fallback};
    const auto add = [&own](const std::vector<const view::FilterChain*>& chains) {
      own.chains.insert(own.chains.end(), chains.begin(), chains.end());
    };
    std::string name = service.hostname;
    text::make_lower(name);
    if (match::is_wildcard(name)) {
      for (const auto& [sni, chains] : shared.by_name) {
        if (match::matches(sni, name)) add(chains);
      }
    } else if (const auto exact = shared.by_name.find(name); exact != shared.by_name.end()) {
      add(exact->second);
    }
    for (const auto& [sni, chains] : shared.by_wildcard) {
      if (match::matches(sni, name)) add(chains);
    }
    std::sort(own.chains.begin(), own.chains.end());  // they stand in one list: this is their order in it
    own.chains.erase(std::unique(own.chains.begin(), own.chains.end()), own.chains.end());
    return own;
  }

 private:
  using ByName = std::map<std::string, std::vector<const view::FilterChain*>, std::less<>>;
  static constexpr std::size_t kMostShared = 100;
  struct Shared {
    std::vector<const view::FilterChain*> all, of_any_name;
    ByName by_name, by_wildcard;
    const view::FilterChain* fallback = nullptr;
  };

  static void fill(const Chains& chains, Shared& shared) {
    shared.fallback = chains.fallback;
    shared.all = chains.chains;
    for (const view::FilterChain* chain : chains.chains) {
      if (chain->sni.empty()) shared.of_any_name.push_back(chain);
      for (const std::string& each : chain->sni) {
        std::string name = each;
        text::make_lower(name);
        (match::is_wildcard(name) ? shared.by_wildcard : shared.by_name)[name].push_back(chain);
      }
    }
  }

  Draft& draft_;
  const view::ProxyView& view_;
  bool told_ = false;
  std::map<std::pair<const view::Listener*, std::string>, Shared> shared_;
};

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
  OwnChains own(draft);
  for (const Wanted& wanted : all) {
    const std::string name = wanted.service->hostname + ":" + std::to_string(wanted.port);
    const Chains chains = own.of(*wanted.service, wanted.port);
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
