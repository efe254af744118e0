// SPDX-License-Identifier: Apache-2.0
// Outbound listeners as a control plane sends them.
#include <cstdlib>

#include "view/gateway/listeners.hpp"
#include "view/internal.hpp"
#include "view/messages.hpp"

namespace meshroute::view {

namespace {

constexpr const char* kFault = R"({"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"})";
constexpr const char* kCors = R"({"@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors"})";
constexpr const char* kRouter = R"({"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"})";

envoy::CidrRange range_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  envoy::CidrRange range;
  range.address_prefix = text.substr(0, slash);
  range.prefix_len = slash != std::string::npos ? static_cast<std::uint32_t>(std::strtoul(text.c_str() + slash + 1, nullptr, 10))
                     : text.find(':') == std::string::npos ? 32
                                                           : 128;
  return range;
}

std::optional<envoy::FilterChainMatch> match_of(const FilterChain& chain) {
  envoy::FilterChainMatch match;
  match.destination_port = chain.port;
  for (const std::string& cidr : chain.cidrs) match.prefix_ranges.push_back(range_of(cidr));
  match.server_names = chain.sni;
  match.application_protocols = chain.alpn;
  if (chain.plain_http) {
    match.application_protocols = {"http/1.1", "h2c"};
    if (!chain.inline_table) match.transport_protocol = "raw_buffer";
  }
  if (match == envoy::FilterChainMatch{}) return std::nullopt;
  return match;
}

envoy::Address address_of(const std::string& text, std::uint32_t port) {
  constexpr std::string_view kPipe = "unix://";
  if (text.starts_with(kPipe)) return {envoy::Address::Kind::pipe, text.substr(kPipe.size()), 0};
  return {envoy::Address::Kind::socket, text, port};
}

/// Else connections are handed on to it by the one that they come to.
bool listens_itself(const ProxyView& view, const Listener& listener) {
  if (view.scope.gateways) return true;
  if (listener.virtual_outbound || listener.address.starts_with("unix://")) return true;
  const bool loopback = listener.address == "127.0.0.1" || listener.address == "::1";
  if (loopback && listener.port == view.snapshot->settings.proxy_http_port) return true;
  for (const EgressListener& egress : view.scope.listeners) {
    if (egress.spec == nullptr || egress.spec->capture_mode != model::CaptureMode::NONE) continue;
    const bool here = egress.spec->bind.empty() ? loopback : egress.spec->bind == listener.address;
    const std::uint32_t port = egress.spec->port ? egress.spec->port->number : 0;
    if (here && (port == 0 || port == listener.port)) return true;
  }
  return false;
}

}  // namespace

envoy::HttpConnectionManager connection_manager(const ProxyView& view, std::string stat_prefix, std::string table) {
  envoy::HttpConnectionManager manager;
  manager.stat_prefix = std::move(stat_prefix);
  manager.rds = std::move(table);
  manager.http_filters = {
      {"envoy.filters.http.fault", kFault}, {"envoy.filters.http.cors", kCors}, {"envoy.filters.http.router", kRouter}};
  manager.upgrades = {"websocket"};
  using routes::PathNormalization;
  const PathNormalization normalization = normalization_of(view.snapshot->settings.path_normalization);
  manager.normalize_path = normalization != PathNormalization::none;
  manager.merge_slashes =
      normalization == PathNormalization::merge_slashes || normalization == PathNormalization::decode_and_merge_slashes;
  if (normalization == PathNormalization::decode_and_merge_slashes)
    manager.escaped_slashes = envoy::HttpConnectionManager::EscapedSlashes::unescape_and_forward;
  return manager;
}

envoy::FilterChain chain_message(const ProxyView& view, const Listener& listener, const FilterChain& chain) {
  envoy::FilterChain message;
  message.name = chain.name;
  message.match = match_of(chain);
  if (ends_tls(chain.tls)) message.tls = server_tls(view, chain);
  // As Istio has it for all but what passes unknown destinations on.
  if (!listener.virtual_outbound && !(listener.fallback && &*listener.fallback == &chain))
    message.transport_socket_connect_timeout = "15s";
  if (chain.http) {
    auto& manager = message.last.emplace<envoy::HttpConnectionManager>(
        connection_manager(view, "outbound_" + listener.address + "_" + std::to_string(listener.port) + ";", chain.table));
    if (view.scope.gateways) {  // GW55-GW58
      const registry::Settings& settings = view.snapshot->settings;
      manager.edge = true;
      manager.trusted_hops = settings.trusted_proxies;
      manager.client_certificate = settings.forward_client_cert.empty() ? "SANITIZE_SET" : settings.forward_client_cert;
    }
    if (chain.inline_table) {
      manager.rds.clear();
      manager.routes = view.inline_routes(chain.table);
    }
    return message;
  }
  envoy::TcpProxy proxy;
  proxy.cluster = chain.cluster;
  proxy.stat_prefix = chain.cluster;
  if (chain.cluster.empty() && chain.owner != nullptr && chain.owner->resource != nullptr)
    proxy.stat_prefix = chain.owner->resource->identity.name + "." + chain.owner->resource->identity.namespace_;
  for (const FilterChain::Weighted& each : chain.weighted) proxy.weighted_clusters.push_back({each.name, each.weight});
  proxy.source_ip_hash = chain.source_ip_hash;
  message.last = std::move(proxy);
  return message;
}

envoy::Listener listener_message(const ProxyView& view, const Listener& listener) {
  envoy::Listener message;
  message.name = listener.name;
  message.address = address_of(listener.address, listener.port);
  for (const std::string& address : listener.additional)
    message.additional_addresses.push_back(address_of(address, listener.port));
  message.direction = envoy::Listener::Direction::outbound;
  message.use_original_dst = listener.virtual_outbound;
  if (!listens_itself(view, listener)) message.bind_to_port = false;
  bool names = false, protocols = false;
  const auto add = [&](const FilterChain& chain) {
    names = names || !chain.sni.empty() || !chain.alpn.empty();
    protocols = protocols || chain.plain_http;
    return chain_message(view, listener, chain);
  };
  for (const FilterChain& chain : listener.chains) message.filter_chains.push_back(add(chain));
  if (listener.fallback) message.default_filter_chain = add(*listener.fallback);
  using Kind = envoy::Listener::Inspector::Kind;
  if (names) message.tls.kind = Kind::all;
  if (protocols) message.http.kind = Kind::all;
  return message;
}

}  // namespace meshroute::view
