// SPDX-License-Identifier: Apache-2.0
// Which virtual hosts a RouteConfiguration has (spec F2, F5, D23).
#include "view/route_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numeric>
#include <set>
#include <unordered_set>

#include "match/host_index.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

using registry::Service;

envoy::VirtualHost catch_all_host(const ProxyScope& seen) {  // D23
  envoy::Route route;
  route.match.path = {envoy::PathMatcher::Kind::prefix, "/"};
  route.name = "allow_any";
  using Outbound = registry::Settings::Outbound;
  if (seen.scope.outbound == Outbound::registry_only) {
    route.name = "block_all";
    route.action = envoy::DirectResponse{502, {}};
  } else {
    envoy::Forward action;
    action.cluster = seen.scope.egress_proxy_cluster.empty() ? "PassthroughCluster" : seen.scope.egress_proxy_cluster;
    if (seen.scope.outbound == Outbound::allow_any_dynamic_dns) {
      route.name = "allow_any_dynamic_dns";
      action.cluster = "AllowAnyDynamicDNSCluster";
    }
    action.timeout = action.max_grpc_timeout = envoy::Duration{};
    route.action = std::move(action);
  }
  envoy::VirtualHost host;
  host.name = route.name;
  host.domains = {"*"};
  host.routes.push_back(std::move(route));
  return host;
}

}  // namespace

/// What is taken already: Envoy refuses a second virtual host of a name, and a second domain whatever its case.
class RoutePlan::Names {
 public:
  explicit Names(std::size_t most) {
    hosts_.reserve(most);
    domains_.reserve(2 * most);
  }
  bool take_host(std::string_view name) { return hosts_.insert(name).second; }
  bool take_domain(std::string_view lowered) { return domains_.insert(lowered).second; }

 private:
  std::unordered_set<std::string_view> hosts_, domains_;
};

std::string_view RoutePlan::keep(std::string_view text) {
  char* place = static_cast<char*>(memory_->allocate(text.size() + 1, 1));
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

std::string_view RoutePlan::keep_lower(std::string_view text) {
  if (!text::has_upper(text)) return text;
  char* place = static_cast<char*>(memory_->allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), place, [](char c) { return text::lower(c); });
  return {place, text.size()};
}

std::string_view RoutePlan::joined(std::string_view host, std::string_view separator, std::uint32_t port) {
  std::string text(host);
  text += separator;
  text += std::to_string(port);
  return keep(text);
}

std::optional<std::uint32_t> RoutePlan::sniffed_port(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos || name.find('/') != std::string_view::npos || name[0] == '@') return std::nullopt;
  return static_cast<std::uint32_t>(std::strtoul(std::string(name.substr(colon + 1)).c_str(), nullptr, 10));
}

RoutePlan::RoutePlan(std::shared_ptr<const Seen> seen, std::string name, const RoutePlan* earlier)
    : TablePlan(std::move(name)), seen_(std::move(seen)), scope_{seen_->proxy, seen_->scope, *seen_->base->settings} {
  if (earlier != nullptr && earlier->seen_ == seen_->followed.lock() && follow(*earlier)) return;
  if (name_ != "http_proxy" && name_.find('/') == std::string::npos && !name_.empty() && name_[0] != '@')
    port_ = static_cast<std::uint32_t>(std::strtoul(name_.c_str(), nullptr, 10));
  make(true);
}

RoutePlan::RoutePlan(std::shared_ptr<const Seen> seen, std::uint32_t port)
    : TablePlan({}), seen_(std::move(seen)), scope_{seen_->proxy, seen_->scope, *seen_->base->settings}, port_(port) {
  make(false);
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const auto [first, count] = domains(i);
    for (std::size_t j = 0; j < count; ++j) by_domain_.emplace(first[j], i);
  }
}

