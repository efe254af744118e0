// SPDX-License-Identifier: Apache-2.0
#include "view/why.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"

namespace meshroute::view {

namespace {

using Labels = std::map<std::string, std::string>;

std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

std::string labels_text(const Labels& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// exportTo against the client's namespace; empty where it is exported.
std::string not_exported(const std::vector<std::string>& export_to, const std::string& owner, const std::string& client) {
  if (has(export_to, "*") || has(export_to, client) || (has(export_to, ".") && owner == client)) return {};
  return "it is not exported to namespace " + client +
         " (exportTo: " + (export_to.empty() ? "the mesh's default" : join(export_to)) + ")";
}

std::string sidecar_text(const ClientView& view) {
  return view.scope.sidecar == nullptr ? "the client's scope does not import it"
                                       : shown(*view.scope.sidecar) + ", which this client has, does not import it";
}

struct ClusterName {
  std::uint32_t port = 0;
  std::string subset, host;
};

std::optional<ClusterName> parse(std::string_view cluster) {  // G1
  if (!cluster.starts_with("outbound|")) return std::nullopt;
  cluster.remove_prefix(9);
  const auto first = cluster.find('|');
  const auto second = first == std::string_view::npos ? first : cluster.find('|', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  ClusterName name;
  name.port = static_cast<std::uint32_t>(std::strtoul(std::string(cluster.substr(0, first)).c_str(), nullptr, 10));
  name.subset = cluster.substr(first + 1, second - first - 1);
  name.host = cluster.substr(second + 1);
  return name;
}

std::vector<Reason> why_no_subset(const ClientView& view, const ClusterName& name) {
  std::vector<Reason> reasons;
  const DestinationRuleEntry* used = view.destination_rule(name.host);
  if (used != nullptr) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < used->spec.subsets.size(); ++i) {
      names.push_back(used->spec.subsets[i].name);
      if (names.back() != name.subset) continue;  // G4
      return {{"subset " + name.subset + " of " + name.host +
                   " has no endpoint, and a cluster that looks its endpoints up by DNS " + "is left out where it has none",
               used->resource, "spec.subsets[" + std::to_string(i) + "].labels"}};
    }
    reasons.push_back({shown(*used->resource) + ", which this client uses for " + name.host + ", has no subset " + name.subset +
                           " (it has: " + (names.empty() ? "none" : join(names)) + ")",
                       used->resource, "spec.subsets"});
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
    reasons.push_back({shown(*resource) + " defines subset " + name.subset + ", but " + why.text, resource, why.path});
  }
  if (reasons.empty())
    reasons.push_back({"no DestinationRule for " + name.host + " defines a subset " + name.subset, nullptr, {}});
  return reasons;
}

/// The selected workloads do not help, or there are none: the near ones.
std::vector<Reason> why_not_selected(const ClientView& view, const registry::Service& service, const Labels& selector) {
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
    return {{std::to_string(selected) + " workloads are selected, but none has an address and port that can be used",
             service.resource,
             {}}};
  }
  reasons.insert(reasons.begin(),
                 {"the selector " + labels_text(selector) + " selects nothing in namespace " + service.namespace_,
                  service.resource, service.kubernetes ? "spec.selector" : "spec.workloadSelector"});
  return reasons;
}

}  // namespace

