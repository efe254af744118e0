#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kWasmPluginRules[] = {
    {.id = "WP0101",
     .name = "wasm-url",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WasmPlugin",
     .what = "`url` is a URL of http, https, file or oci, or the address of an image.",
     .why = "Istio's webhook refuses the resource, because no proxy could load the module.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
Spec:
  url: ftp://modules.example.com/auth.wasm
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
)",
     .fix = "Write an address that starts with oci://, https://, http:// or file://.",
     .source = "Istio webhook"},
    {.id = "WP0102",
     .name = "wasm-checksum",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WasmPlugin",
     .what = "`sha256` is 64 digits and letters from a to f.",
     .why = "Istio's webhook refuses the resource, because no module could have this checksum.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
Spec:
  url: oci://modules.example.com/auth:v1
  sha256: ABC
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
)",
     .fix = "Write the checksum that sha256sum prints.",
     .source = "Istio webhook"},
    {.id = "WP0103",
     .name = "wasm-name-length",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WasmPlugin",
     .what = "`imagePullSecret` is at most 253 bytes long, and `pluginName` at most 256.",
     .why = "Istio's webhook refuses the resource.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  plugin_name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  pluginName: auth
)",
     .fix = "Write a shorter name.",
     .source = "Istio webhook"},
    {.id = "WP0104",
     .name = "wasm-environment",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WasmPlugin",
     .what = "A variable of `vmConfig.env` has a name of at most 256 bytes, stands once, and has a `value` only where "
             "`valueFrom` is INLINE.",
     .why = "Istio's webhook refuses the resource, because the module would get an environment that nobody meant.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  vm_config:
    env: [{name: ZONE, valueFrom: HOST, value: eu}]
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
  vmConfig:
    env: [{name: ZONE, valueFrom: INLINE, value: eu}]
)",
     .fix = "Give each variable one name and one source.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
