// SPDX-License-Identifier: Apache-2.0
// Whether a DestinationRule is about anything.

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "text/edit_distance.hpp"

namespace meshroute::analysis {

namespace {

using text::element;

/// The endpoints of a host by its definitions' namespaces, as far as they are known to be all.
class Pool {
 public:
  Pool(const Facts& facts, const std::string& host) {
    std::set<std::string> namespaces;
    for (const auto& service : facts.definitions(host)) {
      if (!namespaces.insert(service->namespace_).second) continue;
      const auto* entry = service->resource != nullptr ? service->resource->as<model::ServiceEntry>() : nullptr;
      const bool selects = entry != nullptr && entry->workload_selector;
      selects_ = selects_ || selects;
      if (service->selector && !service->selector->empty()) {
        for (const Workload* workload : facts.workloads.selected(service->namespace_, own_labels(*service->selector)))
          workloads_.push_back(workload);
      }
      std::size_t of_kubernetes = 0;
      if (const auto* pool = facts.snapshot.pool(*service)) {
        for (const auto& shard : *pool) {
          for (const auto& endpoint : shard.endpoints) {
            endpoints_.push_back(&endpoint);
            const Resource* from = endpoint.workload->resource;
            const bool workload = from != nullptr && from->as<model::WorkloadEntry>() != nullptr;
            of_kubernetes += shard.provider == "Kubernetes" && !workload ? 1 : 0;
          }
        }
      }
      // EndpointSlices name the Pods of a Service; configuration in files has none, but may have the Pods. VMs are not all of it.
      const bool pods = std::any_of(workloads_.begin(), workloads_.end(), [](const Workload* workload) {
        return workload->resource->as<model::Pod>() != nullptr || workload->resource->as<model::PodTemplate>() != nullptr;
      });
      complete_ = complete_ && (!service->kubernetes || of_kubernetes > 0 || pods);
    }
  }

  /// A selector that selects nothing leaves no endpoint for a subset either.
  bool complete() const { return complete_ && (!endpoints_.empty() || !workloads_.empty() || selects_); }
  bool has(const Labels& labels) const {
    for (const auto* endpoint : endpoints_) {
      if (endpoint->workload->has_labels(labels)) return true;
    }
    const bool nowhere = std::any_of(labels.begin(), labels.end(), [](const auto& label) {  // endpoints have no empty one (C7)
      return label.first.starts_with("topology.") && label.second.empty();
    });
    if (nowhere) return false;
    const Labels own = own_labels(labels);  // where a workload runs is not known before it does
    return std::any_of(workloads_.begin(), workloads_.end(),
                       [&](const Workload* workload) { return match::labels_subset(own, workload->labels); });
  }
  const std::vector<const Workload*>& workloads() const { return workloads_; }
  const std::vector<const registry::Endpoint*>& endpoints() const { return endpoints_; }

