#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisRoutingRules[] = {
    {.id = "AN0411",
     .name = "gateway-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/gateway", "IST0132", "KIA1102", "IST0165">,
     .what = "Each gateway that a VirtualService, or one of its matches, names exists.",
     .why = "Rules bound to a gateway that does not exist have no effect there.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [shop/public], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Name the gateway as namespace/name, or add it.",
     .source = "Istio: names of gateways"},
    {.id = "AN0412",
     .name = "gateway-serves-host",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0132">,
     .what = "A gateway serves a host of the VirtualServices that are bound to it, for rules of their namespace.",
     .why = "The gateway has no route for these rules: requests get 404.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [other.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Add the host to a server of the Gateway, with the namespace of the rule.",
     .source = "Istio: Gateway servers.hosts"},
    {.id = "AN0414",
     .name = "single-destination-weight",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"KIA1104">,
     .what = "A rule with a single destination gives it no weight, or 100.",
     .why = "The destination gets all requests, whatever its weight is: the rest goes nowhere else.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}, weight: 20}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}, weight: 100}]}]}
)",
     .fix = "Remove the weight, or add the other destinations.",
     .source = "spec F6"},
    {.id = "AN0415",
     .name = "destination-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"KIA1105">,
     .what = "A rule names each destination (host, subset and port) once.",
     .why = "Two shares of one destination are one share: the weights add up.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}, weight: 20},
    {destination: {host: api.example.com}, weight: 80}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Name it once, with the sum of the weights.",
     .source = "spec F6"},
    {.id = "AN0416",
     .name = "claims-need-authentication",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0149">,
     .what = "A RequestAuthentication applies to the gateways whose routes match claims of tokens.",
     .why = "Where no token is read there are no claims: the match never holds.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public],
    http: [{match: [{headers: {"@request.auth.claims.group": {exact: admin}}}], route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec: {selector: {matchLabels: {istio: ingressgateway}}, jwtRules: [{issuer: a, jwksUri: "https://a.example/keys"}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public],
    http: [{match: [{headers: {"@request.auth.claims.group": {exact: admin}}}], route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Add a RequestAuthentication that selects the gateway's proxies.",
     .source = "Istio: routing by claims"},
    {.id = "AN0417",
     .name = "gateway-routes-by-subset",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0140">,
     .what = "Where the mesh's rule for a host routes by subset, a gateway's rule that leads to the host does so too.",
     .why = "The mesh's rule is not for requests from the gateway: they go to all endpoints of the service.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web, version: v1}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: mesh, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: public, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: web}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web, version: v1}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: mesh, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: public, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: web, subset: v1}}]}]}
)",
     .fix = "Name the subset in the gateway's rule.",
     .source = "spec F1"},
    {.id = "AN0418",
     .name = "deprecated-field",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0002">,
     .what = "Fields that are on their way out are not used: `percent` of a delay, `egressProxy` of a Sidecar.",
     .why = "Istio keeps them for old configuration only, or does not read them any more.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{fault: {delay: {percent: 10, fixedDelay: 1s}},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{fault: {delay: {percentage: {value: 10}, fixedDelay: 1s}},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Use what replaced the field.",
     .source = "Istio API"},
    {.id = "AN0419",
     .name = "fault-has-percentage",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A delay and an abort say for which share of the requests they are.",
     .why = "Without `percentage` the fault is for no request at all.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{fault: {abort: {httpStatus: 503}},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{fault: {abort: {httpStatus: 503, percentage: {value: 100}}},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Add `percentage: {value: 100}`.",
     .source = "spec F6.11"},
    {.id = "AN0420",
     .name = "retries-fit-timeout",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "All tries of a request together fit into the rule's timeout.",
     .why = "The timeout is for all tries: the last of them are cut off, or never made.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{timeout: 3s, retries: {attempts: 3, perTryTimeout: 2s},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{timeout: 9s, retries: {attempts: 3, perTryTimeout: 2s},
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Make perTryTimeout shorter, or timeout longer.",
     .source = "Envoy: route timeouts"},
    {.id = "AN0421",
     .name = "match-port-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A port that a match asks for is one of the host's.",
     .why = "No listener of the port leads to these rules: the match never holds.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{port: 8080}], route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{port: 80}], route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Ask for a port that the host has.",
     .source = "spec F3.2"},
    {.id = "AN0422",
     .name = "http-rules-need-http-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A host with rules under `http` has a port for HTTP.",
     .why = "Connections to ports for TCP or TLS are not read as HTTP: the rules never apply.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: tcp-web}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: web}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: web}}]}]}
)",
     .fix = "Name the port http-…, or write the rules under `tcp` or `tls`.",
     .source = "spec A13, F2"},
    {.id = "AN0423",
     .name = "match-can-hold",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A path or regular expression of a match can match something.",
     .why = "Expressions must match the whole value, without slashes around them, and a path begins with a slash.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{uri: {regex: "/^api.*$/"}}],
    route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{uri: {regex: "/api.*"}}],
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Write the expression without slashes around it, and for a path with one in front.",
     .source = "spec F3.7"},
    {.id = "AN0424",
     .name = "header-is-a-header",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "Path, method, scheme and authority are matched by their own fields, not as headers.",
     .why = "The match asks for a header of that very name, which requests do not have.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{headers: {method: {exact: GET}}}],
    route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{method: {exact: GET}}],
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Use `uri`, `method`, `scheme` or `authority` beside `headers`.",
     .source = "spec F3.8, F3.10"},
    {.id = "AN0425",
     .name = "weights-of-100",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "The weights of a rule with several destinations add up to 100. Equal weights, sums below 10 and sums of 1000 "
             "and 10000 are fine too.",
     .why = "Istio takes weights as shares of their sum: 9 and 1 are 90 % and 10 %.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com, new.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}, weight: 9},
    {destination: {host: new.example.com}, weight: 1}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com, new.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{route: [{destination: {host: api.example.com}, weight: 99},
    {destination: {host: new.example.com}, weight: 1}]}]}
)",
     .fix = "Write weights that add up to 100.",
     .source = "spec F6.3"},
    {.id = "AN0426",
     .name = "rewrite-joins",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A `rewrite.uri` ends with a slash if the prefix that it replaces does, and only then.",
     .why = "What follows the prefix is joined to it as it is: the path gets two slashes, or one too few.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com, new.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{uri: {prefix: /api}}], rewrite: {uri: /}, route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com, new.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], http: [{match: [{uri: {prefix: /api/}}, {uri: {exact: /api}}], rewrite: {uri: /}, route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Match the prefix with its slash and the exact path without, or let the rewrite end as the prefix does.",
     .source = "spec F6.4"},
    {.id = "AN0427",
     .name = "http-needs-end-of-tls",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "A VirtualService with rules under `http` is bound to a Gateway that has a server for its hosts without TLS "
             "mode PASSTHROUGH.",
     .why = "The gateway does not read what it passes through: the rules have no effect, and without rules under `tls` it "
            "does not even listen.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: tls, protocol: TLS},
    hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 443, name: tls, protocol: TLS}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], http: [{route: [{destination: {host: api.example.com}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: tls, protocol: TLS},
    hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 443, name: tls, protocol: TLS}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], gateways: [public], tls: [{match: [{port: 443, sniHosts: [api.example.com]}],
    route: [{destination: {host: api.example.com}}]}]}
)",
     .fix = "Write the rules under `tls` with `sniHosts`, or end TLS in the Gateway.",
     .source = "Istio: TLS modes of gateways"},
};

}  // namespace meshroute::findings
