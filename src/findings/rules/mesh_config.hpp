#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kMeshConfigRules[] = {
    {.id = "MC0101",
     .name = "mesh-config-field",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "MeshConfig",
     .what = "Every field of MeshConfig and MeshNetworks is one that Istio has.",
     .why = "istiod ignores a field that it does not know, and the default applies instead.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "outboundTrafficPolcy: {mode: REGISTRY_ONLY}"
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"
)",
     .fix = "Correct the field's name, or remove the field.",
     .source = "Istio MeshConfig"},
    {.id = "MC0102",
     .name = "mesh-config-value",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "MeshConfig",
     .what = "Every value of MeshConfig and MeshNetworks has the type of its field.",
     .why = "istiod cannot decode it: it keeps the configuration that it has, or does not start.",
     .bad = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "outboundTrafficPolicy: {mode: REGISTY_ONLY}"
)",
     .good = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"
)",
     .fix = "Give the field a value of its type.",
     .source = "Istio MeshConfig"},
};

}  // namespace meshroute::findings
