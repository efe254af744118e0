#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisSidecarsRules[] = {
    {.id = "AN0801",
     .name = "sidecar-selects",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"IST0101/sidecar-selector", "KIA0004">,
     .what = "The selector of a Sidecar selects a workload of its namespace.",
     .why = "No proxy has these settings.",
     .bad = R"(apiVersion: v1
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
spec: {workloadSelector: {labels: {app: wbe}}, egress: [{hosts: ["./*"]}]}
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
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}
)",
     .fix = "Correct the labels, or move the Sidecar to the namespace of the workloads.",
     .source = "spec D2"},
    {.id = "AN0802",
     .name = "sidecar-default-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"IST0111", "KIA0002">,
     .what = "A namespace has one Sidecar without selector.",
     .why = "Of several the oldest counts, and the others have no effect.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: shop}
spec: {egress: [{hosts: ["./*"]}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: b, namespace: shop}
spec: {egress: [{hosts: ["./*"]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: shop}
spec: {egress: [{hosts: ["./*"]}]}
)",
     .fix = "Keep one of them.",
     .source = "spec D3"},
    {.id = "AN0803",
     .name = "sidecar-selects-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"IST0110", "KIA0003">,
     .what = "No workload is selected by two Sidecars.",
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
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: shop}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: b, namespace: shop}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}
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
metadata: {name: a, namespace: shop}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}
)",
     .fix = "Keep one of them, or select by other labels.",
     .source = "spec D3"},
    {.id = "AN0804",
     .name = "sidecar-imports",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"KIA1004">,
     .what = "Each host of an egress listener is that of a service, or covers one, in the namespace that it names, exported to "
             "the Sidecar's.",
     .why = "The entry imports nothing.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: [shop/apy.example.com]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: [shop/api.example.com]}]}
)",
     .fix = "Correct the host or its namespace; write Kubernetes names in full.",
     .source = "spec D11-D14"},
    {.id = "AN0805",
     .name = "sidecar-root-without-selector",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"KIA1006">,
     .what = "A Sidecar of the root namespace has no selector.",
     .why = "Only without one it is the default of the mesh; with one it is for proxies of the root namespace.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: istio-system, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: istio-system}
spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: istio-system}
spec: {egress: [{hosts: ["./*"]}]}
)",
     .fix = "Leave out the selector.",
     .source = "spec D3"},
    {.id = "AN0806",
     .name = "outbound-policy-mode",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"KIA1007">,
     .what = "An outboundTrafficPolicy of a Sidecar states its mode.",
     .why = "Without a mode it is REGISTRY_ONLY: requests to hosts that are not imported fail.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: ["./*"]}], outboundTrafficPolicy: {}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: ["./*"]}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}
)",
     .fix = "Write the mode.",
     .source = "Istio: outboundTrafficPolicy"},
    {.id = "AN0807",
     .name = "sidecar-not-ambient",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Sidecar",
     .peers = kPeers<"IST0167">,
     .what = "A Sidecar is for workloads that have one.",
     .why = "Workloads in ambient mode have no sidecar: it has no effect on them.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: ["./*"]}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec: {egress: [{hosts: ["./*"]}]}
)",
     .fix = "Remove the Sidecar.",
     .source = "Istio: ambient mode"},
};

}  // namespace meshroute::findings
