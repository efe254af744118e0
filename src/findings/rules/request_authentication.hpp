#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kRequestAuthenticationRules[] = {
    {.id = "RA0101",
     .name = "token-issuer",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "RequestAuthentication",
     .what = "A rule of `jwtRules` has an `issuer` or a `jwksUri`.",
     .why = "Istio's webhook refuses the resource: nothing would say whose tokens the rule reads.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - audiences: [api]
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    audiences: [api]
)",
     .fix = "Name the issuer of the tokens.",
     .source = "Istio webhook"},
    {.id = "RA0102",
     .name = "token-empty-value",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "RequestAuthentication",
     .what = "Audiences, places of tokens and claims of a rule are not empty.",
     .why = "Istio's webhook refuses the resource, because no token could match.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    from_params: ['']
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    fromParams: [token]
)",
     .fix = "Write the value, or remove the entry.",
     .source = "Istio webhook"},
    {.id = "RA0103",
     .name = "token-keys-address",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "RequestAuthentication",
     .what = "`jwksUri` is a URL with http or https, and with a port that is a number.",
     .why = "Istio's webhook refuses the resource: the control plane could not read the keys.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwksUri: https://issuer.example.com:99999999999999999999/keys
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwksUri: https://issuer.example.com/keys
)",
     .fix = "Start the URL with https://.",
     .source = "Istio webhook"},
    {.id = "RA0104",
     .name = "token-keys",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "RequestAuthentication",
     .what = "`jwks` is a JSON Web Key Set.",
     .why = "Istio's webhook refuses the resource: no signature could be checked.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwks: '{"keys": [{"kty": "oct"}]}'
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwks: '{"keys": [{"kty": "RSA", "n": "qjl5", "e": "AQAB"}]}'
)",
     .fix = "Copy the key set of the issuer.",
     .source = "Istio webhook"},
    {.id = "RA0105",
     .name = "token-secret-key",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "RequestAuthentication",
     .what = "`jwks` holds public keys only.",
     .why = "A public key is enough to check a token. Whoever can read this resource can sign tokens with the secret one.",
     .bad = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwks: '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'
)",
     .good = R"(apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: api, namespace: shop}
spec:
  jwtRules:
  - issuer: https://issuer.example.com
    jwks: '{"keys": [{"kty": "RSA", "n": "qjl5", "e": "AQAB"}]}'
)",
     .fix = "Write only the public key.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
