#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kVirtualServiceRules[] = {
    {.id = "VS0101",
     .name = "delegate-parts",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A VirtualService without `hosts` (a delegate) has no `gateways`, `tls` or `tcp`.",
     .why = "Istio's webhook refuses the resource: a delegate has only HTTP rules, and its root names hosts and gateways.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  gateways: [edge/ingress]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Remove the field, or add `hosts`.",
     .source = "Istio webhook"},
    {.id = "VS0102",
     .name = "claims-at-gateways",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A match on JWT claims (`@request.auth.claims`) stands only in a VirtualService of gateways.",
     .why = "Istio's webhook refuses the resource: sidecars do not read claims for routing.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: admin}}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [edge/ingress]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: admin}}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Bind the VirtualService to a gateway, or match a header.",
     .source = "Istio webhook"},
    {.id = "VS0103",
     .name = "any-host-at-gateways",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "The host `*` stands only in a VirtualService of gateways.",
     .why = "Istio's webhook refuses the resource: in the mesh it would take the requests to every service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*"]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*"]
  gateways: [edge/ingress]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Name the hosts, or bind the VirtualService to a gateway.",
     .source = "Istio webhook"},
    {.id = "VS0104",
     .name = "hosts-overlap",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "The `hosts` of a VirtualService do not overlap.",
     .why = "Istio's webhook refuses the resource, because Envoy refuses two virtual hosts for one name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com", api.example.com]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Remove the narrower host.",
     .source = "Istio webhook"},
    {.id = "VS0105",
     .name = "some-rule",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A VirtualService has a rule in `http`, `tls` or `tcp`.",
     .why = "Istio's webhook refuses the resource, because it would do nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Add a rule.",
     .source = "Istio webhook"},
    {.id = "VS0106",
     .name = "source-namespace",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`sourceNamespace` of a match is the name of a namespace.",
     .why = "Istio's webhook refuses the resource, because no client can be in such a namespace.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{sourceNamespace: "shop,web"}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{sourceNamespace: shop}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write the name of one namespace.",
     .source = "Istio webhook"},
    {.id = "VS0107",
     .name = "one-action",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A HTTP rule has one of `route`, `redirect`, `directResponse` and `delegate`, and only parts that fit it.",
     .why = "Istio's webhook refuses the resource, because a request can have one action.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - redirect: {uri: /new}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - redirect: {uri: /new}
)",
     .fix = "Remove all but one of them.",
     .source = "Istio webhook"},
    {.id = "VS0108",
     .name = "fault",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what =
         "`fault` has an `abort` or a `delay` of a supported form: a status from 200 to 600, a known gRPC status, a fixed delay.",
     .why = "Istio's webhook refuses the resource, because Envoy could not inject the fault.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - fault: {abort: {httpStatus: 99}}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - fault: {abort: {httpStatus: 503}}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a status or a delay that is supported.",
     .source = "Istio webhook"},
    {.id = "VS0109",
     .name = "cors",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`corsPolicy` has valid origins and methods, and a `maxAge` of whole seconds.",
     .why = "Istio's webhook refuses the resource, because browsers would not understand the reply.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - corsPolicy: {allowOrigins: [{exact: "https://shop.example.com"}], allowMethods: [FETCH]}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - corsPolicy: {allowOrigins: [{exact: "https://shop.example.com"}], allowMethods: [GET]}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Correct the value.",
     .source = "Istio webhook"},
    {.id = "VS0110",
     .name = "mirror",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "Each of `mirrors` has a destination, and the percentage of a mirror is from 0 to 100.",
     .why = "Istio's webhook refuses the resource, because nothing, or no such share, could be mirrored.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - mirrors: [{destination: {host: copy.example.com}, percentage: {value: 150}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - mirrors: [{destination: {host: copy.example.com}, percentage: {value: 15}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Add the destination, or correct the percentage.",
     .source = "Istio webhook"},
    {.id = "VS0111",
     .name = "direct-response",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`directResponse` has a status from 200 to 600 and a body below 1 MB.",
     .why = "Istio's webhook refuses the resource, because Envoy could not answer so.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse: {status: 99}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse: {status: 404}
)",
     .fix = "Write a valid status and a short body.",
     .source = "Istio webhook"},
    {.id = "VS0112",
     .name = "direct-response-size",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "The body of `directResponse` has at most 100 KiB.",
     .why = "Istiod sends the body to every proxy that has the rule, which costs memory and time.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse: {status: 200, body: {string: "…"}}  # 102,401 bytes in the place of …
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse: {status: 200, body: {string: "closed"}}
)",
     .fix = "Serve large bodies from a workload.",
     .source = "Istio webhook"},
    {.id = "VS0113",
     .name = "retries",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`retries` has `attempts` of 0 or more, settings only with attempts above 0, and conditions in `retryOn` that Envoy "
             "knows.",
     .why = "Istio's webhook refuses the resource, because Envoy would not retry so.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3, retryOn: "5xx,on-failure"}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3, retryOn: "5xx"}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Correct the attempts or the conditions.",
     .source = "Istio webhook"},
    {.id = "VS0114",
     .name = "mirror-percent",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`mirrorPercentage` is used in place of `mirrorPercent`.",
     .why = "`mirrorPercent` is deprecated: a later version of Istio may not read it.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - mirror: {host: copy.example.com}
    mirrorPercent: 10
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - mirror: {host: copy.example.com}
    mirrorPercentage: {value: 10}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write `mirrorPercentage: {value: N}`.",
     .source = "Istio webhook"},
    {.id = "VS0115",
     .name = "redirect",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "`redirect` changes something, has one of `uri` and `prefixRewrite`, a code of 3xx, and the scheme http or https.",
     .why = "Istio's webhook refuses the resource, because Envoy could not send such a redirect.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - redirect: {uri: /new, redirectCode: 200}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - redirect: {uri: /new, redirectCode: 302}
)",
     .fix = "Correct the redirect.",
     .source = "Istio webhook"},
    {.id = "VS0116",
     .name = "rewrite",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what =
         "`rewrite` has `uri`, `uriRegexRewrite` or `authority`, not both of the first two, and a complete regular expression.",
     .why = "Istio's webhook refuses the resource, because Envoy could not rewrite so.",
     .bad = R"yaml(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - rewrite: {uriRegexRewrite: {match: "^/v1/(.*)"}}
    route: [{destination: {host: api.example.com}}]
)yaml",
     .good = R"yaml(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - rewrite: {uriRegexRewrite: {match: "^/v1/(.*)", rewrite: "/\\1"}}
    route: [{destination: {host: api.example.com}}]
)yaml",
     .fix = "Correct the rewrite.",
     .source = "Istio webhook"},
    {.id = "VS0117",
     .name = "authority-once",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A HTTP rule sets the authority once: in `rewrite.authority` or as a request header.",
     .why = "Istio's webhook refuses the resource, because it would be unclear which one counts.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - rewrite: {authority: a.example.com}
    headers: {request: {set: {Host: b.example.com}}}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - rewrite: {authority: a.example.com}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Remove one of the two.",
     .source = "Istio webhook"},
    {.id = "VS0118",
     .name = "tls-rule",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A TLS rule has a destination, and matches with SNI hosts that lie within the `hosts` of the VirtualService.",
     .why = "Istio's webhook refuses the resource, because connections could not be told by their server name.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tls:
  - match: [{sniHosts: [web.example.com]}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tls:
  - match: [{sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Add the SNI host or the destination.",
     .source = "Istio webhook"},
    {.id = "VS0119",
     .name = "sni-address",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "An SNI host is a name, not an IP address.",
     .why = "Clients do not send addresses as server names (RFC 6066), so the match takes no connection.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [10.0.0.1, api.example.com]
  tls:
  - match: [{sniHosts: ["2001:db8::1", api.example.com]}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [10.0.0.1, api.example.com]
  tls:
  - match: [{sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write the name of the host.",
     .source = "Istio webhook"},
    {.id = "VS0120",
     .name = "tcp-rule",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .what = "A TCP rule has a destination.",
     .why = "Istio's webhook refuses the resource, because connections would have nowhere to go.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [db.example.com]
  tcp:
  - match: [{port: 5432}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [db.example.com]
  tcp:
  - match: [{port: 5432}]
    route: [{destination: {host: db.example.com}}]
)",
     .fix = "Add `route`.",
     .source = "Istio webhook"},
    {.id = "VS0121",
     .name = "unreachable-rule",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .peers = kPeers<"IST0130", "IST0131">,
     .what = "Each rule can be reached: only the last one has no `match`, and its matches are not all those of earlier rules.",
     .why = "No request ever meets the rule.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com}}]
  - match: [{uri: {prefix: /v2}}]
    route: [{destination: {host: v2.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /v2}}]
    route: [{destination: {host: v2.example.com}}]
  - route: [{destination: {host: api.example.com}}]
)",
     .fix = "Move the rule before the one that hides it, or remove it.",
     .source = "Istio webhook"},
    {.id = "VS0122",
     .name = "covered-match",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "VirtualService",
     .peers = kPeers<"IST0131">,
     .what = "A match is not covered by a match of an earlier rule.",
     .why = "No request ever meets the match.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /items}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {prefix: /items/new}}]
    route: [{destination: {host: v2.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /orders}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {prefix: /items/new}}]
    route: [{destination: {host: v2.example.com}}]
)",
     .fix = "Move the narrower match before the wider one, or remove it.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
