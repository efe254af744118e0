#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kTelemetryRules[] = {
    {.id = "TE0101",
     .name = "telemetry-provider-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "A provider of `tracing`, `metrics` and `accessLogging` has a name.",
     .why = "Istio's webhook refuses the resource, because no provider of the mesh configuration could be meant.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  access_logging:
  - providers: [{name: ''}]
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  accessLogging:
  - providers: [{name: envoy}]
)",
     .fix = "Write the name of an extension provider of the mesh configuration.",
     .source = "Istio webhook"},
    {.id = "TE0102",
     .name = "telemetry-sampling",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "`randomSamplingPercentage` is from 0 to 100.",
     .why = "Istio's webhook refuses the resource, because no share of the requests could be meant.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - random_sampling_percentage: 120
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - randomSamplingPercentage: 12
)",
     .fix = "Write a share from 0 to 100.",
     .source = "Istio webhook"},
    {.id = "TE0103",
     .name = "telemetry-tag",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "A custom tag has a name, and a value, a variable or a header.",
     .why = "Istio's webhook refuses the resource, because the tag would hold nothing.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - custom_tags:
      zone: {literal: {value: ''}}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - customTags:
      zone: {literal: {value: eu}}
)",
     .fix = "Write what the tag holds.",
     .source = "Istio webhook"},
    {.id = "TE0104",
     .name = "telemetry-tag-override",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "A tag that is set (`UPSERT`, the default) has a `value`, and one that is removed (`REMOVE`) has none.",
     .why = "Istio's webhook refuses the resource.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tag_overrides:
        host: {operation: UPSERT}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tagOverrides:
        host: {operation: UPSERT, value: request.host}
)",
     .fix = "Write the value of a tag that is set, or remove that of one that is removed.",
     .source = "Istio webhook"},
    {.id = "TE0105",
     .name = "telemetry-custom-metric",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "`customMetric` is not empty.",
     .why = "Istio's webhook refuses the resource, because no metric could be meant.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - match: {custom_metric: ''}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - match: {customMetric: my_metric}
)",
     .fix = "Write the name of the metric.",
     .source = "Istio webhook"},
    {.id = "TE0106",
     .name = "telemetry-one-tracer",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "`tracing` has one item, with one provider.",
     .why = "Istio reads only one of several, so the others have no effect.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - providers: [{name: zipkin}, {name: jaeger}]
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - providers: [{name: zipkin}]
)",
     .fix = "Name one provider in one item.",
     .source = "Istio webhook"},
    {.id = "TE0107",
     .name = "telemetry-tag-name",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "An override of a tag names the tag.",
     .why = "An override without a name has no effect.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tagOverrides:
        '': {value: request.host}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  metrics:
  - overrides:
    - tagOverrides:
        host: {value: request.host}
)",
     .fix = "Write the name of the tag.",
     .source = "Istio webhook"},
    {.id = "TE0108",
     .name = "telemetry-filter",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Telemetry",
     .what = "`filter.expression` is a CEL expression.",
     .why = "Istio's webhook refuses the resource, because Envoy could not decide which requests to log.",
     .bad = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  accessLogging:
  - filter: {expression: 'response.code >'}
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  accessLogging:
  - filter: {expression: 'response.code >= 400'}
)",
     .fix = "Write a CEL expression, such as response.code >= 400.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
