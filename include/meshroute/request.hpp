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
struct Proxy { /** sidecar: beside one workload; router: a gateway. */
  enum class Type : std::int32_t { sidecar = 0, router = 1 };
  Type type = Type::sidecar;
  std::string id = {};
  std::string namespace_ = "default";
  Labels labels = {};
  std::string ip = {};
  std::string locality = {};  ///< "region/zone/subzone"
  std::string network = {};
  std::string cluster = "Kubernetes";
  std::string node_name = {};
  std::string service_account = {};  ///< name only; empty: `default`
  bool dns_capture = false;
  bool dns_auto_allocate = false;
  bool unprivileged = false;  ///< a router that cannot bind ports below 1024

  /// From the JSON form. An error for unknown members, and for those that wrong() names.
  static Result<Proxy> from_json(std::string_view json);
  /// Returns an error if a field is invalid: a malformed ip, a locality of more than three parts. Views take it as it is.
  std::optional<Error> wrong() const;
};

/// A JSON Web Token of a request, at one place: a header, a parameter of the query, or a cookie.
struct RequestToken {
  std::string claims = {};  ///< a JSON object; its issuer signs it, or `key` does
  std::string key = {};     ///< whose key signs it: a name; empty: that of the issuer
  std::string raw = {};     ///< a text that stands in place of a token made of `claims`
  std::string header = {}, prefix = {};
  std::string param = {};  ///< added to the query
  std::string cookie = {};
};

/// One request, or one connection. Header names may be in any case; a header on several lines is listed several times.
struct Request {
  std::string protocol = "http";  ///< http, http2 or tcp
  bool tls = false;
  bool mutual_tls = false;                  ///< toward a server: the caller presents a certificate, `identity`; goes with `tls`
  std::optional<std::string> address = {};  ///< absent: the address that the client's DNS gives for the host
  std::uint32_t port = 0;                   ///< 0: from the URL, else 80 or 443
  std::optional<std::string> host = {};     ///< absent: no Host was sent
  std::string method = "GET";
  std::string path = "/";  ///< may carry a query string
  std::optional<std::string> scheme = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string sni = {};      ///< to a gateway, empty: the host
  bool no_sni = false;       ///< TLS without a server name, whatever `sni` and the host are
  bool client_cert = false;  ///< to a gateway: the client presents a certificate that the gateway accepts
  std::optional<std::vector<std::string>> alpn = {};  ///< as offered; absent: as a sidecar offers it
  std::optional<std::uint64_t> random = {};           ///< Envoy's random value; absent: all shares and no pick

  // What a server's proxy asks for.
  std::string identity = {};   ///< the SPIFFE URI of the caller's certificate; empty: that of namespace and account `default`
  std::string source_ip = {};  ///< the caller's; empty: 10.99.0.9
  std::string jwt = {};        ///< claims (a JSON object), "invalid", or another text, sent as `Authorization: Bearer`
  std::vector<RequestToken> tokens = {}; /** The answer of a provider that is asked. */
  enum class ExtAuthz : std::int32_t { allow = 0, deny = 1, error = 2 };
  ExtAuthz ext_authz = ExtAuthz::allow;  ///< what an asked provider says; error: it hangs up

  /// From the JSON form. An error for unknown members, and for those that wrong() names.
  static Result<Request> from_json(std::string_view json);
  /// From a URL with the scheme http, https, tcp or tls, in any case.
  static Result<Request> from_url(std::string_view url);
  /// Returns an error if a member is invalid: an unknown protocol, an address that is not an IP, a port above 65535.
  /// Resolving takes the request as it is.
  std::optional<Error> wrong() const;
};

}  // namespace meshroute
