// SPDX-License-Identifier: Apache-2.0
// Outbound listeners and their filter chains (spec F9, D24, D25).
#include <algorithm>
#include <set>
#include <unordered_map>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

using Json = nlohmann::json;
using registry::Protocol;
using registry::Service;

/// One listener while it grows.
struct Draft {
  std::string address;
  std::uint32_t port = 0;
  bool http = false;        ///< has an HTTP chain
  std::size_t http_at = 0;  ///< how many chains stand before it
  bool locked = false;      ///< a listener with an explicit port made it (F9.8)
  bool explicit_bind = false;
  bool exclusive = false;  ///< Mongo, MySQL (F9.12)
  Protocol protocol = Protocol::tcp;
  std::string table;
  std::vector<FilterChain> chains;
  std::vector<std::string> additional;
  const Service* first = nullptr;  ///< whose port made it
  std::vector<Listener::Lost> lost;
};

bool plain(const FilterChain& chain) { return chain.cidrs.empty() && chain.sni.empty(); }

/// The VirtualServices of a listener that speak for a host (F9.2), in their order.
class Owners {
 public:
  explicit Owners(const std::vector<VirtualServicePtr>& all) : all_(all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i]->spec->tls.empty() && all[i]->spec->tcp.empty()) continue;  // nothing that a chain is made of
      for (const std::string& host : all[i]->spec->hosts) {
        if (match::is_wildcard(host))
          wildcards_.emplace_back(host, i);
        else
          by_host_[host].push_back(i);
      }
    }
  }

  std::vector<const VirtualServiceEntry*> of(const std::string& host) const {
    std::set<std::size_t> places;
    if (match::is_wildcard(host)) {
      for (const auto& [name, list] : by_host_) {
        if (match::matches(name, host)) places.insert(list.begin(), list.end());
      }
    } else if (const auto found = by_host_.find(host); found != by_host_.end()) {
      places.insert(found->second.begin(), found->second.end());
    }
    for (const auto& [name, place] : wildcards_) {
      if (match::matches(name, host)) places.insert(place);
    }
    std::vector<const VirtualServiceEntry*> owners;
    for (const std::size_t place : places) owners.push_back(all_[place].get());
    return owners;
  }

 private:
  const std::vector<VirtualServicePtr>& all_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_host_;
  std::vector<std::pair<std::string_view, std::size_t>> wildcards_;
};

bool contains_mesh(const std::vector<std::string>& gateways) {
  return gateways.empty() || std::find(gateways.begin(), gateways.end(), "mesh") != gateways.end();
}

class Builder {
 public:
  explicit Builder(const ClientView& view) : view_(view) {}

  std::vector<Listener> build() {
    for (const auto& egress : view_.scope.listeners) {
      const bool explicit_port = egress.spec != nullptr && egress.spec->port &&
                                 (egress.spec->port->number != 0 || egress.spec->bind.starts_with("unix://"));
      if (!explicit_port) {
        for (auto& [key, draft] : drafts_) draft.locked = true;
      }
      const Owners owners(egress.virtual_services);
      owners_ = &owners;
      for (const auto& service : egress.services) {
        if (service->resolution == registry::ServiceResolution::alias) continue;
        for (const auto& port : service->ports) add(egress, *service, port, explicit_port);
      }
    }
    std::vector<Listener> listeners;
    listeners.reserve(drafts_.size() + 1);
    for (auto& [key, draft] : drafts_) listeners.push_back(finish(std::move(draft)));
    listeners.push_back(virtual_outbound());
    std::sort(listeners.begin(), listeners.end(), [](const Listener& a, const Listener& b) { return a.name < b.name; });
    return listeners;
  }

 private:
  std::string unknown_cluster() const {
    using Outbound = registry::Settings::Outbound;
    if (view_.scope.outbound == Outbound::registry_only) return "BlackHoleCluster";
    return view_.scope.egress_proxy_cluster.empty() ? "PassthroughCluster" : view_.scope.egress_proxy_cluster;
  }

