// SPDX-License-Identifier: Apache-2.0
// Gateways: what their listeners take, what is told about them, and journeys through them. The facts hold the rules themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/meshroute.hpp"

namespace {

using meshroute::Answer;
using meshroute::Proxy;
using meshroute::Request;

constexpr const char* kMesh = R"(
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: istio-system}
spec:
  clusterIP: 10.96.0.1
  selector: {istio: ingress}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*.example.com'], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com, web/b.example.com], tls: {mode: SIMPLE, credentialName: c}}
  - {port: {number: 443, name: mutual, protocol: HTTPS}, hosts: [m.example.com], tls: {mode: MUTUAL, credentialName: m}}
  - {port: {number: 443, name: again, protocol: HTTPS}, hosts: [a.example.com, lost.example.com], tls: {mode: SIMPLE, credentialName: d}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: web}
spec:
  hosts: [a.example.com, b.example.com, m.example.com]
  gateways: [istio-system/public]
  http: [{route: [{destination: {host: web.web.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: other, namespace: api}
spec:
  hosts: [b.example.com]
  gateways: [public]
  http: [{route: [{destination: {host: web.web.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: web, namespace: web}
spec:
  hosts: [web.web.svc.cluster.local]
  ports: [{number: 8000, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
)";

meshroute::Snapshot snapshot(const std::string& more = "") {
  meshroute::Mesh mesh;
  const auto report = mesh.load(kMesh + more);
  REQUIRE(report.errors() == 0);
  return mesh.snapshot();
}

Proxy gateway() {
  Proxy proxy;
  proxy.type = Proxy::Type::router;
  proxy.namespace_ = "istio-system";
  proxy.labels = {{"istio", "ingress"}};
  return proxy;
}

Request to(const char* url) {
  auto request = Request::from_url(url);
  REQUIRE(request);
  return *request;
}

bool told(const Answer& answer, const char* code, const char* words) {
  return std::any_of(answer.trace.begin(), answer.trace.end(),
                     [&](const auto& line) { return line.code == code && line.text.find(words) != std::string::npos; });
}

Answer explained(const meshroute::View& view, const Request& request) { return view.resolve(request, {.trace = true}); }

}  // namespace

TEST_CASE("gateway: what a connection meets") {
  const auto view = snapshot().view(gateway());
  const Answer good = view.resolve(to("https://a.example.com:8443/"));
  CHECK(good.cluster == "outbound|8000||web.web.svc.cluster.local");
  CHECK(good.filter_chain_index == 0U);
  CHECK(good.route_config == "https.443.https.public.istio-system");
  CHECK(good.failure_percent == 0);
  CHECK(view.resolve(to("https://a.example.com/")).error == "no listener");  // GW10: the Service leads 443 to 8443
  CHECK(view.resolve(to("https://c.example.com:8443/")).error == "no filter chain");
  CHECK(view.resolve(to("https://m.example.com:8443/")).error == "client certificate required");
  Request certified = to("https://m.example.com:8443/");
  certified.client_cert = true;
  CHECK(view.resolve(certified).outcome == "routed");
  Request nameless = to("https://a.example.com:8443/");
  nameless.no_sni = true;
  CHECK(view.resolve(nameless).error == "no filter chain");
  const Answer redirected = view.resolve(to("http://a.example.com:8080/x?y=1"));
  REQUIRE(redirected.response);
  CHECK(redirected.response->status == 301);
  CHECK(redirected.redirect == R"({"httpsRedirect":true})");
  CHECK(view.resolve(to("https://a.example.com:8080/")).error == "protocol error");
}

TEST_CASE("gateway: the sni is the host where the request names none") {
  const auto view = snapshot().view(gateway());
  Request request;
  request.tls = true;
  request.port = 8443;
  request.host = "A.example.com:8443";
  CHECK(view.resolve(request).outcome == "routed");
}

TEST_CASE("gateway: rows name the Gateway, the server's own port and the TLS mode") {
  const auto rows = snapshot().view(gateway()).listeners();
  const auto found = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.port == 8443; });
  REQUIRE(found != rows.end());
  CHECK(found->gateway == "istio-system/public");
  CHECK(found->server_port == 443);
  CHECK(found->tls_mode == "SIMPLE");
  CHECK(found->refused.empty());
}

TEST_CASE("gateway: the trace names servers that are dropped, VirtualServices that are not bound, and translated ports") {
  const auto view = snapshot().view(gateway());
  const Answer lost = explained(view, to("https://lost.example.com:8443/"));
  CHECK(told(lost, "gateway_server_dropped", "spec.servers[3] of Gateway istio-system/public is not used: spec.servers[1]"));
  CHECK(told(lost, "filter_chain_missing", "TLS for lost.example.com"));
  const Answer other = explained(view, to("https://b.example.com:8443/"));
  CHECK(other.outcome == "routed");
  CHECK(told(other, "virtual_service_not_bound", "public means api/public"));
  CHECK(told(other, "route_matched", "#0"));
  const Answer refused = explained(view, to("https://a.example.com/"));
  CHECK(told(refused, "listener_missing", "port 443"));
  CHECK(told(refused, "gateway_port_translated", "listens on 8443, to which Service istio-system/ingress leads"));
  REQUIRE_FALSE(refused.because.empty());
  CHECK(refused.because.front().code == "listener_missing");
  CHECK(refused.because.front().hint == "connect to port 8443");
  Proxy unselected = gateway();
  unselected.labels = {{"istio", "other"}};
  const Answer none = explained(snapshot().view(unselected), to("https://a.example.com:8443/"));
  CHECK(told(none, "gateway_not_selected", "Gateway istio-system/public selects istio=ingress; the proxy has istio=other"));
}

TEST_CASE("gateway: hosts with a namespace are for VirtualServices of that namespace") {
  const auto view = snapshot(R"(
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: stranger, namespace: api}
spec:
  hosts: [b.example.com]
  gateways: [istio-system/public]
  http: [{route: [{destination: {host: web.web.svc.cluster.local}}]}]
)")
                        .view(gateway());
  CHECK(told(explained(view, to("https://b.example.com:8443/")), "virtual_service_not_served",
             "web/b.example.com only to VirtualServices of namespace web, and this one is in api"));
}

TEST_CASE("gateway: a listener that Envoy rejects takes no connection, and the trace says why") {
  const auto view = snapshot(R"(
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: second, namespace: istio-system}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [web/a.example.com], tls: {mode: SIMPLE, credentialName: e}}
)")
                        .view(gateway());
  const Answer answer = explained(view, to("https://a.example.com:8443/"));
  CHECK(answer.error == "listener refused");
  CHECK(told(answer, "listener_refused", "two filter chains match the server name a.example.com"));
  const auto rows = view.listeners({.port = 8443});
  REQUIRE_FALSE(rows.empty());
  CHECK_FALSE(rows.front().refused.empty());
}

TEST_CASE("gateway: WorkloadEntries at its address move its listeners, in a view that follows another too") {
  meshroute::Mesh mesh;
  REQUIRE(mesh.load(kMesh).errors() == 0);
  Proxy proxy = gateway();
  proxy.ip = "10.9.9.9";
  const auto before = mesh.snapshot().view(proxy);
  CHECK(before.resolve(to("https://a.example.com:8443/")).outcome == "routed");
  REQUIRE(mesh.load(R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: gateway, namespace: istio-system, labels: {istio: ingress}}
spec: {address: 10.9.9.9, ports: {https: 9443}}
)")
              .errors() == 0);
  const auto after = mesh.snapshot().view(proxy, &before);
  CHECK(after.resolve(to("https://a.example.com:8443/")).error == "no listener");
  CHECK(after.resolve(to("https://a.example.com:9443/")).outcome == "routed");  // GW12
}

TEST_CASE("gateway: a journey goes on from a gateway's workload") {
  const auto mesh = snapshot(R"(
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: gateway, namespace: istio-system, labels: {istio: ingress}}
spec: {address: 10.9.9.9}
)");
  Proxy client;
  client.namespace_ = "web";
  client.ip = "10.1.1.1";
  Request request = to("http://ingress.istio-system.svc.cluster.local/");
  const auto journey = mesh.follow(client, request);
  REQUIRE(journey.endpoints.size() == 1);
  const auto& hop = journey.endpoints.front();
  REQUIRE(hop.next != nullptr);
  CHECK(hop.next->outbound.listener == "0.0.0.0_8080");
  CHECK(hop.result == "404");  // no virtual host of the gateway has that name
  CHECK(journey.arrives_percent == 0);
  CHECK(journey.to_json().find("\"next\":") != std::string::npos);
}

TEST_CASE("gateway: TLS that ends at the gateway is not TLS in TLS behind it") {
  const auto view = snapshot(R"(
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: web}
spec: {host: web.web.svc.cluster.local, trafficPolicy: {tls: {mode: SIMPLE}}}
)")
                        .view(gateway());
  const Answer answer = explained(view, to("https://a.example.com:8443/"));
  CHECK(answer.upstream_tls.mode == "simple");
  CHECK_FALSE(told(answer, "tls_in_tls", ""));
}

