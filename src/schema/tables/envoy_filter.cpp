// SPDX-License-Identifier: Apache-2.0
// The tables of Envoy filter: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/envoy_filter.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

using model::EnvoyFilter;

template <>
const Enumeration& enumeration_of<EnvoyFilter::ApplyTo>() {
  static const Enumeration table{"istio.networking.v1alpha3.EnvoyFilter.ApplyTo",
                                 {{"INVALID", 0},
                                  {"LISTENER", 1},
                                  {"FILTER_CHAIN", 2},
                                  {"NETWORK_FILTER", 3},
                                  {"HTTP_FILTER", 4},
                                  {"ROUTE_CONFIGURATION", 5},
                                  {"VIRTUAL_HOST", 6},
                                  {"HTTP_ROUTE", 7},
                                  {"CLUSTER", 8},
                                  {"EXTENSION_CONFIG", 9},
                                  {"BOOTSTRAP", 10},
                                  {"LISTENER_FILTER", 11}}};
  return table;
}

template <>
const Enumeration& enumeration_of<EnvoyFilter::PatchContext>() {
  static const Enumeration table{"istio.networking.v1alpha3.EnvoyFilter.PatchContext",
                                 {{"ANY", 0}, {"SIDECAR_INBOUND", 1}, {"SIDECAR_OUTBOUND", 2}, {"GATEWAY", 3}, {"WAYPOINT", 4}}};
  return table;
}

template <>
const Enumeration& enumeration_of<EnvoyFilter::RouteConfigurationMatch::RouteMatch::Action>() {
  static const Enumeration table{"istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch.RouteMatch.Action",
                                 {{"ANY", 0}, {"ROUTE", 1}, {"REDIRECT", 2}, {"DIRECT_RESPONSE", 3}}};
  return table;
}

template <>
const Enumeration& enumeration_of<EnvoyFilter::Patch::Operation>() {
  static const Enumeration table{"istio.networking.v1alpha3.EnvoyFilter.Patch.Operation",
                                 {{"INVALID", 0},
                                  {"MERGE", 1},
                                  {"ADD", 2},
                                  {"REMOVE", 3},
                                  {"INSERT_BEFORE", 4},
                                  {"INSERT_AFTER", 5},
                                  {"INSERT_FIRST", 6},
                                  {"REPLACE", 7},
                                  {"MERGE_AND_REPLACE_LIST", 8}}};
  return table;
}

