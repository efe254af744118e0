// SPDX-License-Identifier: Apache-2.0
// What a proxy's Sidecar lets it see.

#include "scope/scope.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "scope/lookup.hpp"

namespace meshroute::scope {

namespace {

using registry::Service;

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<ServicePtr> exported_services(const std::vector<ServicePtr>& services, const std::string& namespace_) {  // D4
  std::vector<ServicePtr> explicit_ones, all;
  for (const ServicePtr& service : services) {
    if (contains(service->export_to, "*")) {
      all.push_back(service);
    } else if (!contains(service->export_to, "~") && visible(*service, namespace_)) {
      explicit_ones.push_back(service);
    }
  }
  explicit_ones.insert(explicit_ones.end(), all.begin(), all.end());
  return explicit_ones;
}

// D11, D12: the hosts of one egress listener.
class HostFilter {
 public:
  HostFilter(const std::vector<std::string>& hosts, const std::string& namespace_) {
    for (const std::string& entry : hosts) {
      const auto parts = registry::split(entry, '/');
      if (parts.size() != 2) continue;
      std::string in = parts[0];
      const bool exclude = in.starts_with("~");
      if (exclude) in.erase(0, 1);
      if (exclude && in.empty()) in = "*";
      if (in == ".") in = namespace_;
      if (in == "*" || exclude || match::is_wildcard(parts[1])) exact_ = false;
      auto& patterns = (exclude ? excluded_ : included_)[in];
      patterns.list.push_back(parts[1]);
      if (!match::is_wildcard(parts[1])) patterns.exact.insert(parts[1]);
      any_host_ = any_host_ || (!exclude && in == "*" && parts[1] == "*");
    }
  }

  bool exact() const { return exact_; }

  bool imports(const std::string& namespace_, const std::string& host) const {
    if (excluded(namespace_, host)) return false;
    if (any_host_) return true;
    return matches(namespace_, host, match::subset_of) || matches("*", host, match::subset_of);
  }
  /// Of a service that is imported: its alias is by the hosts that import the service, whatever the alias's own namespace.
  bool imports_alias(const std::string& namespace_, const std::string& host, const std::string& alias) const {
    const bool own = matches(namespace_, host, match::subset_of);
    return matches(own ? namespace_ : "*", alias, match::subset_of);
  }
  bool imports(const VirtualServiceEntry& entry) const {  // D16
    const std::string& in = entry.resource->identity.namespace_;
    return std::any_of(entry.spec->hosts.begin(), entry.spec->hosts.end(), [&](const std::string& host) {
      return !excluded(in, host) && (any_host_ || matches(in, host, match::matches) || matches("*", host, match::matches));
    });
  }

 private:
  struct Patterns {
    std::unordered_set<std::string> exact;
    std::vector<std::string> list;
  };

  bool excluded(const std::string& namespace_, const std::string& host) const {
    if (excluded_.empty()) return false;
    for (const std::string& in : {namespace_, std::string("*")}) {
      const auto found = excluded_.find(in);
      if (found == excluded_.end()) continue;
      for (const std::string& pattern : found->second.list) {
        if (match::subset_of(host, pattern)) return true;
      }
    }
    return false;
  }
  template <class Relation>
  bool matches(const std::string& namespace_, const std::string& host, Relation relation) const {
    const auto found = included_.find(namespace_);
    if (found == included_.end()) return false;
    if (found->second.exact.contains(host)) return true;
    return std::any_of(found->second.list.begin(), found->second.list.end(), [&](const std::string& pattern) {
      return (match::is_wildcard(host) || match::is_wildcard(pattern)) && relation(host, pattern);
    });
  }

