// SPDX-License-Identifier: Apache-2.0
// Gateways of a router: selection, ports, and the merge of their servers.
#include "scope/gateways.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "scope/lookup.hpp"
#include "scope/scope.hpp"
#include "text/list.hpp"

namespace meshroute::scope {

namespace {

using registry::Protocol;
using TLSmode = model::ServerTLSSettings::TLSmode;

/// A port of a service that stands for the router, before the services are ordered.
struct Candidate {
  std::int64_t creation = 0;
  std::string hostname;
  PortTranslation port;
};

std::optional<std::uint32_t> number_of(const std::string& text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  std::uint32_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return number;
}

bool selects(const model::Service& service, const Labels& labels) {
  return service.selector && !service.selector->empty() && match::labels_subset(*service.selector, labels);
}

/// The port of a Pod's container with this name.
std::optional<std::uint32_t> named_port(const model::Pod& pod, const std::string& name, const std::string& protocol) {
  for (const bool init : {false, true}) {
    for (const auto& container : pod.containers) {
      if (container.init != init || (init && container.restart_policy != "Always")) continue;
      for (const auto& port : container.ports) {
        if (port.name == name && port.protocol == protocol) return port.container_port;
      }
    }
  }
  return std::nullopt;
}

bool healthy(const Resource& entry) {  // C14
  const std::string checked = registry::label_or_empty(entry.metadata.annotations, "proxy.istio.io/health-checks-enabled");
  if (checked != "1" && checked != "t" && checked != "T" && checked != "true" && checked != "TRUE" && checked != "True")
    return true;
  const auto condition = entry.conditions.find("Healthy");
  return condition != entry.conditions.end() && condition->second == "True";
}

/// What stands for one router in what is loaded.
struct Places {
  const Resource* pod = nullptr;      ///< named as the router
  const Resource* entry = nullptr;    ///< a WorkloadEntry with the router's address
  std::vector<const Resource*> pods;  ///< of the router's namespace
};

Places places_of(const registry::Snapshot& snapshot, const Proxy& proxy) {
  const std::string name = proxy.id.substr(0, proxy.id.find('.'));
  Places found;
  std::vector<const Resource*> entries;
  for (const auto& resource : snapshot.resources) {
    if (resource == nullptr) continue;
    const Identity& identity = resource->identity;
    if (resource->as<model::Pod>() != nullptr && identity.cluster == proxy.cluster && identity.namespace_ == proxy.namespace_) {
      found.pods.push_back(resource.get());
      if (identity.name == name) found.pod = resource.get();
    }
    const auto* entry = resource->as<model::WorkloadEntry>();
    if (entry != nullptr && !proxy.ip.empty() && entry->address == proxy.ip && healthy(*resource))
      entries.push_back(resource.get());
  }
  std::sort(entries.begin(), entries.end(), [](const Resource* a, const Resource* b) {
    return std::tie(a->identity.namespace_, a->identity.name) < std::tie(b->identity.namespace_, b->identity.name);
  });
  for (const Resource* each : entries) {
    if (found.entry == nullptr) found.entry = each;
    const bool mine = each->identity.namespace_ == proxy.namespace_;
    if (mine && found.entry->identity.namespace_ != proxy.namespace_) found.entry = each;
    if (mine && each->identity.name == name) {
      found.entry = each;
      break;
    }
  }
  return found;
}

class Translations {
 public:
  Translations(const registry::Snapshot& snapshot, const Proxy& proxy) : snapshot_(snapshot), proxy_(proxy) {}

  std::vector<PortTranslation> make() {
    const Places places = places_of(snapshot_, proxy_);
    if (places.entry != nullptr)
      of_entry(*places.entry);
    else
      of_services(places);
    if (!proxy_.ip.empty()) of_service_entries();
    std::stable_sort(found_.begin(), found_.end(), [](const Candidate& a, const Candidate& b) {
      return std::tie(a.creation, a.hostname) < std::tie(b.creation, b.hostname);
    });
    std::vector<PortTranslation> ports;
    ports.reserve(found_.size());
    for (const Candidate& each : found_) ports.push_back(each.port);
    return ports;
  }

