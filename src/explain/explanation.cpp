// SPDX-License-Identifier: Apache-2.0
// The sentences of a trace about services, clusters and endpoints.
#include "explain/explanation.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "explain/derived.hpp"
#include "explain/why.hpp"
#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "resolve/name.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using text::lower;

std::string who_defines(const registry::Service& service) {
  return service.resource != nullptr ? display_name(*service.resource) : "a service";
}

const char* host_path(const registry::Service& service) { return service.kubernetes ? "metadata.name" : "spec.hosts"; }

bool has_port(const registry::Service& service, std::uint32_t port) {
  return std::any_of(service.ports.begin(), service.ports.end(), [port](const auto& each) { return each.number == port; });
}

/// Of all definitions of the host that the proxy's listeners have, one with the port: each has its own listeners (B20).
const registry::Service* definition_with(const view::ProxyView& view, const registry::Service& service, std::uint32_t port) {
  if (has_port(service, port)) return &service;
  for (const auto& listener : view.scope.listeners) {
    for (const auto& each : listener.services) {
      if (each->hostname == service.hostname && has_port(*each, port)) return each.get();
    }
  }
  return nullptr;
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
  line.resource = display_name(*resource);
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
    line("proxy", Verdict::noted, Code::proxy, who + " with " + display_name(*view_.scope.sidecar), view_.scope.sidecar, "spec");
  } else {
    line("proxy", Verdict::noted, Code::proxy, who + "; no Sidecar narrows what it sees");
  }
}

void Explanation::host(const std::string& host, const registry::Service* service, std::uint32_t port) {
  if (host.empty()) return;
  if (service == nullptr) return absent(host);
  const registry::Service* with = definition_with(view_, *service, port);
  const bool is_alias = service->resolution == registry::ServiceResolution::alias;
  const registry::Service& told = with != nullptr ? *with : *service;
  const std::string who = who_defines(told);
  if (with == nullptr && !is_alias) {
    no_port(*service, port);
    unmerged_port(*service, port);
    return;
  }
  std::string text = who + " defines " + told.hostname;
  if (with != nullptr) {
    const auto found =
        std::find_if(told.ports.begin(), told.ports.end(), [port](const auto& each) { return each.number == port; });
    if (found->protocol == registry::Protocol::udp) {  // A15
      line("service", Verdict::skipped, Code::service_port_udp,
           text + ", but its port " + std::to_string(port) + " is UDP, which has no listener", told.resource, "spec.ports");
      return;
    }
    if (!found->name.empty()) text += ", port " + std::to_string(port) + " (" + found->name + ")";
  }
  line("service", Verdict::matched, Code::service_found, std::move(text), told.resource, host_path(told));
  if (is_alias) return alias(told);
  if (const auto seen = view_.scope.by_host.find(told.hostname);
      seen != view_.scope.by_host.end() && !has_port(*seen->second, port))
    unmerged_port(*seen->second, port);
}

void Explanation::no_port(const registry::Service& service, std::uint32_t port) {
  const std::string number = std::to_string(port), who = who_defines(service), text = who + " defines " + service.hostname;
  const auto whole = view_.snapshot->index.find({service.hostname, service.namespace_});
  if (whole != view_.snapshot->index.end() && view_.scope.sidecar != nullptr && has_port(*whole->second, port)) {  // D13
    const std::string sidecar = display_name(*view_.scope.sidecar);
    return line("service", Verdict::skipped, Code::service_port_not_imported,
                text + ", but " + sidecar + " does not import port " + number + " of it", view_.scope.sidecar, "spec.egress",
                "add an egress listener without a port, or with port " + number + ", to spec.egress of " + sidecar);
  }
  const std::string ports = ports_text(service);
  std::string hint;
  if (service.resource != nullptr && !ports.empty())
    hint = "use a port of " + who + " in the URL (" + ports + "), or add port " + number + " to its spec.ports";
  line("service", Verdict::skipped, Code::service_port_missing,
       who + " (" + service.hostname + ") has no port " + number + (ports.empty() ? "" : ": it has " + ports), service.resource,
       "spec.ports", std::move(hint));
}

bool Explanation::hidden(const std::string& host) {
  const std::string& suffix = view_.snapshot->settings.domain_suffix;
  for (const std::string& name : {host, host + "." + view_.proxy.namespace_ + ".svc." + suffix, host + ".svc." + suffix,
                                  host + "." + suffix}) {  // B25: as the client's DNS completes it
    bool defined = false;
    for (const auto& each : view_.snapshot->services) {
      if (lower(each->hostname) != name) continue;
      defined = true;
      Reason reason = why_unseen(view_, *each);
      if (reason.text.empty()) continue;
      reason.text = who_defines(*each) + " defines " + each->hostname + ", but " + reason.text;
      line("service", Verdict::skipped, std::move(reason));
    }
    if (defined) return true;
  }
  return false;
}

