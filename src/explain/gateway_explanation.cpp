// SPDX-License-Identifier: Apache-2.0
// Tells the story of a connection to a gateway: server, chain, virtual host, rule.
#include "explain/gateway_explanation.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "scope/lookup.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "text/near.hpp"

namespace meshroute::explain {

using findings::display_name;
using resolve::Decisions;
using scope::GatewayServer;
using scope::VirtualServiceEntry;
using text::element;
using text::join;
using text::lower;
using view::FilterChain;

namespace {

constexpr std::size_t kShownOfKind = 10;  // of one kind

std::string at(const GatewayServer& server) { return element("spec.servers", server.place); }
std::string name_of(const GatewayServer& server) { return at(server) + " of " + display_name(*server.gateway); }

/// Why a Gateway does not apply to the router.
Reason why_not_selected(const view::ProxyView& view, const Resource& gateway) {
  const auto& selector = gateway.as<model::Gateway>()->selector;
  if (view.snapshot->settings.scope_gateway_to_namespace && gateway.identity.namespace_ != view.proxy.namespace_)
    return {display_name(gateway) + " is in another namespace, and scope_gateway_to_namespace is set", &gateway,
            "metadata.namespace", Code::gateway_not_selected};
  const auto& annotations = gateway.metadata.annotations;
  if (const auto services = annotations.find(scope::kGatewayServices); services != annotations.end())
    return {display_name(gateway) + " is for the service " + services->second +
                " of its namespace, which does not lead to this gateway",
            &gateway, "metadata.annotations", Code::gateway_not_selected};
  std::string text = display_name(gateway) + " selects " + labels_text(selector);
  for (const auto& [key, value] : selector) {
    const auto found = view.proxy.labels.find(key);
    if (found != view.proxy.labels.end() && found->second == value) continue;
    text += found == view.proxy.labels.end() ? "; the proxy has no label " + key : "; the proxy has " + key + "=" + found->second;
    break;
  }
  return {std::move(text), &gateway, "spec.selector", Code::gateway_not_selected,
          "make spec.selector of " + display_name(gateway) + " the labels of the gateway's workload"};
}

class Story {
 public:
  Story(const view::ProxyView& view, const Request& request, const Decisions& decisions, Answer& answer, Explanation& explanation)
      : view_(view),
        gateways_(*view.scope.gateways),
        request_(request),
        decisions_(decisions),
        answer_(answer),
        told_(explanation) {}

  void tell() {
    gateways();
    servers();
    if (!listener() || !chain()) return;
    for (const TraceLine& line : decisions_.access) answer_.trace.push_back(line);
    if (decisions_.denied) return;
    if (decisions_.chain->http)
      routes();
    else
      rule();
  }

 private:
  void gateways() {
    std::string who = "a gateway in namespace " + view_.proxy.namespace_;
    if (gateways_.selected.empty()) {
      told_.line("proxy", Verdict::skipped, Code::gateway_not_selected,
                 who + "; no Gateway applies to it, so it has no listeners");
      for (std::size_t i = 0; i < view_.snapshot->base->gateways.size() && i < kShownOfKind; ++i)
        told_.line("gateway", Verdict::skipped, why_not_selected(view_, *view_.snapshot->base->gateways[i]));
      return;
    }
    std::vector<std::string> names;
    names.reserve(gateways_.selected.size());
    for (const Resource* each : gateways_.selected) names.push_back(display_name(*each));
    if (names.size() > kShownOfKind) names.resize(kShownOfKind);
    told_.line("proxy", Verdict::noted, Code::gateway_selected, who + " with " + join(names), gateways_.selected.front(),
               "spec.selector");
  }

  bool on_port(const GatewayServer& server) const {
    return server.spec->port->number == decisions_.port || server.listen == decisions_.port;
  }

