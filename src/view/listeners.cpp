// SPDX-License-Identifier: Apache-2.0
// Outbound listeners and their filter chains (spec F9, D24, D25).
#include "view/gateway/listeners.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <unordered_map>

#include "envoy/route_writer.hpp"
#include "match/cidr.hpp"
#include "match/host_index.hpp"
#include "match/hosts.hpp"
#include "registry/text.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"
#include "view/tcp_chains.hpp"

namespace meshroute::view {

namespace {

using Json = text::Json;
using registry::Protocol;
using registry::Service;

/// What tells the chains of a listener apart: of two with the same key, each would take the connections of the other.
std::string key_of(const FilterChain& chain) {
  std::set<std::string_view> names(chain.sni.begin(), chain.sni.end());
  names.erase("*");
  std::set<std::string> networks;
  for (const std::string& text : chain.cidrs) {
    const auto network = match::parse_ip_or_cidr(text);
    if (network && network->address.to_string() != "0.0.0.0") networks.insert(network->masked().to_string());
  }
  std::string key(chain.plain_http ? "h" : "");
  for (const std::string_view name : names) key.append("\n").append(name);
  for (const std::string& network : networks) key.append("\t").append(network);
  return key;
}

/// One listener while it grows.
struct Draft {
  std::string address;
  std::uint32_t port = 0;
  bool locked = false;  ///< a listener with an explicit port made it (F9.8)
  Protocol protocol = Protocol::tcp;
  std::vector<FilterChain> chains;
  std::vector<std::string> additional;
  const Service* first = nullptr;  ///< whose port made it
  std::vector<Listener::Lost> lost;

  /// The first of `chains` by key_of().
  std::unordered_map<std::string, std::size_t> by_key;
  /// By what all chains of a service's port come from, where they are those of rules only (Builder::source_of()): the services
  /// that had the same chains already.
  std::unordered_map<std::string, std::vector<const Service*>> winners;

  void add(FilterChain chain) {
    by_key.try_emplace(key_of(chain), chains.size());
    chains.push_back(std::move(chain));
  }
  void lose(Listener::Lost one) {
    if (lost.empty() || lost.back() != one) lost.push_back(one);
  }
};

/// Whether it takes every connection.
bool plain(const FilterChain& chain) {
  const bool any_name = chain.sni.empty() || std::find(chain.sni.begin(), chain.sni.end(), "*") != chain.sni.end();
  return chain.cidrs.empty() && any_name && !chain.plain_http;
}

/// The VirtualServices of a listener that speak for a host (F9.2), in their order.
class Owners {
 public:
  explicit Owners(const std::vector<VirtualServicePtr>& all) : all_(all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i]->spec->tls.empty() && all[i]->spec->tcp.empty()) continue;  // nothing that a chain is made of
      for (const std::string& host : all[i]->spec->hosts) by_host_.add(host, i);
    }
    by_host_.sort();
  }

  std::vector<const VirtualServiceEntry*> of(const std::string& host) const {
    std::set<std::size_t> places;
    by_host_.any_matching(host, [&places](std::size_t place) {
      places.insert(place);
      return false;
    });
    std::vector<const VirtualServiceEntry*> owners;
    owners.reserve(places.size());
    for (const std::size_t place : places) owners.push_back(all_[place].get());
    return owners;
  }

 private:
  const std::vector<VirtualServicePtr>& all_;
  match::HostIndex<std::size_t> by_host_;
};

