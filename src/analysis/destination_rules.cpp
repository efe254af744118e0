// SPDX-License-Identifier: Apache-2.0
// Whether a DestinationRule is about anything.

#include <utility>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"

namespace meshroute::analysis {

namespace {

/// The endpoints of a host by its definitions' namespaces, as far as they are known to be all.
class Pool {
 public:
  Pool(const Facts& facts, const std::string& host) {
    std::set<std::string> namespaces;
    for (const auto& service : facts.definitions(host)) {
      if (!namespaces.insert(service->namespace_).second) continue;
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
      // Only EndpointSlices name the pods of a Service; configuration in files has none.
      complete_ = complete_ && (!service->kubernetes || of_kubernetes > 0);
    }
  }

  bool complete() const { return complete_ && !endpoints_.empty(); }
  bool has(const std::map<std::string, std::string>& labels) const {
    for (const auto* endpoint : endpoints_) {
      if (endpoint->workload->has_labels(labels)) return true;
    }
    return false;
  }
  const std::vector<const registry::Endpoint*>& endpoints() const { return endpoints_; }

 private:
  std::vector<const registry::Endpoint*> endpoints_;
  bool complete_ = true;
};

std::string address_of(const registry::Endpoint& endpoint) {
  const std::string address(endpoint.address());
  const Resource* from = endpoint.workload->resource;
  return from != nullptr && from->as<model::ServiceEntry>() == nullptr ? address + " (" + explain::shown(*from) + ")" : address;
}

void check_subsets(const Facts& facts, const Resource& resource, const std::string& host, Findings& findings) {
  const auto& rule = *resource.as<model::DestinationRule>();
  const Pool pool(facts, host);
  if (!pool.complete()) return;
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    const model::Subset& subset = rule.subsets[i];
    if (subset.labels.empty() || pool.has(subset.labels)) continue;
    std::string hint;
    std::vector<Leaning> related;
    for (const auto* endpoint : pool.endpoints()) {
      const std::string differs = one_differs(subset.labels, endpoint->workload->all_labels());
      if (differs.empty()) continue;
      hint = "endpoint " + address_of(*endpoint) + " is nearly in it: " + differs;
      if (const Resource* from = endpoint->workload->resource; from != nullptr) {
        related.push_back({from,
                           from->as<model::ServiceEntry>() != nullptr ? "spec.endpoints"
                           : from->as<model::Pod>() != nullptr        ? "metadata.labels"
                                                                      : "spec.labels",
                           "an endpoint that is nearly in it"});
      }
      break;
    }
    findings.add("AN0302", resource, "spec.subsets[" + std::to_string(i) + "].labels",
                 "subset " + subset.name + " has no endpoint: none of " + host + " has the labels " + labels_text(subset.labels),
                 std::move(hint), related);
  }
}

}  // namespace

void check_destination_rules(const Facts& facts, Findings& findings, Unknown& unknown) {
  for (const Resource* resource : facts.snapshot.destination_rules) {
    const auto& rule = *resource->as<model::DestinationRule>();
    const std::string host = facts.expand(rule.host, *resource);
    const auto alike = facts.alike(host);
    const bool written_short = host != rule.host;
    switch (facts.known(host)) {
      case Known::yes:
        if (!match::is_wildcard(host) && !rule.subsets.empty()) check_subsets(facts, *resource, host, findings);
        continue;
      case Known::unknown:
        if (written_short && !alike.empty()) break;  // A1: most likely the other namespace is meant
        unknown.add(host, *resource, "spec.host");
        continue;
      case Known::no:
        break;
    }
    std::string hint = meant(alike);
    if (const auto wild = facts.wildcard_over(host); wild != nullptr)  // E14: rules are looked up by the service's own host
      hint = shown(*wild) + " has the wildcard " + wild->hostname +
             ", and only a DestinationRule for that host or a wider one applies to it";
    findings.add("AN0301", *resource, "spec.host",
                 "no service has the host " + host + (written_short ? ", which `" + rule.host + "` is short for" : "") +
                     ": the DestinationRule has no effect",
                 std::move(hint));
  }
}

}  // namespace meshroute::analysis