bool Explanation::address(const std::string& address) {
  const auto has = [&](const registry::Service& service) {
    const auto all = view::all_addresses(view::scope_of(view_), service);
    return std::any_of(all.begin(), all.end(), [&](std::string_view each) {
      return each == address || (each.find('/') != std::string_view::npos && match::contains(each, address));
    });
  };
  for (const auto& listener : view_.scope.listeners) {
    for (const auto& each : listener.services) {
      if (!has(*each) || each->resource == nullptr) continue;
      line("service", Verdict::matched, Code::host_is_address,
           address + " is an address of " + display_name(*each->resource) + " (" + each->hostname + ")", each->resource,
           each->kubernetes ? "spec" : "spec.addresses");
      return true;
    }
  }
  for (const auto& each : view_.snapshot->services_at(address)) {
    if (!why_unseen(view_, *each).text.empty()) continue;
    const auto* pool = view_.snapshot->pool(*each);
    const Resource* workload = nullptr;
    if (pool != nullptr) {
      for (const auto& shard : *pool) {
        for (const auto& endpoint : shard.endpoints) {
          if (endpoint.address() == address && workload == nullptr) workload = endpoint.workload->resource;
        }
      }
    }
    const bool own = workload != nullptr && workload != each->resource;
    line("service", Verdict::matched, Code::host_is_endpoint,
         address + " is the address of " + (own ? display_name(*workload) + ", " : std::string()) + "an endpoint of " +
             who_defines(*each) + " (" + each->hostname + ")",
         own ? workload : each->resource, own ? "" : "spec.endpoints");
    return true;
  }
  for (const auto& each : view_.snapshot->services) {
    if (!has(*each) || each->resource == nullptr) continue;
    Reason reason = why_unseen(view_, *each);
    if (reason.text.empty()) continue;
    reason.text = address + " is an address of " + display_name(*each->resource) + ", but " + reason.text;
    line("service", Verdict::skipped, std::move(reason));
    return true;
  }
  return false;
}

bool Explanation::wildcard(const std::string& host) {
  const registry::Service* best = nullptr;
  const auto holds = [&](const registry::Service& each) {
    return each.resource != nullptr && match::is_wildcard(each.hostname) && match::matches(host, lower(each.hostname));
  };
  for (const auto& listener : view_.scope.listeners) {
    for (const auto& each : listener.services) {
      if (holds(*each) && (best == nullptr || match::more_specific(each->hostname, best->hostname))) best = each.get();
    }
  }
  if (best != nullptr) {
    line("service", Verdict::matched, Code::host_in_wildcard,
         display_name(*best->resource) + " defines the wildcard " + best->hostname + ", which holds " + host, best->resource,
         "spec.hosts");
    return true;
  }
  for (const auto& each : view_.snapshot->services) {
    if (!holds(*each)) continue;
    Reason reason = why_unseen(view_, *each);
    if (reason.text.empty()) continue;
    reason.text = display_name(*each->resource) + " defines the wildcard " + each->hostname + ", which holds " + host + ", but " +
                  reason.text;
    line("service", Verdict::skipped, std::move(reason));
    return true;
  }
  return false;
}

void Explanation::absent(const std::string& host) {
  if (match::is_ip(host)) {
    if (address(host)) return;
    unknown_ = answer_.trace.size();
    return line("service", Verdict::noted, Code::address_unknown,
                "no service that this proxy sees has the address " + host + ", nor has an endpoint of one");
  }
  if (hidden(host)) return;
  std::string scratch;
  if (const resolve::Member member = resolve::member_of(view_, host, scratch); member.service != nullptr) {
    const std::string of = "the headless " + who_defines(*member.service);
    const std::string name = host.substr(0, host.find('.'));
    if (member.endpoint != nullptr)
      return line("service", Verdict::matched, Code::host_is_member,
                  host + " is " + display_name(*member.endpoint->workload->resource) + ", a pod of " + of,
                  member.service->resource, "metadata.name");
    return line("service", Verdict::noted, Code::host_is_member,
                host + " is within " + of + ", which has no ready pod of the name " + name, member.service->resource,
                "metadata.name");
  }
  if (wildcard(host)) return;
  unknown_ = answer_.trace.size();
  const registry::Service* near = nearest_service(*view_.snapshot, host, view_.proxy.namespace_);
  if (near == nullptr)
    return line("service", Verdict::noted, Code::host_unknown, "no Service and no ServiceEntry has the host " + host, nullptr, {},
                "add a ServiceEntry for " + host);
  line("service", Verdict::noted, Code::host_unknown,
       "no Service and no ServiceEntry has the host " + host + ": did you mean " + near->hostname + " (" + who_defines(*near) +
           ")?",
       near->resource, host_path(*near), "send the request to " + near->hostname + ", or add a ServiceEntry for " + host);
}

