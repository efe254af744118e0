// SPDX-License-Identifier: Apache-2.0
// Why a proxy sees a resource, or does not.
#include "explain/why.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "scope/lookup.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "text/near.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using scope::DestinationRuleEntry;
using scope::expand_host;
using scope::ProxyScope;
using scope::VirtualServiceEntry;
using text::join;
using view::names_of_port;

/// "add shop to spec.exportTo of VirtualService web/api".
std::string export_hint(const std::string& proxy_namespace, const char* field, const Resource& resource) {
  return "add " + proxy_namespace + " to " + field + " of " + display_name(resource);
}

std::string sidecar_text(const ProxyView& view) {
  return view.scope.sidecar == nullptr ? "the proxy's scope does not import it"
                                       : display_name(*view.scope.sidecar) + ", which this proxy has, does not import it";
}

/// The parts of a cluster's name, to be put into sentences.
struct ClusterName {
  std::uint32_t port = 0;
  std::string subset, host;
};

std::optional<ClusterName> parse(std::string_view cluster) {
  const auto parts = match::parse_cluster_name(cluster);
  if (!parts) return std::nullopt;
  return ClusterName{parts->port, std::string(parts->subset), std::string(parts->host)};
}

/// Of the subset's labels, those that no endpoint has, with what endpoints have instead: "version=v1, version=v2".
std::string labels_there(const ProxyView& view, const std::string& host, const Labels& wanted) {
  constexpr std::size_t kShown = 5;
  const auto service = view.scope.by_host.find(host);
  const auto* pool = service != view.scope.by_host.end() ? view.snapshot->pool(*service->second) : nullptr;
  std::set<std::string> there;
  for (const auto& [key, value] : wanted) {
    std::set<std::string> values;
    bool has_it = false;
    if (pool == nullptr) continue;
    for (const auto& shard : *pool) {
      for (const auto& endpoint : shard.endpoints) {
        const auto found = endpoint.workload->label(key);
        if (!found) continue;
        has_it = has_it || *found == value;
        if (values.size() < kShown) values.insert(key + "=" + std::string(*found));
      }
    }
    if (!has_it) there.insert(values.begin(), values.end());
  }
  return join({there.begin(), there.end()});
}

/// A subset of merged rules: the rule that gives it, and its place there (E6).
std::pair<const Resource*, std::size_t> subset_of(const DestinationRuleEntry& used, const std::string& name) {
  for (const Resource* each : used.contributors) {
    const auto& subsets = each->as<model::DestinationRule>()->subsets;
    for (std::size_t i = 0; i < subsets.size(); ++i) {
      if (subsets[i].name == name) return {each, i};
    }
  }
  return {nullptr, 0};
}

/// The subset that has no endpoint: `text` with its place, and which labels would have some.
Reason empty_subset(const ProxyView& view, const DestinationRuleEntry& used, const std::string& subset, const std::string& host,
                    std::string text) {
  const auto [rule, index] = subset_of(used, subset);
  if (rule == nullptr) return {std::move(text), used.resource, "spec.subsets", Code::subset_without_endpoints};
  const std::string path = text::element("spec.subsets", index) + ".labels";
  const std::string there = labels_there(view, host, rule->as<model::DestinationRule>()->subsets[index].labels);
  return {std::move(text), rule, path, Code::subset_without_endpoints,
          "change " + path + " of " + display_name(*rule) + " to labels that endpoints of " + host + " have" +
              (there.empty() ? "" : ": " + there)};
}

/// "write v2 in spec.http[0].route[0].destination.subset of VirtualService shop/web"; empty where the destination is unknown.
std::string write_hint(const std::string& value, const char* field, const Destination& from) {
  return from.resource == nullptr ? "" : "write " + value + " in " + from.path + field + " of " + display_name(*from.resource);
}

/// The word that was probably meant, else the only one there is; empty where that cannot be said.
std::string meant_of(const std::string& name, const std::vector<std::string>& names) {
  const std::string_view near = text::nearest(name, {names.begin(), names.end()});
  return !near.empty() ? std::string(near) : names.size() == 1 ? names.front() : "";
}

