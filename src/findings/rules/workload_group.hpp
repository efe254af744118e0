#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kWorkloadGroupRules[] = {
    {.id = "WG0102",
     .name = "probe-numbers",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadGroup",
     .what = "The numbers of a `probe` are not negative, also where they are spelled as `period_seconds`.",
     .why = "The health check could not run. Istio's validation refuses the resource, while the API server drops a field in this "
            "spelling.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {period_seconds: -5, httpGet: {port: 8080}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {periodSeconds: 5, httpGet: {port: 8080}}
)",
     .fix = "Write a number of 0 or more.",
     .source = "Istio webhook"},
    {.id = "WG0103",
     .name = "probe-method",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadGroup",
     .what = "A `probe` has a supported method (`httpGet`, `tcpSocket` or `exec`) that is complete.",
     .why = "Istio's webhook refuses the resource, because the health check could not run.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {periodSeconds: 5}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: api, namespace: shop}
spec:
  template: {serviceAccount: api}
  probe: {periodSeconds: 5, tcpSocket: {port: 8080}}
)",
     .fix = "Add `httpGet`, `tcpSocket` or `exec` with its fields.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
