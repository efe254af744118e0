// SPDX-License-Identifier: Apache-2.0
// The sections of a view as JSON, row by row, with all that a row has.
#include "render/render.hpp"
#include "view/rows.hpp"

namespace meshroute::render {

namespace {

using text::JsonWriter;

void write_origin(JsonWriter& json, std::string_view name, const ResourceOrigin& origin) {
  if (origin.kind.empty()) return;
  json.object(name);
  json.member("kind", origin.kind);
  json.member("namespace", origin.namespace_);
  json.member("name", origin.name);
  json.some("source", origin.source);
  if (origin.line != 0) json.member("line", origin.line);
  json.end_object();
}

void write_weighted(JsonWriter& json, const std::vector<WeightedCluster>& destinations) {
  if (destinations.empty()) return;
  json.list("weighted_clusters");
  for (const auto& each : destinations) {
    json.begin_object();
    json.member("name", each.name);
    json.member("weight", each.weight);
    json.some("authority", each.authority);
    json.end_object();
  }
  json.end_list();
}

void number(JsonWriter& json, std::string_view name, std::uint32_t value) {
  if (value != 0) json.member(name, value);
}

void flag(JsonWriter& json, std::string_view name, bool value) {
  if (value) json.member(name, true);
}

void write_row(JsonWriter& json, const ServiceRow& row) {
  json.member("hostname", row.hostname);
  json.member("namespace", row.namespace_);
  json.member("registry", row.registry);
  json.member("resolution", row.resolution);
  json.member("address", row.address);
  json.texts("addresses", row.addresses);
  json.list("ports");
  for (const auto& port : row.ports) {
    json.begin_object();
    json.member("name", port.name);
    json.member("number", port.number);
    json.member("protocol", port.protocol);
    json.end_object();
  }
  json.end_list();
  json.map("labels", row.labels);
  flag(json, "mesh_external", row.mesh_external);
  write_origin(json, "origin", row.origin);
}

void write_row(JsonWriter& json, const ClusterRow& row) {
  json.member("name", row.name);
  json.member("type", row.type);
  json.member("lb_policy", row.lb_policy);
  json.some("host", row.host);
  json.some("subset", row.subset);
  number(json, "port", row.port);
  write_origin(json, "origin", row.origin);
  write_origin(json, "destination_rule", row.destination_rule);
}

void write_row(JsonWriter& json, const EndpointRow& row) {
  json.member("cluster", row.cluster);
  json.member("address", row.address);
  json.member("port", row.port);
  json.member("weight", row.weight);
  json.member("locality", row.locality);
  json.member("priority", row.priority);
  json.member("health", row.health);
  json.map("labels", row.labels);
  json.some("service_account", row.service_account);
  json.some("network", row.network);
  json.some("resource", row.resource);
  flag(json, "assumed", row.assumed);
  write_origin(json, "origin", row.origin);
}

void write_row(JsonWriter& json, const RouteRow& row) {
  json.member("route_config", row.route_config);
  json.member("virtual_host", row.virtual_host);
  json.texts("domains", row.domains);
  json.member("index", row.index);
  json.some("name", row.name);
  json.member("match", row.match);
  json.member("action", row.action);
  json.some("cluster", row.cluster);
  write_weighted(json, row.weighted_clusters);
  if (!row.mirrors.empty()) json.texts("mirrors", row.mirrors);
  if (!row.redirect.empty()) {
    json.key("redirect");
    json.embed(row.redirect);
  }
  if (row.direct_response) json.member("direct_response", *row.direct_response);
  json.some("timeout", row.timeout);
  json.some("config", row.config);
  json.some("path", row.path);
  write_origin(json, "origin", row.origin);
}

void write_row(JsonWriter& json, const ListenerRow& row) {
  json.member("listener", row.listener);
  json.member("address", row.address);
  json.member("port", row.port);
  json.some("chain", row.chain);
  json.member("kind", row.kind);
  number(json, "destination_port", row.destination_port);
  if (!row.cidrs.empty()) json.texts("cidrs", row.cidrs);
  if (!row.sni.empty()) json.texts("sni", row.sni);
  flag(json, "plain_http", row.plain_http);
  flag(json, "is_default", row.is_default);
  json.some("route_config", row.route_config);
  json.some("cluster", row.cluster);
  write_weighted(json, row.weighted_clusters);
  json.some("tls_mode", row.tls_mode);
  json.some("gateway", row.gateway);
  number(json, "server_port", row.server_port);
  json.some("refused", row.refused);
}

template <class Row>
void write_rows(JsonWriter& json, const std::vector<Row>& rows) {
  json.begin_list();
  for (const Row& row : rows) {
    json.begin_object();
    write_row(json, row);
    json.end_object();
  }
  json.end_list();
}

void write_rows_of(JsonWriter& json, const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  if (section == "services") return write_rows(json, view::service_rows(view, filter));
  if (section == "clusters") return write_rows(json, view::cluster_rows(view, filter));
  if (section == "endpoints") return write_rows(json, view::endpoint_rows(view, filter));
  if (section == "routes") return write_rows(json, view::route_rows(view, filter));
  if (section == "listeners") return write_rows(json, view::listener_rows(view, filter));
  json.null();
}

}  // namespace

std::string rows_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty) {
  std::string text;
  JsonWriter json(text, pretty ? 2 : -1);
  if (!section.empty()) {
    write_rows_of(json, view, section, filter);
    return text;
  }
  json.begin_object();
  for (const auto each : {"services", "clusters", "endpoints", "routes", "listeners"}) {
    json.key(each);
    write_rows_of(json, view, each, filter);
  }
  json.end_object();
  return text;
}

}  // namespace meshroute::render
