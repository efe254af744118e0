// SPDX-License-Identifier: Apache-2.0
// What a proxy's Sidecar lets it see.

#include "scope/scope.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "match/cluster_name.hpp"
#include "match/host_index.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "scope/destinations.hpp"
#include "scope/lookup.hpp"
#include "text/list.hpp"

namespace meshroute::scope {

namespace {

using registry::Service;
using text::contains;

std::vector<ServicePtr> exported_services(const std::vector<ServicePtr>& services, const std::string& namespace_) {  // D4
  std::vector<ServicePtr> explicit_ones, all;
  for (const ServicePtr& service : services) {
    if (text::contains(service->export_to, "*")) {
      all.push_back(service);
    } else if (!text::contains(service->export_to, "~") && visible(*service, namespace_)) {
      explicit_ones.push_back(service);
    }
  }
  explicit_ones.insert(explicit_ones.end(), all.begin(), all.end());
  return explicit_ones;
}

// D11, D12: the hosts of one egress listener. They must outlive it.
class HostFilter {
 public:
  HostFilter(const std::vector<std::string>& hosts, const std::string& namespace_) {
    for (const std::string& entry : hosts) {
      const auto slash = entry.find('/');
      if (slash == std::string::npos || entry.find('/', slash + 1) != std::string::npos) continue;
      std::string_view in = std::string_view(entry).substr(0, slash);
      const std::string_view host = std::string_view(entry).substr(slash + 1);
      const bool exclude = in.starts_with("~");
      if (exclude) in.remove_prefix(1);
      if (exclude && in.empty()) in = "*";
      if (in == ".") in = namespace_;
      if (in == "*" || exclude || match::is_wildcard(host)) exact_ = false;
      (exclude ? excluded_ : included_)[in].add(host);
      any_host_ = any_host_ || (!exclude && in == "*" && host == "*");
    }
    for (auto* all : {&included_, &excluded_}) {
      for (auto& [in, patterns] : *all) patterns.index.sort();
    }
  }

  bool exact() const { return exact_; }
  bool any_host() const { return any_host_; }
  /// The hosts of a listener by their namespace; `*`: of any.
  template <class Visit>
  void each_included(const Visit& visit) const {
    for (const auto& [in, patterns] : included_) {
      for (const std::string_view host : patterns.list) visit(in, host);
    }
  }

  bool imports(const Service& service) const { return imports(service.namespace_, service.hostname); }
  /// Of a service that is imported: its alias is by the hosts that import the service, whatever the alias's own namespace.
  bool imports_alias(const std::string& namespace_, const std::string& host, const std::string& alias) const {
    return holds(included_, holds(included_, namespace_, host) ? std::string_view(namespace_) : "*", alias);
  }
  bool imports(const VirtualServiceEntry& entry) const {  // D16
    const std::string& in = entry.resource->identity.namespace_;
    return std::any_of(entry.spec->hosts.begin(), entry.spec->hosts.end(), [&](const std::string& host) {
      return !excluded(in, host) && (any_host_ || meets(in, host) || meets("*", host));
    });
  }

 private:
  struct Patterns {
    std::vector<std::string_view> list;
    match::HostIndex<bool> index;
    match::Suffixes<bool> wildcards;
    std::unordered_set<std::string_view> plain;
    void add(std::string_view host) {
      list.push_back(host);
      index.add(host, true);
      if (match::is_wildcard(host))
        wildcards[match::tail_of(host)] = true;
      else
        plain.insert(host);
    }
  };
  using ByNamespace = std::map<std::string_view, Patterns>;

  bool imports(const std::string& namespace_, const std::string& host) const {
    if (excluded(namespace_, host)) return false;
    return any_host_ || holds(included_, namespace_, host) || holds(included_, "*", host);
  }
  bool excluded(std::string_view namespace_, std::string_view host) const {
    return holds(excluded_, namespace_, host) || holds(excluded_, "*", host);
  }
  /// Whether the host is a part of one of the namespace's (A7).
  static bool holds(const ByNamespace& all, std::string_view namespace_, std::string_view host) {
    const auto found = all.find(namespace_);
    if (found == all.end()) return false;
    return found->second.wildcards.any(match::tail_of(host)) || found->second.plain.contains(host);
  }
  /// Whether the host has a name in common with one of the namespace's (A6).
  bool meets(std::string_view namespace_, std::string_view host) const {
    const auto found = included_.find(namespace_);
    return found != included_.end() && found->second.index.any_matching(host, [](bool) { return true; });
  }

