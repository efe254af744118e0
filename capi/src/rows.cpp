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

meshroute_service struct_of(const ServiceRow& from) noexcept {
  meshroute_service made = MESHROUTE_SERVICE_INIT;
  made.hostname = str_of(from.hostname);
  made.namespace_ = str_of(from.namespace_);
  made.registry = str_of(from.registry);
  made.resolution = str_of(from.resolution);
  made.address = str_of(from.address);
  made.address_count = from.addresses.size();
  made.port_count = from.ports.size();
  made.label_count = from.labels.size();
  made.mesh_external = from.mesh_external ? 1 : 0;
  return made;
}

meshroute_service_port struct_of(const meshroute::ServicePortRow& from) noexcept {
  meshroute_service_port made = MESHROUTE_SERVICE_PORT_INIT;
  made.name = str_of(from.name);
  made.protocol = str_of(from.protocol);
  made.number = from.number;
  return made;
}

meshroute_cluster struct_of(const ClusterRow& from) noexcept {
  meshroute_cluster made = MESHROUTE_CLUSTER_INIT;
  made.name = str_of(from.name);
  made.type = str_of(from.type);
  made.lb_policy = str_of(from.lb_policy);
  made.host = str_of(from.host);
  made.subset = str_of(from.subset);
  made.port = from.port;
  return made;
}

meshroute_route struct_of(const RouteRow& from) noexcept {
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
  made.domain_count = from.domains.size();
  made.weighted_cluster_count = from.weighted_clusters.size();
  made.mirror_count = from.mirrors.size();
  made.direct_response = number_of(from.direct_response);
  made.index = from.index;
  return made;
}

meshroute_listener struct_of(const ListenerRow& from) noexcept {
  meshroute_listener made = MESHROUTE_LISTENER_INIT;
  made.listener = str_of(from.listener);
  made.address = str_of(from.address);
  made.chain = str_of(from.chain);
  made.kind = str_of(from.kind);
  made.route_config = str_of(from.route_config);
  made.cluster = str_of(from.cluster);
  made.cidr_count = from.cidrs.size();
  made.sni_count = from.sni.size();
  made.weighted_cluster_count = from.weighted_clusters.size();
  made.port = from.port;
  made.destination_port = from.destination_port;
  made.plain_http = from.plain_http ? 1 : 0;
  made.is_default = from.is_default ? 1 : 0;
  made.tls_mode = str_of(from.tls_mode);
  made.refused = str_of(from.refused);
  made.gateway = str_of(from.gateway);
  made.server_port = from.server_port;
  return made;
}

using meshroute::capi::struct_of;

/// A list of what `rows` gives for the filter.
template <class List, class Rows>
meshroute_status list_of(const meshroute_view* view, const meshroute_view_filter* filter, List** out, meshroute_error* error,
                         Rows rows) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    auto handle = std::make_unique<List>();
    handle->value = (view->value.*rows)(given);
    *out = handle.release();
    return MESHROUTE_OK;
  });
}

template <class List>
std::size_t count_of(const List* list) {
  return list == nullptr ? 0 : list->value.size();
}

/// `use(row)` of the row at an index.
template <class List, class Out, class Use>
meshroute_status with_row(const List* list, std::size_t index, const Out* out, meshroute_error* error, Use use) {
  return guard(error, [&] {
    if (list == nullptr || out == nullptr) return missing(error);
    return index < list->value.size() ? use(list->value[index]) : out_of_range(error);
  });
}

template <class List, class Struct>
meshroute_status get(const List* list, std::size_t index, Struct* out, meshroute_error* error) {
  return with_row(list, index, out, error, [&](const auto& row) { return fill(struct_of(row), out, error); });
}

template <class List, class Row>
meshroute_status get_origin(const List* list, std::size_t index, meshroute::ResourceOrigin Row::*origin, meshroute_origin* out,
                            meshroute_error* error) {
  return with_row(list, index, out, error, [&](const auto& row) { return fill(struct_of(row.*origin), out, error); });
}

/// One of a row's own list of structs.
template <class List, class Row, class Item, class Struct>
meshroute_status get_item(const List* list, std::size_t row, std::size_t index, std::vector<Item> Row::*items, Struct* out,
                          meshroute_error* error) {
  return with_row(list, row, out, error, [&](const auto& each) {
    return index < (each.*items).size() ? fill(struct_of((each.*items)[index]), out, error) : out_of_range(error);
  });
}

/// One of a row's own list of texts.
template <class List, class Row>
meshroute_str text_of(const List* list, std::size_t row, std::size_t index, std::vector<std::string> Row::*texts) {
  return row < count_of(list) ? text_at(list->value[row].*texts, index) : meshroute_str{nullptr, 0};
}

template <class List>
meshroute_status get_label(const List* list, std::size_t row, std::size_t index, meshroute_pair* out, meshroute_error* error) {
  return with_row(list, row, out, error, [&](const auto& each) { return label_at(each.labels, index, out, error); });
}

}  // namespace

