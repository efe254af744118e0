// SPDX-License-Identifier: Apache-2.0
// Finds what differs between two meshes, and puts proxies that answer alike into one class.
#include "diff/classes.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "explain/find_proxy.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "schema/resource_reader.hpp"
#include "scope/destinations.hpp"
#include "text/case.hpp"

namespace meshroute::diffing {

namespace {

std::string_view text_of(const Resource& resource) {
  const Origin& origin = resource.origin;
  if (origin.source == nullptr || origin.offset + origin.size > origin.source->text.size()) return {};
  return std::string_view(origin.source->text).substr(origin.offset, origin.size);
}

bool same(const Resource& a, const Resource& b) {
  const auto text = text_of(a), other = text_of(b);
  if (!text.empty() && text == other && a.origin.item == b.origin.item) return true;
  if (a.metadata.labels != b.metadata.labels || a.metadata.annotations != b.metadata.annotations ||
      a.metadata.creation_timestamp != b.metadata.creation_timestamp || a.metadata.deleting != b.metadata.deleting ||
      a.conditions != b.conditions || a.status_addresses.size() != b.status_addresses.size())
    return false;
  for (std::size_t i = 0; i < a.status_addresses.size(); ++i) {
    if (a.status_addresses[i].value != b.status_addresses[i].value || a.status_addresses[i].host != b.status_addresses[i].host)
      return false;
  }
  if (a.identity.group.find("istio.io") == std::string::npos) return false;  // of Kubernetes' kinds only the text is known
  return schema::spec_to_json(a.spec) == schema::spec_to_json(b.spec);
}

/// A host as the mesh reads it in that namespace.
std::string full_name(const std::string& host, const std::string& namespace_, const registry::Settings& settings) {
  const bool short_name = host.find('.') == std::string::npos && !match::is_wildcard(host);
  return short_name ? host + "." + namespace_ + ".svc." + settings.domain_suffix : host;
}

/// What tells proxies apart: the selectors and names of both meshes.
struct Marks {
  std::vector<std::pair<std::string, Labels>> selectors;  ///< namespace (empty: any), labels
  std::set<std::string> namespaces;                       ///< in which, or for which, something is said
  bool everyone = false;                                  ///< each namespace and account may be told apart