  void servers() {
    for (const GatewayServer& server : gateways_.servers) {
      if (!on_port(server)) continue;
      const std::uint32_t number = server.spec->port->number;
      if (server.listen != number && server.dropped == GatewayServer::Dropped::no) {
        std::string text =
            name_of(server) + " is for port " + std::to_string(number) + " and listens on " + std::to_string(server.listen);
        if (server.translated != nullptr) text += ", to which " + display_name(*server.translated) + " leads that port";
        told_.line("server", Verdict::noted, Code::gateway_port_translated, std::move(text), server.gateway,
                   at(server) + ".port");
      }
      if (server.dropped != GatewayServer::Dropped::no) dropped(server);
    }
  }

  void dropped(const GatewayServer& server) {
    using Dropped = GatewayServer::Dropped;
    const GatewayServer& clash = gateways_.servers[server.clash];
    std::string text = name_of(server) + " is not used: ", hint;
    if (server.dropped == Dropped::host_taken) {
      text += name_of(clash) + " has the host " + server.host + " already" +
              (server.hosts.size() > 1 ? ", and so its other hosts are not served either" : "");
      hint = "remove the host " + server.host + " from " + name_of(server) + ", or put all hosts into one server";
    } else if (server.dropped == Dropped::protocol_conflict) {
      text += "its protocol " + server.spec->port->protocol + " cannot share port " + std::to_string(server.listen) + " with " +
              clash.spec->port->protocol + " of " + name_of(clash) + ", which comes first";
      hint = "give " + name_of(server) + " a port of its own";
    } else {
      text += name_of(clash) + " has the same port, port name and Gateway name";
      hint = "give the port of " + name_of(server) + " another name";
    }
    told_.line("server", Verdict::skipped, Code::gateway_server_dropped, std::move(text), server.gateway, at(server),
               std::move(hint));
  }

  bool listener() {
    const view::Listener* listener = decisions_.listener;
    const std::string port = std::to_string(decisions_.port);
    if (listener == nullptr) {
      missing_listener(port);
      return false;
    }
    if (!listener->refused.empty()) {
      told_.line("listener", Verdict::skipped, Code::listener_refused,
                 "Envoy rejects the listener " + listener->name + ", and all its servers with it: " + listener->refused,
                 listener->chains.front().server->gateway, "spec.servers",
                 "give each server name to one server or one tls match, whatever its namespace and case");
      std::set<const GatewayServer*> named;
      for (const FilterChain& chain : listener->chains) {
        if (chain.server == nullptr || !named.insert(chain.server).second) continue;
        told_.line(
            "server", Verdict::noted, Code::filter_chain_skipped,
            name_of(*chain.server) + " has a filter chain for " + (chain.sni.empty() ? "any server name" : join(chain.sni)),
            chain.server->gateway, at(*chain.server) + ".hosts");
      }
      return false;
    }
    told_.line("listener", Verdict::matched, Code::listener_matched,
               "a connection to port " + port + " meets listener " + listener->name);
    return true;
  }

  void missing_listener(const std::string& port) {
    std::set<std::uint32_t> ports;
    for (const view::Listener& each : view_.listeners()) ports.insert(each.port);
    std::vector<std::string> numbers;
    numbers.reserve(ports.size());
    for (const std::uint32_t each : ports) numbers.push_back(std::to_string(each));
    std::string hint;
    for (const GatewayServer& server : gateways_.servers) {
      if (server.dropped == GatewayServer::Dropped::no && server.spec->port->number == decisions_.port &&
          server.listen != decisions_.port && ports.contains(server.listen))
        hint = "connect to port " + std::to_string(server.listen);
    }
    told_.line("listener", Verdict::skipped, Code::listener_missing,
               "the gateway does not listen on port " + port +
                   (numbers.empty() ? "" : " (it listens on: " + join(numbers) + ")") + ": the connection is refused",
               nullptr, {}, std::move(hint));
    without_chain();
  }

