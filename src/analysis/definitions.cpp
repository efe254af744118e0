// SPDX-License-Identifier: Apache-2.0
// Hosts that several ServiceEntries, or a ServiceEntry and a Service, define.

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "analysis/checks.hpp"
#include "explain/words.hpp"

namespace meshroute::analysis {

namespace {

using registry::ServicePtr;

constexpr const char* kAnyone = " anyone";  // no namespace has this name

/// Whether a request meets the same with either.
bool same_service(const registry::Service& a, const registry::Service& b) {
  const auto* one = a.resource->as<model::ServiceEntry>();
  const auto* other = b.resource->as<model::ServiceEntry>();
  return one != nullptr && other != nullptr && one->ports == other->ports && one->resolution == other->resolution &&
         one->location == other->location && one->addresses == other->addresses && one->endpoints == other->endpoints &&
         !one->workload_selector && !other->workload_selector;
}

/// AN0205: a namespace with a public definition of its own uses that one, all others the oldest (D15).
void check_namespaces(const std::vector<ServicePtr>& definitions, Findings& findings) {
  std::vector<ServicePtr> open;
  std::set<std::string> namespaces;
  for (const ServicePtr& service : definitions) {
    if (service->resource != nullptr && contains(service->export_to, "*") && namespaces.insert(service->namespace_).second)
      open.push_back(service);
  }
  if (open.size() < 2) return;
  const ServicePtr winner = scope::seen_service(open, {});
  if (winner == nullptr) return;
  for (const ServicePtr& service : open) {
    if (service == winner || service->kubernetes || same_service(*service, *winner)) continue;
    findings.add("AN0205", *service->resource, path_of_host(*service),
                 "only clients of namespace " + service->namespace_ + " use this definition of " + service->hostname +
                     ": those of other namespaces use that of " + shown(*winner) +
                     (winner->kubernetes ? ", a Service of the cluster" : ", which comes first"),
                 "define the host once, or narrow exportTo to those who should use this one",
                 {{winner->resource, path_of_host(*winner), "what clients of other namespaces use"}});
  }
}

/// AN0206: `first` decides for its namespace; what a later one adds must fit (D20).
void check_pair(const registry::Service& first, const registry::Service& later, Findings& findings) {
  const std::string path = path_of_host(later);
  const std::vector<Leaning> related{{first.resource, path_of_host(first), "what comes first"}};
  if (first.resolution != later.resolution) {
    findings.add("AN0206", *later.resource, path,
                 shown(first) + " defines " + later.hostname +
                     " first, with another resolution: that one holds for both, and ports that only this one has are not served",
                 "give both one resolution, or make them one ServiceEntry", related);
    return;
  }
  const std::string apart = explain::why_not_merged(first, later);
  for (const registry::ServicePort& port : later.ports) {
    const auto same = std::find_if(first.ports.begin(), first.ports.end(),
                                   [&](const registry::ServicePort& each) { return each.number == port.number; });
    if (same == first.ports.end()) {
      if (apart.empty()) continue;
      findings.add("AN0206", *later.resource, path,
                   "port " + std::to_string(port.number) + " is not served: " + shown(first) + " defines " + later.hostname +
                       " first, and the ports of the two are not joined: " + apart,
                   "make them one ServiceEntry, or give both the same labels, workloadSelector and exportTo", related);
      return;
    }
    // B24: endpoints are of a port by its name where they are not resolved by DNS.
    if (same->name != port.name && first.resolution == registry::ServiceResolution::client_side_lb) {
      findings.add("AN0206", *later.resource, path,
                   "the endpoints of port " + std::to_string(port.number) + " are not used: it is named " + port.name +
                       " here and " + same->name + " in " + shown(first) + ", which comes first",
                   "give the port one name in both", related);
      return;
    }
  }
}

/// AN0208: one host and port, several protocols, for clients that see both.
void check_protocols(const std::vector<ServicePtr>& definitions, Findings& findings) {
  std::map<std::pair<std::string, std::uint32_t>, const registry::Service*> first;
  std::set<const Resource*> told;
  const auto protocol_of = [](const registry::Service& service, std::uint32_t number) {
    const auto found =
        std::find_if(service.ports.begin(), service.ports.end(), [&](const auto& port) { return port.number == number; });
    return found->protocol;
  };
  for (const ServicePtr& service : definitions) {
    if (service->resource == nullptr || service->kubernetes) continue;
    for (const registry::ServicePort& port : service->ports) {
      std::vector<std::string> audiences;
      for (const std::string& name : service->export_to) audiences.push_back(name == "." ? service->namespace_ : name);
      const registry::Service* other = nullptr;
      const auto meet = [&](const std::string& audience) {
        const auto found = first.find({audience, port.number});
        if (other != nullptr || found == first.end() || found->second->resource == service->resource) return;
        if (protocol_of(*found->second, port.number) != port.protocol) other = found->second;
      };
      if (contains(audiences, "*")) meet(kAnyone);
      meet("*");
      for (const std::string& audience : audiences) meet(audience);
      if (other != nullptr && told.insert(service->resource).second) {
        findings.add("AN0208", *service->resource, path_of_host(*service),
                     "port " + std::to_string(port.number) + " of " + service->hostname + " is " +
                         std::string(registry::to_string(port.protocol)) + " here and " +
                         std::string(registry::to_string(protocol_of(*other, port.number))) + " in " + shown(*other) +
                         ": clients that see both use one protocol for it",
                     "give both the same protocol, or narrow exportTo",
                     {{other->resource, path_of_host(*other), "another protocol"}});
      }
      for (const std::string& audience : audiences) first.try_emplace({audience, port.number}, service.get());
      first.try_emplace({kAnyone, port.number}, service.get());
    }
  }
}

}  // namespace

void check_definitions(const Facts& facts, Findings& findings) {
  std::unordered_set<std::string> seen;
  for (const ServicePtr& service : facts.snapshot.services) {
    const std::vector<ServicePtr>& definitions = facts.definitions(service->hostname);
    if (definitions.size() < 2 || !seen.insert(service->hostname).second) continue;
    check_namespaces(definitions, findings);
    check_protocols(definitions, findings);
    std::map<std::string, const registry::Service*> first;
    std::set<const Resource*> told;
    for (const ServicePtr& each : definitions) {
      if (each->resource == nullptr) continue;
      const auto [found, added] = first.try_emplace(each->namespace_, each.get());
      // One ServiceEntry with several addresses is several services; a Service and a ServiceEntry of one host share on purpose.
      if (added || found->second->resource == each->resource || each->kubernetes || found->second->kubernetes) continue;
      if (told.insert(each->resource).second) check_pair(*found->second, *each, findings);
    }
  }
}

}  // namespace meshroute::analysis
