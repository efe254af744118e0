// SPDX-License-Identifier: Apache-2.0
// The trace of one request: stage by stage, from what resolve/ decided.
#include "explain/trace.hpp"

#include <algorithm>
#include <string>

#include "explain/access_explanation.hpp"
#include "explain/because.hpp"
#include "explain/client_notes.hpp"
#include "explain/explanation.hpp"
#include "explain/gateway_explanation.hpp"
#include "explain/inbound_explanation.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "resolve/inbound.hpp"
#include "resolve/resolve.hpp"

namespace meshroute::explain {

using resolve::Decisions;

namespace {

void tell_clusters(const Request& request, const Decisions& decisions, Explanation& why) {
  for (const resolve::ClusterDecision& each : decisions.clusters) {
    if (each.state == routes::ClusterState::missing)
      why.no_cluster(each.name);
    else if (each.not_given)
      why.endpoints_not_given(each.name);
    else
      why.cluster(each.name, each.endpoints, each.state == routes::ClusterState::ready);
    if (each.state == routes::ClusterState::ready) why.balancing(each.name);
  }
  why.upstream_tls(request);
}

void tell(const view::ProxyView& view, const Request& request, const Decisions& decisions, Answer& answer) {
  Explanation why(view, answer);
  if (view.proxy.type == Proxy::Type::router) {
    tell_gateway(view, request, decisions, answer, why);
    if (decisions.read == Decisions::Read::http) why.policies();
    Request beyond = request;  // TLS that ends at the gateway does not go on
    if (decisions.chain != nullptr && view::ends_tls(decisions.chain->tls)) beyond.tls = false;
    tell_clusters(beyond, decisions, why);
    return;
  }
  const registry::Service* service = decisions.service.get();
  std::string host = decisions.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);  // an IPv6 address
  why.proxy();
  if (host.empty() && !decisions.address.empty())
    why.absent(decisions.address);
  else
    why.host(host, service, decisions.port);
  if (decisions.listener == nullptr && !answer.listener.empty())
    why.line("listener", Verdict::matched, Code::listener_matched,
             "port " + std::to_string(decisions.port) +
                 " is that of the sidecar's listener for inbound connections, which closes this one");
  if (decisions.listener == nullptr) return;
  const std::string& address = decisions.address;
  why.line("listener", Verdict::matched, Code::listener_matched,
           "a connection to port " + std::to_string(decisions.port) +
               (address.empty() || address.find('/') != std::string::npos ? "" : " of " + address) + " meets listener " +
               decisions.listener->name);
  switch (decisions.read) {
    case Decisions::Read::no_chain:
      return why.line("filter chain", Verdict::skipped, Code::filter_chain_missing,
                      "no filter chain of it handles this connection: it is closed");
    case Decisions::Read::refused:
      return why.line("filter chain", Verdict::skipped, Code::filter_chain_not_http,
                      std::string("the listener reads HTTP, and this connection is ") + (request.tls ? "TLS" : "no HTTP") +
                          ": the proxy refuses what it cannot read");
    case Decisions::Read::no_table:
    case Decisions::Read::http:
      why.line("filter chain", Verdict::matched, Code::filter_chain_http,
               "HTTP: routed by route table " + decisions.chain->table);
      if (decisions.read == Decisions::Read::no_table)
        return why.line("route table", Verdict::skipped, Code::route_table_missing, "this proxy has no such route table");
      why.routes(decisions.walk, decisions.chain->table, service != nullptr ? service->hostname : decisions.host);
      why.policies();
      why.shared_listener(*decisions.listener, *decisions.chain, service, decisions.port);
      break;
    case Decisions::Read::passed_on:
      why.connection(*decisions.listener, *decisions.chain, request, decisions.port,
                     service != nullptr   ? service->hostname
                     : match::is_ip(host) ? ""
                                          : host,
                     service);
      break;
  }
  if (decisions.outbound_policy) why.outbound_policy("cluster");
  tell_clusters(request, decisions, why);
}

/// A prefix without a slash at its end, and what is put in its place with one.
void tell_doubled_slash(const Request& request, Answer& answer) {
  const auto doubled = [](std::string_view path) { return path.substr(0, path.find('?')).find("//") != std::string_view::npos; };
  if (answer.path.empty() || !doubled(answer.path) || doubled(request.path)) return;
  const auto route = std::find_if(answer.trace.begin(), answer.trace.end(),
                                  [](const TraceLine& line) { return line.code == name_of(Code::route_matched); });
  if (route == answer.trace.end()) return;
  TraceLine line = *route;
  line.stage = "rewrite";
  line.verdict = Verdict::skipped;
  line.code = name_of(Code::path_doubled);
  const std::string asked = request.path.substr(0, request.path.find('?')), sent = answer.path.substr(0, answer.path.find('?'));
  const auto same = std::mismatch(asked.rbegin(), asked.rend(), sent.rbegin(), sent.rend()).first - asked.rbegin();
  const std::string prefix = asked.substr(0, asked.size() - static_cast<std::size_t>(same));
  line.text = "the rewrite replaces " + prefix + " by " + sent.substr(0, sent.size() - static_cast<std::size_t>(same)) +
              ", and the rest " + asked.substr(prefix.size()) + " keeps its slash: the path is " + sent;
  line.hint =
      "match the prefix " + prefix + "/ in " + line.resource + ", and the exact path " + prefix + " in a match of its own";
  answer.trace.insert(route + 1, std::move(line));
}

}  // namespace