template <>
const Enumeration& enumeration_of<EnvoyFilter::Patch::FilterClass>() {
  static const Enumeration table{"istio.networking.v1alpha3.EnvoyFilter.Patch.FilterClass",
                                 {{"UNSPECIFIED", 0}, {"AUTHN", 1}, {"AUTHZ", 2}, {"STATS", 3}}};
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ProxyMatch>() {
  using M = EnvoyFilter::ProxyMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.ProxyMatch")
                                   .field<&M::proxy_version>("proxyVersion")
                                   .field<&M::metadata>("metadata");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ListenerMatch::SubFilterMatch>() {
  using M = EnvoyFilter::ListenerMatch::SubFilterMatch;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.SubFilterMatch").field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ListenerMatch::FilterMatch>() {
  using M = EnvoyFilter::ListenerMatch::FilterMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.FilterMatch")
                                   .field<&M::name>("name")
                                   .field<&M::sub_filter>("subFilter");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ListenerMatch::FilterChainMatch>() {
  using M = EnvoyFilter::ListenerMatch::FilterChainMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.FilterChainMatch")
                                   .field<&M::name>("name")
                                   .field<&M::sni>("sni")
                                   .field<&M::transport_protocol>("transportProtocol")
                                   .field<&M::application_protocols>("applicationProtocols")
                                   .field<&M::filter>("filter")
                                   .field<&M::destination_port>("destinationPort", minimum(0), maximum(4294967295));
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ListenerMatch>() {
  using M = EnvoyFilter::ListenerMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.ListenerMatch")
                                   .field<&M::port_number>("portNumber", minimum(0), maximum(4294967295))
                                   .field<&M::port_name>("portName")
                                   .field<&M::filter_chain>("filterChain")
                                   .field<&M::listener_filter>("listenerFilter")
                                   .field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::RouteConfigurationMatch::RouteMatch>() {
  using M = EnvoyFilter::RouteConfigurationMatch::RouteMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch.RouteMatch")
                                   .field<&M::name>("name")
                                   .field<&M::action>("action");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::RouteConfigurationMatch::VirtualHostMatch>() {
  using M = EnvoyFilter::RouteConfigurationMatch::VirtualHostMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch.VirtualHostMatch")
                                   .field<&M::name>("name")
                                   .field<&M::domain_name>("domainName")
                                   .field<&M::route>("route");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::RouteConfigurationMatch>() {
  using M = EnvoyFilter::RouteConfigurationMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch")
                                   .field<&M::port_number>("portNumber", minimum(0), maximum(4294967295))
                                   .field<&M::port_name>("portName")
                                   .field<&M::gateway>("gateway")
                                   .field<&M::vhost>("vhost")
                                   .field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::ClusterMatch>() {
  using M = EnvoyFilter::ClusterMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.ClusterMatch")
                                   .field<&M::port_number>("portNumber", minimum(0), maximum(4294967295))
                                   .field<&M::service>("service")
                                   .field<&M::subset>("subset")
                                   .field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::WaypointMatch::RouteMatch>() {
  using M = EnvoyFilter::WaypointMatch::RouteMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.RouteMatch").field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::WaypointMatch::FilterMatch::SubFilterMatch>() {
  using M = EnvoyFilter::WaypointMatch::FilterMatch::SubFilterMatch;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.FilterMatch.SubFilterMatch").field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::WaypointMatch::FilterMatch>() {
  using M = EnvoyFilter::WaypointMatch::FilterMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.FilterMatch")
                                   .field<&M::name>("name")
                                   .field<&M::sub_filter>("subFilter");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::WaypointMatch>() {
  using M = EnvoyFilter::WaypointMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.WaypointMatch")
                                   .field<&M::port_number>("portNumber", minimum(0), maximum(4294967295), cel(Cel::port_number))
                                   .field<&M::route>("route")
                                   .field<&M::filter>("filter");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::EnvoyConfigObjectMatch>() {
  using M = EnvoyFilter::EnvoyConfigObjectMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.EnvoyConfigObjectMatch")
                                   .field<&M::context>("context")
                                   .field<&M::proxy>("proxy")
                                   .field<&M::listener>("listener", oneof(1))
                                   .field<&M::route_configuration>("routeConfiguration", oneof(1))
                                   .field<&M::cluster>("cluster", oneof(1))
                                   .field<&M::waypoint>("waypoint", oneof(1))
                                   .rules(cel(Cel::waypoint_with_its_context));
  return table;
}

template <>
const Message& message_of<EnvoyFilter::Patch>() {
  using M = EnvoyFilter::Patch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.Patch")
                                   .field<&M::operation>("operation")
                                   .field<&M::value>("value")
                                   .field<&M::filter_class>("filterClass");
  return table;
}

template <>
const Message& message_of<EnvoyFilter::EnvoyConfigObjectPatch>() {
  using M = EnvoyFilter::EnvoyConfigObjectPatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter.EnvoyConfigObjectPatch")
                                   .field<&M::apply_to>("applyTo")
                                   .field<&M::match>("match")
                                   .field<&M::patch>("patch");
  return table;
}

template <>
const Message& message_of<EnvoyFilter>() {
  using M = EnvoyFilter;
  static const Message table = Table<M>("istio.networking.v1alpha3.EnvoyFilter")
                                   .field<&M::workload_selector>("workloadSelector")
                                   .field<&M::target_refs>("targetRefs", proto_name("targetRefs"), max_items(16))
                                   .field<&M::config_patches>("configPatches")
                                   .field<&M::priority>("priority", format_int32())
                                   .rules(cel(Cel::one_of_workload_selector_and_target_refs));
  return table;
}

}  // namespace meshroute::schema