/// A DestinationRule with the subset, whose short host means a service that is not there (A1); null without one.
const Resource* misnamed_rule(const ProxyView& view, const ClusterName& name) {
  for (const Resource* resource : view.snapshot->destination_rules) {
    const auto& rule = *resource->as<model::DestinationRule>();
    const bool defines =
        std::any_of(rule.subsets.begin(), rule.subsets.end(), [&](const auto& subset) { return subset.name == name.subset; });
    if (!defines || rule.host.find('*') != std::string::npos || !name.host.starts_with(rule.host + ".")) continue;
    if (!view.snapshot->has_service(expand_host(rule.host, resource->identity.namespace_, view.snapshot->settings.domain_suffix)))
      return resource;
  }
  return nullptr;
}

std::vector<Reason> why_no_subset(const ProxyView& view, const ClusterName& name, const Destination& from) {
  std::vector<Reason> reasons;
  const DestinationRuleEntry* used = view.destination_rule(name.host);
  if (used != nullptr) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < used->spec.subsets.size(); ++i) {
      names.push_back(used->spec.subsets[i].name);
      if (names.back() != name.subset) continue;  // G4
      return {empty_subset(view, *used, name.subset, name.host,
                           "subset " + name.subset + " of " + name.host +
                               " has no endpoint, and Istio leaves out a DNS cluster without endpoints")};
    }
    const std::string add = "add subset " + name.subset + " to spec.subsets of " + display_name(*used->resource);
    const std::string meant = meant_of(name.subset, names), write = meant.empty() ? "" : write_hint(meant, ".subset", from);
    reasons.push_back({display_name(*used->resource) + ", which this proxy uses for " + name.host + ", has no subset " +
                           name.subset + (names.empty() ? ": it has no subsets" : " (it has: " + join(names) + ")"),
                       used->resource, "spec.subsets", Code::subset_missing,
                       !write.empty()  ? write + ", or " + add
                       : names.empty() ? add
                                       : add + ", or route to one that it has"});
  }
  for (const Resource* resource : view.snapshot->destination_rules) {
    const auto* rule = resource->as<model::DestinationRule>();
    const std::string host = expand_host(rule->host, resource->identity.namespace_, view.snapshot->settings.domain_suffix);
    const bool defines =
        std::any_of(rule->subsets.begin(), rule->subsets.end(), [&](const auto& subset) { return subset.name == name.subset; });
    if (!defines || !match::matches(host, name.host)) continue;
    if (used != nullptr && std::find(used->contributors.begin(), used->contributors.end(), resource) != used->contributors.end())
      continue;
    const auto service = view.scope.by_host.find(name.host);
    if (service == view.scope.by_host.end()) continue;
    Reason why = why_rule_unused(view, *resource, *service->second);
    reasons.push_back({display_name(*resource) + " defines subset " + name.subset + ", but " + why.text, resource, why.path,
                       Code::subset_not_visible, std::move(why.hint)});
  }
  if (!reasons.empty()) return reasons;
  if (const Resource* rule = misnamed_rule(view, name)) {
    const std::string& host = rule->as<model::DestinationRule>()->host;
    return {{display_name(*rule) + " defines subset " + name.subset + ", but its host " + host + " means " +
                 expand_host(host, rule->identity.namespace_, view.snapshot->settings.domain_suffix) + ", not " + name.host,
             rule, "spec.host", Code::subset_not_visible, "write " + name.host + " in spec.host of " + display_name(*rule)}};
  }
  const std::string remove = from.resource != nullptr ? "remove " + from.path + ".subset from " + display_name(*from.resource)
                                                      : "remove the subset from the destination";
  reasons.push_back({"no DestinationRule for " + name.host + " defines a subset " + name.subset, from.resource,
                     from.path.empty() ? "" : from.path + ".subset", Code::subset_missing,
                     "create a DestinationRule for " + name.host + " with subset " + name.subset + ", or " + remove});
  return reasons;
}

/// The name that a port of a Kubernetes Service looks for among the ports of containers, and its path; empty names for a number.
std::pair<std::string, std::string> named_target_port(const registry::Service& service, std::uint32_t port) {
  const auto* spec = service.resource != nullptr ? service.resource->as<model::Service>() : nullptr;
  for (std::size_t i = 0; spec != nullptr && i < spec->ports.size(); ++i) {
    const std::string& target = spec->ports[i].target_port;
    if (spec->ports[i].port == port && target.find_first_not_of("0123456789") != std::string::npos)
      return {target, text::element("spec.ports", i) + ".targetPort"};
  }
  return {};
}

