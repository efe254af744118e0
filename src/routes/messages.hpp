#pragma once

// SPDX-License-Identifier: Apache-2.0
// What leaves: the request for the cluster, or Envoy's own reply.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routes/asked.hpp"
#include "routes/compiled.hpp"

namespace meshroute::routes {

/// Whose header operations apply to a response.
struct Levels {
  const Destination* destination;
  const Route* route;
  const VirtualHost* host;
  const Table* table;
  /// Those of the route, the virtual host and the table; a destination's own come before.
  std::array<const Mutations*, 3> in_order() const {
    if (table->most_specific_wins) return {&table->mutations, &host->mutations, &route->mutations};
    return {&route->mutations, &host->mutations, &table->mutations};
  }
};

/// What header values can refer to besides the request's headers; empty where it is not known.
struct FormatValues {
  std::string_view route = {};       ///< its name
  std::string_view cluster = {};     ///< the one that the request goes to
  const Request* request = nullptr;  ///< of the connection
};

/// A header to add whose value needs what the request does not say of its connection; null without one.
const HeaderAdd* unknown_value(const HeaderOperations& operations, const Request& request);

/// envoy.md 26.
void apply(const HeaderOperations& operations, Headers& headers, const Headers& request, const FormatValues& values);

/// A gRPC request's own timeout is held to the route's and to that of one try (milliseconds; 0: no cap).
void cap_grpc_timeout(std::int64_t most, std::int64_t per_try, Headers& headers);

/// The whole path, by a format string.
Text rewritten_whole(const PathRewrite& rewrite, const Headers& headers, const FormatValues& values);

/// envoy.md 21, 22; nothing where the path stays.
std::optional<Text> rewritten(const PathRewrite& rewrite, const Route& route, const Text& path);

/// What Envoy answers itself: the route's mutations, then the framing of its body (envoy.md 29, 32, 39a). `levels` may be null.
void reply(Answer& answer, const Asked& asked, const Levels* levels, std::uint32_t status, std::string_view flags,
           std::string_view body, bool has_body, std::string_view location = {},
           std::optional<std::uint32_t> grpc = std::nullopt);

/// A redirect's Location (envoy.md 30, 31).
Text location_of(const Redirect& redirect, const Route& route, const Asked& asked);

/// The request that leaves, compared with the one that came.
void fill_upstream(Answer& answer, const Request& request, const Asked& asked, Headers& headers, std::string_view path,
                   std::string_view host);

}  // namespace meshroute::routes
