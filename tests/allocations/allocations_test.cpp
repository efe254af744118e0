// SPDX-License-Identifier: Apache-2.0
// A warm resolve_into allocates nothing: every kind of answer, on a table and through a view. A program of its own, because it
// counts what operator new is asked for.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "counting_new.hpp"
#include "meshroute/meshroute.hpp"
#include "meshroute/route_table.hpp"

namespace {

constexpr const char* kTable = R"({"name":"80","ignorePortInHostMatching":true,"virtualHosts":[
  {"name":"a","domains":["a-rather-long-name.example.com"],
   "requestHeadersToAdd":[{"header":{"key":"x-forwarded-by","value":"%REQ(x-user)% through the mesh"}}],
   "responseHeadersToAdd":[{"header":{"key":"x-answered-by","value":"nobody but this table itself"}}],
   "routes":[
    {"match":{"path":"/redirect"},"redirect":{"hostRedirect":"somewhere-else.example.com","prefixRewrite":"/to/another/place"}},
    {"match":{"path":"/direct"},"directResponse":{"status":503,"body":{"inlineString":"the answer to every request"}}},
    {"match":{"path":"/weights"},"route":{"weightedClusters":{"clusters":[
      {"name":"outbound|80|version-one|a.example.com","weight":1},{"name":"outbound|80|version-two|a.example.com","weight":3}]}}},
    {"match":{"prefix":"/","headers":[{"name":"x-user","stringMatch":{"exact":"alice-and-bob-together"}}],
      "queryParameters":[{"name":"q","presentMatch":true}]},
     "route":{"cluster":"outbound|80||a-rather-long-name.example.com","prefixRewrite":"/a/longer/rewritten/path",
      "hostRewriteLiteral":"rewritten-name.example.com","requestMirrorPolicies":[{"cluster":"outbound|80||a-mirror.example.com"}]}}]}]})";

constexpr const char* kMesh = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: a-virtual-machine-with-a-name, namespace: shop}
spec: {address: 10.0.0.1, labels: {app: reviews, version: v1}, serviceAccount: reviews, locality: region-one/zone-two/subzone}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  http:
  - match: [{uri: {prefix: /old}}]
    rewrite: {uri: /new}
    route: [{destination: {host: reviews.example.com}}]
  - match: [{uri: {prefix: /lost}}]
    route: [{destination: {host: reviews.example.com, subset: none}}]
  - route: [{destination: {host: reviews.example.com}}]
)";

meshroute::Request to(const std::string& host, const std::string& path) {
  meshroute::Request request;
  request.host = host;
  request.path = path;
  request.headers = {{"X-User", "alice-and-bob-together"}, {"accept", "application/json"}};
  request.random = 2;
  return request;
}

/// False, with a line of its own, where asking again allocates.
template <class Resolver>
bool quiet(const char* what, const Resolver& resolver, const meshroute::Request& request, const char* outcome) {
  bool good = true;
  for (const bool upstream : {true, false}) {
    meshroute::ResolveOptions options;
    options.upstream_request = upstream;
    meshroute::Answer answer;
    for (int i = 0; i < 3; ++i) resolver.resolve_into(request, answer, options);
    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i) resolver.resolve_into(request, answer, options);
    const std::size_t made = allocations - before;
    if (made != 0) std::printf("%s: %zu allocations in 10 answers\n", what, made);
    if (answer.outcome != outcome) std::printf("%s: %s, not %s\n", what, answer.outcome.c_str(), outcome);
    good = good && made == 0 && answer.outcome == outcome;
  }
  return good;
}

/// The same for requests that take turns, with answers of other shapes.
template <class Resolver>
bool quiet_in_turns(const char* what, const Resolver& resolver, const std::vector<meshroute::Request>& requests) {
  meshroute::Answer answer;
  for (int i = 0; i < 4; ++i) {
    for (const auto& request : requests) resolver.resolve_into(request, answer);
  }
  const std::size_t before = allocations;
  for (int i = 0; i < 10; ++i) {
    for (const auto& request : requests) resolver.resolve_into(request, answer);
  }
  if (allocations != before) std::printf("%s: %zu allocations in 10 rounds\n", what, allocations - before);
  return allocations == before;
}

constexpr const char* kPolicies = R"(apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a-policy-with-a-name, namespace: shop}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/a-long-namespace/sa/an-account]}}]
    to: [{operation: {paths: ["/some/path/{*}/of/a/request"], methods: [GET], hosts: ["*.example.com"]}}]
    when: [{key: "request.headers[x-user]", values: ["alice*"]}]
  - from: [{source: {ipBlocks: [192.0.2.0/24]}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: never, namespace: shop}
spec:
  action: DENY
  rules:
  - to: [{operation: {paths: [/never]}}]
)";

