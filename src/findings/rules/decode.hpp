#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kDecodeRules[] = {
    {.id = "DC0101",
     .name = "kubernetes-object",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A document is an object with `apiVersion` and `kind`.",
     .why = "Nothing can be applied without knowing its kind.",
     .bad = R"(kind: ServiceEntry
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
     .fix = "Add the missing field.",
     .source = "Kubernetes API conventions"},
    {.id = "DC0102",
     .name = "value-type",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "Each field has a value of its type.",
     .why = "Istio cannot decode the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: api.example.com
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
     .fix = "Write the value in the type of the field; quote text that looks like a number or a boolean.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0103",
     .name = "number-range",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A number fits the range of its field, and is whole where the field is an integer.",
     .why = "Istio cannot decode the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3000000000}
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - retries: {attempts: 3}
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write a number that fits the field.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0104",
     .name = "enum-value",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A field of an enum has one of the names of the enum.",
     .why = "Istio cannot decode the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: dns
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Write one of the names that the message lists.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0105",
     .name = "duration-form",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A duration is a number with a unit, such as `1.5s` or `1h30m`.",
     .why = "Istio cannot decode the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - timeout: 5 seconds
    route: [{destination: {host: api.example.com}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - timeout: 5s
    route: [{destination: {host: api.example.com}}]
)",
     .fix = "Write the duration with its unit: h, m, s or ms.",
     .source = "Go time.ParseDuration"},
    {.id = "DC0106",
     .name = "base64",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A field of bytes has standard base64 with padding.",
     .why = "Istio cannot decode the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse:
      status: 200
      body: {bytes: "hello!"}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - directResponse:
      status: 200
      body: {bytes: "aGVsbG8h"}
)",
     .fix = "Encode the bytes with base64.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0107",
     .name = "known-kind",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "`apiVersion` names a group that has the `kind`.",
     .why = "The API server has no such kind, so the document is refused.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec:
  mtls: {mode: STRICT}
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec:
  mtls: {mode: STRICT}
)",
     .fix = "Correct the group in `apiVersion`, or the `kind`.",
     .source = "Istio CRDs"},
    {.id = "DC0108",
     .name = "time-form",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A time is written as RFC 3339 says.",
     .why = "The API server cannot decode the metadata, so the document is refused.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, creationTimestamp: "yesterday"}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, creationTimestamp: "2026-01-02T15:04:05Z"}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Write the time as in 2026-01-02T15:04:05Z.",
     .source = "Kubernetes ObjectMeta"},
};

}  // namespace meshroute::findings
