#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kGatewayRules[] = {
    {.id = "GW0101",
     .name = "gateway-resource-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "The name of a Gateway is a DNS label, without dots.",
     .why = "Istio's webhook refuses the resource, because VirtualServices could not name it.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop.example.com, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
)",
     .fix = "Rename the Gateway.",
     .source = "Istio webhook"},
    {.id = "GW0102",
     .name = "servers",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A Gateway has `servers`.",
     .why = "Istio's webhook refuses the resource, because its proxies would open no port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
)",
     .fix = "Add a server.",
     .source = "Istio webhook"},
    {.id = "GW0103",
     .name = "server-hosts",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "Each server of a Gateway has `hosts`.",
     .why = "Istio's webhook refuses the resource, because no VirtualService could bind to the server.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: []
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
)",
     .fix = "Add a host, or `*`.",
     .source = "Istio webhook"},
    {.id = "GW0104",
     .name = "server-port",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "Each server of a Gateway has a `port` with a name, and without `targetPort`.",
     .why = "Istio's webhook refuses the resource, because its proxies could not open the port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, protocol: HTTP, name: ""}
    hosts: [shop.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, protocol: HTTP, name: http}
    hosts: [shop.example.com]
)",
     .fix = "Correct the port.",
     .source = "Istio webhook"},
    {.id = "GW0105",
     .name = "server-tls-protocol",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A server has `tls` where its protocol is HTTPS or TLS, and only there.",
     .why = "Istio's webhook refuses the resource, because the port would have no certificate, or not use it.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: shop-cert}
    hosts: [shop.example.com]
)",
     .fix = "Add `tls`, or change the protocol.",
     .source = "Istio webhook"},
    {.id = "GW0106",
     .name = "server-port-names",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "The names of the ports of a Gateway's servers differ.",
     .why = "Istio's webhook refuses the resource, because routes are named after the port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: [api.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
  - port: {number: 8080, name: http-alt, protocol: HTTP}
    hosts: [api.example.com]
)",
     .fix = "Give each port a name of its own.",
     .source = "Istio webhook"},
    {.id = "GW0107",
     .name = "https-redirect",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "`tls.httpsRedirect` stands only on servers of plain HTTP.",
     .why = "The setting has no effect: a redirect answers plain requests.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: shop-cert, httpsRedirect: true}
    hosts: [shop.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: shop-cert}
    hosts: [shop.example.com]
)",
     .fix = "Move `httpsRedirect` to the server of port 80.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