  void select(const std::string& namespace_, const Labels& labels) {
    if (labels.empty()) return;
    std::pair one(namespace_, labels);
    if (std::find(selectors.begin(), selectors.end(), one) == selectors.end()) selectors.push_back(std::move(one));
  }
  void name(const std::vector<std::string>& export_to) {
    for (const auto& each : export_to) {
      if (each != "*" && each != "." && each != "~") namespaces.insert(each);
    }
  }
  bool narrows(const std::vector<std::string>& export_to) const {
    return std::any_of(export_to.begin(), export_to.end(), [](const std::string& each) { return each != "*"; });
  }
};

void mark(const registry::Snapshot& snapshot, const Changed& changed, Marks& marks,
          std::vector<std::pair<std::string, Labels>>& senders) {
  const auto& settings = snapshot.settings;
  const auto apart = [&](const std::vector<std::string>& hosts, const std::string& namespace_) {
    return std::none_of(hosts.begin(), hosts.end(),
                        [&](const std::string& host) { return changed.concerns(full_name(host, namespace_, settings)); });
  };
  for (const auto& resource : snapshot.resources) {
    const std::string& here = resource->identity.namespace_;
    if (const auto* spec = resource->as<model::VirtualService>()) {
      if (!spec->hosts.empty() && apart(spec->hosts, here)) continue;
      const auto& export_to = spec->export_to.empty() ? settings.virtual_service_export_to : spec->export_to;
      marks.name(export_to);
      if (marks.narrows(export_to)) marks.namespaces.insert(here);
      const auto match = [&](const auto& rules) {
        for (const auto& rule : rules) {
          for (const auto& each : rule.match) {
            marks.select("", each.source_labels);
            if (!each.source_namespace.empty()) marks.namespaces.insert(each.source_namespace);
            if (!each.source_labels.empty())
              senders.emplace_back(each.source_namespace.empty() ? here : each.source_namespace, each.source_labels);
          }
        }
      };
      match(spec->http);
      match(spec->tls);
      match(spec->tcp);
    } else if (const auto* rule = resource->as<model::DestinationRule>()) {
      if (!changed.concerns(full_name(rule->host, here, settings))) continue;
      marks.namespaces.insert(here);  // a client's own namespace goes first
      const auto& export_to = rule->export_to.empty() ? settings.destination_rule_export_to : rule->export_to;
      marks.name(export_to);
      if (rule->workload_selector) {
        marks.select(here, rule->workload_selector->match_labels);
        senders.emplace_back(here, rule->workload_selector->match_labels);
      }
    } else if (const auto* sidecar = resource->as<model::Sidecar>()) {
      marks.namespaces.insert(here);
      if (sidecar->workload_selector) {
        marks.select(here, sidecar->workload_selector->labels);
        senders.emplace_back(here, sidecar->workload_selector->labels);
      }
    } else if (const auto* entry = resource->as<model::ServiceEntry>()) {
      if (apart(entry->hosts, here)) continue;
      const auto& export_to = entry->export_to.empty() ? settings.service_export_to : entry->export_to;
      marks.name(export_to);
      if (marks.narrows(export_to)) marks.namespaces.insert(here);
    } else if (resource->as<model::AuthorizationPolicy>() != nullptr) {
      marks.everyone = marks.everyone || !changed.only_rules;  // servers decide as before where only routes change
    } else if (resource->as<model::Service>() != nullptr) {
      const auto found = resource->metadata.annotations.find("networking.istio.io/exportTo");
      if (found != resource->metadata.annotations.end() && found->second != "*") {
        marks.namespaces.insert(here);
        std::string rest = found->second;
        while (!rest.empty()) {
          const auto comma = rest.find(',');
          std::string each = rest.substr(0, comma);
          std::erase(each, ' ');
          marks.name({each});
          rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
        }
      }
    }
  }
  // Of a host with several definitions a proxy takes that of its own namespace.
  std::map<std::string_view, std::string_view> first;
  for (const auto& service : snapshot.services) {
    if (!changed.concerns(service->hostname)) continue;
    const auto [found, fresh] = first.emplace(service->hostname, service->namespace_);
    if (fresh || found->second == service->namespace_) continue;
    marks.namespaces.insert(std::string(found->second));
    marks.namespaces.insert(service->namespace_);
  }
}

/// Whether endpoints are chosen by the node of the client.
bool asks_for_nodes(const registry::Snapshot& snapshot) {
  return std::any_of(snapshot.services.begin(), snapshot.services.end(), [](const auto& service) {
    return service->node_local || service->distribution != registry::Service::Distribution::any;
  });
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Where the proxy of a name is among those that are kept.
struct Kinds {
  std::size_t before = kNone, after = kNone;
};

/// All that may ask. There can be a hundred thousand, of few kinds: one proxy of each kind is kept.
class Askers {
 public:
  Askers(const Marks& marks, std::set<std::string> roots, bool places, bool nodes)
      : marks_(marks), roots_(std::move(roots)), places_(places), nodes_(nodes) {}

  enum Side : std::size_t { before, after };
  void add(const std::string& name, Side side, Proxy&& proxy) {
    const auto [found, fresh] = kinds_.try_emplace(key_of(proxy), proxies_.size());
    auto& of = all_[name].*(side == before ? &Kinds::before : &Kinds::after);
    of = found->second;
    if (fresh)
      proxies_.push_back(std::move(proxy));
    else if (proxies_[found->second].id.empty() && !proxy.id.empty())
      proxies_[found->second] = std::move(proxy);
  }
  bool contains(const std::string& name, Side side) const {
    const auto found = all_.find(name);
    return found != all_.end() && (side == before ? found->second.before : found->second.after) != kNone;
  }
  template <class Visit>
  void each_router(const Visit& visit) const {
    for (const Proxy& proxy : proxies_) {
      if (proxy.type == Proxy::Type::router) visit(proxy);
    }
  }

  std::vector<ProxyClass> classes() const {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;
    std::vector<ProxyClass> list;
    for (const auto& [name, kinds] : all_) {
      const std::size_t mine = kinds.before != kNone ? kinds.before : kinds.after;
      const std::size_t theirs = kinds.after != kNone ? kinds.after : kinds.before;
      const auto [found, fresh] = places.try_emplace({mine, theirs}, list.size());
      if (fresh) list.push_back({proxies_[mine], proxies_[theirs], {}});
      list[found->second].names.push_back(name);
    }
    return list;
  }

 private:
  std::string key_of(const Proxy& proxy) const {
    std::string key;
    if (proxy.type == Proxy::Type::router) {
      key = "router\n" + proxy.namespace_;
      for (const auto& [label, value] : proxy.labels) key.append("\n").append(label).append("=").append(value);
    } else {
      key = marks_.everyone || marks_.namespaces.contains(proxy.namespace_) ? proxy.namespace_ : "*";
      for (const auto& [namespace_, labels] : marks_.selectors) {
        const bool chosen = (namespace_.empty() || namespace_ == proxy.namespace_ || roots_.contains(namespace_)) &&
                            match::labels_subset(labels, proxy.labels);
        key += chosen ? "1" : "0";
      }
    }
    key += match::is_ipv6(proxy.ip) ? "\n6" : "\n4";
    if (places_) key.append("\n").append(proxy.locality).append("\n").append(proxy.network).append("\n").append(proxy.cluster);
    if (nodes_) key.append("\n").append(proxy.node_name);
    if (marks_.everyone) key.append("\n").append(proxy.service_account);
    return key;
  }

  const Marks& marks_;
  const std::set<std::string> roots_;  ///< the root namespaces of both sides
  const bool places_, nodes_;
  std::map<std::string, Kinds> all_;  ///< by name
  std::unordered_map<std::string, std::size_t> kinds_;
  std::vector<Proxy> proxies_;
};

/// Each namespace by itself.
void namespaces_of(const registry::Snapshot& snapshot, Askers::Side side, Askers& all) {
  for (const auto& resource : snapshot.resources) {
    const bool of_namespace = resource->as<model::Namespace>() != nullptr;
    const std::string& name = of_namespace ? resource->identity.name : resource->identity.namespace_.string();
    if (all.contains(name, side)) continue;
    Proxy proxy;
    proxy.namespace_ = name;
    all.add(name, side, std::move(proxy));
  }
}

/// The workloads that may be clients.
void workloads_of(const registry::Snapshot& snapshot, Askers::Side side, Askers& all) {
  explain::each_workload(snapshot, [&](const Resource& workload, Proxy&& proxy) {
    if (!proxy.wrong()) all.add(workload.identity.namespace_ + "/" + workload.identity.name, side, std::move(proxy));
  });
}

/// "istio-system (istio=ingressgateway)": proxies that rules are for, where no such workload is loaded.
std::string shown(const Proxy& proxy) {
  std::string text = proxy.namespace_ + " (";
  for (const auto& [key, value] : proxy.labels) text += (text.back() == '(' ? "" : ",") + key + "=" + value;
  return text + ")";
}

/// The gateways that a Gateway selects and that no workload stands for: as a Service of them says, or in the root namespace.
void add_gateways(const registry::Snapshot& snapshot, Askers::Side side, Askers& all) {
  std::set<std::pair<std::string, Labels>> wanted;  // namespace (empty: any), selector
  const bool own = snapshot.settings.scope_gateway_to_namespace;
  for (const auto& resource : snapshot.resources) {
    if (const auto* gateway = resource->as<model::Gateway>())
      wanted.emplace(own ? resource->identity.namespace_.string() : std::string(), gateway->selector);
  }
  if (wanted.empty()) return;
  all.each_router([&](const Proxy& proxy) {
    std::erase_if(wanted, [&](const auto& one) {
      return (one.first.empty() || one.first == proxy.namespace_) && match::labels_subset(one.second, proxy.labels);
    });
  });
  for (const auto& [namespace_, selector] : wanted) {
    Proxy proxy;
    proxy.type = Proxy::Type::router;
    proxy.namespace_ = !namespace_.empty() ? namespace_ : snapshot.settings.root_namespace;
    proxy.labels = selector;
    for (const auto& service : snapshot.services) {
      if (selector.empty() || !service->selector || !match::labels_subset(selector, *service->selector)) continue;
      if (!namespace_.empty() && namespace_ != service->namespace_) continue;
      proxy.namespace_ = service->namespace_;
      proxy.labels = *service->selector;
      break;
    }
    const std::string name = "gateway " + shown(proxy);
    all.add(name, side, std::move(proxy));
  }
}

/// The hosts of VirtualServices that changed, and of those that delegate to one.
void note_hosts(const registry::Snapshot& snapshot, Changed& changed) {
  std::set<std::pair<std::string, std::string>> delegates;  // namespace, name
  for (const auto& [name, one] : changed.resources) {
    for (const Resource* each : {one.before, one.after}) {
      const auto* spec = each != nullptr ? each->as<model::VirtualService>() : nullptr;
      if (spec != nullptr && spec->hosts.empty()) delegates.emplace(each->identity.namespace_, each->identity.name);
    }
  }
  const std::string& domain = snapshot.settings.domain_suffix;
  for (const auto& resource : snapshot.resources) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec == nullptr) continue;
    const std::string& here = resource->identity.namespace_;
    const bool roots = !delegates.empty() && std::any_of(spec->http.begin(), spec->http.end(), [&](const auto& rule) {
      return rule.delegate &&
             delegates.contains({rule.delegate->namespace_.empty() ? here : rule.delegate->namespace_, rule.delegate->name});
    });
    if (!roots && !changed.resources.contains(findings::display_name(*resource))) continue;
    for (const auto& host : spec->hosts) changed.rules.add(host, here, domain);
    scope::each_destination(*spec,
                            [&](const model::Destination& to, scope::Sent) { changed.destinations.add(to.host, here, domain); });
  }
}

/// The kinds whose changes are about certain hosts.
const std::set<std::string, std::less<>> kByHosts{"VirtualService", "DestinationRule", "ServiceEntry", "WorkloadEntry"};

/// The services of the side that select a WorkloadEntry, and those that are another name for a service: of these any may be.
void note_selecting(const registry::Snapshot& snapshot, const std::vector<const Resource*>& entries, Changed& changed) {
  std::map<std::string_view, std::vector<Labels>> labels;  // by namespace
  for (const Resource* each : entries) {
    Labels own = each->as<model::WorkloadEntry>()->labels;
    for (const auto& [key, value] : each->metadata.labels) own[key] = value;  // C6
    labels[each->identity.namespace_].push_back(std::move(own));
  }
  for (const auto& service : snapshot.services) {
    const auto here = labels.find(service->namespace_);
    const bool selects = service->selector && here != labels.end() &&
                         std::any_of(here->second.begin(), here->second.end(),
                                     [&](const Labels& own) { return match::labels_subset(*service->selector, own); });
    if (selects || service->resolution == registry::ServiceResolution::alias)
      changed.services.add(service->hostname, service->namespace_, snapshot.settings.domain_suffix);
  }
}

/// The services that ServiceEntries, WorkloadEntries and DestinationRules which changed are about.
void note_services(const SnapshotPtr& before, const SnapshotPtr& after, Changed& changed) {
  std::vector<const Resource*> entries;
  for (const auto& [name, one] : changed.resources) {
    for (const Resource* each : {one.before, one.after}) {
      if (each == nullptr) continue;
      const registry::Settings& settings = (each == one.before ? before : after)->settings;
      const auto add = [&](const std::string& host) {
        changed.services.add(host, each->identity.namespace_, settings.domain_suffix);
      };
      if (const auto* entry = each->as<model::ServiceEntry>()) {
        for (const std::string& host : entry->hosts) add(host);
      } else if (const auto* rule = each->as<model::DestinationRule>()) {
        add(rule->host);
      } else if (each->as<model::WorkloadEntry>() != nullptr) {
        entries.push_back(each);
      }
    }
  }
  for (const SnapshotPtr& side : {before, after}) note_selecting(*side, entries, changed);
}

/// The hosts whose rules send to a service that changed. Whose rules a delegate's are is not asked: any that delegates.
void note_senders(const registry::Snapshot& snapshot, Changed& changed) {
  const registry::Settings& settings = snapshot.settings;
  bool delegates = false;
  std::vector<const Resource*> delegating;
  for (const auto& resource : snapshot.resources) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec == nullptr) continue;
    const std::string& here = resource->identity.namespace_;
    if (std::any_of(spec->http.begin(), spec->http.end(), [](const auto& rule) { return rule.delegate.has_value(); }))
      delegating.push_back(resource.get());
    bool sends = false;
    scope::each_destination(*spec, [&](const model::Destination& to, scope::Sent) {
      sends = sends || changed.services.has(full_name(to.host, here, settings)) || changed.services.has(to.host);
    });
    if (!sends) continue;
    delegates = delegates || spec->hosts.empty();
    for (const std::string& host : spec->hosts) changed.rules.add(host, here, settings.domain_suffix);
  }
  for (const Resource* each : delegating) {
    if (!delegates) break;
    for (const std::string& host : each->as<model::VirtualService>()->hosts)
      changed.rules.add(host, each->identity.namespace_, settings.domain_suffix);
  }
}

}  // namespace

