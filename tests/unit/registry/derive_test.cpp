// SPDX-License-Identifier: Apache-2.0
// Derived workloads: endpoints of Pods and templates (KD1-KD4), and the proxies of workloads (KD5).
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace {

using meshroute::Answer;
using meshroute::EndpointRow;

constexpr const char* kService = R"(---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {clusterIP: 10.9.0.1, selector: {app: reviews}, ports: [{name: http, port: 80, targetPort: web}]}
)";

std::string pod(const std::string& name, const std::string& status, const std::string& metadata = "") {
  return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: shop, labels: {app: reviews}" + metadata +
         "}\nspec: {containers: [{name: a, ports: [{name: web, containerPort: 8080}]}]}\nstatus: {" + status + "}\n";
}

std::string ready(const std::string& ip) {
  return "phase: Running, podIPs: [{ip: " + ip + "}], conditions: [{type: Ready, status: \"True\"}]";
}

std::string deployment(const std::string& name, const std::string& labels, const std::string& more = "") {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: shop}\nspec: {" + more +
         "template: {metadata: {labels: {" + labels +
         "}}, spec: {serviceAccountName: books, containers: [{name: a, ports: "
         "[{name: web, containerPort: 9080}]}]}}}\n";
}

meshroute::Mesh mesh_of(const std::string& text, meshroute::Workloads workloads = meshroute::Workloads::derived) {
  meshroute::MeshOptions options;
  options.workloads = workloads;
  meshroute::Mesh mesh(options);
  const auto report = mesh.load(text);
  CHECK_MESSAGE(report.errors() == 0, report.to_text());
  return mesh;
}

std::vector<EndpointRow> workloads(const std::string& text, const std::string& host = "reviews.shop.svc.cluster.local") {
  return mesh_of(text).snapshot().workloads_of(host);
}

Answer answer(const meshroute::Mesh& mesh, const std::string& url, const std::string& from = "shop") {
  meshroute::Proxy proxy;
  proxy.namespace_ = from;
  return mesh.snapshot().view(proxy).resolve(*meshroute::Request::from_url(url), {.trace = true});
}

bool has_code(const Answer& answer, const std::string& code) {
  return std::any_of(answer.trace.begin(), answer.trace.end(), [&](const auto& line) { return line.code == code; });
}

}  // namespace

TEST_CASE("derived: a Service has its ready Pods, with the container's port of the target port's name") {
  const auto found = workloads(kService + pod("a", ready("10.1.0.1")) + pod("b", "phase: Running, podIPs: [{ip: 10.1.0.2}]") +
                               pod("c", "phase: Succeeded, podIPs: [{ip: 10.1.0.3}]") + pod("d", "phase: Pending"));
  REQUIRE(found.size() == 2);
  CHECK(found[0].address == "10.1.0.1");
  CHECK(found[0].port == 8080);
  CHECK(found[0].health == "HEALTHY");
  CHECK_FALSE(found[0].assumed);
  CHECK(found[0].resource.starts_with("Pod shop/a"));
  CHECK(found[1].health == "UNHEALTHY");  // not ready, and not terminating
}

TEST_CASE("derived: publishNotReadyAddresses, terminating Pods, and a target port that no container has") {
  const std::string unready = "phase: Running, podIPs: [{ip: 10.1.0.2}]";
  std::string service = kService;
  service.replace(service.find("spec: {"), 7, "spec: {publishNotReadyAddresses: true, ");
  CHECK(workloads(service + pod("b", unready))[0].health == "HEALTHY");
  const auto leaving = workloads(kService + pod("b", ready("10.1.0.2"), ", deletionTimestamp: \"2026-01-01T00:00:00Z\""));
  REQUIRE(leaving.size() == 1);
  CHECK(leaving[0].health == "TERMINATING");
  std::string other = kService;
  other.replace(other.find("targetPort: web"), 15, "targetPort: api");
  CHECK(workloads(other + pod("a", ready("10.1.0.1"))).empty());
}

