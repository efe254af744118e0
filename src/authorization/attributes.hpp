#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the access filters of a server's proxy see of a connection and, on an HTTP chain, of a request.

#include <cstdint>
#include <string_view>

#include "match/cidr.hpp"
#include "routes/asked.hpp"
#include "text/json_tree.hpp"

namespace meshroute::authorization {

/// Points into what it was made from.
struct Attributes {
  std::string_view identity;               ///< the URI name of the peer's certificate; empty without one
  std::string_view server_name;            ///< of the ClientHello, in lower case; empty without TLS
  const match::Ip* source = nullptr;       ///< the connection's peer
  const match::Ip* remote = nullptr;       ///< as X-Forwarded-For has it last, or the peer
  const match::Ip* destination = nullptr;  ///< the original destination
  std::uint32_t port = 0;                  ///< of the workload
  const routes::Asked* request = nullptr;  ///< null on a TCP chain
  const text::Json* claims = nullptr;      ///< of the token in use, delimited claims split; null without one
};

}  // namespace meshroute::authorization
