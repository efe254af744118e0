#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAnalysisKubernetesRules[] = {
    {.id = "AN0901",
     .name = "namespace-says-injection",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "Namespace",
     .peers = kPeers<"IST0102">,
     .what = "A namespace says whether its Pods get a sidecar.",
     .why = "Without the label they get none, and are not part of the mesh.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
)",
     .fix = "Set the label istio-injection to enabled or disabled, or istio.io/rev.",
     .source = "Istio: injection"},
    {.id = "AN0902",
     .name = "namespace-injection-once",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Namespace",
     .peers = kPeers<"IST0123">,
     .what = "A namespace asks for proxies in one way.",
     .why = "Of istio-injection and istio.io/rev only the first is used.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled, istio.io/rev: canary}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
)",
     .fix = "Keep one of the labels.",
     .source = "Istio: injection"},
    {.id = "AN0903",
     .name = "pod-has-sidecar",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Pod",
     .peers = kPeers<"IST0103">,
     .what = "A Pod of a namespace that asks for sidecars has one.",
     .why = "The Pod is not part of the mesh: no policy and no route applies to it.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
)",
     .fix = "Restart the Pod.",
     .source = "Istio: injection"},
    {.id = "AN0904",
     .name = "annotation-placed",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0107">,
     .what = "An annotation of Istio's is on a kind that it is for.",
     .why = "It has no effect there.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: {sidecar.istio.io/proxyCPU: "1"}}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
)",
     .fix = "Move it to the Pods.",
     .source = "Istio: resource annotations"},
    {.id = "AN0905",
     .name = "annotation-known",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0108">,
     .what = "Istio knows each annotation of its names.",
     .why = "An annotation that it does not know has no effect.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: {networking.istio.io/exprotTo: "."}}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: {networking.istio.io/exportTo: "."}}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
)",
     .fix = "Correct the name.",
     .source = "Istio: resource annotations"},
    {.id = "AN0906",
     .name = "annotation-value",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0125">,
     .what = "The value of an annotation of Istio's can be read.",
     .why = "Istio does not inject the Pod, or ignores the annotation.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}, annotations: {status.sidecar.istio.io/port: none}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}, annotations: {status.sidecar.istio.io/port: "15021"}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
)",
     .fix = "Correct the value.",
     .source = "Istio: resource annotations"},
    {.id = "AN0907",
     .name = "annotation-current",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0135">,
     .what = "An annotation of Istio's is not on its way out.",
     .why = "A later Istio will not read it.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}, annotations: {sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web, sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: app}, {name: istio-proxy}]}
)",
     .fix = "Use what replaced it, such as the label sidecar.istio.io/inject.",
     .source = "Istio: resource annotations"},
    {.id = "AN0908",
     .name = "port-says-protocol",
     .severity = Severity::info,
     .layer = Layer::analysis,
     .kind = "Service",
     .peers = kPeers<"IST0118", "KIA0601", "KIA0602">,
     .what = "The name of a Service's port, or its appProtocol, says its protocol.",
     .why = "Otherwise Istio guesses at each connection: the first bytes have to come from the client, and a server that speaks "
            "first waits in vain.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: main}], selector: {app: web}}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {app: web}}
)",
     .fix = "Name the port by its protocol (http, grpc-web, tcp-db), or set appProtocol.",
     .source = "spec A13"},
    {.id = "AN0909",
     .name = "external-name-port",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "Service",
     .peers = kPeers<"IST0150", "KIA0601">,
     .what = "An ExternalName Service has no port for TCP.",
     .why = "Such a port has no address, so that it catches all TCP connections to its number.",
     .bad = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: web.example.com, ports: [{port: 443, name: main}]}
)",
     .good = R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: web.example.com, ports: [{port: 443, name: tls}]}
)",
     .fix = "Name the port by its protocol.",
     .source = "Istio: ExternalName Services"},
    {.id = "AN0910",
     .name = "status-good",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0171">,
     .what = "The status of a resource says no condition that went wrong.",
     .why = "The control plane could not do what the resource asks for.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
status: {conditions: [{type: istio.io/WaypointBound, status: "False"}]}
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}]}
status: {conditions: [{type: istio.io/WaypointBound, status: "True"}]}
)",
     .fix = "See the condition's message in the cluster.",
     .source = "Istio: status conditions"},
    {.id = "AN0911",
     .name = "export-to-exists",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"KIA0005">,
     .what = "Namespaces in exportTo exist.",
     .why = "Nobody sees the resource there.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}], exportTo: [tema]}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,
    endpoints: [{address: 10.0.0.1}], exportTo: [shop]}
)",
     .fix = "Correct the name, or add the Namespace.",
     .source = "spec D5"},
    {.id = "AN0912",
     .name = "image-auto-injected",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0146", "IST0147">,
     .what = "Pods whose proxy has the image `auto` are injected.",
     .why = "Without the injector nothing replaces the name: the Pods do not start.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {istio-injection: disabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec: {template: {metadata: {labels: {app: ingress}}, spec: {containers: [{name: istio-proxy, image: auto}]}}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: edge, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec: {template: {metadata: {labels: {app: ingress}}, spec: {containers: [{name: istio-proxy, image: auto}]}}}
)",
     .fix = "Set the label istio-injection of the namespace to enabled, or sidecar.istio.io/inject of the Pods to true.",
     .source = "spec KD4"},
    {.id = "AN0913",
     .name = "user-not-of-proxy",
     .severity = Severity::warning,
     .layer = Layer::analysis,
     .kind = "*",
     .peers = kPeers<"IST0144">,
     .what = "No container beside a sidecar runs as user 1337.",
     .why = "That is the sidecar's user: what it sends is never captured, so that no rule and no mutual TLS applies.",
     .bad = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, securityContext: {runAsUser: 1337}}]}}}
)",
     .good = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, securityContext: {runAsUser: 1000}}]}}}
)",
     .fix = "Write another user.",
     .source = "Istio: requirements of Pods"},
};

}  // namespace meshroute::findings
