#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which TLS a client's proxy speaks toward an endpoint (MT20-MT23).

#include <string>
#include <vector>

#include "view/proxy_view.hpp"

namespace meshroute::view {

struct ClientTls {
  enum class Mode : std::uint8_t { none, simple, mutual } mode = Mode::none;
  std::string match;  ///< the transport socket match that the endpoint takes; empty: the cluster has one socket
  std::string sni;    ///< empty: none
  std::vector<std::string> alpn;
  std::vector<std::string> server_names;  ///< of which the server's certificate must have one; empty: any
  std::string client_certificate, ca;
};
std::string_view text_of(ClientTls::Mode mode);

/// `endpoint` null: an address that was called, which no list has.
ClientTls client_tls(const ProxyView& view, const Cluster& cluster, const LoadEndpoint* endpoint);

}  // namespace meshroute::view