/// The selected workloads do not help, or are missing: the near ones.
std::vector<Reason> why_not_selected(const ProxyView& view, const registry::Service& service, const Labels& selector,
                                     std::uint32_t port) {
  constexpr std::size_t kShown = 5;
  std::vector<Reason> reasons;
  std::size_t selected = 0;
  for (auto& candidate : candidates_of(view, service, selector)) {
    if (candidate.kind == Candidate::Kind::selected) {
      ++selected;
    } else if (reasons.size() < kShown) {
      reasons.push_back(std::move(candidate.reason));
    }
  }
  if (selected > 0) {
    const std::string who =
        std::to_string(selected) + (selected == 1 ? " workload is" : " workloads are") + " selected, but none has ";
    if (const auto named = named_target_port(service, port); !named.first.empty())
      return {{who + "a container port with the name " + named.first + ", which " + named.second + " of " +
                   display_name(*service.resource) + " asks for",
               service.resource, named.second, Code::endpoints_of_other_ports,
               "name a container port " + named.first + ", or write its number in " + named.second + " of " +
                   display_name(*service.resource)}};
    return {{who + "an address and port that can be used", service.resource, {}, Code::endpoints_of_other_ports}};
  }
  reasons.insert(
      reasons.begin(),
      {"the selector " + labels_text(selector) + " selects nothing in namespace " + service.namespace_, service.resource,
       service.kubernetes ? "spec.selector" : "spec.workloadSelector", Code::selector_matches_nothing,
       service.resource == nullptr || !reasons.empty()
           ? ""
           : std::string("change ") + (service.kubernetes ? "spec.selector" : "spec.workloadSelector") + " of " +
                 display_name(*service.resource) + " to the labels of its workloads"});
  return reasons;
}

}  // namespace

std::vector<Reason> why_no_host(const ProxyView& view, const std::string& host, const Destination& from) {
  std::vector<Reason> reasons;
  for (const auto& service : view.snapshot->services) {
    if (service->hostname != host) continue;
    Reason reason = why_unseen(view, *service);
    if (reason.text.empty()) continue;
    reason.text = (service->resource != nullptr ? display_name(*service->resource) : "a service") + " defines " + host +
                  ", but " + reason.text;
    reasons.push_back(std::move(reason));
  }
  if (!reasons.empty()) return reasons;
  for (const auto& service : view.snapshot->services) {
    if (text::lower(service->hostname) != text::lower(host)) continue;  // A16
    return {{"the service is " + service->hostname +
                 ", and its cluster has the name as it is written, but routes have it in lower case (" + host + ")",
             service->resource, service->kubernetes ? "metadata.name" : "spec.hosts", Code::host_in_capitals,
             service->resource != nullptr ? "write the host in lower case in spec.hosts of " + display_name(*service->resource)
                                          : ""}};
  }
  if (match::is_wildcard(host)) {
    std::string text = "a destination is looked up by its exact host, and no ServiceEntry has the host " + host, hint;
    const Resource* resource = nullptr;
    for (const auto& service : view.snapshot->services) {
      if (resource != nullptr || service->resource == nullptr || !match::matches(service->hostname, host)) continue;
      resource = service->resource;
      text += "; " + display_name(*resource) + " has " + service->hostname;
      hint = write_hint(service->hostname, ".host", from);
      if (hint.empty()) hint = "name one service as the destination: " + service->hostname;
      hint += ", or add a ServiceEntry for " + host;
    }
    return {{std::move(text), resource, resource != nullptr ? "spec.hosts" : "", Code::host_unknown,
             hint.empty() ? "name one service as the destination, or add a ServiceEntry for " + host : std::move(hint)}};
  }
  std::string text = "no Service and no ServiceEntry has the host " + host;
  for (const auto& service : view.snapshot->services) {
    if (match::is_wildcard(service->hostname) && match::matches(service->hostname, host)) {
      reasons.push_back({text + "; " + (service->resource != nullptr ? display_name(*service->resource) : "a service") +
                             " has the wildcard " + service->hostname + ", but a destination is looked up by its exact host",
                         service->resource, "spec.hosts", Code::host_in_wildcard, "add a ServiceEntry for " + host});
      return reasons;
    }
  }
  const std::string tail = ".svc." + view.snapshot->settings.domain_suffix;
  if (host.ends_with(tail) && host.find('.') == host.size() - tail.size())
    text += ", which names no namespace (NAME.NAMESPACE" + tail + ")";
  const registry::Service* near = nearest_service(*view.snapshot, host, view.proxy.namespace_);
  const std::string place = from.path.empty() ? "" : from.path + ".host";
  if (near == nullptr) {
    std::string hint = "add a Service or a ServiceEntry for " + host;
    if (from.resource != nullptr) hint += ", or change " + place + " of " + display_name(*from.resource);
    return {{std::move(text), from.resource, place, Code::host_unknown, std::move(hint)}};
  }
  text += ": did you mean " + near->hostname + " (" + display_name(*near->resource) + ")?";
  if (from.resource != nullptr)
    return {{std::move(text), from.resource, place, Code::host_unknown, write_hint(near->hostname, ".host", from)}};
  return {{std::move(text), near->resource, near->kubernetes ? "metadata.name" : "spec.hosts", Code::host_unknown,
           "write " + near->hostname + " as the host, or add a ServiceEntry for " + host}};
}

