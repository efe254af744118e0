// SPDX-License-Identifier: Apache-2.0
#include "explain/explanation.hpp"

#include <algorithm>
#include <utility>

#include "explain/why.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using text::lower;

}  // namespace

TraceLine Explanation::made(const char* stage, Verdict verdict, std::string text, const Resource* resource,
                            std::string_view path) {
  TraceLine line{.stage = stage, .verdict = verdict, .path = std::string(path), .text = std::move(text)};
  if (resource == nullptr) return line;
  line.resource = shown(*resource);
  const text::Place place = places_.find(*resource, path);
  line.source = place.source;
  line.line = place.line;
  line.column = place.column;
  return line;
}

void Explanation::line(const char* stage, Verdict verdict, std::string text, const Resource* resource, std::string_view path) {
  answer_.trace.push_back(made(stage, verdict, std::move(text), resource, path));
}

void Explanation::proxy() {
  const std::string who = "a proxy in namespace " + view_.proxy.namespace_;
  if (view_.scope.sidecar != nullptr) {
    line("proxy", Verdict::noted, who + " with " + shown(*view_.scope.sidecar), view_.scope.sidecar, "spec");
  } else {
    line("proxy", Verdict::noted, who + "; no Sidecar narrows what it sees");
  }
}

void Explanation::host(const std::string& host, const registry::Service* service, std::uint32_t port) {
  if (host.empty()) return;
  if (service != nullptr) {
    const auto found =
        std::find_if(service->ports.begin(), service->ports.end(), [&](const auto& each) { return each.number == port; });
    std::string text = (service->resource != nullptr ? shown(*service->resource) : "a service") + " defines " + service->hostname;
    std::string path = service->kubernetes ? "metadata.name" : "spec.hosts";
    const Resource* resource = service->resource;
    const bool is_alias = service->resolution == registry::ServiceResolution::alias;
    const bool there = found != service->ports.end();
    bool good = there || is_alias;
    if (there && found->protocol == registry::Protocol::udp) {  // A15
      text += ", but its port " + std::to_string(port) + " is UDP, which has no listener";
      path = "spec.ports";
      good = false;
    } else if (!good) {
      path = "spec.ports";
      const auto whole = view_.snapshot->index.find({service->hostname, service->namespace_});
      const bool trimmed = whole != view_.snapshot->index.end() && view_.scope.sidecar != nullptr &&
                           std::any_of(whole->second->ports.begin(), whole->second->ports.end(),
                                       [port](const auto& each) { return each.number == port; });
      if (trimmed) {  // D13
        text += ", but " + shown(*view_.scope.sidecar) + " imports it for other ports than " + std::to_string(port) + " alone";
        resource = view_.scope.sidecar;
        path = "spec.egress";
      } else {
        text += ", but has no port " + std::to_string(port);
      }
    } else if (there && !found->name.empty()) {
      text += ", port " + std::to_string(port) + " (" + found->name + ")";
    }
    line("service", good ? Verdict::matched : Verdict::skipped, std::move(text), resource, path);
    if (!there && !is_alias) unmerged_port(*service, port);
    if (is_alias) alias(*service);
    return;
  }
  bool defined = false;
  for (const auto& each : view_.snapshot->services) {
    if (lower(each->hostname) != host) continue;
    defined = true;
    auto reason = why_unseen(view_, *each);
    if (reason.text.empty()) {  // D18
      reason = {
          "this proxy has its clusters alone, as a VirtualService leads to it: no egress listener of its Sidecar imports it",
          view_.scope.sidecar, "spec.egress"};
    }
    const Resource* owner = each->resource;
    line("service", Verdict::skipped,
         (owner != nullptr ? shown(*owner) : "a service") + " defines " + each->hostname + ", but " + reason.text,
         reason.resource, reason.path);
  }
  if (defined) return;
  for (const auto& each : view_.scope.services) {
    const auto addresses = view::all_addresses(view::scope_of(view_), *each);
    if (std::find(addresses.begin(), addresses.end(), host) == addresses.end() || each->resource == nullptr) continue;
    line("service", Verdict::noted, host + " is an address of " + shown(*each->resource) + " (" + each->hostname + ")",
         each->resource, each->kubernetes ? "spec" : "spec.addresses");
    return;
  }
  for (const auto& each : view_.snapshot->services) {
    if (!match::is_wildcard(each->hostname) || !match::matches(host, lower(each->hostname)) || each->resource == nullptr)
      continue;
    line("service", Verdict::noted, shown(*each->resource) + " defines the wildcard " + each->hostname + ", which holds " + host,
         each->resource, "spec.hosts");
    return;
  }
  unknown_ = answer_.trace.size();
  line("service", Verdict::noted, "no Service and no ServiceEntry has the host " + host);
}

void Explanation::alias(const registry::Service& service) {
  const auto target = view_.service_named(lower(service.external_name));
  const std::string text = "it is another name of " + service.external_name;
  if (target == nullptr) {
    line("service", Verdict::skipped, text + ", which no service that this proxy sees has: it has no listener and no cluster",
         service.resource, "spec.externalName");
  } else {
    line("service", Verdict::noted,
         text + (target->resource != nullptr ? ", which " + shown(*target->resource) + " defines" : ""), service.resource,
         "spec.externalName");
  }
}

void Explanation::unmerged_port(const registry::Service& service, std::uint32_t port) {
  for (const auto& each : view_.snapshot->services) {
    if (each->hostname != service.hostname || each->resource == nullptr || each->resource == service.resource) continue;
    if (std::none_of(each->ports.begin(), each->ports.end(), [&](const auto& one) { return one.number == port; })) continue;
    auto reason = why_unseen(view_, *each);
    if (reason.text.empty()) {  // D20
      reason = {"definitions of one host are merged only where namespace, resolution, labels, selector and exportTo are the same",
                each->resource, "spec.ports"};
    }
    line("service", Verdict::skipped,
         shown(*each->resource) + " gives the host port " + std::to_string(port) + ", but " + reason.text, reason.resource,
         reason.path);
  }
}

void Explanation::cluster(const std::string& name, std::size_t endpoints, bool usable) {
  const auto* rule =
      match::parse_cluster_name(name) ? view_.destination_rule(std::string(match::parse_cluster_name(name)->host)) : nullptr;
  const std::string shaped = rule != nullptr ? ", shaped by " + shown(*rule->resource) : "";
  if (usable && endpoints == 0) {
    line("cluster", Verdict::matched, name + " forwards to the address that the client asked for" + shaped,
         rule != nullptr ? rule->resource : nullptr, "spec");
    return;
  }
  line("cluster", usable ? Verdict::matched : Verdict::skipped,
       name + " has " + std::to_string(endpoints) + (endpoints == 1 ? " endpoint" : " endpoints") + shaped +
           (usable  ? ""
            : http_ ? ": 503 UH"
                    : ": the connection is closed"),
       rule != nullptr ? rule->resource : nullptr, "spec");
  if (usable) return;
  for (auto& reason : why_no_endpoints(view_, name))
    line("endpoints", Verdict::noted, std::move(reason.text), reason.resource, reason.path);
}

void Explanation::no_cluster(const std::string& name) {
  line("cluster", Verdict::skipped, "this proxy has no cluster " + name + (http_ ? ": 503 NC" : ": the connection is closed"));
  for (auto& reason : why_no_cluster(view_, name))
    line("cluster", Verdict::noted, std::move(reason.text), reason.resource, reason.path);
}

}  // namespace meshroute::explain
