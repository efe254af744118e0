#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kPeerAuthenticationRules[] = {
    {.id = "PA0101",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what = "Port level mTLS needs a selector.",
     .source = "Istio webhook"},
    {.id = "PA0102",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what = "A port is in 1..65535.",
     .source = "Istio webhook"},
    {.id = "PA0103",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what = "portLevelMtls names a port where it is there.",
     .source = "istio.io/istio pkg/config/validation, PeerAuthentication"},
};

}  // namespace meshroute::findings