extern "C" {

meshroute_status meshroute_view_services(const meshroute_view* view, const meshroute_view_filter* filter,
                                         meshroute_services** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::services);
}
void meshroute_services_free(meshroute_services* services) { delete services; }
size_t meshroute_services_count(const meshroute_services* services) { return count_of(services); }
meshroute_status meshroute_services_get(const meshroute_services* services, size_t index, meshroute_service* out,
                                        meshroute_error* error) {
  return get(services, index, out, error);
}
meshroute_status meshroute_services_port(const meshroute_services* services, size_t service, size_t index,
                                         meshroute_service_port* out, meshroute_error* error) {
  return get_item(services, service, index, &ServiceRow::ports, out, error);
}
meshroute_str meshroute_services_address(const meshroute_services* services, size_t service, size_t index) {
  return text_of(services, service, index, &ServiceRow::addresses);
}
meshroute_status meshroute_services_label(const meshroute_services* services, size_t service, size_t index, meshroute_pair* out,
                                          meshroute_error* error) {
  return get_label(services, service, index, out, error);
}
meshroute_status meshroute_services_origin(const meshroute_services* services, size_t service, meshroute_origin* out,
                                           meshroute_error* error) {
  return get_origin(services, service, &ServiceRow::origin, out, error);
}

meshroute_status meshroute_view_clusters(const meshroute_view* view, const meshroute_view_filter* filter,
                                         meshroute_clusters** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::clusters);
}
void meshroute_clusters_free(meshroute_clusters* clusters) { delete clusters; }
size_t meshroute_clusters_count(const meshroute_clusters* clusters) { return count_of(clusters); }
meshroute_status meshroute_clusters_get(const meshroute_clusters* clusters, size_t index, meshroute_cluster* out,
                                        meshroute_error* error) {
  return get(clusters, index, out, error);
}
meshroute_status meshroute_clusters_origin(const meshroute_clusters* clusters, size_t cluster, meshroute_origin* out,
                                           meshroute_error* error) {
  return get_origin(clusters, cluster, &ClusterRow::origin, out, error);
}
meshroute_status meshroute_clusters_destination_rule(const meshroute_clusters* clusters, size_t cluster, meshroute_origin* out,
                                                     meshroute_error* error) {
  return get_origin(clusters, cluster, &ClusterRow::destination_rule, out, error);
}

meshroute_status meshroute_view_endpoints(const meshroute_view* view, const meshroute_view_filter* filter,
                                          meshroute_endpoints** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::endpoints);
}
void meshroute_endpoints_free(meshroute_endpoints* endpoints) { delete endpoints; }
size_t meshroute_endpoints_count(const meshroute_endpoints* endpoints) { return count_of(endpoints); }
meshroute_status meshroute_endpoints_get(const meshroute_endpoints* endpoints, size_t index, meshroute_endpoint* out,
                                         meshroute_error* error) {
  return get(endpoints, index, out, error);
}
meshroute_status meshroute_endpoints_label(const meshroute_endpoints* endpoints, size_t endpoint, size_t index,
                                           meshroute_pair* out, meshroute_error* error) {
  return get_label(endpoints, endpoint, index, out, error);
}
meshroute_status meshroute_endpoints_origin(const meshroute_endpoints* endpoints, size_t endpoint, meshroute_origin* out,
                                            meshroute_error* error) {
  return get_origin(endpoints, endpoint, &EndpointRow::origin, out, error);
}

meshroute_status meshroute_view_routes(const meshroute_view* view, const meshroute_view_filter* filter, meshroute_routes** out,
                                       meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::routes);
}
void meshroute_routes_free(meshroute_routes* routes) { delete routes; }
size_t meshroute_routes_count(const meshroute_routes* routes) { return count_of(routes); }
meshroute_status meshroute_routes_get(const meshroute_routes* routes, size_t index, meshroute_route* out,
                                      meshroute_error* error) {
  return get(routes, index, out, error);
}
meshroute_str meshroute_routes_domain(const meshroute_routes* routes, size_t route, size_t index) {
  return text_of(routes, route, index, &RouteRow::domains);
}
meshroute_status meshroute_routes_weighted_cluster(const meshroute_routes* routes, size_t route, size_t index,
                                                   meshroute_weighted_cluster* out, meshroute_error* error) {
  return get_item(routes, route, index, &RouteRow::weighted_clusters, out, error);
}
meshroute_str meshroute_routes_mirror(const meshroute_routes* routes, size_t route, size_t index) {
  return text_of(routes, route, index, &RouteRow::mirrors);
}
meshroute_status meshroute_routes_origin(const meshroute_routes* routes, size_t route, meshroute_origin* out,
                                         meshroute_error* error) {
  return get_origin(routes, route, &RouteRow::origin, out, error);
}

meshroute_status meshroute_view_listeners(const meshroute_view* view, const meshroute_view_filter* filter,
                                          meshroute_listeners** out, meshroute_error* error) {
  return list_of(view, filter, out, error, &meshroute::View::listeners);
}
void meshroute_listeners_free(meshroute_listeners* listeners) { delete listeners; }
size_t meshroute_listeners_count(const meshroute_listeners* listeners) { return count_of(listeners); }
meshroute_status meshroute_listeners_get(const meshroute_listeners* listeners, size_t index, meshroute_listener* out,
                                         meshroute_error* error) {
  return get(listeners, index, out, error);
}
meshroute_str meshroute_listeners_cidr(const meshroute_listeners* listeners, size_t listener, size_t index) {
  return text_of(listeners, listener, index, &ListenerRow::cidrs);
}
meshroute_str meshroute_listeners_sni(const meshroute_listeners* listeners, size_t listener, size_t index) {
  return text_of(listeners, listener, index, &ListenerRow::sni);
}
meshroute_status meshroute_listeners_weighted_cluster(const meshroute_listeners* listeners, size_t listener, size_t index,
                                                      meshroute_weighted_cluster* out, meshroute_error* error) {
  return get_item(listeners, listener, index, &ListenerRow::weighted_clusters, out, error);
}

}  // extern "C"
