// SPDX-License-Identifier: Apache-2.0
// A connection that comes to a gateway: listener, filter chain, handshake, and what the chain does with it.
#include <algorithm>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "resolve/connection.hpp"
#include "resolve/gateway_access.hpp"
#include "text/case.hpp"

namespace meshroute::resolve {

namespace {

using view::FilterChain;

/// Whether the client offers one of the protocols by ALPN; where it names none, as HTTP clients do.
bool offers(const Request& request, const std::vector<std::string>& protocols) {
  const auto listed = [&protocols](std::string_view one) {
    return std::find(protocols.begin(), protocols.end(), one) != protocols.end();
  };
  if (request.alpn) return std::any_of(request.alpn->begin(), request.alpn->end(), listed);
  return request.protocol != "tcp" && listed(request.protocol == "http2" ? "h2" : "http/1.1");
}

/// GW28: the server name, then the protocol; no way back.
const FilterChain* choose_chain(const view::Listener& listener, const Request& request, const std::string& sni) {
  auto& chains = reused().chains;
  chains.clear();
  for (const auto& chain : listener.chains) chains.push_back(&chain);
  keep_best(chains, [&](const FilterChain& chain) -> long {
    if (chain.sni.empty()) return 0;
    const auto specific = request.tls ? match::server_name_match(chain.sni, sni) : std::nullopt;
    return specific ? static_cast<long>(*specific) + 1 : -1;
  });
  keep_best(chains, [&](const FilterChain& chain) -> long {
    if (chain.alpn.empty()) return 0;
    return request.tls && offers(request, chain.alpn) ? 1 : -1;
  });
  return chains.empty() ? nullptr : chains.front();
}

/// GW29: why the connection does not come to what the chain does, or empty.
std::string_view turned_away(const FilterChain& chain, const Request& request) {
  const bool ends = view::ends_tls(chain.tls);
  if (ends && !request.tls) return "tls error";
  if (view::requires_certificate(chain.tls) && !request.client_cert) return "client certificate required";
  if (chain.http && (request.protocol == "tcp" || (request.tls && !ends))) return "protocol error";
  return {};
}

}  // namespace

double walk_gateway(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer,
                    Decisions* decisions) {
  const std::uint32_t port = request.port != 0 ? request.port : request.tls ? 443 : 80;
  std::string& host = reused().host;
  std::string& sni = reused().sni;
  read_host(*request.host, host);
  sni = request.no_sni ? std::string_view() : std::string_view(request.sni);
  if (sni.empty() && !request.no_sni && !match::is_ip(host)) sni = host;
  text::make_lower(sni);
  const view::Listener* listener = view.listener(port, request.address ? std::string_view(*request.address) : std::string_view());
  const FilterChain* chain = listener != nullptr && listener->refused.empty() ? choose_chain(*listener, request, sni) : nullptr;
  if (decisions != nullptr) {
    decisions->host = host;
    if (request.address) decisions->address = *request.address;
    decisions->sni = request.tls ? sni : "";
    decisions->port = port;
    decisions->listener = listener;
    decisions->chain = chain;
  }
  if (listener != nullptr) answer.listener = listener->name;
  if (chain == nullptr) {
    answer.outcome = "blackhole";
    answer.error = listener == nullptr ? "no listener" : listener->refused.empty() ? "no filter chain" : "listener refused";
    return 0;
  }
  answer.filter_chain_index = static_cast<std::uint32_t>(chain - listener->chains.data());
  if (const std::string_view error = turned_away(*chain, request); !error.empty()) {
    answer.outcome = error == "protocol error" ? "bad_request" : "blackhole";
    answer.error = error;
    if (decisions != nullptr) decisions->read = Decisions::Read::refused;
    return 0;
  }
  GatewayAccess access(view, request, *chain, port, request.tls ? std::string_view(sni) : std::string_view(), decisions);
  if (chain->http) return through_table(view, request, options, *chain, answer, decisions, &access);
  if (access.enter(answer)) return pass_on(view, request, *chain, answer, decisions);
  if (decisions != nullptr) decisions->read = Decisions::Read::passed_on;
  return 0;
}

}  // namespace meshroute::resolve
