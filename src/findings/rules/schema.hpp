#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kSchemaRules[] = {
    {.id = "SC0101",
     .name = "required-field",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A field that the CRD requires is present.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
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
     .fix = "Add the field.",
     .source = "Istio CRDs"},
    {.id = "SC0102",
     .name = "schema-type",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A value has the type that the CRD gives its field.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com}, weight: "100"}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com}, weight: 100}]
)",
     .fix = "Write the value in the type of the field.",
     .source = "Istio CRDs"},
    {.id = "SC0103",
     .name = "listed-value",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A value is one of those that the CRD lists for its field.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
status:
  validationMessages: [{level: FATAL}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
status:
  validationMessages: [{level: ERROR}]
)",
     .fix = "Write one of the values that the CRD lists.",
     .source = "Istio CRDs"},
    {.id = "SC0104",
     .name = "number-bounds",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A number is within the bounds that the CRD gives its field.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {periodSeconds: -5, httpGet: {port: 8080}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {periodSeconds: 5, httpGet: {port: 8080}}
)",
     .fix = "Write a number within the bounds.",
     .source = "Istio CRDs"},
    {.id = "SC0105",
     .name = "text-length",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A text is as long as the CRD allows.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{kind: Service, name: ""}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{kind: Service, name: api}]
)",
     .fix = "Write a text of that length.",
     .source = "Istio CRDs"},
    {.id = "SC0106",
     .name = "entry-count",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A list or map has as many entries as the CRD allows.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: []
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
     .fix = "Change the number of entries.",
     .source = "Istio CRDs"},
    {.id = "SC0107",
     .name = "text-pattern",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A text matches the pattern that the CRD gives its field.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{kind: "Service!", name: api}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{kind: Service, name: api}]
)",
     .fix = "Write a text that matches the pattern.",
     .source = "Istio CRDs"},
    {.id = "SC0108",
     .name = "list-key",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "The items of a list differ in the field that is their key, such as the name of a port.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 8080, name: http, protocol: HTTP}
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 8080, name: http-alt, protocol: HTTP}
  resolution: DNS
)",
     .fix = "Give each item a key of its own.",
     .source = "Istio CRDs"},
    {.id = "SC0109",
     .name = "one-of",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "At most one member of a choice is set, such as `exact`, `prefix` and `regex` of a match.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {exact: /a, prefix: /b}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /b}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Remove all but one of the members.",
     .source = "Istio CRDs"},
    {.id = "SC0110",
     .name = "null-item",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A list has no item that is null.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts:
  - api.example.com
  -
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts:
  - api.example.com
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Remove the empty item, or write its value.",
     .source = "Istio CRDs"},
    {.id = "SC0111",
     .name = "served-version",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what =
         "`apiVersion` has a version that the CRD serves: `v1`, `v1beta1`, and `v1alpha3` for the kinds of networking.istio.io.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v2
kind: ServiceEntry
metadata: {name: api, namespace: shop}
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
     .fix = "Write the version v1.",
     .source = "Istio CRDs"},
    {.id = "SC0112",
     .name = "text-format",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A text has the format that the CRD gives its field, such as base64 or a time.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
status:
  conditions: [{type: Ready, status: "True", lastProbeTime: today}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
status:
  conditions: [{type: Ready, status: "True", lastProbeTime: "2026-01-02T15:04:05Z"}]
)",
     .fix = "Write the text in that format.",
     .source = "Istio CRDs"},
    {.id = "SC0201",
     .name = "address-or-network",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A workload has an `address` or a `network`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  labels: {app: api}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: 10.0.0.1
  labels: {app: api}
)",
     .fix = "Add the address of the workload.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0202",
     .name = "cidr-resolution",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "`addresses` of a ServiceEntry has CIDR blocks only with resolution NONE or STATIC.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  addresses: [10.0.0.0/24]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  addresses: [10.0.0.0/24]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .fix = "Change the resolution, or write single addresses.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0203",
     .name = "credential-name-or-names",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "`tls` has only one of `credentialName` and `credentialNames`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop, credentialNames: [shop]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
)",
     .fix = "Remove one of the two.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0204",
     .name = "credential-names-or-certificates",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "`tls` has only one of `credentialNames` and `tlsCertificates`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialNames: [shop], tlsCertificates: [{serverCertificate: /a.pem, privateKey: /a.key}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: api, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialNames: [shop]}
)",
     .fix = "Remove one of the two.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0205",
     .name = "duration-minimum",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A duration is valid and at least 1ms.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3, perTryTimeout: 0s}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3, perTryTimeout: 2s}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a duration of 1ms or more.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0206",
     .name = "any-host",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "A host of a ServiceEntry is not `*`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
)",
     .fix = "Name the hosts, or use a wildcard of a domain.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0207",
     .name = "endpoint-port-name",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "Each key of an endpoint's `ports` is the name of a port: fewer than 63 letters, digits and `-`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: 10.0.0.1
  ports: {my_port: 8080}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: 10.0.0.1
  ports: {http: 8080}
)",
     .fix = "Correct the name of the port.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0208",
     .name = "mtls-port-number",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "PeerAuthentication",
     .what = "Each key of `portLevelMtls` is a number from 1 to 65535.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  portLevelMtls: {0: {mode: STRICT}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  portLevelMtls: {8080: {mode: STRICT}}
)",
     .fix = "Write the number of the port.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0209",
     .name = "selector-key",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A key of a selector's labels is not empty.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {"": api}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
)",
     .fix = "Name the label, or remove the entry.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0210",
     .name = "selector-key-wildcard",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A key of a selector's labels has no `*`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {"app*": api}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
)",
     .fix = "Name the label in full: selectors know no wildcards.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0211",
     .name = "target-namespace",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "AuthorizationPolicy",
     .what = "`targetRef` and `targetRefs` name no other namespace.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: ingress, namespace: edge}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: ingress}]
)",
     .fix = "Remove `namespace`: a policy applies to objects of its own namespace.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0212",
     .name = "none-without-endpoints",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution NONE has no `endpoints`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
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
     .fix = "Remove `endpoints`, or use resolution STATIC.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0213",
     .name = "one-target",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "AuthorizationPolicy",
     .what = "A policy has only one of `selector`, `targetRef` and `targetRefs`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  targetRefs: [{kind: Service, name: api}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
)",
     .fix = "Remove all but one of them.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0214",
     .name = "port-mtls-selector",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "PeerAuthentication",
     .what = "A PeerAuthentication with `portLevelMtls` has a `selector` with labels.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: api, namespace: shop}