 private:
  const registry::Service* service_of(const Resource& resource) const {
    const std::string hostname =
        resource.identity.name + "." + resource.identity.namespace_ + ".svc." + snapshot_.settings.domain_suffix;
    const auto found = snapshot_.index.find({hostname, resource.identity.namespace_});
    return found != snapshot_.index.end() ? found->second.get() : nullptr;
  }
  static const registry::ServicePort* port_of(const registry::Service& service, const model::Service::Port& port) {
    const auto found = std::find_if(service.ports.begin(), service.ports.end(),
                                    [&](const auto& each) { return each.name == port.name && each.number == port.port; });
    return found != service.ports.end() ? &*found : nullptr;
  }

  void add(const registry::Service& service, const Resource* resource, std::uint32_t number, std::uint32_t target) {
    const bool opted_out =
        registry::find_label(service.labels, "experimental.istio.io/disable-gateway-port-translation") != nullptr;  // GW13
    found_.push_back(
        {service.creation, service.hostname, {resource, number, target, service.hostname, service.namespace_, opted_out}});
  }

  void of_entry(const Resource& entry) {  // GW11 (a), GW12
    const auto& spec = *entry.as<model::WorkloadEntry>();
    Labels labels = entry.metadata.labels;
    labels.insert(spec.labels.begin(), spec.labels.end());
    for (const Resource* resource : snapshot_.base->table->kubernetes) {
      const auto& given = *resource->as<model::Service>();
      const registry::Service* service = service_of(*resource);
      if (resource->identity.cluster != proxy_.cluster || resource->identity.namespace_ != entry.identity.namespace_ ||
          service == nullptr || service->resolution != registry::ServiceResolution::client_side_lb || !selects(given, labels))
        continue;
      for (const model::Service::Port& port : given.ports) {
        const registry::ServicePort* own = port_of(*service, port);
        if (own != nullptr && own->protocol == Protocol::udp) continue;
        const auto number = number_of(port.target_port);
        const bool by_name = !number && !port.target_port.empty();
        const auto named = spec.ports.find(by_name ? port.target_port : port.name);
        if (named != spec.ports.end() && named->second != 0)
          add(*service, resource, port.port, named->second);
        else if (!by_name)
          add(*service, resource, port.port, number.value_or(0) != 0 ? *number : port.port);
      }
    }
  }

  void of_services(const Places& places) {  // GW11 (b), (c)
    const Labels& labels = places.pod != nullptr ? places.pod->metadata.labels : proxy_.labels;
    for (const Resource* resource : snapshot_.base->table->kubernetes) {
      const auto& given = *resource->as<model::Service>();
      if (resource->identity.cluster != proxy_.cluster || resource->identity.namespace_ != proxy_.namespace_ ||
          !selects(given, labels))
        continue;
      const registry::Service* service = service_of(*resource);
      if (service == nullptr) continue;
      std::set<std::pair<std::uint32_t, Protocol>> targets;  // GW14
      for (const model::Service::Port& port : given.ports) {
        const registry::ServicePort* own = port_of(*service, port);
        const auto target = target_of(port, given, places);
        if (target && targets.emplace(*target, own != nullptr ? own->protocol : Protocol::tcp).second)
          add(*service, resource, port.port, *target);
      }
    }
  }

  /// GW17: a missing one is the port's own number.
  static std::optional<std::uint32_t> target_of(const model::Service::Port& port, const model::Service& service,
                                                const Places& places) {
    if (port.target_port.empty()) return port.port;
    if (const auto number = number_of(port.target_port)) return number;
    if (places.pod != nullptr) return named_port(*places.pod->as<model::Pod>(), port.target_port, port.protocol);
    for (const Resource* pod : places.pods) {  // not the router's own, but one of its siblings
      if (!selects(service, pod->metadata.labels)) continue;
      if (const auto named = named_port(*pod->as<model::Pod>(), port.target_port, port.protocol)) return named;
    }
    return port.port;
  }

  void of_service_entries() {  // GW12
    for (const ServicePtr& service : snapshot_.services_at(proxy_.ip)) {
      if (service->kubernetes || service->namespace_ != proxy_.namespace_) continue;
      const registry::Pool* pool = snapshot_.pool(*service);
      for (const auto& shard : *pool) {
        for (const auto& endpoint : shard.endpoints) {
          if (endpoint.address() == proxy_.ip && endpoint.legacy_port != 0)
            add(*service, service->resource, endpoint.legacy_port, endpoint.port);
        }
      }
    }
  }