  ByNamespace included_, excluded_;
  bool exact_ = true, any_host_ = false;
};

/// What egress listeners choose from, in order. Where there are many listeners, each looks only at what its hosts may mean.
template <class Pointer>
class Choice {
 public:
  Choice(std::vector<Pointer> all, std::size_t listeners) : all_(std::move(all)) {
    constexpr std::size_t kFew = 4;
    if (listeners <= kFew) return;
    indexed_ = true;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      each_host(*all_[i], [&](std::string_view in, std::string_view host) {
        any_.add(host, i);
        by_namespace_[in].add(host, i);
      });
    }
    any_.sort();
    for (auto& [in, index] : by_namespace_) index.sort();
  }

  template <class Visit>
  void each_imported(const HostFilter& filter, const Visit& visit) const {
    if (!indexed_ || filter.any_host()) {
      for (const Pointer& each : all_) {
        if (filter.imports(*each)) visit(each);
      }
      return;
    }
    std::vector<std::size_t> places;
    filter.each_included([&](std::string_view in, std::string_view host) {
      const auto found = by_namespace_.find(in);
      if (in != "*" && found == by_namespace_.end()) return;
      const auto take = [&places](std::size_t place) {
        places.push_back(place);
        return false;
      };
      (in == "*" ? any_ : found->second).any_matching(host, take);
    });
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (const std::size_t place : places) {
      if (filter.imports(*all_[place])) visit(all_[place]);
    }
  }

 private:
  template <class Visit>
  static void each_host(const Service& service, const Visit& visit) {
    visit(service.namespace_, service.hostname);
  }
  template <class Visit>
  static void each_host(const VirtualServiceEntry& entry, const Visit& visit) {
    for (const std::string& host : entry.spec->hosts) visit(entry.resource->identity.namespace_, host);
  }

