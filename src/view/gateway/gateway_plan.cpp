// SPDX-License-Identifier: Apache-2.0
// Plans a gateway's route tables: which virtual hosts each has, and their rules (GW40-GW54).
#include "view/gateway/gateway_plan.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "match/hosts.hpp"
#include "text/case.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

using scope::GatewayServer;

namespace {

/// The hosts of a server that a VirtualService can meet, so that a server with many of them is not walked for each.
class ServerHosts {
 public:
  explicit ServerHosts(const GatewayServer& server) : server_(server) {
    for (const std::string& host : server.hosts) {
      const auto [in, name] = scope::split_host(host);
      if (match::is_wildcard(name))
        wildcards_.push_back(host);
      else
        plain_[name].push_back(host);
    }
  }

  /// GW42.
  std::vector<std::string> served(const VirtualServiceEntry& entry) const {
    const std::string& in = entry.resource->identity.namespace_;
    const auto& hosts = entry.spec->hosts;
    if (std::any_of(hosts.begin(), hosts.end(), [](const std::string& host) { return match::is_wildcard(host); }))
      return scope::served_hosts(server_.hosts, hosts, in);
    std::vector<std::string> near = wildcards_;
    for (const std::string& host : hosts) {
      if (const auto found = plain_.find(host); found != plain_.end())
        near.insert(near.end(), found->second.begin(), found->second.end());
    }
    return scope::served_hosts(near, hosts, in);
  }

 private:
  const GatewayServer& server_;
  std::unordered_map<std::string_view, std::vector<std::string>> plain_;
  std::vector<std::string> wildcards_;
};

}  // namespace

/// GW41-GW48, GW52.
class GatewayPlan::Builder {
 public:
  explicit Builder(GatewayPlan& plan) : plan_(plan), gateways_(*plan.scope_.scope.gateways) {}

  void build(const std::vector<std::size_t>& servers) {
    for (const std::size_t at : servers) take(gateways_.servers[at]);
    if (hosts_.empty()) {  // GW50
      Host& none = plan_.hosts_.emplace_back();
      none.port = gateways_.servers[servers.front()].spec->port->number;
      none.name = "blackhole:" + std::to_string(none.port);
      plan_.texts_.emplace_back("*");
      none.domains.push_back(plan_.texts_.front());
      return;
    }
    collapse();
    std::sort(plan_.hosts_.begin(), plan_.hosts_.end(), [](const Host& a, const Host& b) { return a.name < b.name; });
  }

 private:
  void take(const GatewayServer& server) {
    const ServerHosts hosts(server);
    for (const VirtualServicePtr& entry : gateways_.virtual_services.at(server.name)) {
      const std::vector<std::string> served = hosts.served(*entry);
      if (served.empty()) continue;
      const auto piece = piece_of(server, *entry);
      if (!piece) continue;  // GW43
      for (const std::string& each : served) {
        Host& host = host_of(text::lower(each), server);
        host.pieces.push_back(*piece);
        host.require_tls = host.require_tls || server.redirects_to_https();
      }
    }
    if (!server.redirects_to_https()) return;
    for (const std::string& host : server.hosts) host_of(text::lower(host), server).require_tls = true;  // GW52, GW53
  }

  std::optional<std::uint32_t> piece_of(const GatewayServer& server, const VirtualServiceEntry& entry) {  // GW44
    const auto [found, fresh] = known_.try_emplace({server.name, &entry}, 0);
    if (!fresh) return found->second;
    const VirtualHostRoutes::Services none;
    if (!VirtualHostRoutes(plan_.scope_, server.spec->port->number, none, &server).any(entry)) {
      known_.erase(found);
      return std::nullopt;
    }
    found->second = static_cast<std::uint32_t>(plan_.pieces_.size());
    plan_.pieces_.push_back({&server, &entry});
    return found->second;
  }

  Host& host_of(const std::string& host, const GatewayServer& server) {
    const auto [found, fresh] = places_.try_emplace(host, hosts_.size());
    if (fresh) {
      Host& added = hosts_.emplace_back();
      added.host = host;
      added.port = server.spec->port->number;
    }
    return hosts_[found->second];
  }

  void collapse() {  // GW48
    std::sort(hosts_.begin(), hosts_.end(), [](const Host& a, const Host& b) { return match::more_specific(a.host, b.host); });
    std::map<std::vector<std::uint32_t>, std::size_t> latest;  // by the routes
    plan_.texts_.reserve(hosts_.size());
    for (Host& host : hosts_) {
      const std::string_view domain = plan_.texts_.emplace_back(host.host);
      const auto found = latest.find(host.pieces);
      if (found != latest.end() && plan_.hosts_[found->second].require_tls == host.require_tls) {
        plan_.hosts_[found->second].domains.push_back(domain);
        continue;
      }
      latest.insert_or_assign(host.pieces, plan_.hosts_.size());
      host.domains.push_back(domain);
      host.name =
          (host.host.find(':') != std::string::npos ? "[" + host.host + "]" : host.host) + ":" + std::to_string(host.port);
      plan_.hosts_.push_back(std::move(host));
    }
  }

