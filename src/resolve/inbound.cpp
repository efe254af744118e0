// SPDX-License-Identifier: Apache-2.0
// What a server's proxy does with a connection or request.
#include "resolve/inbound.hpp"

#include <algorithm>
#include <optional>

#include "authorization/decide.hpp"
#include "authorization/rbac.hpp"
#include "match/cidr.hpp"
#include "routes/reuse.hpp"
#include "text/case.hpp"
#include "view/inbound/inbound.hpp"

namespace meshroute::resolve {

namespace {

using view::Inbound;
using view::InboundChain;
using view::InboundListener;
using Transport = InboundChain::Transport;

constexpr std::string_view kSomeCaller = "10.99.0.9";

/// Storage that a request leaves for the next one on its thread.
struct Kept {
  Request request;
  Answer answer;
  std::string identity, server_name;
  std::vector<std::string> offered;
};
Kept& kept() {
  thread_local Kept storage;
  return storage;
}

void clear(InboundAnswer& answer) {
  for (std::string* text : {&answer.listener, &answer.chain, &answer.kind, &answer.tls, &answer.peer, &answer.error,
                            &answer.action, &answer.policy, &answer.jwt, &answer.cluster, &answer.virtual_host, &answer.route,
                            &answer.request_principal, &answer.remote_ip, &answer.audit})
    text->clear();
  answer.allowed = false;
  answer.status.reset();
  answer.grpc_status.reset();
  answer.trace.clear();
  // A list that is not written again goes aside.
  if (!answer.asked.empty()) const routes::Refill<InboundAnswer::Asked> emptied(answer.asked);
  if (!answer.dry_run.empty()) const routes::Refill<InboundAnswer::DryRun> emptied(answer.dry_run);
}

/// IN22: a listener that is bound to the very address, or to all of them; else all is redirected to the virtual one.
const InboundListener& choose_listener(const Inbound& inbound, std::string_view address, std::uint32_t port) {
  if (inbound.listeners.size() == 1) return inbound.listeners.front();
  for (const std::string_view wanted : {address, std::string_view("0.0.0.0"), std::string_view("::")}) {
    for (const InboundListener& listener : inbound.listeners) {
      if (listener.name != view::kVirtualInbound && listener.port == port && listener.address == wanted) return listener;
    }
  }
  return inbound.listeners.front();
}

const std::vector<std::string>& offered_alpn(const Request& request) {
  static const std::vector<std::string> none, http{"http/1.1"}, http2{"h2"}, mutual_http{"istio-http/1.1", "istio", "http/1.1"},
      mutual_http2{"istio-h2", "istio", "h2"}, mutual_tcp{"istio-peer-exchange", "istio"};
  if (request.alpn) return *request.alpn;
  if (!request.tls) return none;
  if (request.mutual_tls)
    return request.protocol == "tcp" ? mutual_tcp : request.protocol == "http2" ? mutual_http2 : mutual_http;
  return request.protocol == "tcp" ? none : request.protocol == "http2" ? http2 : http;
}

/// IN10-IN12.
const InboundChain* choose_chain(const InboundListener& listener, const Request& request, std::uint32_t port,
                                 const std::vector<std::string>& offered) {
  const bool tls_seen = request.tls && listener.tls.sees(port);
  const Transport transport = tls_seen ? Transport::tls : Transport::raw_buffer;
  const bool http_seen = !request.tls && request.protocol != "tcp" && listener.http.sees(port);
  const std::string_view plain = !http_seen ? "" : request.protocol == "http2" ? "h2c" : "http/1.1";
  const auto found = listener.by_port.find(port);
  const std::uint32_t first = found == listener.by_port.end() ? 0 : found->second.first;
  const std::uint32_t last =
      found == listener.by_port.end() ? static_cast<std::uint32_t>(listener.chains.size()) : found->second.second;
  const bool stated =
      std::any_of(listener.chains.begin() + first, listener.chains.begin() + last, [&](const InboundChain& chain) {
        return chain.transport == transport && (found != listener.by_port.end() || chain.port == 0);
      });
  const InboundChain* best = nullptr;
  std::size_t best_place = 0;  // of the protocol offered: lower is better; chains that name none come last
  for (std::uint32_t i = first; i < last; ++i) {
    const InboundChain& chain = listener.chains[i];
    if (found == listener.by_port.end() && chain.port != 0) continue;  // IN11
    if (stated ? chain.transport != transport : chain.transport != Transport::any) continue;
    std::size_t place = offered.size() + 1;
    if (chain.alpn != nullptr) {
      const auto named = [&](std::string_view protocol) {
        return std::find(chain.alpn->begin(), chain.alpn->end(), protocol) != chain.alpn->end();
      };
      if (tls_seen) {
        place = static_cast<std::size_t>(std::find_if(offered.begin(), offered.end(), named) - offered.begin());
        if (place == offered.size()) continue;
      } else if (plain.empty() || !named(plain)) {
        continue;
      } else {
        place = 0;
      }
    }
    if (best == nullptr || place < best_place) {
      best = &chain;
      best_place = place;
    }
  }
  return best;
}

/// IN15: what both sides agree on; empty where they agree on nothing.
std::string_view agreed(const InboundChain& chain, const std::vector<std::string>& offered) {
  for (const std::string_view protocol : {"istio-peer-exchange", "h2", "http/1.1"}) {
    if (chain.http && protocol == "istio-peer-exchange") continue;
    if (std::find(offered.begin(), offered.end(), protocol) != offered.end()) return protocol;
  }
  return {};
}

/// AZ34, S15: the last address of X-Forwarded-For.
std::optional<match::Ip> forwarded_for(const routes::Headers& headers) {
  std::string_view value = headers.first("x-forwarded-for");
  if (value.empty()) return std::nullopt;
  if (const std::size_t comma = value.rfind(','); comma != std::string_view::npos) value.remove_prefix(comma + 1);
  return match::parse_envoy_ip(routes::trim(value));
}

/// AZ38: what a request's headers say of the connection.
void set_connection_headers(const Request& request, const Inbound& inbound, bool mutual, routes::Asked& asked) {
  const auto given = [&](std::string_view name) -> const std::string* {
    for (const auto& [key, value] : request.headers) {
      if (key.size() == name.size() && text::lower(key) == name) return &value;
    }
    return nullptr;
  };
  if (request.protocol == "http2") asked.headers.set(":scheme", request.scheme ? std::string_view(*request.scheme) : "http");
  if (!mutual) return;
  constexpr std::string_view kBy = "By=", kUri = ";Hash=?;Subject=\"\";URI=";
  const std::string* sent = given("x-forwarded-client-cert");
  if (sent != nullptr && sent->empty()) sent = nullptr;
  routes::Text& names = asked.headers.add("x-forwarded-client-cert", {});  // what came was removed
  names.reserve((sent != nullptr ? sent->size() + 1 : 0) + kBy.size() + inbound.identity.size() + kUri.size() +
                kept().identity.size());
  if (sent != nullptr) names.append(*sent).append(",");
  names.append(kBy).append(inbound.identity).append(kUri).append(kept().identity);
}

/// AZ70: an answer that Envoy makes itself, as a gRPC client reads it.
void set_status(std::uint32_t status, const routes::Asked& asked, InboundAnswer& answer) {
  answer.status = status;
  if (!routes::is_grpc(asked.headers)) return;
  answer.status = 200;
  switch (status) {
    case 400:
      answer.grpc_status = 13;
      break;
    case 401:
      answer.grpc_status = 16;
      break;
    case 403:
      answer.grpc_status = 7;
      break;
    case 404:
      answer.grpc_status = 12;
      break;
    case 429:
    case 502:
    case 503:
    case 504:
      answer.grpc_status = 14;
      break;
    default:
      answer.grpc_status = 2;
  }
}

void write(const authorization::Decision& decision, const routes::Asked* asked, InboundAnswer& answer) {
  using Kind = authorization::Filter::Kind;
  answer.allowed = decision.allowed;
  if (decision.audit != nullptr) answer.audit = decision.audit->name;
  if (decision.asked != nullptr) {
    auto& entry = routes::Refill<InboundAnswer::Asked>(answer.asked).next();
    entry.provider = decision.asked->name;
    entry.policy = decision.asked_for->name;
  }
  if (decision.dry_run_count != 0) {
    routes::Refill<InboundAnswer::DryRun> list(answer.dry_run);
    for (std::size_t i = 0; i < decision.dry_run_count; ++i) {
      auto& entry = list.next();
      entry.action = authorization::text_of(decision.dry_runs[i].action);
      entry.allowed = decision.dry_runs[i].allowed;
      entry.policy.clear();
      if (decision.dry_runs[i].rule != nullptr) entry.policy = decision.dry_runs[i].rule->name;
    }
  }
  if (const auto& claims = decision.tokens.claims; claims.is_object()) {
    const auto issuer = claims.find("iss"), subject = claims.find("sub");
    if (issuer != claims.end() && issuer->is_string() && subject != claims.end() && subject->is_string() &&
        !issuer->text().empty() && !subject->text().empty())
      answer.request_principal = issuer->text() + "/" + subject->text();
  }
  if (decision.filter != nullptr) {
    const authorization::Filter& filter = *decision.filter;
    answer.action = filter.kind == Kind::jwt_authn ? std::string_view("JWT") : authorization::text_of(filter.action);
    if (decision.rule != nullptr) {
      answer.policy = decision.rule->name;
      answer.policy += filter.suffix;
    } else if (filter.kind == Kind::rbac) {
      answer.policy = "none";
    }
    if (filter.kind == Kind::jwt_authn) answer.jwt = authorization::text_of(decision.tokens.problem);
  }
  if (!decision.allowed && asked != nullptr) set_status(decision.status, *asked, answer);
}

/// The request with what it leaves open; the same object where it leaves nothing open.
const Request& completed(const Request& given, const view::ProxyView& view) {
  if (given.protocol == "tcp" || (given.host && given.tokens.empty() && given.jwt.empty())) return given;
  Request& request = kept().request;
  request = !given.tokens.empty() || !given.jwt.empty() ? authorization::with_tokens(given) : given;
  if (!request.host) request.host = view.proxy.id.empty() ? "app" : view.proxy.id;
  return request;
}

}  // namespace

void resolve_inbound(const view::ProxyView& view, const Request& given, InboundAnswer& answer, InboundObserver* observer) {
  clear(answer);
  const Inbound& inbound = view.inbound();
  const Request& request = completed(given, view);
  const std::uint32_t port = request.port != 0 ? request.port : request.tls ? 443 : 80;
  const std::string_view address = request.address ? std::string_view(*request.address) : std::string_view(view.proxy.ip);
  authorization::Decision decision;
  std::vector<authorization::Considered> considered;
  if (observer != nullptr) observer->asked(inbound, request, port);

  if (inbound.listeners.empty()) {
    answer.error = "no listener";
    if (observer != nullptr) observer->no_listener();
    return;
  }
  const InboundListener& listener = choose_listener(inbound, address, port);
  answer.listener = listener.name;
  const std::vector<std::string>& offered = offered_alpn(request);
  const InboundChain* chain = choose_chain(listener, request, port, offered);
  if (chain == nullptr) {
    answer.error = "no filter chain";
    if (observer != nullptr) observer->no_chain(listener);
    return;
  }
  answer.chain = chain->name;
  answer.kind = chain->http ? "http" : "tcp";
  answer.tls = chain->mutual ? "mutual" : "none";
  if (observer != nullptr) observer->chain(listener, *chain);

  std::string& identity = kept().identity;
  identity.clear();
  if (chain->mutual) {  // MT13
    if (!request.mutual_tls) {
      answer.error = "client certificate required";
      if (observer != nullptr) observer->refused_handshake();
      return;
    }
    if (request.identity.empty()) {
      identity.append("spiffe://").append(view.snapshot->settings.trust_domain).append("/ns/default/sa/default");
    } else {
      identity = request.identity;
    }
    if (std::none_of(inbound.peer_prefixes.begin(), inbound.peer_prefixes.end(),
                     [&](const std::string& prefix) { return identity.starts_with(prefix); })) {
      answer.error = "peer certificate refused";
      if (observer != nullptr) observer->refused_handshake();
      return;
    }
    answer.peer = identity;
  }
  static const auto some_caller = match::parse_ip(kSomeCaller);
  const auto source = request.source_ip.empty() ? some_caller : match::parse_ip(request.source_ip);
  const auto destination = match::parse_ip(address);
  authorization::Attributes attributes;
  attributes.identity = identity;
  if (request.tls && (chain->mutual || listener.tls.sees(port))) {
    kept().server_name = request.no_sni ? std::string_view() : std::string_view(request.sni);
    text::make_lower(kept().server_name);
    attributes.server_name = kept().server_name;
  }
  attributes.source = attributes.remote = source ? &*source : nullptr;
  attributes.destination = destination ? &*destination : nullptr;
  attributes.port = port;
  auto* rules = observer != nullptr ? &considered : nullptr;
  if (!chain->http) {
    if (chain->cluster != "BlackHoleCluster")
      authorization::decide(inbound.access->tcp, {}, request, nullptr, attributes, decision, rules);
    write(decision, nullptr, answer);
    if (decision.allowed) answer.cluster = chain->cluster;
    if (observer != nullptr) observer->decided(*chain, attributes, decision, considered);
    return;
  }

  const std::string_view protocol = chain->mutual ? agreed(*chain, offered) : std::string_view();
  const bool other_protocol = !protocol.empty() && (protocol == "h2") != (request.protocol == "http2");
  if ((request.tls && !chain->mutual) || request.protocol == "tcp" || other_protocol) {  // IN14, IN15
    answer.error = "protocol error";
    if (observer != nullptr) observer->protocol_error(*chain, protocol);
    return;
  }
  routes::Scratch scratch;
  routes::Asked asked(scratch.memory());
  Answer& unread = kept().answer;  // only a refusal is written there
  unread.grpc_status.reset();
  if (!routes::read_request(request, false, {.normalization = inbound.normalization}, asked, unread)) {
    answer.error = "bad request";
    answer.status = unread.response ? unread.response->status : 400;
    answer.grpc_status = unread.grpc_status;
    const bool by_codec = unread.response && !unread.response->headers.empty();
    if (!by_codec && !answer.grpc_status) set_status(*answer.status, asked, answer);
    routes::put_aside(unread);
    if (observer != nullptr) observer->bad_request();
    return;
  }
  set_connection_headers(request, inbound, chain->mutual, asked);
  const auto remote = forwarded_for(asked.headers);
  if (remote && source && !(*remote == *source)) {
    attributes.remote = &*remote;
    answer.remote_ip = remote->to_string();
  }
  attributes.request = &asked;
  authorization::decide(inbound.access->http, inbound.access->token_rules, request, &asked, attributes, decision, rules);
  write(decision, &asked, answer);
  if (decision.allowed) {
    answer.cluster = chain->cluster;
    answer.virtual_host = chain->virtual_host;
    answer.route = "default";
  }
  if (observer != nullptr) observer->decided(*chain, attributes, decision, considered);
}

}  // namespace meshroute::resolve