  Listener virtual_outbound() const {  // D25
    Listener listener;
    listener.name = "virtualOutbound";
    listener.address = "0.0.0.0";
    listener.port = 15001;
    listener.virtual_outbound = true;
    FilterChain& own = listener.chains.emplace_back();
    own.name = "virtualOutbound-blackhole";
    own.port = 15001;
    own.cluster = "BlackHoleCluster";
    if (view_.scope.outbound == registry::Settings::Outbound::allow_any_dynamic_dns) {
      FilterChain& http = listener.chains.emplace_back();
      http.name = "virtualOutbound-catchall-tcp-http";
      http.http = http.inline_table = http.plain_http = true;
      http.table = "allow_any_dynamic_dns";
    }
    FilterChain& others = listener.chains.emplace_back();
    others.name = "virtualOutbound-catchall-tcp";
    others.cluster = unknown_cluster();
    return listener;
  }

  Listener finish(Draft draft) const {
    Listener listener;
    listener.name = draft.address + "_" + std::to_string(draft.port);
    listener.address = std::move(draft.address);
    listener.port = draft.port;
    listener.additional = std::move(draft.additional);
    listener.lost = std::move(draft.lost);
    const auto add_http = [&] {
      FilterChain& chain = listener.chains.emplace_back();
      chain.http = true;
      chain.table = draft.table;
      chain.plain_http = !draft.explicit_bind;
    };
    const std::size_t count = draft.chains.size();
    for (std::size_t at = 0; at < count; ++at) {
      if (draft.http && at == draft.http_at) add_http();
      FilterChain& chain = draft.chains[at];
      if (plain(chain) && (draft.http || count > 1)) {
        if (!listener.fallback) listener.fallback = std::move(chain);
        continue;
      }
      listener.chains.push_back(std::move(chain));
    }
    if (draft.http && draft.http_at >= count) add_http();
    const bool whole = listener.chains.size() == 1 && plain(listener.chains[0]) && !listener.chains[0].plain_http;
    if (!listener.fallback && !whole) {
      FilterChain& chain = listener.fallback.emplace();
      chain.name = "PassthroughFilterChain";
      chain.cluster = unknown_cluster();
    }
    if (listener.chains.empty()) {
      listener.chains.push_back(std::move(*listener.fallback));
      listener.fallback.reset();
    }
    return listener;
  }

  bool hashes_source_ip(const std::string& host, const std::string& subset) const {  // E23
    const auto* rule = view_.destination_rule(host);
    if (rule == nullptr) return false;
    bool wanted = false;
    const auto take = [&wanted](const std::optional<model::TrafficPolicy>& policy) {
      if (!policy || !policy->load_balancer) return;
      const auto& hash = policy->load_balancer->consistent_hash;
      wanted = hash && hash->use_source_ip && *hash->use_source_ip;
    };
    take(rule->spec.traffic_policy);
    for (const auto& each : rule->spec.subsets) {
      if (!subset.empty() && each.name == subset) {
        take(each.traffic_policy);
        break;
      }
    }
    return wanted;
  }

  std::string destination_cluster(const model::Destination& destination, std::uint32_t listen_port) const {
    std::string host = destination.host;
    std::uint32_t port = listen_port;
    const auto found = view_.scope.by_host.find(host);
    if (found != view_.scope.by_host.end()) {  // F9.3
      if (found->second->resolution == registry::ServiceResolution::alias) host = found->second->external_name;
      if (found->second->ports.size() == 1) port = found->second->ports[0].number;
    }
    if (destination.port && destination.port->number != 0) port = destination.port->number;
    return cluster_name(port, destination.subset, host);
  }

  FilterChain to(const std::vector<model::RouteDestination>& route, std::uint32_t port, std::vector<std::string> cidrs,
                 std::vector<std::string> sni) const {
    FilterChain chain;
    chain.cidrs = std::move(cidrs);
    chain.sni = std::move(sni);
    if (route.size() == 1 && route[0].destination) {
      chain.cluster = destination_cluster(*route[0].destination, port);
    } else {
      for (const auto& each : route) {
        if (each.weight > 0 && each.destination)
          chain.weighted.push_back({destination_cluster(*each.destination, port), static_cast<std::uint32_t>(each.weight)});
      }
    }
    if (!route.empty() && route[0].destination)
      chain.source_ip_hash = hashes_source_ip(route[0].destination->host, route[0].destination->subset);
    return chain;
  }

