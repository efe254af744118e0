// SPDX-License-Identifier: Apache-2.0
// How a connection comes to its filter chain: whose port the listener is, and which rules under tls and tcp take it.
#include <algorithm>
#include <utility>

#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using scope::VirtualServiceEntry;
using text::element;
using text::join;
using text::lower;

constexpr std::size_t kShownOfRule = 10;  // rules of one VirtualService

std::string name_of(const registry::Service* service) {
  return service != nullptr && service->resource != nullptr ? display_name(*service->resource) : std::string("another service");
}

/// How a port becomes HTTP.
std::string rename_port(const registry::Service& service, const std::string& number) {
  if (service.kubernetes) return "name port " + number + " of " + name_of(&service) + " http-…, or set its appProtocol to http";
  return "set the protocol of port " + number + " to HTTP in spec.ports of " + name_of(&service);
}

const char* ports_of(const registry::Service& service) { return service.kubernetes ? "spec.ports" : "spec.addresses"; }

const registry::ServicePort* port_of(const registry::Service* service, std::uint32_t port) {
  if (service == nullptr) return nullptr;
  const auto found =
      std::find_if(service->ports.begin(), service->ports.end(), [port](const auto& each) { return each.number == port; });
  return found != service->ports.end() ? &*found : nullptr;
}

std::string wrong_name(const std::vector<std::string>& patterns, const std::string& sni) {
  if (std::any_of(patterns.begin(), patterns.end(), [&](const auto& each) { return match::matches(lower(each), lower(sni)); }))
    return {};
  return "sniHosts are " + join(patterns) + "; the SNI is " + (sni.empty() ? "not sent" : lower(sni));
}

}  // namespace

void Explanation::lost_port(const view::Listener& listener, const registry::Service* service, const registry::Service* taker,
                            std::uint32_t port) {
  for (const auto& lost : listener.lost) {
    if (service == nullptr || lost.service != service || taker == service) continue;
    using Kind = view::Listener::Lost::Reason;
    std::string text = "port " + std::to_string(port) + " of " + name_of(service) + " has no chain here: ";
    if (lost.reason == Kind::explicit_port) {
      text += "an egress listener of the Sidecar with this very port has it";
    } else {
      text += name_of(lost.winner) + (lost.reason == Kind::taken ? " has the same address and port, and "
                                                                 : " uses a protocol that cannot share the port, and ");
      text += lost.winner != nullptr && lost.winner->creation < service->creation
                  ? "it is older (creationTimestamp)"
                  : "they are of the same age, and its name sorts first";
    }
    std::string hint;
    if (service->resource != nullptr)
      hint = std::string("give ") + name_of(service) + " a port" + (service->kubernetes ? "" : " or an address") + " of its own";
    line("listener", Verdict::skipped, Code::listener_lost, std::move(text), service->resource, ports_of(*service),
         std::move(hint));
  }
}

void Explanation::shared_listener(const view::Listener& listener, const view::FilterChain& chain,
                                  const registry::Service* service, std::uint32_t port) {
  const registry::ServicePort* own = port_of(service, port);
  if (own == nullptr) return;
  lost_port(listener, service, nullptr, port);
  const auto colon = chain.table.rfind(':');
  const std::string of = colon != std::string::npos ? chain.table.substr(0, colon) : "";
  if (!of.empty() && of != service->hostname && chain.table.find('/') == std::string::npos) {
    line("listener", Verdict::skipped, Code::listener_shared,
         "this address and port are those of " + of + ", which comes first: what is sent to " + service->hostname +
             " goes there as well",
         service->resource, ports_of(*service));
    return;
  }
  if (answer_.virtual_host.find(':') != std::string::npos || answer_.virtual_host.empty()) return;  // not the catch-all
  if (!registry::is_http_or_sniffed(own->protocol)) {
    line("service", Verdict::skipped, Code::service_port_not_http,
         "port " + std::to_string(port) + " of " + service->hostname + " is " + std::string(registry::to_string(own->protocol)) +
             ": it has no virtual host, and the listener that other services share handles HTTP",
         service->resource, "spec.ports", service->resource != nullptr ? rename_port(*service, std::to_string(port)) : "");
  } else if (view_.scope.sidecar != nullptr && service->resolution != registry::ServiceResolution::alias) {
    line("service", Verdict::skipped, Code::service_not_imported,
         "the egress listener of the Sidecar for port " + std::to_string(port) + " does not import " + service->hostname,
         view_.scope.sidecar, "spec.egress", import_hint(*view_.scope.sidecar, *service));
  }
}

