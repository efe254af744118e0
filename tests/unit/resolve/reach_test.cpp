// SPDX-License-Identifier: Apache-2.0
// Which workloads reach a host. What each of them is told is held against the journey of the workload's own proxy, which the
// conformance test holds against a real Envoy.
#include "meshroute/reach.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

using namespace meshroute;

constexpr const char* kMesh = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: orders, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: app}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ads, namespace: shop}
spec: {template: {metadata: {labels: {app: ads}}, spec: {serviceAccountName: ads, containers: [{name: app}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cron, namespace: old}
spec: {template: {metadata: {labels: {app: cron}}, spec: {containers: [{name: app}]}}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec: {address: 10.8.0.1, labels: {app: vm}, serviceAccount: web}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: orders}
spec:
  clusterIP: 10.96.0.7
  selector: {app: orders}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 90, targetPort: 9090}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: orders}
spec: {template: {metadata: {labels: {app: orders}}, spec: {serviceAccountName: orders, containers: [{name: app}]}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: orders}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: orders}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]
)";

Mesh mesh_of(const std::string& text) {
  MeshOptions options;
  options.workloads = Workloads::derived;
  Mesh mesh(options);
  LoadOptions load;
  load.name = "mesh.yaml";
  REQUIRE(mesh.load(text, load).errors() == 0);
  return mesh;
}

using Names = std::vector<std::string>;

