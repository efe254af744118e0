// SPDX-License-Identifier: Apache-2.0
// The tables of virtual service: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/virtual_service.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::CorsPolicy::UnmatchedPreflights>() {
  static const Enumeration table{"istio.networking.v1alpha3.CorsPolicy.UnmatchedPreflights",
                                 {{"UNSPECIFIED", 0}, {"FORWARD", 1}, {"IGNORE", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::HTTPRedirect::RedirectPortSelection>() {
  static const Enumeration table{"istio.networking.v1alpha3.HTTPRedirect.RedirectPortSelection",
                                 {{"FROM_PROTOCOL_DEFAULT", 0}, {"FROM_REQUEST_PORT", 1}}};
  return table;
}

template <>
const Message& message_of<model::Delegate>() {
  using M = model::Delegate;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.Delegate").field<&M::name>("name").field<&M::namespace_>("namespace");
  return table;
}

template <>
const Message& message_of<model::HTTPBody>() {
  using M = model::HTTPBody;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPBody")
                                   .field<&M::string>("string", oneof(1))
                                   .field<&M::bytes>("bytes", bytes(), oneof(1), format_byte());
  return table;
}

template <>
const Message& message_of<model::HTTPDirectResponse>() {
  using M = model::HTTPDirectResponse;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPDirectResponse")
                                   .field<&M::status>("status", required(), minimum(0), maximum(4294967295))
                                   .field<&M::body>("body");
  return table;
}

template <>
const Message& message_of<model::HTTPRedirect>() {
  using M = model::HTTPRedirect;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPRedirect")
                                   .field<&M::uri>("uri")
                                   .field<&M::authority>("authority")
                                   .field<&M::port>("port", oneof(1), minimum(0), maximum(4294967295))
                                   .field<&M::derive_port>("derivePort", oneof(1))
                                   .field<&M::scheme>("scheme")
                                   .field<&M::redirect_code>("redirectCode", minimum(0), maximum(4294967295))
                                   .field<&M::prefix_rewrite>("prefixRewrite");
  return table;
}

template <>
const Message& message_of<model::HTTPRetry>() {
  using M = model::HTTPRetry;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPRetry")
                                   .field<&M::attempts>("attempts", format_int32())
                                   .field<&M::per_try_timeout>("perTryTimeout", cel(Cel::duration_at_least_1ms))
                                   .field<&M::retry_on>("retryOn")
                                   .field<&M::retry_remote_localities>("retryRemoteLocalities", nullable())
                                   .field<&M::retry_ignore_previous_hosts>("retryIgnorePreviousHosts", nullable())
                                   .field<&M::backoff>("backoff", cel(Cel::duration_at_least_1ms));
  return table;
}

template <>
const Message& message_of<model::Headers::HeaderOperations>() {
  using M = model::Headers::HeaderOperations;
  static const Message table = Table<M>("istio.networking.v1alpha3.Headers.HeaderOperations")
                                   .field<&M::set>("set")
                                   .field<&M::add>("add")
                                   .field<&M::remove>("remove");
  return table;
}

template <>
const Message& message_of<model::Headers>() {
  using M = model::Headers;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.Headers").field<&M::request>("request").field<&M::response>("response");
  return table;
}

template <>
const Message& message_of<model::L4MatchAttributes>() {
  using M = model::L4MatchAttributes;
  static const Message table = Table<M>("istio.networking.v1alpha3.L4MatchAttributes")
                                   .field<&M::destination_subnets>("destinationSubnets")
                                   .field<&M::port>("port", minimum(0), maximum(4294967295))
                                   .field<&M::source_subnet>("sourceSubnet")
                                   .field<&M::source_labels>("sourceLabels")
                                   .field<&M::gateways>("gateways")
                                   .field<&M::source_namespace>("sourceNamespace");
  return table;
}

template <>
const Message& message_of<model::Percent>() {
  using M = model::Percent;
  static const Message table = Table<M>("istio.networking.v1alpha3.Percent").field<&M::value>("value");
  return table;
}

template <>
const Message& message_of<model::HTTPFaultInjection::Abort>() {
  using M = model::HTTPFaultInjection::Abort;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPFaultInjection.Abort")
                                   .field<&M::http_status>("httpStatus", oneof(1), format_int32())
                                   .field<&M::grpc_status>("grpcStatus", oneof(1))
                                   .field<&M::http2_error>("http2Error", oneof(1))
                                   .field<&M::percentage>("percentage");
  return table;
}

template <>
const Message& message_of<model::HTTPFaultInjection::Delay>() {
  using M = model::HTTPFaultInjection::Delay;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPFaultInjection.Delay")
                                   .field<&M::percent>("percent", format_int32())
                                   .field<&M::fixed_delay>("fixedDelay", oneof(1), cel(Cel::duration_at_least_1ms))
                                   .field<&M::exponential_delay>("exponentialDelay", oneof(1), cel(Cel::duration_at_least_1ms))
                                   .field<&M::percentage>("percentage");
  return table;
}

template <>
const Message& message_of<model::HTTPFaultInjection>() {
  using M = model::HTTPFaultInjection;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.HTTPFaultInjection").field<&M::delay>("delay").field<&M::abort>("abort");
  return table;
}

template <>
const Message& message_of<model::PortSelector>() {
  using M = model::PortSelector;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.PortSelector").field<&M::number>("number", minimum(0), maximum(4294967295));
  return table;
}

template <>
const Message& message_of<model::Destination>() {
  using M = model::Destination;
  static const Message table = Table<M>("istio.networking.v1alpha3.Destination")
                                   .field<&M::host>("host", required())
                                   .field<&M::subset>("subset")
                                   .field<&M::port>("port");
  return table;
}

template <>
const Message& message_of<model::HTTPMirrorPolicy>() {
  using M = model::HTTPMirrorPolicy;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPMirrorPolicy")
                                   .field<&M::destination>("destination", required())
                                   .field<&M::percentage>("percentage");
  return table;
}

template <>
const Message& message_of<model::HTTPRouteDestination>() {
  using M = model::HTTPRouteDestination;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPRouteDestination")
                                   .field<&M::destination>("destination", required())
                                   .field<&M::weight>("weight", format_int32())
                                   .field<&M::headers>("headers");
  return table;
}

template <>
const Message& message_of<model::RegexRewrite>() {
  using M = model::RegexRewrite;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.RegexRewrite").field<&M::match>("match").field<&M::rewrite>("rewrite");
  return table;
}

template <>
const Message& message_of<model::HTTPRewrite>() {
  using M = model::HTTPRewrite;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPRewrite")
                                   .field<&M::uri>("uri")
                                   .field<&M::authority>("authority")
                                   .field<&M::uri_regex_rewrite>("uriRegexRewrite");
  return table;
}

template <>
const Message& message_of<model::RouteDestination>() {
  using M = model::RouteDestination;
  static const Message table = Table<M>("istio.networking.v1alpha3.RouteDestination")
                                   .field<&M::destination>("destination", required())
                                   .field<&M::weight>("weight", format_int32());
  return table;
}

template <>
const Message& message_of<model::StringMatch>() {
  using M = model::StringMatch;
  static const Message table = Table<M>("istio.networking.v1alpha3.StringMatch")
                                   .field<&M::exact>("exact", oneof(1))
                                   .field<&M::prefix>("prefix", oneof(1))
                                   .field<&M::regex>("regex", oneof(1));
  return table;
}

template <>
const Message& message_of<model::CorsPolicy>() {
  using M = model::CorsPolicy;
  static const Message table = Table<M>("istio.networking.v1alpha3.CorsPolicy")
                                   .field<&M::allow_origin>("allowOrigin")
                                   .field<&M::allow_origins>("allowOrigins")
                                   .field<&M::allow_methods>("allowMethods")
                                   .field<&M::allow_headers>("allowHeaders")
                                   .field<&M::expose_headers>("exposeHeaders")
                                   .field<&M::max_age>("maxAge", cel(Cel::duration_at_least_1ms))
                                   .field<&M::allow_credentials>("allowCredentials", nullable())
                                   .field<&M::unmatched_preflights>("unmatchedPreflights");
  return table;
}

template <>
const Message& message_of<model::HTTPMatchRequest>() {
  using M = model::HTTPMatchRequest;
  static const Message table = Table<M>("istio.networking.v1alpha3.HTTPMatchRequest")
                                   .field<&M::name>("name")
                                   .field<&M::uri>("uri")
                                   .field<&M::scheme>("scheme")
                                   .field<&M::method>("method")
                                   .field<&M::authority>("authority")
                                   .field<&M::headers>("headers")
                                   .field<&M::port>("port", minimum(0), maximum(4294967295))
                                   .field<&M::source_labels>("sourceLabels")
                                   .field<&M::gateways>("gateways")
                                   .field<&M::query_params>("queryParams")
                                   .field<&M::ignore_uri_case>("ignoreUriCase")
                                   .field<&M::without_headers>("withoutHeaders")
                                   .field<&M::source_namespace>("sourceNamespace")
                                   .field<&M::stat_prefix>("statPrefix");
  return table;
}

template <>
const Message& message_of<model::HTTPRoute>() {
  using M = model::HTTPRoute;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.HTTPRoute")
          .field<&M::name>("name")
          .field<&M::match>("match")
          .field<&M::route>("route")
          .field<&M::redirect>("redirect")
          .field<&M::direct_response>("directResponse")
          .field<&M::delegate>("delegate")
          .field<&M::rewrite>("rewrite")
          .field<&M::timeout>("timeout", cel(Cel::duration_at_least_1ms))
          .field<&M::retries>("retries")
          .field<&M::fault>("fault")
          .field<&M::mirror>("mirror")
          .field<&M::mirrors>("mirrors")
          .field<&M::mirror_percent>("mirrorPercent", proto_name_in_crd(), minimum(0), maximum(4294967295), nullable())
          .field<&M::mirror_percentage>("mirrorPercentage")
          .field<&M::cors_policy>("corsPolicy")
          .field<&M::headers>("headers");
  return table;
}

template <>
const Message& message_of<model::TCPRoute>() {
  using M = model::TCPRoute;
  static const Message table = Table<M>("istio.networking.v1alpha3.TCPRoute").field<&M::match>("match").field<&M::route>("route");
  return table;
}

template <>
const Message& message_of<model::TLSMatchAttributes>() {
  using M = model::TLSMatchAttributes;
  static const Message table = Table<M>("istio.networking.v1alpha3.TLSMatchAttributes")
                                   .field<&M::sni_hosts>("sniHosts", required())
                                   .field<&M::destination_subnets>("destinationSubnets")
                                   .field<&M::port>("port", minimum(0), maximum(4294967295))
                                   .field<&M::source_labels>("sourceLabels")
                                   .field<&M::gateways>("gateways")
                                   .field<&M::source_namespace>("sourceNamespace");
  return table;
}

template <>
const Message& message_of<model::TLSRoute>() {
  using M = model::TLSRoute;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.TLSRoute").field<&M::match>("match", required()).field<&M::route>("route");
  return table;
}

template <>
const Message& message_of<model::VirtualService>() {
  using M = model::VirtualService;
  static const Message table = Table<M>("istio.networking.v1alpha3.VirtualService")
                                   .field<&M::hosts>("hosts")
                                   .field<&M::gateways>("gateways")
                                   .field<&M::http>("http")
                                   .field<&M::tls>("tls")
                                   .field<&M::tcp>("tcp")
                                   .field<&M::export_to>("exportTo");
  return table;
}

}  // namespace meshroute::schema
