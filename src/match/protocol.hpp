#pragma once

// SPDX-License-Identifier: Apache-2.0
// Istio's protocol of a port (spec A12-A14).

#include <cstdint>
#include <string_view>

namespace meshroute::match {

enum class Protocol : std::uint8_t {
  tcp,
  udp,
  grpc,
  grpc_web,
  http,
  http_proxy,
  http2,
  https,
  tls,
  mongo,
  redis,
  mysql,
  unsupported
};
std::string_view to_string(Protocol protocol);   ///< "HTTP", "GRPC-Web", "UnsupportedProtocol", as Istio spells it
Protocol parse_protocol(std::string_view text);  ///< A12: in any letter case
bool is_http(Protocol protocol);                 ///< A14 HTTP-class
bool is_http2(Protocol protocol);
bool is_tls(Protocol protocol);
bool is_tcp(Protocol protocol);  ///< raw TCP and what is carried by it, TLS too; neither HTTP nor UDP
inline bool is_http_or_sniffed(Protocol protocol) { return is_http(protocol) || protocol == Protocol::unsupported; }

}  // namespace meshroute::match
