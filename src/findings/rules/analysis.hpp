#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisRules[] = {
    {.id = "AN0101",
     .name = "known-kind-of-meshroute",
     .severity = Severity::info,
     .layer = Layer::decode,
     .kind = "*",
     .what = "Each document has a kind that meshroute checks.",
     .why = "Documents of other kinds are not checked; their effect on traffic is not part of any answer.",
     .bad = R"(apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: shop-cert}
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
     .fix = "Check such documents with the tool of their project.",
     .source = "meshroute"},
    {.id = "AN0102",
     .name = "defined-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "A resource (kind, namespace and name) is defined once in the input.",
     .why = "A cluster keeps only the later document; which one is later depends on the order of the files.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.2}]
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
     .fix = "Remove one of the definitions.",
     .source = "meshroute: a later document replaces an earlier one"},
    {.id = "AN0103",
     .name = "mesh-config",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ConfigMap",
     .what = "The ConfigMap istio-system/istio holds a MeshConfig and MeshNetworks that can be read.",
     .why = "Its settings are not used: answers are those of a mesh with the defaults.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "accessLogFile: [/dev/stdout"
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "accessLogFile: /dev/stdout"
)",
     .fix = "Correct the text in `data.mesh` or `data.meshNetworks`.",
     .source = "Istio MeshConfig"},
    {.id = "AN0104",
     .name = "services-given",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "The Services of the Kubernetes names that rules use are part of the input.",
     .why = "Checks that need a missing Service are skipped, so mistakes in those rules go unseen.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [reviews.backend.svc.cluster.local]
  http: [{route: [{destination: {host: reviews.backend.svc.cluster.local}}]}]
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: backend}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [reviews.backend.svc.cluster.local]
  http: [{route: [{destination: {host: reviews.backend.svc.cluster.local}}]}]
)",
     .fix = "Give the manifests of the Services too.",
     .source = "meshroute"},
    {.id = "AN0105",
     .name = "mesh-config-taken",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "MeshConfig comes from the ConfigMap istio-system/istio, or from a file that is named for it.",
     .why = "Answers follow the MeshConfig of an IstioOperator or of Helm values; a cluster may have been installed with others.",
     .bad = R"(apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh, namespace: istio-system}
spec:
  meshConfig: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"
)",
     .fix = "Give the MeshConfig of the cluster if it differs.",
     .source = "meshroute: which settings apply"},
    {.id = "AN0201",
     .name = "selector-selects",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .what = "`workloadSelector` of a ServiceEntry selects a WorkloadEntry or a Pod of its own namespace.",
     .why = "The service has no endpoints: requests to it fail with 503.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders}}
)",
     .fix = "Correct the labels, or add the WorkloadEntry to the namespace of the ServiceEntry.",
     .source = "spec C15"},
    {.id = "AN0202",
     .name = "workload-is-selected",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "A WorkloadEntry is selected by a ServiceEntry or a Service of its namespace.",
     .why = "No traffic reaches the workload by its labels.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders}}
)",
     .fix = "Correct the labels, or add the service.",
     .source = "spec C15, C25"},
    {.id = "AN0203",
     .name = "workload-address",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "The `address` of a selected WorkloadEntry fits the resolution of its ServiceEntry: an IP address for STATIC.",
     .why = "The workload is no endpoint of the service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: orders-1.example.com, labels: {app: orders}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders}}
)",
     .fix = "Write an IP address, or give the ServiceEntry the resolution DNS.",
     .source = "spec C15"},
    {.id = "AN0204",
     .name = "workload-health",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "The status of a selected WorkloadEntry with health checks has the condition Healthy with the status True.",
     .why = "Until then the workload is no endpoint of the service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop, annotations: {proxy.istio.io/health-checks-enabled: "true"}}
spec: {address: 10.0.0.7, labels: {app: orders}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop, annotations: {proxy.istio.io/health-checks-enabled: "true"}}
spec: {address: 10.0.0.7, labels: {app: orders}}
status: {conditions: [{type: Healthy, status: "True"}]}
)",
     .fix = "Start the workload, or remove the annotation where no agent reports its health.",
     .source = "spec C14"},
    {.id = "AN0205",
     .name = "one-definition",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .peers = kPeers<"IST0177", "KIA1211", "KIA1212">,
     .what = "All clients that see a host see one definition of it.",
     .why = "Clients of one namespace use another definition than all others, so the same request goes to other places.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: team}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.2}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: team}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.2}]
  exportTo: ["."]
)",
     .fix = "Define the host once, or narrow `exportTo` to those who should use the definition.",
     .source = "spec D15"},
    {.id = "AN0206",
     .name = "definitions-fit",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .peers = kPeers<"IST0177", "KIA1211", "KIA1212">,
     .what = "ServiceEntries of one host in one namespace have the same resolution, labels, selector, `exportTo` and port names.",
     .why = "The first one decides: ports and endpoints that only a later one has are not served.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-1, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-2, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 81, name: http-81, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: api.internal.example.com}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-1, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-2, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 81, name: http-81, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.2}]
)",
     .fix = "Make them one ServiceEntry, or give them the same settings.",
     .source = "spec D20, B24"},
    {.id = "AN0214",
     .name = "host-has-a-dot",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "A host of a ServiceEntry that rules name has a dot.",
     .why = "In rules a name without a dot is completed with their namespace: they are for another host, and have no effect on "
            "this one.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api]
  addresses: [240.240.7.7]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api]
  http:
  - timeout: 3s
    route: [{destination: {host: api}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.internal]
  addresses: [240.240.7.7]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.internal]
  http:
  - timeout: 3s
    route: [{destination: {host: api.internal}}]
)",
     .fix = "Give the host a dot.",
     .source = "spec A1"},
    {.id = "AN0301",
     .name = "rule-has-service",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"IST0174", "KIA0202">,
     .what = "`host` of a DestinationRule is the host of a service.",
     .why = "The DestinationRule has no effect.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.exmple.com
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
)",
     .fix = "Correct the host, or add its Service or ServiceEntry.",
     .source = "spec E14"},
    {.id = "AN0302",
     .name = "subset-has-endpoints",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"IST0173", "KIA0203">,
     .what = "The labels of a subset select an endpoint of the host.",
     .why = "The subset is empty: requests to it fail with 503.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v2, labels: {version: v2}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v2, labels: {version: v2}}
)",
     .fix = "Correct the labels of the subset or of the workloads.",
     .source = "spec C30, E19"},
    {.id = "AN0307",
     .name = "tls-in-tls",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .what = "A DestinationRule originates TLS only for ports to which clients speak plain text.",
     .why = "The proxy puts TLS around the TLS of the client, and the server refuses it: the handshake fails.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.example.com]
  location: MESH_EXTERNAL
  ports: [{number: 443, name: https, protocol: HTTPS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.example.com
  trafficPolicy: {tls: {mode: SIMPLE, sni: bank.example.com}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.example.com]
  location: MESH_EXTERNAL
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.example.com
  trafficPolicy: {tls: {mode: SIMPLE, sni: bank.example.com}}
)",
     .fix = "Remove tls from the DestinationRule, or send plain HTTP to a port with protocol HTTP.",
     .source = "spec E37"},
    {.id = "AN0401",
     .name = "rule-is-reached",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0130", "IST0131">,
     .what = "A rule matches some request that no earlier rule takes.",
     .why = "No request ever meets the rule.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: v2, namespace: shop}
spec:
  hosts: [v2.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {exact: /v2}}]
    route: [{destination: {host: v2.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: v2, namespace: shop}
spec:
  hosts: [v2.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {exact: /v2}}]
    route: [{destination: {host: v2.example.com}}]
  - match: [{uri: {prefix: /}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Move the rule before the one that hides it, or remove it.",
     .source = "spec F3.1, F3.5"},
    {.id = "AN0402",
     .name = "delegate-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "The VirtualService of a `delegate` exists, has no hosts, and is exported to the namespace of the rule.",
     .why = "The rule is dropped: later rules take its requests.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /cart}}]
    delegate: {name: cart, namespace: shop}
  - route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /cart}}]
    delegate: {name: cart, namespace: shop}
  - route: [{destination: {host: api.example.com}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /cart/items}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Add the delegate, or correct its name or namespace.",
     .source = "spec F1.3"},
    {.id = "AN0403",
     .name = "delegate-fits",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .what = "The matches of a delegate lie within the match of the rule that delegates.",
     .why = "The rule of the delegate is dropped: later rules take its requests.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /cart}}]
    delegate: {name: cart, namespace: shop}
  - route: [{destination: {host: api.example.com}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /orders}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /cart}}]
    delegate: {name: cart, namespace: shop}
  - route: [{destination: {host: api.example.com}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /cart/items}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Narrow the match of the delegate.",
     .source = "spec F1.5, F1.7"},
    {.id = "AN0404",
     .name = "destination-host",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/host", "KIA1101">,
     .what = "The `host` of a destination or mirror is that of a service that the clients of the rule see.",
     .why = "Requests to the destination fail: Envoy has no such cluster (503 NC).",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: stock.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: stock, namespace: shop}
