// SPDX-License-Identifier: Apache-2.0
// Which VirtualService and which of its rules a request follows, and why none of the others.
#include <algorithm>
#include <iterator>
#include <utility>

#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "resolve/explanation.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"
#include "view/why.hpp"

namespace meshroute::resolve {

namespace {

using text::lower;
using view::VirtualServiceEntry;

const VirtualServiceEntry* entry_of(const view::ClientView& view, const Resource& resource) {
  for (const auto& listener : view.scope.listeners) {
    for (const auto& entry : listener.virtual_services) {
      if (entry->resource == &resource) return entry.get();
    }
  }
  return nullptr;
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

std::string place(const char* kind, std::size_t rule) { return std::string(kind) + "[" + std::to_string(rule) + "]"; }

/// What a match under tls or tcp asks of the client and the port; empty where it is met.
template <class Match>
std::string unmet(const Match& match, const Client& client, std::uint32_t port) {
  if (!match.gateways.empty() && std::find(match.gateways.begin(), match.gateways.end(), "mesh") == match.gateways.end())
    return "its gateways do not name mesh: it is not for sidecars";
  if (match.port != 0 && match.port != port) return "it is for port " + std::to_string(match.port);
  if (!match::labels_subset(match.source_labels, client.labels)) return "the client does not have its sourceLabels";
  if (!match.source_namespace.empty() && match.source_namespace != client.namespace_)
    return "sourceNamespace is " + match.source_namespace + "; the client is in " + client.namespace_;
  return {};
}

}  // namespace

template <class Visit>
void Explanation::each_naming(const std::string& host, Visit visit) {
  std::size_t others = 0, naming = 0;
  const std::string& domain = view_.snapshot->settings.domain_suffix;
  for (const Resource* resource : view_.snapshot->virtual_services) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec->hosts.empty()) continue;  // a delegate
    std::size_t named = spec->hosts.size();
    std::string full;
    for (std::size_t i = 0; i < spec->hosts.size() && named == spec->hosts.size(); ++i) {
      full = view::expand_host(spec->hosts[i], resource->identity.namespace_, domain);
      if (match::matches(lower(full), host)) named = i;
    }
    if (named == spec->hosts.size()) {
      ++others;
      continue;
    }
    ++naming;
    const std::string who = view::shown(*resource) + " names " + full;
    auto reason = view::why_unused(view_, *resource);
    const VirtualServiceEntry* entry = reason.text.empty() ? entry_of(view_, *resource) : nullptr;
    if (entry == nullptr) {
      line("virtual service", Verdict::skipped, who + ", but " + reason.text, reason.resource, reason.path);
    } else {
      visit(*entry, who, place("spec.hosts", named));
    }
  }
  if (others == 0) return;
  line("virtual service", Verdict::noted,
       std::to_string(others) + (naming == 0 ? "" : " other") + (others == 1 ? " VirtualService does" : " VirtualServices do") +
           " not name " + host);
}

void Explanation::virtual_services(const std::string& table, const std::string& virtual_host, const std::string& host) {
  const VirtualServiceEntry* owner = view_.host_rules(table, virtual_host).owner;
  each_naming(host, [&](const VirtualServiceEntry& entry, const std::string& who, const std::string& path) {
    if (&entry == owner) return line("virtual service", Verdict::matched, who, entry.resource, path);
    std::string why = view_.why_not_in(table, entry);
    if (why.empty() && owner != nullptr)
      why = view::shown(*owner->resource) + " goes before it: " + view::why_outranked(view_, *owner, entry, host);
    if (why.empty()) why = "this virtual host is not one of its hosts";
    line("virtual service", Verdict::skipped, who + ", but " + why, entry.resource, path);
  });
}

/// What delegates did not bring in before this rule.
void Explanation::undelegated(const VirtualServiceEntry& owner, std::size_t before, std::size_t& told) {
  using Reason = view::Undelegated::Reason;
  for (; told < owner.undelegated.size() && owner.undelegated[told].before <= before; ++told) {
    const view::Undelegated& each = owner.undelegated[told];
    std::string text = each.path + " delegates to ";
    switch (each.reason) {
      case Reason::missing:
        text += "a VirtualService that is not there, or has hosts: no rule comes of it";
        break;
      case Reason::not_exported:
        text += view::shown(*each.delegate) + ", which is not exported to namespace " + owner.resource->identity.namespace_ +
                ": no rule comes of it";
        break;
      case Reason::conflict:
        text += view::shown(*each.delegate) + ", whose " + each.rule + " contradicts it in " + each.field + " and is left out";
        break;
    }
    line("delegate", Verdict::skipped, std::move(text), owner.resource, each.path + ".delegate");
  }
}

