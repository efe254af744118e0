// SPDX-License-Identifier: Apache-2.0
// Which chains a connection can meet that does not come by its original destination.
#include <algorithm>

#include "bootstrap/draft.hpp"
#include "match/cidr.hpp"

namespace meshroute::bootstrap {

namespace {

constexpr const char* kNowhere = "192.0.2.1";  // of TEST-NET-1: an address that no listener names

}  // namespace

const view::FilterChain* Chains::plain() const {
  for (const auto* chain : chains) {
    if (chain->plain_http) return chain;
  }
  return tcp();
}

const view::FilterChain* Chains::tcp() const {
  for (const auto* chain : chains) {
    if (!chain->plain_http && chain->sni.empty()) return chain;
  }
  return fallback;
}

bool Chains::by_name() const {
  return std::any_of(chains.begin(), chains.end(), [](const auto* chain) { return !chain->sni.empty(); });
}

/// F9.15: the port, then the longest prefix.
Chains chains_at(const view::Listener& listener, const std::string& address) {
  Chains found;
  found.listener = &listener;
  long best = -1;
  for (const view::FilterChain& chain : listener.chains) {
    if (chain.port != 0) continue;  // of connections to Envoy's own port
    const long length = chain.cidrs.empty() ? 0 : match::longest_prefix(chain.cidrs, address) + 1;
    if (!chain.cidrs.empty() && length == 0) continue;
    if (length < best) continue;
    if (length > best) found.chains.clear();
    best = length;
    found.chains.push_back(&chain);
  }
  found.fallback = listener.fallback ? &*listener.fallback : nullptr;
  return found;
}

std::string address_of(const view::ProxyView& view, const registry::Service& service) {
  const std::string& address = view.proxy_address(service);
  return address.empty() || address == "0.0.0.0" || !match::is_ip(address) ? kNowhere : address;
}

Chains chains_of(const view::ProxyView& view, const registry::Service& service, std::uint32_t port) {
  const std::string address = address_of(view, service);
  const view::Listener* listener = view.listener(port, address);
  return listener != nullptr ? chains_at(*listener, address) : Chains{};
}

envoy::FilterChain uncaptured(Draft& draft, const Chains& chains, const view::FilterChain& chain, std::uint32_t port) {
  envoy::FilterChain message = view::chain_message(draft.view, *chains.listener, chain);
  if (message.match) {
    message.match->destination_port = 0;
    message.match->prefix_ranges.clear();
    if (*message.match == envoy::FilterChainMatch{}) message.match.reset();
  }
  const auto* proxy = std::get_if<envoy::TcpProxy>(&message.last);
  if (proxy != nullptr && proxy->cluster == "PassthroughCluster") {  // the name in TLS is all that says where to
    message.filters.push_back(
        {"envoy.filters.network.sni_dynamic_forward_proxy",
         R"({"@type":"type.googleapis.com/envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig",)"
         R"("dnsCacheConfig":)" +
             dns_cache(draft.view) + R"(,"portValue":)" + std::to_string(port) + "}"});
  }
  return message;
}

std::string dns_cache(const view::ProxyView& view) {
  return std::string(R"({"dnsLookupFamily":")") + (match::is_ipv6(view.proxy.ip) ? "AUTO" : "V4_PREFERRED") +
         R"(","name":"meshroute_dns_cache"})";
}

envoy::Filter forward_filter(const view::ProxyView& view) {
  return {
      "envoy.filters.http.dynamic_forward_proxy",
      R"({"@type":"type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig","dnsCacheConfig":)" +
          dns_cache(view) + "}"};
}

void add_forward_filter(Draft& draft, envoy::HttpConnectionManager& manager) {
  if (draft.forwards) manager.http_filters.insert(manager.http_filters.end() - 1, forward_filter(draft.view));
}

void set_inspectors(envoy::Listener& listener) {
  using Kind = envoy::Listener::Inspector::Kind;
  const auto look = [&listener](const envoy::FilterChain& chain) {
    const bool forwards = std::any_of(chain.filters.begin(), chain.filters.end(), [](const envoy::Filter& filter) {
      return filter.name == "envoy.filters.network.sni_dynamic_forward_proxy";
    });
    if (forwards || (chain.match && !chain.match->server_names.empty())) listener.tls.kind = Kind::all;
    if (chain.match && !chain.match->application_protocols.empty()) listener.http.kind = Kind::all;
  };
  for (const envoy::FilterChain& chain : listener.filter_chains) look(chain);
  if (listener.default_filter_chain) look(*listener.default_filter_chain);
}

}  // namespace meshroute::bootstrap
