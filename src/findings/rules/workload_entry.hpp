#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kWorkloadEntryRules[] = {
    {.id = "WE0101",
     .name = "endpoint-address",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint has an `address` or a `network`.",
     .why = "Istio's webhook refuses the resource, because nothing could be reached there.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{labels: {version: v1}}]
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v1}}]
)",
     .fix = "Add the address of the endpoint.",
     .source = "Istio webhook"},
    {.id = "WE0102",
     .name = "address-of-network",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint has an `address`.",
     .why = "Only proxies outside its network reach the endpoint, through the gateway of the network.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  network: remote
  labels: {app: api}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: 10.0.0.1
  network: remote
  labels: {app: api}
)",
     .fix = "Add the address of the endpoint.",
     .source = "Istio webhook"},
    {.id = "WE0103",
     .name = "address-form",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "The `address` of an endpoint is an IP address, or a domain name where DNS resolves it.",
     .why = "Istio's webhook refuses the resource: with resolution STATIC nothing resolves a name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: api-1.example.com}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: api-1.example.com}]
)",
     .fix = "Write an IP address, or use resolution DNS.",
     .source = "Istio webhook"},
    {.id = "WE0104",
     .name = "endpoint-port",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "Each key of an endpoint's `ports` is the name of a port of the ServiceEntry.",
     .why = "Istio's webhook refuses the resource, because the port belongs to no port of the service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, ports: {web: 8080}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, ports: {http: 8080}}]
)",
     .fix = "Use the name of one of the ports.",
     .source = "Istio webhook"},
    {.id = "WE0105",
     .name = "webhook-unix-without-ports",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint whose address starts with `unix://` has no `ports`.",
     .why = "Istio's webhook refuses the resource: a socket has no port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: unix:///run/api.sock, ports: {http: 8080}}]
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: unix:///run/api.sock}]
)",
     .fix = "Remove `ports`.",
     .source = "Istio webhook"},
    {.id = "WE0106",
     .name = "unix-one-port",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "A ServiceEntry with an endpoint at `unix://` has exactly one port.",
     .why = "Istio's webhook refuses the resource: the socket cannot tell ports apart.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 81, name: admin, protocol: HTTP}
  resolution: STATIC
  endpoints: [{address: unix:///run/api.sock}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  resolution: STATIC
  endpoints: [{address: unix:///run/api.sock}]
)",
     .fix = "Leave one port, or write one ServiceEntry for each.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