  std::vector<Pointer> all_;
  bool indexed_ = false;
  match::HostIndex<std::size_t> any_;
  std::unordered_map<std::string_view, match::HostIndex<std::size_t>> by_namespace_;
};

std::uint32_t matched_port(const EgressListener& listener) {  // D13: 0 where ports do not matter
  if (listener.spec == nullptr || !listener.spec->port) return 0;
  return registry::parse_protocol(listener.spec->port->protocol) == registry::Protocol::http_proxy ? 0
                                                                                                   : listener.spec->port->number;
}

ServicePtr trimmed(const ServicePtr& service, const std::set<std::uint32_t>& ports) {
  std::vector<registry::ServicePort> kept;
  for (const auto& port : service->ports) {
    if (ports.contains(port.number)) kept.push_back(port);
  }
  if (kept.empty()) return nullptr;
  if (kept.size() == service->ports.size()) return service;
  auto copy = std::make_shared<Service>(*service);
  copy->ports = std::move(kept);
  return copy;
}

// D15: the namespace whose definitions of one hostname are used.
struct Chosen {
  std::string_view namespace_;
  bool any = false, kubernetes = false;
  void consider(const Service& service, const std::string& proxy_namespace) {
    const std::string& other = service.namespace_;
    if (!any) {
      any = true;
      kubernetes = service.kubernetes;
      namespace_ = other;
    } else if (other == proxy_namespace || (!kubernetes && service.kubernetes && namespace_ != proxy_namespace)) {
      kubernetes = service.kubernetes || (kubernetes && namespace_ == other);
      namespace_ = other;
    }
  }
};

/// The services of a namespace's egress listeners.
struct Services {
  Choice<ServicePtr> exported;              ///< D4
  std::optional<Choice<ServicePtr>> named;  ///< D14: where every host of a listener is exact; made when first wanted
};

const Choice<ServicePtr>& choice_for(const registry::Snapshot& snapshot, const std::string& namespace_, const HostFilter& filter,
                                     std::size_t listeners, Services& services) {
  if (!filter.exact()) return services.exported;
  if (!services.named) {
    std::vector<ServicePtr> all;
    for (const ServicePtr& service : snapshot.services) {
      if (!visible(*service, namespace_)) continue;
      const auto found = snapshot.index.find({service->hostname, service->namespace_});
      if (found != snapshot.index.end() && found->second == service) all.push_back(service);
    }
    services.named.emplace(std::move(all), listeners);
  }
  return *services.named;
}

std::vector<ServicePtr> select_services(const std::string& namespace_, const HostFilter& filter, const Choice<ServicePtr>& choice,
                                        std::uint32_t port) {
  std::vector<ServicePtr> imported;
  choice.each_imported(filter, [&](const ServicePtr& service) {
    ServicePtr kept = port != 0 ? trimmed(service, {port}) : service;
    if (kept != nullptr) imported.push_back(std::move(kept));
  });
  std::unordered_map<std::string_view, Chosen> chosen;
  for (const ServicePtr& service : imported) chosen[service->hostname].consider(*service, namespace_);
  std::vector<ServicePtr> services, replaced;  // the hostnames of the latter are keys
  services.reserve(imported.size());
  for (ServicePtr& service : imported) {
    if (chosen[service->hostname].namespace_ != service->namespace_) {
      replaced.push_back(std::move(service));
      continue;
    }
    const auto hidden = [&](const auto& alias) {
      return !filter.imports_alias(service->namespace_, service->hostname, alias.first);
    };
    if (std::any_of(service->aliases.begin(), service->aliases.end(), hidden)) {
      auto copy = std::make_shared<Service>(*service);
      std::erase_if(copy->aliases, hidden);
      replaced.push_back(std::exchange(service, std::move(copy)));
    }
    services.push_back(std::move(service));
  }
  return services;
}

// D6, D16: what the proxy's namespace may use, in order.
std::vector<VirtualServicePtr> candidate_virtual_services(const registry::Snapshot& snapshot, const std::string& namespace_) {
  std::vector<VirtualServicePtr> own, exported, open;
  for (const VirtualServicePtr& entry : merged_virtual_services(snapshot)) {
    const auto& gateways = entry->spec->gateways;
    if (!names_mesh(gateways)) continue;  // F1.1
    const std::string& in = entry->resource->identity.namespace_;
    const auto& export_to = entry->spec->export_to.empty() ? snapshot.settings.virtual_service_export_to : entry->spec->export_to;
    if (text::contains(export_to, "*")) {
      open.push_back(entry);
    } else if (text::contains(export_to, "~")) {
      continue;
    } else if (in == namespace_ && (text::contains(export_to, ".") || contains(export_to, in))) {
      own.push_back(entry);
    } else if (in != namespace_ && contains(export_to, namespace_)) {
      exported.push_back(entry);
    }
  }
  own.insert(own.end(), exported.begin(), exported.end());
  own.insert(own.end(), open.begin(), open.end());
  return own;
}

// A10, D17.
void find_most_specific(EgressListener& listener) {
  std::unordered_map<std::string_view, const VirtualServiceEntry*> plain;
  match::Suffixes<const VirtualServiceEntry*> wild;  // of these, the longest is the most specific
  for (const VirtualServicePtr& entry : listener.virtual_services) {
    for (const std::string& host : entry->spec->hosts) {
      const VirtualServiceEntry*& first = match::is_wildcard(host) ? wild[match::tail_of(host)] : plain[host];
      if (first == nullptr) first = entry.get();
    }
  }
  for (const ServicePtr& service : listener.services) {
    const std::string& host = service->hostname;
    if (const auto found = plain.find(host); found != plain.end()) {
      listener.most_specific[host] = found->second;
    } else if (const auto* best = wild.longest(match::tail_of(host))) {
      listener.most_specific[host] = *best;
    }
  }
}

// D20.
class ServiceList {
 public:
  explicit ServiceList(Scope& scope) : scope_(scope) {}
  void add(const ServicePtr& service) {
    const auto [found, added] = places_.try_emplace(service->hostname);
    Place& place = found->second;
    if (added) {
      place.index = scope_.services.size();
      scope_.services.push_back(service);
      return;
    }
    ServicePtr& present = scope_.services[place.index];
    if (present == service) return;
    if (present->kubernetes && !service->kubernetes) return;
    if (!present->kubernetes && service->kubernetes) {
      replace(present, service);
      place.merge.reset();
      return;
    }
    const auto same = [](const Service& a, const Service& b) {
      return a.namespace_ == b.namespace_ && a.resolution == b.resolution && a.labels == b.labels &&
             a.selector.value_or(Labels{}) == b.selector.value_or(Labels{}) && a.default_export_to == b.default_export_to &&
             std::set<std::string>(a.export_to.begin(), a.export_to.end()) ==
                 std::set<std::string>(b.export_to.begin(), b.export_to.end());
    };
    if (!same(*present, *service)) return;
    if (place.merge == nullptr) {
      place.merge = std::make_unique<Merge>();
      for (const auto& port : present->ports) place.merge->ports.insert(port.number);
    }
    Merge& merge = *place.merge;
    for (const auto& port : service->ports) {
      if (!merge.ports.insert(port.number).second) continue;
      if (merge.service == nullptr) {  // one copy, whatever comes
        merge.service = std::make_shared<Service>(*present);
        replace(present, merge.service);
      }
      merge.service->ports.push_back(port);
    }
  }
  /// Whether the service is there whole, so that none of its ports is missing.
  bool has(const ServicePtr& service) const {
    const auto found = places_.find(service->hostname);
    return found != places_.end() && scope_.services[found->second.index] == service;
  }

