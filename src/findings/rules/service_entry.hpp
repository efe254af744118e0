#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kServiceEntryRules[] = {
    {.id = "SE0101",
     .name = "webhook-selector-or-endpoints",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry has only one of `workloadSelector` and `endpoints`, also where it is spelled `workload_selector`.",
     .why = "Its endpoints would come from two places. Istio's validation refuses the resource, while the API server drops a "
            "field in this spelling.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workload_selector: {labels: {app: api}}
  endpoints: [{address: 10.0.0.1}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
)",
     .fix = "Remove one of the two.",
     .source = "Istio webhook"},
    {.id = "SE0102",
     .name = "hosts",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "`hosts` of a ServiceEntry has at least one host, and none that is `*`.",
     .why = "Istio's webhook refuses the resource, because there would be no service to define.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .fix = "Name the hosts.",
     .source = "Istio webhook"},
    {.id = "SE0103",
     .name = "webhook-cidr-resolution",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "`addresses` of a ServiceEntry has CIDR blocks only with resolution NONE or STATIC.",
     .why = "Istio's webhook refuses the resource: a name that DNS resolves has no address blocks.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  addresses: [10.0.0.0/24]
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  addresses: [10.0.0.1]
)",
     .fix = "Change the resolution, or write single addresses.",
     .source = "Istio webhook"},
    {.id = "SE0104",
     .name = "webhook-none-without-endpoints",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution NONE has no `endpoints`.",
     .why = "Istio's webhook refuses the resource: with NONE a proxy sends to the address that the client asked for.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
  endpoints: [{address: 10.0.0.1}]
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
)",
     .fix = "Remove `endpoints`, or use resolution STATIC.",
     .source = "Istio webhook"},
    {.id = "SE0105",
     .name = "none-without-selector",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution NONE has no `workloadSelector`.",
     .why = "The selector has no effect: with NONE a proxy sends to the address that the client asked for.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
  workloadSelector: {labels: {app: api}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: api}}
)",
     .fix = "Use resolution STATIC, or remove `workloadSelector`.",
     .source = "Istio webhook"},
    {.id = "SE0106",
     .name = "dns-host",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "With resolution DNS and no `endpoints`, each host is a full domain name.",
     .why = "Istio's webhook refuses the resource, because DNS cannot resolve a wildcard.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Name the host in full, or add `endpoints`.",
     .source = "Istio webhook"},
    {.id = "SE0107",
     .name = "webhook-one-round-robin-endpoint",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution DNS_ROUND_ROBIN has at most one endpoint.",
     .why = "Istio's webhook refuses the resource: such a cluster of Envoy (logical DNS) has one name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS_ROUND_ROBIN
  endpoints: [{address: a.example.com}, {address: b.example.com}]
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: a.example.com}, {address: b.example.com}]
)",
     .fix = "Leave one endpoint, or use resolution DNS.",
     .source = "Istio webhook"},
    {.id = "SE0108",
     .name = "one-host-of-tcp-address",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "With resolution DNS, a ServiceEntry with `addresses` and a TCP port has one host.",
     .why = "TCP connections to the address cannot tell the hosts apart: they all go to one of them.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  addresses: [10.0.0.1]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com]
  addresses: [10.0.0.1]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
)",
     .fix = "Write one ServiceEntry for each host.",
     .source = "Istio webhook"},
    {.id = "SE0109",
     .name = "dynamic-dns",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution DYNAMIC_DNS has only wildcard hosts and HTTP or TLS ports, and no `addresses` and "
             "`endpoints`.",
     .why = "Istio's webhook refuses the resource: the proxy learns the name to resolve only from the request.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DYNAMIC_DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DYNAMIC_DNS
)",
     .fix = "Use a wildcard host and an HTTP or TLS port, or another resolution.",
     .source = "Istio webhook"},
    {.id = "SE0111",
     .name = "whole-label-wildcard",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "The wildcard of a host stands for whole labels, as in `*.example.com`.",
     .why = "Envoy knows such wildcards, but Istio's host rules do not: no VirtualService or DestinationRule matches the host as "
            "meant.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*api.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.api.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .fix = "Write `*.` and a domain.",
     .source = "Istio webhook"},
    {.id = "SE0112",
     .name = "port-once",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "The ports of a ServiceEntry differ in name and number.",
     .why = "Istio's webhook refuses the resource, because a port of the service would be ambiguous.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 80, name: tcp, protocol: TCP}
  resolution: DNS
  subjectAltNames: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 81, name: tcp, protocol: TCP}
  resolution: DNS
)",
     .fix = "Give each port its own name and number.",
     .source = "Istio webhook"},
    {.id = "SE0113",
     .name = "tcp-address",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .peers = kPeers<"IST0134">,
     .what = "A TCP port of a ServiceEntry comes with `addresses`, given or allocated.",
     .why = "Without an address the proxy opens the port for every address: all connections to that port go to this service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop, labels: {networking.istio.io/enable-autoallocate-ip: "false"}}
spec:
  hosts: [db.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop, labels: {networking.istio.io/enable-autoallocate-ip: "false"}}
spec:
  hosts: [db.example.com]
  addresses: [10.0.0.5]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
)",
     .fix = "Add `addresses`, or let Istio allocate one: remove the label networking.istio.io/enable-autoallocate-ip.",
     .source = "Istio webhook"},
    {.id = "SE0114",
     .name = "hosts-need-names",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with several hosts has only HTTP and TLS ports.",
     .why = "Istio's webhook refuses the resource: plain TCP cannot tell the hosts apart.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
)",
     .fix = "Write one ServiceEntry for each host.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