void Changed::Hosts::add(const std::string& host, const std::string& namespace_, const std::string& domain_suffix) {
  const std::string lowered = text::lower(host);
  if (match::is_wildcard(lowered)) {
    if (std::find(wildcards.begin(), wildcards.end(), lowered) == wildcards.end()) wildcards.push_back(lowered);
    return;
  }
  names.insert(lowered);
  if (lowered.find('.') == std::string::npos) names.insert(text::lower(lowered + "." + namespace_ + ".svc." + domain_suffix));
}

bool Changed::Hosts::has(std::string_view host) const {
  const std::string lowered = text::lower(host);
  const auto shares = [&](const std::string& other) { return match::matches(other, lowered); };
  return names.contains(lowered) || std::any_of(wildcards.begin(), wildcards.end(), shares) ||
         (match::is_wildcard(lowered) && std::any_of(names.begin(), names.end(), shares));
}

Changed changed(const SnapshotPtr& before, const SnapshotPtr& after) {
  Changed result;
  result.settings = before->settings.mesh_config != after->settings.mesh_config ||
                    before->settings.mesh_networks != after->settings.mesh_networks ||
                    before->settings.vip_mode != after->settings.vip_mode;
  const auto note = [&](const Resource* one, const Resource* other) {
    const Resource& any = one != nullptr ? *one : *other;
    result.kinds.insert(any.identity.kind);
    result.resources[findings::display_name(any)] = {one, other};
  };
  // Resources that stand at the same place of both meshes are most of them; the others are found by their names.
  auto mine = before->resources.begin(), theirs = after->resources.begin();
  const auto end = before->resources.end(), their_end = after->resources.end();
  for (; mine != end && theirs != their_end; ++mine, ++theirs) {
    const Resource &one = **mine, &other = **theirs;
    if (&one == &other) continue;
    if (one.identity != other.identity) break;
    if (!same(one, other)) note(&one, &other);
  }
  std::unordered_map<const Identity*, const Resource*, registry::IdentityHash, registry::IdentityEqual> old;
  for (; mine != end; ++mine) old.emplace(&(*mine)->identity, (*mine).get());
  for (; theirs != their_end; ++theirs) {
    const Resource& resource = **theirs;
    const auto found = old.find(&resource.identity);
    if (found == old.end()) {
      note(nullptr, &resource);
      continue;
    }
    if (found->second != &resource && !same(*found->second, resource)) note(found->second, &resource);
    old.erase(found);
  }
  for (const auto& each : old) note(each.second, nullptr);
  std::unordered_set<const Resource*> differ;
  for (const auto& [name, one] : result.resources) differ.insert({one.before, one.after});
  const auto same_on_both = [&](const registry::ResourcePtr& resource) { return !differ.contains(resource.get()); };
  auto other = after->resources.begin();
  for (const auto& resource : before->resources) {
    if (!same_on_both(resource)) continue;
    while (other != after->resources.end() && !same_on_both(*other)) ++other;
    if (other == after->resources.end() || (*other != resource && (*other)->identity != resource->identity)) result.order = true;
    if (result.order) break;
    ++other;
  }
  result.only_rules = result.only("VirtualService");
  result.by_hosts =
      !result.settings && !result.order &&
      std::all_of(result.kinds.begin(), result.kinds.end(), [](const auto& kind) { return kByHosts.contains(kind); });
  if (!result.by_hosts) return result;
  for (const SnapshotPtr& side : {before, after}) note_hosts(*side, result);
  if (result.only_rules) return result;
  note_services(before, after, result);
  for (const SnapshotPtr& side : {before, after}) note_senders(*side, result);
  for (Changed::Hosts* hosts : {&result.rules, &result.destinations}) {
    hosts->names.insert(result.services.names.begin(), result.services.names.end());
    hosts->wildcards.insert(hosts->wildcards.end(), result.services.wildcards.begin(), result.services.wildcards.end());
  }
  return result;
}