  FilterChain to_service(const Service& service, std::uint32_t port, std::vector<std::string> cidrs) const {
    FilterChain chain;
    chain.cidrs = std::move(cidrs);
    chain.cluster = cluster_name(service.ports.size() == 1 ? service.ports[0].number : port, "", service.hostname);
    chain.source_ip_hash = hashes_source_ip(service.hostname, "");
    return chain;
  }

  static std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += value + ",";
    return text;
  }

  std::vector<FilterChain> tcp_chains(const Service& service, const registry::ServicePort& port, std::uint32_t listen_port,
                                      const std::vector<std::string>& own_cidrs, bool needs_sni) const {
    std::vector<FilterChain> chains;
    const std::vector<const VirtualServiceEntry*> owners = owners_->of(service.hostname);
    if (registry::is_tls(port.protocol)) {  // F9.4
      std::vector<std::string> cidrs = own_cidrs;
      std::set<std::string> seen;
      for (const auto* owner : owners) {
        for (std::size_t at = 0; at < owner->spec->tls.size(); ++at) {
          const auto& rule = owner->spec->tls[at];
          if (rule.route.empty()) continue;
          for (const auto& match : rule.match) {
            if (!contains_mesh(match.gateways) || !match::labels_subset(match.source_labels, view_.client.labels)) continue;
            if ((match.port != 0 && match.port != listen_port) ||
                (!match.source_namespace.empty() && match.source_namespace != view_.client.namespace_))
              continue;
            if (!match.destination_subnets.empty()) cidrs = match.destination_subnets;  // sticky
            if (!seen.insert(joined(match.sni_hosts) + ";" + joined(match.destination_subnets)).second) continue;
            chains.push_back(to(rule.route, listen_port, cidrs, match.sni_hosts));
            chains.back().owner = owner;
            chains.back().rule = "spec.tls[" + std::to_string(at) + "].match[" + std::to_string(&match - rule.match.data()) + "]";
          }
        }
      }
      if (!chains.empty()) return chains;
      FilterChain chain = to_service(service, listen_port, own_cidrs);
      if (needs_sni) chain.sni = {service.hostname};  // F9.5
      for (const auto& alias : service.aliases) {
        if (needs_sni) chain.sni.push_back(alias.first);
      }
      chains.push_back(std::move(chain));
      return chains;
    }
    bool suppressed = false;
    for (const auto* owner : owners) {  // F9.7
      for (std::size_t at = 0; at < owner->spec->tcp.size(); ++at) {
        const auto& rule = owner->spec->tcp[at];
        const auto owned = [&](FilterChain chain) {
          chain.owner = owner;
          chain.rule = "spec.tcp[" + std::to_string(at) + "]";
          chains.push_back(std::move(chain));
        };
        std::vector<std::string> subnets;
        bool stop = rule.match.empty();
        for (const auto& match : rule.match) {
          if (!contains_mesh(match.gateways) || !match::labels_subset(match.source_labels, view_.client.labels)) continue;
          if ((match.port != 0 && match.port != listen_port) ||
              (!match.source_namespace.empty() && match.source_namespace != view_.client.namespace_))
            continue;
          if (match.destination_subnets.empty()) {
            stop = true;
            break;
          }
          subnets.insert(subnets.end(), match.destination_subnets.begin(), match.destination_subnets.end());
        }
        if (stop) {
          owned(to(rule.route, listen_port, own_cidrs, {}));
          return chains;
        }
        if (subnets.empty()) continue;
        auto left = subnets, right = own_cidrs;
        std::sort(left.begin(), left.end());
        std::sort(right.begin(), right.end());
        suppressed = suppressed || left == right;
        owned(to(rule.route, listen_port, subnets, {}));
      }
    }
    if (!suppressed) chains.push_back(to_service(service, listen_port, own_cidrs));
    return chains;
  }

  void add(const EgressListener& egress, const Service& service, const registry::ServicePort& port, bool explicit_port) {
    if (port.protocol == Protocol::udp) return;
    Protocol protocol = port.protocol;
    if (explicit_port) protocol = registry::parse_protocol(egress.spec->port->protocol);  // F9.8
    const bool http = registry::is_http(protocol), automatic = protocol == Protocol::unsupported;
    const std::string bind = egress.spec != nullptr ? egress.spec->bind : std::string();
    const std::uint32_t number = explicit_port ? egress.spec->port->number : port.number;
    std::string address = view_.proxy_address(service);
    std::vector<std::string> cidrs;
    std::string listen = bind.empty() ? (http ? "0.0.0.0" : address) : bind;
    std::string table = number == 0 ? bind : std::to_string(number);  // a socket's routes are named by it
    if (bind.empty() && !http && address.find('/') != std::string::npos) {
      cidrs = {address};
      listen = "0.0.0.0";
    }
    if (bind.empty() && automatic && listen != "0.0.0.0" && listen != "::")
      table = service.hostname + ":" + std::to_string(number);  // F8
    if (listen.empty()) listen = "0.0.0.0";
    if ((listen == "0.0.0.0") && (number == 15001 || number == 15006 || number == 15021 || number == 15090)) return;  // F9.14
    registry::ServicePort as_port = port;
    as_port.protocol = protocol;
    if (bind.empty() && !http && service.resolution == registry::ServiceResolution::passthrough &&
        address == "0.0.0.0") {  // F9.9
      std::set<std::string> addresses;
      const std::set<std::string_view> names = names_of_port(*view_.snapshot, service, port.number);
      bool any = false;
      if (const auto* pool = view_.snapshot->pool(service)) {
        for (const auto& shard : *pool) {
          for (const auto& endpoint : shard.endpoints) {
            if (names.count(endpoint.port_name) == 0) continue;
            any = true;
            if (!match::is_ip(endpoint.address()) || endpoint.address() == view_.client.ip) continue;
            addresses.emplace(endpoint.address());
          }
        }
      }
      if (any || service.kubernetes || service.selector) {
        if (automatic) table = service.hostname + ":" + std::to_string(number);  // F8
        for (const auto& each : addresses)
          merge(each, number, as_port, automatic, service, table, explicit_port, tcp_chains(service, as_port, number, {}, false),
                bind);
        return;
      }
    }
    std::vector<FilterChain> chains;
    if (!http) {
      const bool needs_sni =
          !cidrs.empty() || address.empty() || address.find('/') != std::string::npos ||
          (address == "0.0.0.0" && listen == "0.0.0.0") ||
          (service.resolution == registry::ServiceResolution::dynamic_dns && match::is_wildcard(service.hostname));
      chains = tcp_chains(service, as_port, number, cidrs, needs_sni);
    }
    merge(listen, number, as_port, automatic, service, table, explicit_port, std::move(chains), bind);
  }

  void merge(const std::string& listen, std::uint32_t number, const registry::ServicePort& port, bool automatic,
             const Service& service, const std::string& table, bool explicit_port, std::vector<FilterChain> chains,
             const std::string& bind) {
    const bool http = registry::is_http(port.protocol);
    const bool exclusive = port.protocol == Protocol::mongo || port.protocol == Protocol::mysql;
    const auto [place, fresh] = drafts_.try_emplace({listen, number});
    Draft& entry = place->second;
    if (!fresh) {
      if (entry.locked && !explicit_port) {
        entry.lost.push_back({Listener::Lost::Reason::explicit_port, &service, entry.first});
        return;
      }
      if ((entry.exclusive || exclusive) && entry.protocol != port.protocol) {  // F9.12
        entry.lost.push_back({Listener::Lost::Reason::protocol, &service, entry.first});
        return;
      }
    } else {
      entry.first = &service;
      entry.address = listen;
      entry.port = number;
      entry.protocol = port.protocol;
      entry.exclusive = exclusive;
      entry.explicit_bind = http && !bind.empty();
      if (bind.empty() && !http && listen != "0.0.0.0") {
        for (const auto each : all_addresses(scope_of(view_), service)) {
          if (each != listen && match::is_ip(each) && each != "0.0.0.0") entry.additional.emplace_back(each);
        }
      }
    }
    const bool first_http = (http || automatic) && !entry.http;
    for (auto& chain : chains) {  // F9.11
      const auto same = std::find_if(entry.chains.begin(), entry.chains.end(), [&chain](const FilterChain& other) {
        return other.sni == chain.sni && other.cidrs == chain.cidrs;
      });
      chain.service = &service;
      if (same == entry.chains.end())
        entry.chains.push_back(std::move(chain));
      else if (same->service != &service)
        entry.lost.push_back({Listener::Lost::Reason::taken, &service, same->service});
    }
    if (first_http) {
      entry.http = true;
      entry.http_at = entry.chains.size();
      entry.table = table;
    }
  }

  const ClientView& view_;
  const Owners* owners_ = nullptr;  ///< of the egress listener at hand
  std::map<std::pair<std::string, std::uint32_t>, Draft> drafts_;
};