 private:
  std::vector<const registry::Endpoint*> endpoints_;
  std::vector<const Workload*> workloads_;  ///< that the services select, also those without an address yet
  bool complete_ = true;
  bool selects_ = false;  ///< a ServiceEntry's selector says which workloads there are
};

std::string address_of(const registry::Endpoint& endpoint) {
  const std::string address(endpoint.address());
  const Resource* from = endpoint.workload->resource;
  return from != nullptr && from->as<model::ServiceEntry>() == nullptr ? address + " (" + findings::display_name(*from) + ")"
                                                                       : address;
}

/// The same labels with the values that an endpoint has.
std::string labels_near(const Labels& wanted, const Labels& labels) {
  Labels own;
  for (const auto& [key, value] : wanted) {
    if (const auto found = labels.find(key); found != labels.end()) own.emplace(key, found->second);
  }
  return labels_text(own);
}

void check_subsets(const Facts& facts, const Resource& resource, const std::string& host, Findings& findings,
                   Unjudged& unjudged) {
  const auto& rule = *resource.as<model::DestinationRule>();
  const Pool pool(facts, host);
  if (!pool.complete()) {
    unjudged.add(Unjudged::Need::workloads, "subsets of " + host, resource, "spec.subsets");
    return;
  }
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    const model::Subset& subset = rule.subsets[i];
    if (subset.labels.empty() || pool.has(subset.labels)) continue;
    std::string hint;
    std::vector<Leaning> related;
    const std::string wanted = labels_text(subset.labels);
    std::size_t least = static_cast<std::size_t>(-1);  // letters between what is wanted and what an endpoint has
    for (const auto* endpoint : pool.endpoints()) {
      if (least <= 1) break;  // none is nearer
      const auto labels = endpoint->workload->all_labels();
      const std::string differs = one_differs(subset.labels, labels);
      if (differs.empty()) continue;
      const std::size_t letters = text::distance(wanted, labels_near(subset.labels, labels), 8);
      if (letters >= least) continue;
      least = letters;
      related.clear();
      hint = "endpoint " + address_of(*endpoint) + " is nearly in it: " + differs;
      if (const Resource* from = endpoint->workload->resource; from != nullptr) {
        related.push_back({from,
                           from->as<model::ServiceEntry>() != nullptr ? "spec.endpoints"
                           : from->as<model::Pod>() != nullptr        ? "metadata.labels"
                                                                      : "spec.labels",
                           "an endpoint that is nearly in it"});
      }
    }
    for (const Workload* workload : pool.workloads()) {
      if (!hint.empty()) break;
      const std::string differs = one_differs(subset.labels, workload->labels);
      if (differs.empty()) continue;
      hint = findings::display_name(*workload->resource) + " is nearly in it: " + differs;
      related.push_back({workload->resource, path_of_labels(*workload), "a workload that is nearly in it"});
    }
    findings.add("AN0302", resource, "spec.subsets[" + std::to_string(i) + "].labels",
                 "subset " + subset.name + " has no endpoint: none of " + host + " has the labels " + labels_text(subset.labels),
                 std::move(hint), related);
  }
}

/// Whether no client of the rule sees the host: it is private to other namespaces.
const registry::Service* hidden_from(const Facts& facts, const Resource& resource, const std::string& host) {
  const std::string& in = resource.identity.namespace_;
  if (facts.is_root(in) || match::is_wildcard(host)) return nullptr;
  const auto& definitions = facts.definitions(host);
  const bool hidden = std::all_of(definitions.begin(), definitions.end(), [&](const auto& service) {
    return service->namespace_ != in && !scope::visible(*service, in);
  });
  return hidden && !definitions.empty() ? definitions.front().get() : nullptr;
}

/// AN0304, AN0305.
void check_content(const Resource& resource, Findings& findings) {
  using Mode = model::ClientTLSSettings::TLSmode;
  const auto& rule = *resource.as<model::DestinationRule>();
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    if (!rule.subsets[i].labels.empty()) continue;
    findings.add("AN0304", resource, element("spec.subsets", i),
                 "subset " + rule.subsets[i].name + " has no labels: it is the whole service",
                 "add the labels that tell its endpoints from the others");
  }
  const auto check = [&](const std::optional<model::ClientTLSSettings>& tls, const std::string& path) {
    if (!tls || (tls->mode != Mode::SIMPLE && tls->mode != Mode::MUTUAL)) return;
    if (tls->insecure_skip_verify.value_or(false)) {
      findings.add("AN0305", resource, path + ".insecureSkipVerify",
                   "the server's certificate is not checked: anybody can take its place",
                   "name the server's CA in caCertificates");
    } else if (!tls->credential_name.empty() && !rule.workload_selector) {
      findings.add(
          "AN0305", resource, path + ".credentialName",
          "sidecars read credentialName only with a workloadSelector: without one they drop these settings and send plain text",
          "add a workloadSelector, or name files");
    }
  };
  const auto check_policy = [&](const model::TrafficPolicy& policy, const std::string& path) {
    check(policy.tls, path + ".tls");
    for (std::size_t i = 0; i < policy.port_level_settings.size(); ++i)
      check(policy.port_level_settings[i].tls, path + element(".portLevelSettings", i) + ".tls");
  };
  if (rule.traffic_policy) check_policy(*rule.traffic_policy, "spec.trafficPolicy");
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    if (rule.subsets[i].traffic_policy)
      check_policy(*rule.subsets[i].traffic_policy, element("spec.subsets", i) + ".trafficPolicy");
  }
}

}  // namespace

void check_destination_rules(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  for (const Resource* resource : facts.snapshot.destination_rules) {
    const auto& rule = *resource->as<model::DestinationRule>();
    const std::string host = facts.expand(rule.host, *resource);
    const auto alike = facts.alike(host);
    const bool written_short = host != rule.host;
    check_content(*resource, findings);
    if (const registry::Service* hidden = hidden_from(facts, *resource, host)) {
      std::vector<Leaning> related;
      if (hidden->resource != nullptr)
        related.push_back({hidden->resource, hidden->kubernetes ? "metadata.annotations" : "spec.exportTo",
                           "not exported to the rule's namespace"});
      findings.add("AN0301", *resource, "spec.host",
                   shown(*hidden) + " defines " + host + ", and " +
                       not_exported(hidden->export_to, hidden->namespace_, resource->identity.namespace_) +
                       ": the DestinationRule has no effect",
                   "export the host, or move the rule to namespace " + hidden->namespace_, related);
      continue;
    }
    switch (facts.known(host)) {
      case Known::yes:
        if (!match::is_wildcard(host) && !rule.subsets.empty()) check_subsets(facts, *resource, host, findings, unjudged);
        continue;
      case Known::unknown:
        if (written_short && !alike.empty() && !misspelled(host, alike)) break;  // A1: most likely the other namespace is meant
        unjudged.add_host(host, *resource, "spec.host");
        continue;
      case Known::no:
        break;
    }
    std::string hint = meant(host, alike, written_short);
    if (const auto wild = facts.wildcard_over(host); wild != nullptr)  // E14: rules are looked up by the service's own host
      hint = shown(*wild) + " has the wildcard " + wild->hostname +
             ", and only a DestinationRule for that host or a wider one applies to it";
    findings.add("AN0301", *resource, "spec.host",
                 "no service has the host " + host + (written_short ? ", which `" + rule.host + "` is short for" : "") +
                     without_namespace(facts, host) + ": the DestinationRule has no effect",
                 std::move(hint));
  }
}

}  // namespace meshroute::analysis