std::vector<ProxyClass> classes(const SnapshotPtr& before, const SnapshotPtr& after, const Changed& changed) {
  Marks marks;
  std::vector<std::pair<std::string, Labels>> senders;
  mark(*before, changed, marks, senders);
  mark(*after, changed, marks, senders);
  for (const auto& [name, one] : changed.resources) {
    marks.namespaces.insert((one.after != nullptr ? one.after : one.before)->identity.namespace_);
  }
  // The place of a client decides about the order of endpoints: of no weight where none of them changes.
  const bool places = !changed.only("VirtualService");
  const bool nodes = places && (asks_for_nodes(*before) || asks_for_nodes(*after));
  Askers all(marks, {before->settings.root_namespace, after->settings.root_namespace}, places, nodes);
  namespaces_of(*before, Askers::before, all);
  namespaces_of(*after, Askers::after, all);
  workloads_of(*before, Askers::before, all);
  if (!changed.only_rules) workloads_of(*after, Askers::after, all);  // else both sides have the same
  add_gateways(*before, Askers::before, all);
  add_gateways(*after, Askers::after, all);
  // Whoever a rule is for is asked, also where no workload was given.
  std::sort(senders.begin(), senders.end());
  senders.erase(std::unique(senders.begin(), senders.end()), senders.end());
  for (const auto& [namespace_, labels] : senders) {
    Proxy proxy;
    proxy.namespace_ = namespace_;
    proxy.labels = labels;
    const std::string name = shown(proxy);
    all.add(name, Askers::before, std::move(proxy));
  }
  return all.classes();
}

ProxyClass class_of(const SnapshotPtr& before, const SnapshotPtr& after, const std::string& name,
                    std::vector<std::string>& not_found) {
  FoundProxy mine = explain::find_proxy(*before, name), theirs = explain::find_proxy(*after, name);
  if (!mine.message.empty() && !theirs.message.empty())
    not_found.push_back("from " + name + " as from a workload without labels, as " + theirs.message);
  if (!mine.message.empty() && theirs.message.empty()) mine.proxy = theirs.proxy;
  if (!theirs.message.empty() && mine.message.empty()) theirs.proxy = mine.proxy;
  return {std::move(mine.proxy), std::move(theirs.proxy), {name}};
}

}  // namespace meshroute::diffing