/// What a server does with requests and connections.
bool quiet_inbound(meshroute::Mesh& mesh) {
  meshroute::LoadOptions load;
  load.keep_text = false;
  if (mesh.load(kPolicies, load).errors() > 0) return std::puts("the policies are refused"), false;
  meshroute::Proxy proxy;
  proxy.namespace_ = "shop";
  proxy.labels = {{"app", "reviews"}};
  proxy.ip = "10.0.0.1";
  const auto view = mesh.snapshot().view(proxy);
  meshroute::Request allowed = to("reviews.example.com", "/some/path/that-is-long/of/a/request?q=1");
  allowed.port = 80;
  allowed.tls = allowed.mutual_tls = true;
  allowed.identity = "spiffe://cluster.local/ns/a-long-namespace/sa/an-account";
  meshroute::Request refused = to("reviews.example.com", "/never"), tcp = allowed, plain = allowed;
  refused.headers.push_back({"content-type", "application/grpc"});
  tcp.protocol = "tcp";
  tcp.port = 9000;
  plain.tls = plain.mutual_tls = false;
  plain.source_ip = "192.0.2.77";
  bool good = true;
  for (const auto& [request, expected] : {std::pair(allowed, true), {refused, false}, {tcp, false}, {plain, true}}) {
    meshroute::InboundAnswer answer;
    for (int i = 0; i < 3; ++i) view.resolve_inbound_into(request, answer);
    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i) view.resolve_inbound_into(request, answer);
    if (allocations != before) std::printf("inbound: %zu allocations in 10 answers\n", allocations - before);
    if (answer.allowed != expected) std::printf("inbound: %s\n", answer.to_json().c_str());
    good = good && allocations == before && answer.allowed == expected;
  }
  return good;
}

constexpr const char* kGateway = R"(apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a-gateway-with-a-name, namespace: ingress}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*.example.com'], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*.shop.example.com'], tls: {mode: MUTUAL, credentialName: certificate}}
  - {port: {number: 8443, name: tls, protocol: TLS}, hosts: ['*'], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: through-the-gateway, namespace: ingress}
spec:
  hosts: [a-rather-long-name.shop.example.com]
  gateways: [a-gateway-with-a-name]
  http: [{route: [{destination: {host: reviews.example.com, port: {number: 80}}}]}]
  tls:
  - match: [{sniHosts: [a-rather-long-name.shop.example.com]}]
    route: [{destination: {host: reviews.example.com, port: {number: 9000}}}]
)";

/// What a gateway does with connections.
bool quiet_gateway(meshroute::Mesh& mesh) {
  meshroute::LoadOptions load;
  load.keep_text = false;
  if (mesh.load(kGateway, load).errors() > 0) return std::puts("the gateway is refused"), false;
  meshroute::Proxy proxy;
  proxy.type = meshroute::Proxy::Type::router;
  proxy.namespace_ = "ingress";
  proxy.labels = {{"istio", "ingress"}};
  const auto view = mesh.snapshot().view(proxy);
  meshroute::Request plain = to("a-rather-long-name.shop.example.com", "/a/path/that/is/not/short?q=1"), tls = plain;
  tls.tls = tls.client_cert = true;
  meshroute::Request refused = tls, passed = tls, unknown = tls;
  refused.client_cert = false;
  passed.port = 8443;
  passed.protocol = "tcp";
  unknown.sni = "another-long-name.example.org";
  bool good = quiet("a gateway's redirect", view, plain, "redirect");
  good &= quiet("a gateway's endpoint", view, tls, "routed");
  good &= quiet("a gateway's client certificate", view, refused, "blackhole");
  good &= quiet("a gateway that passes TLS on", view, passed, "routed");
  good &= quiet("a name that the gateway does not serve", view, unknown, "blackhole");
  return good;
}

}  // namespace

int main() {
  const auto table = meshroute::RouteTable::parse(kTable);
  meshroute::Mesh mesh;
  meshroute::LoadOptions load;
  load.keep_text = false;
  if (!table || mesh.load(kMesh, load).errors() > 0) return std::puts("the table or the mesh is refused"), 1;
  meshroute::Proxy proxy;
  proxy.namespace_ = "shop";
  const auto view = mesh.snapshot().view(proxy);
  const std::string host = "a-rather-long-name.example.com";
  bool good = quiet("a cluster", *table, to(host, "/some/path/of/a/request?q=1"), "routed");
  good &= quiet("weights", *table, to(host, "/weights"), "routed");
  good &= quiet("a redirect", *table, to(host, "/redirect"), "redirect");
  good &= quiet("a direct response", *table, to(host, "/direct"), "direct_response");
  good &= quiet("no route", *table, to(host, "/some/path"), "no_route");
  good &= quiet("no virtual host", *table, to("another-long-name.example.com", "/"), "no_virtual_host");
  good &= quiet("a view's endpoint", view, to("reviews.example.com", "/a/path/that/is/not/short"), "routed");
  good &= quiet("a view's rewrite", view, to("reviews.example.com", "/old/path"), "routed");
  good &= quiet("a view's missing cluster", view, to("reviews.example.com", "/lost"), "no_cluster");
  good &= quiet("a host that nobody knows", view, to("unknown-name.example.com", "/"), "passthrough");
  meshroute::Request tcp;
  tcp.protocol = "tcp";
  tcp.port = 9000;
  tcp.host = "reviews.example.com";
  good &= quiet("TCP", view, tcp, "routed");
  good &= quiet_in_turns(
      "table, in turns", *table,
      {to(host, "/some/path?q=1"), to(host, "/weights"), to(host, "/redirect"), to(host, "/direct"), to(host, "/none")});
  good &= quiet_in_turns("view, in turns", view,
                         {to("reviews.example.com", "/a"), to("reviews.example.com", "/old/path"),
                          to("reviews.example.com", "/lost"), to("unknown-name.example.com", "/")});
  good &= quiet_inbound(mesh);
  good &= quiet_gateway(mesh);
  if (good) std::puts("nothing is allocated");
  return good ? 0 : 1;
}
