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

/// Whether a JourneyHop's or ReachWay's `result` says that an application gets the request.
inline bool reaches_application(std::string_view result) { return result == "arrives" || result == "no sidecar"; }

/// One endpoint that the request may reach, and what its proxy does.
struct JourneyHop {
  std::string cluster = {}, address = {};
  std::uint32_t port = 0;
  /// The client's address.
  std::string source_ip = {};
  /// What the client's proxy speaks: "none", "simple", "mutual".
  std::string tls = {};
  /// The cluster's transport socket match; empty: it has one socket.
  std::string match = {};
  /// The server name that it asks for; empty: none.
  std::string sni = {};
  /// Names of which the server's certificate must have one; empty: any.
  std::vector<std::string> server_sans = {};
  /// The proxy at the address, by its id, or the address where it has none; empty: there is no sidecar.
  std::string server = {};
  /// What that proxy does; only where there is a server.
  InboundAnswer inbound = {};
  /// What the client gets: "arrives", "closed", an HTTP status, with Envoy's flag where the client's proxy answers itself ("503
  /// UC", "503 UF"), or "no sidecar": the endpoint's application gets the request as it is.
  std::string result = {};
  /// Of the requests that take this way.
  double percent = 0;
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
  /// Of such requests, those that reach an application.
  double arrives_percent = 0;
  /// The reasons, the one that decides first.
  std::vector<TraceLine> because = {};

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  /// One line for each hop, the deciding reason first; `explain`: all reasons, and those of the client's proxy.
  std::string to_text(bool colour = false, bool explain = false) const;
};

}  // namespace meshroute