TEST_CASE("derived: an EndpointSlice decides alone, and given mode derives nothing") {
  const std::string slice = R"(---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: reviews-1, namespace: shop, labels: {kubernetes.io/service-name: reviews}}
addressType: IPv4
ports: [{name: http, port: 1234}]
endpoints: [{addresses: [10.7.0.7]}]
)";
  const std::string both = kService + pod("a", ready("10.1.0.1")) + deployment("reviews", "app: reviews");
  const auto found = workloads(both + slice);
  REQUIRE(found.size() == 1);
  CHECK(found[0].address == "10.7.0.7");
  CHECK(mesh_of(both, meshroute::Workloads::given).snapshot().workloads_of("reviews.shop.svc.cluster.local").empty());
  CHECK(answer(mesh_of(both, meshroute::Workloads::given), "http://reviews/").response->flags == "UH");
}

TEST_CASE("derived: templates count where no given Pod matches") {
  const std::string templates = deployment("reviews-v1", "app: reviews, version: v1", "replicas: 2, ") +
                                deployment("reviews-v2", "app: reviews, version: v2");
  const auto found = workloads(kService + templates);
  REQUIRE(found.size() == 3);
  std::set<std::string> addresses;
  for (const auto& each : found) {
    CHECK(each.assumed);
    CHECK(each.port == 9080);
    CHECK((each.address.starts_with("198.18.") || each.address.starts_with("198.19.")));
    CHECK(each.service_account == "spiffe://cluster.local/ns/shop/sa/books");
    CHECK(each.origin.kind == "Deployment");
    addresses.insert(each.address);
  }
  CHECK(addresses.size() == 3);
  // The address of a template's Pod stays when others come.
  const auto alone = workloads(kService + deployment("reviews-v2", "app: reviews, version: v2"));
  REQUIRE(alone.size() == 1);
  CHECK(addresses.contains(alone[0].address));
  const auto given = workloads(kService + templates + pod("a", ready("10.1.0.1")));
  REQUIRE(given.size() == 1);
  CHECK_FALSE(given[0].assumed);
  // A Pod's manifest has no status: it is to be made.
  const auto manifest = workloads(kService + pod("a", ""));
  REQUIRE(manifest.size() == 1);
  CHECK(manifest[0].assumed);
  CHECK(manifest[0].resource.starts_with("Pod shop/a"));
}

TEST_CASE("derived: a subset and an answer of assumed endpoints") {
  const auto mesh = mesh_of(std::string(kService) + deployment("reviews-v1", "app: reviews, version: v1") + R"(---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v3, labels: {version: v3}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - {match: [{uri: {prefix: /v3}}], route: [{destination: {host: reviews, subset: v3}}]}
  - {route: [{destination: {host: reviews, subset: v1}}]}
)");
  const Answer first = answer(mesh, "http://reviews/");
  CHECK(first.outcome == "routed");
  CHECK(first.failure_percent == 0);
  REQUIRE(first.endpoints.size() == 1);
  CHECK(first.endpoints[0].assumed);
  CHECK(has_code(first, "endpoints_assumed"));
  CHECK(first.to_text().find("assumed from Deployment shop/reviews-v1") != std::string::npos);
  CHECK(first.to_json().find("\"assumed\":true") != std::string::npos);
  const Answer other = answer(mesh, "http://reviews/v3");  // the workloads are known, and none is of v3
  CHECK(other.outcome == "no_endpoints");
  CHECK(other.failure_percent == 100);
}

TEST_CASE("derived: where nothing gives endpoints, nothing fails") {
  const Answer bare = answer(mesh_of(kService), "http://reviews/");
  CHECK(bare.outcome == "routed");
  CHECK(bare.endpoints.empty());
  CHECK_FALSE(bare.response.has_value());
  CHECK(bare.failure_percent == 0);
  CHECK(has_code(bare, "endpoints_not_given"));
  REQUIRE_FALSE(bare.because.empty());
  CHECK(bare.because[0].code == "endpoints_not_given");
  // A template that makes no Pods says so.
  const Answer scaled = answer(mesh_of(kService + deployment("reviews", "app: reviews", "replicas: 0, ")), "http://reviews/");
  CHECK(scaled.outcome == "no_endpoints");
  CHECK(scaled.response->flags == "UH");
  // A label that nearly fits is told.
  const Answer near = answer(mesh_of(kService + deployment("reviews", "app: review")), "http://reviews/");
  CHECK(near.outcome == "routed");
  CHECK(has_code(near, "workload_nearly_selected"));
}