std::vector<Reason> why_no_host(const ClientView& view, const std::string& host) {
  std::vector<Reason> reasons;
  for (const auto& service : view.snapshot->services) {
    if (service->hostname != host) continue;
    Reason reason = why_unseen(view, *service);
    reason.text =
        (service->resource != nullptr ? shown(*service->resource) : "a service") + " defines " + host + ", but " + reason.text;
    reasons.push_back(std::move(reason));
  }
  if (!reasons.empty()) return reasons;
  std::string text = "no Service and no ServiceEntry has the host " + host;
  for (const auto& service : view.snapshot->services) {
    if (match::is_wildcard(service->hostname) && match::matches(service->hostname, host)) {
      reasons.push_back({text + "; " + (service->resource != nullptr ? shown(*service->resource) : "a service") +
                             " has the wildcard " + service->hostname + ", but a destination needs a host of its own",
                         service->resource, "spec.hosts"});
      return reasons;
    }
  }
  const auto dot = host.find('.');
  const std::string first = host.substr(0, dot) + ".";
  std::set<std::string_view> alike;
  for (const auto& service : view.snapshot->services) {
    if (!service->hostname.starts_with(first) || reasons.size() == 3 || !alike.insert(service->hostname).second) continue;
    reasons.push_back(
        {text + "; there is " + service->hostname, service->resource, service->kubernetes ? "metadata.name" : "spec.hosts"});
  }
  if (reasons.empty()) reasons.push_back({std::move(text), nullptr, {}});
  return reasons;
}

Reason why_rule_unused(const ClientView& view, const Resource& destination_rule, const registry::Service& service) {
  const auto& rule = *destination_rule.as<model::DestinationRule>();
  const std::string& namespace_ = destination_rule.identity.namespace_;
  const auto& export_to = rule.export_to.empty() ? view.snapshot->settings.destination_rule_export_to : rule.export_to;
  if (rule.workload_selector && (namespace_ != view.client.namespace_ ||
                                 !match::labels_subset(rule.workload_selector->match_labels, view.client.labels))) {  // E13
    return {"its workloadSelector does not choose this client", &destination_rule, "spec.workloadSelector"};
  }
  std::string why = not_exported(export_to, namespace_, view.client.namespace_);
  if (!why.empty()) return {std::move(why), &destination_rule, "spec.exportTo"};
  if (const auto* used = view.destination_rule(service.hostname)) {
    return {"this client uses " + shown(*used->resource) + " instead: it is nearer, or more specific", &destination_rule,
            "spec.host"};
  }
  return {"a client looks for rules in its own namespace (" + view.client.namespace_ + "), in the service's (" +  // E10-E12
              service.namespace_ + ") and in " + view.snapshot->settings.root_namespace + " alone; this one is in " + namespace_,
          &destination_rule, "metadata.namespace"};
}

std::string shown(const Resource& resource) {
  return resource.identity.kind + " " + resource.identity.namespace_ + "/" + resource.identity.name;
}

Reason why_unseen(const ClientView& view, const registry::Service& service) {
  const auto seen = view.scope.by_host.find(service.hostname);
  if (seen != view.scope.by_host.end() && seen->second->namespace_ == service.namespace_) return {};
  std::string text = not_exported(service.export_to, service.namespace_, view.client.namespace_);
  if (!text.empty()) return {std::move(text), service.resource, service.kubernetes ? "metadata.annotations" : "spec.exportTo"};
  if (seen != view.scope.by_host.end()) {
    const auto* winner = seen->second->resource;
    return {"this client sees the host as " + (winner != nullptr ? shown(*winner) : "another service") + " defines it",
            service.resource, "spec.hosts"};
  }
  return {sidecar_text(view), view.scope.sidecar, "spec.egress"};
}

Reason why_unused(const ClientView& view, const Resource& virtual_service) {
  const auto* spec = virtual_service.as<model::VirtualService>();
  if (spec == nullptr) return {};
  if (!spec->gateways.empty() && !has(spec->gateways, "mesh")) {
    return {
        "it is for the gateways " + join(spec->gateways) + " alone; sidecars take it where `gateways` is left out or names mesh",
        &virtual_service, "spec.gateways"};
  }
  const auto& export_to = spec->export_to.empty() ? view.snapshot->settings.virtual_service_export_to : spec->export_to;
  std::string text = not_exported(export_to, virtual_service.identity.namespace_, view.client.namespace_);
  if (!text.empty()) return {std::move(text), &virtual_service, "spec.exportTo"};
  for (const auto& listener : view.scope.listeners) {
    for (const auto& entry : listener.virtual_services) {
      if (entry->resource == &virtual_service) return {};
    }
  }
  return {sidecar_text(view), view.scope.sidecar, "spec.egress"};
}

