// SPDX-License-Identifier: Apache-2.0
// What a server does with what reaches it, and the reasons. Verdicts are rules of src/spec/inbound.md; the conformance test holds
// them against a real Envoy.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

using namespace meshroute;

constexpr const char* kMesh = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [orders.example.com]
  addresses: [240.0.0.1]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}, {number: 90, name: tcp, protocol: TCP, targetPort: 9090}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: orders}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: orders-1, namespace: shop}
spec: {address: 10.0.0.1, labels: {app: orders}, serviceAccount: orders}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: strict, namespace: shop}
spec:
  selector: {matchLabels: {app: orders}}
  portLevelMtls:
    8080: {mode: STRICT}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: readers, namespace: shop}
spec:
  rules:
  - from:
    - source:
        namespaces: [admin]
    to:
    - operation: {methods: [GET]}
)";

struct Server {
  mutable Mesh mesh;
  View view;
  static View view_of(Mesh& mesh) {
    LoadOptions options;
    options.name = "mesh.yaml";
    REQUIRE(mesh.load(kMesh, options).errors() == 0);
    Proxy proxy;
    proxy.id = "orders-1.shop";
    proxy.namespace_ = "shop";
    proxy.labels = {{"app", "orders"}};
    proxy.ip = "10.0.0.1";
    proxy.service_account = "orders";
    return mesh.snapshot().view(proxy);
  }
  Server() : view(view_of(mesh)) {}
  InboundAnswer ask(const std::string& json, bool trace = true) const {
    const auto request = Request::from_json(json);
    REQUIRE(request);
    return view.resolve_inbound(*request, {.trace = trace});
  }
};

const TraceLine* line_with(const InboundAnswer& answer, const std::string& text) {
  const auto found = std::find_if(answer.trace.begin(), answer.trace.end(),
                                  [&](const TraceLine& line) { return line.text.find(text) != std::string::npos; });
  return found == answer.trace.end() ? nullptr : &*found;
}

std::string mutual(const std::string& namespace_, const std::string& more = "") {
  return R"({"host":"orders","port":8080,"tls":"mutual","identity":"spiffe://cluster.local/ns/)" + namespace_ + R"(/sa/x")" +
         more + "}";
}

}  // namespace

TEST_CASE("inbound: a caller whom a rule names is let in, and another one is told which condition failed, at its place") {
  const Server server;
  const auto allowed = server.ask(mutual("admin"));
  CHECK(allowed.allowed);
  CHECK(allowed.policy == "ns[shop]-policy[readers]-rule[0]");
  CHECK(allowed.cluster == "inbound|8080||");
  const auto refused = server.ask(mutual("web"));
  CHECK_FALSE(refused.allowed);
  CHECK(refused.status == 403U);
  CHECK(refused.policy == "none");
  const TraceLine* line = line_with(refused, "from.source.namespaces: web is not among [admin]");
  REQUIRE(line != nullptr);
  CHECK(line->resource == "AuthorizationPolicy shop/readers");
  CHECK(line->path == "spec.rules[0].from[0].source.namespaces");
  CHECK(line->source == "mesh.yaml");
  CHECK(line->line == 33);
  CHECK(std::any_of(refused.trace.begin(), refused.trace.end(), [](const TraceLine& each) {
    return each.hint.find("of AuthorizationPolicy shop/readers") != std::string::npos;
  }));
  CHECK(server.ask(mutual("web"), false).trace.empty());
}

