// SPDX-License-Identifier: Apache-2.0
// Port protocols: their names, and how Istio infers them (A12-A15).

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "registry/snapshot.hpp"

namespace meshroute::registry {

namespace {

// A12: what a protocol is written as in configuration.
constexpr std::array<std::pair<std::string_view, Protocol>, 12> kProtocols{{{"tcp", Protocol::tcp},
                                                                            {"udp", Protocol::udp},
                                                                            {"grpc", Protocol::grpc},
                                                                            {"grpc-web", Protocol::grpc_web},
                                                                            {"http", Protocol::http},
                                                                            {"http_proxy", Protocol::http_proxy},
                                                                            {"http2", Protocol::http2},
                                                                            {"https", Protocol::https},
                                                                            {"tls", Protocol::tls},
                                                                            {"mongo", Protocol::mongo},
                                                                            {"redis", Protocol::redis},
                                                                            {"mysql", Protocol::mysql}}};

}  // namespace

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp:
      return "TCP";
    case Protocol::udp:
      return "UDP";
    case Protocol::grpc:
      return "GRPC";
    case Protocol::grpc_web:
      return "GRPC-Web";
    case Protocol::http:
      return "HTTP";
    case Protocol::http_proxy:
      return "HTTP_PROXY";
    case Protocol::http2:
      return "HTTP2";
    case Protocol::https:
      return "HTTPS";
    case Protocol::tls:
      return "TLS";
    case Protocol::mongo:
      return "Mongo";
    case Protocol::redis:
      return "Redis";
    case Protocol::mysql:
      return "MySQL";
    case Protocol::unsupported:
      break;
  }
  return "UnsupportedProtocol";
}

Protocol parse_protocol(std::string_view text) {
  for (const auto& [name, protocol] : kProtocols) {
    if (std::equal(name.begin(), name.end(), text.begin(), text.end(),
                   [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); })) {
      return protocol;
    }
  }
  return Protocol::unsupported;
}

bool is_http(Protocol protocol) {
  return protocol == Protocol::http || protocol == Protocol::http2 || protocol == Protocol::http_proxy ||
         protocol == Protocol::grpc || protocol == Protocol::grpc_web;
}

bool is_tls(Protocol protocol) { return protocol == Protocol::https || protocol == Protocol::tls; }

bool is_http2(Protocol protocol) {
  return protocol == Protocol::http2 || protocol == Protocol::grpc || protocol == Protocol::grpc_web;
}

}  // namespace meshroute::registry