 private:
  /// Of several definitions of one host.
  struct Merge {
    std::shared_ptr<Service> service;         ///< null: the first has all ports
    std::unordered_set<std::uint32_t> ports;  ///< of all
  };
  struct Place {
    std::size_t index = 0;
    std::unique_ptr<Merge> merge;  ///< once a second definition came
  };
  /// What is replaced stays: its hostname is a key.
  void replace(ServicePtr& present, ServicePtr by) {
    replaced_.push_back(std::move(present));
    present = std::move(by);
  }

  Scope& scope_;
  std::unordered_map<std::string_view, Place> places_;  // by hostname
  std::vector<ServicePtr> replaced_;
};

// D18: host -> ports (0: all), in order of first occurrence. The text is the VirtualService's.
struct Destinations {
  std::vector<std::string_view> order;
  std::map<std::string_view, std::set<std::uint32_t>> ports;
  void add(const model::Destination& destination) {
    auto [found, added] = ports.try_emplace(destination.host);
    if (added) order.push_back(destination.host);
    found->second.insert(destination.port ? destination.port->number : 0);
  }
};

Destinations destinations_of(const model::VirtualService& spec, const std::string& namespace_) {
  Destinations destinations;
  const auto open = [&namespace_](const model::HTTPRoute& rule) {
    bool limited = false, matches = false;
    for (const auto& match : rule.match) {
      limited = limited || !match.source_namespace.empty();
      matches = matches || match.source_namespace == namespace_;
    }
    return !limited || matches;
  };
  each_destination(spec, open, [&](const model::Destination& destination, Sent) { destinations.add(destination); });
  return destinations;
}

ServicePtr implicit_service(const registry::Snapshot& snapshot, std::string_view host, const std::string& namespace_) {
  if (const auto own = snapshot.index.find({host, namespace_}); own != snapshot.index.end()) return own->second;
  ServicePtr best;
  for (auto at = snapshot.index.lower_bound({host, std::string_view()}); at != snapshot.index.end() && at->first.first == host;
       ++at) {
    const ServicePtr& service = at->second;
    if (!visible(*service, namespace_)) continue;
    if (service->kubernetes) return service;
    if (best == nullptr || service->creation < best->creation) best = service;  // H11, J7
  }
  return best;
}

const Resource* find_sidecar(const registry::Snapshot& snapshot, const Proxy& proxy) {  // D8
  const Resource* plain = nullptr;
  const Resource* root = nullptr;
  for (const Resource* resource : snapshot.sidecars) {
    const auto& spec = *resource->as<model::Sidecar>();
    if (resource->identity.namespace_ == proxy.namespace_) {
      if (spec.workload_selector) {
        if (match::labels_subset(spec.workload_selector->labels, proxy.labels)) return resource;
      } else if (plain == nullptr) {
        plain = resource;
      }
    }
    if (root == nullptr && !spec.workload_selector && resource->identity.namespace_ == snapshot.settings.root_namespace)
      root = resource;
  }
  return plain != nullptr ? plain : root;
}

}  // namespace

