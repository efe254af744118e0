// SPDX-License-Identifier: Apache-2.0
// Outbound listeners and their filter chains (spec F9, D24, D25).
#include <algorithm>
#include <set>

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

struct Chain {
  std::vector<std::string> cidrs, sni;
  Json target;  ///< {"cluster"} or {"weighted_clusters"}, with hash_policy
  bool plain() const { return cidrs.empty() && sni.empty(); }
};

struct Listener {
  std::string address;
  std::uint32_t port = 0;
  bool http = false;        ///< has an HTTP chain
  std::size_t http_at = 0;  ///< how many chains stand before it
  bool locked = false;      ///< a listener with an explicit port made it (F9.8)
  bool explicit_bind = false;
  bool exclusive = false;  ///< Mongo, MySQL (F9.12)
  Protocol protocol = Protocol::tcp;
  std::string table;
  std::vector<Chain> chains;
  std::vector<std::string> additional;
};

bool contains_mesh(const std::vector<std::string>& gateways) {
  return gateways.empty() || std::find(gateways.begin(), gateways.end(), "mesh") != gateways.end();
}

class Builder {
 public:
  explicit Builder(const ClientView& view) : view_(view) {}

  Json build() {
    for (const auto& egress : view_.scope.listeners) {
      const bool explicit_port = egress.spec != nullptr && egress.spec->port &&
                                 (egress.spec->port->number != 0 || egress.spec->bind.starts_with("unix://"));
      if (!explicit_port) {
        for (auto& [key, listener] : listeners_) listener.locked = true;
      }
      for (const auto& service : egress.services) {
        if (service->resolution == registry::ServiceResolution::alias) continue;
        for (const auto& port : service->ports) add(egress, *service, port, explicit_port);
      }
    }
    Json json = Json::array();
    for (const auto& [key, listener] : listeners_) json.push_back(to_json(listener));
    json.push_back(virtual_outbound());
    std::sort(json.begin(), json.end(), [](const Json& a, const Json& b) {
      return a["name"].get_ref<const std::string&>() < b["name"].get_ref<const std::string&>();
    });
    return json;
  }

 private:
  std::string unknown_cluster() const {
    using Outbound = registry::Settings::Outbound;
    if (view_.scope.outbound == Outbound::registry_only) return "BlackHoleCluster";
    return view_.scope.egress_proxy_cluster.empty() ? "PassthroughCluster" : view_.scope.egress_proxy_cluster;
  }

  Json virtual_outbound() const {  // D25
    return {{"name", "virtualOutbound"},
            {"address", "0.0.0.0"},
            {"port", 15001},
            {"use_original_dst", true},
            {"filter_chains",
             Json::array({{{"name", "virtualOutbound-blackhole"},
                           {"match", {{"port", 15001}}},
                           {"kind", "tcp"},
                           {"cluster", "BlackHoleCluster"}},
                          {{"name", "virtualOutbound-catchall-tcp"}, {"kind", "tcp"}, {"cluster", unknown_cluster()}}})}};
  }

  Json to_json(const Listener& listener) const {
    Json json{{"name", listener.address + "_" + std::to_string(listener.port)},
              {"address", listener.address},
              {"port", listener.port},
              {"filter_chains", Json::array()}};
    if (!listener.additional.empty()) json["additional_addresses"] = listener.additional;
    Json fallback;
    const auto add_http = [&] {
      Json item{{"kind", "http"}, {"rds", listener.table}};
      if (!listener.explicit_bind) item["match"] = {{"alpn", {"http/1.1", "h2c"}}, {"transport", "raw_buffer"}};
      json["filter_chains"].push_back(std::move(item));
    };
    for (std::size_t at = 0; at < listener.chains.size(); ++at) {
      if (listener.http && at == listener.http_at) add_http();
      const Chain& chain = listener.chains[at];
      Json item = chain.target;
      item["kind"] = "tcp";
      if (!chain.cidrs.empty()) item["match"]["cidrs"] = chain.cidrs;
      if (!chain.sni.empty()) item["match"]["sni"] = chain.sni;
      if (chain.plain() && (listener.http || listener.chains.size() > 1)) {
        if (fallback.is_null()) fallback = std::move(item);
        continue;
      }
      json["filter_chains"].push_back(std::move(item));
    }
    if (listener.http && listener.http_at >= listener.chains.size()) add_http();
    const bool whole = json["filter_chains"].size() == 1 && !json["filter_chains"][0].contains("match");
    if (!fallback.is_null())
      json["default_filter_chain"] = std::move(fallback);
    else if (!whole)
      json["default_filter_chain"] = {{"name", "PassthroughFilterChain"}, {"kind", "tcp"}, {"cluster", unknown_cluster()}};
    if (json["filter_chains"].empty())
      json["filter_chains"].push_back(json["default_filter_chain"]), json.erase("default_filter_chain");
    return json;
  }

