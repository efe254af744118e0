// SPDX-License-Identifier: Apache-2.0
// What Istio takes as it is written, and what surely means something else.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"

namespace meshroute::analysis {

namespace {

using text::element;

/// One-word hosts of ServiceEntries, by host.
using Words = std::map<std::string, const registry::Service*>;

/// AN0214: the word is completed by the namespace of the rule, the ServiceEntry's is not.
void check_word(const Facts& facts, const Words& words, const Resource& resource, const std::string& host,
                const std::string& path, std::set<std::string>& told, Findings& findings) {
  const auto found = words.find(host);
  const std::string full = facts.expand(host, resource);
  if (found == words.end() || !facts.definitions(full).empty() || !told.insert(host).second) return;
  const registry::Service& service = *found->second;
  findings.add("AN0214", resource, path,
               "the host " + host + " means " + full + " here, and not the host " + host + " of " +
                   findings::display_name(*service.resource) +
                   ": a name without a dot is completed in rules, not in a ServiceEntry",
               "give the host a dot, in " + findings::display_name(*service.resource) + " and here",
               {{service.resource, path_of_host(service), "defined here"}});
}

using Place = std::pair<std::string, std::uint32_t>;  ///< a host and a port

/// Where HTTP rules send requests: there a proxy has plain HTTP to put TLS around.
std::set<Place> places_of_requests(const Facts& facts) {
  std::set<Place> places;
  const auto add = [&](const std::optional<model::Destination>& to) {
    if (!to) return;
    if (to->port) {
      places.emplace(to->host, to->port->number);
      return;
    }
    for (const auto& service : facts.definitions(to->host)) {
      if (service->ports.size() == 1) places.emplace(to->host, service->ports.front().number);
    }
  };
  for (const auto& entry : facts.virtual_services) {
    for (const model::HTTPRoute& rule : entry->spec->http) {
      for (const auto& route : rule.route) add(route.destination);
    }
  }
  return places;
}

/// AN0307.
void check_tls(const Facts& facts, const std::set<Place>& requests, const Resource& resource, Findings& findings) {
  const auto& rule = *resource.as<model::DestinationRule>();
  if (!rule.traffic_policy) return;
  using Mode = model::ClientTLSSettings::TLSmode;
  const auto originates = [](const std::optional<model::ClientTLSSettings>& tls) {
    return tls && (tls->mode == Mode::SIMPLE || tls->mode == Mode::MUTUAL);
  };
  for (const auto& service : facts.definitions(facts.expand(rule.host, resource))) {
    for (const registry::ServicePort& port : service->ports) {
      if (!registry::is_tls(port.protocol)) continue;
      const auto& levels = rule.traffic_policy->port_level_settings;
      const auto own = std::find_if(levels.begin(), levels.end(),
                                    [&](const auto& each) { return each.port && each.port->number == port.number; });
      const bool here = own != levels.end();
      if (!originates(here ? own->tls : rule.traffic_policy->tls) || requests.contains({service->hostname, port.number}))
        continue;
      const std::string path =
          here ? "spec.trafficPolicy" + element(".portLevelSettings", static_cast<std::size_t>(own - levels.begin())) + ".tls"
               : "spec.trafficPolicy.tls";
      findings.add("AN0307", resource, path,
                   "port " + std::to_string(port.number) + " of " + service->hostname + " is " +
                       std::string(registry::to_string(port.protocol)) +
                       ": clients speak TLS to it already, and this puts TLS around it, which servers refuse",
                   "remove " + path + ", or send plain HTTP to a port of " + shown(*service) + " whose protocol is HTTP",
                   {{service->resource, path_of_host(*service), "the service"}});
      return;
    }
  }
}

}  // namespace

void check_spelling(const Facts& facts, Findings& findings) {
  Words words;
  for (const auto& service : facts.snapshot.services) {
    if (!service->kubernetes && service->resource != nullptr && service->hostname.find('.') == std::string::npos)
      words.try_emplace(service->hostname, service.get());
  }
  for (const Resource* resource : facts.snapshot.virtual_services) {
    const auto& spec = *resource->as<model::VirtualService>();
    std::set<std::string> told;
    for (std::size_t i = 0; i < spec.hosts.size() && !words.empty(); ++i)
      check_word(facts, words, *resource, spec.hosts[i], element("spec.hosts", i), told, findings);
    for (std::size_t i = 0; i < spec.http.size(); ++i) {
      const std::string at = element("spec.http", i);
      for (std::size_t k = 0; k < spec.http[i].route.size() && !words.empty(); ++k) {
        const auto& to = spec.http[i].route[k].destination;
        if (to) check_word(facts, words, *resource, to->host, at + element(".route", k) + ".destination.host", told, findings);
      }
    }
  }
  const std::set<Place> requests = places_of_requests(facts);
  for (const Resource* resource : facts.snapshot.destination_rules) {
    std::set<std::string> told;
    check_word(facts, words, *resource, resource->as<model::DestinationRule>()->host, "spec.host", told, findings);
    check_tls(facts, requests, *resource, findings);
  }
}

}  // namespace meshroute::analysis
