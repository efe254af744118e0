#pragma once

// SPDX-License-Identifier: Apache-2.0
// Rules over several resources: what policies do besides what they seem to.

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisPolicyEffectsRules[] = {
    {.id = "AN0612",
     .name = "policy-fits-tcp-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .what = "A rule of a policy asks for what only HTTP has on HTTP ports only.",
     .why = "On a TCP port such a rule of an ALLOW policy allows nothing. One of a DENY policy counts there without the field, "
            "so that it refuses more than it says.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 5432, name: tcp-db}], selector: {app: db}}
---
apiVersion: v1
kind: Pod
metadata: {name: db-1, namespace: shop, labels: {app: db}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
status: {phase: Running, podIP: 10.0.0.7, podIPs: [{ip: 10.0.0.7}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: tcp-db, port: 5432}]
endpoints: [{addresses: [10.0.0.7], conditions: {ready: true}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: DENY
  rules: [{to: [{operation: {methods: [DELETE]}}]}]
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 5432, name: tcp-db}], selector: {app: db}}
---
apiVersion: v1
kind: Pod
metadata: {name: db-1, namespace: shop, labels: {app: db}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
status: {phase: Running, podIP: 10.0.0.7, podIPs: [{ip: 10.0.0.7}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: tcp-db, port: 5432}]
endpoints: [{addresses: [10.0.0.7], conditions: {ready: true}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: DENY
  rules: [{to: [{operation: {methods: [DELETE], ports: ["8080"]}}]}]
)",
     .fix = "Name the HTTP ports in `to.operation.ports`, or leave out the field.",
     .source = "spec AZ50"},
    {.id = "AN0613",
     .name = "policy-excepts-identities",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .what = "A rule that lets in all but some identities is for servers that demand mutual TLS.",
     .why = "A caller without mutual TLS has no identity, so that no exception is about it: it is let in.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  rules: [{from: [{source: {notPrincipals: [cluster.local/ns/shop/sa/batch]}}]}]
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
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  rules: [{from: [{source: {notPrincipals: [cluster.local/ns/shop/sa/batch]}}]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Demand mutual TLS by a PeerAuthentication, or name whom you let in.",
     .source = "spec AZ31"},
    {.id = "AN0614",
     .name = "policy-provider-works",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .what = "The provider of a CUSTOM policy is an extensionProvider of MeshConfig that decides about requests.",
     .why = "With another one, requests that the policy matches are refused with 403.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: ext
      envoyExtAuthzHttp: {service: authz.example.com, port: 8000}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: authz, namespace: shop}
spec:
  hosts: [authz.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 8000, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.9}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: exp}
  rules: [{to: [{operation: {paths: [/admin*]}}]}]
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: ext
      envoyExtAuthzHttp: {service: authz.example.com, port: 8000}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: authz, namespace: shop}
spec:
  hosts: [authz.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 8000, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.9}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: ext}
  rules: [{to: [{operation: {paths: [/admin*]}}]}]
)",
     .fix = "Name a provider with envoyExtAuthzHttp or envoyExtAuthzGrpc, whose service exists.",
     .source = "spec AZ42"},
    {.id = "AN0707",
     .name = "port-level-is-workload-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "PeerAuthentication",
     .what = "`portLevelMtls` names ports of the workload, not of its Service.",
     .why = "The mode of a port that the workload does not have changes nothing.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 8080}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
status: {phase: Running, podIP: 10.0.0.7, podIPs: [{ip: 10.0.0.7}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.0.0.7], conditions: {ready: true}}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  portLevelMtls: {80: {mode: DISABLE}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http, targetPort: 8080}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
status: {phase: Running, podIP: 10.0.0.7, podIPs: [{ip: 10.0.0.7}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.0.0.7], conditions: {ready: true}}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  portLevelMtls: {8080: {mode: DISABLE}}
)",
     .fix = "Write the port that the container listens on (`targetPort`).",
     .source = "spec MT2"},
};

}  // namespace meshroute::findings