void listen_to_access(const view::ProxyView& view, resolve::Decisions& decisions) {
  if (view.proxy.type != Proxy::Type::router) return;
  decisions.on_access = [&view](const resolve::AccessHeard& heard, std::vector<TraceLine>& lines) {
    Answer answer;
    Explanation told(view, answer);
    const std::string caller = heard.attributes.identity.empty()
                                   ? std::string("a client without an identity that the gateway sees")
                                   : std::string(heard.attributes.identity);
    const AccessStory story(view, heard.access, heard.http, caller, [&told](AccessStory::Line line) {
      told.line(line.stage, line.verdict, line.code, std::move(line.text), line.resource, line.path, std::move(line.hint));
    });
    for (const Resource* policy : heard.access.request_authentications) {
      if (heard.http)
        told.line("tokens", Verdict::noted, Code::policy_applies,
                  findings::display_name(*policy) + " applies: its tokens are checked", policy, "spec");
    }
    story.policies(heard.considered, heard.attributes);
    story.verdict(heard.decision, heard.considered, heard.attributes);
    lines = std::move(answer.trace);
  };
}

void write_trace(const view::ProxyView& view, const Request& request, const Decisions& decisions, Answer& answer) {
  tell(view, request, decisions, answer);
  tell_doubled_slash(request, answer);
  answer.because = because(answer, decisions.service != nullptr ? decisions.service->hostname : decisions.host);
}

const resolve::Tracers& tracers() {
  static const resolve::Tracers all{
      [](const auto& view, const Request& asked, Answer& answer) {
        Decisions decisions;
        listen_to_access(view, decisions);
        resolve::resolve(view, asked, {.trace = true}, answer, &decisions);
        write_trace(view, asked, decisions, answer);
      },
      [](const auto& view, const Request& asked, InboundAnswer& answer) {
        InboundExplanation why(view, answer);
        resolve::resolve_inbound(view, asked, answer, &why);
      },
      [](const auto& server, const auto& accepted, InboundAnswer& answer) {
        answer.trace.push_back(identity_refused(server, accepted));
      },
      [](const auto& gateway, InboundAnswer& answer) { answer.trace.push_back(gets_own_request(gateway)); },
      [](const auto& snapshot, const Proxy& client) { return no_sidecar(snapshot, client); }};
  return all;
}

}  // namespace meshroute::explain