void Explanation::routes(std::size_t first, const std::string& table, const std::string& host) {
  if (!wanted_) return;
  std::vector<TraceLine> walked(std::make_move_iterator(answer_.trace.begin() + static_cast<std::ptrdiff_t>(first)),
                                std::make_move_iterator(answer_.trace.end()));
  answer_.trace.resize(first);
  virtual_services(table, answer_.virtual_host, lower(host));
  const view::HostRules rules = view_.host_rules(table, answer_.virtual_host);
  const VirtualServiceEntry* owner = rules.owner;
  auto use = rules.rules.begin();
  std::size_t told = 0, delegating = static_cast<std::size_t>(-1);
  // Tells what stands before the next rule that is a route: it, or the end.
  const auto next_route = [&] {
    for (; use != rules.rules.end(); ++use) {
      const view::RuleOrigin& origin = owner->http_origins[use->rule];
      undelegated(*owner, use->rule, told);
      if (origin.resource != owner->resource && origin.root != delegating) {
        delegating = origin.root;
        const std::string root = place("spec.http", origin.root);
        line("delegate", Verdict::noted, root + " delegates to " + view::shown(*origin.resource) + ": its rules follow",
             owner->resource, root + ".delegate");
      }
      if (use->dropped.empty()) return;
      line("route", Verdict::skipped, use->path + " is no route for this client: " + use->dropped, origin.resource, use->path);
    }
  };
  for (TraceLine& each : walked) {
    if (each.stage != "route" || owner == nullptr) {
      answer_.trace.push_back(std::move(each));
      continue;
    }
    next_route();
    if (use == rules.rules.end()) continue;
    line("route", each.verdict, std::move(each.text), owner->http_origins[use->rule].resource, use->path);
    if (each.verdict == Verdict::matched) {
      owner_ = owner;
      rule_ = use->rule;
    }
    ++use;
  }
  if (owner == nullptr || owner_ != nullptr) return;
  next_route();
  undelegated(*owner, owner->spec->http.size(), told);
  const auto dropped = static_cast<std::size_t>(
      std::count_if(rules.rules.begin(), rules.rules.end(), [](const view::RuleUse& each) { return !each.dropped.empty(); }));
  const std::size_t routes = rules.rules.size() - dropped;
  std::string text = routes == 1 ? "the only route" : "none of the " + std::to_string(routes) + " routes";
  text += " of " + view::shown(*owner->resource) + (routes == 1 ? " does not take" : " takes") + " this request: 404 NR";
  if (dropped > 0)
    text += "; " + std::to_string(dropped) + (dropped == 1 ? " match is" : " matches are") + " not for this client";
  if (told > 0) text += "; " + std::to_string(told) + (told == 1 ? " delegation" : " delegations") + " brought nothing in";
  line("rules", Verdict::skipped, std::move(text), owner->resource, "spec.http");
}

void Explanation::policies() {
  if (!wanted_ || answer_.timeout.empty()) return;
  // Where the merged rule has a policy, the delegate says it, or the rule that delegates to it (F1.4).
  const model::HTTPRoute* rule = owner_ != nullptr ? &owner_->spec->http[rule_] : nullptr;
  const auto tell = [&](const char* stage, const char* field, const std::string& text, auto&& own) {
    const view::RuleOrigin& origin = owner_->http_origins[rule_];
    const std::size_t inner = std::stoul(origin.path.substr(origin.path.find('[') + 1));
    const bool leaf = own(origin.resource->as<model::VirtualService>()->http[inner]);
    line(stage, Verdict::noted, text + (leaf ? ", as the rule says" : ", as the rule that delegates says"),
         leaf ? origin.resource : owner_->resource, (leaf ? origin.path : place("spec.http", origin.root)) + field);
  };
  const bool no_timeout = answer_.timeout == "0s";
  if (rule != nullptr && rule->timeout) {
    tell("timeout", ".timeout", no_timeout ? "none" : answer_.timeout,
         [](const model::HTTPRoute& each) { return each.timeout.has_value(); });
  } else {
    line("timeout", Verdict::noted, "none: no rule sets one, and Istio's default is none");
  }
  if (rule == nullptr && answer_.retries.empty()) {
    line("retries", Verdict::noted, "none: what no service has is not tried again");
  } else if (rule != nullptr && rule->retries) {
    tell("retries", ".retries", answer_.retries.empty() ? "none" : "those above",
         [](const model::HTTPRoute& each) { return each.retries.has_value(); });
  } else if (view_.snapshot->settings.default_retry) {
    line("retries", Verdict::noted, "those of MeshConfig's defaultHttpRetryPolicy: no rule sets any");
  } else {
    line("retries", Verdict::noted, "Istio's default: neither a rule nor MeshConfig sets any");
  }
}

