#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kDestinationRuleRules[] = {
    {.id = "DR0101",
     .name = "rule-host",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`host` of a DestinationRule is a domain name, or a wildcard of one.",
     .why = "Istio's webhook refuses the resource, because no service can have such a host.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "api_v1.example.com"
  trafficPolicy: {tls: {mode: SIMPLE}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "api-v1.example.com"
  trafficPolicy: {tls: {mode: SIMPLE}}
)",
     .fix = "Correct the host.",
     .source = "Istio webhook"},
    {.id = "DR0102",
     .name = "subset-name",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "Each of `subsets` has a name of its own that is a DNS label.",
     .why = "Istio's webhook refuses the resource, because routes could not name the subset.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v1, labels: {version: v2}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
)",
     .fix = "Give the subset another name.",
     .source = "Istio webhook"},
    {.id = "DR0103",
     .name = "traffic-policy",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`trafficPolicy` has at least one setting, and not both `tunnel` and `proxyProtocol`.",
     .why = "Istio's webhook refuses the resource, because the policy would do nothing, or two things at once.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {tls: {mode: SIMPLE}}
)",
     .fix = "Add a setting, or remove one of the two.",
     .source = "Istio webhook"},
    {.id = "DR0104",
     .name = "port-policy",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "Each of `portLevelSettings` has a `port` and at least one setting.",
     .why = "Istio's webhook refuses the resource, because the settings would be for no port, or empty.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    portLevelSettings: [{tls: {mode: SIMPLE}}]
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]
)",
     .fix = "Add the port or a setting.",
     .source = "Istio webhook"},
    {.id = "DR0105",
     .name = "consistent-hash",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`consistentHash` is complete: a cookie has a name, a Maglev table a prime size below 5000011, and only one table "
             "size is set.",
     .why = "Istio's webhook refuses the resource, because Envoy could not hash so.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 100}}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 101}}}
)",
     .fix = "Correct the setting.",
     .source = "Istio webhook"},
    {.id = "DR0106",
     .name = "locality-load-balancing",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`localityLbSetting` has one of `distribute` and `failover`, localities that do not overlap, and weights that add "
             "up to 100.",
     .why = "Istio's webhook refuses the resource, because the shares would be unclear.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {distribute: [{from: "eu/*", to: {"eu/*": 80, "us/*": 10}}]}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {distribute: [{from: "eu/*", to: {"eu/*": 80, "us/*": 20}}]}}
)",
     .fix = "Correct the localities or the weights.",
     .source = "Istio webhook"},
    {.id = "DR0107",
     .name = "failover-regions",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`failover` names two different regions, without zones and wildcards.",
     .why = "Istio's webhook refuses the resource: a failover goes from one whole region to another.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu/west, to: us}]}}
    outlierDetection: {consecutive5xxErrors: 5}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}
    outlierDetection: {consecutive5xxErrors: 5}
)",
     .fix = "Name two regions.",
     .source = "Istio webhook"},
    {.id = "DR0108",
     .name = "failover-outliers",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`failover` and `failoverPriority` come with `outlierDetection`.",
     .why = "Without it no endpoint is ever found unhealthy, so requests never fail over.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}
    outlierDetection: {consecutive5xxErrors: 5}
)",
     .fix = "Add `outlierDetection`.",
     .source = "Istio webhook"},
    {.id = "DR0109",
     .name = "minimum-ring-size",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`ringHash` is used in place of `minimumRingSize`.",
     .why = "`minimumRingSize` is deprecated: a later version of Istio may not read it.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {consistentHash: {useSourceIp: true, minimumRingSize: 1024}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {consistentHash: {useSourceIp: true, ringHash: {minimumRingSize: 1024}}}
)",
     .fix = "Write `ringHash: {minimumRingSize: N}`.",
     .source = "Istio webhook"},
    {.id = "DR0110",
     .name = "warmup",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`warmup` has a `duration`, a `minimumPercent` up to 100 and an `aggression` above 0.",
     .why = "Istio's webhook refuses the resource, because Envoy could not start slowly so.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 30s, aggression: 0}}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 30s, aggression: 1}}
)",
     .fix = "Correct the setting.",
     .source = "Istio webhook"},
    {.id = "DR0111",
     .name = "consecutive-errors",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`consecutive5xxErrors` or `consecutiveGatewayErrors` is used in place of `consecutiveErrors`.",
     .why = "Istio does not read `consecutiveErrors` any more, so the setting has no effect.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    outlierDetection: {consecutiveErrors: 5}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 5}
)",
     .fix = "Write `consecutive5xxErrors` or `consecutiveGatewayErrors`.",
     .source = "Istio webhook"},
    {.id = "DR0112",
     .name = "local-origin-failures",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`consecutiveLocalOriginFailures` comes with `splitExternalLocalOriginErrors: true`.",
     .why = "Istio's webhook refuses the resource, because Envoy counts local failures apart only then.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    outlierDetection: {consecutiveLocalOriginFailures: 5}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    outlierDetection: {splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 5}
)",
     .fix = "Set `splitExternalLocalOriginErrors`.",
     .source = "Istio webhook"},
    {.id = "DR0113",
     .name = "client-tls",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "The settings of a client's `tls` fit its `mode`: MUTUAL has a certificate and a key, or a `credentialName`.",
     .why = "Istio's webhook refuses the resource, because the proxy would have no certificate to show.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: MUTUAL, clientCertificate: /etc/certs/cert.pem}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: MUTUAL, clientCertificate: /etc/certs/cert.pem, privateKey: /etc/certs/key.pem}
)",
     .fix = "Add the missing setting, or change the mode.",
     .source = "Istio webhook"},
    {.id = "DR0114",
     .name = "tunnel",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "DestinationRule",
     .what = "`tunnel` has the protocol CONNECT or POST, a valid host and a port from 1 to 65535.",
     .why = "Istio's webhook refuses the resource, because Envoy could not open the tunnel.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tunnel: {protocol: SOCKS, targetHost: api.example.com, targetPort: 443}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tunnel: {protocol: CONNECT, targetHost: api.example.com, targetPort: 443}
)",
     .fix = "Correct the setting.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