Reason why_rule_unused(const ProxyView& view, const Resource& destination_rule, const registry::Service& service) {
  const auto& rule = *destination_rule.as<model::DestinationRule>();
  const std::string& namespace_ = destination_rule.identity.namespace_;
  const auto& export_to = rule.export_to.empty() ? view.snapshot->settings.destination_rule_export_to : rule.export_to;
  if (rule.workload_selector && (namespace_ != view.proxy.namespace_ ||
                                 !match::labels_subset(rule.workload_selector->match_labels, view.proxy.labels))) {  // E13
    return {"its workloadSelector does not match this proxy", &destination_rule, "spec.workloadSelector",
            Code::destination_rule_not_used};
  }
  std::string why = not_exported(export_to, namespace_, view.proxy.namespace_, !rule.export_to.empty());
  if (!why.empty())
    return {std::move(why), &destination_rule, "spec.exportTo", Code::destination_rule_not_exported,
            export_hint(view.proxy.namespace_, "spec.exportTo", destination_rule)};
  const std::string& root = view.snapshot->settings.root_namespace;
  const auto rank = [&](const std::string& in) {  // E10-E12: where a proxy looks, in this order
    return in == view.proxy.namespace_ ? 0 : in == service.namespace_ ? 1 : in == root ? 2 : 3;
  };
  if (rank(namespace_) == 3) {
    return {"it is in namespace " + namespace_ + ", and a proxy looks for rules only in its own namespace (" +
                view.proxy.namespace_ + "), in the service's (" + service.namespace_ + ") and in " + root,
            &destination_rule, "metadata.namespace", Code::destination_rule_not_used,
            "move " + display_name(destination_rule) + " to namespace " + service.namespace_};
  }
  const auto* used = view.destination_rule(service.hostname);
  if (used == nullptr)
    return {"the namespace that this proxy looks in first has no rule for the host", &destination_rule, "spec.host",
            Code::destination_rule_not_used};
  const Resource& other = *used->resource;
  std::string text = "this proxy uses " + display_name(other) + " instead: ";
  const std::string mine = expand_host(rule.host, namespace_, view.snapshot->settings.domain_suffix);
  if (rank(other.identity.namespace_) < rank(namespace_)) {
    text += "the proxy looks in namespace " + other.identity.namespace_ + " first";
  } else if (match::more_specific(used->spec.host, mine) && used->spec.host != mine) {
    text += "its host " + used->spec.host + " is more specific than " + mine;
  } else if (rule.workload_selector.has_value() != used->spec.workload_selector.has_value()) {
    text += "a rule whose workloadSelector matches the proxy goes first";
  } else {
    text += "rules for one host are merged only if their exportTo is the same; of others the last one counts";  // E6, E15
  }
  return {std::move(text), &destination_rule, "spec.host", Code::destination_rule_not_used,
          "merge " + display_name(destination_rule) + " into " + display_name(other)};
}