  const registry::Snapshot& snapshot_;
  const Proxy& proxy_;
  std::vector<Candidate> found_;
};

std::string table_name(const GatewayServer& server) {  // GW23
  const model::Port& port = *server.spec->port;
  const std::string bind = server.spec->bind.empty() ? "" : "." + server.spec->bind;
  if (registry::is_http(server.protocol)) return "http." + std::to_string(server.listen) + bind;
  if (server.protocol == Protocol::https && !server.passes_tls_on()) {
    return "https." + std::to_string(port.number) + "." + port.name + "." + server.gateway->identity.name + "." +
           server.gateway->identity.namespace_ + bind;
  }
  return {};
}

/// GW18-GW23, one server after the other.
class Merge {
 public:
  explicit Merge(Gateways& result) : result_(result) {}

  void take(GatewayServer server) {
    const std::size_t at = result_.servers.size();
    result_.servers.push_back(std::move(server));
    GatewayServer& added = result_.servers.back();
    if (added.has_tls()) {  // GW18
      auto& noted = tls_hosts_[added.listen];
      for (const std::string& host : added.hosts) {
        const auto found = noted.find(host);
        if (found == noted.end() || found->second.first != added.spec->bind) continue;
        added.host = host;
        return drop(added, GatewayServer::Dropped::host_taken, found->second.second);
      }
      for (const std::string& host : added.hosts) noted.insert_or_assign(host, std::make_pair(added.spec->bind, at));
      result_.auto_passthrough = result_.auto_passthrough || added.auto_passthrough();
    }
    place(at);
  }

 private:
  using Key = std::tuple<std::uint32_t, std::string, std::string>;  // listen port, protocol, bind

  static void drop(GatewayServer& server, GatewayServer::Dropped why, std::size_t clash) {
    server.dropped = why;
    server.clash = clash;
  }

  void place(std::size_t at) {
    GatewayServer& server = result_.servers[at];
    const Key key{server.listen, server.spec->port->protocol, server.spec->bind};
    const auto plain = plain_.find(server.listen);
    if (ports_.insert(server.listen).second) return place_anew(at, key);
    if (plain != plain_.end()) {  // GW19, GW20, GW22: only the latest plain server's bind is known
      const Key& current = plain->second;
      const bool same_bind = std::get<2>(current) == server.spec->bind;
      const bool shares = registry::is_http(server.protocol) && registry::is_http(registry::parse_protocol(std::get<1>(current)));
      if (same_bind && !shares)
        return drop(server, GatewayServer::Dropped::protocol_conflict, result_.groups[groups_.at(current)].servers.front());
      if (same_bind) {
        result_.groups[groups_.at(current)].servers.push_back(at);
        result_.tables[server.table].push_back(at);
        return;
      }
      const auto group = groups_.find(key);
      if (group == groups_.end()) return place_anew(at, key);
      result_.groups[group->second].servers.push_back(at);
      result_.groups[group->second].table = server.table;
      if (!server.table.empty()) result_.tables[server.table].push_back(at);
      return;
    }
    if (!server.is_tls()) return place_anew(at, key);  // GW20
    if (server.is_http()) {
      if (const auto taken = result_.tables.find(server.table); taken != result_.tables.end())
        return drop(server, GatewayServer::Dropped::table_taken, taken->second.front());
      result_.tables[server.table] = {at};
    }
    const auto [group, fresh] = groups_.try_emplace(key, result_.groups.size());
    if (fresh) result_.groups.push_back({server.listen, server.spec->port->protocol, server.spec->bind, {}, {}});
    result_.groups[group->second].servers.push_back(at);
  }

  void place_anew(std::size_t at, const Key& key) {
    GatewayServer& server = result_.servers[at];
    if (!server.is_tls()) plain_[server.listen] = key;
    if (server.is_http()) result_.tables[server.table] = {at};
    groups_[key] = result_.groups.size();
    result_.groups.push_back({server.listen, server.spec->port->protocol, server.spec->bind, server.table, {at}});
  }

