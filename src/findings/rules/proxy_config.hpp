#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kProxyConfigRules[] = {
    {.id = "PC0101",
     .name = "proxy-concurrency",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "ProxyConfig",
     .what = "`concurrency` is 0 or more.",
     .why = "Istio's webhook refuses the resource, because a proxy cannot run fewer threads than none.",
     .bad = R"(apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: {name: api, namespace: shop}
Spec:
  concurrency: -1
)",
     .good = R"(apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: {name: api, namespace: shop}
spec:
  concurrency: 2
)",
     .fix = "Write a number of threads, or 0 for one per core.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