void Explanation::alias(const registry::Service& service) {
  const auto target = view_.service_named(lower(service.external_name));
  const std::string text = who_defines(service) + " is another name of " + service.external_name;
  if (target == nullptr) {
    line("service", Verdict::skipped, Code::alias_of_nothing,
         text + ", and this proxy sees no service with that host: it has no listener and no cluster", service.resource,
         "spec.externalName", "add a ServiceEntry for " + service.external_name);
  } else {
    line("service", Verdict::noted, Code::alias,
         text + (target->resource != nullptr ? ", which " + display_name(*target->resource) + " defines" : ""), service.resource,
         "spec.externalName");
  }
}

void Explanation::unmerged_port(const registry::Service& service, std::uint32_t port) {
  for (const auto& each : view_.snapshot->services) {
    if (each->hostname != service.hostname || each->resource == nullptr || each->resource == service.resource) continue;
    if (!has_port(*each, port)) continue;
    Reason reason = why_unseen(view_, *each);
    if (reason.text.empty()) continue;
    reason.text = display_name(*each->resource) + " gives the host port " + std::to_string(port) + ", but " + reason.text;
    line("service", Verdict::skipped, std::move(reason));
  }
}

void Explanation::cluster(const std::string& name, std::size_t endpoints, bool usable) {
  const auto parts = match::parse_cluster_name(name);
  const auto* rule = parts ? view_.destination_rule(std::string(parts->host)) : nullptr;
  const std::string shaped = rule != nullptr ? ", shaped by " + display_name(*rule->resource) : "";
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
  if (auto unnamed = unnamed_port(view_, name)) line("endpoints", Verdict::skipped, std::move(*unnamed));
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

Destination Explanation::destination_of(std::string_view cluster) const {
  const auto name = match::parse_cluster_name(cluster);
  if (!name) return {};
  const auto leads = [&name](const model::Destination& each) {
    return lower(each.host) == lower(std::string(name->host)) && each.subset == name->subset &&
           (!each.port || each.port->number == name->port);
  };
  const auto among = [&](const auto& routes, const Resource* resource, const std::string& rule) -> Destination {
    for (std::size_t i = 0; i < routes.size(); ++i) {
      if (routes[i].destination && leads(*routes[i].destination))
        return {resource, rule + text::element(".route", i) + ".destination"};
    }
    return {};
  };
  if (owner_ != nullptr) {
    const auto& rule = owner_->spec->http[rule_];
    const scope::RuleOrigin& origin = owner_->http_origins[rule_];
    if (auto found = among(rule.route, origin.resource, origin.path); found.resource != nullptr) return found;
    if (rule.mirror && leads(*rule.mirror)) return {origin.resource, origin.path + ".mirror"};
    for (std::size_t i = 0; i < rule.mirrors.size(); ++i) {
      if (rule.mirrors[i].destination && leads(*rule.mirrors[i].destination))
        return {origin.resource, origin.path + text::element(".mirrors", i) + ".destination"};
    }
  }
  if (chain_ == nullptr || chain_->owner == nullptr) return {};
  const model::VirtualService& spec = *chain_->owner->spec;
  const std::string rule = chain_->rule.substr(0, chain_->rule.find(']') + 1);
  for (std::size_t i = 0; i < spec.tls.size(); ++i) {
    if (text::element("spec.tls", i) == rule) return among(spec.tls[i].route, chain_->owner->resource, rule);
  }
  for (std::size_t i = 0; i < spec.tcp.size(); ++i) {
    if (text::element("spec.tcp", i) == rule) return among(spec.tcp[i].route, chain_->owner->resource, rule);
  }
  return {};
}

void Explanation::no_cluster(const std::string& name) {
  line("cluster", Verdict::skipped, Code::cluster_missing,
       "this proxy has no cluster " + name + (http_ ? ": 503 NC" : ": the connection is closed"));
  for (Reason& reason : why_no_cluster(view_, name, destination_of(name))) line("cluster", Verdict::noted, std::move(reason));
}

}  // namespace meshroute::explain