TEST_CASE("derived: a WorkloadGroup stands for entries to come") {
  const std::string text = R"(---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: vm, namespace: shop}
spec: {hosts: [vm.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, location: MESH_INTERNAL,
  workloadSelector: {labels: {app: vm}}}
)";
  const std::string group = R"(---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: vms, namespace: shop}
spec: {metadata: {labels: {app: vm}}, template: {serviceAccount: vm, network: outside}}
)";
  CHECK(answer(mesh_of(text), "http://vm.example.com/").outcome == "no_endpoints");
  auto mesh = mesh_of(text + group);
  const Answer open = answer(mesh, "http://vm.example.com/");
  CHECK(open.outcome == "routed");
  CHECK(has_code(open, "endpoints_not_given"));
  mesh.load(
      "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm-1, namespace: shop, labels: {app: vm}}\n"
      "spec: {address: 10.3.0.1}\n");
  const Answer one = answer(mesh, "http://vm.example.com/");
  REQUIRE(one.endpoints.size() == 1);
  CHECK(one.endpoints[0].address == "10.3.0.1");
  mesh.remove({"Kubernetes", "networking.istio.io", "WorkloadEntry", "shop", "vm-1"});
  mesh.remove({"Kubernetes", "networking.istio.io", "WorkloadGroup", "shop", "vms"});
  CHECK(answer(mesh, "http://vm.example.com/").outcome == "no_endpoints");
}

TEST_CASE("derived: StatefulSets name their Pods, Rollouts use the template of a Deployment") {
  const auto members = workloads(R"(---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db-0, namespace: shop}
spec: {clusterIP: 10.9.0.2, selector: {statefulset.kubernetes.io/pod-name: db-0}, ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {replicas: 2, serviceName: db, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db}]}}}
)",
                                 "db-0.shop.svc.cluster.local");
  REQUIRE(members.size() == 1);
  CHECK(members[0].origin.kind == "StatefulSet");
  const auto rollout = workloads(kService + deployment("reviews", "app: reviews") + R"(---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: reviews, namespace: shop}
spec: {replicas: 2, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: reviews}}
)");
  REQUIRE(rollout.size() == 2);
  CHECK(rollout[0].origin.kind == "Rollout");
}

TEST_CASE("derived: sidecars are injected by namespace, label and annotation") {
  const auto mode = [](const std::string& space, const std::string& metadata) {
    const std::string labels = "app: reviews" + (metadata.starts_with("L") ? ", " + metadata.substr(1) : "");
    const std::string annotations = metadata.starts_with("A") ? ", annotations: {" + metadata.substr(1) + "}" : "";
    const auto mesh =
        mesh_of(kService + space +
                "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: r, namespace: shop}\n"
                "spec: {template: {metadata: {labels: {" +
                labels + "}" + annotations + "}, spec: {containers: [{name: a, ports: [{name: web, containerPort: 1}]}]}}}\n");
    return answer(mesh, "http://reviews/").upstream_tls.mode;
  };
  const auto space = [](const std::string& labels) {
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" + labels + "}}\n";
  };
  const std::string declined = "sidecar.istio.io/inject: \"false\"", wanted = "sidecar.istio.io/inject: \"true\"";
  CHECK(mode("", "") == "mutual");  // nothing is said of the namespace
  CHECK(mode(space("istio-injection: enabled"), "") == "mutual");
  CHECK(mode(space("istio.io/rev: stable"), "") == "mutual");
  CHECK(mode(space("team: a"), "") == "none");
  CHECK(mode(space("istio-injection: disabled"), "L" + wanted) == "none");
  CHECK(mode(space("team: a"), "L" + wanted) == "mutual");
  CHECK(mode(space("team: a"), "A" + wanted) == "none");  // no webhook is called
  CHECK(mode(space("istio-injection: enabled"), "L" + declined) == "none");
  CHECK(mode(space("istio-injection: enabled"), "A" + declined) == "none");
}

