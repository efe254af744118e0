#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisRuleConflictsRules[] = {
    {.id = "AN0303",
     .name = "rule-defines-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"KIA0201">,
     .what = "One DestinationRule defines the policy of a host, or one of its subsets.",
     .why = "Of two for a host only the older counts for what both define; a rule for a wildcard and one for a host under it are "
            "never joined.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: more, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {connectionPool: {tcp: {maxConnections: 8}}}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
)",
     .fix = "Make them one DestinationRule.",
     .source = "spec E6-E14"},
    {.id = "AN0304",
     .name = "subset-has-labels",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"KIA0209">,
     .what = "A subset has labels.",
     .why = "A subset without labels is the whole service.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, subsets: [{name: all}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, subsets: [{name: v1, labels: {version: v1}}]}
)",
     .fix = "Add the labels that tell its endpoints from the others.",
     .source = "spec E17"},
    {.id = "AN0305",
     .name = "server-certificate-checked",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"IST0128", "IST0129">,
     .what = "TLS to a server checks its certificate: `insecureSkipVerify` is not set, and `credentialName` goes with a "
             "`workloadSelector`.",
     .why = "With insecureSkipVerify anybody can take the server's place; a sidecar ignores the TLS settings of a rule with "
            "credentialName and without workloadSelector, and sends plain text.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 443, name: https, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 443, name: https, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, sni: api.example.com}}}
)",
     .fix = "Name the CA in `caCertificates`, or leave it out for those of the system.",
     .source = "control plane"},
    {.id = "AN0306",
     .name = "rule-keeps-mutual-tls",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "DestinationRule",
     .peers = kPeers<"KIA0204">,
     .what = "A DestinationRule that hides a wider one for mutual TLS states its own TLS.",
     .why = "Of the two a client uses only the narrow one: what the wide one says of TLS is lost, unless automatic mutual TLS "
            "makes up for it.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: istio-system}
spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: istio-system}
spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)",
     .fix = "State `tls` in the narrow rule too.",
     .source = "spec E10-E14"},
};

}  // namespace meshroute::findings
