#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAuthorizationPolicyRules[] = {
    {.id = "AP0101",
     .name = "rules-of-deny",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "An AuthorizationPolicy with action DENY or CUSTOM has `rules`.",
     .why = "Istio's webhook refuses the resource, because the policy would never apply.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: DENY
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: DENY
  rules: [{}]
)",
     .fix = "Add a rule; `rules: [{}]` means every request.",
     .source = "Istio webhook"},
    {.id = "AP0102",
     .name = "provider",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "An AuthorizationPolicy has `provider.name` with action CUSTOM, and only then.",
     .why = "Istio's webhook refuses the resource, because CUSTOM asks the provider, and no other action does.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: CUSTOM
  rules: [{to: [{operation: {paths: [/admin]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: ext-authz}
  rules: [{to: [{operation: {paths: [/admin]}}]}]
)",
     .fix = "Add the provider, or remove it.",
     .source = "Istio webhook"},
    {.id = "AP0103",
     .name = "custom-identities",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "An AuthorizationPolicy with action CUSTOM does not ask for identities of the caller.",
     .why = "Istio's webhook refuses the resource: the provider is asked before the identities are known.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: ext-authz}
  rules: [{from: [{source: {namespaces: [web]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: ext-authz}
  rules: [{to: [{operation: {paths: [/admin]}}]}]
)",
     .fix = "Let the provider decide by identity, or use ALLOW or DENY.",
     .source = "Istio webhook"},
    {.id = "AP0105",
     .name = "empty-source",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "Each `source` and `operation` has at least one field.",
     .why = "Istio's webhook refuses the resource, because it is unclear whether it means all or nothing.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {namespaces: [web]}}]}]
)",
     .fix = "Add a field, or remove the entry.",
     .source = "Istio webhook"},
    {.id = "AP0106",
     .name = "policy-values",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "The values of a `source` and an `operation` are not empty, and have the form of their field.",
     .why = "Istio's webhook refuses the resource, because no request could have such a value.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {namespaces: [""]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{from: [{source: {namespaces: [web]}}]}]
)",
     .fix = "Correct the value.",
     .source = "Istio webhook"},
    {.id = "AP0107",
     .name = "path-template",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "A path template has `{*}` for one segment, and `{**}` once and last among its operators.",
     .why = "Istio's webhook refuses the resource, because Envoy would refuse the policy.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{to: [{operation: {paths: ["/items/{id}"]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{to: [{operation: {paths: ["/items/{*}"]}}]}]
)",
     .fix = "Correct the template.",
     .source = "Istio webhook"},
    {.id = "AP0108",
     .name = "condition",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "Each of `when` has a key that Istio knows, and valid `values` or `notValues`.",
     .why = "Istio's webhook refuses the resource, because the condition could not be checked.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{when: [{key: request.header, values: [v1]}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  rules: [{when: [{key: "request.headers[x-version]", values: [v1]}]}]
)",
     .fix = "Correct the key or the values.",
     .source = "Istio webhook"},
    {.id = "AP0109",
     .name = "deny-tcp",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "A DENY rule that looks at HTTP names the ports that it is for.",
     .why = "On TCP ports the HTTP fields are left out, so the rule denies every connection there.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: DENY
  rules: [{to: [{operation: {paths: [/admin]}}]}]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: shop}
spec:
  action: DENY
  rules: [{to: [{operation: {paths: [/admin], ports: ["8080"]}}]}]
)",
     .fix = "Add `ports` to the operation.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