RoutePlan::RoutePlan(std::shared_ptr<const Seen> seen, std::string name, const RoutePlan* earlier, const Whole& whole)
    : TablePlan(std::move(name)), seen_(std::move(seen)), scope_{seen_->proxy, seen_->scope, *seen_->base->settings} {
  if (earlier != nullptr && earlier->seen_ == seen_->followed.lock() && follow(*earlier)) return;
  const std::shared_ptr<const RoutePlan> of_port = whole();
  port_ = of_port->port_;
  memory_ = of_port->memory_;
  services_ = of_port->services_;
  std::set<std::size_t> mine;  // F2.9
  for (const auto own : {std::string_view(name_).substr(0, name_.find(':')), std::string_view(name_)}) {
    if (const auto found = of_port->by_domain_.find(own); found != of_port->by_domain_.end()) mine.insert(found->second);
  }
  for (const std::size_t place : mine) {
    Host& host = hosts_.emplace_back(of_port->hosts_[place]);
    const auto [first, count] = of_port->domains(place);
    host.first_domain = static_cast<std::uint32_t>(domains_.size());
    domains_.insert(domains_.end(), first, first + count);
  }
  if (hosts_.size() != 1) return;
  hosts_[0].first_domain = 0;
  hosts_[0].domains = 1;
  domains_ = {"*"};
}

void RoutePlan::make(bool with_catch_all) {
  const EgressListener* listener = seen_->listener_indexes().listener(port_, name_);
  if (name_ == "allow_any_dynamic_dns") add_catch_all();  // of unknown addresses: no service is in it
  if (listener == nullptr || !hosts_.empty()) return;
  if (listener->spec != nullptr && listener->spec->port && listener->spec->port->protocol == "HTTP_PROXY") port_ = 0;
  collect_services(*listener);
  wrap_owners(*listener);
  wrap_others();
  make_hosts();
  if (port_ == 0) keep_domains_with_ports();
  std::stable_sort(hosts_.begin(), hosts_.end(), [](const Host& a, const Host& b) { return a.name < b.name; });
  if (with_catch_all) add_catch_all();
  // What only this needed.
  wrappers_ = {};
  in_order_ = {};
  extra_hosts_ = {};
  by_key_ = {};
  entries_ = {};
}

/// Where other rules of the same hosts change no domain: but for a VirtualService that takes part now, or no longer does.
bool RoutePlan::follow(const RoutePlan& earlier) {
  const VirtualHostRoutes routes(scope_, earlier.port_, *services_);
  for (const auto& [was, is] : seen_->replaced) {
    if (routes.any(*was) != routes.any(*is)) return false;  // F2.3
  }
  port_ = earlier.port_;
  memory_ = earlier.memory_;
  domains_ = earlier.domains_;
  services_ = earlier.services_;
  hosts_ = earlier.hosts_;
  for (Host& host : hosts_) {
    if (const auto found = seen_->replaced.find(host.owner); found != seen_->replaced.end()) host.owner = found->second.get();
  }
  return true;
}

void RoutePlan::add_catch_all() {  // D23
  Host& rest = hosts_.emplace_back();
  rest.first_domain = static_cast<std::uint32_t>(domains_.size());
  rest.domains = 1;
  domains_.emplace_back("*");
}

void RoutePlan::collect_services(const EgressListener& listener) {  // F2.1, B21: a later one overwrites
  auto services = std::make_shared<VirtualHostRoutes::Services>();
  const auto collect = [&](const Service& service, const registry::ServicePort* only) {
    const std::string_view key = port_ != 0 ? keep_lower(service.hostname) : std::string_view(service.hostname);
    const auto [place, fresh] = by_key_.try_emplace(key);
    if (fresh) {
      place->second = &entries_.emplace_back();
      place->second->key = key;
      in_order_.push_back(place->second);
    }
    place->second->service = &service;
    place->second->only = only;
    if (port_ == 0 || service.resolution == registry::ServiceResolution::alias) (*services)[key] = &service;
  };
  if (port_ != 0) {
    const auto& there = seen_->listener_indexes().of(listener).services_on(port_);
    by_key_.reserve(there.size());
    for (const auto& each : there) collect(*each.service, each.port);
  } else {
    by_key_.reserve(listener.services.size());
    for (const auto& service : listener.services) collect(*service, nullptr);
  }
  services_ = std::move(services);
  std::sort(in_order_.begin(), in_order_.end(), [](const Entry* a, const Entry* b) { return a->key < b->key; });
}