const ReachGroup* group_of(const Reach& reach, const std::string& workload) {
  for (const ReachGroup& group : reach.groups) {
    if (std::find(group.workloads.begin(), group.workloads.end(), workload) != group.workloads.end()) return &group;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("reach: workloads that fare alike are told together, those that fail first, each with its reason") {
  const Mesh mesh = mesh_of(kMesh);
  const Reach reach = mesh.snapshot().reach("orders.orders.svc.cluster.local");
  CHECK(reach.url == "http://orders.orders.svc.cluster.local:80/");
  CHECK(reach.port == 80);
  CHECK(reach.workloads == 5);
  CHECK(reach.arrives == 2);
  REQUIRE(reach.groups.size() == 3);
  const ReachGroup* plain = group_of(reach, "old/cron");
  REQUIRE(plain != nullptr);
  CHECK(plain->result == "closed");  // IN, MT: plaintext at a STRICT port meets no filter chain
  CHECK_FALSE(plain->sidecar);
  REQUIRE_FALSE(plain->because.empty());
  CHECK(plain->because.front().code == "inbound_no_chain");
  const ReachGroup* refused = group_of(reach, "shop/ads");
  REQUIRE(refused != nullptr);
  CHECK(refused->result == "403");
  CHECK(refused->arrives_percent == 0);
  CHECK(refused->workloads == Names{"shop/ads", "orders/orders"});
  REQUIRE_FALSE(refused->because.empty());
  CHECK(refused->because.front().code == "no_allow_rule");
  const ReachGroup& good = reach.groups.back();
  CHECK(good.result == "arrives");
  CHECK(good.arrives_percent == 100);
  CHECK(good.workloads == Names{"shop/web", "shop/vm"});
  REQUIRE(good.ways.size() == 1);
  CHECK(good.ways.front().destination == "orders.orders.svc.cluster.local:80");
  CHECK(good.ways.front().percent == 100);
}

TEST_CASE("reach: each workload fares as its own journey says") {
  const Mesh mesh = mesh_of(kMesh);
  const Snapshot snapshot = mesh.snapshot();
  for (const std::uint32_t port : {80U, 90U}) {
    const Reach reach = snapshot.reach("orders.orders", port);
    const auto request = Request::from_url(reach.url);
    REQUIRE(request);
    for (const char* name : {"shop/web", "shop/ads", "shop/vm", "orders/orders"}) {
      CAPTURE(name);
      CAPTURE(port);
      const ReachGroup* group = group_of(reach, name);
      REQUIRE(group != nullptr);
      const Journey journey = snapshot.follow(snapshot.find_proxy(name).proxy, *request);
      REQUIRE(journey.endpoints.size() == 1);
      CHECK(group->result == journey.endpoints.front().result);
      CHECK(group->arrives_percent == journey.arrives_percent);
    }
  }
}

TEST_CASE("reach: the scheme and the port are the service's, and short hosts are what their clients mean") {
  const Mesh mesh = mesh_of(kMesh);
  const Snapshot snapshot = mesh.snapshot();
  CHECK(snapshot.reach("orders.orders", 90).url == "tcp://orders.orders:90/");
  const Reach own = snapshot.reach("orders");  // only from its namespace
  const ReachGroup* here = group_of(own, "orders/orders");
  const ReachGroup* elsewhere = group_of(own, "shop/web");
  REQUIRE(here != nullptr);
  REQUIRE(elsewhere != nullptr);
  CHECK(here->result == "403");
  CHECK(elsewhere->result == "passthrough");
  CHECK(snapshot.reach("nowhere.example.com").url == "http://nowhere.example.com:80/");
  CHECK(group_of(snapshot.reach("nowhere.example.com"), "old/cron")->result == "not known");
}

TEST_CASE("reach: only the workloads that are asked for") {
  const Mesh mesh = mesh_of(kMesh);
  const Reach shop = mesh.snapshot().reach("orders.orders", 80, "shop");
  CHECK(shop.workloads == 3);
  CHECK(shop.arrives == 2);
  const Reach one = mesh.snapshot().reach("orders.orders", 80, "shop/ads");
  REQUIRE(one.groups.size() == 1);
  CHECK(one.groups.front().workloads == Names{"shop/ads"});
}

TEST_CASE("reach: addresses tell clients apart where a policy asks for them") {
  std::string mesh_text;
  for (int i = 1; i <= 6; ++i) {
    mesh_text += "---\napiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm" + std::to_string(i) +
                 ", namespace: shop}\nspec: {address: 10.0.0." + std::to_string(i) + ", serviceAccount: web}\n";
  }
  mesh_text += R"(---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [240.0.0.1]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db, namespace: shop}
spec: {address: 10.9.0.1, labels: {app: db}, serviceAccount: db}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  action: DENY
  rules: [{from: [{source: {ipBlocks: [10.0.0.2/31, 10.0.0.6]}}]}]
)";
  const Mesh mesh = mesh_of(mesh_text);
  const Reach reach = mesh.snapshot().reach("db.example.com");
  REQUIRE(reach.groups.size() == 2);
  CHECK(reach.groups.front().result == "403");
  CHECK(reach.groups.front().workloads == Names{"shop/vm2", "shop/vm3", "shop/vm6"});
  CHECK(reach.arrives == 4);
}

TEST_CASE("reach: pictures name clients, ways and results, and quote what their languages would read") {
  Reach reach;
  reach.host = "a\"b";
  reach.port = 80;
  reach.url = "http://a\"b:80/";
  reach.workloads = 2;
  reach.groups.push_back(
      {.result = "403",
       .workloads = {"shop/ads"},
       .ways = {{.destination = "a\"b:80", .gateways = {"egress.istio-system"}, .result = "403", .percent = 100}}});
  reach.groups.push_back(
      {.result = "arrives", .arrives_percent = 100, .workloads = {"shop/web"}, .ways = {{"a\"b:80", {}, "arrives", 100}}});
  const std::string dot = reach.to_dot();
  CHECK(dot.find("digraph reach {") == 0);
  CHECK(dot.find("n0 [label=\"shop\\nads\"]") != std::string::npos);
  CHECK(dot.find("label=\"a\\\"b:80\"") != std::string::npos);
  CHECK(dot.find("n0 -> n1") != std::string::npos);
  CHECK(dot.find("n1 -> n2 [label=\"403\", color=red") != std::string::npos);
  CHECK(dot.find("n3 -> n2 [label=\"arrives\"]") != std::string::npos);
  const std::string mermaid = reach.to_mermaid();
  CHECK(mermaid.find("flowchart LR\n") == 0);
  CHECK(mermaid.find("n2([\"a#quot;b:80\"])") != std::string::npos);
  CHECK(mermaid.find("n1 -.->|\"403\"| n2") != std::string::npos);
  CHECK(mermaid.find("linkStyle 0,1 stroke:red") != std::string::npos);
}