bool names_mesh(const std::vector<std::string>& gateways) { return gateways.empty() || contains(gateways, "mesh"); }

bool visible(const Service& service, const std::string& namespace_) {
  return contains(service.export_to, "*") || (text::contains(service.export_to, ".") && service.namespace_ == namespace_) ||
         contains(service.export_to, namespace_);
}

ServicePtr seen_service(const std::vector<ServicePtr>& definitions, const std::string& namespace_) {
  Chosen chosen;
  for (const ServicePtr& service : exported_services(definitions, namespace_)) chosen.consider(*service, namespace_);
  const std::string_view in =
      chosen.any ? chosen.namespace_ : std::string_view(namespace_);  // D18: one's own is seen even where it is not exported
  ServicePtr first;
  for (const ServicePtr& service : definitions) {
    if (service->namespace_ != in) continue;
    if (first == nullptr || (service->kubernetes && !first->kubernetes)) first = service;  // B18
  }
  return first;
}

namespace {

/// GW70: whatever the VirtualServices' visibility and matches.
std::set<std::string, std::less<>> destinations_of_gateways(const registry::Snapshot& snapshot, const Gateways& gateways) {
  std::set<std::string, std::less<>> names, hosts;
  for (const GatewayServer& server : gateways.servers) names.insert(server.name);
  for (const VirtualServicePtr& entry : merged_virtual_services(snapshot)) {
    const auto& of = entry->spec->gateways;
    if (std::none_of(of.begin(), of.end(), [&](const std::string& name) { return names.contains(name); })) continue;
    each_destination(*entry->spec, [&](const model::Destination& destination, Sent) { hosts.insert(destination.host); });
  }
  return hosts;
}

/// GW70, GW71: all that is exported to the router's namespace; no Sidecar matters.
Scope make_router_scope(const registry::Snapshot& snapshot, const Proxy& proxy) {
  Scope scope;
  scope.outbound = snapshot.settings.outbound;
  ServiceList list(scope);
  for (const ServicePtr& service : exported_services(snapshot.services, proxy.namespace_)) list.add(service);
  for (const ServicePtr& service : scope.services) scope.by_host.emplace(service->hostname, service);
  scope.gateways = merge_gateways(snapshot, proxy);
  if (snapshot.settings.filter_gateway_cluster_config) scope.led_to = destinations_of_gateways(snapshot, *scope.gateways);
  EgressListener& all = scope.listeners.emplace_back();
  all.services = scope.services;
  std::unordered_set<const VirtualServiceEntry*> seen;
  for (const GatewayServer& server : scope.gateways->servers) {
    for (const VirtualServicePtr& entry : scope.gateways->virtual_services.at(server.name)) {
      if (seen.insert(entry.get()).second) all.virtual_services.push_back(entry);
    }
  }
  select_destination_rules(snapshot, proxy, scope);
  return scope;
}

}  // namespace