/// A wildcard host of a VirtualService takes the services whose most specific host it is (F2.4).
class RoutePlan::Wildcards {
 public:
  Wildcards(const std::vector<Entry*>& entries, const EgressListener& listener) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      by_host_.add(entries[i]->key, i);
      const auto best = listener.most_specific.find(entries[i]->key);  // A16: by the lower-cased host
      if (best != listener.most_specific.end()) owned_[best->second].push_back(entries[i]);
    }
    by_host_.sort();
  }

  /// Whether a service is within the host, or the host within a service.
  bool overlapped(std::string_view host) const {
    return by_host_.any_matching(host, [](std::size_t) { return true; });
  }
  /// Adds the services that the owner has by these hosts: by the first of the hosts, then in order of the services.
  void add(const VirtualServiceEntry* owner, const std::vector<std::string_view>& wild, std::vector<Entry*>& mine) const {
    const auto owned = owned_.find(owner);
    if (owned == owned_.end()) return;
    match::HostIndex<std::size_t> hosts;
    for (std::size_t i = 0; i < wild.size(); ++i) hosts.add(wild[i], i);
    hosts.sort();
    std::vector<std::pair<std::size_t, Entry*>> found;
    for (Entry* entry : owned->second) {
      std::size_t first = wild.size();
      hosts.any_matching(entry->key, [&first](std::size_t place) {
        first = std::min(first, place);
        return false;
      });
      if (first < wild.size()) found.emplace_back(first, entry);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [place, entry] : found) mine.push_back(entry);
  }

 private:
  match::HostIndex<std::size_t> by_host_;
  std::unordered_map<const VirtualServiceEntry*, std::vector<Entry*>> owned_;
};

void RoutePlan::wrap_owners(const EgressListener& listener) {
  const VirtualHostRoutes routes(scope_, port_, *services_);
  const auto each_port = [](Entry& entry, const auto& visit) {
    if (entry.only != nullptr) {
      if (registry::is_http_or_sniffed(entry.only->protocol)) visit(entry.only->number);
      return;
    }
    for (const auto& port : entry.service->ports) {
      if (registry::is_http_or_sniffed(port.protocol)) visit(port.number);
    }
  };
  std::vector<std::size_t> owners;
  if (port_ != 80 && port_ != 0) {  // F2.2
    std::vector<std::string_view> hosts;
    hosts.reserve(in_order_.size());
    for (const Entry* entry : in_order_) hosts.push_back(entry->key);
    owners = seen_->listener_indexes().of(listener).rules_for(hosts);
  } else {
    owners.resize(listener.virtual_services.size());
    std::iota(owners.begin(), owners.end(), std::size_t{0});
  }
  std::optional<Wildcards> wildcards;
  std::vector<std::string_view> plain, wild;
  for (const std::size_t place : owners) {
    const auto& owner = listener.virtual_services[place];
    if (!routes.any(*owner)) continue;  // F2.3
    plain.clear();
    wild.clear();
    for (const auto& host : owner->spec->hosts) (match::is_wildcard(host) ? wild : plain).push_back(keep_lower(host));
    std::vector<std::string_view> extra;
    std::vector<Entry*> mine;
    for (const auto host : plain) {  // F2.4
      if (const auto found = by_key_.find(host); found != by_key_.end())
        mine.push_back(found->second);
      else
        extra.push_back(keep(host));
    }
    if (!wild.empty()) {
      if (!wildcards) wildcards.emplace(in_order_, listener);
      wildcards->add(owner.get(), wild, mine);
      for (const auto host : wild) {
        if (!wildcards->overlapped(host)) extra.push_back(keep(host));
      }
    }
    std::map<std::uint32_t, std::vector<Entry*>> by_port;  // F2.5
    std::unordered_set<const Entry*> taken;
    for (Entry* entry : mine) {
      if (taken.insert(entry).second) each_port(*entry, [&](std::uint32_t port) { by_port[port].push_back(entry); });
    }
    if (by_port.empty() && port_ == 80) by_port[80];
    if (by_port.empty()) continue;
    extra_hosts_.push_back(std::move(extra));
    for (auto& [port, entries] : by_port) {
      for (Entry* entry : entries) entry->claimed = entry->used = true;
      wrappers_.push_back({port, owner.get(), std::move(entries), extra_hosts_.size() - 1});
    }
  }
}