void Explanation::outbound_policy(const char* stage) {
  using Outbound = registry::Settings::Outbound;
  const bool sidecar = view_.scope.sidecar_spec != nullptr && view_.scope.sidecar_spec->outbound_traffic_policy.has_value();
  const std::string who =
      sidecar ? "outboundTrafficPolicy of " + display_name(*view_.scope.sidecar) : "MeshConfig's outboundTrafficPolicy";
  std::string text, hint;
  if (view_.scope.outbound == Outbound::registry_only) {
    text = "unknown destinations are refused: " + who + " is REGISTRY_ONLY";
    if (sidecar) text += " (an empty one means the same)";
  } else if (!view_.scope.egress_proxy_cluster.empty()) {
    text = "unknown destinations go to the egressProxy of " + who;
  } else {
    text = "the connection goes to its original destination, unknown to the mesh (" + who + " allows any)";
  }
  line(stage, Verdict::noted, Code::outbound_policy, std::move(text), sidecar ? view_.scope.sidecar : nullptr,
       "spec.outboundTrafficPolicy");
}

void Explanation::connection_rules(const VirtualServiceEntry& entry, const view::FilterChain& chain, const Request& request,
                                   std::uint32_t port, const registry::Service* service) {
  const registry::ServicePort* own = port_of(service, port);
  const model::VirtualService& spec = *entry.spec;
  const std::string taken = chain.owner != nullptr && chain.owner != &entry
                                ? chain.rule + " of " + display_name(*chain.owner->resource) + " goes before it"
                            : chain.service != nullptr ? "the chain of " + name_of(chain.service) + " goes before it"
                                                       : "it has no chain in this listener";
  std::size_t told = 0;
  const auto tell = [&](const std::string& at, const std::string& why) {
    if (++told <= kShownOfRule)
      line("rule", Verdict::skipped, Code::connection_rule_skipped, at + ": " + why, entry.resource, at);
  };
  const bool tls_port = own != nullptr ? registry::is_tls(own->protocol) : request.tls;
  for (std::size_t i = 0; i < spec.tls.size(); ++i) {
    for (std::size_t k = 0; k < spec.tls[i].match.size(); ++k) {
      const auto& match = spec.tls[i].match[k];
      const std::string at = element("spec.tls", i) + element(".match", k);
      if (&entry == chain.owner && at == chain.rule) return;  // those behind it were not needed
      std::string why = view::unmet(match, view_.proxy, port);
      if (why.empty() && !tls_port) why = "the port's protocol is not TLS";
      if (why.empty() && !request.tls) why = "the connection is not TLS";
      if (why.empty()) why = wrong_name(match.sni_hosts, request.sni);
      if (why.empty() && !match.destination_subnets.empty()) why = "destinationSubnets are " + join(match.destination_subnets);
      tell(at, why.empty() ? taken : why);
    }
  }
  for (std::size_t i = 0; i < spec.tcp.size(); ++i) {
    const std::string rule = element("spec.tcp", i);
    if (&entry == chain.owner && rule == chain.rule) return;
    if (tls_port) {
      tell(rule, "the port's protocol is TLS: rules under tls count");
      continue;
    }
    if (spec.tcp[i].match.empty()) tell(rule, taken);
    for (std::size_t k = 0; k < spec.tcp[i].match.size(); ++k) {
      const auto& match = spec.tcp[i].match[k];
      std::string why = view::unmet(match, view_.proxy, port);
      if (why.empty() && !match.destination_subnets.empty()) why = "destinationSubnets are " + join(match.destination_subnets);
      tell(rule + element(".match", k), why.empty() ? taken : why);
    }
  }
  if (told > kShownOfRule)
    line("rule", Verdict::noted, Code::more, std::to_string(told - kShownOfRule) + " more of its matches do not match either");
}