TEST_CASE("inbound: the mode of a port, by whom it is set, and what it takes") {
  const Server server;
  const auto plain = server.ask(R"({"host":"orders","port":8080})");
  CHECK(plain.error == "no filter chain");
  const TraceLine* mode = line_with(plain, "port 8080 is STRICT by PeerAuthentication shop/strict");
  REQUIRE(mode != nullptr);
  CHECK(mode->line == 24);
  CHECK(line_with(server.ask(R"({"port":9090,"protocol":"tcp"})"), "port 9090 is PERMISSIVE") != nullptr);
  CHECK(server.ask(R"({"host":"orders","port":8080,"tls":"simple"})").error == "client certificate required");
  CHECK(server.ask(R"({"host":"o","port":8080,"tls":"mutual","identity":"spiffe://other/ns/a/sa/b"})").error ==
        "peer certificate refused");
}

TEST_CASE("inbound: a rule with HTTP fields is void on a TCP port") {
  const Server server;
  const auto answer =
      server.ask(R"({"port":9090,"protocol":"tcp","tls":"mutual","identity":"spiffe://cluster.local/ns/admin/sa/x"})");
  CHECK_FALSE(answer.allowed);
  CHECK_FALSE(answer.status);
  const TraceLine* line = line_with(answer, "a TCP port does not have this rule");
  REQUIRE(line != nullptr);
  CHECK(line->path == "spec.rules[0]");
}

TEST_CASE("inbound: members of a request that cannot be are errors that name them") {
  const auto error = [](const std::string& json) {
    const auto request = Request::from_json(json);
    REQUIRE_FALSE(request);
    return request.error().message;
  };
  CHECK(error(R"({"identity":"shop/web"})").find("identity") != std::string::npos);
  CHECK(error(R"({"source_ip":"here"})").find("source_ip") != std::string::npos);
  CHECK(error(R"({"jwt":7})").find("jwt") != std::string::npos);
  CHECK(error(R"({"tokens":[{"header":"a"}]})").find("tokens") != std::string::npos);
  CHECK(error(R"({"tokens":[{"claims":{},"header":"a","param":"b"}]})").find("tokens") != std::string::npos);
  CHECK(error(R"({"tls":"both"})").find("tls") != std::string::npos);
  CHECK(error(R"({"ext_authz":"perhaps"})").find("ext_authz") != std::string::npos);
}

TEST_CASE("journey: the identity of the client decides at the server") {
  const Server server;
  Proxy web;
  web.namespace_ = "web";
  web.ip = "10.0.0.2";
  const auto request = Request::from_url("http://orders.example.com/");
  REQUIRE(request);
  const auto refused = server.mesh.snapshot().follow(web, *request);
  REQUIRE(refused.endpoints.size() == 1);
  CHECK(refused.endpoints[0].tls == "mutual");
  CHECK(refused.endpoints[0].result == "403");
  CHECK(refused.arrives_percent == 0);
  REQUIRE_FALSE(refused.because.empty());
  CHECK(refused.because.front().text.find("no rule of an ALLOW policy matches spiffe://cluster.local/ns/web/sa/default") == 0);
  Proxy admin = web;
  admin.namespace_ = "admin";
  CHECK(server.mesh.snapshot().follow(admin, *request).arrives_percent == 100);
}

TEST_CASE("journey: a server whose identity the client does not accept, and one without an id") {
  const Server server;
  Proxy admin;
  admin.namespace_ = "admin";
  admin.ip = "10.0.0.2";
  const auto request = Request::from_url("http://orders.example.com/");
  REQUIRE(request);
  const auto known = server.mesh.snapshot().follow(admin, *request);
  REQUIRE(known.endpoints.size() == 1);
  Proxy other;
  other.namespace_ = "shop";
  other.labels = {{"app", "orders"}};
  other.ip = known.endpoints[0].address;
  other.service_account = "nobody";
  const std::vector<Proxy> servers{other};
  const auto refused = server.mesh.snapshot().follow(admin, *request, &servers);
  CHECK(refused.endpoints[0].server == other.ip);
  CHECK(refused.endpoints[0].result == "503 UF");
  REQUIRE_FALSE(refused.because.empty());
  CHECK(refused.because.front().code == "server_identity_refused");
  CHECK(refused.because.front().text.find("/sa/nobody, and the client accepts only spiffe://") != std::string::npos);
}

TEST_CASE("MT3: a PeerAuthentication with a selector in the root namespace changes nothing, for its own workloads neither") {
  Mesh mesh;
  REQUIRE(mesh.load(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: gate, namespace: istio-system}
spec:
  hosts: [gate.example.com]
  addresses: [240.0.0.9]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: gate}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: gate-1, namespace: istio-system}
spec: {address: 10.0.0.9, labels: {app: gate, security.istio.io/tlsMode: istio}, serviceAccount: gate}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: disable, namespace: istio-system}
spec:
  selector: {matchLabels: {app: gate}}
  mtls: {mode: DISABLE}
)")
              .errors() == 0);
  Proxy server;
  server.namespace_ = "istio-system";
  server.labels = {{"app", "gate"}};
  server.ip = "10.0.0.9";
  const auto request =
      Request::from_json(R"({"host":"gate","port":8080,"tls":"mutual","identity":"spiffe://cluster.local/ns/a/sa/x"})");
  REQUIRE(request);
  CHECK(mesh.snapshot().view(server).resolve_inbound(*request).tls == "mutual");
  Proxy client;
  client.namespace_ = "shop";
  const auto outbound = Request::from_url("http://gate.example.com/");
  REQUIRE(outbound);
  CHECK(mesh.snapshot().view(client).resolve(*outbound).upstream_tls.mode == "mutual");
}

TEST_CASE("AZ34: the last address of X-Forwarded-For as Envoy reads it: a numeric zone is left out, any other is no address") {
  Mesh mesh;
  REQUIRE(mesh.load(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: app, namespace: shop}
spec:
  hosts: [app.example.com]
  addresses: [240.0.0.8]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: app}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: app-1, namespace: shop}
spec: {address: 10.0.0.8, labels: {app: app}, serviceAccount: app}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: local, namespace: shop}
spec:
  rules: [{from: [{source: {remoteIpBlocks: ["fe80::/10"]}}]}]
)")
              .errors() == 0);
  Proxy server;
  server.namespace_ = "shop";
  server.labels = {{"app", "app"}};
  server.ip = "10.0.0.8";
  const View view = mesh.snapshot().view(server);
  const auto allowed = [&](const std::string& forwarded) {
    const auto request =
        Request::from_json(R"({"host":"app","port":8080,"headers":[["x-forwarded-for",")" + forwarded + R"("]]})");
    REQUIRE(request);
    return view.resolve_inbound(*request).allowed;
  };
  CHECK(allowed("fe80::1"));
  CHECK(allowed("10.0.0.1, fe80::1%1"));
  CHECK_FALSE(allowed("fe80::1%eth9"));
  CHECK_FALSE(allowed("fe80::1, 10.0.0.1"));
}
