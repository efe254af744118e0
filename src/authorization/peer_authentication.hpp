#pragma once

// SPDX-License-Identifier: Apache-2.0
// The mutual TLS modes of a workload's ports (MT1-MT6).

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "authorization/policies.hpp"

namespace meshroute::authorization {

using Mode = model::PeerAuthentication::MutualTLS::Mode;

/// The policy of each level that counts for a workload (MT1); null: none.
struct PeerLevels {
  const Resource* mesh = nullptr;
  const Resource* namespace_ = nullptr;
  const Resource* workload = nullptr;

  /// Takes a policy of the root namespace, or one of the workload's that selects it, where it counts before the one of its level
  /// (MT5). One of the root namespace that has a selector counts nowhere, not for its own workloads either (MT3).
  void add(const Resource& policy, std::string_view root_namespace);
  /// Of a port; 0: of the workload without port levels (MT2, MT4).
  Mode of(std::uint32_t port) const;
  /// The policy that sets the mode of a port; null: it is the default.
  const Resource* source(std::uint32_t port) const;
};

struct PeerModes : PeerLevels {
  /// That select the workload: its namespace's first, of one level the oldest first.
  std::vector<const Resource*> policies;
  /// Without port levels.
  Mode mode = Mode::PERMISSIVE;
  /// Port levels that count.
  std::map<std::uint32_t, Mode> ports;
};

/// Whether the PeerAuthentication has labels to select by; without them it is for its whole namespace.
bool selects(const Resource& policy);

PeerModes peer_modes(const registry::Base& base, const Workload& workload);
/// "STRICT", ...
std::string_view text_of(Mode mode);

}  // namespace meshroute::authorization