Scope make_scope(const registry::Snapshot& snapshot, const Proxy& proxy) {
  if (proxy.type == Proxy::Type::router) return make_router_scope(snapshot, proxy);
  Scope scope;
  const std::string& namespace_ = proxy.namespace_;
  scope.outbound = snapshot.settings.outbound;
  scope.sidecar = find_sidecar(snapshot, proxy);
  if (scope.sidecar != nullptr) {
    scope.sidecar_spec = scope.sidecar->as<model::Sidecar>();
    if (const auto& policy = scope.sidecar_spec->outbound_traffic_policy) {  // D22
      using Outbound = registry::Settings::Outbound;
      const bool any = policy->mode == model::OutboundTrafficPolicy::Mode::ALLOW_ANY;
      scope.outbound = any ? Outbound::allow_any : Outbound::registry_only;
      if (any && policy->egress_proxy) {
        scope.egress_proxy_cluster = match::cluster_name(policy->egress_proxy->port ? policy->egress_proxy->port->number : 0,
                                                         policy->egress_proxy->subset, policy->egress_proxy->host);
      }
    }
    for (const auto& listener : scope.sidecar_spec->egress) scope.listeners.emplace_back().spec = &listener;
  }
  if (scope.listeners.empty()) scope.listeners.emplace_back();  // D9

  const std::size_t count = scope.listeners.size();
  Services services{{exported_services(snapshot.services, namespace_), count}, {}};
  const Choice<VirtualServicePtr> virtual_services(candidate_virtual_services(snapshot, namespace_), count);
  const std::vector<std::string> everything{"*/*"};
  ServiceList list(scope);
  std::unordered_map<std::string_view, ServicePtr> implicit;  // by host: many rules lead to one
  for (EgressListener& listener : scope.listeners) {
    const HostFilter filter(listener.spec != nullptr ? listener.spec->hosts : everything, namespace_);
    virtual_services.each_imported(filter,
                                   [&listener](const VirtualServicePtr& entry) { listener.virtual_services.push_back(entry); });
    listener.services =
        select_services(namespace_, filter, choice_for(snapshot, namespace_, filter, count, services), matched_port(listener));
    find_most_specific(listener);
  }
  for (const EgressListener& listener : scope.listeners) {
    for (const ServicePtr& service : listener.services) list.add(service);
    const std::uint32_t port = matched_port(listener);
    for (const VirtualServicePtr& entry : listener.virtual_services) {  // D18
      const Destinations destinations = destinations_of(*entry->spec, namespace_);
      for (const std::string_view host : destinations.order) {
        const auto [known, added] = implicit.try_emplace(host);
        if (added) known->second = implicit_service(snapshot, host, namespace_);
        ServicePtr service = known->second;
        if (service == nullptr || list.has(service)) continue;
        const auto& ports = destinations.ports.at(host);
        if (port != 0) {
          service = trimmed(service, {port});
        } else if (!ports.contains(0)) {
          service = trimmed(service, ports);
        }
        if (service != nullptr) list.add(service);
      }
    }
  }
  for (const ServicePtr& service : scope.services) scope.by_host.emplace(service->hostname, service);
  select_destination_rules(snapshot, proxy, scope);
  return scope;
}

bool imported(const Scope& scope, const std::string& namespace_, const registry::Service& service) {
  return std::any_of(scope.listeners.begin(), scope.listeners.end(), [&](const EgressListener& listener) {
    if (listener.spec == nullptr) return true;
    const std::uint32_t port = matched_port(listener);
    const auto has = [port](const auto& each) { return each.number == port; };
    return HostFilter(listener.spec->hosts, namespace_).imports(service) &&
           (port == 0 || std::any_of(service.ports.begin(), service.ports.end(), has));
  });
}

std::optional<Scope> follow_scope(const Scope& before, const registry::Snapshot& earlier, const registry::Snapshot& now,
                                  const Proxy& proxy,
                                  std::unordered_map<const VirtualServiceEntry*, VirtualServicePtr>& replaced) {
  if (proxy.type == Proxy::Type::router) return std::nullopt;
  const auto& then = merged_virtual_services(earlier);
  const auto& entries = merged_virtual_services(now);
  if (then.size() != entries.size()) return std::nullopt;
  for (std::size_t i = 0; i < then.size(); ++i) {
    if (then[i] == entries[i]) continue;
    const model::VirtualService &was = *then[i]->spec, &is = *entries[i]->spec;
    const bool only_rules = then[i]->resource->identity == entries[i]->resource->identity && was.hosts == is.hosts &&
                            was.gateways == is.gateways && was.export_to == is.export_to;
    const bool connections = !was.tls.empty() || !was.tcp.empty() || !is.tls.empty() || !is.tcp.empty();
    if (!only_rules || connections) return std::nullopt;
    const auto old_destinations = destinations_of(was, proxy.namespace_), destinations = destinations_of(is, proxy.namespace_);
    if (old_destinations.order != destinations.order || old_destinations.ports != destinations.ports) return std::nullopt;
    replaced.emplace(then[i].get(), entries[i]);
  }
  Scope scope = before;
  for (EgressListener& listener : scope.listeners) {
    for (VirtualServicePtr& entry : listener.virtual_services) {
      if (const auto found = replaced.find(entry.get()); found != replaced.end()) entry = found->second;
    }
    for (auto& [host, owner] : listener.most_specific) {
      if (const auto found = replaced.find(owner); found != replaced.end()) owner = found->second.get();
    }
  }
  return scope;
}

}  // namespace meshroute::scope
