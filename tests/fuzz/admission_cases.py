#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the admission vectors of Telemetry, EnvoyFilter, ProxyConfig, WasmPlugin and RequestAuthentication.

    admission_cases.py ORACLE FOLDER [--most N]

ORACLE is `valoracle` (see admission_differential.py): it gives the verdicts. For each kind there are documents that use all
fields, single cases of values at their bounds, and at most N systematic changes of each document's fields (a member missing, null,
empty, of another type, spelled as in the proto, misspelled). FOLDER gets KIND.jsonl. Needs PyYAML. The result is always the same.
"""

import argparse
import copy
import json
import os
import random
import subprocess

import yaml

API = {
    "Telemetry": "telemetry.istio.io/v1",
    "EnvoyFilter": "networking.istio.io/v1alpha3",
    "ProxyConfig": "networking.istio.io/v1beta1",
    "WasmPlugin": "extensions.istio.io/v1alpha1",
    "RequestAuthentication": "security.istio.io/v1",
}
RSA = '{"keys": [{"kty": "RSA", "kid": "a", "use": "sig", "alg": "RS256", "n": "xAE7eB6qugXyCAG3yhh7pk", "e": "AQAB"}]}'
TARGET = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "gw"}
LUA = {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua", "inlineCode": "function envoy_on_request(h) end"}
CHAIN = {"filterChain": {"filter": {"name": "envoy.filters.network.http_connection_manager", "subFilter": {"name": "envoy.filters.http.router"}}}}
TYPED = "type.googleapis.com/envoy.extensions."

#: documents that use every field: specs by kind
FULL = {
    "Telemetry": [
        {
            "selector": {"matchLabels": {"app": "api"}},
            "tracing": [
                {
                    "match": {"mode": "CLIENT"},
                    "providers": [{"name": "zipkin"}],
                    "randomSamplingPercentage": 12.5,
                    "disableSpanReporting": False,
                    "customTags": {
                        "a": {"literal": {"value": "x"}},
                        "b": {"environment": {"name": "ZONE", "defaultValue": "eu"}},
                        "c": {"header": {"name": "x-user", "defaultValue": "none"}},
                        "d": {"formatter": {"value": "%REQ(x-a)%"}},
                    },
                    "useRequestIdForTraceSampling": True,
                    "enableIstioTags": True,
                    "disableContextPropagation": False,
                }
            ],
        },
        {
            "targetRefs": [TARGET],
            "metrics": [
                {
                    "providers": [{"name": "prometheus"}],
                    "overrides": [
                        {
                            "match": {"metric": "REQUEST_COUNT", "mode": "SERVER"},
                            "disabled": False,
                            "tagOverrides": {"host": {"operation": "UPSERT", "value": "request.host"}, "user": {"operation": "REMOVE"}},
                        },
                        {"match": {"customMetric": "mine"}, "disabled": True},
                    ],
                    "reportingInterval": "5s",
                }
            ],
        },
        {
            "targetRef": {"kind": "Service", "name": "api"},
            "accessLogging": [
                {
                    "match": {"mode": "SERVER"},
                    "providers": [{"name": "envoy"}],
                    "disabled": False,
                    "filter": {"expression": "response.code >= 400"},
                }
            ],
        },
    ],
    "ProxyConfig": [
        {
            "selector": {"matchLabels": {"app": "api"}},
            "concurrency": 2,
            "environmentVariables": {"ZONE": "eu", "LEVEL": "1"},
            "image": {"imageType": "distroless"},
        }
    ],
    "WasmPlugin": [
        {
            "selector": {"matchLabels": {"app": "api"}},
            "url": "oci://modules.example.com/auth:v1",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "imagePullPolicy": "IfNotPresent",
            "imagePullSecret": "registry",
            "verificationKey": "key",
            "pluginConfig": {"rules": [{"host": "a.com", "limit": 5, "deep": {"on": True}}], "none": "x"},
            "pluginName": "auth",
            "phase": "AUTHN",
            "priority": 10,
            "failStrategy": "FAIL_OPEN",
            "vmConfig": {"env": [{"name": "ZONE", "valueFrom": "HOST"}, {"name": "LEVEL", "value": "1"}]},
            "match": [{"mode": "SERVER", "ports": [{"number": 80}, {"number": 8080}]}],
            "type": "HTTP",
        },
        {"targetRefs": [TARGET], "url": "https://modules.example.com/auth.wasm"},
    ],
    "RequestAuthentication": [
        {
            "selector": {"matchLabels": {"app": "api"}},
            "jwtRules": [
                {
                    "issuer": "https://issuer.example.com",
                    "audiences": ["api"],
                    "jwksUri": "https://issuer.example.com/keys",
                    "fromHeaders": [{"name": "x-token", "prefix": "Bearer "}],
                    "fromParams": ["token"],
                    "fromCookies": ["session"],
                    "outputPayloadToHeader": "x-payload",
                    "forwardOriginalToken": True,
                    "outputClaimToHeaders": [{"header": "x-user", "claim": "sub"}],
                    "timeout": "5s",
                    "spaceDelimitedClaims": ["scopes"],
                },
                {"issuer": "b", "jwks": RSA},
            ],
        },
        {"targetRefs": [TARGET], "jwtRules": [{"issuer": "a"}]},
    ],
    "EnvoyFilter": [
        {
            "workloadSelector": {"labels": {"app": "api"}},
            "priority": 10,
            "configPatches": [
                {
                    "applyTo": "HTTP_FILTER",
                    "match": {
                        "context": "SIDECAR_INBOUND",
                        "proxy": {"proxyVersion": "^1\\.2.*", "metadata": {"a": "b"}},
                        "listener": {
                            "portNumber": 8080,
                            "portName": "http",
                            "listenerFilter": "a",
                            "name": "b",
                            "filterChain": {
                                "name": "a",
                                "sni": "a.com",
                                "transportProtocol": "tls",
                                "applicationProtocols": "h2",
                                "destinationPort": 80,
                                **CHAIN["filterChain"],
                            },
                        },
                    },
                    "patch": {
                        "operation": "INSERT_BEFORE",
                        "filterClass": "AUTHZ",
                        "value": {"name": "envoy.filters.http.lua", "typed_config": LUA},
                    },
                }
            ],
        },
        {
            "targetRefs": [TARGET],
            "configPatches": [
                {
                    "applyTo": "VIRTUAL_HOST",
                    "match": {
                        "context": "GATEWAY",
                        "routeConfiguration": {
                            "portNumber": 80,
                            "portName": "http",
                            "gateway": "a/gw",
                            "name": "http.80",
                            "vhost": {"name": "a.com:80", "domainName": "a.com", "route": {"name": "x", "action": "ROUTE"}},
                        },
                    },
                    "patch": {
                        "operation": "MERGE",
                        "value": {
                            "domains": ["a.com"],
                            "include_request_attempt_count": True,
                            "routes": [
                                {
                                    "name": "x",
                                    "match": {"prefix": "/", "headers": [{"name": "a", "string_match": {"exact": "b"}}]},
                                    "route": {"cluster": "c", "timeout": "5s", "retry_policy": {"num_retries": 2}},
                                }
                            ],
                            "rate_limits": [{"actions": [{"remote_address": {}}]}],
                        },
                    },
                },
                {
                    "applyTo": "CLUSTER",
                    "match": {"cluster": {"portNumber": 80, "service": "a.com", "subset": "v1", "name": "outbound|80||a.com"}},
                    "patch": {
                        "operation": "MERGE",
                        "value": {
                            "connect_timeout": "5s",
                            "lb_policy": "LEAST_REQUEST",
                            "circuit_breakers": {"thresholds": [{"priority": "HIGH", "max_connections": 100}]},
                            "dns_refresh_rate": "30s",
                            "type": "STRICT_DNS",
                            "upstream_connection_options": {"tcp_keepalive": {"keepalive_time": 300}},
                        },
                    },
                },
                {
                    "applyTo": "HTTP_FILTER",
                    "match": {
                        "context": "WAYPOINT",
                        "waypoint": {
                            "portNumber": 80,
                            "route": {"name": "a"},
                            "filter": {"name": "envoy.filters.network.http_connection_manager", "subFilter": {"name": "b"}},
                        },
                    },
                    "patch": {"operation": "REMOVE"},
                },
            ],
        },
        {
            "configPatches": [
                {
                    "applyTo": "NETWORK_FILTER",
                    "match": {"listener": {"filterChain": {"filter": {"name": "envoy.filters.network.tcp_proxy"}}}},
                    "patch": {
                        "operation": "INSERT_BEFORE",
                        "value": {
                            "name": "envoy.filters.network.rbac",
                            "typedConfig": {
                                "@type": TYPED + "filters.network.rbac.v3.RBAC",
                                "statPrefix": "a",
                                "rules": {
                                    "action": "DENY",
                                    "policies": {"p": {"permissions": [{"any": True}], "principals": [{"source_ip": {"address_prefix": "10.0.0.0", "prefix_len": 8}}]}},
                                },
                            },
                        },
                    },
                },
                {"applyTo": "LISTENER", "patch": {"operation": "MERGE", "value": {"per_connection_buffer_limit_bytes": 1024, "traffic_direction": "INBOUND"}}},
                {"applyTo": "BOOTSTRAP", "patch": {"operation": "MERGE", "value": {"stats_flush_interval": "5s", "node": {"metadata": {"a": [1, None, {"b": "c"}]}}}}},
                {
                    "applyTo": "EXTENSION_CONFIG",
                    "patch": {
                        "operation": "ADD",
                        "value": {
                            "name": "w",
                            "typed_config": {
                                "@type": TYPED + "filters.http.wasm.v3.Wasm",
                                "config": {
                                    "root_id": "r",
                                    "configuration": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": "{}"},
                                    "vm_config": {"code": {"local": {"filename": "/a.wasm"}}, "runtime": "envoy.wasm.runtime.v8"},
                                },
                            },
                        },
                    },
                },
            ],
        },
    ],
}


def patch(apply_to, value, operation="MERGE"):
    """One patch with this value."""
    return {"configPatches": [{"applyTo": apply_to, "patch": {"operation": operation, "value": value}}]}


def jwks(text):
    return {"jwtRules": [{"issuer": "a", "jwks": text}]}


def key(**members):
    return jwks(json.dumps({"keys": [members]}))


#: values at their bounds
SINGLE = {
    "Telemetry": [{}, {"selector": {}}, {"tracing": [{}]}, {"tracing": [{}, {}]}, {"tracing": [None]}]
    + [{"tracing": [{"randomSamplingPercentage": n}]} for n in (0, 100, 100.1, -0.1, 0.001, "50", "NaN", 1e3)]
    + [{"tracing": [{"customTags": {"a": t}}]} for t in ({}, None, {"literal": {}, "header": {}}, {"formatter": {"value": ""}}, {"literal": {"value": "x"}, "header": {"name": "y"}}, {"environment": {"name": ""}})]
    + [{"tracing": [{"customTags": {"": {"literal": {"value": "x"}}}}]}, {"tracing": [{"providers": [{"name": "a"}, {"name": "b"}]}]}]
    + [{"metrics": [{"overrides": [{"tagOverrides": {"a": t}}]}]} for t in ({}, None, {"value": "x"}, {"operation": "UPSERT"}, {"operation": "REMOVE", "value": "x"}, {"operation": "REMOVE", "value": ""}, {"operation": 1}, {"operation": 7, "value": "x"}, {"operation": "upsert"})]
    + [{"metrics": [{"overrides": [{"tagOverrides": {"": {"value": "x"}}}]}]}, {"metrics": [{"overrides": [{"match": {"metric": "ALL_METRICS", "customMetric": "x"}}]}]}]
    + [{"metrics": [{"reportingInterval": d}]} for d in ("1ms", "0s", "0.5ms", "1h1h", "x", 5, "-1s", "1.5ms")]
    + [
        {"accessLogging": [{"filter": {"expression": e}}]}
        for e in (
            "", "a", "a.b.c", "a ==", "1 + 2 * 3", "a ? b : c", "a ? b", "!a && -b < 3", "!-a", "- -a", "!!a", "has(a.b)", "has(a)", "has(a[0])",
            "a.all(x, x > 1)", "a.all(x.y, true)", "a.exists(x, true)", "a.exists_one(1, true)", "a.map(x, x, x)", "a.filter(x)", "[1, 2,]", "[1,,]", "[,]", "{}",
            "{'a': 1, 'b': 2}", "{'a'}", "{a: 1,}", "a{b: 1}", "a.b.C{d: e, f: g,}", ".a.b", ".a(b)", "if", "a.if", "if(a)", "a.in", "a in [1]", "in", "true", "null.a",
            "'a\\nb'", "'a\\qb'", "\"\"\"a\nb\"\"\"", "'a\nb'", "r'\\q'", "b'\\xff'", "b'\\u0041'", "'\\ud800'", "'\\U00110000'", "'\\377'", "'\\400'", "\"a", "a @ b", "a = b", "a & b",
            "a || b && c", "1.5e3", "1.", ".5", "1e400", "0x1F", "0x", "5u", "18446744073709551615u", "18446744073709551616u", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "a[0]", "a[0", "a[?0]", "a.?b", "a.`b`", "// c\na", "a // c", "(a)", "((a)", "a)", "a b", "é", "'é'", "request.headers['x'].startsWith('a') || !('x' in request.headers)",
            "a.exists(__result__, true)", "f(a, b,)", "f(,)", "f()", "a.f().g", "a.1", "1.a", "a..b", "%", "a % b", "response.code >= 500 || response.flags == 'UF'",
            "(" * 40 + "a" + ")" * 40, "a" + ".b" * 300, "1" + "+1" * 300, "1" + " && 1" * 300,
        )
    ]
    + [{"selector": {"matchLabels": {"*": "a"}}}, {"selector": {"matchLabels": {"a": "*"}}}, {"selector": {"matchLabels": {"": "a"}}}, {"selector": {"matchLabels": {"a": "x" * 64}}}]
    + [{"targetRefs": [{**TARGET, **c}]} for c in ({"namespace": "x"}, {"kind": "Pod"}, {"name": ""}, {"group": "A"}, {"kind": "a_b"}, {"name": "x" * 254})]
    + [{"selector": {"matchLabels": {"a": "b"}}, "targetRef": TARGET}, {"selector": {}, "targetRefs": []}, {"selector": None, "targetRefs": [TARGET]}, {"targetRefs": [TARGET] * 17}],
    "ProxyConfig": [{}, {"selector": {}}, {"image": {}}, {"image": None}]
    + [{"concurrency": n} for n in (0, -1, 2147483647, 2147483648, -2147483648, 1.5, 2.0, "2", None, True, [], {})]
    + [{"environmentVariables": v} for v in ({}, {"": ""}, {"A": "x" * 2048}, {"A": "x" * 2049}, {"A": "é" * 2048}, {"A": 1}, {"A": True}, {"A": None}, [], "x", {"a b": "c"})]
    + [{"image": {"imageType": v}} for v in ("", "debug", "x", 1, None, [])]
    + [{"selector": {"matchLabels": v}} for v in ({}, {"*": "a"}, {"a": "*"}, {"": "a"}, {"a": ""}, {"a": "x" * 63}, {"a": "x" * 64}, {"x" * 300: "a"}, {"a": None}, {"a": 1}, [], "x")],
    "WasmPlugin": [{}, {"url": ""}]
    + [
        {"url": u}
        for u in (
            "a", "a/b:c", "oci://a", "OCI://a", "http://a", "https://", "file:///a.wasm", "file:a", "ftp://a", "a:b", "a:5000/b", "a:5000/b:v1", "127.0.0.1/x", "[::1]:5000/x", "http://[::1", "http://a:b",
            "http://a:80:90", "oci://a:80:90", "http://a b", "http://a%zz", "http://a/%zz", "http://a/%41", "http://%41", "http://u:p@a", "http://u@v@a", "http://u[@a", " a", "a b", "a\tb", "a\u007f", "://a", ":a",
            "1a://b", "+a:b", "//a", "///a", "/a", "*", "?", "a?b", "http://a?b?c", "http://a#b", "http://a#%zz", "#a", "é", "http://é", "a@b", "a@sha256:" + "0" * 64, "gcr.io/a/b@sha256:" + "1" * 64, "http://[fe80::1%25en0]/", "http://[fe80::1%en0]/", "http://[1.2.3.4]/", "http://a<b", "http://a\\b", "mailto:a", "http:a", "http:", "http",
        )
    ]
    + [{"url": "a", "sha256": s} for s in ("", "a" * 64, "A" * 64, "g" * 64, "a" * 63, "a" * 65, "0" * 64 + "\n")]
    + [{"url": "a", "imagePullSecret": s} for s in ("", "a", "x" * 253, "x" * 254, "é" * 127, "é" * 253)]
    + [{"url": "a", "pluginName": s} for s in ("", "a", "x" * 256, "x" * 257, "é" * 129)]
    + [{"url": "a", "vmConfig": {"env": e}} for e in ([], [{}], [None], [{"name": ""}], [{"name": "a"}, {"name": "a"}], [{"name": "a", "valueFrom": "HOST", "value": ""}], [{"name": "a", "valueFrom": "HOST", "value": "x"}], [{"name": "a", "valueFrom": "INLINE"}], [{"name": "a", "valueFrom": 1, "value": "x"}], [{"name": "x" * 256}], [{"name": "x" * 257}], [{"name": "é" * 200}], [{"name": "a", "value": "x" * 2049}], [{"name": str(i)} for i in range(257)])]
    + [{"url": "a", "match": m} for m in ([], [{}], [None], [{"ports": []}], [{"ports": [{}]}], [{"ports": [None]}], [{"ports": [{"number": 0}]}], [{"ports": [{"number": 65536}]}], [{"ports": [{"number": 1}, {"number": 1}]}], [{"ports": [{"number": 1}, {"number": 1.0}]}], [{"mode": "UNDEFINED"}], [{"mode": 3}], [{"mode": 9}], [{"mode": "x"}])]
    + [{"url": "a", "pluginConfig": c} for c in ({}, [], "x", None, {"a": None}, {"a": [None, {"b": None}]}, {"a": 1e300, "b": 12345678901234567890}, {"": ""}, {"a": {"b": {"c": [[[]]]}}})]
    + [{"url": "a", "priority": p} for p in (0, -1, 2147483648, -2147483649, "1", None, 1.5)]
    + [{"url": "a", "selector": {}, "targetRef": TARGET}, {"url": "a", "targetRef": {"kind": "GatewayClass", "group": "gateway.networking.k8s.io", "name": "x"}}, {"url": "a", "type": "NETWORK"}, {"url": "a", "type": "TCP"}, {"url": "a", "imagePullPolicy": "always"}],
    "RequestAuthentication": [{}, {"jwtRules": []}, {"jwtRules": [{}]}, {"jwtRules": [None]}, {"selector": {}}]
    + [
        {"jwtRules": [{"issuer": "a", "jwksUri": u}]}
        for u in (
            "", "a", "http://a", "HTTPS://a", "https://a:443/x", "https://a:99999", "https://a:99999999999999999999", "https://a:", "https://a:b", "ftp://a", "//a", "https:a", "https:", "https://", "https://a b", "https://a/%zz", "https://a#%zz", "https://a#b",
            "https://[::1]/", "https://[::1", "https://u:p@a", "https://a/x?y=%zz", "https://é", "http://a\u007f", " http://a", "http://a/" + "x" * 2039, "http://a/" + "x" * 2040, "http://1.2.3.4:80:90", "file:///a", "http://*", "http://a_b",
        )
    ]
    + [
        jwks(t)
        for t in (
            "", "x", "{}", "[]", "null", "1", '"a"', '{"keys": []}', '{"keys": null}', '{"keys": {}}', '{"keys": [1]}', '{"keys": [null]}', '{"keys": [{}]}', '{"keys": []} garbage', '{"keys": [', '{"keys": [],}', '{"kty": "oct", "k": "YQ"}', "{'keys': []}",
            '{"Keys": []}', '{"other": 1, "keys": []}', '\n {"keys": []}\n', '{"keys": [{"KTY": "oct", "k": "YQ"}]}', RSA, RSA + RSA, '{"keys": [{"kty": "RSA", "n": "a+b/", "e": "AQAB"}]}', '{"keys": [{"kty": "RSA", "n": "ab==", "e": "AQ\\nAB"}]}',
        )
    ]
    + [
        key(**m)
        for m in (
            {"kty": "RSA"}, {"kty": "RSA", "n": "AQAB"}, {"kty": "RSA", "n": "", "e": ""}, {"kty": "RSA", "n": None, "e": "AQAB"}, {"kty": "RSA", "n": "!", "e": "AQAB"}, {"kty": "RSA", "n": "A", "e": "AQAB"}, {"kty": "RSA", "n": 1, "e": "AQAB"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": None}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "!"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "p": "!"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQ", "p": "!"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": 1}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": None}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": []}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "use": "x"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "key_ops": ["x"]},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "key_ops": "x"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "key_ops": [1]}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "x5c": []}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "x5c": ["AQAB"]}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "x5c": "a"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "x5t": 1}, {"kty": "RSA", "n": "AQAB", "e": "AQAB", "extra": {"a": 1}}, {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, {"kty": "EC", "crv": "x", "x": "AQ", "y": "AQ"}, {"kty": "EC", "x": "AQ", "y": "AQ"}, {"kty": "EC", "crv": 1, "x": "AQ", "y": "AQ"},
            {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ", "d": "AQ"}, {"kty": "OKP", "crv": "Ed25519", "x": "AQ"}, {"kty": "OKP", "crv": "Ed25519", "x": "AQ", "d": "AQ"}, {"kty": "OKP", "x": "AQ"}, {"kty": "oct", "k": "AQ"}, {"kty": "oct"}, {"kty": "oct", "k": "AQ", "d": "x"}, {"kty": "OCT", "k": "AQ"}, {"kty": 1}, {"kty": None}, {"kty": "AES", "k": "AQ"},
        )
    ]
    + [{"jwtRules": [{"issuer": "a", **m}]} for m in ({"audiences": [""]}, {"fromHeaders": [{}]}, {"fromHeaders": [{"name": ""}]}, {"fromParams": [""]}, {"fromCookies": [""]}, {"outputClaimToHeaders": [{}]}, {"outputClaimToHeaders": [{"header": "a b", "claim": "c"}]}, {"outputClaimToHeaders": [{"header": "é", "claim": "c"}]}, {"outputClaimToHeaders": [{"header": "a", "claim": ""}]}, {"timeout": "0s"}, {"timeout": "1.5ms"}, {"timeout": "x"}, {"spaceDelimitedClaims": [""]}, {"spaceDelimitedClaims": ["a"] * 65}, {"jwks_uri": "http://a"}, {"jwks_uri": "http://a", "jwksUri": "http://b"}, {"jwks": RSA, "jwksUri": "http://a"}, {"forwardOriginalToken": "true"})]
    + [{"jwtRules": [{"jwksUri": "http://a"}]}, {"jwtRules": [{"jwks": RSA}]}, {"selector": {}, "targetRef": TARGET}, {"targetRefs": [{**TARGET, "kind": "Pod"}]}, {"targetRef": {"kind": "ServiceEntry", "group": "networking.istio.io", "name": "x"}}],
    "EnvoyFilter": [{}, {"configPatches": []}, {"configPatches": [None]}, {"configPatches": [{}]}, {"workloadSelector": {}}, {"workloadSelector": {"labels": {}}}, {"workloadSelector": {"labels": {"*": "a"}}}, {"workloadSelector": {"labels": {"a": "*"}}}, {"workloadSelector": {"labels": {"": "a"}}}, {"workloadSelector": {"labels": {"a": "b"}}, "targetRefs": [TARGET]}, {"priority": 2147483648}, {"priority": -1}, {"priority": "1"}]
    + [{"configPatches": [{"applyTo": a, "patch": {"operation": o, "value": {}}}]} for a in ("INVALID", "LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE", "CLUSTER", "EXTENSION_CONFIG", "BOOTSTRAP", "LISTENER_FILTER", 99) for o in ("MERGE", "REMOVE")]
    + [{"configPatches": [{"applyTo": a, "match": m, "patch": {"operation": "REMOVE"}}]} for a in ("LISTENER", "HTTP_FILTER", "NETWORK_FILTER", "HTTP_ROUTE", "CLUSTER", "BOOTSTRAP") for m in ({"listener": {}}, {"routeConfiguration": {}}, {"cluster": {}}, {"waypoint": {}}, {}, {"listener": CHAIN}, {"listener": {"filterChain": {"filter": {}}}})]
    + [{"configPatches": [{"applyTo": "CLUSTER", "match": {"proxy": {"proxyVersion": v}}, "patch": {"operation": "MERGE", "value": {}}}]} for v in ("", "1.2", "(", "a" * 1024, "a" * 1025, "(" * 1025, "(?<a>b)", "\\C", "[[:word:]]")]
    + [{"configPatches": [{"applyTo": "CLUSTER", "patch": p}]} for p in ({}, {"operation": "MERGE"}, {"operation": "REMOVE"}, {"value": {}}, {"operation": "ADD", "value": None}, {"operation": "ADD", "value": []}, {"operation": "ADD", "value": "x"}, {"operation": 3}, {"operation": 77, "value": {}}, {"operation": "add", "value": {}}, {"operation": "MERGE", "filter_class": "AUTHN", "value": {}})]
    + [
        patch("CLUSTER", v)
        for v in (
            {"connect_timeout": "5s"}, {"connect_timeout": "1h1m"}, {"connect_timeout": 5}, {"connect_timeout": {"seconds": 5}}, {"connect_timeout": None}, {"connectTimeout": "5s", "connect_timeout": 5}, {"connectTimeout": 5, "connect_timeout": "5s"}, {"unknown": 1}, {"name": 1}, {"name": None}, {"name": True}, {"lb_policy": "x"}, {"lb_policy": 1}, {"lb_policy": 99}, {"lb_policy": 1.5}, {"lb_policy": None}, {"type": "EDS", "cluster_type": {"name": "x"}},
            {"per_connection_buffer_limit_bytes": 5}, {"per_connection_buffer_limit_bytes": "5"}, {"per_connection_buffer_limit_bytes": -1}, {"per_connection_buffer_limit_bytes": 4294967296}, {"per_connection_buffer_limit_bytes": 1.5}, {"per_connection_buffer_limit_bytes": 1e3}, {"per_connection_buffer_limit_bytes": {"value": 5}}, {"per_connection_buffer_limit_bytes": True}, {"per_connection_buffer_limit_bytes": "x"}, {"per_connection_buffer_limit_bytes": "null"},
            {"metadata": {"filter_metadata": {"a": {"b": [1, None, "c"]}}}}, {"metadata": {"filter_metadata": {"a": 1}}}, {"metadata": {"filter_metadata": []}}, {"metadata": []}, {"health_checks": {}}, {"health_checks": [{}]}, {"health_checks": [None]}, {"health_checks": [1]}, {"health_checks": [{"timeout": "1s", "http_health_check": {"path": "/", "expected_statuses": [{"start": 200, "end": "300"}]}}]},
            {"outlier_detection": {"consecutive_5xx": 5}}, {"outlier_detection": {"consecutive_5xx": "5"}}, {"outlier_detection": {"consecutive5xx": 5}}, {"dns_resolvers": [{"socket_address": {"address": "1.1.1.1", "port_value": 53}}]}, {"dns_resolvers": [{"socket_address": {"port_value": "http"}}]}, {"respect_dns_ttl": "true"}, {"respect_dns_ttl": 1}, {"respect_dns_ttl": True},
            {"typed_extension_protocol_options": {"a": {"@type": "x"}}}, {"typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {"@type": TYPED + "upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {}}}}},
            {"transport_socket": {"name": "tls", "typed_config": {"@type": TYPED + "transport_sockets.tls.v3.UpstreamTlsContext", "sni": "a", "common_tls_context": {"tls_certificates": [{"certificate_chain": {"inline_bytes": "YQ=="}}]}}}},
            {"transport_socket": {"name": "tls", "typed_config": {"@type": TYPED + "transport_sockets.tls.v3.UpstreamTlsContext", "common_tls_context": {"tls_certificates": [{"certificate_chain": {"inline_bytes": "!"}}]}}}},
            {"transport_socket": {"name": "tls", "typed_config": {"@type": TYPED + "transport_sockets.tls.v3.UpstreamTlsContext", "common_tls_context": {"tls_certificates": [{"certificate_chain": {"inline_bytes": [1, 255]}}]}}}},
            {"transport_socket": {"name": "tls", "typed_config": {"@type": TYPED + "transport_sockets.tls.v3.UpstreamTlsContext", "common_tls_context": {"tls_certificates": [{"certificate_chain": {"inline_bytes": [1, 256]}}]}}}},
            {"common_lb_config": {"healthy_panic_threshold": {"value": 50}}}, {"common_lb_config": {"healthy_panic_threshold": {"value": "NaN"}}}, {"common_lb_config": {"healthy_panic_threshold": {"value": "50"}}}, {"common_lb_config": {"healthy_panic_threshold": 50}}, {"load_assignment": {"endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"pipe": {"path": "/a", "mode": 511}}}}]}]}}, {"load_assignment": {"endpoints": [{"load_balancing_weight": 3, "priority": 1}]}}, {"alt_stat_name": "é"},
        )
    ]
    + [
        patch("HTTP_FILTER", v, "INSERT_FIRST")
        for v in (
            {"name": "a"}, {"name": "a", "typed_config": {}}, {"name": "a", "typed_config": None}, {"name": "a", "typed_config": []}, {"name": "a", "typed_config": {"@type": 1}}, {"name": "a", "typed_config": {"@type": ""}}, {"name": "a", "typed_config": {"@type": "x.y.Z"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/envoy.config.filter.http.lua.v2.Lua"}},
            {"name": "a", "typed_config": LUA}, {"name": "a", "typed_config": {**LUA, "@type": "envoy.extensions.filters.http.lua.v3.Lua"}}, {"name": "a", "typed_config": {**LUA, "@type": "a/b/envoy.extensions.filters.http.lua.v3.Lua"}}, {"name": "a", "typed_config": {**LUA, "inlineCode": 1}}, {"name": "a", "typed_config": {**LUA, "wrong": 1}}, {"name": "a", "config_discovery": {"type_urls": ["x"]}}, {"name": "a", "disabled": "x"}, {"name": "a", "is_optional": True, "typed_config": LUA},
            {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "5s"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Duration"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Empty", "value": {}}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Empty"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Struct", "value": {"a": 1}}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Struct", "value": 1}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Timestamp", "value": "2020-01-01T00:00:00Z"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Timestamp", "value": "2020-01-01"}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.Any", "value": LUA}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.UInt32Value", "value": -1}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/google.protobuf.BytesValue", "value": "YQ"}},
            {"name": "a", "typed_config": {"@type": "type.googleapis.com/udpa.type.v1.TypedStruct", "type_url": "x", "value": {"a": 1}}}, {"name": "a", "typed_config": {"@type": "type.googleapis.com/xds.type.v3.TypedStruct", "type_url": "x", "value": [1]}},
            {"name": "a", "typed_config": {"@type": TYPED + "filters.http.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "a", "token_bucket": {"max_tokens": 4, "tokens_per_fill": 4, "fill_interval": "60s"}, "filter_enabled": {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}, "response_headers_to_add": [{"append": False, "header": {"key": "x", "value": "true"}}]}},
            {"name": "a", "typed_config": {"@type": TYPED + "filters.http.local_ratelimit.v3.LocalRateLimit", "token_bucket": {"fill_interval": 60}}}, {"name": "a", "typed_config": {"@type": TYPED + "filters.http.local_ratelimit.v3.LocalRateLimit", "filter_enabled": {"default_value": {"denominator": "hundred"}}}},
            {"name": "a", "typed_config": {"@type": TYPED + "filters.http.ext_authz.v3.ExtAuthz", "grpc_service": {"envoy_grpc": {"cluster_name": "c"}, "timeout": "1s"}, "with_request_body": {"max_request_bytes": 1024}}}, {"name": "a", "typed_config": {"@type": TYPED + "filters.http.jwt_authn.v3.JwtAuthentication", "providers": {"p": {"issuer": "a", "remote_jwks": {"http_uri": {"uri": "a", "timeout": "5s"}, "cache_duration": "x"}}}}},
            {"name": "a", "typed_config": {"@type": TYPED + "filters.http.header_mutation.v3.HeaderMutation", "mutations": {"request_mutations": [{"remove": "x"}, {"append": {"header": {"key": "a"}, "append_action": "ADD_IF_ABSENT"}}]}}}, {"name": "a", "typed_config": {"@type": TYPED + "filters.http.fault.v3.HTTPFault", "delay": {"fixed_delay": "5s", "percentage": {"numerator": 1.0}}}}, {"name": "a", "typed_config": {"@type": TYPED + "filters.http.fault.v3.HTTPFault", "delay": {"percentage": {"numerator": "1e3"}}}},
            {"name": "envoy.grpc_web"}, {"name": "a", "[x.y]": 1}, {"": 1},
        )
    ]
    + [
        patch("HTTP_ROUTE", v)
        for v in (
            {"match": {"prefix": "/"}}, {"match": {"safe_regex": {"regex": "a"}}}, {"match": {"safe_regex": "a"}}, {"route": {"cluster": "a", "cluster_header": "b"}}, {"route": {"weighted_clusters": {"clusters": [{"name": "a", "weight": 5}], "total_weight": "x"}}}, {"route": {"hash_policy": [{"header": {"header_name": "a"}, "terminal": True}]}}, {"route": {"timeout": "0s", "idle_timeout": "x"}}, {"direct_response": {"status": 200, "body": {"inline_string": "a"}}},
            {"direct_response": {"status": "x"}}, {"redirect": {"response_code": "FOUND"}}, {"redirect": {"response_code": "found"}}, {"typed_per_filter_config": {"envoy.filters.http.lua": {"@type": TYPED + "filters.http.lua.v3.LuaPerRoute", "disabled": True}}}, {"typed_per_filter_config": {"a": {"@type": TYPED + "filters.http.lua.v3.LuaPerRoute", "disabled": 1}}}, {"request_headers_to_add": [{"header": {"key": "a", "value": 1}}]}, {"request_headers_to_add": {"header": {}}}, {"request_headers_to_remove": "a"}, {"request_headers_to_remove": ["a", None]}, {"metadata": {"filter_metadata": {"a": {}}}},
        )
    ],
}
#: whole documents: other versions, metadata, spellings of the top level, streams of one document
TOPS = [
    {"apiVersion": "networking.istio.io/v1"}, {"apiVersion": "networking.istio.io/v1beta1"}, {"apiVersion": "networking.istio.io/v1alpha3"}, {"apiVersion": "security.istio.io/v1beta1"}, {"apiVersion": "security.istio.io/v1alpha1"},
    {"apiVersion": "telemetry.istio.io/v1alpha1"}, {"apiVersion": "telemetry.istio.io/v1beta1"}, {"apiVersion": "extensions.istio.io/v1"}, {"apiVersion": "extensions.istio.io/v1alpha1"}, {"apiVersion": "v1"}, {"spec": None}, {"spec": {}}, {"spec": []}, {"Spec": {}}, {"other": 1}, {"status": {}}, {"status": {"conditions": [{"type": 1}]}},
    {"metadata": {"name": "A_b"}}, {"metadata": {"name": "a", "namespace": "A"}}, {"metadata": {"name": "a", "labels": {"a b": "c"}}}, {"metadata": {"name": "a", "annotations": {"istio.io/dry-run": "true"}}}, {"metadata": {"name": "a", "annotations": {"internal.istio.io/parents": "x"}}}, {"metadata": None}, {"metadata": {"name": "a", "labels": {"a": 1}}}, {"Kind": "x"}, {"kind": "x"},
]


def paths(value, path=()):
    if path:
        yield path
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, path + (name,))


def get(value, path):
    for name in path:
        value = value[name]
    return value


def changes(value, path):
    """Copies of the value with its part at the path changed."""
    here = get(value, path)
    values = [None, "", "x", 5, 1.5, True, [], {}, [here], {"a": here}, [None]]
    if isinstance(here, bool):
        values += ["true", 1]
    elif isinstance(here, (int, float)):
        values += [str(here), -here, here + 0.5, 4294967296, 65536]
    elif isinstance(here, str):
        values += [here.lower(), here.upper(), here + " ", "a" * 300, "*", "é"]
    for new in values:
        copied = copy.deepcopy(value)
        get(copied, path[:-1])[path[-1]] = new
        yield copied
    copied = copy.deepcopy(value)
    del get(copied, path[:-1])[path[-1]]
    yield copied
    if isinstance(path[-1], str):
        for name in {"".join("_" + c.lower() if c.isupper() else c for c in path[-1]), path[-1] + "s", path[-1].upper()} - {path[-1]}:
            copied = copy.deepcopy(value)
            get(copied, path[:-1])[name] = get(copied, path[:-1]).pop(path[-1])
            yield copied


def cases(kind, most):
    def document(spec):
        return {"apiVersion": API[kind], "kind": kind, "metadata": {"name": "a", "namespace": "shop"}, "spec": spec}

    for number, spec in enumerate(FULL[kind]):
        yield f"full-{number}", "rule", document(spec)
    for number, spec in enumerate(SINGLE[kind]):
        yield f"value-{number}", "rule", document(spec)
    for number, top in enumerate(TOPS):
        yield f"top-{number}", "document", {**document(FULL[kind][0]), **top}
    rng = random.Random(kind)
    for number, spec in enumerate(FULL[kind]):
        changed = [each for path in paths(spec) for each in changes(spec, path)]
        kept = sorted(rng.sample(range(len(changed)), min(most, len(changed))))
        for place in kept:
            yield f"change-{number}-{place}", "schema", document(changed[place])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("folder")
    parser.add_argument("--most", type=int, default=100)
    given = parser.parse_args()
    for kind in sorted(API):
        rows = []
        for name, group, document in cases(kind, given.most):
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=4000)
            rows.append(json.dumps({"id": f"{kind.lower()}-{name}", "group": group, "kind": kind, "yaml": text}))
        done = subprocess.run([given.oracle, "-mode", "vectors"], input="\n".join(rows) + "\n", stdout=subprocess.PIPE, text=True, check=True)
        keys = ["id", "group", "kind", "yaml", "decode_ok", "schema_valid", "webhook_valid", "webhook_warns", "meta_valid", "strict_ok", "admitted"]
        count = 0
        with open(os.path.join(given.folder, kind + ".jsonl"), "w", encoding="utf-8") as file:
            for line in done.stdout.splitlines():
                fact = json.loads(line)
                if fact.get("unstable"):
                    continue
                kept = {name: fact[name] for name in keys}
                file.write(json.dumps({**kept, "unknown_fields": fact["unknown_fields"] or [], "istio": fact["istio"]}) + "\n")
                count += 1
        print(f"{kind}: {count}")


if __name__ == "__main__":
    main()