std::string why_outranked(const ClientView& view, const VirtualServiceEntry& owner, const VirtualServiceEntry& other,
                          const std::string& host) {
  const auto named = [&host](const VirtualServiceEntry& entry) {
    const std::string* best = nullptr;
    for (const std::string& each : entry.spec->hosts) {
      if (match::matches(text::lower(each), host) && (best == nullptr || match::more_specific(each, *best))) best = &each;
    }
    return best != nullptr ? *best : std::string();
  };
  const std::string first = named(owner), second = named(other);
  if (first != second) return "its host " + first + " is more specific than " + second;
  const auto reach = [&view](const VirtualServiceEntry& entry) {  // D16
    const auto& given = entry.spec->export_to;
    const auto& export_to = given.empty() ? view.snapshot->settings.virtual_service_export_to : given;
    return has(export_to, "*") ? 2 : entry.resource->identity.namespace_ == view.client.namespace_ ? 0 : 1;
  };
  if (reach(owner) < reach(other)) {
    return reach(owner) == 0 ? "it is in the client's namespace and exported to no other"
                             : "it is exported to the client's namespace by name";
  }
  const auto created = [](const VirtualServiceEntry& entry) { return entry.resource->metadata.creation_timestamp; };
  if (created(owner) != created(other))
    return created(owner) == 0 ? "without a creationTimestamp it counts as older" : "it is older (creationTimestamp)";
  const bool by_name = owner.resource->identity.name != other.resource->identity.name;
  return std::string(created(owner) == 0 ? "neither has a creationTimestamp" : "they are of the same age") + ", and its " +
         (by_name ? "name" : "namespace") + " sorts first";
}

std::vector<Reason> why_no_cluster(const ClientView& view, std::string_view cluster) {
  const auto name = parse(cluster);
  if (!name || view.has_cluster(cluster)) return {};
  const auto service = view.scope.by_host.find(name->host);
  if (service == view.scope.by_host.end()) return why_no_host(view, name->host);
  const auto& ports = service->second->ports;
  const bool port = std::any_of(ports.begin(), ports.end(), [&](const auto& each) { return each.number == name->port; });
  if (!port) {
    std::vector<std::string> numbers;
    for (const auto& each : ports) numbers.push_back(std::to_string(each.number));
    std::vector<Reason> reasons{
        {name->host + " has no port " + std::to_string(name->port) + " for this client (it has: " + join(numbers) + ")",
         service->second->resource, "spec.ports"}};
    return reasons;
  }
  if (!name->subset.empty()) return why_no_subset(view, *name);
  return {
      {name->host + " has no address that Istio could resolve, and so no cluster", service->second->resource, "spec.endpoints"}};
}

std::vector<Reason> why_no_endpoints(const ClientView& view, std::string_view cluster) {
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
  if (all > 0 && unhealthy == all) return {{"all of its endpoints are unhealthy", service.resource, {}}};
  if (all > 0 && !name->subset.empty()) {
    const DestinationRuleEntry* rule = view.destination_rule(name->host);
    for (std::size_t i = 0; rule != nullptr && i < rule->spec.subsets.size(); ++i) {
      const model::Subset& subset = rule->spec.subsets[i];
      if (subset.name != name->subset) continue;
      return {
          {"the host has endpoints, but none with the labels of subset " + subset.name + " (" + labels_text(subset.labels) + ")",
           rule->resource, "spec.subsets[" + std::to_string(i) + "].labels"}};
    }
  }
  if (all > 0)
    return {{"the host has endpoints, but none of them serves port " + std::to_string(name->port), service.resource,
             "spec.endpoints"}};
  if (const Labels* selector = selector_of(service)) return why_not_selected(view, service, *selector);
  return {{"it lists no endpoints and selects none", service.resource, "spec"}};
}

const Labels* selector_of(const registry::Service& service) {
  const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
  if (entry != nullptr) return entry->workload_selector ? &entry->workload_selector->labels : nullptr;
  return service.selector && !service.selector->empty() ? &*service.selector : nullptr;
}

}  // namespace meshroute::view
