// SPDX-License-Identifier: Apache-2.0
// Views of small meshes, and of empty ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "meshroute/meshroute.hpp"
#include "view/proxy_view.hpp"

TEST_CASE("an empty mesh has the two clusters of G10 only") {
  const auto snapshot = meshroute::registry::build({}, {});
  const meshroute::view::ProxyView view(snapshot, {});
  CHECK(view.services_json().empty());
  CHECK(view.assignments().empty());
  CHECK(view.has_cluster("PassthroughCluster"));
  CHECK(view.clusters_json().size() == 2);
}

TEST_CASE("view: a filter keeps what it names") {
  meshroute::Mesh mesh;
  mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 90, name: grpc, protocol: GRPC}]
  endpoints: [{address: 10.0.0.1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ab, namespace: shop}
spec:
  hosts: [ab.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}]}
)");
  const auto view = mesh.snapshot().view({});
  const auto count = [&](const char* section, const meshroute::ViewFilter& filter) {
    return nlohmann::json::parse(view.section_json(section, filter)).size();
  };
  CHECK(count("services", {}) == 2);
  CHECK(count("services", {.host = "a"}) == 1);
  CHECK(count("services", {.port = 90}) == 1);
  CHECK(count("clusters", {.host = "a.example.com"}) == 4);
  CHECK(count("clusters", {.host = "a.example.com", .subset = "v1"}) == 2);
  CHECK(count("clusters", {.subset = "v1", .port = 90}) == 1);
  CHECK(count("endpoints", {.cluster = "outbound|80||ab.example.com"}) == 1);
  CHECK(count("routes", {.port = 90}) == 1);
  const auto routes = nlohmann::json::parse(view.section_json("routes", {.host = "ab", .port = 80}));
  REQUIRE(routes.size() == 1);
  REQUIRE(routes[0]["virtual_hosts"].size() == 1);
  CHECK(routes[0]["virtual_hosts"][0]["name"] == "ab.example.com:80");
  CHECK(view.section_json("nothing") == "null");
}

TEST_CASE("view: why tells visible from hidden, as data") {
  meshroute::Mesh mesh;
  mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  exportTo: ["."]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: a, tier: web}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec:
  address: 10.0.0.1
  labels:
    app: a
    tier: db
)",
            {.name = "mesh.yaml"});
  const auto snapshot = mesh.snapshot();
  const auto hidden = snapshot.view({.namespace_ = "other"}).why("a.example.com");
  CHECK_FALSE(hidden.visible);
  REQUIRE(!hidden.lines.empty());
  CHECK(hidden.lines[0].verdict == meshroute::Verdict::skipped);
  CHECK(hidden.lines[0].line == 6);
  const auto seen = snapshot.view({.namespace_ = "shop"}).why("a.example.com");
  CHECK(seen.visible);
  const auto near = std::find_if(seen.lines.begin(), seen.lines.end(),
                                 [](const auto& line) { return line.code == "workload_nearly_selected"; });
  REQUIRE(near != seen.lines.end());
  CHECK(near->resource == "WorkloadEntry shop/vm");
  CHECK(near->path == "spec.labels.tier");
  CHECK(near->line == 18);
  CHECK(near->column == 11);
}

TEST_CASE("view: MeshConfig says how paths are read and where proxies take proxied HTTP") {
  constexpr const char* kMesh = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec: {hosts: [a.example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  http: [{match: [{uri: {exact: /x/y}}], directResponse: {status: 204}}, {route: [{destination: {host: a.example.com}}]}]
)";
  const auto outcome = [&](const std::string& normalization, const std::string& path) {
    meshroute::Mesh mesh({.mesh_config = "pathNormalization: {normalization: " + normalization + "}"});
    mesh.load(kMesh);
    return mesh.snapshot()
        .view({.namespace_ = "shop"})
        .resolve(*meshroute::Request::from_url("http://a.example.com" + path))
        .outcome;
  };
  CHECK(outcome("NONE", "/x/./y") == "routed");
  CHECK(outcome("DEFAULT", "/x/./y") == "direct_response");
  CHECK(outcome("BASE", "/x//y") == "routed");
  CHECK(outcome("MERGE_SLASHES", "/x//y") == "direct_response");
  CHECK(outcome("MERGE_SLASHES", "/x%2Fy") == "routed");
  CHECK(outcome("DECODE_AND_MERGE_SLASHES", "/x%2F%5cy") == "direct_response");

  meshroute::Mesh mesh({.mesh_config = "proxyHttpPort: 15080"});
  mesh.load(kMesh);
  const auto view = mesh.snapshot().view({.namespace_ = "shop"});
  meshroute::Request request = *meshroute::Request::from_url("http://a.example.com/x/y");
  request.address = "127.0.0.1";
  request.port = 15080;
  const auto answer = view.resolve(request);
  CHECK(answer.listener == "127.0.0.1_15080");
  CHECK(answer.route_config == "http_proxy");
  CHECK(answer.direct_response == 204U);
}

TEST_CASE("view: why takes a host in any case") {
  meshroute::Mesh mesh;
  mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec: {hosts: [a.example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.1}]}
)");
  const auto reasons = mesh.snapshot().view({.namespace_ = "shop"}).why("A.Example.COM");
  CHECK(reasons.visible);
  CHECK(reasons.host == "a.example.com");
}

