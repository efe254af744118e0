#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisProxiesRules[] = {
    {.id = "AN1101",
     .name = "envoy-takes-table",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .what = "Envoy takes the route tables that Istio makes of the services that a proxy sees.",
     .why = "A running proxy keeps the routes that it had for the port, a new one gets none.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: shop}
spec:
  hosts: ["*.shop.svc.cluster.local"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: shop}
spec:
  hosts: ["*.shop.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .fix = "Name the hosts one by one, or export the ServiceEntry to other namespaces only.",
     .source = "Envoy: route tables have one domain `*`"},
    {.id = "AN1102",
     .name = "envoy-takes-listener",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .what = "Envoy takes the listeners that Istio makes of the servers of a proxy's Gateways.",
     .why = "A running proxy keeps the listener that it had for the port, a new one gets none: no host of the port is served.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: edge}
  servers:
  - port: {number: 443, name: https-a, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: a}
    hosts: [a.example.com]
  - port: {number: 443, name: https-b, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: b}
    hosts: [A.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: edge}
  servers:
  - port: {number: 443, name: tls-a, protocol: TLS}
    tls: {mode: PASSTHROUGH}
    hosts: [a.example.com]
  - port: {number: 443, name: tls-b, protocol: TLS}
    tls: {mode: PASSTHROUGH}
    hosts: [b.example.com]
---
apiVersion: v1
kind: Pod
metadata: {name: edge-1, namespace: shop, labels: {istio: edge}}
spec: {containers: [{name: istio-proxy}]}
)",
     .fix = "Let one server have each name of the port.",
     .source = "spec GW27"},
};

}  // namespace meshroute::findings
