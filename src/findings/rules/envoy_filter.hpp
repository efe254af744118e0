#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kEnvoyFilterRules[] = {
    {.id = "EF0101",
     .name = "envoy-filter-internals",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "What another kind of Istio can do is not done by an EnvoyFilter.",
     .why = "An EnvoyFilter patches the configuration that Istio makes for Envoy, and every version of Istio may make "
            "another one: the patch then changes something else, or nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_FIRST
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
)",
     .good = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
)",
     .fix = "Use another kind where one does the same, and look at each EnvoyFilter before every upgrade.",
     .source = "Istio webhook"},
    {.id = "EF0102",
     .name = "envoy-filter-patch-parts",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "A patch says what it applies to, its operation, and its value; only REMOVE has no value.",
     .why = "Istio's webhook refuses the resource, because the patch would do nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Write `applyTo`, `patch.operation` and `patch.value`.",
     .source = "Istio webhook"},
    {.id = "EF0103",
     .name = "envoy-filter-proxy-version",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "`match.proxy.proxyVersion` is a regular expression of RE2.",
     .why = "Istio's webhook refuses the resource, because no version could match.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {proxy: {proxyVersion: '1.2('}}
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {proxy: {proxyVersion: '^1\.2'}}
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Correct the expression.",
     .source = "Istio webhook"},
    {.id = "EF0104",
     .name = "envoy-filter-match-kind",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "The match of a patch is of the object that it applies to: a listener for listeners and filters, a "
             "routeConfiguration for routes, a cluster for clusters.",
     .why = "Istio's webhook refuses the resource, because the patch would match nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {listener: {portNumber: 80}}
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {cluster: {portNumber: 80}}
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Match the object that `applyTo` names.",
     .source = "Istio webhook"},
    {.id = "EF0105",
     .name = "envoy-filter-match-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "The match of a filter names it, and one of a `subFilter` is below the HTTP connection manager and with "
             "applyTo HTTP_FILTER.",
     .why = "Istio's webhook refuses the resource, because the patch would match nothing.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: NETWORK_FILTER
    match: {listener: {filterChain: {filter: {subFilter: {name: a}}}}}
    patch: {operation: REMOVE}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: NETWORK_FILTER
    match: {listener: {filterChain: {filter: {name: envoy.filters.network.tcp_proxy}}}}
    patch: {operation: REMOVE}
)",
     .fix = "Write the name of the filter.",
     .source = "Istio webhook"},
    {.id = "EF0106",
     .name = "envoy-filter-value",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "`patch.value` is a message of Envoy: fields have its types, enums its names, and an `@type` names a message "
             "that Istio knows.",
     .why = "Istio's webhook refuses the resource, because Envoy could not read the result.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timeout: 5}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Write the field as Envoy's API has it.",
     .source = "Istio webhook"},
    {.id = "EF0107",
     .name = "envoy-filter-outdated",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "A patch uses names that Envoy still has, a match that has an effect, and a filter's `typed_config`.",
     .why = "The part has no effect, or the next version of Envoy refuses it.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: NETWORK_FILTER
    match: {listener: {filterChain: {filter: {name: envoy.tcp_proxy}}}}
    patch: {operation: REMOVE}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: NETWORK_FILTER
    match: {listener: {filterChain: {filter: {name: envoy.filters.network.tcp_proxy}}}}
    patch: {operation: REMOVE}
)",
     .fix = "Write what replaced it.",
     .source = "Istio webhook"},
    {.id = "EF0108",
     .name = "envoy-filter-unknown-field",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "EnvoyFilter",
     .what = "`patch.value` has only fields that the message of Envoy has.",
     .why = "Istio drops the field, so it has no effect.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timout: 5s}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Correct the name of the field.",
     .source = "Istio webhook"},
    {.id = "EF0201",
     .name = "envoy-filter-place",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "EnvoyFilter",
     .peers = kPeers<"IST0151">,
     .what = "A patch with an operation whose effect depends on what is there (INSERT_BEFORE, INSERT_AFTER, REPLACE, "
             "REMOVE) is in an EnvoyFilter with a `priority`.",
     .why = "Istio applies EnvoyFilters of the same priority in the order of their creation: with another order the place "
            "is another one, or is not there.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  priority: 10
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
)",
     .fix = "Write a `priority`.",
     .source = "analysis"},
    {.id = "EF0202",
     .name = "envoy-filter-replace",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "EnvoyFilter",
     .peers = kPeers<"IST0152">,
     .what = "The operation REPLACE is used for filters and virtual hosts.",
     .why = "Istio ignores the patch.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: REPLACE, value: {connect_timeout: 5s}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    patch: {operation: MERGE, value: {connect_timeout: 5s}}
)",
     .fix = "Use MERGE, or REMOVE and ADD.",
     .source = "analysis"},
    {.id = "EF0203",
     .name = "envoy-filter-add",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "EnvoyFilter",
     .peers = kPeers<"IST0153">,
     .what = "The operation ADD is not used for a ROUTE_CONFIGURATION or an HTTP_ROUTE.",
     .why = "Istio does not promise that the patch has an effect.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_ROUTE
    patch: {operation: ADD, value: {name: x}}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_ROUTE
    patch: {operation: INSERT_FIRST, value: {name: x}}
)",
     .fix = "Use INSERT_FIRST, or a VirtualService.",
     .source = "analysis"},
    {.id = "EF0204",
     .name = "envoy-filter-remove",
     .severity = Severity::error,
     .layer = Layer::analysis,
     .kind = "EnvoyFilter",
     .peers = kPeers<"IST0154">,
     .what = "The operation REMOVE is not used for a ROUTE_CONFIGURATION or an HTTP_ROUTE.",
     .why = "Istio does not promise that the patch has an effect.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_ROUTE
    patch: {operation: REMOVE}
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  priority: 10
  configPatches:
  - applyTo: VIRTUAL_HOST
    patch: {operation: REMOVE}
)",
     .fix = "Change the VirtualService that makes the route.",
     .source = "analysis"},
    {.id = "EF0205",
     .name = "envoy-filter-version-place",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "EnvoyFilter",
     .peers = kPeers<"IST0155">,
     .what = "A patch whose place depends on others does not follow one of the same name for a proxy version, without a "
             "`priority`.",
     .why = "The place depends on whether the other patch was applied, which the version of the proxy decides.",
     .bad = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      proxy: {proxyVersion: '^1.2'}
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua-new, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      proxy: {proxyVersion: '^1.3'}
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
)",
     .good = R"(apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  priority: 10
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      proxy: {proxyVersion: '^1.2'}
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua-new, namespace: shop}
spec:
  priority: 20
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      proxy: {proxyVersion: '^1.3'}
      listener:
        filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
)",
     .fix = "Write a `priority` in each of the EnvoyFilters.",
     .source = "analysis"},
    {.id = "EF0206",
     .name = "not-applied",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "*",
     .what = "No EnvoyFilter and no WasmPlugin changes what proxies do.",
     .why = "Views and answers show what Istio makes without these resources. A proxy that one of them selects may do "
            "something else.",
     .bad = R"(apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: auth, namespace: shop}
spec:
  url: oci://modules.example.com/auth:v1
)",
     .good = R"(apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: api, namespace: shop}
spec:
  tracing:
  - randomSamplingPercentage: 12
)",
     .fix = "Ask a running proxy where one of these matters.",
     .source = "analysis"},
};

}  // namespace meshroute::findings
