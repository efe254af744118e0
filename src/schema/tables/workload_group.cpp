// SPDX-License-Identifier: Apache-2.0
// The tables of workload group: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/workload_group.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Message& message_of<model::ExecHealthCheckConfig>() {
  using M = model::ExecHealthCheckConfig;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.ExecHealthCheckConfig").field<&M::command>("command", required(), each(min_length(1)));
  return table;
}

template <>
const Message& message_of<model::GrpcHealthCheckConfig>() {
  using M = model::GrpcHealthCheckConfig;
  static const Message table = Table<M>("istio.networking.v1alpha3.GrpcHealthCheckConfig")
                                   .field<&M::port>("port", minimum(0), maximum(4294967295), cel(Cel::port_number))
                                   .field<&M::service>("service");
  return table;
}

template <>
const Message& message_of<model::HTTPHeader>() {
  using M = model::HTTPHeader;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPHeader")
                                   .field<&M::name>("name", pattern(R"(^[-_A-Za-z0-9]+$)"))
                                   .field<&M::value>("value");
  return table;
}

template <>
const Message& message_of<model::HTTPHealthCheckConfig>() {
  using M = model::HTTPHealthCheckConfig;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPHealthCheckConfig")
                                   .field<&M::path>("path")
                                   .field<&M::port>("port", required(), minimum(0), maximum(4294967295), cel(Cel::port_number))
                                   .field<&M::host>("host")
                                   .field<&M::scheme>("scheme", cel(Cel::probe_scheme))
                                   .field<&M::http_headers>("httpHeaders");
  return table;
}

template <>
const Message& message_of<model::TCPHealthCheckConfig>() {
  using M = model::TCPHealthCheckConfig;
  static const Message table = Table<M>("istio.networking.v1alpha3.TCPHealthCheckConfig")
                                   .field<&M::host>("host")
                                   .field<&M::port>("port", required(), minimum(0), maximum(4294967295), cel(Cel::port_number));
  return table;
}

template <>
const Message& message_of<model::ReadinessProbe>() {
  using M = model::ReadinessProbe;
  static const Message table = Table<M>("istio.networking.v1alpha3.ReadinessProbe")
                                   .field<&M::initial_delay_seconds>("initialDelaySeconds", minimum(0), format_int32())
                                   .field<&M::timeout_seconds>("timeoutSeconds", minimum(0), format_int32())
                                   .field<&M::period_seconds>("periodSeconds", minimum(0), format_int32())
                                   .field<&M::success_threshold>("successThreshold", minimum(0), format_int32())
                                   .field<&M::failure_threshold>("failureThreshold", minimum(0), format_int32())
                                   .field<&M::http_get>("httpGet", oneof(1))
                                   .field<&M::tcp_socket>("tcpSocket", oneof(1))
                                   .field<&M::exec>("exec", oneof(1))
                                   .field<&M::grpc>("grpc", oneof(1));
  return table;
}

template <>
const Message& message_of<model::WorkloadGroup::ObjectMeta>() {
  using M = model::WorkloadGroup::ObjectMeta;
  static const Message table = Table<M>("istio.networking.v1alpha3.WorkloadGroup.ObjectMeta")
                                   .field<&M::labels>("labels", max_properties(256))
                                   .field<&M::annotations>("annotations", max_properties(256));
  return table;
}

template <>
const Message& message_of<model::WorkloadGroup>() {
  using M = model::WorkloadGroup;
  static const Message table = Table<M>("istio.networking.v1alpha3.WorkloadGroup")
                                   .field<&M::metadata>("metadata")
                                   .field<&M::template_>("template", required(), except(Cel::address_or_network))
                                   .field<&M::probe>("probe");
  return table;
}

}  // namespace meshroute::schema
