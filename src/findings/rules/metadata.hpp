#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kMetadataRules[] = {
    {.id = "MD0101",
     .name = "name",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "`metadata.name` is set.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {namespace: shop}
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
     .fix = "Add a name.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0102",
     .name = "name-form",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "`metadata.name` is a DNS subdomain: at most 253 lower-case letters, digits, `-` and `.`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: My_API, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: my-api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Rename the resource with lower-case letters, digits and `-`.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0103",
     .name = "namespace-form",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "`metadata.namespace` is a DNS label: at most 63 lower-case letters, digits and `-`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop.prod}
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
     .fix = "Correct the name of the namespace.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0104",
     .name = "label-key",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "Each key of `metadata.labels` is a qualified name: an optional DNS prefix and `/`, then at most 63 letters, "
             "digits, `-`, `_` and `.`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, labels: {"my app": api}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, labels: {"my-app": api}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the key of the label.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0105",
     .name = "label-value",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "Each value of `metadata.labels` has at most 63 letters, digits, `-`, `_` and `.`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, labels: {owner: "team shop"}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, labels: {owner: "team-shop"}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the value of the label; longer text belongs in an annotation.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0106",
     .name = "annotation-key",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "Each key of `metadata.annotations` is a qualified name, in any case.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, annotations: {"my note": x}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, annotations: {"my-note": x}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the key of the annotation.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0107",
     .name = "annotations-size",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "`metadata.annotations` has at most 256 KiB in all.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, annotations: {note: "…"}}  # 262,145 bytes in the place of …
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, annotations: {note: short}}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Move large text out of the annotations.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0108",
     .name = "generation",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "`metadata.generation` is not negative.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, generation: -1}
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
     .fix = "Remove `generation`: the API server sets it.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0109",
     .name = "finalizer",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "Each of `metadata.finalizers` is a qualified name.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, finalizers: ["wait for it"]}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, finalizers: ["example.com/wait"]}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the name of the finalizer.",
     .source = "Kubernetes ObjectMeta"},
    {.id = "MD0110",
     .name = "owner-reference",
     .severity = Severity::error,
     .layer = Layer::metadata,
     .kind = "*",
     .what = "Each of `metadata.ownerReferences` has `apiVersion`, `kind`, `name` and `uid`.",
     .why = "The API server refuses the resource, so an earlier version of it stays in force.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, ownerReferences: [{apiVersion: v1, kind: Service, name: api}]}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop, ownerReferences: [{apiVersion: v1, kind: Service, name: api, uid: 5c6a}]}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Add the missing field of the owner.",
     .source = "Kubernetes ObjectMeta"},
};

}  // namespace meshroute::findings