TEST_CASE("gateway: where no VirtualService has routes, the trace says so") {
  const auto view = snapshot(R"(
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: bare, namespace: istio-system}
spec:
  selector: {istio: ingress}
  servers: [{port: {number: 9080, name: http, protocol: HTTP}, hosts: [bare.example.com]}]
)")
                        .view(gateway());
  const Answer answer = explained(view, to("http://bare.example.com:9080/"));
  CHECK(answer.error == "no route");
  REQUIRE_FALSE(answer.because.empty());
  CHECK(answer.because.front().code == "no_route");
  CHECK(answer.because.front().hint.find("istio-system/bare") != std::string::npos);
}

TEST_CASE("gateway: flags of the mesh") {
  meshroute::MeshOptions options;
  options.scope_gateway_to_namespace = true;
  options.filter_gateway_cluster_config = true;
  meshroute::Mesh mesh(options);
  REQUIRE(mesh.load(kMesh).errors() == 0);
  const auto view = mesh.snapshot().view(gateway());
  CHECK(view.clusters({.host = "web.web.svc.cluster.local"}).size() == 1);  // GW70: a VirtualService leads to it
  CHECK(view.clusters({.host = "ingress.istio-system.svc.cluster.local"}).empty());
  Proxy elsewhere = gateway();
  elsewhere.namespace_ = "web";
  CHECK(mesh.snapshot().view(elsewhere).listeners().empty());  // GW2
}

TEST_CASE("sidecar: under ALLOW_ANY_DYNAMIC_DNS only plain HTTP of unknown addresses is resolved by name") {
  meshroute::MeshOptions options;
  options.mesh_config = "outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}";
  const auto view = meshroute::Mesh(options).snapshot().view({});
  CHECK(view.resolve(to("http://unknown.example:8080/")).cluster == "AllowAnyDynamicDNSCluster");
  CHECK(view.resolve(to("tcp://192.0.2.9:9999")).cluster == "PassthroughCluster");
  CHECK(view.resolve(to("https://unknown.example:8443/")).cluster == "PassthroughCluster");
}

TEST_CASE("sidecar: a connection to port 15006 meets the server's side") {
  const auto view = meshroute::Mesh().snapshot().view({});
  const Answer answer = view.resolve(to("tcp://192.0.2.9:15006"));
  CHECK(answer.listener == "virtualInbound");
  CHECK(answer.filter_chain == "virtualInbound-blackhole");
  CHECK(answer.cluster == "BlackHoleCluster");
  CHECK(answer.failure_percent == 100);
  CHECK(told(explained(view, to("tcp://192.0.2.9:15006")), "listener_matched", "for inbound connections"));
}