  /// The servers of the port that no rule gives a filter chain.
  void without_chain() {
    for (const GatewayServer& server : gateways_.servers) {
      if (!on_port(server) || server.dropped != GatewayServer::Dropped::no || server.is_http() || has_chain(server)) continue;
      const bool privileged = view_.proxy.unprivileged && server.listen < 1024;
      told_.line(
          "server", Verdict::skipped, Code::filter_chain_missing,
          name_of(server) + (privileged ? " has a port below 1024, which this gateway cannot bind"
                             : server.passes_tls_on()
                                 ? " has no filter chain: it passes TLS on unread (mode PASSTHROUGH), and no VirtualService "
                                   "has a rule under tls for it"
                                 : " has no filter chain: no VirtualService has a rule under tcp for it"),
          server.gateway, at(server),
          privileged || !server.passes_tls_on()
              ? std::string()
              : "add rules under tls with sniHosts to a VirtualService for it, or end TLS in it (tls.mode SIMPLE)");
      if (!privileged) virtual_services({&server}, {}, false);
    }
  }

  bool has_chain(const GatewayServer& server) const {
    const auto of_server = [&server](const FilterChain& chain) { return chain.server == &server; };
    return std::any_of(view_.listeners().begin(), view_.listeners().end(), [&](const view::Listener& each) {
      return std::any_of(each.chains.begin(), each.chains.end(), of_server);
    });
  }

  bool chain() {
    if (decisions_.chain == nullptr) {
      const std::string asked = !request_.tls            ? "plain bytes, which have no server name"
                                : decisions_.sni.empty() ? "TLS without a server name"
                                                         : "TLS for " + decisions_.sni;
      told_.line("filter chain", Verdict::skipped, Code::filter_chain_missing,
                 "no filter chain of the listener takes " + asked + ": the connection is reset");
      std::size_t told = 0;
      for (const FilterChain& each : decisions_.listener->chains) {
        if (++told > kShownOfKind) break;
        const std::string of =
            each.owner != nullptr ? each.rule + " of " + display_name(*each.owner->resource) : name_of(*each.server);
        told_.line("filter chain", Verdict::skipped, Code::filter_chain_skipped,
                   of + " is for " + (each.sni.empty() ? "any server name" : join(each.sni)) +
                       (each.alpn.empty() ? "" : ", with ALPN " + join(each.alpn)),
                   each.owner != nullptr ? each.owner->resource : each.server->gateway,
                   each.owner != nullptr ? each.rule : at(*each.server) + ".hosts");
      }
      without_chain();
      return false;
    }
    const FilterChain& chain = *decisions_.chain;
    const GatewayServer& server = *chain.server;
    if (decisions_.read == Decisions::Read::refused) {
      refused(chain);
      return false;
    }
    std::string text = name_of(server);
    text += chain.http ? view::ends_tls(chain.tls) ? " ends TLS (" + std::string(mode_text(chain.tls)) + ") and reads HTTP"
                                                   : " reads HTTP"
            : view::ends_tls(chain.tls) ? " ends TLS (" + std::string(mode_text(chain.tls)) + ") and forwards what is in it"
            : request_.tls              ? " forwards TLS as it is"
                                        : " forwards the connection unread";
    told_.line("filter chain", Verdict::matched, Code::filter_chain_gateway, std::move(text), server.gateway, at(server));
    return true;
  }

  void refused(const FilterChain& chain) {
    const GatewayServer& server = *chain.server;
    const std::string mode(mode_text(chain.tls));
    if (answer_.error == "client certificate required") {
      told_.line("filter chain", Verdict::skipped, Code::tls_handshake_fails,
                 name_of(server) + " asks for a client certificate (" + mode + "), and the client presents none", server.gateway,
                 at(server) + ".tls.mode");
    } else if (answer_.error == "tls error") {
      told_.line("filter chain", Verdict::skipped, Code::tls_handshake_fails,
                 name_of(server) + " ends TLS (" + mode + "), and the client speaks no TLS", server.gateway, at(server) + ".tls",
                 "send https:// to port " + std::to_string(decisions_.port));
    } else {
      told_.line("filter chain", Verdict::skipped, Code::filter_chain_not_http,
                 name_of(server) + " reads HTTP, and this connection is " +
                     (request_.tls && !view::ends_tls(chain.tls) ? "TLS" : "no HTTP"),
                 server.gateway, at(server) + ".port.protocol");
    }
  }