Reason why_rule_used(const DestinationRuleEntry& used, const Resource& destination_rule, bool& nothing) {
  const auto& rule = *destination_rule.as<model::DestinationRule>();
  const auto earlier = [&](auto&& holds) -> const Resource* {  // E6: the first one that says it counts
    for (const Resource* each : used.contributors) {
      if (each == &destination_rule) return nullptr;
      if (holds(*each->as<model::DestinationRule>())) return each;
    }
    return nullptr;
  };
  std::vector<std::string> mine, lost;
  const Resource* winner = nullptr;
  if (rule.traffic_policy) {
    const Resource* other = earlier([](const model::DestinationRule& each) { return each.traffic_policy.has_value(); });
    (other == nullptr ? mine : lost).emplace_back("trafficPolicy");
    if (other != nullptr) winner = other;
  }
  for (const auto& subset : rule.subsets) {
    const Resource* other = earlier([&](const model::DestinationRule& each) {
      return std::any_of(each.subsets.begin(), each.subsets.end(), [&](const auto& one) { return one.name == subset.name; });
    });
    (other == nullptr ? mine : lost).push_back("subset " + subset.name);
    if (other != nullptr) winner = other;
  }
  nothing = mine.empty() && !lost.empty();
  std::string text = mine.empty() && lost.empty()   ? "it says nothing that a proxy uses"
                     : nothing                      ? "this proxy uses nothing of it"
                     : used.contributors.size() > 1 ? "this proxy uses its " + join(mine)
                                                    : "this proxy uses it";
  if (winner != nullptr) text += ": " + join(lost) + (lost.size() == 1 ? " is" : " are") + " that of " + display_name(*winner);
  return {std::move(text), &destination_rule, "spec.host",
          nothing ? Code::destination_rule_not_used : Code::destination_rule_used,
          winner != nullptr ? "merge " + display_name(destination_rule) + " into " + display_name(*winner) : ""};
}

std::string import_hint(const Resource& sidecar, const registry::Service& service) {
  return "add " + service.namespace_ + "/" + service.hostname + " to the hosts of spec.egress in " + display_name(sidecar);
}

namespace {

/// The service as the proxy's listeners have it, which may be without some of its ports; null where none has it.
const registry::Service* in_listeners(const ProxyView& view, const registry::Service& service) {
  for (const auto& listener : view.scope.listeners) {
    for (const auto& each : listener.services) {
      if (each->hostname == service.hostname && each->namespace_ == service.namespace_ && each->resource == service.resource)
        return each.get();
    }
  }
  return nullptr;
}

std::string definition_of(const registry::Service& service) {
  return service.resource != nullptr ? display_name(*service.resource) : "another service";
}

}  // namespace

Reason why_unseen(const ProxyView& view, const registry::Service& service) {
  const auto found = view.scope.by_host.find(service.hostname);
  const registry::Service* seen = found != view.scope.by_host.end() ? found->second.get() : nullptr;
  const registry::Service* here = in_listeners(view, service);
  if (here != nullptr) {
    const auto merged = [&](const registry::ServicePort& port) {
      return std::any_of(seen->ports.begin(), seen->ports.end(),
                         [&port](const auto& each) { return each.number == port.number; });
    };
    if (seen == nullptr || seen->resource == service.resource || std::all_of(here->ports.begin(), here->ports.end(), merged))
      return {};
    const std::string ports = seen->namespace_ == service.namespace_ ? "its other ports are not merged into those of " : "";
    return {(ports.empty() ? "this proxy's clusters are those of " : ports) + definition_of(*seen) + ": " +
                why_not_merged(*seen, service),
            service.resource, "spec.ports", Code::service_not_merged,
            service.resource != nullptr && seen->resource != nullptr
                ? "move the ports of " + display_name(*service.resource) + " to spec.ports of " + display_name(*seen->resource)
                : ""};  // D20
  }
  std::string text = not_exported(service.export_to, service.namespace_, view.proxy.namespace_, !service.default_export_to);
  if (!text.empty()) {
    if (seen != nullptr && seen->resource == service.resource) text = "it has only clusters here, for a VirtualService; " + text;
    const char* field = service.kubernetes ? "metadata.annotations" : "spec.exportTo";
    return {std::move(text), service.resource, field, Code::service_not_exported,
            service.resource == nullptr
                ? ""
                : export_hint(view.proxy.namespace_, service.kubernetes ? "the annotation networking.istio.io/exportTo" : field,
                              *service.resource)};
  }
  const bool imported = scope::imported(view.scope, view.proxy.namespace_, service);
  if (seen != nullptr && seen->resource == service.resource && !imported) {  // D18
    Reason reason{
        "this proxy has only its clusters: a VirtualService leads to it, and no egress listener of the Sidecar imports it",
        view.scope.sidecar, "spec.egress", Code::service_clusters_only};
    if (view.scope.sidecar != nullptr) reason.hint = import_hint(*view.scope.sidecar, service);
    return reason;
  }
  if (!imported)
    return {sidecar_text(view), view.scope.sidecar, "spec.egress", Code::service_not_imported,
            view.scope.sidecar != nullptr ? import_hint(*view.scope.sidecar, service) : ""};
  if (seen == nullptr)
    return {"it is another name of a host that no service has", service.resource, "spec", Code::alias_of_nothing};
  const auto reason = [&]() -> std::string {  // D15
    if (seen->namespace_ == view.proxy.namespace_) return "it is in the proxy's own namespace";
    if (seen->kubernetes && !service.kubernetes) return "a Kubernetes Service goes before a ServiceEntry";
    if (text::contains(seen->export_to, "*") != text::contains(service.export_to, "*"))
      return "it is exported to the proxy's namespace by name";
    return seen->resource != nullptr && service.resource != nullptr ? why_older(*seen->resource, *service.resource)
                                                                    : "it comes first";
  }();
  return {"this proxy uses that of " + definition_of(*seen) + ": " + reason, service.resource,
          service.kubernetes ? "metadata.name" : "spec.hosts", Code::service_lost_host};
}

