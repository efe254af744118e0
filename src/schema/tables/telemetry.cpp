// SPDX-License-Identifier: Apache-2.0
// The tables of telemetry: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/telemetry.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

using model::Telemetry;

template <>
const Enumeration& enumeration_of<Telemetry::WorkloadMode>() {
  static const Enumeration table{"istio.telemetry.v1alpha1.WorkloadMode",
                                 {{"CLIENT_AND_SERVER", 0}, {"CLIENT", 1}, {"SERVER", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<Telemetry::MetricSelector::IstioMetric>() {
  static const Enumeration table{"istio.telemetry.v1alpha1.MetricSelector.IstioMetric",
                                 {{"ALL_METRICS", 0},
                                  {"REQUEST_COUNT", 1},
                                  {"REQUEST_DURATION", 2},
                                  {"REQUEST_SIZE", 3},
                                  {"RESPONSE_SIZE", 4},
                                  {"TCP_OPENED_CONNECTIONS", 5},
                                  {"TCP_CLOSED_CONNECTIONS", 6},
                                  {"TCP_SENT_BYTES", 7},
                                  {"TCP_RECEIVED_BYTES", 8},
                                  {"GRPC_REQUEST_MESSAGES", 9},
                                  {"GRPC_RESPONSE_MESSAGES", 10}}};
  return table;
}

template <>
const Enumeration& enumeration_of<Telemetry::MetricsOverrides::TagOverride::Operation>() {
  static const Enumeration table{"istio.telemetry.v1alpha1.MetricsOverrides.TagOverride.Operation",
                                 {{"UPSERT", 0}, {"REMOVE", 1}}};
  return table;
}

template <>
const Message& message_of<Telemetry::ProviderRef>() {
  using M = Telemetry::ProviderRef;
  static const Message table =
      Table<M>("istio.telemetry.v1alpha1.ProviderRef").field<&M::name>("name", required(), min_length(1));
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::TracingSelector>() {
  using M = Telemetry::Tracing::TracingSelector;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Tracing.TracingSelector").field<&M::mode>("mode");
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::Literal>() {
  using M = Telemetry::Tracing::Literal;
  static const Message table =
      Table<M>("istio.telemetry.v1alpha1.Tracing.Literal").field<&M::value>("value", required(), min_length(1));
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::Environment>() {
  using M = Telemetry::Tracing::Environment;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Tracing.Environment")
                                   .field<&M::name>("name", required(), min_length(1))
                                   .field<&M::default_value>("defaultValue");
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::RequestHeader>() {
  using M = Telemetry::Tracing::RequestHeader;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Tracing.RequestHeader")
                                   .field<&M::name>("name", required(), min_length(1))
                                   .field<&M::default_value>("defaultValue");
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::Formatter>() {
  using M = Telemetry::Tracing::Formatter;
  static const Message table =
      Table<M>("istio.telemetry.v1alpha1.Tracing.Formatter").field<&M::value>("value", required(), min_length(1));
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing::CustomTag>() {
  using M = Telemetry::Tracing::CustomTag;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Tracing.CustomTag")
                                   .field<&M::literal>("literal", oneof(1))
                                   .field<&M::environment>("environment", oneof(1))
                                   .field<&M::header>("header", oneof(1))
                                   .field<&M::formatter>("formatter", oneof(1));
  return table;
}

template <>
const Message& message_of<Telemetry::Tracing>() {
  using M = Telemetry::Tracing;
  static const Message table =
      Table<M>("istio.telemetry.v1alpha1.Tracing")
          .field<&M::match>("match")
          .field<&M::providers>("providers")
          .field<&M::random_sampling_percentage>("randomSamplingPercentage", minimum(0), maximum(100), nullable())
          .field<&M::disable_span_reporting>("disableSpanReporting", nullable())
          .field<&M::custom_tags>("customTags")
          .field<&M::use_request_id_for_trace_sampling>("useRequestIdForTraceSampling", nullable())
          .field<&M::enable_istio_tags>("enableIstioTags", nullable())
          .field<&M::disable_context_propagation>("disableContextPropagation", nullable());
  return table;
}

template <>
const Message& message_of<Telemetry::MetricSelector>() {
  using M = Telemetry::MetricSelector;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.MetricSelector")
                                   .field<&M::metric>("metric", oneof(1))
                                   .field<&M::custom_metric>("customMetric", oneof(1), min_length(1))
                                   .field<&M::mode>("mode");
  return table;
}

template <>
const Message& message_of<Telemetry::MetricsOverrides::TagOverride>() {
  using M = Telemetry::MetricsOverrides::TagOverride;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.MetricsOverrides.TagOverride")
                                   .field<&M::operation>("operation")
                                   .field<&M::value>("value")
                                   .rules(cel(Cel::upsert_needs_value), cel(Cel::remove_without_value));
  return table;
}

template <>
const Message& message_of<Telemetry::MetricsOverrides>() {
  using M = Telemetry::MetricsOverrides;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.MetricsOverrides")
                                   .field<&M::match>("match")
                                   .field<&M::disabled>("disabled", nullable())
                                   .field<&M::tag_overrides>("tagOverrides");
  return table;
}

template <>
const Message& message_of<Telemetry::Metrics>() {
  using M = Telemetry::Metrics;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Metrics")
                                   .field<&M::providers>("providers")
                                   .field<&M::overrides>("overrides")
                                   .field<&M::reporting_interval>("reportingInterval", cel(Cel::duration_at_least_1ms));
  return table;
}

template <>
const Message& message_of<Telemetry::AccessLogging::LogSelector>() {
  using M = Telemetry::AccessLogging::LogSelector;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.AccessLogging.LogSelector").field<&M::mode>("mode");
  return table;
}

template <>
const Message& message_of<Telemetry::AccessLogging::Filter>() {
  using M = Telemetry::AccessLogging::Filter;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.AccessLogging.Filter").field<&M::expression>("expression");
  return table;
}

template <>
const Message& message_of<Telemetry::AccessLogging>() {
  using M = Telemetry::AccessLogging;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.AccessLogging")
                                   .field<&M::match>("match")
                                   .field<&M::providers>("providers")
                                   .field<&M::disabled>("disabled", nullable())
                                   .field<&M::filter>("filter");
  return table;
}

template <>
const Message& message_of<Telemetry>() {
  using M = Telemetry;
  static const Message table = Table<M>("istio.telemetry.v1alpha1.Telemetry")
                                   .field<&M::selector>("selector")
                                   .field<&M::target_ref>("targetRef", proto_name("targetRef"))
                                   .field<&M::target_refs>("targetRefs", proto_name("targetRefs"), max_items(16))
                                   .field<&M::tracing>("tracing")
                                   .field<&M::metrics>("metrics")
                                   .field<&M::access_logging>("accessLogging")
                                   .rules(cel(Cel::one_of_selector_and_target_refs));
  return table;
}

}  // namespace meshroute::schema