void Explanation::connection(const view::Listener& listener, const view::FilterChain& chain, const Request& request,
                             std::uint32_t port, const std::string& host, const registry::Service* service) {
  http_ = false;
  chain_ = &chain;
  lost_port(listener, service, chain.service, port);
  const registry::ServicePort* own = port_of(service, port);
  std::vector<std::string> hosts;
  if (const std::string& asked = !host.empty() ? host : request.sni; !asked.empty()) hosts.push_back(lower(asked));
  if (chain.service != nullptr && (hosts.empty() || hosts.front() != chain.service->hostname))
    hosts.push_back(chain.service->hostname);
  if (!hosts.empty()) {
    name_services(hosts, chain.owner, [&](const VirtualServiceEntry& entry, const std::string& who, const std::string& path) {
      const model::VirtualService& spec = *entry.spec;
      if (&entry == chain.owner) {
        line("virtual service", Verdict::matched, Code::virtual_service_matched, who, entry.resource, path);
        return connection_rules(entry, chain, request, port, service);
      }
      std::string why, hint;
      if (listener.virtual_outbound) {
        why = "no service has a listener for this connection, and a VirtualService does not create a listener";
        if (service == nullptr) hint = "add a ServiceEntry for " + hosts.front() + " with port " + std::to_string(port);
      } else if (spec.tls.empty() && spec.tcp.empty()) {
        why = "its rules are under http, and the proxy forwards this connection unread";
        if (own != nullptr && !request.tls)
          why += ": port " + std::to_string(port) + " is " + std::string(registry::to_string(own->protocol)) +
                 (own->name.empty() ? "" : " (its name is " + own->name + ")");
        const std::string number = std::to_string(port), its = display_name(*entry.resource);
        if (request.tls)
          hint = "send http:// to a port whose protocol is HTTP, or add rules under tls to " + its;
        else if (service != nullptr && service->resource != nullptr)
          hint = rename_port(*service, number);
      }
      if (why.empty() && own != nullptr && registry::is_http(own->protocol))
        why =
            "port " + std::to_string(port) + " of " + service->hostname + " is HTTP: rules under tls and tcp do not apply to it";
      line("virtual service", Verdict::skipped, Code::virtual_service_lost_host,
           who + ", but " + (why.empty() ? "none of its rules under tls and tcp matches this connection" : why), entry.resource,
           path, std::move(hint));
      if (why.empty()) connection_rules(entry, chain, request, port, service);
    });
  }
  std::string text = !request.tls          ? "the connection is forwarded as TCP"
                     : request.sni.empty() ? "TLS without an SNI is forwarded"
                                           : "TLS is forwarded by its SNI (" + request.sni + ")";
  if (listener.virtual_outbound) {
    line("filter chain", Verdict::noted, Code::listener_catch_all,
         "no listener is for this address and port: the catch-all listener handles it");
  } else if (chain.owner != nullptr) {
    line("filter chain", Verdict::matched, Code::filter_chain_tcp,
         text + " by " + chain.rule + " of " + display_name(*chain.owner->resource), chain.owner->resource, chain.rule);
  } else if (chain.service == nullptr && own != nullptr && registry::is_tls(own->protocol) && !request.tls) {
    line("filter chain", Verdict::noted, Code::filter_chain_default,
         "port " + std::to_string(port) + " of " + name_of(service) + " is " + std::string(registry::to_string(own->protocol)) +
             ": its chain handles only TLS with the SNI " + service->hostname +
             ", and this connection is not TLS: the default chain handles it",
         service->resource, ports_of(*service), "send TLS with the SNI " + service->hostname);
  } else if (chain.service == nullptr) {
    const bool http = std::any_of(listener.chains.begin(), listener.chains.end(), [](const auto& each) { return each.http; });
    line("filter chain", Verdict::noted, Code::filter_chain_default,
         std::string(http ? "its HTTP chain handles only plain HTTP, and no other is for "
                          : "no filter chain of the listener is for ") +
             (!request.tls          ? "this address"
              : request.sni.empty() ? "TLS without an SNI"
                                    : "SNI " + request.sni) +
             ": the default chain handles the connection");
  } else if (chain.service != service) {
    line("filter chain", Verdict::matched, Code::filter_chain_tcp,
         (chain.sni.empty() ? "the connection is forwarded unread" : text) + " by the chain of " + name_of(chain.service),
         chain.service->resource, ports_of(*chain.service));
  } else {
    const bool by_sidecar = own != nullptr && registry::is_http(own->protocol) && view_.scope.sidecar != nullptr;
    line("filter chain", Verdict::matched, Code::filter_chain_tcp,
         text + (by_sidecar ? ", as the protocol of the Sidecar's egress listener says" : ": rules under http do not apply"),
         by_sidecar ? view_.scope.sidecar : nullptr, "spec.egress");
  }
}

}  // namespace meshroute::explain
