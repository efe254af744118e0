#pragma once

// SPDX-License-Identifier: Apache-2.0
// The two sides of a question: the proxy that sends, and the request.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/model/map.hpp"
#include "meshroute/result.hpp"

namespace meshroute {

/// Whose view: one proxy, a sidecar or a gateway (router).
struct Proxy {
  /// sidecar: beside one workload; router: a gateway.
  enum class Type : std::int32_t { sidecar = 0, router = 1 };
  Type type = Type::sidecar;
  std::string id = {};
  std::string namespace_ = "default";
  Labels labels = {};
  std::string ip = {};
  /// "region/zone/subzone".
  std::string locality = {};
  std::string network = {};
  std::string cluster = "Kubernetes";
  std::string node_name = {};
  /// Name only; empty: `default`.
  std::string service_account = {};
  bool dns_capture = false;
  bool dns_auto_allocate = false;
  /// A router that cannot bind ports below 1024.
  bool unprivileged = false;
  /// The workload has no sidecar, so what it sends leaves as it is (Snapshot::follow); its view is that of a sidecar that it
  /// would have. Snapshot::find_proxy sets it where what is loaded says so (KD4).
  bool no_sidecar = false;

  /// From the JSON form. An error for unknown members, and for those that wrong() names.
  static Result<Proxy> from_json(std::string_view json);
  /// Returns an error if a field is invalid: a malformed ip, a locality of more than three parts. Views take it as it is.
  std::optional<Error> wrong() const;
};

/// A JSON Web Token of a request, at one place: a header, a parameter of the query, or a cookie.
struct RequestToken {
  /// A JSON object; its issuer signs it, or `key` does.
  std::string claims = {};
  /// Whose key signs it: a name; empty: that of the issuer.
  std::string key = {};
  /// A text that stands in place of a token made of `claims`.
  std::string raw = {};
  std::string header = {}, prefix = {};
  /// Added to the query.
  std::string param = {};
  std::string cookie = {};
};

/// One request, or one connection. Header names may be in any case; a header on several lines is listed several times.
struct Request {
  /// http, http2 or tcp.
  std::string protocol = "http";
  bool tls = false;
  /// Toward a server: the caller presents a certificate, `identity`; goes with `tls`.
  bool mutual_tls = false;
  /// Absent: the address that the client's DNS gives for the host.
  std::optional<std::string> address = {};
  /// 0: from the URL, else 80 or 443.
  std::uint32_t port = 0;
  /// Absent: no Host was sent.
  std::optional<std::string> host = {};
  std::string method = "GET";
  /// May carry a query string.
  std::string path = "/";
  std::optional<std::string> scheme = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// To a gateway, empty: the host.
  std::string sni = {};
  /// TLS without a server name, whatever `sni` and the host are.
  bool no_sni = false;
  /// To a gateway: the client presents a certificate that the gateway accepts.
  bool client_cert = false;
  /// As offered; absent: as a sidecar offers it.
  std::optional<std::vector<std::string>> alpn = {};
  /// Envoy's random value; absent: all shares and no pick.
  std::optional<std::uint64_t> random = {};

  // What a server's proxy asks for.
  /// The SPIFFE URI of the caller's certificate; empty: that of namespace and account `default`.
  std::string identity = {};
  /// The caller's; empty: 10.99.0.9.
  std::string source_ip = {};
  /// Claims (a JSON object), "invalid", or another text, sent as `Authorization: Bearer`.
  std::string jwt = {};
  std::vector<RequestToken> tokens = {};
  /// The answer of a provider that is asked.
  enum class ExtAuthz : std::int32_t { allow = 0, deny = 1, error = 2 };
  /// What an asked provider says; error: it hangs up.
  ExtAuthz ext_authz = ExtAuthz::allow;

  /// From the JSON form. An error for unknown members, and for those that wrong() names.
  static Result<Request> from_json(std::string_view json);
  /// From a URL with the scheme http, https, tcp or tls, in any case.
  static Result<Request> from_url(std::string_view url);
  /// Returns an error if a member is invalid: an unknown protocol, an address that is not an IP, a port above 65535.
  /// Resolving takes the request as it is.
  std::optional<Error> wrong() const;
};

}  // namespace meshroute