void RoutePlan::wrap_others() {  // F2.6
  extra_hosts_.emplace_back();
  for (Entry* entry : in_order_) {
    if (entry->claimed || entry->service->resolution == registry::ServiceResolution::alias) continue;
    const auto wrap = [&](const registry::ServicePort& port) {
      if (!registry::is_http_or_sniffed(port.protocol)) return;
      entry->used = true;
      wrappers_.push_back({port.number, nullptr, {entry}, extra_hosts_.size() - 1});
    };
    if (entry->only != nullptr)
      wrap(*entry->only);
    else
      std::for_each(entry->service->ports.begin(), entry->service->ports.end(), wrap);
  }
}

void RoutePlan::make_hosts() {
  hosts_.reserve(wrappers_.size() + 1);
  domains_.reserve(2 * wrappers_.size() + 1);
  Names names(wrappers_.size());
  std::vector<Candidate> candidates;
  const auto bracketed = [this](std::string_view host) {
    return host.find(':') != std::string_view::npos && host[0] != '[' ? keep("[" + std::string(host) + "]") : host;
  };
  for (const Wrapper& wrapper : wrappers_) {
    for (const auto host : extra_hosts_[wrapper.extra_hosts]) {
      candidates.clear();
      candidates.push_back({bracketed(host), false});
      if (port_ == 0) candidates.push_back({joined(candidates.front().domain, ":", wrapper.port), false});
      emit(candidates.front().domain, wrapper, nullptr, candidates, names);
    }
    for (const Entry* entry : wrapper.entries) {
      candidates_of(*entry, wrapper.port, candidates);
      emit(bracketed(entry->key), wrapper, entry->service, candidates, names);
    }
  }
}

/// F5.
void RoutePlan::candidates_of(const Entry& entry, std::uint32_t port, std::vector<Candidate>& candidates) {
  const Service& service = *entry.service;
  candidates.clear();
  const auto add = [&](std::string_view host) {
    candidates.push_back({host, false});
    each_alternate(host, scope_, [&](std::string_view other) {
      const bool part = other.data() >= host.data() && other.data() < host.data() + host.size();
      candidates.push_back({part ? other : keep(other), true});
    });
  };
  add(entry.key);
  for (const auto& alias : service.aliases) add(alias.first);
  if (service.kubernetes && service.resolution == registry::ServiceResolution::passthrough) {
    const std::size_t plain = candidates.size();
    for (std::size_t i = 0; i < plain; ++i)
      candidates.push_back({keep("*." + std::string(candidates[i].domain)), candidates[i].alternate});
  }
  add_addresses(service, candidates);
  if (port_ != 0) return;
  std::vector<Candidate> both;
  for (const auto& candidate : candidates) {
    both.push_back(candidate);
    both.push_back({joined(candidate.domain, ":", port), candidate.alternate});
  }
  candidates = std::move(both);
}

void RoutePlan::add_addresses(const Service& service, std::vector<Candidate>& candidates) {
  const auto addresses = all_addresses(scope_, service);
  for (const auto address : addresses) {
    if (address == "0.0.0.0" || address.empty()) continue;
    const bool bare = address.find(':') != std::string_view::npos && address[0] != '[';
    candidates.push_back({bare ? keep("[" + std::string(address) + "]") : address, false});
  }
}