void Explanation::connection(const view::Listener& listener, const view::FilterChain& chain, const Request& request,
                             std::uint32_t port, const std::string& host, const registry::Service* service) {
  if (!wanted_) return;
  const auto name_of = [](const registry::Service* each) {
    return each != nullptr && each->resource != nullptr ? view::shown(*each->resource) : std::string("another service");
  };
  for (const auto& lost : listener.lost) {
    if (service == nullptr || lost.service != service) continue;
    using Reason = view::Listener::Lost::Reason;
    const std::string who = "port " + std::to_string(port) + " of " + name_of(service);
    std::string text;
    switch (lost.reason) {
      case Reason::taken:
        text = who + " has no chain here: " + name_of(lost.winner) + ", which is older, takes the same connections";
        break;
      case Reason::explicit_port:
        text = who + " has no chain here: an egress listener of the Sidecar with this very port has it";
        break;
      case Reason::protocol:
        text = who + " has no chain here: " + name_of(lost.winner) + " was first with another protocol that shares with none";
        break;
    }
    line("listener", Verdict::skipped, std::move(text), service->resource, service->kubernetes ? "spec.ports" : "spec.addresses");
  }
  const std::string asked = !host.empty() ? host : request.sni;
  if (!asked.empty()) {
    each_naming(lower(asked), [&](const VirtualServiceEntry& entry, const std::string& who, const std::string& path) {
      const model::VirtualService& spec = *entry.spec;
      if (&entry == chain.owner) return line("virtual service", Verdict::matched, who, entry.resource, path);
      if (spec.tls.empty() && spec.tcp.empty()) {
        return line("virtual service", Verdict::skipped,
                    who + ", but its rules are under http, and this connection is passed on without being read", entry.resource,
                    path);
      }
      if (listener.virtual_outbound) {
        return line("virtual service", Verdict::skipped,
                    who + ", but no service has a listener for this connection, and a rule alone makes none", entry.resource,
                    path);
      }
      line("virtual service", Verdict::skipped, who + ", but none of its rules under tls and tcp has this connection",
           entry.resource, path);
      for (std::size_t i = 0; i < spec.tls.size(); ++i) {
        for (std::size_t k = 0; k < spec.tls[i].match.size(); ++k) {
          const auto& match = spec.tls[i].match[k];
          std::string why = unmet(match, view_.client, port);
          if (why.empty() && !request.tls) why = "the connection is not TLS";
          if (why.empty() && std::none_of(match.sni_hosts.begin(), match.sni_hosts.end(),
                                          [&](const auto& sni) { return match::matches(sni, lower(request.sni)); }))
            why = "sniHosts are " + joined(match.sni_hosts) + "; the SNI is " + (request.sni.empty() ? "not sent" : request.sni);
          if (why.empty() && !match.destination_subnets.empty())
            why = "destinationSubnets are " + joined(match.destination_subnets);
          if (why.empty()) why = "a more specific chain, or an earlier one, took it";
          const std::string at = place("spec.tls", i) + place(".match", k);
          line("rule", Verdict::skipped, at + ": " + why, entry.resource, at);
        }
      }
      for (std::size_t i = 0; i < spec.tcp.size(); ++i) {
        std::string why = request.tls ? "the port's protocol is TLS: rules under tls count" : "";
        for (std::size_t k = 0; k < spec.tcp[i].match.size() && why.empty(); ++k) {
          why = unmet(spec.tcp[i].match[k], view_.client, port);
          if (why.empty() && !spec.tcp[i].match[k].destination_subnets.empty())
            why = "destinationSubnets are " + joined(spec.tcp[i].match[k].destination_subnets);
        }
        if (why.empty()) why = "a more specific chain, or an earlier one, took it";
        line("rule", Verdict::skipped, place("spec.tcp", i) + ": " + why, entry.resource, place("spec.tcp", i));
      }
    });
  }
  std::string text = request.tls ? "TLS is passed on by its SNI (" + (request.sni.empty() ? "none sent" : request.sni) + ")"
                                 : "the connection is passed on as TCP";
  if (chain.owner != nullptr) {
    line("filter chain", Verdict::matched, text + " by " + chain.rule + " of " + view::shown(*chain.owner->resource),
         chain.owner->resource, chain.rule);
    return;
  }
  if (chain.service != nullptr && service != nullptr && chain.service != service) {
    line("filter chain", Verdict::matched, text + "; the chain is that of " + name_of(chain.service), chain.service->resource,
         chain.service->kubernetes ? "spec.ports" : "spec.addresses");
    return;
  }
  if (chain.service == nullptr && !listener.virtual_outbound) {
    const std::string what = !request.tls ? "this address" : request.sni.empty() ? "TLS without an SNI" : "SNI " + request.sni;
    line("filter chain", Verdict::noted, "no filter chain of it is for " + what + ": the default one takes the connection");
    return;
  }
  line("filter chain", Verdict::matched, text + ": rules under http are not seen");
}

}  // namespace meshroute::resolve