Json chain_json(const ClientView& view, const FilterChain& chain) {
  Json json{{"kind", chain.http ? "http" : "tcp"}};
  if (!chain.name.empty()) json["name"] = chain.name;
  if (chain.inline_table) {
    json["match"] = {{"alpn", {"http/1.1", "h2c"}}};
    json["inline_routes"] = view.inline_routes(chain.table);
  } else if (chain.http) {
    json["rds"] = chain.table;
  }
  if (chain.plain_http && !chain.inline_table) json["match"] = {{"alpn", {"http/1.1", "h2c"}}, {"transport", "raw_buffer"}};
  if (chain.port != 0) json["match"]["port"] = chain.port;
  if (!chain.cidrs.empty()) json["match"]["cidrs"] = chain.cidrs;
  if (!chain.sni.empty()) json["match"]["sni"] = chain.sni;
  if (!chain.cluster.empty()) {
    json["cluster"] = chain.cluster;
  } else if (!chain.http) {
    json["weighted_clusters"] = Json::array();
    for (const auto& each : chain.weighted) json["weighted_clusters"].push_back({{"name", each.name}, {"weight", each.weight}});
  }
  if (chain.source_ip_hash) json["hash_policy"] = Json::array({{{"sourceIp", Json::object()}}});
  return json;
}