// C37a; the expected addresses follow Istio's serviceregistry/kube/controller/network.go.
TEST_CASE("view: a network's gateway may be a NodePort Service") {
  const auto addresses = [](const std::string& gateway) {
    meshroute::Mesh mesh;
    mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: bank}
spec:
  hosts: [ledger.bank]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.1.0.10, network: east, labels: {security.istio.io/tlsMode: istio}}]
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {pool: edge}}
status: {addresses: [{type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 192.0.2.1}, {type: ExternalIP, address: 192.0.2.9}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {addresses: [{type: ExternalIP, address: 192.0.2.2}]}
---
apiVersion: v1
kind: Node
metadata: {name: n3, labels: {pool: edge}}
---
)" + gateway);
    meshroute::Proxy proxy{.namespace_ = "shop"};
    proxy.network = "west";
    const auto view = mesh.snapshot().view(proxy);
    std::vector<std::string> found;
    for (const auto& row : view.endpoints()) {
      if (row.cluster == "outbound|80||ledger.bank") found.push_back(row.address + ":" + std::to_string(row.port));
    }
    std::sort(found.begin(), found.end());
    return found;
  };
  using Found = std::vector<std::string>;
  const auto service = [](const std::string& annotations, const std::string& spec) {
    return "apiVersion: v1\nkind: Service\nmetadata: {name: eastwest, namespace: istio-system, "
           "labels: {topology.istio.io/network: east}, annotations: {" +
           annotations + "}}\nspec: {ports: [{name: tls, port: 15443, nodePort: 31443}], " + spec + "}\n";
  };
  const std::string edge = "traffic.istio.io/nodeSelector: '{\"pool\": \"edge\"}'";
  CHECK(addresses(service(edge, "type: NodePort")) == Found{"192.0.2.1:31443"});
  CHECK(addresses(service("traffic.istio.io/nodeSelector: '{}'", "type: NodePort")) ==
        Found{"192.0.2.1:31443", "192.0.2.2:31443"});
  CHECK(addresses(service("traffic.istio.io/nodeSelector: pool", "type: NodePort")) ==
        Found{"192.0.2.1:31443", "192.0.2.2:31443"});
  CHECK(addresses(service("traffic.istio.io/nodeSelector: '{\"pool\": 1}'", "type: NodePort")) == Found{"10.1.0.10:80"});
  CHECK(addresses(service("", "type: NodePort")) == Found{"10.1.0.10:80"});
  CHECK(addresses(service(edge, "type: ClusterIP")) == Found{"10.1.0.10:80"});
  CHECK(addresses(service(edge, "type: NodePort, externalIPs: [192.0.2.7]")) == Found{"192.0.2.7:31443"});
  CHECK(addresses(service("", "type: NodePort, externalIPs: [192.0.2.7]")) == Found{"192.0.2.7:15443"});
}

TEST_CASE("only endpoints with a sidecar are reached through another network or by SNI, whatever a DestinationRule says") {
  // C36, C39, GW75; the numbers are those of Istio's control plane.
  const std::string text = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  location: MESH_INTERNAL
  endpoints:
  - {address: 1.1.1.2, network: east}
  - {address: 1.1.1.3, network: east, labels: {security.istio.io/tlsMode: istio}}
  - {address: 1.1.1.4, network: west}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec: {host: a.example.com, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: eastwest, namespace: shop}
spec:
  selector: {istio: eastwest}
  servers: [{port: {number: 15443, name: tls, protocol: TLS}, hosts: ["*.example.com"], tls: {mode: AUTO_PASSTHROUGH}}]
)";
  const auto endpoints = [&text](const std::string& networks, const meshroute::Proxy& proxy, const std::string& cluster) {
    meshroute::Mesh mesh({.mesh_networks = networks});
    REQUIRE(mesh.load(text).errors() == 0);
    std::vector<std::string> found;
    for (const auto& row : mesh.snapshot().view(proxy).endpoints()) {
      if (row.cluster == cluster) found.push_back(row.address + " " + std::to_string(row.weight));
    }
    return found;
  };
  using Found = std::vector<std::string>;
  meshroute::Proxy sidecar{.namespace_ = "shop"};
  sidecar.network = "west";
  CHECK(endpoints(R"({"networks":{"east":{"endpoints":[{"fromRegistry":"x"}],"gateways":[{"address":"5.5.5.5","port":15443}]}}})",
                  sidecar, "outbound|80||a.example.com") == Found{"1.1.1.4 1", "5.5.5.5 1"});
  meshroute::Proxy router{.type = meshroute::Proxy::Type::router, .namespace_ = "shop", .labels = {{"istio", "eastwest"}}};
  CHECK(endpoints("", router, "outbound_.80_._.a.example.com") == Found{"1.1.1.3 1"});
  CHECK(endpoints("", router, "outbound|80||a.example.com").size() == 3);
}