class Builder {
 public:
  explicit Builder(const ProxyView& view) : view_(view), wildcard_(match::is_ipv6(view.proxy.ip) ? "::" : "0.0.0.0") {}

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
        for (const auto& port : service->ports) {
          add(egress, *service, port, explicit_port);
          if (explicit_port) break;  // whichever ports it has
        }
      }
    }
    std::vector<Listener> listeners;
    listeners.reserve(drafts_.size() + 1);
    for (auto& [key, draft] : drafts_) listeners.push_back(finish(std::move(draft)));
    listeners.push_back(virtual_outbound());
    if (view_.snapshot->settings.proxy_http_port != 0) listeners.push_back(http_proxy(view_.snapshot->settings.proxy_http_port));
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
    listener.address = wildcard_;
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

  /// MeshConfig's proxyHttpPort.
  Listener http_proxy(std::uint32_t port) const {
    Listener listener;
    listener.address = wildcard_ == "::" ? "::1" : "127.0.0.1";
    listener.name = listener.address + "_" + std::to_string(port);
    listener.port = port;
    FilterChain& chain = listener.chains.emplace_back();
    chain.http = true;
    chain.table = "http_proxy";
    return listener;
  }

  Listener finish(Draft draft) const {
    Listener listener;
    listener.name = draft.address + "_" + std::to_string(draft.port);
    listener.address = std::move(draft.address);
    listener.port = draft.port;
    listener.additional = std::move(draft.additional);
    listener.lost = std::move(draft.lost);
    for (FilterChain& chain : draft.chains) {
      if (plain(chain)) {
        listener.fallback = std::move(chain);
        listener.fallback->sni.clear();
        continue;
      }
      std::sort(chain.sni.begin(), chain.sni.end());
      std::sort(chain.cidrs.begin(), chain.cidrs.end());
      std::erase_if(chain.cidrs, [](const std::string& each) { return each == "0.0.0.0" || each.starts_with("0.0.0.0/"); });
      listener.chains.push_back(std::move(chain));
    }
    if (listener.fallback && listener.chains.empty()) {
      listener.chains.push_back(std::move(*listener.fallback));
      listener.fallback.reset();
    } else if (!listener.fallback) {
      FilterChain& chain = listener.fallback.emplace();
      chain.name = "PassthroughFilterChain";
      chain.cluster = unknown_cluster();
    }
    return listener;
  }

  FilterChain to(const std::vector<model::RouteDestination>& route, std::uint32_t port, std::vector<std::string> cidrs,
                 std::vector<std::string> sni) const {
    FilterChain chain = chain_to(view_, route, port);
    chain.cidrs = std::move(cidrs);
    chain.sni = std::move(sni);
    return chain;
  }

  FilterChain to_service(const Service& service, std::uint32_t port, std::vector<std::string> cidrs) const {
    FilterChain chain;
    chain.cidrs = std::move(cidrs);
    chain.cluster = cluster_name(service.ports.size() == 1 ? service.ports[0].number : port, "", service.hostname);
    shape_chain(view_, service.hostname, "", chain);
    return chain;
  }

  /// F9.5: only the name tells the connections of one service from those of another.
  bool needs_sni(const Service& service, const std::string& listen, const std::vector<std::string>& cidrs) const {
    std::string address = view_.proxy_address(service);
    if (!service.kubernetes && wildcard_ == "::" && address == "0.0.0.0") address = "::";
    return !cidrs.empty() || address.empty() || address.find('/') != std::string::npos ||
           (address == wildcard_ && listen == wildcard_) ||
           (service.resolution == registry::ServiceResolution::dynamic_dns && match::is_wildcard(service.hostname));
  }

  static std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += value + ",";
    return text;
  }

  using ListenerOwners = std::vector<const VirtualServiceEntry*>;

  /// Services of which this is the same have the same chains of rules on a port.
  static std::string source_of(const registry::ServicePort& port, const ListenerOwners& owners,
                               const std::vector<std::string>& own_cidrs) {
    std::string text(registry::is_tls(port.protocol) ? "tls" : "tcp");
    for (const auto* owner : owners) text += " " + std::to_string(reinterpret_cast<std::uintptr_t>(owner));
    return text + ";" + joined(own_cidrs);
  }

  /// `by_rules`: whether the service has no chain of its own way.
  std::vector<FilterChain> tcp_chains(const Service& service, const registry::ServicePort& port, const std::string& listen,
                                      const std::vector<std::string>& own_cidrs, const ListenerOwners& owners,
                                      bool& by_rules) const {
    const std::uint32_t listen_port = port.number;
    std::vector<FilterChain> chains;
    by_rules = true;
    if (registry::is_tls(port.protocol)) {  // F9.4
      std::vector<std::string> cidrs = own_cidrs;
      std::set<std::string> seen;
      for (const auto* owner : owners) {
        for (std::size_t at = 0; at < owner->spec->tls.size(); ++at) {
          const auto& rule = owner->spec->tls[at];
          if (rule.route.empty()) continue;
          for (const auto& match : rule.match) {
            if (!unmet(match, view_.proxy, listen_port).empty()) continue;
            if (!match.destination_subnets.empty() && listen_port > 0) cidrs = match.destination_subnets;  // sticky
            if (!seen.insert(joined(match.sni_hosts) + ";" + joined(match.destination_subnets)).second) continue;
            chains.push_back(to(rule.route, listen_port, cidrs, match.sni_hosts));
            chains.back().owner = owner;
            chains.back().rule = "spec.tls[" + std::to_string(at) + "].match[" + std::to_string(&match - rule.match.data()) + "]";
          }
        }
      }
      if (!chains.empty()) return chains;
      by_rules = false;
      FilterChain chain = to_service(service, listen_port, cidrs);
      if (needs_sni(service, listen, cidrs)) {  // F9.5
        chain.sni = {service.hostname};
        for (const auto& alias : service.aliases) {
          chain.sni.push_back(alias.first);
          each_alternate(alias.first, scope_of(view_), [&](std::string_view name) { chain.sni.emplace_back(name); });
        }
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
        if (rule.route.empty()) continue;
        std::vector<std::string> subnets;
        bool stop = rule.match.empty();
        for (const auto& match : rule.match) {
          if (!unmet(match, view_.proxy, listen_port).empty()) continue;
          if (match.destination_subnets.empty() || listen_port == 0) {
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
    by_rules = suppressed;
    if (!suppressed) chains.push_back(to_service(service, listen_port, own_cidrs));
    return chains;
  }

  /// A service's port, or, with an explicit port of the egress listener, the service on that port (F9.8).
  void add(const EgressListener& egress, const Service& service, const registry::ServicePort& own_port, bool explicit_port) {
    registry::ServicePort port = own_port;
    if (explicit_port) {
      port.number = egress.spec->port->number;
      port.protocol = registry::parse_protocol(egress.spec->port->protocol);
    }
    if (port.protocol == Protocol::udp) return;
    const bool http = registry::is_http(port.protocol);
    std::string bind = egress.spec != nullptr ? egress.spec->bind : std::string();
    if (bind.empty() && egress.spec != nullptr && egress.spec->capture_mode == model::CaptureMode::NONE)
      bind = wildcard_ == "::" ? "::1" : "127.0.0.1";
    const bool on_wildcard = bind.empty() ? http : bind == wildcard_;
    if (on_wildcard && (port.number == 15001 || port.number == 15006 || port.number == 15021 || port.number == 15090))
      return;  // F9.14
    std::string address = view_.proxy_address(service);
    if (!explicit_port && bind.empty() && !http && service.resolution == registry::ServiceResolution::passthrough &&
        address == "0.0.0.0") {  // F9.9
      std::set<std::string> addresses;
      const std::set<std::string_view> names = names_of_port(*view_.snapshot, service, port.number);
      bool any = false;
      if (const auto* pool = view_.snapshot->pool(service)) {
        for (const std::string_view name : names) {
          for (const registry::Pool::Place place : pool->on_port(name, port.number, false)) {
            any = true;
            const std::string_view own = pool->endpoint(place).address();
            if (match::is_ip(own) && own != view_.proxy.ip) addresses.emplace(own);
          }
        }
      }
      if (any || service.kubernetes || service.selector) {
        for (const auto& each : addresses) merge(service, port, {each}, {});
        return;
      }
    }
    if (!bind.empty() || http) return merge(service, port, {bind.empty() ? wildcard_ : bind}, {});
    if (!service.kubernetes && wildcard_ == "::" && address == "0.0.0.0") address = "::";
    if (address.empty()) return merge(service, port, {wildcard_}, {});
    std::vector<std::string> addresses{address};
    for (const auto each : all_addresses(scope_of(view_), service)) {
      if (each != addresses.front() && each != "0.0.0.0") addresses.emplace_back(each);
    }
    if (address.find('/') != std::string::npos) return merge(service, port, {wildcard_}, addresses);
    addresses.erase(std::remove_if(addresses.begin() + 1, addresses.end(), [](const auto& each) { return !match::is_ip(each); }),
                    addresses.end());
    merge(service, port, std::move(addresses), {});
  }

  FilterChain http_chain(const Service& service, const registry::ServicePort& port, const std::string& listen) const {
    FilterChain chain;
    chain.http = true;
    chain.table = port.number == 0 ? listen : std::to_string(port.number);  // a socket's routes are named by it
    if (port.protocol == Protocol::unsupported && listen != wildcard_ && port.number != 0)
      chain.table = service.hostname + ":" + chain.table;  // F8
    chain.plain_http = port.protocol == Protocol::unsupported || (listen == wildcard_ && port.protocol != Protocol::http_proxy);
    return chain;
  }

  /// F9.10-F9.12: the listener of the first address, with the chains of this port where no other has them.
  void merge(const Service& service, const registry::ServicePort& port, std::vector<std::string> addresses,
             const std::vector<std::string>& cidrs) {
    using Reason = Listener::Lost::Reason;
    const std::string listen = addresses.front();
    const auto is_tcp = [](Protocol protocol) { return !registry::is_http(protocol) && protocol != Protocol::unsupported; };
    const bool http = registry::is_http(port.protocol), automatic = port.protocol == Protocol::unsupported;
    Draft& entry = drafts_[{listen, port.number}];
    const bool there = entry.first != nullptr;
    if (there && entry.locked) {
      entry.lose({Reason::explicit_port, &service, entry.first});
      return;
    }
    bool anew = !there || port.protocol == Protocol::http_proxy;
    if (!anew && http && !is_tcp(entry.protocol)) return;  // its virtual hosts are in the table that is there
    if (!anew && automatic) {
      if (entry.protocol == Protocol::unsupported) {  // what is sniffed first keeps the TCP connections
        entry.lost.push_back({Reason::taken, &service, entry.first});
        return;
      }
      anew = registry::is_http(entry.protocol);
    }
    const auto exclusive = [](Protocol protocol) { return protocol == Protocol::mongo || protocol == Protocol::mysql; };
    if (there && port.protocol != Protocol::http_proxy && (exclusive(port.protocol) || exclusive(entry.protocol)) &&
        port.protocol != entry.protocol) {  // F9.12
      entry.lost.push_back({Reason::protocol, &service, entry.first});
      return;
    }
    const bool only_tcp = !http && !automatic;
    const ListenerOwners owners = http ? ListenerOwners{} : owners_->of(service.hostname);
    const std::string source = only_tcp && !owners.empty() ? source_of(port, owners, cidrs) : std::string();
    const auto before = anew ? entry.winners.end() : entry.winners.find(source);
    if (before != entry.winners.end()) {  // the same chains again
      for (const Service* winner : before->second) {
        if (winner != &service) entry.lose({Reason::taken, &service, winner});
      }
    } else {
      bool by_rules = false;
      std::vector<FilterChain> chains;
      if (!http) chains = tcp_chains(service, port, listen, cidrs, owners, by_rules);
      if (http || automatic) chains.push_back(http_chain(service, port, listen));
      for (FilterChain& chain : chains) chain.service = chain.http ? nullptr : &service;
      std::vector<const Service*> winners;
      std::set<const Service*> known;
      const auto win = [&](const Service* winner) {
        if (known.insert(winner).second) winners.push_back(winner);
      };
      if (anew) {
        entry = Draft{};
        entry.address = listen;
        entry.port = port.number;
        entry.protocol = http && chains[0].plain_http ? Protocol::unsupported : port.protocol;
        entry.first = &service;
        for (FilterChain& chain : chains) entry.add(std::move(chain));
        if (addresses.size() > 1) entry.additional.assign(addresses.begin() + 1, addresses.end());
        win(&service);
      } else {
        for (FilterChain& chain : chains) {  // F9.11
          const auto same = entry.by_key.find(key_of(chain));
          if (same == entry.by_key.end()) {
            win(&service);
            entry.add(std::move(chain));
            continue;
          }
          const Service* winner = entry.chains[same->second].service;
          win(winner);
          if (winner != &service && !chain.http) entry.lose({Reason::taken, &service, winner});
        }
      }
      if (by_rules && !source.empty()) entry.winners.emplace(source, std::move(winners));
      if (anew) return;
    }
    if (is_tcp(entry.protocol) != is_tcp(port.protocol)) entry.protocol = Protocol::unsupported;
  }

  const ProxyView& view_;
  const std::string wildcard_;
  const Owners* owners_ = nullptr;  ///< of the egress listener at hand
  std::map<std::pair<std::string, std::uint32_t>, Draft> drafts_;
};

Json inline_routes(const ProxyView& view, const std::string& table) {
  std::string written;
  text::JsonWriter json(written);
  envoy::write(json, view.inline_routes(table), envoy::Form::contract);
  return Json::parse(written);
}

Json chain_json(const ProxyView& view, const FilterChain& chain) {
  Json json{{"kind", chain.http ? "http" : "tcp"}};
  if (!chain.name.empty()) json["name"] = chain.name;
  if (chain.inline_table) {
    json["match"] = {{"alpn", {"http/1.1", "h2c"}}};
    json["inline_routes"] = inline_routes(view, chain.table);
  } else if (chain.http) {
    json["rds"] = chain.table;
  }
  if (chain.plain_http && !chain.inline_table) json["match"] = {{"alpn", {"http/1.1", "h2c"}}, {"transport", "raw_buffer"}};
  if (chain.port != 0) json["match"]["port"] = chain.port;
  for (const std::string& cidr : chain.cidrs) {
    const char* whole = cidr.find('/') != std::string::npos ? "" : cidr.find(':') == std::string::npos ? "/32" : "/128";
    json["match"]["cidrs"].push_back(cidr + whole);
  }
  if (!chain.sni.empty()) json["match"]["sni"] = chain.sni;
  if (!chain.alpn.empty()) json["match"]["alpn"] = chain.alpn;
  if (chain.tls != FilterChain::Tls::none) json["tls"] = server_tls_json(view, chain);
  if (!chain.cluster.empty()) {
    json["cluster"] = chain.cluster;
  } else if (!chain.http) {
    json["weighted_clusters"] = Json::array();
    for (const auto& each : chain.weighted) json["weighted_clusters"].push_back({{"name", each.name}, {"weight", each.weight}});
  }
  if (chain.idle_timeout != nullptr) json["idle_timeout"] = registry::shown(*chain.idle_timeout);
  if (chain.tunnel != nullptr) {
    const bool v6 = chain.tunnel->target_host.find(':') != std::string::npos;
    json["tunneling"] = {{"hostname", (v6 ? "[" + chain.tunnel->target_host + "]" : chain.tunnel->target_host) + ":" +
                                          std::to_string(chain.tunnel->target_port)}};
    if (chain.tunnel->protocol == "POST") json["tunneling"]["usePost"] = true;
  }
  if (chain.source_ip_hash) json["hash_policy"] = Json::array({{{"sourceIp", Json::object()}}});
  return json;
}

Json listener_json(const ProxyView& view, const Listener& listener) {
  Json json{{"name", listener.name}, {"address", listener.address}, {"port", listener.port}, {"filter_chains", Json::array()}};
  if (listener.virtual_outbound) json["use_original_dst"] = true;
  if (!listener.refused.empty()) json["refused"] = listener.refused;
  if (!listener.additional.empty()) json["additional_addresses"] = listener.additional;
  for (const FilterChain& chain : listener.chains) json["filter_chains"].push_back(chain_json(view, chain));
  if (listener.fallback) json["default_filter_chain"] = chain_json(view, *listener.fallback);
  return json;
}

}  // namespace

const std::vector<Listener>& ProxyView::listeners() const {
  Listeners& made = *tables_->listeners;
  made.once.call([&] { made.all = scope.gateways ? gateway_listeners(*this) : Builder(*this).build(); });
  return made.all;
}

const text::Json& ProxyView::listeners_json() const {
  Listeners& made = *tables_->listeners;
  made.json_once.call([&] {
    Json list = Json::array();
    for (const Listener& listener : listeners()) list.push_back(listener_json(*this, listener));
    made.json = std::move(list);
  });
  return made.json;
}

const Listener* ProxyView::listener(std::uint32_t port, std::string_view address) const {
  listeners();
  Listeners& made = *tables_->listeners;
  made.ports_once.call([&made] {
    for (const Listener& each : made.all) {
      if (each.virtual_outbound) {
        made.virtual_outbound = &each;
        continue;
      }
      auto& here = made.ports[each.port];
      here.exact[each.address] = &each;
      for (const auto& one : each.additional) here.exact[one] = &each;
    }
  });
  if (const auto found = made.ports.find(port); found != made.ports.end()) {
    const auto& exact = found->second.exact;
    const bool v6 = address.empty() ? match::is_ipv6(proxy.ip) : address.find(':') != std::string_view::npos;
    const std::string_view wildcard = v6 ? "::" : "0.0.0.0";  // of its family
    for (const std::string_view each : {address, wildcard}) {
      if (const auto listener = exact.find(each); listener != exact.end()) return listener->second;
    }
  }
  return made.virtual_outbound;
}

}  // namespace meshroute::view