TEST_CASE("find_proxy: labels, address and account of what is loaded, and what is near") {
  const std::string text = std::string(kService) + pod("a", ready("10.1.0.1")) + deployment("web", "app: web") + R"(---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z}}
---
apiVersion: v1
kind: Pod
metadata: {name: placed, namespace: shop, labels: {app: placed}}
spec: {nodeName: n1, serviceAccountName: placed, containers: [{name: a}]}
status: {phase: Running, podIP: 10.1.0.9}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: shop}
spec: {address: 10.3.0.1, locality: r/z, network: outside, serviceAccount: vm, labels: {app: vm}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {selector: {istio: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
)" + deployment("edge", "istio: edge");
  const auto snapshot = mesh_of(text).snapshot();
  const auto web = snapshot.find_proxy("shop/web");
  CHECK(web.message.empty());
  CHECK(web.proxy.labels.at("app") == "web");
  CHECK(web.proxy.service_account == "books");
  CHECK(web.proxy.id == "web.shop");
  CHECK(web.assumed);
  CHECK(web.resource.starts_with("Deployment shop/web"));
  CHECK(snapshot.find_proxy("shop/a").proxy.ip == "10.1.0.1");
  const auto placed = snapshot.find_proxy("shop/placed").proxy;
  CHECK(placed.locality == "r/z/");
  CHECK(placed.node_name == "n1");
  const auto vm = snapshot.find_proxy("shop/vm-1").proxy;
  CHECK(vm.network == "outside");
  CHECK(vm.ip == "10.3.0.1");
  CHECK(vm.locality == "r/z");
  CHECK(vm.labels.at("app") == "vm");
  CHECK(snapshot.find_proxy("shop/edge").proxy.type == meshroute::Proxy::Type::router);
  CHECK(web.proxy.type == meshroute::Proxy::Type::sidecar);
  CHECK(snapshot.find_proxy("shop/webb").message.find("Deployment shop/web") != std::string::npos);
  CHECK(snapshot.find_proxy("shap/web").message.find("did you mean shop?") != std::string::npos);
  CHECK(snapshot.find_proxy("shop").message.empty());
  CHECK(meshroute::Proxy::from_json(web.to_json())->labels == web.proxy.labels);
}

TEST_CASE("derived: a journey ends at the sidecar of an assumed workload") {
  const auto mesh = mesh_of(kService + deployment("reviews", "app: reviews") + deployment("web", "app: web") + R"(---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: shop}
spec: {}
)");
  const auto snapshot = mesh.snapshot();
  const auto journey = snapshot.follow(snapshot.find_proxy("shop/web").proxy, *meshroute::Request::from_url("http://reviews/"));
  REQUIRE(journey.endpoints.size() == 1);
  CHECK(journey.endpoints[0].server == "reviews.shop");
  CHECK(journey.endpoints[0].tls == "mutual");
  CHECK(journey.endpoints[0].result == "403");
}

TEST_CASE("journeys: the manifest of a Pod in an injected namespace has a sidecar, in both modes") {
  const std::string text = std::string(kService) + pod("a", ready("10.1.0.1")) + R"(---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: reviews-1, namespace: shop, labels: {kubernetes.io/service-name: reviews}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.1.0.1], targetRef: {kind: Pod, name: a}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: shop}
spec: {}
)";
  const std::string space = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";
  for (const auto mode : {meshroute::Workloads::given, meshroute::Workloads::derived}) {
    const auto follow = [&](const std::string& config) {
      meshroute::Proxy client;
      client.namespace_ = "shop";
      return mesh_of(config, mode).snapshot().follow(client, *meshroute::Request::from_url("http://reviews/"));
    };
    const auto plain = follow(text);
    REQUIRE(plain.endpoints.size() == 1);
    CHECK(plain.endpoints[0].result == "no sidecar");
    const auto injected = follow(text + space);
    REQUIRE(injected.endpoints.size() == 1);
    CHECK(injected.endpoints[0].server == "a.shop");
    CHECK(injected.endpoints[0].result == "403");
  }
}
