// SPDX-License-Identifier: Apache-2.0
// One port for clients with http_proxy: the tables of all ports in one, whose domains have the port. TLS comes by CONNECT.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "bootstrap/draft.hpp"
#include "match/cidr.hpp"
#include "text/case.hpp"
#include "view/table_plan.hpp"

namespace meshroute::bootstrap {

namespace {

constexpr const char* kSelf = "http_proxy_self";  // the cluster of tunnels to ports that speak HTTP

envoy::Route plain_route(envoy::Forward action) {
  envoy::Route route;
  route.name = "default";
  route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
  action.timeout = envoy::Duration{};
  route.action = std::move(action);
  return route;
}

envoy::Route tunnel(envoy::Forward action) {
  envoy::Route route;
  route.name = "connect";
  route.match.path = {envoy::PathMatcher::Kind::other, "connect_matcher"};
  action.timeout = envoy::Duration{};
  route.action = std::move(action);
  return route;
}

envoy::Forward to_cluster(std::string cluster) {
  envoy::Forward action;
  action.cluster = std::move(cluster);
  return action;
}

/// Where the chain leads, as a route has it.
envoy::Forward to(const view::FilterChain& chain) {
  envoy::Forward action;
  action.cluster = chain.cluster;
  if (chain.cluster.empty() && chain.weighted.empty()) action.cluster = "BlackHoleCluster";  // all weights are 0
  if (!action.cluster.empty()) return action;
  action.weighted_clusters.emplace();
  for (const auto& each : chain.weighted) {
    envoy::ClusterWeight& weight = action.weighted_clusters->emplace_back();
    weight.name = each.name;
    weight.weight = each.weight;
  }
  return action;
}

class Merged {
 public:
  Merged(Draft& draft, envoy::RouteConfiguration& table) : draft_(draft), tables_(draft.view), table_(table) {}

  void fill() {
    add_own();
    for (const auto& service : draft_.view.scope.services) {
      for (const auto& port : service->ports) {
        if (port.protocol != registry::Protocol::udp) add_port(*service, port);
      }
    }
    for (const view::TablePlan* plan : draft_.view.route_plans()) {
      const std::string& name = plan->name();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;  // of one service, or of a socket
      const auto port = static_cast<std::uint32_t>(std::stoul(name));
      for (std::size_t i = 0; i < plan->size(); ++i) {
        envoy::VirtualHost host = plan->virtual_host(i);
        std::vector<std::string> names = std::move(host.domains);
        if (host.domains = with_port(names, port); host.domains.empty()) continue;
        if (std::find(names.begin(), names.end(), "*") != names.end()) host.name += ":" + name;
        add(std::move(host), tunnel_of(port));
      }
    }
    add_rest();
  }

  bool tunnels_to_self() const { return to_self_; }

 private:
  /// Those domains with a port that are still free.
  std::vector<std::string> with_port(const std::vector<std::string>& names, std::uint32_t port) {
    std::vector<std::string> domains;
    const auto add = [&](std::string domain) {
      std::string lowered = domain;
      text::make_lower(lowered);
      if (taken_.insert(std::move(lowered)).second) domains.push_back(std::move(domain));
    };
    for (const std::string& name : names) {
      const bool v6 = name.find(':') != std::string::npos && !name.starts_with('[');
      const std::string host = v6 ? "[" + name + "]" : name;
      if (port == 80) add(host);
      if (host != "*" || port != 80) add(host + ":" + std::to_string(port));
    }
    return domains;
  }

  void add(envoy::VirtualHost host, envoy::Forward tunnelled) {
    while (!names_.insert(host.name).second) host.name += "'";
    keep_accepted(draft_, host);
    host.routes.push_back(tunnel(std::move(tunnelled)));
    table_.virtual_hosts.push_back(std::move(host));
  }

  /// A request for the proxy itself would go round in a circle.
  void add_own() {
    envoy::VirtualHost own;
    own.name = "loop";
    std::vector<std::string> names{draft_.listen_address, "localhost"};
    for (const std::string& name : names) {
      const bool v6 = name.find(':') != std::string::npos;
      own.domains.push_back((v6 ? "[" + name + "]" : name) + ":" + std::to_string(draft_.listen_port));
      taken_.insert(own.domains.back());
    }
    envoy::Route route;
    route.name = "loop";
    route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
    route.action = envoy::DirectResponse{508, {}};
    own.routes.push_back(std::move(route));
    names_.insert(own.name);
    table_.virtual_hosts.push_back(std::move(own));
  }

  /// Where the tunnel to a listener leads: to a listener inside of Envoy that looks for the name in TLS, or to the chain's
  /// cluster.
  envoy::Forward tunnel_of(const Chains& chains, std::uint32_t port) {
    if (chains.listener == nullptr) return to_cluster("BlackHoleCluster");
    const view::FilterChain* chain = chains.tcp();
    const bool http = std::any_of(chains.chains.begin(), chains.chains.end(), [](const auto* each) { return each->http; });
    if (http && !chains.by_name()) {
      to_self_ = true;
      return to_cluster(kSelf);
    }
    if (!chains.by_name()) return chain != nullptr ? to(*chain) : to_cluster("BlackHoleCluster");
    std::string name = "connect_" + chains.listener->name;
    for (const auto* each : chains.chains) {
      for (const auto& cidr : each->cidrs) name += "_" + cidr;
    }
    if (internal_.insert(name).second) add_internal(name, chains, port);
    return to_cluster(name);
  }