void RoutePlan::emit(std::string_view host, const Wrapper& wrapper, const Service* service,
                     const std::vector<Candidate>& candidates, Names& names) {  // F2.7
  const std::string_view host_name = joined(host, ":", wrapper.port);
  if (!names.take_host(host_name)) return;
  Host made{host_name, wrapper.port, static_cast<std::uint32_t>(domains_.size()), 0, wrapper.owner, service};
  for (const auto& [domain, alternate] : candidates) {
    const std::string_view lowered = keep_lower(domain);
    if (alternate) {  // of another service's full name
      const auto found = by_key_.find(lowered);
      if (found != by_key_.end() && found->second->used) continue;
    }
    if (names.take_domain(lowered)) domains_.push_back(domain);
  }
  made.domains = static_cast<std::uint32_t>(domains_.size()) - made.first_domain;
  if (made.domains > 0) hosts_.push_back(made);
}

void RoutePlan::keep_domains_with_ports() {  // F2.8
  std::vector<Host> kept;
  for (Host host : hosts_) {
    if (host.port != 80) {
      const std::uint32_t first = host.first_domain, count = host.domains;
      host.first_domain = static_cast<std::uint32_t>(domains_.size());
      for (std::uint32_t i = first; i < first + count; ++i) {
        if (domains_[i].find(':') != std::string_view::npos) domains_.push_back(domains_[i]);
      }
      host.domains = static_cast<std::uint32_t>(domains_.size()) - host.first_domain;
      if (host.domains == 0) continue;
    }
    kept.push_back(host);
  }
  hosts_ = std::move(kept);
}

bool RoutePlan::same_domains(const HostSource& earlier) const {
  return dynamic_cast<const RoutePlan&>(earlier).memory_ == memory_;
}

std::size_t RoutePlan::place_of(const HostSource& earlier, std::size_t host) const {
  const auto& before = dynamic_cast<const RoutePlan&>(earlier);
  const Host& there = before.hosts_[host];
  if (same_domains(earlier)) return hosts_[host].owner == there.owner ? host : npos;
  const auto same = [&](const Host& here) {
    const auto *mine = domains_.data() + here.first_domain, *its = before.domains_.data() + there.first_domain;
    return here.name == there.name && here.port == there.port && here.owner == there.owner && here.service == there.service &&
           std::equal(mine, mine + here.domains, its, its + there.domains);
  };
  // In order of their names, but for the catch-all, which has none, at the end.
  const bool catch_all = !hosts_.empty() && hosts_.back().name.empty();
  auto found = std::lower_bound(hosts_.begin(), hosts_.end() - (catch_all ? 1 : 0), there.name,
                                [](const Host& each, std::string_view name) { return each.name < name; });
  if (there.name.empty() && catch_all) found = hosts_.end() - 1;
  return found != hosts_.end() && same(*found) ? static_cast<std::size_t>(found - hosts_.begin()) : npos;
}

std::vector<HostRules> RoutePlan::rules_of(std::string_view virtual_host) const {
  const auto found = std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& host) { return host.name == virtual_host; });
  if (found == hosts_.end() || found->owner == nullptr) return {};
  return {{found->owner, VirtualHostRoutes(scope_, port_, *services_).uses(*found->owner)}};
}

namespace {

/// The VirtualService's host that takes a name, the most specific of them, in lower case; empty where none does.
std::string host_for(const VirtualServiceEntry& entry, const std::string& name) {
  std::string best;
  for (const std::string& each : entry.spec->hosts) {
    const std::string host = text::lower(each);
    if (match::matches(host, name) && (best.empty() || match::more_specific(host, best))) best = host;
  }
  return best;
}

}  // namespace

