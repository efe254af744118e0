// SPDX-License-Identifier: Apache-2.0
#include "explain/explanation.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "explain/derived.hpp"
#include "explain/why.hpp"
#include "match/cidr.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using text::lower;

/// Whether at most two insertions, deletions or changes of a letter make one word of the other.
bool alike(std::string_view one, std::string_view other) {
  constexpr std::size_t kMost = 2;
  if (one.size() > 63 || other.size() > 63 || one.size() > other.size() + kMost || other.size() > one.size() + kMost)
    return false;
  std::array<std::size_t, 64> row{};
  for (std::size_t k = 0; k <= other.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t k = 1; k <= other.size(); ++k) {
      const std::size_t changed = diagonal + (one[i - 1] == other[k - 1] ? 0 : 1);
      diagonal = std::exchange(row[k], std::min({row[k] + 1, row[k - 1] + 1, changed}));
    }
  }
  return row[other.size()] <= (other.size() < 5 ? 1 : kMost);
}

/// A service whose first label is that of the host, or nearly so; null where there is none.
const registry::Service* most_alike(const registry::Snapshot& snapshot, std::string_view host) {
  const auto first = [](std::string_view name) { return name.substr(0, name.find('.')); };
  const registry::Service* near = nullptr;
  for (const auto& service : snapshot.services) {
    if (service->resource == nullptr || match::is_wildcard(service->hostname)) continue;
    if (first(service->hostname) == first(host)) return service.get();
    if (near == nullptr && alike(first(service->hostname), first(host))) near = service.get();
  }
  return near;
}

}  // namespace

void Explanation::line(const char* stage, Verdict verdict, Code code, std::string text, const Resource* resource,
                       std::string_view path, std::string hint) {
  TraceLine& line = answer_.trace.emplace_back(TraceLine{.stage = stage,
                                                         .verdict = verdict,
                                                         .path = std::string(path),
                                                         .text = std::move(text),
                                                         .code = std::string(name_of(code)),
                                                         .hint = std::move(hint)});
  if (resource == nullptr) return;
  line.resource = shown(*resource);
  const text::Place place = places_.find(*resource, path);
  line.source = place.source;
  line.line = place.line;
  line.column = place.column;
}

void Explanation::line(const char* stage, Verdict verdict, Reason reason) {
  line(stage, verdict, reason.code, std::move(reason.text), reason.resource, reason.path, std::move(reason.hint));
}

void Explanation::proxy() {
  const std::string who = "a proxy in namespace " + view_.proxy.namespace_;
  if (view_.scope.sidecar != nullptr) {
    line("proxy", Verdict::noted, Code::proxy, who + " with " + shown(*view_.scope.sidecar), view_.scope.sidecar, "spec");
  } else {
    line("proxy", Verdict::noted, Code::proxy, who + "; no Sidecar narrows what it sees");
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
    Code code = Code::service_found;
    std::string hint;
    if (there && found->protocol == registry::Protocol::udp) {  // A15
      text += ", but its port " + std::to_string(port) + " is UDP, which has no listener";
      path = "spec.ports";
      code = Code::service_port_udp;
      good = false;
    } else if (!good) {
      path = "spec.ports";
      const auto whole = view_.snapshot->index.find({service->hostname, service->namespace_});
      const bool trimmed = whole != view_.snapshot->index.end() && view_.scope.sidecar != nullptr &&
                           std::any_of(whole->second->ports.begin(), whole->second->ports.end(),
                                       [port](const auto& each) { return each.number == port; });
      if (trimmed) {  // D13
        const std::string sidecar = shown(*view_.scope.sidecar);
        text += ", but " + sidecar + " does not import port " + std::to_string(port) + " of it";
        resource = view_.scope.sidecar;
        path = "spec.egress";
        code = Code::service_port_not_imported;
        hint = "add an egress listener without a port, or with port " + std::to_string(port) + ", to spec.egress of " + sidecar;
      } else {
        std::vector<std::string> numbers;
        for (const auto& each : service->ports) numbers.push_back(std::to_string(each.number));
        text += ", but has no port " + std::to_string(port) + (numbers.empty() ? "" : " (it has: " + text::join(numbers) + ")");
        code = Code::service_port_missing;
        if (service->resource != nullptr)
          hint = "use one of its ports in the URL, or add port " + std::to_string(port) + " to spec.ports of " +
                 shown(*service->resource);
      }
    } else if (there && !found->name.empty()) {
      text += ", port " + std::to_string(port) + " (" + found->name + ")";
    }
    line("service", good ? Verdict::matched : Verdict::skipped, code, std::move(text), resource, path, std::move(hint));
    if (!there && !is_alias) unmerged_port(*service, port);
    if (is_alias) alias(*service);
    return;
  }
  const std::string& suffix = view_.snapshot->settings.domain_suffix;
  bool defined = false;
  for (const std::string& name : {host, host + "." + view_.proxy.namespace_ + ".svc." + suffix, host + ".svc." + suffix,
                                  host + "." + suffix}) {  // B25: as the client's DNS completes it
    for (const auto& each : view_.snapshot->services) {
      if (lower(each->hostname) != name) continue;
      defined = true;
      Reason reason = why_unseen(view_, *each);
      if (reason.text.empty()) {  // D18
        reason = {
            "this proxy has only its clusters: a VirtualService leads to it, and no egress listener of the Sidecar imports it",
            view_.scope.sidecar, "spec.egress", Code::service_clusters_only};
        if (view_.scope.sidecar != nullptr) reason.hint = import_hint(*view_.scope.sidecar, *each);
      }
      const Resource* owner = each->resource;
      reason.text = (owner != nullptr ? shown(*owner) : "a service") + " defines " + each->hostname + ", but " + reason.text;
      line("service", Verdict::skipped, std::move(reason));
    }
    if (defined) return;
  }
  for (const auto& each : view_.scope.services) {
    const auto addresses = view::all_addresses(view::scope_of(view_), *each);
    if (std::find(addresses.begin(), addresses.end(), host) == addresses.end() || each->resource == nullptr) continue;
    line("service", Verdict::noted, Code::host_is_address,
         host + " is an address of " + shown(*each->resource) + " (" + each->hostname + ")", each->resource,
         each->kubernetes ? "spec" : "spec.addresses");
    return;
  }
  for (const auto& each : view_.snapshot->services) {
    if (!match::is_wildcard(each->hostname) || !match::matches(host, lower(each->hostname)) || each->resource == nullptr)
      continue;
    line("service", Verdict::noted, Code::host_in_wildcard,
         shown(*each->resource) + " defines the wildcard " + each->hostname + ", which holds " + host, each->resource,
         "spec.hosts");
    return;
  }
  unknown_ = answer_.trace.size();
  std::string text = "no Service and no ServiceEntry has the host " + host;
  std::string hint;
  const Resource* near = nullptr;
  if (const registry::Service* alike = most_alike(*view_.snapshot, host); alike != nullptr) {
    text += "; there is " + alike->hostname;
    hint = "send the request to " + alike->hostname + ", or add a ServiceEntry for " + host;
    near = alike->resource;
  } else if (!match::is_ip(host)) {
    hint = "add a ServiceEntry for " + host;
  }
  line("service", Verdict::noted, Code::host_unknown, std::move(text), near, near != nullptr ? "metadata.name" : "",
       std::move(hint));
}