spec:
  mtls: {mode: STRICT}
  portLevelMtls: {8080: {mode: DISABLE}}
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
     .source = "Istio CRDs, CEL"},
    {.id = "SC0215",
     .name = "port-range",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A port is a number from 1 to 65535.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 70000, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 7000, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Write the number of the port.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0216",
     .name = "port-number-once",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "The ports of a ServiceEntry differ in their numbers.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 80, name: tcp, protocol: TCP}
  resolution: DNS
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
     .fix = "Remove one of the ports, or change its number.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0217",
     .name = "probe-scheme",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "WorkloadGroup",
     .what = "`httpGet.scheme` of a probe is HTTP or HTTPS.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {httpGet: {port: 8080, scheme: https}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {httpGet: {port: 8080, scheme: HTTPS}}
)",
     .fix = "Write HTTP or HTTPS.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0218",
     .name = "one-round-robin-endpoint",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution DNS_ROUND_ROBIN has at most one endpoint.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS_ROUND_ROBIN
  endpoints: [{address: a.example.com}, {address: b.example.com}]
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
     .source = "Istio CRDs, CEL"},
    {.id = "SC0219",
     .name = "service-accounts-alone",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "AuthorizationPolicy",
     .what = "A source with `serviceAccounts` has no `namespaces` and no `principals`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {serviceAccounts: [web], namespaces: [shop]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {serviceAccounts: [shop/web]}}]}]
)",
     .fix = "Put the namespace into `serviceAccounts` as namespace/name.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0221",
     .name = "unix-address",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "An address that starts with `unix://` has an absolute path, or `@` and the name of an abstract socket.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix://run/api.sock
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix:///run/api.sock
)",
     .fix = "Write the path from its root.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0222",
     .name = "unix-file",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "An address that starts with `unix://` does not end in `/`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix:///run/
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix:///run/api.sock
)",
     .fix = "Write the path of the socket, not of its folder.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0223",
     .name = "unix-without-ports",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "An endpoint whose address starts with `unix://` has no `ports`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix:///run/api.sock
  ports: {http: 8080}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: shop}
spec:
  address: unix:///run/api.sock
)",
     .fix = "Remove `ports`.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0224",
     .name = "selector-value-wildcard",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "A value of a selector's labels has no `*`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: "api-*"}}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
)",
     .fix = "Write the value in full: selectors know no wildcards.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0225",
     .name = "selector-or-endpoints",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry has only one of `workloadSelector` and `endpoints`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: api}}
  endpoints: [{address: 10.0.0.1}]
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
     .fix = "Remove one of the two.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0226",
     .name = "keys-or-address",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "RequestAuthentication",
     .what = "A rule of `jwtRules` has only one of `jwks` and `jwksUri`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwks: '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'
    jwksUri: https://issuer.example.com/keys
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwksUri: https://issuer.example.com/keys
)",
     .fix = "Remove one of the two.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0227",
     .name = "keys-address-scheme",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "*",
     .what = "`jwksUri` is a URL of http or https, and the `url` of a WasmPlugin one of http, https, file or oci.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwksUri: ftp://issuer.example.com/keys
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwksUri: https://issuer.example.com/keys
)",
     .fix = "Start the URL with https://.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0228",
     .name = "wasm-variable-source",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "WasmPlugin",
     .what = "A variable of `vmConfig.env` has a `value` only where `valueFrom` is not HOST.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  vmConfig:
    env: [{name: ZONE, valueFrom: HOST, value: eu}]
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  vmConfig:
    env: [{name: ZONE, valueFrom: HOST}]
)",
     .fix = "Remove `value` or `valueFrom`.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0229",
     .name = "tag-value",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "Telemetry",
     .what = "A tag override with operation UPSERT has a `value`, and one with REMOVE has none.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tagOverrides:
        host: {operation: REMOVE, value: request.host}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tagOverrides:
        host: {operation: REMOVE}
)",
     .fix = "Write the value of a tag that is set, or remove that of one that is removed.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0230",
     .name = "waypoint-context",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "EnvoyFilter",
     .what = "A match has `waypoint` if its `context` is WAYPOINT, and only then.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: ANY, waypoint: {portNumber: 80}}
    patch: {operation: REMOVE}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: WAYPOINT, waypoint: {portNumber: 80}}
    patch: {operation: REMOVE}
)",
     .fix = "Write the context WAYPOINT beside `waypoint`.",
     .source = "Istio CRDs, CEL"},
    {.id = "SC0231",
     .name = "selector-matches-template",
     .severity = Severity::error,
     .layer = Layer::schema,
     .kind = "Deployment",
     .what = "`spec.selector.matchLabels` of a Deployment, StatefulSet, DaemonSet, ReplicaSet or Rollout are labels of its "
             "template.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: carts}}
  template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}
)",
     .good = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}
)",
     .fix = "Write the labels of the selector in the template.",
     .source = "Kubernetes: validation of workloads"},
};

}  // namespace meshroute::findings