Reason why_unused(const ProxyView& view, const Resource& virtual_service) {
  const auto* spec = virtual_service.as<model::VirtualService>();
  if (spec == nullptr) return {};
  if (!scope::names_mesh(spec->gateways)) {
    return {
        "it is only for the gateways " + join(spec->gateways) + "; it applies to sidecars if `gateways` is empty or names mesh",
        &virtual_service, "spec.gateways", Code::virtual_service_for_gateways,
        "add mesh to spec.gateways of " + display_name(virtual_service)};
  }
  const auto& export_to = spec->export_to.empty() ? view.snapshot->settings.virtual_service_export_to : spec->export_to;
  std::string text =
      not_exported(export_to, virtual_service.identity.namespace_, view.proxy.namespace_, !spec->export_to.empty());
  if (!text.empty())
    return {std::move(text), &virtual_service, "spec.exportTo", Code::virtual_service_not_exported,
            export_hint(view.proxy.namespace_, "spec.exportTo", virtual_service)};
  for (const auto& listener : view.scope.listeners) {
    for (const auto& entry : listener.virtual_services) {
      if (entry->resource == &virtual_service) return {};
    }
  }
  std::string hint;
  if (view.scope.sidecar != nullptr && !spec->hosts.empty())
    hint = "add " + virtual_service.identity.namespace_ + "/" + spec->hosts.front() + " to the hosts of spec.egress in " +
           display_name(*view.scope.sidecar);
  return {sidecar_text(view), view.scope.sidecar, "spec.egress", Code::virtual_service_not_imported, std::move(hint)};
}

std::string why_earlier(const VirtualServiceEntry& first, const VirtualServiceEntry& second, const ProxyScope& seen) {
  const auto reach = [&seen](const VirtualServiceEntry& entry) {
    const auto& given = entry.spec->export_to;
    const auto& export_to = given.empty() ? seen.settings.virtual_service_export_to : given;
    return text::contains(export_to, "*") ? 2 : entry.resource->identity.namespace_ == seen.proxy.namespace_ ? 0 : 1;
  };
  if (reach(first) != reach(second)) {
    return reach(first) == 0 ? "it is in the proxy's namespace and not exported to all"
                             : "it is exported to the proxy's namespace by name, the other to all";
  }
  return why_older(*first.resource, *second.resource);
}