  GatewayPlan& plan_;
  const scope::Gateways& gateways_;
  std::map<std::pair<std::string_view, const VirtualServiceEntry*>, std::uint32_t> known_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Host> hosts_;
};

GatewayPlan::GatewayPlan(std::shared_ptr<const Seen> seen, std::string name)
    : TablePlan(std::move(name)), seen_(std::move(seen)), scope_{seen_->proxy, seen_->scope, *seen_->base->settings} {
  const auto& tables = scope_.scope.gateways->tables;
  if (const auto found = tables.find(name_); found != tables.end()) Builder(*this).build(found->second);
}

VirtualHostRoutes::Services GatewayPlan::services_of(const VirtualServiceEntry& owner) const {
  VirtualHostRoutes::Services services;
  const std::string& in = owner.resource->identity.namespace_;
  const auto add = [&](const std::optional<model::Destination>& destination) {
    if (!destination) return;
    const auto [found, fresh] = services.try_emplace(destination->host, nullptr);
    if (!fresh) return;
    const auto& index = seen_->base->table->index;
    const auto own = index.find({destination->host, in});
    if (own != index.end() && scope::visible(*own->second, scope_.proxy.namespace_)) {
      found->second = own->second.get();
      return;
    }
    const auto seen = scope_.scope.by_host.find(destination->host);
    if (seen != scope_.scope.by_host.end())
      found->second = seen->second.get();
    else
      services.erase(found);
  };
  for (const auto& rule : owner.spec->http) {
    for (const auto& route : rule.route) add(route.destination);
    add(rule.mirror);
    for (const auto& mirror : rule.mirrors) add(mirror.destination);
  }
  return services;
}

envoy::VirtualHost GatewayPlan::virtual_host(std::size_t index, std::vector<RuleOrigin>* origins) const {
  const Host& host = hosts_[index];
  envoy::VirtualHost made;
  made.name = host.name;
  made.domains.assign(host.domains.begin(), host.domains.end());
  if (host.require_tls) made.require_tls = envoy::VirtualHost::TlsRequirement::all;
  std::vector<RuleOrigin> mine, last_origins;
  std::vector<envoy::Route> last;
  for (const std::uint32_t at : host.pieces) {
    const Piece& piece = pieces_[at];
    const VirtualHostRoutes::Services services = services_of(*piece.owner);
    mine.clear();
    auto routes =
        VirtualHostRoutes(scope_, piece.server->spec->port->number, services, piece.server).routes_of(*piece.owner, &mine);
    for (std::size_t i = 0; i < routes.size(); ++i) {  // GW47
      const bool late = catches_all(routes[i].match);
      (late ? last : made.routes).push_back(std::move(routes[i]));
      if (origins != nullptr) (late ? last_origins : *origins).push_back(std::move(mine[i]));
    }
  }
  std::move(last.begin(), last.end(), std::back_inserter(made.routes));
  if (origins != nullptr) std::move(last_origins.begin(), last_origins.end(), std::back_inserter(*origins));
  return made;
}

bool GatewayPlan::same(const Piece& a, const Piece& b) const {
  return a.owner == b.owner && a.server->name == b.server->name && a.server->spec->port == b.server->spec->port &&
         a.server->has_tls() == b.server->has_tls();
}

std::size_t GatewayPlan::place_of(const HostSource& earlier, std::size_t host) const {
  const auto& before = dynamic_cast<const GatewayPlan&>(earlier);
  const Host& there = before.hosts_[host];
  const auto found = std::lower_bound(hosts_.begin(), hosts_.end(), there.name,
                                      [](const Host& each, const std::string& name) { return each.name < name; });
  const bool same_host =
      found != hosts_.end() && found->name == there.name && found->domains == there.domains &&
      found->require_tls == there.require_tls &&
      std::equal(found->pieces.begin(), found->pieces.end(), there.pieces.begin(), there.pieces.end(),
                 [&](std::uint32_t mine, std::uint32_t its) { return same(pieces_[mine], before.pieces_[its]); });
  return same_host ? static_cast<std::size_t>(found - hosts_.begin()) : npos;
}

std::vector<HostRules> GatewayPlan::rules_of(std::string_view virtual_host) const {
  std::vector<HostRules> rules;
  const auto found = std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& host) { return host.name == virtual_host; });
  if (found == hosts_.end()) return rules;
  const VirtualHostRoutes::Services none;
  for (const std::uint32_t at : found->pieces) {
    const Piece& piece = pieces_[at];
    rules.push_back(
        {piece.owner, VirtualHostRoutes(scope_, piece.server->spec->port->number, none, piece.server).uses(*piece.owner)});
  }
  return rules;
}

}  // namespace meshroute::view