  Gateways& result_;
  std::map<std::uint32_t, std::map<std::string, std::pair<std::string, std::size_t>>>
      tls_hosts_;  ///< port -> host -> bind, server
  std::set<std::uint32_t> ports_;
  std::map<std::uint32_t, Key> plain_;
  std::map<Key, std::size_t> groups_;
};

/// GW40.
void bind_virtual_services(const registry::Snapshot& snapshot, const std::string& namespace_, Gateways& gateways) {
  struct Kinds {
    std::vector<VirtualServicePtr> own, exported, open;
  };
  std::unordered_map<std::string_view, Kinds> found;
  for (const GatewayServer& server : gateways.servers) found.try_emplace(server.name);
  if (found.empty()) return;
  for (const VirtualServicePtr& entry : merged_virtual_services(snapshot)) {
    for (const std::string& name : entry->spec->gateways) {
      const auto kinds = found.find(name);
      if (kinds == found.end()) continue;
      const std::string& in = entry->resource->identity.namespace_;
      const auto& export_to =
          entry->spec->export_to.empty() ? snapshot.settings.virtual_service_export_to : entry->spec->export_to;
      if (text::contains(export_to, "*"))
        kinds->second.open.push_back(entry);
      else if (text::contains(export_to, "~"))
        continue;
      else if (in == namespace_ && (text::contains(export_to, ".") || text::contains(export_to, in)))
        kinds->second.own.push_back(entry);
      else if (in != namespace_ && text::contains(export_to, namespace_))
        kinds->second.exported.push_back(entry);
    }
  }
  for (auto& [name, kinds] : found) {
    auto& list = gateways.virtual_services[std::string(name)];
    list = std::move(kinds.own);
    list.insert(list.end(), kinds.exported.begin(), kinds.exported.end());
    list.insert(list.end(), kinds.open.begin(), kinds.open.end());
  }
}

/// Visits the server's hosts that are open to VirtualServices of the namespace, without it.
template <class Visit>
bool any_open_host(const std::vector<std::string>& server_hosts, const std::string& namespace_, const Visit& visit) {
  return std::any_of(server_hosts.begin(), server_hosts.end(), [&](const std::string& host) {
    const auto [in, name] = split_host(host);
    return (in.empty() || in == namespace_) && visit(name);
  });
}

}  // namespace

bool GatewayServer::passes_tls_on() const {
  return spec->tls && (spec->tls->mode == TLSmode::PASSTHROUGH || spec->tls->mode == TLSmode::AUTO_PASSTHROUGH);
}
bool GatewayServer::auto_passthrough() const { return spec->tls && spec->tls->mode == TLSmode::AUTO_PASSTHROUGH; }
bool GatewayServer::is_http() const {
  return registry::is_http(protocol) || (protocol == Protocol::https && has_tls() && !passes_tls_on());
}

std::vector<std::string> GatewayServer::server_names() const {
  std::set<std::string> names;
  for (const std::string& each : hosts) names.emplace(split_host(each).second);
  return {names.begin(), names.end()};
}

std::pair<std::string_view, std::string_view> split_host(std::string_view host) {
  const auto slash = host.find('/');
  if (slash == std::string_view::npos) return {{}, host};
  return {host.substr(0, slash), host.substr(slash + 1)};
}

std::vector<std::string> server_hosts(const model::Server& server, const std::string& namespace_) {
  std::vector<std::string> hosts;
  for (const std::string& host : server.hosts) {
    const auto [in, name] = split_host(host);
    if (in == "*" && name == "*") return {"*"};
    hosts.push_back(in == "." ? namespace_ + "/" + std::string(name) : in == "*" ? std::string(name) : host);
  }
  return hosts;
}

std::vector<std::string> served_hosts(const std::vector<std::string>& server_hosts, const std::vector<std::string>& hosts,
                                      const std::string& namespace_) {
  std::vector<std::string> served;
  const auto add = [&served](std::string_view host) {
    if (!text::contains(served, host)) served.emplace_back(host);
  };
  any_open_host(server_hosts, namespace_, [&](std::string_view name) {
    for (const std::string& host : hosts) {
      if (match::subset_of(name, host))
        add(name);
      else if (match::subset_of(host, name))
        add(host);
    }
    return false;
  });
  return served;
}

bool hosts_overlap(const std::vector<std::string>& server_hosts, const std::vector<std::string>& hosts,
                   const std::string& namespace_) {
  return any_open_host(server_hosts, namespace_, [&](std::string_view name) {
    return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) { return match::matches(name, host); });
  });
}