std::string why_not_owner(const ProxyView& view, std::string_view table, const scope::VirtualServiceEntry& entry,
                          const std::string& host) {
  using Kind = view::NotOwner::Reason;
  const view::NotOwner why = view.not_owner(table, entry, host);
  const std::string port = std::to_string(why.port);
  const std::string other = why.other != nullptr ? display_name(*why.other->resource) : "";
  switch (why.reason) {
    case Kind::no_http_listener:
      return "no listener of this proxy reads HTTP for it";
    case Kind::not_imported:
      return "the Sidecar's egress listener for this port does not import it";
    case Kind::no_http_rules:
      return "it has no rules under http";
    case Kind::nothing_delegated:
      return "no delegate of it brought a rule in";
    case Kind::no_rule_for_proxy:
      return "none of its rules is for this proxy: " + why.dropped;
    case Kind::port_not_http:
      return "port " + port + " of " + why.service->hostname + " is not HTTP: it has no virtual host";
    case Kind::no_service_with_port:
      return "none of its hosts is a service with an HTTP port " + port +
             ", and a host without a service is routed only on port 80";
    case Kind::wildcard_holds_service:
      return "its host " + why.mine + " holds the service " + why.service->hostname +
             ", and a wildcard with a service among its hosts is routed only to services";
    case Kind::more_specific:
      return other + " goes before it: its host " + why.theirs + " is more specific than " + why.mine;
    case Kind::keeps_wider_away:
      if (why.theirs == why.mine)
        return other + " goes before it (" + why_earlier(*why.other, entry, view::scope_of(view)) +
               "), although it brings no route of its own here";
      return other + " is more specific for " + host + ": no wider one applies, although it brings no route of its own here";
    case Kind::earlier:
      return other + " goes before it: " + why_earlier(*why.other, entry, view::scope_of(view));
    case Kind::other_virtual_host:
      return "its rules are those of the virtual host " + why.virtual_host + " here";
    case Kind::no_virtual_host:
      break;
  }
  return "it has no virtual host in this route table";
}

std::string why_older(const Resource& first, const Resource& second) {
  const auto created = [](const Resource& resource) { return resource.metadata.creation_timestamp; };
  if (created(first) < created(second))
    return created(first) == 0 ? "without a creationTimestamp it counts as older" : "it is older (creationTimestamp)";
  if (created(first) > created(second)) return "it comes first";
  return std::string(created(first) == 0 ? "neither has a creationTimestamp" : "they are of the same age") + ", and its " +
         (first.identity.name != second.identity.name ? "name" : "namespace") + " sorts first";
}

std::vector<Reason> why_no_cluster(const ProxyView& view, std::string_view cluster, const Destination& from) {
  const auto name = parse(cluster);
  if (!name || view.has_cluster(cluster)) return {};
  const auto service = view.scope.by_host.find(name->host);
  if (service == view.scope.by_host.end()) return why_no_host(view, name->host, from);
  const auto& ports = service->second->ports;
  const bool port = std::any_of(ports.begin(), ports.end(), [&](const auto& each) { return each.number == name->port; });
  if (!port) {
    std::vector<std::string> numbers;
    numbers.reserve(ports.size());
    for (const auto& each : ports) numbers.push_back(std::to_string(each.number));
    std::vector<Reason> reasons{
        {name->host + " has no port " + std::to_string(name->port) + " for this proxy (it has: " + join(numbers) + ")",
         service->second->resource, "spec.ports", Code::service_port_missing,
         service->second->resource == nullptr ? ""
         : from.resource != nullptr && numbers.size() == 1
             ? write_hint(numbers.front(), ".port.number", from) + ", or add port " + std::to_string(name->port) +
                   " to spec.ports of " + display_name(*service->second->resource)
             : "set port.number of the destination to a port of " + display_name(*service->second->resource) + ", or add port " +
                   std::to_string(name->port) + " to its spec.ports"}};
    for (const auto& other : view.snapshot->services) {  // D20
      if (other->hostname != name->host || other->resource == nullptr || other->resource == service->second->resource) continue;
      if (std::none_of(other->ports.begin(), other->ports.end(), [&](const auto& each) { return each.number == name->port; }))
        continue;
      reasons.push_back({display_name(*other->resource) + " has port " + std::to_string(name->port) +
                             ", but its definition of the host is not merged into the one that counts: " +
                             why_not_merged(*service->second, *other),
                         other->resource, "spec.ports", Code::service_not_merged});
    }
    return reasons;
  }
  if (!name->subset.empty()) return why_no_subset(view, *name, from);
  const registry::Service& found = *service->second;
  const auto own = std::find_if(ports.begin(), ports.end(), [&](const auto& each) { return each.number == name->port; });
  if (found.resolution == registry::ServiceResolution::alias)
    return {{name->host + " is another name of " + found.external_name + ": it has no cluster of its own", found.resource,
             "spec.externalName", Code::alias, "set the destination's host to " + found.external_name}};
  if (own->protocol == registry::Protocol::udp)
    return {{"port " + std::to_string(name->port) + " of " + name->host + " is UDP: it has no cluster", found.resource,
             "spec.ports", Code::service_port_udp}};
  return {{name->host + " has no address that Istio could resolve, and so no cluster", found.resource, "spec.endpoints",
           Code::endpoints_missing}};
}

