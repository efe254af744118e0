#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kSharedRules[] = {
    {.id = "KX0101",
     .name = "port-number",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A port number is from 1 to 65535.",
     .why = "Istio's webhook refuses the resource, because there is no such port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{port: 70000}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{port: 7000}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write the number of the port.",
     .source = "Istio webhook"},
    {.id = "KX0102",
     .name = "duration",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A duration is at least 1ms, in whole milliseconds.",
     .why = "Istio's webhook refuses the resource, because Envoy counts in milliseconds.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - timeout: 1.0005s
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - timeout: 1.5s
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a duration of whole milliseconds.",
     .source = "Istio webhook"},
    {.id = "KX0103",
     .name = "host-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A host is a domain name, with a wildcard only where the field takes one.",
     .why = "Istio's webhook refuses the resource, because no request could be for such a host.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api_v1.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api-v1.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the name of the host.",
     .source = "Istio webhook"},
    {.id = "KX0104",
     .name = "ip-address",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "An address is an IP address, or a CIDR block where the field takes one.",
     .why = "Istio's webhook refuses the resource, because no connection could have such an address.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  addresses: [10.0.0]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  addresses: [10.0.0.1]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the address.",
     .source = "Istio webhook"},
    {.id = "KX0105",
     .name = "label-form",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "Labels have the form of Kubernetes labels.",
     .why = "Istio's webhook refuses the resource, because no workload can have such a label.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: "v 1"}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: v1}}]
)",
     .fix = "Correct the label.",
     .source = "Istio webhook"},
    {.id = "KX0106",
     .name = "selector-labels",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A selector has no empty key and no `*`, also where it is spelled `workload_selector`.",
     .why = "Selectors compare labels letter by letter. Istio's validation refuses the resource, while the API server drops a "
            "field in this spelling.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  workload_selector: {labels: {app: "api-*"}}
  egress: [{hosts: ["./*"]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  workloadSelector: {labels: {app: api}}
  egress: [{hosts: ["./*"]}]
)",
     .fix = "Write the label in full.",
     .source = "Istio webhook"},
    {.id = "KX0107",
     .name = "selector-without-labels",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A selector has labels.",
     .why = "A selector without labels selects every workload of the namespace.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {}
  rules: [{}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  rules: [{}]
)",
     .fix = "Add labels, or remove the selector.",
     .source = "Istio webhook"},
    {.id = "KX0108",
     .name = "export-to",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "`exportTo` has `.`, `*` or names of namespaces, each once; `*` and `~` stand without others.",
     .why = "Istio's webhook refuses the resource, because its visibility would be unclear.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["*", backend]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: [backend]
)",
     .fix = "Leave `*`, or the names of the namespaces.",
     .source = "Istio webhook"},
    {.id = "KX0109",
     .name = "port-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "The name of a port is a DNS label: at most 63 letters, digits and `-`.",
     .why = "Istio's webhook refuses the resource, because endpoints could not name the port.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http_api, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http-api, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the name of the port.",
     .source = "Istio webhook"},
    {.id = "KX0110",
     .name = "protocol",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "`protocol` of a port is one that Istio knows: HTTP, HTTP2, HTTP_PROXY, GRPC, GRPC-WEB, HTTPS, TLS, TCP, UDP, "
             "MONGO, REDIS or MYSQL.",
     .why = "Istio's webhook refuses the resource, because it cannot know how to read the connections.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 5432, name: sql, protocol: POSTGRES}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 5432, name: sql, protocol: TCP}]
  resolution: DNS
)",
     .fix = "Write one of the protocols; TCP fits all others.",
     .source = "Istio webhook"},
    {.id = "KX0111",
     .name = "unix-path",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A unix address is an absolute path to a file, or starts with `@`.",
     .why = "Istio's webhook refuses the resource, because Envoy could not open the socket.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: unix://run/api.sock
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  ingress:
  - port: {number: 8080, name: http, protocol: HTTP}
    defaultEndpoint: unix:///run/api.sock
)",
     .fix = "Write the path from its root.",
     .source = "Istio webhook"},
    {.id = "KX0112",
     .name = "gateway-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A gateway is named as namespace/name, or name for one of the same namespace.",
     .why = "Istio's webhook refuses the resource, because no Gateway can have such a name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge/]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge/ingress]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Write namespace/name.",
     .source = "Istio webhook"},
    {.id = "KX0113",
     .name = "legacy-gateway-name",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "*",
     .peers = kPeers<"KIA1108">,
     .what = "A gateway is not named in the old form name.namespace.",
     .why = "Istio reads the name up to the first dot as the name and the rest as the namespace; analyzers take it for a name "
            "that does not exist.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [ingress.edge]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge/ingress]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Write namespace/name.",
     .source = "Istio webhook"},
    {.id = "KX0114",
     .name = "string-match",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A string match is not empty, and its `regex` compiles in RE2 and has at most 1024 characters.",
     .why = "Istio's webhook refuses the resource, because Envoy would refuse the routes.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {regex: "/items/(?!0)[0-9]+"}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {regex: "/items/[1-9][0-9]*"}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a value, or correct the regular expression.",
     .source = "Istio webhook"},
    {.id = "KX0115",
     .name = "header-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "The name of a header is valid and may be matched or changed there.",
     .why = "Istio's webhook refuses the resource, because Envoy would refuse the routes.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - headers: {response: {set: {":status": "200"}}}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - headers: {response: {set: {x-status: "200"}}}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Correct the name; `:authority` is set by `rewrite`.",
     .source = "Istio webhook"},
    {.id = "KX0116",
     .name = "header-value",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "The value of a header is a valid format of Envoy: `%` stands before a command, and `%%` for itself.",
     .why = "Istio's webhook refuses the resource, because Envoy would refuse the routes.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - headers: {request: {set: {x-share: "50%"}}}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - headers: {request: {set: {x-share: "50%%"}}}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write `%%` for a percent sign.",
     .source = "Istio webhook"},
    {.id = "KX0117",
     .name = "connection-pool",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A connection pool has `http` or `tcp` settings, and no number in it is negative.",
     .why = "Istio's webhook refuses the resource, because it would set nothing, or nothing possible.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: -1}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 100}}
)",
     .fix = "Add settings, or write numbers of 0 or more.",
     .source = "Istio webhook"},
    {.id = "KX0118",
     .name = "destination",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A destination has a valid `host`, and a `subset` that is a DNS label.",
     .why = "Istio's webhook refuses the resource, because no cluster could have such a name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v_2}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v2}}]
)",
     .fix = "Correct the host or the subset.",
     .source = "Istio webhook"},
    {.id = "KX0119",
     .name = "weights",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "The weights of destinations are not negative, and of several one is above 0.",
     .why = "Istio's webhook refuses the resource, because no request would have a destination.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route:
    - {destination: {host: api.example.com, subset: v1}}
    - {destination: {host: api.example.com, subset: v2}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route:
    - {destination: {host: api.example.com, subset: v1}, weight: 90}
    - {destination: {host: api.example.com, subset: v2}, weight: 10}
)",
     .fix = "Write weights that add up to 100.",
     .source = "Istio webhook"},
    {.id = "KX0120",
     .name = "server-tls",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "The settings of a server's `tls` fit its `mode`: SIMPLE and MUTUAL have a certificate, MUTUAL a CA as well.",
     .why = "Istio's webhook refuses the resource, because the proxy would have no certificate to show or to check.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop-cert}
)",
     .fix = "Add the missing certificate, or change the mode.",
     .source = "Istio webhook"},
    {.id = "KX0121",
     .name = "server-tls-effect",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "Each setting of a server's `tls` has an effect in its mode.",
     .why = "The proxy does not use the setting.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: PASSTHROUGH, credentialName: shop-cert}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: PASSTHROUGH}
)",
     .fix = "Remove the setting, or change the mode.",
     .source = "Istio webhook"},
    {.id = "KX0122",
     .name = "partial-wildcard",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A wildcard stands for whole labels, as in `*.example.com`.",
     .why = "Istio's webhook refuses the resource, because its host rules match whole labels only.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: ["./*api.example.com"]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: api, namespace: shop}
spec:
  egress: [{hosts: ["./*.api.example.com"]}]
)",
     .fix = "Write `*.` and a domain.",
     .source = "Istio webhook"},
    {.id = "KX0123",
     .name = "target-reference",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A `targetRef` has a name, and a kind that policies attach to: Service, ServiceEntry, Gateway or GatewayClass.",
     .why = "Istio's webhook refuses the resource, because the policy would apply nowhere.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{group: apps, kind: Deployment, name: api}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{kind: Service, name: api}]
)",
     .fix = "Name a Service, ServiceEntry, Gateway or GatewayClass.",
     .source = "Istio webhook"},
    {.id = "KX0124",
     .name = "webhook-one-target",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A policy has only one of `selector`, `targetRef` and `targetRefs`.",
     .why = "Istio's webhook refuses the resource, because it would be unclear where the policy applies.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  targetRefs: [{kind: Service, name: api}]
  rules: [null]  # keeps the API server from its other checks, which ask for the same
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  rules: [{}]
)",
     .fix = "Remove all but one of them.",
     .source = "Istio webhook"},
    {.id = "KX0125",
     .name = "percentage",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A percentage is from 0 to 100; a fault's is 0 or at least 0.0001.",
     .why = "Istio's webhook refuses the resource, because no such share exists.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - fault: {abort: {httpStatus: 503, percentage: {value: 150}}}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - fault: {abort: {httpStatus: 503, percentage: {value: 50}}}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a percentage from 0 to 100.",
     .source = "Istio webhook"},
    {.id = "KX0126",
     .name = "reserved-annotation",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "*",
     .what = "A resource has no annotation that only Istio itself sets; `istio.io/dry-run` is a boolean and stands on an "
             "AuthorizationPolicy that allows or denies.",
     .why = "Istio's webhook refuses the resource.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, annotations: {istio.io/dry-run: "true"}}
spec:
  hosts: [api.example.com]
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
     .fix = "Remove the annotation.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
