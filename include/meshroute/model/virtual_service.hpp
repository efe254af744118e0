#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's virtual service, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "meshroute/model/map.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.Delegate`.
struct Delegate {
  std::string name = {};
  std::string namespace_ = {};

  bool operator==(const Delegate&) const = default;
};

/// `istio.networking.v1alpha3.HTTPBody`.
struct HTTPBody {
  /// One of `specifier`.
  std::optional<std::string> string = {};
  /// One of `specifier`.
  std::optional<std::string> bytes = {};

  bool operator==(const HTTPBody&) const = default;
};

/// `istio.networking.v1alpha3.HTTPDirectResponse`.
struct HTTPDirectResponse {
  std::uint32_t status = 0;
  std::optional<HTTPBody> body = {};

  bool operator==(const HTTPDirectResponse&) const = default;
};

/// `istio.networking.v1alpha3.HTTPRedirect`.
struct HTTPRedirect {
  /// Istio's HTTPRedirect.RedirectPortSelection (wire values; others are kept as they came).
  enum class RedirectPortSelection : std::int32_t {
    FROM_PROTOCOL_DEFAULT = 0,
    FROM_REQUEST_PORT = 1,
  };

  std::string uri = {};
  std::string authority = {};
  /// One of `redirect_port`.
  std::optional<std::uint32_t> port = {};
  /// One of `redirect_port`.
  std::optional<RedirectPortSelection> derive_port = {};
  std::string scheme = {};
  std::uint32_t redirect_code = 0;
  std::string prefix_rewrite = {};

  bool operator==(const HTTPRedirect&) const = default;
};

/// `istio.networking.v1alpha3.HTTPRetry`.
struct HTTPRetry {
  std::int32_t attempts = 0;
  std::optional<Duration> per_try_timeout = {};
  std::string retry_on = {};
  std::optional<bool> retry_remote_localities = {};
  std::optional<bool> retry_ignore_previous_hosts = {};
  std::optional<Duration> backoff = {};

  bool operator==(const HTTPRetry&) const = default;
};

/// `istio.networking.v1alpha3.Headers`.
struct Headers {
  /// `istio.networking.v1alpha3.Headers.HeaderOperations`.
  struct HeaderOperations {
    std::map<std::string, std::string> set = {};
    std::map<std::string, std::string> add = {};
    std::vector<std::string> remove = {};

    bool operator==(const HeaderOperations&) const = default;
  };

  std::optional<HeaderOperations> request = {};
  std::optional<HeaderOperations> response = {};

  bool operator==(const Headers&) const = default;
};

/// `istio.networking.v1alpha3.L4MatchAttributes`.
struct L4MatchAttributes {
  std::vector<std::string> destination_subnets = {};
  std::uint32_t port = 0;
  std::string source_subnet = {};
  Labels source_labels = {};
  std::vector<std::string> gateways = {};
  std::string source_namespace = {};

  bool operator==(const L4MatchAttributes&) const = default;
};

/// `istio.networking.v1alpha3.Percent`.
struct Percent {
  double value = 0;

  bool operator==(const Percent&) const = default;
};

/// `istio.networking.v1alpha3.HTTPFaultInjection`.
struct HTTPFaultInjection {
  /// `istio.networking.v1alpha3.HTTPFaultInjection.Abort`.
  struct Abort {
    /// One of `error_type`.
    std::optional<std::int32_t> http_status = {};
    /// One of `error_type`.
    std::optional<std::string> grpc_status = {};
    /// One of `error_type`.
    std::optional<std::string> http2_error = {};
    std::optional<Percent> percentage = {};

    bool operator==(const Abort&) const = default;
  };

  /// `istio.networking.v1alpha3.HTTPFaultInjection.Delay`.
  struct Delay {
    std::int32_t percent = 0;
    /// One of `http_delay_type`.
    std::optional<Duration> fixed_delay = {};
    /// One of `http_delay_type`.
    std::optional<Duration> exponential_delay = {};
    std::optional<Percent> percentage = {};

    bool operator==(const Delay&) const = default;
  };

  std::optional<Delay> delay = {};
  std::optional<Abort> abort = {};

  bool operator==(const HTTPFaultInjection&) const = default;
};

/// `istio.networking.v1alpha3.PortSelector`.
struct PortSelector {
  std::uint32_t number = 0;

  bool operator==(const PortSelector&) const = default;
};

/// `istio.networking.v1alpha3.Destination`.
struct Destination {
  std::string host = {};
  std::string subset = {};
  std::optional<PortSelector> port = {};

  bool operator==(const Destination&) const = default;
};

/// `istio.networking.v1alpha3.HTTPMirrorPolicy`.
struct HTTPMirrorPolicy {
  std::optional<Destination> destination = {};
  std::optional<Percent> percentage = {};

  bool operator==(const HTTPMirrorPolicy&) const = default;
};

/// `istio.networking.v1alpha3.HTTPRouteDestination`.
struct HTTPRouteDestination {
  std::optional<Destination> destination = {};
  std::int32_t weight = 0;
  std::optional<Headers> headers = {};

