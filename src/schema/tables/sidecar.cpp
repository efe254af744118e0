// SPDX-License-Identifier: Apache-2.0
// The tables of sidecar: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/sidecar.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::CaptureMode>() {
  static const Enumeration table{"istio.networking.v1alpha3.CaptureMode", {{"DEFAULT", 0}, {"IPTABLES", 1}, {"NONE", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::OutboundTrafficPolicy::Mode>() {
  static const Enumeration table{"istio.networking.v1alpha3.OutboundTrafficPolicy.Mode",
                                 {{"REGISTRY_ONLY", 0}, {"ALLOW_ANY", 1}}};
  return table;
}

template <>
const Message& message_of<model::OutboundTrafficPolicy>() {
  using M = model::OutboundTrafficPolicy;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.OutboundTrafficPolicy").field<&M::mode>("mode").field<&M::egress_proxy>("egressProxy");
  return table;
}

template <>
const Message& message_of<model::SidecarPort>() {
  using M = model::SidecarPort;
  static const Message table = Table<M>("istio.networking.v1alpha3.SidecarPort")
                                   .field<&M::number>("number", minimum(0), maximum(4294967295))
                                   .field<&M::protocol>("protocol")
                                   .field<&M::name>("name")
                                   .field<&M::target_port>("targetPort", minimum(0), maximum(4294967295));
  return table;
}

template <>
const Message& message_of<model::IstioEgressListener>() {
  using M = model::IstioEgressListener;
  static const Message table = Table<M>("istio.networking.v1alpha3.IstioEgressListener")
                                   .field<&M::port>("port")
                                   .field<&M::bind>("bind")
                                   .field<&M::capture_mode>("captureMode")
                                   .field<&M::hosts>("hosts", required());
  return table;
}

template <>
const Message& message_of<model::IstioIngressListener>() {
  using M = model::IstioIngressListener;
  static const Message table = Table<M>("istio.networking.v1alpha3.IstioIngressListener")
                                   .field<&M::port>("port", required())
                                   .field<&M::bind>("bind")
                                   .field<&M::capture_mode>("captureMode")
                                   .field<&M::default_endpoint>("defaultEndpoint")
                                   .field<&M::tls>("tls")
                                   .field<&M::connection_pool>("connectionPool");
  return table;
}

template <>
const Message& message_of<model::Sidecar>() {
  using M = model::Sidecar;
  static const Message table = Table<M>("istio.networking.v1alpha3.Sidecar")
                                   .field<&M::workload_selector>("workloadSelector")
                                   .field<&M::ingress>("ingress")
                                   .field<&M::egress>("egress")
                                   .field<&M::inbound_connection_pool>("inboundConnectionPool")
                                   .field<&M::outbound_traffic_policy>("outboundTrafficPolicy");
  return table;
}

}  // namespace meshroute::schema