  envoy::Forward tunnel_of(std::uint32_t port) {
    const view::Listener* listener = draft_.view.listener(port, match::is_ipv6(draft_.view.proxy.ip) ? "::" : "0.0.0.0");
    return listener != nullptr && !listener->virtual_outbound ? tunnel_of(chains_at(*listener, "192.0.2.1"), port) : unknown();
  }

  void add_internal(const std::string& name, const Chains& chains, std::uint32_t port) {
    draft_.tunnels = true;
    envoy::Listener listener;
    listener.name = name;
    listener.address = {envoy::Address::Kind::listener, name, 0};
    for (const auto* chain : chains.chains) {
      if (!chain->http) listener.filter_chains.push_back(uncaptured(draft_, chains, *chain, port));
    }
    if (chains.fallback != nullptr) listener.default_filter_chain = uncaptured(draft_, chains, *chains.fallback, port);
    set_inspectors(listener);
    envoy::Cluster cluster;
    cluster.name = name;
    cluster.connect_timeout = "10s";
    envoy::LocalityEndpoints group;
    group.endpoints.push_back({listener.address, {}, 1, false});
    cluster.load_assignment = envoy::ClusterLoadAssignment{name, {std::move(group)}};
    draft_.clusters.push_back(std::move(cluster));
    draft_.add(std::move(listener));
  }

  /// A port that its listener handles otherwise than the table of the port's number does.
  void add_port(const registry::Service& service, const registry::ServicePort& port) {
    const Chains chains = chains_of(draft_.view, service, port.number);
    if (chains.listener == nullptr || chains.listener->virtual_outbound) return;
    const view::FilterChain* chain = chains.plain();
    if (chain == nullptr || (chain->http && chain->table == std::to_string(port.number))) return;
    envoy::VirtualHost host;
    if (chain->http) {
      const view::TablePlan* plan = tables_.find(chain->table);
      if (plan == nullptr || plan->size() == 0) return;
      host = plan->virtual_host(0);
    } else {
      host.name = service.hostname + ":" + std::to_string(port.number);
      host.routes.push_back(plain_route(to(*chain)));
    }
    std::vector<std::string> names{service.hostname};
    const auto seen = view::scope_of(draft_.view);
    view::each_alternate(service.hostname, seen, [&](std::string_view name) { names.emplace_back(name); });
    for (const auto& alias : service.aliases) names.push_back(alias.first);
    for (const std::string_view address : view::all_addresses(seen, service)) {
      if (address != "0.0.0.0" && match::is_ip(address)) names.emplace_back(address);
    }
    if (host.domains = with_port(names, port.number); host.domains.empty()) return;
    add(std::move(host), tunnel_of(chains, port.number));
  }

  envoy::Forward unknown() const {
    const view::Listener* listener = draft_.view.listener(0, "192.0.2.1");
    if (listener == nullptr) return to_cluster("BlackHoleCluster");
    const auto others =
        std::find_if(listener->chains.rbegin(), listener->chains.rend(), [](const auto& chain) { return !chain.http; });
    return to_cluster(others != listener->chains.rend() ? others->cluster : "BlackHoleCluster");
  }

  /// What no table has.
  void add_rest() {
    if (taken_.contains("*")) return;
    envoy::VirtualHost rest;
    rest.name = "unknown";
    rest.domains = {"*"};
    rest.routes.push_back(plain_route(unknown()));
    add(std::move(rest), unknown());
  }

  Draft& draft_;
  Tables tables_;
  envoy::RouteConfiguration& table_;
  std::unordered_set<std::string> taken_, names_, internal_;
  bool to_self_ = false;
};

}  // namespace

void add_proxy_listener(Draft& draft) {
  envoy::RouteConfiguration table;
  table.name = "http_proxy";
  table.max_direct_response_body_size_bytes = routes::kDirectResponseBody;
  Merged merged(draft, table);
  merged.fill();
  const envoy::Address address{envoy::Address::Kind::socket, draft.listen_address, draft.listen_port};
  if (merged.tunnels_to_self()) {
    envoy::Cluster self;
    self.name = kSelf;
    self.connect_timeout = "10s";
    envoy::LocalityEndpoints group;
    group.endpoints.push_back({address, {}, 1, false});
    self.load_assignment = envoy::ClusterLoadAssignment{self.name, {std::move(group)}};
    draft.clusters.push_back(std::move(self));
  }
  envoy::Listener listener;
  listener.name = "http_proxy";
  listener.address = address;
  auto& manager = listener.filter_chains.emplace_back().last.emplace<envoy::HttpConnectionManager>(
      view::connection_manager(draft.view, "http_proxy", table.name));
  manager.upgrades.emplace_back("CONNECT");
  add_forward_filter(draft, manager);
  give_routes(draft, std::move(table), manager);
  draft.add(std::move(listener));
}

}  // namespace meshroute::bootstrap
