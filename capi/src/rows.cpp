// SPDX-License-Identifier: Apache-2.0
// The sections of a view, row by row.
#include <memory>
#include <utility>

#include "wall.hpp"

namespace {

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)
using meshroute::ClusterRow;
using meshroute::EndpointRow;
using meshroute::ListenerRow;
using meshroute::RouteRow;
using meshroute::ServiceRow;

meshroute_service_port port_of(const meshroute::ServicePortRow& from) noexcept {
  return {str_of(from.name), str_of(from.protocol), from.number, 0};
}
meshroute_weighted_cluster weighted_of(const meshroute::WeightedCluster& from) noexcept { return struct_of(from); }

// The arrays of each list's rows.
void index(meshroute_services& list) {
  for (const auto& row : list.value) {
    list.labels.add_map(row.labels);
    list.addresses.add_texts(row.addresses);
    list.ports.add(row.ports, port_of);
  }
}
void index(meshroute_clusters&) {}
void index(meshroute_endpoints& list) {
  for (const auto& row : list.value) list.labels.add_map(row.labels);
}
void index(meshroute_routes& list) {
  for (const auto& row : list.value) {
    list.domains.add_texts(row.domains);
    list.mirrors.add_texts(row.mirrors);
    list.weighted_clusters.add(row.weighted_clusters, weighted_of);
  }
}
void index(meshroute_listeners& list) {
  for (const auto& row : list.value) {
    list.cidrs.add_texts(row.cidrs);
    list.sni.add_texts(row.sni);
    list.weighted_clusters.add(row.weighted_clusters, weighted_of);
  }
}

meshroute_service row_of(const meshroute_services& list, std::size_t row, const ServiceRow& from) noexcept {
  meshroute_service made = MESHROUTE_SERVICE_INIT;
  made.hostname = str_of(from.hostname);
  made.namespace_ = str_of(from.namespace_);
  made.registry = str_of(from.registry);
  made.resolution = str_of(from.resolution);
  made.address = str_of(from.address);
  made.addresses = list.addresses.at(row);
  made.address_count = list.addresses.count(row);
  made.ports = list.ports.at(row);
  made.port_count = list.ports.count(row);
  made.labels = list.labels.at(row);
  made.label_count = list.labels.count(row);
  made.origin = struct_of(from.origin);
  made.mesh_external = from.mesh_external ? 1 : 0;
  return made;
}

meshroute_cluster row_of(const meshroute_clusters&, std::size_t, const ClusterRow& from) noexcept {
  meshroute_cluster made = MESHROUTE_CLUSTER_INIT;
  made.name = str_of(from.name);
  made.type = str_of(from.type);
  made.lb_policy = str_of(from.lb_policy);
  made.host = str_of(from.host);
  made.subset = str_of(from.subset);
  made.origin = struct_of(from.origin);
  made.destination_rule = struct_of(from.destination_rule);
  made.port = from.port;
  return made;
}

meshroute_endpoint row_of(const meshroute_endpoints& list, std::size_t row, const EndpointRow& from) noexcept {
  return struct_of(from, list.labels, row);
}

meshroute_route row_of(const meshroute_routes& list, std::size_t row, const RouteRow& from) noexcept {
  meshroute_route made = MESHROUTE_ROUTE_INIT;
  made.route_config = str_of(from.route_config);
  made.virtual_host = str_of(from.virtual_host);
  made.name = str_of(from.name);
  made.match = str_of(from.match);
  made.action = str_of(from.action);
  made.cluster = str_of(from.cluster);
  made.timeout = str_of(from.timeout);
  made.redirect = str_of(from.redirect);
  made.config = str_of(from.config);
  made.path = str_of(from.path);
  made.domains = list.domains.at(row);
  made.domain_count = list.domains.count(row);
  made.weighted_clusters = list.weighted_clusters.at(row);
  made.weighted_cluster_count = list.weighted_clusters.count(row);
  made.mirrors = list.mirrors.at(row);
  made.mirror_count = list.mirrors.count(row);
  made.origin = struct_of(from.origin);
  made.direct_response = number_of(from.direct_response);
  made.index = from.index;
  return made;
}