  bool operator==(const HTTPRouteDestination&) const = default;
};

/// `istio.networking.v1alpha3.RegexRewrite`.
struct RegexRewrite {
  std::string match = {};
  std::string rewrite = {};

  bool operator==(const RegexRewrite&) const = default;
};

/// `istio.networking.v1alpha3.HTTPRewrite`.
struct HTTPRewrite {
  std::string uri = {};
  std::string authority = {};
  std::optional<RegexRewrite> uri_regex_rewrite = {};

  bool operator==(const HTTPRewrite&) const = default;
};

/// `istio.networking.v1alpha3.RouteDestination`.
struct RouteDestination {
  std::optional<Destination> destination = {};
  std::int32_t weight = 0;

  bool operator==(const RouteDestination&) const = default;
};

/// `istio.networking.v1alpha3.StringMatch`.
struct StringMatch {
  /// One of `match_type`.
  std::optional<std::string> exact = {};
  /// One of `match_type`.
  std::optional<std::string> prefix = {};
  /// One of `match_type`.
  std::optional<std::string> regex = {};

  bool operator==(const StringMatch&) const = default;
};

/// `istio.networking.v1alpha3.CorsPolicy`.
struct CorsPolicy {
  /// Istio's CorsPolicy.UnmatchedPreflights (wire values; others are kept as they came).
  enum class UnmatchedPreflights : std::int32_t {
    UNSPECIFIED = 0,
    FORWARD = 1,
    IGNORE = 2,
  };

  std::vector<std::string> allow_origin = {};
  std::vector<StringMatch> allow_origins = {};
  std::vector<std::string> allow_methods = {};
  std::vector<std::string> allow_headers = {};
  std::vector<std::string> expose_headers = {};
  std::optional<Duration> max_age = {};
  std::optional<bool> allow_credentials = {};
  UnmatchedPreflights unmatched_preflights = UnmatchedPreflights::UNSPECIFIED;

  bool operator==(const CorsPolicy&) const = default;
};

/// `istio.networking.v1alpha3.HTTPMatchRequest`.
struct HTTPMatchRequest {
  std::string name = {};
  std::optional<StringMatch> uri = {};
  std::optional<StringMatch> scheme = {};
  std::optional<StringMatch> method = {};
  std::optional<StringMatch> authority = {};
  std::map<std::string, StringMatch> headers = {};
  std::uint32_t port = 0;
  Labels source_labels = {};
  std::vector<std::string> gateways = {};
  std::map<std::string, StringMatch> query_params = {};
  bool ignore_uri_case = false;
  std::map<std::string, StringMatch> without_headers = {};
  std::string source_namespace = {};
  std::string stat_prefix = {};

  bool operator==(const HTTPMatchRequest&) const = default;
};

/// `istio.networking.v1alpha3.HTTPRoute`.
struct HTTPRoute {
  std::string name = {};
  std::vector<HTTPMatchRequest> match = {};
  std::vector<HTTPRouteDestination> route = {};
  std::optional<HTTPRedirect> redirect = {};
  std::optional<HTTPDirectResponse> direct_response = {};
  std::optional<Delegate> delegate = {};
  std::optional<HTTPRewrite> rewrite = {};
  std::optional<Duration> timeout = {};
  std::optional<HTTPRetry> retries = {};
  std::optional<HTTPFaultInjection> fault = {};
  std::optional<Destination> mirror = {};
  std::vector<HTTPMirrorPolicy> mirrors = {};
  std::optional<std::uint32_t> mirror_percent = {};
  std::optional<Percent> mirror_percentage = {};
  std::optional<CorsPolicy> cors_policy = {};
  std::optional<Headers> headers = {};

  bool operator==(const HTTPRoute&) const = default;
};

/// `istio.networking.v1alpha3.TCPRoute`.
struct TCPRoute {
  std::vector<L4MatchAttributes> match = {};
  std::vector<RouteDestination> route = {};

  bool operator==(const TCPRoute&) const = default;
};

/// `istio.networking.v1alpha3.TLSMatchAttributes`.
struct TLSMatchAttributes {
  std::vector<std::string> sni_hosts = {};
  std::vector<std::string> destination_subnets = {};
  std::uint32_t port = 0;
  Labels source_labels = {};
  std::vector<std::string> gateways = {};
  std::string source_namespace = {};

  bool operator==(const TLSMatchAttributes&) const = default;
};

/// `istio.networking.v1alpha3.TLSRoute`.
struct TLSRoute {
  std::vector<TLSMatchAttributes> match = {};
  std::vector<RouteDestination> route = {};

  bool operator==(const TLSRoute&) const = default;
};

/// `istio.networking.v1alpha3.VirtualService`.
struct VirtualService {
  std::vector<std::string> hosts = {};
  std::vector<std::string> gateways = {};
  std::vector<HTTPRoute> http = {};
  std::vector<TLSRoute> tls = {};
  std::vector<TCPRoute> tcp = {};
  std::vector<std::string> export_to = {};

  bool operator==(const VirtualService&) const = default;
};
}  // namespace meshroute::model
