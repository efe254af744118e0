// SPDX-License-Identifier: Apache-2.0
// ServiceEntries with their addresses and workloads, and WorkloadGroups.

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "scope/destinations.hpp"
#include "text/place.hpp"

namespace meshroute::analysis {

namespace {

using registry::Protocol;
using text::element;

bool is_plain_tcp(const std::string& protocol) {
  const Protocol parsed = registry::parse_protocol(protocol);
  return protocol.empty() || parsed == Protocol::tcp;
}

/// Whether proxies make addresses up for hosts that have none.
bool proxies_allocate(const registry::Settings& settings) {
  const text::Json& metadata = settings.mesh_config["defaultConfig"]["proxyMetadata"];
  if (!metadata.is_object()) return false;
  const auto is = [&](const char* key) {
    return metadata.value(key, "") == "true" || (metadata[key].is_boolean() && metadata[key].flag());
  };
  return is("ISTIO_META_DNS_CAPTURE") && (is("ISTIO_META_DNS_AUTO_ALLOCATE") || is("PILOT_ENABLE_IP_AUTOALLOCATE"));
}

/// AN0207.
void check_addresses(const Facts& facts, const Resource& resource, bool allocated, Findings& findings) {
  const auto& entry = *resource.as<model::ServiceEntry>();
  if (allocated || !entry.addresses.empty() || !resource.status_addresses.empty()) return;
  for (const std::string& host : entry.hosts) {
    for (const auto& service : facts.definitions(host)) {
      if (service->resource == &resource && (!service->auto_v4.empty() || !service->auto_v6.empty())) return;
    }
  }
  for (std::size_t i = 0; i < entry.ports.size(); ++i) {
    if (!is_plain_tcp(entry.ports[i].protocol)) continue;
    findings.add("AN0207", resource, element("spec.ports", i),
                 "port " + std::to_string(entry.ports[i].number) +
                     " is TCP, which is told apart by address, and the ServiceEntry has none: "
                     "it shares the port with all others that have none",
                 "add `addresses`, or let addresses be allocated");
    return;
  }
}

bool is_dns(model::ServiceEntry::Resolution resolution) {
  using Resolution = model::ServiceEntry::Resolution;
  return resolution == Resolution::DNS || resolution == Resolution::DNS_ROUND_ROBIN || resolution == Resolution::DYNAMIC_DNS;
}

/// The hosts to which rules lead.
std::set<std::string> destinations_of(const Facts& facts) {
  std::set<std::string> hosts;
  for (const auto& entry : facts.virtual_services) {
    scope::each_destination(*entry->spec, [&](const model::Destination& to, scope::Sent sent) {
      if (sent == scope::Sent::request) hosts.insert(to.host);
    });
  }
  return hosts;
}

/// AN0218: unless another resource may define its hosts with endpoints, or a VirtualService leads all requests for them
/// elsewhere.
void check_static(const Facts& facts, const std::set<std::string>& destinations, const Resource& resource, Findings& findings) {
  const auto& entry = *resource.as<model::ServiceEntry>();
  if (entry.resolution != model::ServiceEntry::Resolution::STATIC || !entry.endpoints.empty() || entry.workload_selector) return;
  bool names = entry.addresses.empty();
  for (const std::string& host : entry.hosts) {
    if (facts.definitions(host).size() != 1) return;
    const auto& ruled = facts.virtual_service_hosts;  // by a name without dots too, which AN0214 tells
    if ((ruled.contains(host) || ruled.contains(facts.expand(host, resource))) && !destinations.contains(host)) return;
    names = names && !match::is_wildcard(host);
  }
  findings.add("AN0218", resource, "spec.resolution",
               "resolution STATIC takes the endpoints from the resource, and it has neither endpoints nor a workloadSelector: "
               "requests to the service fail with 503",
               names ? "set resolution to DNS, so that the proxy looks the host up, or add endpoints"
                     : "add endpoints, or set resolution to NONE");
}

/// AN0219, of a ServiceEntry by itself.
void check_plain_ports(const Facts& facts, const Resource& resource, Findings& findings) {
  const auto& entry = *resource.as<model::ServiceEntry>();
  if (entry.location != model::ServiceEntry::Location::MESH_EXTERNAL || !is_dns(entry.resolution) || entry.hosts.empty() ||
      match::is_wildcard(entry.hosts.front()))
    return;
  for (std::size_t i = 0; i < entry.ports.size(); ++i) {
    const auto& port = entry.ports[i];
    if ((port.target_port != 0 ? port.target_port : port.number) != 443) continue;
    if (!registry::is_http(registry::parse_protocol(port.protocol))) continue;
    if (std::any_of(entry.endpoints.begin(), entry.endpoints.end(),
                    [&](const auto& endpoint) { return endpoint.ports.contains(port.name); }))
      continue;
    tell_plain_to_tls(facts, resource, element("spec.ports", i) + (port.target_port != 0 ? ".targetPort" : ".number"),
                      entry.hosts.front(), port.number, 443, findings);
  }
}

/// AN0213: of several TCP services on a port without addresses, a client has one (D21).
void check_shared_ports(const Facts& facts, Findings& findings) {
  std::map<std::pair<std::string, std::uint32_t>, const registry::Service*> first;
  std::set<const Resource*> told;
  for (const auto& service : facts.snapshot.services) {
    if (service->kubernetes || service->resource == nullptr || service->default_address != "0.0.0.0" || !service->auto_v4.empty())
      continue;
    for (const auto& port : service->ports) {
      if (port.protocol != Protocol::tcp) continue;
      const registry::Service* other = nullptr;
      const auto meet = [&](const std::string& audience) {
        const auto found = first.find({audience, port.number});
        if (other == nullptr && found != first.end() && found->second->resource != service->resource) other = found->second;
      };
      const bool all = contains(service->export_to, "*");
      if (all) meet(" any");
      meet("*");
      for (const std::string& name : service->export_to) meet(name == "." ? service->namespace_ : name);
      if (other != nullptr && told.insert(service->resource).second) {
        findings.add("AN0213", *service->resource, path_of_host(*service),
                     shown(*other) + " has the TCP port " + std::to_string(port.number) +
                         " without an address too: clients that see both send all its connections to one of them",
                     "give each an address, or a port of its own", {{other->resource, path_of_host(*other), "the same port"}});
      }
      for (const std::string& name : service->export_to)
        first.try_emplace({name == "." ? service->namespace_ : name, port.number}, service.get());
      first.try_emplace({" any", port.number}, service.get());
    }
  }
}

/// AN0211: the endpoint's own ports do not name the service's.
void check_port_names(const Resource& owner, const std::string& path, const model::WorkloadEntry& workload,
                      const Resource& entry_resource, Findings& findings) {
  if (workload.ports.empty()) return;
  const auto& entry = *entry_resource.as<model::ServiceEntry>();
  for (const auto& port : entry.ports) {
    if (workload.ports.contains(port.name)) continue;
    std::vector<std::string> names;
    for (const auto& [name, number] : workload.ports) names.push_back(name);
    const std::uint32_t used = port.target_port != 0 ? port.target_port : port.number;
    findings.add("AN0211", owner, path,
                 "port " + port.name + " of " + findings::display_name(entry_resource) + " is not among these (" + join(names) +
                     "): it leads to port " + std::to_string(used),
                 "name the port " + port.name + " here", {{&entry_resource, "spec.ports", "the service's ports"}});
    return;
  }
}

/// AN0212.
void check_weight(const Resource& owner, const std::string& path, std::uint32_t weight, Findings& findings) {
  if (weight != 0 || !findings.stated(owner, path)) return;
  findings.add("AN0212", owner, path, "a weight of 0 counts as none: the endpoint gets a share like one of weight 1",
               "remove the endpoint to send it nothing");
}

/// AN0209, AN0210.
void check_groups(const Facts& facts, Findings& findings) {
  std::map<std::pair<std::string, Labels>, const Resource*> first;
  std::set<std::pair<std::string, std::string>> accounts;
  for (const auto& resource : facts.snapshot.resources) {
    if (resource->as<model::ServiceAccount>() != nullptr)
      accounts.emplace(resource->identity.namespace_, resource->identity.name);
    if (const auto* pod = resource->as<model::Pod>()) accounts.emplace(resource->identity.namespace_, pod->service_account_name);
    if (const auto* entry = resource->as<model::WorkloadEntry>())
      accounts.emplace(resource->identity.namespace_, entry->service_account);
  }
  for (const auto& resource : facts.snapshot.resources) {
    const auto* group = resource->as<model::WorkloadGroup>();
    if (group == nullptr) continue;
    const std::string& in = resource->identity.namespace_;
    if (group->metadata && !group->metadata->labels.empty()) {
      const auto [other, added] = first.emplace(std::pair(in, group->metadata->labels), resource.get());
      if (!added) {
        findings.add("AN0209", *resource, "spec.metadata.labels",
                     findings::display_name(*other->second) +
                         " has the same labels: services and policies cannot tell their workloads apart",
                     "give each group a label of its own", {{other->second, "spec.metadata.labels", "the same labels"}});
      }
    }
    const SharedString account = group->template_ ? group->template_->service_account : SharedString();
    if (account.empty() || account == "default" || accounts.contains({in, account})) continue;
    if (!facts.of_a_cluster) continue;
    findings.add("AN0210", *resource, "spec.template.serviceAccount",
                 "namespace " + in + " has no ServiceAccount " + account +
                     ", and no workload uses it: the group's workloads get no certificate",
                 "add the ServiceAccount");
  }
}

}  // namespace

void tell_plain_to_tls(const Facts& facts, const Resource& resource, const std::string& path, const std::string& host,
                       std::uint32_t port, std::uint32_t target, Findings& findings) {
  const auto rules = facts.rules_about(host);
  const auto speaks = [](const std::optional<model::ClientTLSSettings>& tls) {
    return tls && tls->mode != model::ClientTLSSettings::TLSmode::DISABLE;
  };
  const auto policy_speaks = [&](const std::optional<model::TrafficPolicy>& policy) {
    return policy && (speaks(policy->tls) || std::any_of(policy->port_level_settings.begin(), policy->port_level_settings.end(),
                                                         [&](const auto& each) { return speaks(each.tls); }));
  };
  for (const Resource* each : rules) {
    const auto& rule = *each->as<model::DestinationRule>();
    if (policy_speaks(rule.traffic_policy) || std::any_of(rule.subsets.begin(), rule.subsets.end(), [&](const auto& subset) {
          return policy_speaks(subset.traffic_policy);
        }))
      return;
  }
  std::vector<Leaning> related;
  if (!rules.empty()) related.push_back({rules.front(), "spec.trafficPolicy", "sets no TLS"});
  findings.add(
      "AN0219", resource, path,
      "plain HTTP goes to port " + std::to_string(target) + " of " + host +
          (port == target ? "" : " (by port " + std::to_string(port) + ")") +
          ", where servers speak TLS, and no DestinationRule sets TLS for it: the server refuses the requests (often with 400)",
      rules.empty() ? "create a DestinationRule for " + host + " with trafficPolicy.tls.mode: SIMPLE"
                    : "set spec.trafficPolicy.tls.mode of " + findings::display_name(*rules.front()) + " to SIMPLE",
      related);
}

void check_entries(const Facts& facts, Findings& findings) {
  const bool allocated = proxies_allocate(facts.snapshot.settings);
  const std::set<std::string> destinations = destinations_of(facts);
  for (const auto& resource : facts.snapshot.resources) {
    if (const auto* entry = resource->as<model::ServiceEntry>()) {
      check_addresses(facts, *resource, allocated, findings);
      check_static(facts, destinations, *resource, findings);
      check_plain_ports(facts, *resource, findings);
      const bool weights = text::Places::mentions(*resource, "weight");
      for (std::size_t i = 0; i < entry->endpoints.size(); ++i) {
        const std::string at = element("spec.endpoints", i);
        check_port_names(*resource, at + ".ports", entry->endpoints[i], *resource, findings);
        if (weights) check_weight(*resource, at + ".weight", entry->endpoints[i].weight, findings);
      }
      if (!entry->workload_selector) continue;
      for (const Workload* each :
           facts.workloads.selected(resource->identity.namespace_, own_labels(entry->workload_selector->labels))) {
        const auto* workload = each->resource->as<model::WorkloadEntry>();
        if (workload != nullptr) check_port_names(*each->resource, "spec.ports", *workload, *resource, findings);
      }
    } else if (const auto* workload = resource->as<model::WorkloadEntry>();
               workload != nullptr && text::Places::mentions(*resource, "weight")) {
      check_weight(*resource, "spec.weight", workload->weight, findings);
    }
  }
  check_groups(facts, findings);
  check_shared_ports(facts, findings);
}

}  // namespace meshroute::analysis
