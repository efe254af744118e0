#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kStrictRules[] = {
    {.id = "ST0101",
     .name = "unknown-field",
     .severity = Severity::warning,
     .layer = Layer::strict,
     .kind = "*",
     .what = "Each field is one that the CRD of the kind knows.",
     .why = "The API server drops the field, so its setting has no effect; `kubectl --validate=strict` refuses the document.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportsTo: ["."]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["."]
)",
     .fix = "Correct the name of the field, or remove it.",
     .source = "Kubernetes pruning"},
};

}  // namespace meshroute::findings