  /// Those of the mesh that name one of the hosts (all if there is none) and give the servers nothing, with the reason.
  /// Whether there is one.
  bool virtual_services(const std::vector<const GatewayServer*>& servers, const std::vector<std::string>& hosts, bool http,
                        const std::set<const Resource*>& used = {}) {
    std::size_t told = 0;
    for (const auto& entry : scope::merged_virtual_services(*view_.snapshot)) {
      if (used.contains(entry->resource)) continue;
      const auto& own = entry->spec->hosts;
      const auto named = std::find_if(own.begin(), own.end(), [&](const std::string& each) {
        return hosts.empty() ||
               std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) { return match::matches(lower(each), host); });
      });
      if (named == own.end()) continue;
      Reason reason;
      for (const GatewayServer* server : servers) {
        reason = why_not_on_server(view_, *entry, *server, http);
        if (reason.text.empty()) break;
      }
      if (hosts.empty() && reason.code == Code::virtual_service_not_bound) continue;  // of other gateways
      if (++told > kShownOfKind) {
        told_.line("virtual service", Verdict::noted, Code::more, "more VirtualServices name it and are not shown");
        return true;
      }
      const std::string who = display_name(*entry->resource) + " names " + *named;
      if (reason.text.empty())
        reason = {"the virtual host " + answer_.virtual_host + " is more specific than its hosts", entry->resource,
                  element("spec.hosts", static_cast<std::size_t>(named - own.begin())), Code::virtual_service_lost_host};
      reason.text = who + ", but " + reason.text;
      told_.line("virtual service", Verdict::skipped, std::move(reason));
    }
    return told > 0;
  }

  std::vector<const GatewayServer*> servers_of_table() const {
    std::vector<const GatewayServer*> servers;
    const auto found = gateways_.tables.find(decisions_.chain->table);
    if (found == gateways_.tables.end()) return servers;
    for (const std::size_t place : found->second) servers.push_back(&gateways_.servers[place]);
    return servers;
  }

  void routes() {
    const std::string& table = decisions_.chain->table;
    const auto rules = view_.host_rules(table, answer_.virtual_host);
    std::set<const Resource*> owners;
    for (const view::HostRules& each : rules) {
      if (owners.insert(each.owner->resource).second)
        told_.line("virtual service", Verdict::matched, Code::virtual_service_matched,
                   display_name(*each.owner->resource) + " names " + join(each.owner->spec->hosts), each.owner->resource,
                   "spec.hosts");
    }
    const bool others = virtual_services(servers_of_table(), {decisions_.host}, true, owners);
    for (const view::HostRules& each : rules) {
      std::size_t told = 0;
      told_.undelegated(*each.owner, static_cast<std::size_t>(-1), told);
    }
    for (const view::HostRules& each : rules) {
      for (const view::RuleUse& use : each.rules) {
        if (!use.dropped.empty())
          told_.line("route", Verdict::skipped, Code::route_not_for_proxy,
                     use.path + " is no route of this gateway: " + use.dropped, each.owner->http_origins[use.rule].resource,
                     use.path);
      }
    }
    const std::vector<scope::RuleOrigin> origins = view_.route_origins(table, answer_.virtual_host);
    std::size_t route = 0;
    for (const TraceLine& each : decisions_.walk) {
      const bool matched = each.verdict == Verdict::matched;
      if (each.stage == "route") {
        const scope::RuleOrigin* origin = route < origins.size() ? &origins[route] : nullptr;
        ++route;
        told_.line("route", each.verdict, matched ? Code::route_matched : Code::route_skipped, each.text,
                   origin != nullptr ? origin->resource : nullptr, origin != nullptr ? origin->path : "");
      } else if (each.stage == "virtual host") {
        const bool redirect = answer_.redirect == R"({"httpsRedirect":true})" && each.verdict == Verdict::noted;
        told_.line("virtual host", each.verdict,
                   redirect  ? Code::https_redirect
                   : matched ? Code::virtual_host_matched
                             : Code::virtual_host_missing,
                   each.text);
        if (redirect) who_redirects();
      } else {
        told_.line(each.stage.c_str(), each.verdict, each.stage == "fault" ? Code::fault : Code::request, each.text);
      }
    }
    if (answer_.outcome != "no_route") return;
    if (!owners.empty()) {
      told_.line("rules", Verdict::skipped, Code::no_route,
                 "no route of the virtual host " + answer_.virtual_host + " matches this request: 404 NR", *owners.begin(),
                 "spec.http");
    } else {
      const GatewayServer& server = *decisions_.chain->server;
      told_.line("rules", Verdict::skipped, Code::no_route,
                 "no VirtualService has routes in the virtual host " + answer_.virtual_host + ": 404 NR", server.gateway,
                 at(server),
                 others ? std::string() : "name " + server.name + " in spec.gateways of a VirtualService for this host");
    }
  }

