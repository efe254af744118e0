#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisEntriesRules[] = {
    {.id = "AN0106",
     .name = "inputs-given",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "What selectors, gateways, policies and exportTo name is part of the input: workloads, gateway proxies, namespaces, "
             "Secrets.",
     .why = "Checks that need what is missing are skipped, so mistakes there go unseen.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: [./*]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: [./*]}]}
)",
     .fix = "Give the manifests of the workloads, namespaces or Secrets too.",
     .source = "meshroute"},
    {.id = "AN0207",
     .name = "tcp-entry-address",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .peers = kPeers<"IST0134">,
     .what = "A ServiceEntry with a TCP port has `addresses`, given or allocated.",
     .why = "TCP connections are told apart by address only: without one, all connections to the port go to one of the services "
            "that have it.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}], addresses: [10.9.0.5]}
)",
     .fix = "Add `addresses`, or let Istio allocate them.",
     .source = "spec D21, B10-B14"},
    {.id = "AN0208",
     .name = "entry-protocols-agree",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .peers = kPeers<"IST0177", "KIA1212">,
     .what = "ServiceEntries that a client sees together give a host and port one protocol.",
     .why = "The protocol of one of them holds for both: clients of the other get the wrong filters.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: more, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTPS}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: more, namespace: shop}
spec: {hosts: [more.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
)",
     .fix = "Give both the same protocol, or narrow exportTo.",
     .source = "spec D15, D20"},
    {.id = "AN0209",
     .name = "group-labels-differ",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "WorkloadGroup",
     .peers = kPeers<"KIA1702">,
     .what = "WorkloadGroups of a namespace have different labels.",
     .why = "Services, subsets and policies select by labels, and so cannot tell their workloads apart.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: a, namespace: shop}
spec: {metadata: {labels: {app: web}}, template: {}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: b, namespace: shop}
spec: {metadata: {labels: {app: web}}, template: {}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: a, namespace: shop}
spec: {metadata: {labels: {app: web}}, template: {}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: b, namespace: shop}
spec: {metadata: {labels: {app: api}}, template: {}}
)",
     .fix = "Give each group a label of its own.",
     .source = "Kiali"},
    {.id = "AN0210",
     .name = "group-account-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "WorkloadGroup",
     .peers = kPeers<"KIA1701">,
     .what = "The service account of a WorkloadGroup's template exists.",
     .why = "A workload proves its identity as that ServiceAccount: without it, it gets no certificate.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: web, namespace: shop}
spec: {metadata: {labels: {app: web}}, template: {serviceAccount: vm}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: vm, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: web, namespace: shop}
spec: {metadata: {labels: {app: web}}, template: {serviceAccount: vm}}
)",
     .fix = "Add the ServiceAccount, or name one that exists.",
     .source = "Istio: workloads of VMs"},
    {.id = "AN0211",
     .name = "workload-names-port",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "Where a WorkloadEntry, or an endpoint, lists `ports`, the service's ports are among them.",
     .why = "A port that is not listed leads to the service's own port number, which the workload may not listen on.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    workloadSelector: {labels: {app: api}}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: shop}
spec: {address: 10.0.0.1, labels: {app: api}, ports: {web: 8080}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    workloadSelector: {labels: {app: api}}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: shop}
spec: {address: 10.0.0.1, labels: {app: api}, ports: {http: 8080}}
)",
     .fix = "Name the service's port in `ports`.",
     .source = "spec C15, C31"},
    {.id = "AN0212",
     .name = "endpoint-weight",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "The weight of a WorkloadEntry, or of an endpoint, is not 0.",
     .why = "0 is the same as no weight: the endpoint gets requests like one of weight 1.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1, weight: 0}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1, weight: 1}]}
)",
     .fix = "Remove the endpoint, or give it a weight from 1.",
     .source = "spec C1"},
    {.id = "AN0213",
     .name = "tcp-entries-share-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .what = "No two TCP services without addresses share a port.",
     .why = "A client cannot tell them apart: all its connections to the port go to one of them.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: store, namespace: shop}
spec: {hosts: [store.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}], addresses: [10.9.0.5]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: store, namespace: shop}
spec: {hosts: [store.example.com], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}], addresses: [10.9.0.6]}
)",
     .fix = "Give each `addresses`, or a port of its own.",
     .source = "spec D21"},
    {.id = "AN0215",
     .name = "selector-letter-case",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Service",
     .what = "A Service's selector does not miss Pods of its namespace by the case of a letter.",
     .why = "The Service has no endpoints: requests to it fail with 503.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: Web}}, spec: {containers: [{name: app}]}}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: Web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: Web}}, spec: {containers: [{name: app}]}}}
)",
     .fix = "Write the labels as the Pods have them.",
     .source = "Kubernetes: labels and selectors"},
    {.id = "AN0216",
     .name = "target-port-name",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Service",
     .what = "A `targetPort` that is a name is that of a container port of the Pods that the Service selects.",
     .why = "The port has no endpoints: requests to it fail with 503.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: web}], selector: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, ports: [{name: http, containerPort: 3000}]}]}}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: http}], selector: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, ports: [{name: http, containerPort: 3000}]}]}}}
)",
     .fix = "Write the name or the number of a container port.",
     .source = "spec KD1"},
    {.id = "AN0217",
     .name = "target-port-number",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "Service",
     .peers = kPeers<"KIA0701">,
     .what = "A `targetPort` that is a number is a container port of the Pods that the Service selects, where these name "
             "ports and no Service leads to one of them.",
     .why = "Kubernetes does not ask for it, but most likely nothing listens there: connections are refused (503).",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 8080}], selector: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, ports: [{name: http, containerPort: 3000}]}]}}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 3000}], selector: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, ports: [{name: http, containerPort: 3000}]}]}}}
)",
     .fix = "Write the port that the containers name, or add the `containerPort`.",
     .source = "Kubernetes: containerPort is informative"},
    {.id = "AN0218",
     .name = "static-has-endpoints",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "ServiceEntry",
     .what = "A ServiceEntry with resolution STATIC has `endpoints` or a `workloadSelector`.",
     .why = "The service has no endpoints: requests to it fail with 503.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: crm, namespace: shop}
spec:
  hosts: [crm.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: crm, namespace: shop}
spec:
  hosts: [crm.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Set resolution to DNS, or add endpoints.",
     .source = "spec B5"},
    {.id = "AN0219",
     .name = "tls-port-gets-tls",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "Where plain HTTP goes to port 443 of an external host, a DestinationRule sets TLS.",
     .why = "Servers speak TLS there: they refuse plain HTTP, often with 400.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: stripe, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: stripe, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: stripe, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
)",
     .fix = "Set tls.mode: SIMPLE in a DestinationRule for the host.",
     .source = "Istio: TLS origination"},
    {.id = "AN0220",
     .name = "target-port-protocol",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Service",
     .peers = kPeers<"IST0116", "IST0137">,
     .what = "Services that lead to one port of a Pod agree whether it is HTTP.",
     .why = "The sidecar of the Pod takes the port as the oldest Service says, whichever Service a client asked.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 7000}], selector: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: db-nodes, namespace: shop}
spec: {clusterIP: None, ports: [{port: 7000, name: tcp}], selector: {app: db}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, ports: [{containerPort: 7000}]}]}}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 7000}], selector: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: db-nodes, namespace: shop}
spec: {clusterIP: None, ports: [{port: 7000, name: http}], selector: {app: db}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, ports: [{containerPort: 7000}]}]}}}
)",
     .fix = "Give the ports of both Services one protocol, or lead them to ports of their own.",
     .source = "spec IN2"},
};

}  // namespace meshroute::findings