  Json source_ip_hash(const std::string& host, const std::string& subset) const {  // E23
    const auto* rule = view_.destination_rule(host);
    if (rule == nullptr) return {};
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
    return wanted ? Json::array({{{"sourceIp", Json::object()}}}) : Json();
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

  Json target(const std::vector<model::RouteDestination>& route, std::uint32_t port) const {
    Json json;
    if (route.size() == 1 && route[0].destination) {
      json["cluster"] = destination_cluster(*route[0].destination, port);
    } else {
      json["weighted_clusters"] = Json::array();
      for (const auto& each : route) {
        if (each.weight > 0 && each.destination)
          json["weighted_clusters"].push_back({{"name", destination_cluster(*each.destination, port)}, {"weight", each.weight}});
      }
    }
    if (!route.empty() && route[0].destination) {
      Json hash = source_ip_hash(route[0].destination->host, route[0].destination->subset);
      if (!hash.is_null()) json["hash_policy"] = std::move(hash);
    }
    return json;
  }

  Json own_target(const Service& service, std::uint32_t port) const {
    Json json{{"cluster", cluster_name(service.ports.size() == 1 ? service.ports[0].number : port, "", service.hostname)}};
    Json hash = source_ip_hash(service.hostname, "");
    if (!hash.is_null()) json["hash_policy"] = std::move(hash);
    return json;
  }

  static std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += value + ",";
    return text;
  }