  void who_redirects() {
    for (const GatewayServer* server : servers_of_table()) {
      if (!server->redirects_to_https()) continue;
      told_.line("server", Verdict::noted, Code::https_redirect, name_of(*server) + " sets httpsRedirect", server->gateway,
                 at(*server) + ".tls.httpsRedirect");
    }
  }

  void rule() {
    const FilterChain& chain = *decisions_.chain;
    if (chain.owner == nullptr) {
      if (chain.service != nullptr && chain.service->resource != nullptr)
        told_.line(
            "rule", Verdict::matched, Code::filter_chain_tcp,
            "the server name " + decisions_.sni + " names the cluster: it is that of " + display_name(*chain.service->resource),
            chain.service->resource, "spec.ports");
      return;
    }
    told_.line("rule", Verdict::matched, Code::filter_chain_tcp,
               chain.rule + " of " + display_name(*chain.owner->resource) + " takes it", chain.owner->resource, chain.rule);
  }

  const view::ProxyView& view_;
  const scope::Gateways& gateways_;
  const Request& request_;
  const Decisions& decisions_;
  Answer& answer_;
  Explanation& told_;
};

}  // namespace

void tell_gateway(const view::ProxyView& view, const Request& request, const Decisions& decisions, Answer& answer,
                  Explanation& explanation) {
  Story(view, request, decisions, answer, explanation).tell();
}

namespace {

bool is_gateway(const view::ProxyView& view, const std::string& name) {
  const auto& all = view.snapshot->base->gateways;
  return std::any_of(all.begin(), all.end(),
                     [&name](const Resource* each) { return each->identity.namespace_ + "/" + each->identity.name == name; });
}

/// Whether a rule leads to a Service whose Pods are this gateway.
bool leads_to(const view::ProxyView& view, const VirtualServiceEntry& entry) {
  const auto own = [&view](const std::string& host) {
    const auto& index = view.snapshot->index;
    const auto found = index.lower_bound({host, {}});
    if (found == index.end() || found->first.first != host || found->second->resource == nullptr) return false;
    const auto* service = found->second->resource->as<model::Service>();
    return service != nullptr && service->selector && !service->selector->empty() &&
           found->second->namespace_ == view.proxy.namespace_ && match::labels_subset(*service->selector, view.proxy.labels);
  };
  return std::any_of(entry.spec->http.begin(), entry.spec->http.end(), [&](const model::HTTPRoute& rule) {
    return std::any_of(rule.route.begin(), rule.route.end(),
                       [&](const auto& each) { return each.destination && own(each.destination->host); });
  });
}

}  // namespace