std::vector<Reason> why_no_endpoints(const ProxyView& view, std::string_view cluster) {
  const auto name = parse(cluster);
  const auto found = name ? view.scope.by_host.find(name->host) : view.scope.by_host.end();
  if (found == view.scope.by_host.end()) return {};
  const registry::Service& service = *found->second;
  std::size_t all = 0, unhealthy = 0;
  if (const auto* pool = view.snapshot->pool(service)) {
    for (const auto& shard : *pool) {
      for (const auto& endpoint : shard.endpoints) {
        ++all;
        if (endpoint.health == registry::Endpoint::Health::unhealthy ||
            endpoint.health == registry::Endpoint::Health::terminating)
          ++unhealthy;
      }
    }
  }
  if (all > 0 && unhealthy == all) {
    const auto& first =
        std::find_if(view.snapshot->pool(service)->begin(), view.snapshot->pool(service)->end(), [](const auto& shard) {
          return !shard.endpoints.empty();
        })->endpoints.front();
    const Resource* workload = first.workload->resource;
    const bool known = workload != nullptr && workload != service.resource;
    return {{"all of its endpoints are unhealthy" + (known ? ", such as " + display_name(*workload) : std::string()),
             known ? workload : service.resource,
             {},
             Code::endpoints_unhealthy,
             known ? "find out why " + display_name(*workload) + " is not ready" : ""}};
  }
  if (all > 0 && !name->subset.empty()) {
    const DestinationRuleEntry* rule = view.destination_rule(name->host);
    for (std::size_t i = 0; rule != nullptr && i < rule->spec.subsets.size(); ++i) {
      const model::Subset& subset = rule->spec.subsets[i];
      if (subset.name != name->subset) continue;
      return {empty_subset(
          view, *rule, subset.name, name->host,
          "the host has endpoints, but none with the labels of subset " + subset.name + " (" + labels_text(subset.labels) + ")")};
    }
  }
  if (all > 0) {
    const auto names = names_of_port(*view.snapshot, service, name->port);
    bool serves = false;
    std::set<std::string_view> have;
    for (const auto& shard : *view.snapshot->pool(service)) {
      for (const auto& endpoint : shard.endpoints) {
        serves = serves || names.contains(endpoint.port_name);
        have.insert(endpoint.port_name);
      }
    }
    const auto listed = [](const std::set<std::string_view>& texts) { return join({texts.begin(), texts.end()}); };
    const char* path = service.kubernetes ? "spec" : "spec.endpoints";
    if (!serves)
      return {{"the host has endpoints, but none of them serves port " + std::to_string(name->port) + " (" + listed(names) +
                   "): their ports are " + listed(have),
               service.resource, path, Code::endpoints_of_other_ports,
               "give the port one name in " +
                   (service.resource != nullptr ? display_name(*service.resource) : std::string("the service")) +
                   " and in its endpoints"}};
    if (service.node_local)
      return {{"the service's internalTrafficPolicy is Local, and no endpoint is on the proxy's node", service.resource,
               "spec.internalTrafficPolicy", Code::endpoints_elsewhere}};
    return {{"the host has endpoints, but their localities, networks or clusters keep them from this proxy", service.resource,
             path, Code::endpoints_elsewhere}};
  }
  if (const Labels* selector = selector_of(service)) return why_not_selected(view, service, *selector, name->port);
  std::string hint, said = " lists no endpoints and has no selector";
  if (service.resource != nullptr) {
    const std::string name_of_it = display_name(*service.resource);
    hint = "add endpoints or a selector to spec of " + name_of_it;
    const auto* entry = service.resource->as<model::ServiceEntry>();
    if (entry != nullptr && entry->resolution == model::ServiceEntry::Resolution::STATIC)
      said = " has resolution STATIC, but neither endpoints nor a workloadSelector";
    if (entry != nullptr && entry->resolution == model::ServiceEntry::Resolution::STATIC && !service.hostname.starts_with('*'))
      hint =
          "set spec.resolution of " + name_of_it + " to DNS, if " + service.hostname + " is a DNS name; else add endpoints to it";
  }
  return {{(service.resource != nullptr ? display_name(*service.resource) : "the service") + said, service.resource, "spec",
           Code::endpoints_missing, std::move(hint)}};
}

}  // namespace meshroute::explain