Json listener_json(const ClientView& view, const Listener& listener) {
  Json json{{"name", listener.name}, {"address", listener.address}, {"port", listener.port}, {"filter_chains", Json::array()}};
  if (listener.virtual_outbound) json["use_original_dst"] = true;
  if (!listener.additional.empty()) json["additional_addresses"] = listener.additional;
  for (const FilterChain& chain : listener.chains) json["filter_chains"].push_back(chain_json(view, chain));
  if (listener.fallback) json["default_filter_chain"] = chain_json(view, *listener.fallback);
  return json;
}

}  // namespace

const std::vector<Listener>& ClientView::listeners() const {
  Listeners& made = *tables_->listeners;
  std::call_once(made.once, [&] { made.all = Builder(*this).build(); });
  return made.all;
}

const nlohmann::json& ClientView::listeners_json() const {
  Listeners& made = *tables_->listeners;
  std::call_once(made.json_once, [&] {
    Json list = Json::array();
    for (const Listener& listener : listeners()) list.push_back(listener_json(*this, listener));
    made.json = std::move(list);
  });
  return made.json;
}

const Listener* ClientView::listener(std::uint32_t port, std::string_view address) const {
  listeners();
  Listeners& made = *tables_->listeners;
  std::call_once(made.ports_once, [&made] {
    for (const Listener& each : made.all) {
      if (each.virtual_outbound) {
        made.virtual_outbound = &each;
        continue;
      }
      auto& here = made.ports[each.port];
      if (each.address == "0.0.0.0" || each.address == "::") here.wildcard = &each;
      here.exact[each.address] = &each;
      for (const auto& one : each.additional) here.exact[one] = &each;
    }
  });
  if (const auto found = made.ports.find(port); found != made.ports.end()) {
    if (const auto exact = found->second.exact.find(address); exact != found->second.exact.end()) return exact->second;
    if (found->second.wildcard != nullptr) return found->second.wildcard;
  }
  return made.virtual_outbound;
}

}  // namespace meshroute::view