Reason why_not_on_server(const view::ProxyView& view, const VirtualServiceEntry& entry, const GatewayServer& server, bool http) {
  const Resource& resource = *entry.resource;
  const auto& given = resource.as<model::VirtualService>()->gateways;
  const auto& names = entry.spec->gateways;
  if (std::find(names.begin(), names.end(), server.name) == names.end()) {  // A4, GW40
    std::string text = "it does not name the Gateway " + server.name,
                hint = "add " + server.name + " to spec.gateways of " + display_name(resource);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "mesh") continue;
      const bool there = is_gateway(view, names[i]);
      text += (i == 0 ? ": " : ", ") + given[i] +
              (given[i] != names[i] ? " means " + names[i] + (there ? "" : ", which does not exist")
               : there              ? " is another"
                                    : " does not exist");
      const auto named = names.size() - static_cast<std::size_t>(std::count(names.begin(), names.end(), "mesh"));
      if (!there && (named == 1 || !text::nearest(names[i], {server.name}).empty()))
        hint = "replace " + given[i] + " by " + server.name + " in spec.gateways of " + display_name(resource);
      if (names[i].substr(names[i].find('/') + 1) == server.gateway->identity.name)
        hint = "replace " + given[i] + " by " + server.name + " in spec.gateways of " + display_name(resource);
    }
    if (names.empty() || (names.size() == 1 && names.front() == "mesh")) {
      text = "it is for sidecars only: spec.gateways names no Gateway";
      if (leads_to(view, entry))
        hint = "add a VirtualService for " + server.name +
               " that routes its hosts to the service itself: these rules lead to the gateway";
    }
    return {std::move(text), &resource, "spec.gateways", Code::virtual_service_not_bound, std::move(hint)};
  }
  const auto bound = view.scope.gateways->virtual_services.find(server.name);
  const bool exported =
      bound != view.scope.gateways->virtual_services.end() &&
      std::any_of(bound->second.begin(), bound->second.end(), [&](const auto& one) { return one.get() == &entry; });
  if (!exported) {
    return {"it is not exported to the gateway's namespace " + view.proxy.namespace_, &resource, "spec.exportTo",
            Code::virtual_service_not_exported,
            "add " + view.proxy.namespace_ + " to spec.exportTo of " + display_name(resource)};
  }
  const std::string& in = resource.identity.namespace_;
  const std::string path = at(server) + ".hosts";
  const bool served = http ? !scope::served_hosts(server.hosts, entry.spec->hosts, in).empty()
                           : scope::hosts_overlap(server.hosts, entry.spec->hosts, in);
  if (!served) {
    std::string text = name_of(server) + " serves only " + join(server.hosts) + ", and none of its hosts (" +
                       text::some_of(entry.spec->hosts, kShownOfKind) + ")";
    std::string hint = "add " +
                       (entry.spec->hosts.size() == 1 ? entry.spec->hosts.front() : "a host of " + display_name(resource)) +
                       " to " + path + " of " + display_name(*server.gateway);
    for (const std::string& host : server.hosts) {
      const auto [space, name] = scope::split_host(host);
      if (space.empty() || space == in || !scope::hosts_overlap({std::string(name)}, entry.spec->hosts, in)) continue;
      text = name_of(server) + " serves " + host + " only to VirtualServices of namespace " + std::string(space) +
             ", and this one is in " + in;
      hint = "write " + in + "/" + std::string(name) + " in " + path + " of " + display_name(*server.gateway);
    }
    return {std::move(text), server.gateway, path, Code::virtual_service_not_served, std::move(hint)};
  }
  const bool any = http                     ? !entry.spec->http.empty()
                   : server.passes_tls_on() ? !entry.spec->tls.empty()
                                            : !entry.spec->tcp.empty();
  const std::string kind = http ? "http" : server.passes_tls_on() ? "tls" : "tcp";
  if (!any) {
    std::string hint = "add rules under " + kind + " to " + display_name(resource);
    if (server.passes_tls_on() && !entry.spec->http.empty())
      hint = "move the rules of " + display_name(resource) + " to spec.tls with sniHosts, or end TLS in " + name_of(server) +
             " (tls.mode SIMPLE)";
    return {"it has no rules under " + kind, &resource, "spec", Code::virtual_service_lost_host, std::move(hint)};
  }
  const auto applies = [&](const auto& match) {
    return (match.port == 0 || match.port == server.spec->port->number) &&
           (match.gateways.empty() ||
            std::find(match.gateways.begin(), match.gateways.end(), server.name) != match.gateways.end());
  };
  const auto some = [&](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& rule) {
      return rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(), applies);
    });
  };
  const bool rule = http ? some(entry.spec->http) : server.passes_tls_on() ? some(entry.spec->tls) : some(entry.spec->tcp);
  if (!rule)
    return {"none of its rules under " + kind + " is for port " + std::to_string(server.spec->port->number) + " of Gateway " +
                server.name,
            &resource, "spec." + kind, Code::virtual_service_lost_host};
  return {};
}

}  // namespace meshroute::explain
