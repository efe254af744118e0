#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisGatewaysRules[] = {
    {.id = "AN0501",
     .name = "gateway-selects-proxy",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0101/gateway-selector", "KIA0302">,
     .what = "The selector of a Gateway selects a proxy.",
     .why = "Nothing serves the Gateway's hosts.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
)",
     .fix = "Correct the labels.",
     .source = "Istio: Gateway selector"},
    {.id = "AN0502",
     .name = "gateway-host-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0145", "KIA0301">,
     .what = "One Gateway of a proxy has a host and port.",
     .why = "A proxy serves a host once on a port: of two Gateways, one's settings are lost for it.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: b, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [api.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: b, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP},
    hosts: [web.example.com]}]}
)",
     .fix = "Let one Gateway have the host.",
     .source = "Istio: merging of Gateways"},
    {.id = "AN0503",
     .name = "gateway-certificate-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0138">,
     .what = "Gateways of one proxy do not share a certificate.",
     .why = "Browsers reuse a connection for all hosts of a certificate: requests for the other Gateway's hosts get 404.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [a.example.com], tls: {mode: SIMPLE, serverCertificate: /c.pem, privateKey: /k.pem}}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: b, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [b.example.com], tls: {mode: SIMPLE, serverCertificate: /c.pem, privateKey: /k.pem}}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [a.example.com, b.example.com], tls: {mode: SIMPLE, serverCertificate: /c.pem, privateKey: /k.pem}}]}
)",
     .fix = "Make them one Gateway, or give each a certificate of its own.",
     .source = "Istio: common problems, 404 by reused connections"},
    {.id = "AN0504",
     .name = "gateway-secret-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0101/secret">,
     .what = "The Secret of a server is in the namespace of the gateway's proxies.",
     .why = "The server has no certificate: TLS connections to it fail.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [api.example.com], tls: {mode: SIMPLE, credentialName: cert}}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: |-
    LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJMakNCNGFBREFnRUNBaFF3bm05ZFhSWUlYc0ZwU2NscmJucXlIV0JZelRB
    RkJnTXJaWEF3RERFS01BZ0cKQTFVRUF3d0JZVEFnRncweU5qRXhNekF3TmpFd01UWmFHQTh5TVRJMk1URXdOakEyTVRBeE5sb3dE
    REVLTUFnRwpBMVVFQXd3QllUQXFNQVVHQXl0bGNBTWhBTHFUdExTY1lWVmF1NStnMjdSWEwwOVpxcTU1TVlJVHBzMHNyaCtWCnFG
    L1pvMU13VVRBZEJnTlZIUTRFRmdRVUJ6Wit2T09JWEE5S28vY3lSZTdiUTFMd1VKRXdId1lEVlIwakJCZ3cKRm9BVUJ6Wit2T09J
    WEE5S28vY3lSZTdiUTFMd1VKRXdEd1lEVlIwVEFRSC9CQVV3QXdFQi96QUZCZ01yWlhBRApRUUFFRnAzNy9NWTdRTVBxbDhadks5
    Nkp4M0t1aFlVb3cyU3ZlUjh3VEpTN0hQZmdjZ0lwQlJnSlRKUmlwQ1RhCkZmQ0VCR2VrRkhjY3MwOVFHQUxVdm4wRgotLS0tLUVO
    RCBDRVJUSUZJQ0FURS0tLS0tCg==
  tls.key: YQ==
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [api.example.com], tls: {mode: SIMPLE, credentialName: cert}}]}
)",
     .fix = "Add the Secret to the namespace of the gateway's Pods.",
     .source = "Istio: credentialName"},
    {.id = "AN0505",
     .name = "gateway-secret-holds-certificate",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0161">,
     .what = "The Secret of a server holds a certificate and its key, and the certificate has not expired.",
     .why = "The server has no certificate that clients accept: TLS connections to it fail.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data: {tls.crt: YQ==, tls.key: YQ==}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [api.example.com], tls: {mode: SIMPLE, credentialName: cert}}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: |-
    LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJMakNCNGFBREFnRUNBaFF3bm05ZFhSWUlYc0ZwU2NscmJucXlIV0JZelRB
    RkJnTXJaWEF3RERFS01BZ0cKQTFVRUF3d0JZVEFnRncweU5qRXhNekF3TmpFd01UWmFHQTh5TVRJMk1URXdOakEyTVRBeE5sb3dE
    REVLTUFnRwpBMVVFQXd3QllUQXFNQVVHQXl0bGNBTWhBTHFUdExTY1lWVmF1NStnMjdSWEwwOVpxcTU1TVlJVHBzMHNyaCtWCnFG
    L1pvMU13VVRBZEJnTlZIUTRFRmdRVUJ6Wit2T09JWEE5S28vY3lSZTdiUTFMd1VKRXdId1lEVlIwakJCZ3cKRm9BVUJ6Wit2T09J
    WEE5S28vY3lSZTdiUTFMd1VKRXdEd1lEVlIwVEFRSC9CQVV3QXdFQi96QUZCZ01yWlhBRApRUUFFRnAzNy9NWTdRTVBxbDhadks5
    Nkp4M0t1aFlVb3cyU3ZlUjh3VEpTN0hQZmdjZ0lwQlJnSlRKUmlwQ1RhCkZmQ0VCR2VrRkhjY3MwOVFHQUxVdm4wRgotLS0tLUVO
    RCBDRVJUSUZJQ0FURS0tLS0tCg==
  tls.key: YQ==
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS},
    hosts: [api.example.com], tls: {mode: SIMPLE, credentialName: cert}}]}
)",
     .fix = "Renew the Secret: tls.crt in PEM, and tls.key.",
     .source = "Istio: credentialName"},
    {.id = "AN0506",
     .name = "gateway-port-reached",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Gateway",
     .peers = kPeers<"IST0162">,
     .what = "The port of a server is one that a Service of the gateway's Pods leads to.",
     .why = "Clients do not reach the server.",
     .bad = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 8443, name: tls, protocol: TLS},
    hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]}
)",
     .good = R"(apiVersion: v1
kind: Pod
metadata: {name: gateway-1, namespace: shop, labels: {istio: ingressgateway}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: gateway, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}, {port: 443, name: https}],
    selector: {istio: ingressgateway}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: tls, protocol: TLS},
    hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]}
)",
     .fix = "Add the port to the Service, or correct the server's.",
     .source = "Istio: ports of gateways"},
};

}  // namespace meshroute::findings