  std::map<std::string, Patterns> included_, excluded_;
  bool exact_ = true, any_host_ = false;
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

std::vector<ServicePtr> select_services(const registry::Snapshot& snapshot, const std::string& namespace_,
                                        const HostFilter& filter, const std::vector<ServicePtr>& exported, std::uint32_t port) {
  std::vector<ServicePtr> imported;
  const auto add = [&](const ServicePtr& service) {
    if (!filter.imports(service->namespace_, service->hostname)) return;
    ServicePtr kept = service;
    if (port != 0) kept = trimmed(service, {port});
    if (kept == nullptr) return;
    imported.push_back(std::move(kept));
  };
  if (filter.exact()) {  // D14
    for (const ServicePtr& service : snapshot.services) {
      const auto found = snapshot.index.find({service->hostname, service->namespace_});
      if (found != snapshot.index.end() && found->second == service && visible(*service, namespace_)) add(service);
    }
  } else {
    for (const ServicePtr& service : exported) add(service);
  }
  const std::vector<ServicePtr> named = imported;  // keeps the hostnames that are keys
  std::unordered_map<std::string_view, Chosen> chosen;
  for (const ServicePtr& service : named) chosen[service->hostname].consider(*service, namespace_);
  std::vector<ServicePtr> services;
  for (ServicePtr& service : imported) {
    if (chosen[service->hostname].namespace_ != service->namespace_) continue;
    const auto hidden = [&](const auto& alias) {
      return !filter.imports_alias(service->namespace_, service->hostname, alias.first);
    };
    if (std::any_of(service->aliases.begin(), service->aliases.end(), hidden)) {
      auto copy = std::make_shared<Service>(*service);
      std::erase_if(copy->aliases, hidden);
      service = std::move(copy);
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
    if (contains(export_to, "*")) {
      open.push_back(entry);
    } else if (contains(export_to, "~")) {
      continue;
    } else if (in == namespace_ && (contains(export_to, ".") || contains(export_to, in))) {
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
  std::map<std::string, const VirtualServiceEntry*> plain, wild;
  for (const VirtualServicePtr& entry : listener.virtual_services) {
    for (const std::string& host : entry->spec->hosts) (match::is_wildcard(host) ? wild : plain).try_emplace(host, entry.get());
  }
  for (const ServicePtr& service : listener.services) {
    const std::string& host = service->hostname;
    const bool wildcard = match::is_wildcard(host);
    const auto& exact = wildcard ? wild : plain;
    if (const auto found = exact.find(host); found != exact.end()) {
      listener.most_specific[host] = found->second;
      continue;
    }
    const std::string_view needle = wildcard ? std::string_view(host).substr(1) : std::string_view(host);
    const std::string* best = nullptr;
    for (const auto& [pattern, entry] : wild) {
      if (!needle.ends_with(std::string_view(pattern).substr(1))) continue;
      if (best == nullptr || match::more_specific(pattern, *best)) best = &pattern;
    }
    if (best != nullptr) listener.most_specific[host] = wild[*best];
  }
}

// D20.
class ServiceList {
 public:
  explicit ServiceList(Scope& scope) : scope_(scope) {}
  void add(const ServicePtr& service) {
    const auto [found, added] = places_.try_emplace(service->hostname, scope_.services.size());
    if (added) {
      scope_.services.push_back(service);
      return;
    }
    ServicePtr& present = scope_.services[found->second];
    if (present == service) return;
    if (present->kubernetes && !service->kubernetes) return;
    if (!present->kubernetes && service->kubernetes) {
      replace(present, service);
      return;
    }
    const auto same = [](const Service& a, const Service& b) {
      return a.namespace_ == b.namespace_ && a.resolution == b.resolution && a.labels == b.labels &&
             a.selector.value_or(registry::Labels{}) == b.selector.value_or(registry::Labels{}) &&
             a.default_export_to == b.default_export_to &&
             std::set<std::string>(a.export_to.begin(), a.export_to.end()) ==
                 std::set<std::string>(b.export_to.begin(), b.export_to.end());
    };
    if (!same(*present, *service)) return;
    std::shared_ptr<Service> copy;
    for (const auto& port : service->ports) {
      const auto& ports = copy ? copy->ports : present->ports;
      if (std::any_of(ports.begin(), ports.end(), [&](const auto& one) { return one.number == port.number; })) continue;
      if (!copy) copy = std::make_shared<Service>(*present);
      copy->ports.push_back(port);
    }
    if (copy) replace(present, std::move(copy));
  }

 private:
  Scope& scope_;
  /// What is replaced stays: its hostname is a key.
  void replace(ServicePtr& present, ServicePtr by) {
    replaced_.push_back(std::move(present));
    present = std::move(by);
  }

  std::unordered_map<std::string_view, std::size_t> places_;  // by hostname
  std::vector<ServicePtr> replaced_;
};

// D18: host -> ports (0: all), in order of first occurrence.
struct Destinations {
  std::vector<std::string> order;
  std::map<std::string, std::set<std::uint32_t>> ports;
  void add(const std::optional<model::Destination>& destination) {
    if (!destination) return;
    auto [found, added] = ports.try_emplace(destination->host);
    if (added) order.push_back(destination->host);
    found->second.insert(destination->port ? destination->port->number : 0);
  }
};

Destinations destinations_of(const model::VirtualService& spec, const std::string& namespace_) {
  Destinations destinations;
  for (const auto& rule : spec.http) {
    bool limited = false, matches = false;
    for (const auto& match : rule.match) {
      limited = limited || !match.source_namespace.empty();
      matches = matches || match.source_namespace == namespace_;
    }
    if (limited && !matches) continue;
    for (const auto& route : rule.route) destinations.add(route.destination);
    destinations.add(rule.mirror);
    for (const auto& mirror : rule.mirrors) destinations.add(mirror.destination);
  }
  for (const auto& rule : spec.tcp) {
    for (const auto& route : rule.route) destinations.add(route.destination);
  }
  for (const auto& rule : spec.tls) {
    for (const auto& route : rule.route) destinations.add(route.destination);
  }
  return destinations;
}

ServicePtr implicit_service(const registry::Snapshot& snapshot, const std::string& host, const std::string& namespace_) {
  if (const auto own = snapshot.index.find({host, namespace_}); own != snapshot.index.end()) return own->second;
  ServicePtr best;
  for (auto at = snapshot.index.lower_bound({host, std::string()}); at != snapshot.index.end() && at->first.first == host; ++at) {
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
  return contains(service.export_to, "*") || (contains(service.export_to, ".") && service.namespace_ == namespace_) ||
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

Scope make_scope(const registry::Snapshot& snapshot, const Proxy& proxy) {
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

  const std::vector<ServicePtr> exported = exported_services(snapshot.services, namespace_);
  const std::vector<VirtualServicePtr> candidates = candidate_virtual_services(snapshot, namespace_);
  const std::vector<std::string> everything{"*/*"};
  ServiceList list(scope);
  for (EgressListener& listener : scope.listeners) {
    const HostFilter filter(listener.spec != nullptr ? listener.spec->hosts : everything, namespace_);
    for (const VirtualServicePtr& entry : candidates) {
      if (filter.imports(*entry)) listener.virtual_services.push_back(entry);
    }
    listener.services = select_services(snapshot, namespace_, filter, exported, matched_port(listener));
    find_most_specific(listener);
  }
  for (const EgressListener& listener : scope.listeners) {
    for (const ServicePtr& service : listener.services) list.add(service);
    const std::uint32_t port = matched_port(listener);
    for (const VirtualServicePtr& entry : listener.virtual_services) {  // D18
      const Destinations destinations = destinations_of(*entry->spec, namespace_);
      for (const std::string& host : destinations.order) {
        ServicePtr service = implicit_service(snapshot, host, namespace_);
        if (service == nullptr) continue;
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
    return HostFilter(listener.spec->hosts, namespace_).imports(service.namespace_, service.hostname) &&
           (port == 0 || std::any_of(service.ports.begin(), service.ports.end(), has));
  });
}

std::optional<Scope> follow_scope(const Scope& before, const registry::Snapshot& earlier, const registry::Snapshot& now,
                                  const Proxy& proxy,
                                  std::unordered_map<const VirtualServiceEntry*, VirtualServicePtr>& replaced) {
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
