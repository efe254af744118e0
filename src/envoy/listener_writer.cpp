// SPDX-License-Identifier: Apache-2.0
// Writes listeners, their chains and filters as protojson.
#include "envoy/listener_writer.hpp"

#include <array>
#include <utility>

#include "envoy/cluster_writer.hpp"
#include "envoy/route_writer.hpp"
#include "envoy/writing.hpp"

namespace meshroute::envoy {

namespace {

using text::JsonWriter;

void write_match(JsonWriter& json, const FilterChainMatch& match) {
  json.object("filterChainMatch");
  texts(json, "applicationProtocols", match.application_protocols);
  if (match.destination_port != 0) json.member("destinationPort", match.destination_port);
  if (!match.prefix_ranges.empty()) {
    json.list("prefixRanges");
    for (const CidrRange& range : match.prefix_ranges) {
      json.begin_object();
      json.member("addressPrefix", range.address_prefix);
      json.member("prefixLen", range.prefix_len);
      json.end_object();
    }
    json.end_list();
  }
  texts(json, "serverNames", match.server_names);
  text(json, "transportProtocol", match.transport_protocol);
  json.end_object();
}

void write_filter(JsonWriter& json, const Filter& filter) {
  json.begin_object();
  json.member("name", filter.name);
  json.key("typedConfig");
  json.raw(filter.config);
  json.end_object();
}

void write_rds(JsonWriter& json, const HttpConnectionManager& manager) {
  json.object("rds");
  json.object("configSource");
  if (manager.rds_path.empty()) {
    json.object("ads");
    json.end_object();
    json.member("initialFetchTimeout", "0s");
  } else {
    json.object("pathConfigSource");
    json.member("path", manager.rds_path);
    json.end_object();
  }
  json.member("resourceApiVersion", "V3");
  json.end_object();
  json.member("routeConfigName", manager.rds);
  json.end_object();
}

void write_members(JsonWriter& json, const HttpConnectionManager& manager) {
  if (manager.append_client_certificate) json.member("forwardClientCertDetails", "APPEND_FORWARD");
  if (manager.edge) json.member("forwardClientCertDetails", manager.client_certificate);
  json.list("httpFilters");
  for (const Filter& filter : manager.http_filters) write_filter(json, filter);
  json.end_list();
  flag(json, "mergeSlashes", manager.merge_slashes);
  flag(json, "normalizePath", manager.normalize_path);
  json.member("pathWithEscapedSlashesAction",
              manager.escaped_slashes == HttpConnectionManager::EscapedSlashes::keep ? "KEEP_UNCHANGED" : "UNESCAPE_AND_FORWARD");
  if (manager.routes) {
    json.key("routeConfig");
    write(json, *manager.routes, Form::protojson);
  } else {
    write_rds(json, manager);
  }
  if (manager.append_client_certificate || manager.edge) {
    json.object("setCurrentClientCertDetails");
    flag(json, "cert", manager.edge);
    json.member("dns", true);
    json.member("subject", true);
    json.member("uri", true);
    json.end_object();
  }
  json.member("statPrefix", manager.stat_prefix);
  json.member("streamIdleTimeout", "0s");
  if (!manager.upgrades.empty()) {
    json.list("upgradeConfigs");
    for (const std::string& type : manager.upgrades) {
      json.begin_object();
      json.member("upgradeType", type);
      json.end_object();
    }
    json.end_list();
  }
  json.member("useRemoteAddress", manager.edge);
  if (manager.trusted_hops != 0) json.member("xffNumTrustedHops", manager.trusted_hops);
}

void write_members(JsonWriter& json, const TcpProxy& proxy) {
  text(json, "cluster", proxy.cluster);
  if (proxy.source_ip_hash) {
    json.list("hashPolicy");
    json.begin_object();
    json.object("sourceIp");
    json.end_object();
    json.end_object();
    json.end_list();
  }
  given(json, "idleTimeout", proxy.idle_timeout);
  json.member("statPrefix", proxy.stat_prefix);
  if (proxy.cluster.empty()) {
    json.object("weightedClusters");
    json.list("clusters");
    for (const TcpProxy::Weighted& each : proxy.weighted_clusters) {
      json.begin_object();
      json.member("name", each.name);
      json.member("weight", each.weight);
      json.end_object();
    }
    json.end_list();
    json.end_object();
  }
}

void write_last(JsonWriter& json, const FilterChain& chain) {
  const auto* http = std::get_if<HttpConnectionManager>(&chain.last);
  json.begin_object();
  json.member("name", http != nullptr ? "envoy.filters.network.http_connection_manager" : "envoy.filters.network.tcp_proxy");
  json.object("typedConfig");
  json.member("@type",
              http != nullptr
                  ? "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
                  : "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
  if (http != nullptr)
    write_members(json, *http);
  else
    write_members(json, std::get<TcpProxy>(chain.last));
  json.end_object();
  json.end_object();
}

void write(JsonWriter& json, const FilterChain& chain) {
  json.begin_object();
  if (chain.match) write_match(json, *chain.match);
  json.list("filters");
  for (const Filter& filter : chain.filters) write_filter(json, filter);
  write_last(json, chain);
  json.end_list();
  text(json, "name", chain.name);
  if (chain.tls) {
    json.object("transportSocket");
    json.member("name", "envoy.transport_sockets.tls");
    json.object("typedConfig");
    json.member("@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext");
    write_common_tls(json, chain.tls->common);
    if (chain.tls->require_client_certificate) json.member("requireClientCertificate", true);
    json.end_object();
    json.end_object();
  }
  text(json, "transportSocketConnectTimeout", chain.transport_socket_connect_timeout);
  json.end_object();
}

/// Envoy's predicate over destination ports: where the filter is left out.
void write_disabled(JsonWriter& json, const Listener::Inspector& inspector) {
  const auto range = [&json](std::uint32_t port) {
    json.begin_object();
    json.object("destinationPortRange");
    json.member("end", port + 1);
    json.member("start", port);
    json.end_object();
    json.end_object();
  };
  const auto any = [&] {
    if (inspector.ports.size() == 1) return range(inspector.ports.front());
    json.begin_object();
    json.object("orMatch");
    json.list("rules");
    for (const std::uint32_t port : inspector.ports) range(port);
    json.end_list();
    json.end_object();
    json.end_object();
  };
  json.key("filterDisabled");
  if (inspector.kind == Listener::Inspector::Kind::all_but) return any();
  json.begin_object();
  json.key("notMatch");
  any();
  json.end_object();
}

void write_inspector(JsonWriter& json, const char* what, const char* type, const Listener::Inspector& inspector) {
  using Kind = Listener::Inspector::Kind;
  if (inspector.kind == Kind::none) return;
  json.begin_object();
  if (inspector.kind != Kind::all && !inspector.ports.empty()) write_disabled(json, inspector);
  json.member("name", std::string("envoy.filters.listener.") + what);
  json.object("typedConfig");
  json.member("@type", std::string("type.googleapis.com/envoy.extensions.filters.listener.") + what + ".v3." + type);
  json.end_object();
  json.end_object();
}

}  // namespace

void write(JsonWriter& json, const Listener& listener, std::string_view type) {
  json.begin_object();
  if (!type.empty()) json.member("@type", type);
  if (!listener.additional_addresses.empty()) {
    json.list("additionalAddresses");
    for (const Address& address : listener.additional_addresses) {
      json.begin_object();
      json.key("address");
      write(json, address);
      json.end_object();
    }
    json.end_list();
  }
  const bool internal = listener.address.kind == Address::Kind::listener;
  if (!internal) {
    json.key("address");
    write(json, listener.address);
  }
  given(json, "bindToPort", listener.bind_to_port);
  if (listener.default_filter_chain) {
    json.key("defaultFilterChain");
    write(json, *listener.default_filter_chain);
  }
  json.list("filterChains");
  for (const FilterChain& chain : listener.filter_chains) write(json, chain);
  json.end_list();
  if (internal) {
    json.object("internalListener");
    json.end_object();
  }
  using Kind = Listener::Inspector::Kind;
  if (listener.original_dst || listener.tls.kind != Kind::none || listener.http.kind != Kind::none) {
    json.list("listenerFilters");
    if (listener.original_dst) {
      json.begin_object();
      json.member("name", "envoy.filters.listener.original_dst");
      json.object("typedConfig");
      json.member("@type", "type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst");
      json.end_object();
      json.end_object();
    }
    write_inspector(json, "tls_inspector", "TlsInspector", listener.tls);
    write_inspector(json, "http_inspector", "HttpInspector", listener.http);
    json.end_list();
    json.member("listenerFiltersTimeout", "0s");
    json.member("continueOnListenerFiltersTimeout", true);
  }
  json.member("name", listener.name);
  if (listener.direction != Listener::Direction::unspecified)
    json.member("trafficDirection", listener.direction == Listener::Direction::inbound ? "INBOUND" : "OUTBOUND");
  flag(json, "useOriginalDst", listener.use_original_dst);
  json.end_object();
}

}  // namespace meshroute::envoy