void Explanation::alias(const registry::Service& service) {
  const auto target = view_.service_named(lower(service.external_name));
  const std::string text = "it is another name of " + service.external_name;
  if (target == nullptr) {
    line("service", Verdict::skipped, Code::alias_of_nothing,
         text + ", and this proxy sees no service with that host: it has no listener and no cluster", service.resource,
         "spec.externalName", "add a ServiceEntry for " + service.external_name);
  } else {
    line("service", Verdict::noted, Code::alias,
         text + (target->resource != nullptr ? ", which " + shown(*target->resource) + " defines" : ""), service.resource,
         "spec.externalName");
  }
}

void Explanation::unmerged_port(const registry::Service& service, std::uint32_t port) {
  for (const auto& each : view_.snapshot->services) {
    if (each->hostname != service.hostname || each->resource == nullptr || each->resource == service.resource) continue;
    if (std::none_of(each->ports.begin(), each->ports.end(), [&](const auto& one) { return one.number == port; })) continue;
    Reason reason = why_unseen(view_, *each);
    if (reason.text.empty()) {  // D20
      reason = {
          "it is not merged: definitions of one host are merged only if namespace, resolution, labels, selector and exportTo are "
          "the same",
          each->resource, "spec.ports", Code::service_not_merged};
    }
    reason.text = shown(*each->resource) + " gives the host port " + std::to_string(port) + ", but " + reason.text;
    line("service", Verdict::skipped, std::move(reason));
  }
}

void Explanation::cluster(const std::string& name, std::size_t endpoints, bool usable) {
  const auto parts = match::parse_cluster_name(name);
  const auto* rule = parts ? view_.destination_rule(std::string(parts->host)) : nullptr;
  const std::string shaped = rule != nullptr ? ", shaped by " + shown(*rule->resource) : "";
  const Resource* resource = rule != nullptr ? rule->resource : nullptr;
  if (usable && endpoints == 0) {
    line("cluster", Verdict::matched, Code::cluster_ready, name + " forwards to the address that the client asked for" + shaped,
         resource, "spec");
    return;
  }
  line("cluster", usable ? Verdict::matched : Verdict::skipped, usable ? Code::cluster_ready : Code::cluster_empty,
       name + " has " + std::to_string(endpoints) + (endpoints == 1 ? " endpoint" : " endpoints") + shaped +
           (usable  ? ""
            : http_ ? ": 503 UH"
                    : ": the connection is closed"),
       resource, "spec");
  if (auto assumed = assumed_from(view_, name)) line("endpoints", Verdict::noted, std::move(*assumed));
  if (usable) return;
  for (Reason& reason : why_no_endpoints(view_, name)) line("endpoints", Verdict::noted, std::move(reason));
}

void Explanation::endpoints_not_given(const std::string& name) {
  auto reasons = why_not_given(view_, name);
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i == 0) reasons[i].text = name + ": " + reasons[i].text;
    line(i == 0 ? "cluster" : "endpoints", i == 0 ? Verdict::matched : Verdict::noted, std::move(reasons[i]));
  }
}

void Explanation::no_cluster(const std::string& name) {
  line("cluster", Verdict::skipped, Code::cluster_missing,
       "this proxy has no cluster " + name + (http_ ? ": 503 NC" : ": the connection is closed"));
  for (Reason& reason : why_no_cluster(view_, name)) line("cluster", Verdict::noted, std::move(reason));
}

}  // namespace meshroute::explain