std::vector<PortTranslation> port_translations(const registry::Snapshot& snapshot, const Proxy& proxy) {
  return Translations(snapshot, proxy).make();
}

bool gateway_applies(const registry::Settings& settings, const Resource& gateway, const Proxy& proxy) {
  if (settings.scope_gateway_to_namespace && gateway.identity.namespace_ != proxy.namespace_) return false;
  if (gateway.metadata.annotations.contains(kGatewayServices)) return false;
  return match::labels_subset(gateway.as<model::Gateway>()->selector, proxy.labels);
}

namespace {

/// GW1a: the ports of the services that the Gateway names instead of labels.
std::vector<PortTranslation> ports_of_named(const Resource& gateway, const std::vector<PortTranslation>& ports) {
  const auto& annotations = gateway.metadata.annotations;
  const auto parent = annotations.find("internal.istio.io/parent-namespace");
  const std::string& in =
      parent != annotations.end() && !parent->second.empty() ? parent->second : gateway.identity.namespace_.string();
  std::set<std::string_view> named;
  for (std::string_view rest = annotations.at(kGatewayServices);;) {
    const std::size_t comma = rest.find(',');
    named.insert(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::vector<PortTranslation> own;
  for (const PortTranslation& port : ports) {
    if (port.namespace_ == in && named.contains(port.hostname)) own.push_back(port);
  }
  return own;
}

/// GW10, GW1a: where a server listens.
std::vector<PortTranslation> listen_ports(const model::Server& server, const std::vector<PortTranslation>& ports,
                                          bool by_service) {
  const std::uint32_t number = server.port->number;
  std::vector<PortTranslation> found;
  for (const PortTranslation& port : ports) {
    if (port.number != number || (port.opted_out && !by_service)) continue;
    if (!by_service) return {port};
    const bool known = std::any_of(found.begin(), found.end(), [&](const auto& each) { return each.target == port.target; });
    if (!known) found.push_back(port);
  }
  if (!by_service) return {PortTranslation{nullptr, number, number}};
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.target < b.target; });
  return found;
}

}  // namespace

Gateways merge_gateways(const registry::Snapshot& snapshot, const Proxy& proxy) {
  Gateways gateways;
  const auto applies = [&](const Resource& gateway) {
    if (!gateway.metadata.annotations.contains(kGatewayServices)) return gateway_applies(snapshot.settings, gateway, proxy);
    return (!snapshot.settings.scope_gateway_to_namespace || gateway.identity.namespace_ == proxy.namespace_) &&
           !ports_of_named(gateway, gateways.ports).empty();
  };
  if (snapshot.base->gateways.empty()) return gateways;
  gateways.ports = port_translations(snapshot, proxy);
  for (const Resource* resource : snapshot.base->gateways) {
    if (applies(*resource)) gateways.selected.push_back(resource);
  }
  if (gateways.selected.empty()) {
    gateways.ports.clear();
    return gateways;
  }
  Merge merge(gateways);
  for (const Resource* resource : gateways.selected) {
    const bool by_service = resource->metadata.annotations.contains(kGatewayServices);
    const std::vector<PortTranslation> ports = by_service ? ports_of_named(*resource, gateways.ports) : gateways.ports;
    const auto& servers = resource->as<model::Gateway>()->servers;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (!servers[i].port) continue;
      for (const PortTranslation& port : listen_ports(servers[i], ports, by_service)) {
        GatewayServer server;
        server.gateway = resource;
        server.spec = &servers[i];
        server.place = i;
        server.name = resource->identity.namespace_ + "/" + resource->identity.name;
        server.hosts = server_hosts(servers[i], resource->identity.namespace_);
        server.listen = port.target;
        server.translated = port.resource;
        server.protocol = registry::parse_protocol(servers[i].port->protocol);
        server.table = table_name(server);
        merge.take(std::move(server));
      }
    }
  }
  bind_virtual_services(snapshot, proxy.namespace_, gateways);
  return gateways;
}

}  // namespace meshroute::scope
