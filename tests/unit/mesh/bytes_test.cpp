// SPDX-License-Identifier: Apache-2.0
// bytes() of meshes, snapshots, views and reports, against what malloc says.
#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "meshroute/mesh.hpp"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if __GLIBC_PREREQ(2, 33)
#define MESHROUTE_HAS_MALLINFO
#endif
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#undef MESHROUTE_HAS_MALLINFO
#endif
#endif
#if defined(MESHROUTE_HAS_MALLINFO)
#include <malloc.h>
#endif

namespace {

using namespace meshroute;

/// `count` resources of each of several kinds.
std::string generated(std::size_t count) {
  std::string text;
  const auto add = [&text](const std::string& api, const std::string& kind, const std::string& name, const std::string& rest) {
    text += "apiVersion: " + api + "\nkind: " + kind + "\nmetadata: {name: " + name +
            ", namespace: shop, labels: {app.kubernetes.io/part-of: shop, team: payments}, "
            "annotations: {example.com/owner: " +
            name + "@payments.example.com}}\n" + rest + "\n---\n";
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(i), address = std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    const std::string host = "entry-" + n + ".payments.example.internal", service = "service-" + n;
    add("networking.istio.io/v1", "ServiceEntry", "entry-" + n,
        "spec: {hosts: [" + host +
            "], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP},"
            " {number: 5432, name: tcp-database, protocol: TCP}], endpoints: [{address: 10.1." +
            address + ", labels: {app: entry, version: v1}, locality: europe-west-1/europe-west-1a}, {address: 10.2." + address +
            ", labels: {app: entry, version: v2}, locality: europe-west-1/europe-west-1b, serviceAccount: entry-" + n + "}]}");
    add("networking.istio.io/v1", "DestinationRule", "entry-" + n,
        "spec: {host: " + host +
            ", trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}, connectionPool: {http: "
            "{http1MaxPendingRequests: 100}}}, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}");
    add("networking.istio.io/v1", "VirtualService", "entry-" + n,
        "spec: {hosts: [" + host + "], http: [{match: [{uri: {prefix: /api/orders/" + n +
            "}, headers: {x-tenant-of-request: {exact: tenant-" + n +
            "}}}, {uri: {regex: '/v[0-9]+/items/.*'}}], route: "
            "[{destination: {host: " +
            host + ", subset: v1}, weight: 90}, {destination: {host: " + host +
            ", subset: v2}, weight: 10}], timeout: 5s, retries: {attempts: 3, perTryTimeout: 2s}}, "
            "{route: [{destination: {host: " +
            host + ", port: {number: 80}}}]}]}");
    add("networking.istio.io/v1", "WorkloadEntry", "vm-" + n,
        "spec: {address: 10.3." + address + ", labels: {app: legacy-" + std::to_string(i % 10) + ", instance-id: i-00000000000" +
            n + "}, serviceAccount: legacy, network: network-of-machines}");
    add("v1", "Service", service,
        "spec: {clusterIP: 10.4." + address + ", selector: {app: " + service +
            "}, ports: [{name: http, port: 80, targetPort: 8080}, {name: grpc-admin, port: 9090}]}");
    add("discovery.k8s.io/v1", "EndpointSlice", service + "-abcde",
        "addressType: IPv4\nports: [{name: http, port: 8080}, {name: grpc-admin, port: 9090}]\nendpoints: [{addresses: [10.5." +
            address + "], targetRef: {kind: Pod, name: " + service +
            "-0, namespace: shop}, nodeName: node-of-the-zone-1}, "
            "{addresses: [10.6." +
            address + "], conditions: {ready: true}}]");
    // EndpointSlices are of the service that a label names.
    text.replace(text.rfind("team: payments}"), 15, "team: payments, kubernetes.io/service-name: " + service + "}");
    add("v1", "Pod", service + "-0",
        "spec: {serviceAccountName: " + service +
            ", containers: [{name: application, ports: [{name: http, containerPort: 8080}]}]}"
            "\nstatus: {phase: Running, podIP: 10.5." +
            address + ", conditions: [{type: Ready, status: 'True'}]}");
    if (i % 4 == 0) {
      add("security.istio.io/v1", "AuthorizationPolicy", service,
          "spec: {selector: {matchLabels: {app: " + service +
              "}}, action: ALLOW, rules: [{from: [{source: {principals: "
              "[cluster.local/ns/shop/sa/" +
              service + "]}}], to: [{operation: {methods: [GET], paths: ['/api/*']}}]}]}");
    }
  }
  return text;
}

LoadOptions without_text() {
  LoadOptions options;
  options.keep_text = false;
  return options;
}

Proxy proxy() {
  Proxy made;
  made.id = "client";
  made.namespace_ = "shop";
  made.ip = "10.9.0.1";
  return made;
}

void print_all(const View& view) {
  CHECK(view.to_json().size() > 1000);
  CHECK(view.to_text().size() > 1000);
  CHECK(view.envoy_routes_json().size() > 1000);
}

/// A mesh, its snapshot, and a view of which everything was printed.
struct Handles {
  explicit Handles(std::size_t count) {
    REQUIRE(mesh->load(generated(count), without_text()).errors() == 0);
    snapshot.emplace(mesh->snapshot());
  }
  std::optional<Mesh> mesh{std::in_place};
  std::optional<Snapshot> snapshot;
};

#if defined(MESHROUTE_HAS_MALLINFO)
std::size_t in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void check_near(const std::string& what, std::size_t told, std::size_t used) {
  const double ratio = static_cast<double>(told) / static_cast<double>(used);
  INFO(what << ": " << told << " bytes, malloc says " << used << ", " << ratio);
  CHECK(ratio > 0.6);
  CHECK(ratio < 1.5);
}
#endif

}  // namespace

