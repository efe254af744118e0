#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisPoliciesRules[] = {
    {.id = "AN0601",
     .name = "policy-selects",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"IST0127", "KIA0004">,
     .what = "An AuthorizationPolicy, PeerAuthentication or RequestAuthentication applies to a workload of the mesh.",
     .why = "A policy that selects nothing protects nothing.",
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
spec: {selector: {matchLabels: {app: wbe}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
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
spec: {selector: {matchLabels: {app: web}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
)",
     .fix = "Correct the labels, or move the policy to the namespace of the workloads.",
     .source = "spec AZ1, MT1, RA1"},
    {.id = "AN0602",
     .name = "policy-namespace-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"IST0101/namespace", "KIA0101">,
     .what = "Namespaces that a policy names exist, and some namespace fits each pattern.",
     .why = "The rule matches nobody by it.",
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
spec: {rules: [{from: [{source: {namespaces: [tema]}}]}]}
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
spec: {rules: [{from: [{source: {namespaces: [shop]}}]}]}
)",
     .fix = "Correct the name, or add the Namespace.",
     .source = "spec AZ"},
    {.id = "AN0603",
     .name = "policy-method-known",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"KIA0102">,
     .what = "A method that a policy names is one of HTTP, in capital letters.",
     .why = "Methods are compared with their letter case; requests hardly ever have others.",
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
spec: {rules: [{to: [{operation: {methods: [FETCH]}}]}]}
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
spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
)",
     .fix = "Write GET, HEAD, POST, PUT, PATCH, DELETE, CONNECT, OPTIONS or TRACE.",
     .source = "spec AZ"},
    {.id = "AN0604",
     .name = "policy-host-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"KIA0104">,
     .what = "A short host of a policy's operation is a service's.",
     .why = "No client asks for the host: the rule matches nothing.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{to: [{operation: {hosts: [wbe]}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{to: [{operation: {hosts: [web]}}]}]}
)",
     .fix = "Write the host as clients do.",
     .source = "spec AZ"},
    {.id = "AN0605",
     .name = "policy-identity-needs-mutual-tls",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"KIA0105">,
     .what = "Policies ask for the identity of clients (principals, namespaces, service accounts) only where mutual TLS is on.",
     .why = "Without mutual TLS a client has no identity: the rule matches nobody, and what it excepts is everybody.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]}
)",
     .fix = "Let the servers take mutual TLS, or ask for addresses.",
     .source = "spec MT2, AZ"},
    {.id = "AN0606",
     .name = "policy-account-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"KIA0106">,
     .what = "The service account of a principal is some workload's.",
     .why = "The rule matches nobody by it.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/wbe]}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]}
)",
     .fix = "Correct the namespace or the service account, or add the workload.",
     .source = "spec AZ"},
    {.id = "AN0607",
     .name = "policy-trust-domain",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"KIA0108">,
     .what = "The trust domain of a principal is the mesh's, or one of its aliases.",
     .why = "No client of the mesh has such a principal.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [other.example/ns/shop/sa/web]}}]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}], serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]}
)",
     .fix = "Write the mesh's trust domain, or add an alias to the MeshConfig.",
     .source = "spec AZ60"},
    {.id = "AN0608",
     .name = "policy-tokens-are-read",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .what = "Policies that ask for tokens go with a RequestAuthentication for the same workloads.",
     .why = "Without it no token is read: the rule matches nobody.",
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
spec: {rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}
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
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec: {jwtRules: [{issuer: a, jwksUri: "https://a.example/keys"}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}
)",
     .fix = "Add a RequestAuthentication.",
     .source = "spec RA1"},
    {.id = "AN0609",
     .name = "policy-targets-gateway",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "AuthorizationPolicy",
     .peers = kPeers<"IST0166">,
     .what = "A policy reaches a gateway of the Gateway API by `targetRefs`.",
     .why = "Istio does not apply policies to such proxies by their labels.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {gateway.networking.k8s.io/gateway-name: public}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: public}},
    rules: [{to: [{operation: {methods: [GET]}}]}]}
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
spec: {selector: {matchLabels: {app: web}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
)",
     .fix = "Name the Gateway in `targetRefs`.",
     .source = "spec AZ4"},
    {.id = "AN0610",
     .name = "peer-authentication-default-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "PeerAuthentication",
     .peers = kPeers<"KIA0002">,
     .what = "A namespace has one PeerAuthentication without selector.",
     .why = "Of several the oldest counts, and the others have no effect.",
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
kind: PeerAuthentication
metadata: {name: a, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: b, namespace: shop}
spec: {mtls: {mode: PERMISSIVE}}
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
kind: PeerAuthentication
metadata: {name: a, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Keep one of them.",
     .source = "spec MT5"},
    {.id = "AN0611",
     .name = "peer-authentication-selects-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "PeerAuthentication",
     .peers = kPeers<"KIA0003">,
     .what = "No workload is selected by two PeerAuthentications of its namespace.",
     .why = "Of several the oldest counts, and the others have no effect there.",
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
kind: PeerAuthentication
metadata: {name: a, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: b, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}}
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
kind: PeerAuthentication
metadata: {name: a, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}
)",
     .fix = "Keep one of them, or select by other labels.",
     .source = "spec MT1, MT5"},
    {.id = "AN0701",
     .name = "mutual-tls-rule-needs-policy",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"KIA0205", "KIA0206">,
     .what = "Without automatic mutual TLS, a DestinationRule that turns mutual TLS on for a mesh or a namespace goes with a "
             "PeerAuthentication.",
     .why = "Servers take plain text as well, so nothing makes sure that traffic is encrypted.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "enableAutoMtls: false"
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: istio-system}
spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "enableAutoMtls: false"
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: istio-system}
spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Add the PeerAuthentication.",
     .source = "spec MT"},
    {.id = "AN0702",
     .name = "plain-text-to-strict",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"KIA0207", "KIA0208">,
     .what = "No DestinationRule turns TLS off toward servers that demand mutual TLS.",
     .why = "The servers close connections in plain text: requests fail with 503.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, trafficPolicy: {tls: {mode: DISABLE}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, trafficPolicy: {tls: {mode: DISABLE}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: PERMISSIVE}}
)",
     .fix = "Leave out `tls`, or let the PeerAuthentication be PERMISSIVE.",
     .source = "spec MT"},
    {.id = "AN0703",
     .name = "strict-needs-rule",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "PeerAuthentication",
     .peers = kPeers<"KIA0401", "KIA0501">,
     .what = "Without automatic mutual TLS, a strict PeerAuthentication of a mesh or a namespace goes with a DestinationRule "
             "that makes clients use mutual TLS.",
     .why = "Clients send plain text, and the servers close their connections.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "enableAutoMtls: false"
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "enableAutoMtls: false"
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Add the DestinationRule, or turn automatic mutual TLS on.",
     .source = "spec MT"},
    {.id = "AN0704",
     .name = "mutual-tls-to-plain-text",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "PeerAuthentication",
     .peers = kPeers<"KIA0505", "KIA0506">,
     .what = "No PeerAuthentication turns mutual TLS off for servers that a DestinationRule makes clients use it with.",
     .why = "The servers cannot read what clients send: requests fail with 503.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Let both say the same.",
     .source = "spec MT"},
    {.id = "AN0705",
     .name = "mutual-tls-needs-sidecar",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .what = "A DestinationRule that makes clients use mutual TLS is for servers that have a sidecar.",
     .why = "A server without one does not speak it: connections fail.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec: {host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec: {host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)",
     .fix = "Leave out `tls`: clients then use mutual TLS where a server takes it.",
     .source = "spec E36"},
    {.id = "AN0706",
     .name = "strict-machine-is-known",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "WorkloadEntry",
     .what = "A WorkloadEntry whose server demands mutual TLS has the label security.istio.io/tlsMode.",
     .why = "Without it, clients with automatic mutual TLS send plain text, which the server refuses.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders}, serviceAccount: orders}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.7, labels: {app: orders, security.istio.io/tlsMode: istio}, serviceAccount: orders}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)",
     .fix = "Add the label security.istio.io/tlsMode: istio to the WorkloadEntry.",
     .source = "spec C13, E40"},
};

}  // namespace meshroute::findings
