#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kPeerAuthenticationRules[] = {
    {.id = "PA0101",
     .name = "port-mtls-needs-selector",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what =
         "A PeerAuthentication with `portLevelMtls`, also where it is spelled `port_level_mtls`, has a `selector` with labels.",
     .why = "Ports have modes of their own only for chosen workloads. Istio's validation refuses the resource, while the API "
            "server drops a field in this spelling.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  mtls: {mode: STRICT}
  port_level_mtls: {8080: {mode: DISABLE}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  mtls: {mode: STRICT}
  portLevelMtls: {8080: {mode: DISABLE}}
)",
     .fix = "Add a selector, or remove `portLevelMtls`.",
     .source = "Istio webhook"},
    {.id = "PA0102",
     .name = "port-mtls-number",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what = "Each key of `portLevelMtls`, also where it is spelled `port_level_mtls`, is a number from 1 to 65535.",
     .why =
         "There is no such port. Istio's validation refuses the resource, while the API server drops a field in this spelling.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  port_level_mtls: {70000: {mode: STRICT}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  portLevelMtls: {7000: {mode: STRICT}}
)",
     .fix = "Write the number of the port.",
     .source = "Istio webhook"},
    {.id = "PA0103",
     .name = "port-mtls-empty",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "PeerAuthentication",
     .what = "`portLevelMtls`, also where it is spelled `port_level_mtls`, names at least one port.",
     .why =
         "The field means nothing. Istio's validation refuses the resource, while the API server drops a field in this spelling.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  port_level_mtls: {}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  portLevelMtls: {8080: {mode: STRICT}}
)",
     .fix = "Name a port, or remove `portLevelMtls`.",
     .source = "istio.io/istio pkg/config/validation, PeerAuthentication"},
};

}  // namespace meshroute::findings