#if defined(MESHROUTE_HAS_MALLINFO)
TEST_CASE("bytes: near what malloc says, of a mesh, its snapshot and a view") {
  constexpr std::size_t kEach = 100;
  {  // what the library keeps for itself, and what malloc keeps for the next allocations
    const Handles warm(kEach);
    print_all(warm.snapshot->view(proxy()));
  }
  const std::size_t before = in_use();
  Handles handles(kEach);
  check_near("mesh", handles.mesh->bytes(), in_use() - before);
  handles.mesh.reset();
  check_near("snapshot", handles.snapshot->bytes(), in_use() - before);

  const std::size_t without_view = in_use();
  const View view = handles.snapshot->view(proxy());
  print_all(view);
  check_near("view, all printed", view.bytes(), in_use() - without_view);
  check_near("snapshot with a view", handles.snapshot->bytes() + view.bytes(), in_use() - before);

  const std::size_t before_requests = in_use(), bytes_before_requests = view.bytes();
  for (std::size_t i = 0; i < kEach; ++i) {
    const std::string url = "http://entry-" + std::to_string(i) + ".payments.example.internal/v1/items/1";
    CHECK(view.resolve(*Request::from_url(url)).outcome == "routed");
  }
  check_near("what requests have compiled", view.bytes() - bytes_before_requests, in_use() - before_requests);
}

TEST_CASE("bytes: near what malloc says, of a report") {
  const std::string bad =
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec: {servers: [{port: {}}]}\n---\n";
  std::string text;
  for (int i = 0; i < 200; ++i) text += bad;
  check(text);
  const std::size_t before = in_use();
  const Report report = check(text);
  check_near("report", report.bytes(), in_use() - before);
}
#endif