spec:
  hosts: [stock.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: stock.example.com}}]
)",
     .fix = "Correct the host, or export its service to the clients of the rule.",
     .source = "spec D18, D26"},
    {.id = "AN0405",
     .name = "destination-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/port", "IST0112">,
     .what = "The port of a destination is a port of its service; without one, the service has the port of the request.",
     .why = "Requests to the destination fail: Envoy has no such cluster (503 NC).",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 8080}}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
)",
     .fix = "Name a port of the service.",
     .source = "spec F6.1, F6.2"},
    {.id = "AN0406",
     .name = "host-owner",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0109", "KIA1106">,
     .what = "One VirtualService applies to a host, for each client and gateway.",
     .why = "Sidecars do not merge VirtualServices: the rules of the later one have no effect for the host.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-1, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-2, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-1, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com}}]}]
)",
     .fix = "Make them one VirtualService.",
     .source = "spec F1.9, F1.10"},
    {.id = "AN0407",
     .name = "short-host",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/host", "KIA1101">,
     .what = "A host without dots is the name of a service in the namespace of the rule.",
     .why = "Istio completes the name with the namespace of the rule: it names a host that does not exist.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: backend}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: reviews}}]
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: backend}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: reviews.backend.svc.cluster.local}}]
)",
     .fix = "Write the full name of the host.",
     .source = "spec A1"},
    {.id = "AN0408",
     .name = "match-is-used",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0131">,
     .what = "A match takes some request that no earlier rule takes.",
     .why = "The match never decides anything, so it misleads readers.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /items}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {exact: /items/new}}, {uri: {prefix: /orders}}]
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /items}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {prefix: /orders}}]
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Move the match before the rule that hides it, or remove it.",
     .source = "spec F3.1, F3.5"},
    {.id = "AN0409",
     .name = "destination-subset",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/subset", "KIA1107">,
     .what = "The `subset` of a destination is defined in a DestinationRule for its host.",
     .why = "Requests to the destination fail: Envoy has no such cluster (503 NC).",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v2}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v2, labels: {version: v2}}
)",
     .fix = "Define the subset, or correct its name.",
     .source = "spec E19"},
    {.id = "AN0410",
     .name = "subset-is-seen",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "VirtualService",
     .peers = kPeers<"IST0101/subset", "KIA1107">,
     .what = "All clients of a rule see the DestinationRule that defines the `subset` of its destination.",
     .why = "For the other clients the subset does not exist: their requests fail (503 NC).",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  exportTo: ["."]
  subsets:
  - {name: v2, labels: {version: v2}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, subset: v2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v2, labels: {version: v2}}
)",
     .fix = "Put the DestinationRule into the namespace of the service, and export it as far as the VirtualService.",
     .source = "spec E10-E12"}};

}  // namespace meshroute::findings
