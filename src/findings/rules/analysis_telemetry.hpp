#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisTelemetryRules[] = {
    {.id = "AN1001",
     .name = "telemetry-selects",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Telemetry",
     .peers = kPeers<"IST0101/telemetry-selector">,
     .what = "The selector of a Telemetry selects a workload of its namespace.",
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
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: wbe}}, tracing: [{randomSamplingPercentage: 1}]}
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
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, tracing: [{randomSamplingPercentage: 1}]}
)",
     .fix = "Correct the labels, or move the Telemetry to the namespace of the workloads.",
     .source = "Istio: Telemetry"},
    {.id = "AN1002",
     .name = "telemetry-selects-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Telemetry",
     .peers = kPeers<"IST0159">,
     .what = "No workload is selected by two Telemetries.",
     .why = "Istio joins them, and uses the later one for what both set; its documentation calls the result undefined.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, tracing: [{randomSamplingPercentage: 1}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: b, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, tracing: [{randomSamplingPercentage: 1}]}
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
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, tracing: [{randomSamplingPercentage: 1}]}
)",
     .fix = "Make them one Telemetry.",
     .source = "Istio: Telemetry"},
    {.id = "AN1003",
     .name = "telemetry-default-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Telemetry",
     .peers = kPeers<"IST0160">,
     .what = "A namespace has one Telemetry without selector.",
     .why = "Of several the oldest counts, and the others have no effect.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a, namespace: shop}
spec: {tracing: [{randomSamplingPercentage: 1}]}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: b, namespace: shop}
spec: {tracing: [{randomSamplingPercentage: 1}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: a, namespace: shop}
spec: {tracing: [{randomSamplingPercentage: 1}]}
)",
     .fix = "Make them one Telemetry.",
     .source = "Istio: Telemetry"},
    {.id = "AN1004",
     .name = "access-log-has-provider",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Telemetry",
     .peers = kPeers<"IST0157">,
     .what = "Access logging of a Telemetry names a provider, or the mesh has a default one.",
     .why = "Nothing is logged.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: web, namespace: shop}
spec: {accessLogging: [{filter: {expression: "true"}}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: web, namespace: shop}
spec: {accessLogging: [{providers: [{name: envoy}]}]}
)",
     .fix = "Name a provider, such as envoy.",
     .source = "Istio: Telemetry"},
};

}  // namespace meshroute::findings