TEST_CASE("bytes: twice the resources are about twice the bytes") {
  const Handles small(60), large(120);
  const View of_small = small.snapshot->view(proxy()), of_large = large.snapshot->view(proxy());
  print_all(of_small);
  print_all(of_large);
  const auto doubled = [](std::size_t one, std::size_t two) {
    const double ratio = static_cast<double>(two) / static_cast<double>(one);
    CHECK(ratio > 1.7);
    CHECK(ratio < 2.3);
  };
  doubled(small.mesh->bytes(), large.mesh->bytes());
  doubled(small.snapshot->bytes(), large.snapshot->bytes());
  doubled(of_small.bytes(), of_large.bytes());
}

TEST_CASE("bytes: the text that is kept counts once") {
  const std::string text = generated(20);
  Mesh without, with;
  without.load(text, without_text());
  with.load(text);
  const std::size_t more = with.bytes() - without.bytes();
  CHECK(more > text.size());
  CHECK(more < text.size() + 1000);
}

TEST_CASE("bytes: a mesh holds more with each resource, and less without it") {
  Mesh mesh;
  const std::size_t empty = mesh.bytes();
  CHECK(empty < 20000);
  mesh.load(generated(10), without_text());
  const std::size_t full = mesh.bytes();
  CHECK(full > empty + 10000);
  CHECK(mesh.remove({"Kubernetes", "networking.istio.io", "VirtualService", "shop", "entry-3"}));
  mesh.snapshot();  // no snapshot has it any longer
  const std::size_t with_snapshot = mesh.bytes();
  CHECK(mesh.remove({"Kubernetes", "networking.istio.io", "VirtualService", "shop", "entry-4"}));
  mesh.snapshot();
  CHECK(mesh.bytes() < with_snapshot);
}

TEST_CASE("bytes: a view grows as it is asked") {
  const Handles handles(10);
  const View view = handles.snapshot->view(proxy());
  const std::size_t fresh = view.bytes();
  view.clusters();
  const std::size_t clusters = view.bytes();
  CHECK(clusters > fresh);
  view.section_json("clusters");
  const std::size_t json = view.bytes();
  CHECK(json > clusters);
  print_all(view);
  CHECK(view.bytes() > json);
}

TEST_CASE("bytes: gateways, access policies and derived workloads count") {
  MeshOptions options;
  options.workloads = Workloads::derived;
  Mesh mesh(options);
  REQUIRE(
      mesh.load("apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\n"
                "spec: {selector: {app: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}\n---\n"
                "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\n"
                "spec: {hosts: [web.example.com], gateways: [edge], http: [{route: [{destination: {host: web}}]}]}\n---\n"
                "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
                "spec: {selector: {app: web}, ports: [{name: http, port: 80}]}\n---\n"
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
                "spec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, "
                "spec: {containers: [{name: a}]}}}\n---\n"
                "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: web, namespace: shop}\n"
                "spec: {selector: {matchLabels: {app: web}}, rules: [{from: [{source: {namespaces: [shop]}}]}]}\n")
          .errors() == 0);
  const Snapshot snapshot = mesh.snapshot();
  const std::size_t bare = snapshot.bytes();
  CHECK(bare > 5000);
  Proxy router;
  router.type = Proxy::Type::router;
  router.namespace_ = "shop";
  router.labels = {{"app", "edge"}};
  const View view = snapshot.view(router);
  const std::size_t fresh = view.bytes();
  Request request;
  request.host = "web.example.com";
  request.port = 80;
  CHECK(view.resolve(request).outcome == "routed");
  CHECK(view.bytes() > fresh);
  const View server = snapshot.view(snapshot.find_proxy("shop/web").proxy);
  server.resolve_inbound(request);
  CHECK(server.bytes() > 1000);
  CHECK(snapshot.bytes() > bare);  // the policy is compiled
}

TEST_CASE("bytes: a report grows with its findings") {
  CHECK(Report().bytes() == 0);
  const std::string bad =
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec: {servers: [{port: {}}]}\n";
  const Report one = check(bad), two = check(bad + "---\n" + bad);
  CHECK(one.bytes() > 200);
  CHECK(two.bytes() > one.bytes());
}
