#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's ClusterLoadAssignment (config/endpoint/v3) as plain structs.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshroute::envoy {

struct Address {
  enum class Kind : std::uint8_t { socket, pipe, listener } kind = Kind::socket;
  std::string text;        ///< an IP address or a DNS name; a path; the name of an internal listener
  std::uint32_t port = 0;  ///< of a socket
  bool operator==(const Address&) const = default;
};

struct LbEndpoint {
  Address address;
  enum class Health : std::uint8_t { unknown, healthy, unhealthy, draining } health = Health::unknown;
  std::uint32_t weight = 1;
  bool tls_mode = false;  ///< metadata: it takes the mesh's mutual TLS
  bool operator==(const LbEndpoint&) const = default;
};

struct LocalityEndpoints {
  std::string region, zone, sub_zone;
  std::uint32_t priority = 0, weight = 0;  ///< weight 0: not said
  std::vector<LbEndpoint> endpoints;
  bool operator==(const LocalityEndpoints&) const = default;
};

struct ClusterLoadAssignment {
  std::string cluster_name;
  std::vector<LocalityEndpoints> endpoints;
  bool operator==(const ClusterLoadAssignment&) const = default;
};

}  // namespace meshroute::envoy