meshroute_listener row_of(const meshroute_listeners& list, std::size_t row, const ListenerRow& from) noexcept {
  meshroute_listener made = MESHROUTE_LISTENER_INIT;
  made.listener = str_of(from.listener);
  made.address = str_of(from.address);
  made.chain = str_of(from.chain);
  made.kind = str_of(from.kind);
  made.route_config = str_of(from.route_config);
  made.cluster = str_of(from.cluster);
  made.tls_mode = str_of(from.tls_mode);
  made.gateway = str_of(from.gateway);
  made.refused = str_of(from.refused);
  made.cidrs = list.cidrs.at(row);
  made.cidr_count = list.cidrs.count(row);
  made.sni = list.sni.at(row);
  made.sni_count = list.sni.count(row);
  made.weighted_clusters = list.weighted_clusters.at(row);
  made.weighted_cluster_count = list.weighted_clusters.count(row);
  made.port = from.port;
  made.destination_port = from.destination_port;
  made.server_port = from.server_port;
  made.plain_http = from.plain_http ? 1 : 0;
  made.is_default = from.is_default ? 1 : 0;
  return made;
}

/// A list of the rows that `make()` gives.
template <class List, class Make>
void hand_out_rows(List** out, Make make) {
  auto handle = std::make_unique<List>();
  handle->value = make();
  index(*handle);
  *out = handle.release();
}

/// A list of what `rows` gives for the filter.
template <class List, class Rows>
meshroute_status list_of(const meshroute_view* view, const meshroute_view_filter* filter, List** out, meshroute_error* error,
                         Rows rows) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const meshroute::ViewFilter given = filter_of(filter);
    hand_out_rows(out, [&] { return (view->value.*rows)(given); });
    return MESHROUTE_OK;
  });
}

template <class List, class Struct>
meshroute_status get(const char* name, const List* list, std::size_t index, Struct* out, meshroute_error* error) {
  return guard(error, [&] {
    need(name, list, "out", out);
    return fill(row_of(*list, index, at(list->value, index)), out);
  });
}

}  // namespace

extern "C" {

meshroute_status meshroute_view_services(const meshroute_view* view, const meshroute_view_filter* filter,
                                         meshroute_services** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::services);
}
void meshroute_services_free(meshroute_services* services) { delete services; }
size_t meshroute_services_count(const meshroute_services* services) { return count_of(services); }
meshroute_status meshroute_services_at(const meshroute_services* services, size_t index, meshroute_service* out,
                                       meshroute_error* error) {
  return get("services", services, index, out, error);
}

meshroute_status meshroute_view_clusters(const meshroute_view* view, const meshroute_view_filter* filter,
                                         meshroute_clusters** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::clusters);
}
void meshroute_clusters_free(meshroute_clusters* clusters) { delete clusters; }
size_t meshroute_clusters_count(const meshroute_clusters* clusters) { return count_of(clusters); }
meshroute_status meshroute_clusters_at(const meshroute_clusters* clusters, size_t index, meshroute_cluster* out,
                                       meshroute_error* error) {
  return get("clusters", clusters, index, out, error);
}

meshroute_status meshroute_view_endpoints(const meshroute_view* view, const meshroute_view_filter* filter,
                                          meshroute_endpoints** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::endpoints);
}
void meshroute_endpoints_free(meshroute_endpoints* endpoints) { delete endpoints; }
size_t meshroute_endpoints_count(const meshroute_endpoints* endpoints) { return count_of(endpoints); }
meshroute_status meshroute_endpoints_at(const meshroute_endpoints* endpoints, size_t index, meshroute_endpoint* out,
                                        meshroute_error* error) {
  return get("endpoints", endpoints, index, out, error);
}

meshroute_status meshroute_view_routes(const meshroute_view* view, const meshroute_view_filter* filter, meshroute_routes** out,
                                       meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::routes);
}
void meshroute_routes_free(meshroute_routes* routes) { delete routes; }
size_t meshroute_routes_count(const meshroute_routes* routes) { return count_of(routes); }
meshroute_status meshroute_routes_at(const meshroute_routes* routes, size_t index, meshroute_route* out, meshroute_error* error) {
  return get("routes", routes, index, out, error);
}

meshroute_status meshroute_view_listeners(const meshroute_view* view, const meshroute_view_filter* filter,
                                          meshroute_listeners** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::listeners);
}
void meshroute_listeners_free(meshroute_listeners* listeners) { delete listeners; }
size_t meshroute_listeners_count(const meshroute_listeners* listeners) { return count_of(listeners); }
meshroute_status meshroute_listeners_at(const meshroute_listeners* listeners, size_t index, meshroute_listener* out,
                                        meshroute_error* error) {
  return get("listeners", listeners, index, out, error);
}

meshroute_status meshroute_snapshot_workloads_of(const meshroute_snapshot* snapshot, meshroute_str host,
                                                 meshroute_endpoints** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    const auto asked = needed_text("host", host);
    hand_out_rows(out, [&] { return snapshot->value.workloads_of(asked); });
    return MESHROUTE_OK;
  });
}

}  // extern "C"