  std::vector<Chain> tcp_chains(const EgressListener& egress, const Service& service, const registry::ServicePort& port,
                                std::uint32_t listen_port, const std::vector<std::string>& own_cidrs, bool needs_sni) const {
    std::vector<Chain> chains;
    std::vector<const VirtualServiceEntry*> owners;
    for (const auto& owner : egress.virtual_services) {  // F9.2
      if (std::any_of(owner->spec->hosts.begin(), owner->spec->hosts.end(),
                      [&](const auto& host) { return match::matches(host, service.hostname); }))
        owners.push_back(owner.get());
    }
    if (registry::is_tls(port.protocol)) {  // F9.4
      std::vector<std::string> cidrs = own_cidrs;
      std::set<std::string> seen;
      for (const auto* owner : owners) {
        for (const auto& rule : owner->spec->tls) {
          if (rule.route.empty()) continue;
          for (const auto& match : rule.match) {
            if (!contains_mesh(match.gateways) || !match::labels_subset(match.source_labels, view_.client.labels)) continue;
            if ((match.port != 0 && match.port != listen_port) ||
                (!match.source_namespace.empty() && match.source_namespace != view_.client.namespace_))
              continue;
            if (!match.destination_subnets.empty()) cidrs = match.destination_subnets;  // sticky
            if (!seen.insert(joined(match.sni_hosts) + ";" + joined(match.destination_subnets)).second) continue;
            chains.push_back({cidrs, match.sni_hosts, target(rule.route, listen_port)});
          }
        }
      }
      if (!chains.empty()) return chains;
      Chain chain{own_cidrs, {}, own_target(service, listen_port)};
      if (needs_sni) chain.sni = {service.hostname};  // F9.5
      for (const auto& alias : service.aliases) {
        if (needs_sni) chain.sni.push_back(alias.first);
      }
      chains.push_back(std::move(chain));
      return chains;
    }
    bool suppressed = false;
    for (const auto* owner : owners) {  // F9.7
      for (const auto& rule : owner->spec->tcp) {
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
          chains.push_back({own_cidrs, {}, target(rule.route, listen_port)});
          return chains;
        }
        if (subnets.empty()) continue;
        auto left = subnets, right = own_cidrs;
        std::sort(left.begin(), left.end());
        std::sort(right.begin(), right.end());
        suppressed = suppressed || left == right;
        chains.push_back({subnets, {}, target(rule.route, listen_port)});
      }
    }
    if (!suppressed) chains.push_back({own_cidrs, {}, own_target(service, listen_port)});
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
          merge(each, number, as_port, automatic, service, table, explicit_port,
                tcp_chains(egress, service, as_port, number, {}, false), bind);
        return;
      }
    }
    std::vector<Chain> chains;
    if (!http) {
      const bool needs_sni =
          !cidrs.empty() || address.empty() || address.find('/') != std::string::npos ||
          (address == "0.0.0.0" && listen == "0.0.0.0") ||
          (service.resolution == registry::ServiceResolution::dynamic_dns && match::is_wildcard(service.hostname));
      chains = tcp_chains(egress, service, as_port, number, cidrs, needs_sni);
    }
    merge(listen, number, as_port, automatic, service, table, explicit_port, std::move(chains), bind);
  }

  void merge(const std::string& listen, std::uint32_t number, const registry::ServicePort& port, bool automatic,
             const Service& service, const std::string& table, bool explicit_port, std::vector<Chain> chains,
             const std::string& bind) {
    const bool http = registry::is_http(port.protocol);
    const bool exclusive = port.protocol == Protocol::mongo || port.protocol == Protocol::mysql;
    const auto [place, fresh] = listeners_.try_emplace({listen, number});
    Listener& entry = place->second;
    if (!fresh) {
      if (entry.locked && !explicit_port) return;
      if ((entry.exclusive || exclusive) && entry.protocol != port.protocol) return;  // F9.12
    } else {
      entry.address = listen;
      entry.port = number;
      entry.protocol = port.protocol;
      entry.exclusive = exclusive;
      entry.explicit_bind = http && !bind.empty();
      const auto all = view_.all_addresses(service);
      if (bind.empty() && !http && listen != "0.0.0.0") {
        for (const auto& each : all) {
          if (each != listen && match::is_ip(each) && each != "0.0.0.0") entry.additional.push_back(each);
        }
      }
    }
    const bool first_http = (http || automatic) && !entry.http;
    for (auto& chain : chains) {  // F9.11
      const bool same = std::any_of(entry.chains.begin(), entry.chains.end(), [&chain](const Chain& other) {
        return other.sni == chain.sni && other.cidrs == chain.cidrs;
      });
      if (!same) entry.chains.push_back(std::move(chain));
    }
    if (first_http) {
      entry.http = true;
      entry.http_at = entry.chains.size();
      entry.table = table;
    }
  }

  const ClientView& view_;
  std::map<std::pair<std::string, std::uint32_t>, Listener> listeners_;
};

}  // namespace

const nlohmann::json& ClientView::listeners_json() const {
  std::call_once(tables_->listeners_once, [this] { tables_->listeners = Builder(*this).build(); });
  return tables_->listeners;
}

const nlohmann::json* ClientView::listener(std::uint32_t port, std::string_view address) const {
  const auto& all = listeners_json();
  std::call_once(tables_->ports_once, [this, &all] {
    for (const auto& each : all) {
      if (each.at("name").get_ref<const std::string&>() == "virtualOutbound") {
        tables_->virtual_outbound = &each;
        continue;
      }
      auto& here = tables_->ports[each.at("port").get<std::uint32_t>()];
      const auto& own = each.at("address").get_ref<const std::string&>();
      if (own == "0.0.0.0" || own == "::") here.wildcard = &each;
      here.exact[own] = &each;
      if (const auto more = each.find("additional_addresses"); more != each.end()) {
        for (const auto& one : *more) here.exact[one.get<std::string>()] = &each;
      }
    }
  });
  if (const auto found = tables_->ports.find(port); found != tables_->ports.end()) {
    if (const auto exact = found->second.exact.find(address); exact != found->second.exact.end()) return exact->second;
    if (found->second.wildcard != nullptr) return found->second.wildcard;
  }
  return tables_->virtual_outbound;
}

}  // namespace meshroute::view