NotOwner RoutePlan::not_owner(const VirtualServiceEntry& entry, const std::string& host) const {
  using Reason = NotOwner::Reason;
  NotOwner why;
  why.port = port_;
  const auto because = [&why](Reason reason) {
    why.reason = reason;
    return std::move(why);
  };
  const EgressListener* listener = seen_->listener_indexes().listener(port_, name_);
  const auto place = [&](const VirtualServiceEntry* of) {
    const auto& all = listener->virtual_services;
    return std::find_if(all.begin(), all.end(), [of](const VirtualServicePtr& one) { return one.get() == of; }) - all.begin();
  };
  if (listener == nullptr || place(&entry) == static_cast<std::ptrdiff_t>(listener->virtual_services.size()))
    return because(Reason::not_imported);
  if (entry.resource->as<model::VirtualService>()->http.empty()) return because(Reason::no_http_rules);
  const VirtualHostRoutes routes(scope_, port_, *services_);
  if (!routes.any(entry)) {  // F2.3
    const auto uses = routes.uses(entry);
    if (uses.empty()) return because(Reason::nothing_delegated);
    why.dropped = uses.front().dropped;
    return because(Reason::no_rule_for_proxy);
  }
  const Host* own = nullptr;  // one that is the entry's
  const Host* asked = nullptr;
  for (const Host& each : hosts_) {
    const std::string_view name = each.name.substr(0, each.name.rfind(':'));
    if (each.owner == &entry && own == nullptr) own = &each;
    if (text::lower(name) == host && (port_ != 0 || asked == nullptr)) asked = &each;
  }
  const VirtualServiceEntry* owner = asked != nullptr ? asked->owner : nullptr;
  why.mine = host_for(entry, host);
  const auto found = std::find_if(listener->services.begin(), listener->services.end(),
                                  [&host](const registry::ServicePtr& each) { return text::lower(each->hostname) == host; });
  why.service = found != listener->services.end() ? found->get() : nullptr;
  const auto http_port = [this](const registry::Service& each) {
    return std::any_of(each.ports.begin(), each.ports.end(), [this](const auto& port) {
      return (port_ == 0 || port.number == port_) && registry::is_http_or_sniffed(port.protocol);
    });
  };
  const bool wildcard = match::is_wildcard(why.mine);
  if (why.service != nullptr && !http_port(*why.service)) return because(Reason::port_not_http);
  if (!wildcard && why.service == nullptr && own == nullptr && port_ != 80)  // F2.2, F2.5
    return because(Reason::no_service_with_port);
  if (wildcard && why.service == nullptr) {  // F2.4
    for (const auto& each : listener->services) {
      if (!match::matches(why.mine, text::lower(each->hostname)) || (port_ != 0 && !http_port(*each)) || owner == &entry)
        continue;
      why.service = each.get();
      return because(Reason::wildcard_holds_service);
    }
  }
  const bool other_owner = owner != nullptr && owner != &entry;
  if (owner != nullptr) why.theirs = host_for(*owner, host);
  if (other_owner && !why.theirs.empty() && why.theirs != why.mine && match::more_specific(why.theirs, why.mine)) {
    why.other = owner;
    return because(Reason::more_specific);
  }
  if (wildcard && why.service != nullptr) {  // D17
    const auto best = listener->most_specific.find(host);
    const auto* other = best != listener->most_specific.end() ? best->second : nullptr;
    if (other != nullptr && other != &entry && other != owner) {
      why.other = other;
      why.theirs = host_for(*other, host);
      return because(Reason::keeps_wider_away);
    }
  }
  if (other_owner && place(owner) < place(&entry)) {
    why.other = owner;
    return because(Reason::earlier);
  }
  if (own == nullptr) return because(Reason::no_virtual_host);
  why.virtual_host = own->name;
  return because(Reason::other_virtual_host);
}

envoy::VirtualHost RoutePlan::virtual_host(std::size_t index, std::vector<RuleOrigin>* origins) const {
  const Host& host = hosts_[index];
  if (host.owner == nullptr && host.service == nullptr) return catch_all_host(scope_);
  const VirtualHostRoutes routes(scope_, port_, *services_);
  envoy::VirtualHost made;
  made.name = host.name;
  made.domains.assign(domains_.begin() + host.first_domain, domains_.begin() + host.first_domain + host.domains);
  if (host.owner != nullptr)
    made.routes = routes.routes_of(*host.owner, origins);
  else
    made.routes.push_back(routes.default_route(*host.service, host.port));
  return made;
}

}  // namespace meshroute::view
