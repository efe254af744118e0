#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/inbound_answer.hpp"
#include "meshroute/request.hpp"

namespace meshroute {

struct Journey;

/// One endpoint that the request may reach, and what its proxy does.
struct JourneyHop {
  std::string cluster = {}, address = {};
  std::uint32_t port = 0;
  std::string source_ip = {};                 ///< the client's address
  std::string tls = {};                       ///< what the client's proxy speaks: "none", "simple", "mutual"
  std::string match = {};                     ///< the cluster's transport socket match; empty: it has one socket
  std::string sni = {};                       ///< the server name that it asks for; empty: none
  std::vector<std::string> server_sans = {};  ///< names of which the server's certificate must have one; empty: any
  std::string server = {};                    ///< the proxy at the address; empty: there is no sidecar
  InboundAnswer inbound = {};                 ///< what that proxy does; only where there is a server
  /// What the client gets: "arrives", "closed", an HTTP status, with Envoy's flag where the client's proxy answers itself ("503
  /// UC", "503 UF"), or "no sidecar": the endpoint's application gets the request as it is.
  std::string result = {};
  double percent = 0;  ///< of the requests that take this way
  /// Of an endpoint that is a gateway's workload: the journey of the same request from that gateway on, which decides `result`;
  /// null for others.
  std::shared_ptr<const Journey> next = {};
};

/// A JSON list of proxies, as `servers` of a journey.
Result<std::vector<Proxy>> proxies_from_json(std::string_view json);

/// A request from its client's proxy to every endpoint that may be chosen. Owns all its text.
struct Journey {
  Answer outbound = {};
  std::vector<JourneyHop> endpoints = {};
  double arrives_percent = 0;           ///< of such requests, those that reach an application
  std::vector<TraceLine> because = {};  ///< the reasons, the one that decides first

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  /// One line for each hop, the deciding reason first.
  std::string to_text(bool colour = false) const;
};

}  // namespace meshroute
