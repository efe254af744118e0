#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kSidecarRules[] = {
    {.id = "SD0101",
     .name = "sidecar-empty",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "A Sidecar has `egress`, `ingress`, `outboundTrafficPolicy` or `inboundConnectionPool`.",
     .why = "Istio's webhook refuses the resource, because it would change nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  workloadSelector: {labels: {app: api}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  workloadSelector: {labels: {app: api}}
  egress: [{hosts: ["./*"]}]
)",
     .fix = "Add a listener or a policy.",
     .source = "Istio webhook"},
    {.id = "SD0102",
     .name = "egress-without-port-last",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "Only the last egress listener has no `port`.",
     .why = "Istio's webhook refuses the resource: a listener without a port takes all that the others leave.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress:
  - hosts: ["./*"]
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: ["backend/*"]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: ["backend/*"]
  - hosts: ["./*"]
)",
     .fix = "Move the listener to the end.",
     .source = "Istio webhook"},
    {.id = "SD0103",
     .name = "ingress-ports",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "Each ingress listener has a `port` of its own, without `targetPort`.",
     .why = "Istio's webhook refuses the resource, because two listeners cannot share a port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: 127.0.0.1:8080
  - port: {number: 8080, name: admin, protocol: HTTP}
    defaultEndpoint: 127.0.0.1:8081
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: 127.0.0.1:8080
  - port: {number: 8081, name: admin, protocol: HTTP}
    defaultEndpoint: 127.0.0.1:8081
)",
     .fix = "Change the number of the port.",
     .source = "Istio webhook"},
    {.id = "SD0104",
     .name = "default-endpoint",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "`defaultEndpoint` is 127.0.0.1, 0.0.0.0, [::1] or [::] with a port, or a unix socket.",
     .why = "Istio's webhook refuses the resource: a sidecar forwards to its own workload only.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: 10.0.0.1:8080
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: 127.0.0.1:8080
)",
     .fix = "Write 127.0.0.1 and the port.",
     .source = "Istio webhook"},
    {.id = "SD0105",
     .name = "ingress-tls",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "`tls` of an ingress listener stands on a port of HTTPS or TLS, and has only certificates from files.",
     .why = "Istio's webhook refuses the resource: a sidecar does not fetch certificates for its own ports.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8443, name: https, protocol: HTTPS}
    defaultEndpoint: 127.0.0.1:8080
    tls: {mode: SIMPLE, credentialName: api-cert}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8443, name: https, protocol: HTTPS}
    defaultEndpoint: 127.0.0.1:8080
    tls: {mode: SIMPLE, serverCertificate: /etc/certs/cert.pem, privateKey: /etc/certs/key.pem}
)",
     .fix = "Use certificates from files.",
     .source = "Istio webhook"},
    {.id = "SD0106",
     .name = "http-pool-of-tcp",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "`connectionPool.http` of an ingress listener stands on a port of HTTP.",
     .why = "The proxy does not use the HTTP settings there.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 5432, name: tcp, protocol: TCP}
    defaultEndpoint: 127.0.0.1:5432
    connectionPool: {http: {http1MaxPendingRequests: 10}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 5432, name: tcp, protocol: TCP}
    defaultEndpoint: 127.0.0.1:5432
    connectionPool: {tcp: {maxConnections: 10}}
)",
     .fix = "Set the protocol of the port to HTTP, or remove the settings.",
     .source = "Istio webhook"},
    {.id = "SD0107",
     .name = "egress-ports",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "Egress listeners differ in port or socket; a port of number 0 comes with `bind` to a unix socket.",
     .why = "Istio's webhook refuses the resource, because two listeners cannot share a port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress:
  - {port: {number: 8080, name: http, protocol: HTTP}, hosts: ["./*"]}
  - {port: {number: 8080, name: tcp, protocol: TCP}, hosts: ["backend/*"]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress:
  - {port: {number: 8080, name: http, protocol: HTTP}, hosts: ["./*"]}
  - {port: {number: 8081, name: tcp, protocol: TCP}, hosts: ["backend/*"]}
)",
     .fix = "Change the port or the socket.",
     .source = "Istio webhook"},
    {.id = "SD0108",
     .name = "egress-hosts",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "Each egress listener has `hosts`.",
     .why = "Istio's webhook refuses the resource, because the listener would import nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: []}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: ["./*"]}]
)",
     .fix = "Add a host such as `./*`.",
     .source = "Istio webhook"},
    {.id = "SD0109",
     .name = "egress-hosts-once",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "The hosts of an egress listener do not repeat each other.",
     .why = "The second one has no effect.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: ["./*", ./api.shop.svc.cluster.local]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: ["./*"]}]
)",
     .fix = "Remove the narrower host.",
     .source = "Istio webhook"},
    {.id = "SD0110",
     .name = "outbound-policy",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Sidecar",
     .what = "`outboundTrafficPolicy` has a mode that Sidecars take, and `egressProxy` only with ALLOW_ANY and with a port.",
     .why = "Istio's webhook refuses the resource, because the policy would not be applied.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: REGISTRY_ONLY, egressProxy: {host: proxy.example.com, port: {number: 3128}}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: proxy.example.com, port: {number: 3128}}}
)",
     .fix = "Correct the mode or the port.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
