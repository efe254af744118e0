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

struct PeerModes {
  std::vector<const Resource*> policies;  ///< that select the workload: its namespace's first, of one level the oldest first
  const Resource* mesh = nullptr;         ///< the policy of each level that counts; null: none
  const Resource* namespace_ = nullptr;
  const Resource* workload = nullptr;
  Mode mode = Mode::PERMISSIVE;
  std::map<std::uint32_t, Mode> ports;  ///< port levels that count

  Mode of(std::uint32_t port) const {
    const auto found = ports.find(port);
    return found == ports.end() ? mode : found->second;
  }
  /// The policy that sets the mode of a port; null: it is the default.
  const Resource* source(std::uint32_t port) const;
};

PeerModes peer_modes(const registry::Base& base, const Workload& workload);
std::string_view text_of(Mode mode);  ///< "STRICT", ...

}  // namespace meshroute::authorization
