// SPDX-License-Identifier: Apache-2.0
// What Istio's webhook says of a PeerAuthentication.

#include "admission/common.hpp"

namespace meshroute::admission {

void validate_peer_authentication(Walk& walk, const model::PeerAuthentication& policy) {
  const bool selects = policy.selector && !policy.selector->match_labels.empty();
  {
    const Walk::Step step(walk, "portLevelMtls");
    if (policy.port_level_mtls && policy.port_level_mtls->empty()) {
      walk.error("PA0103", "port level mTLS has no element", "name a port, or leave portLevelMtls out");
    } else if (policy.port_level_mtls && !selects) {
      walk.error("PA0101", "mesh/namespace peer authentication cannot have port level mTLS");
    }
    if (policy.port_level_mtls) {
      for (const auto& [port, mtls] : *policy.port_level_mtls) {
        if (port == 0 || port > 65535) walk.error("PA0102", "port must be in range 1..65535");
      }
    }
  }
  const Walk::Step step(walk, "selector");
  check_selector(walk, policy.selector);
}

}  // namespace meshroute::admission
