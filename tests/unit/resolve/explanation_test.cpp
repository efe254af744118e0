// SPDX-License-Identifier: Apache-2.0
// The reasons of an answer: which rules a request cannot follow, which VirtualService owns a host, which port lost a listener.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

constexpr const char* kMesh = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop, creationTimestamp: "2024-01-01T00:00:00Z"}
spec:
  hosts: [shop.example.com]
  http:
  - match: [{sourceLabels: {version: canary}}]
    route: [{destination: {host: shop.example.com}}]
  - match: [{uri: {prefix: /cart}}]
    timeout: 7s
    delegate: {name: cart}
  - match: [{uri: {prefix: /gone}}]
    delegate: {name: gone}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  http:
  - route: [{destination: {host: shop.example.com}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: later, namespace: shop, creationTimestamp: "2025-01-01T00:00:00Z"}
spec:
  hosts: [shop.example.com]
  http: [{route: [{destination: {host: shop.example.com}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wide, namespace: shop, creationTimestamp: "2020-01-01T00:00:00Z"}
spec:
  hosts: ["*.example.com"]
  http: [{route: [{destination: {host: shop.example.com}}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: first, namespace: shop, creationTimestamp: "2024-01-01T00:00:00Z"}
spec:
  hosts: [first.example.com]
  addresses: [10.9.0.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.2}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: second, namespace: shop, creationTimestamp: "2024-02-01T00:00:00Z"}
spec:
  hosts: [second.example.com]
  addresses: [10.9.0.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.3}]
)";

meshroute::Answer answer(const std::string& url, const char* more = "") {
  meshroute::Mesh mesh;
  REQUIRE(mesh.load(std::string(kMesh) + more, {.name = "mesh.yaml"}).errors() == 0);
  const auto view = mesh.snapshot().view({.namespace_ = "shop"});
  const auto request = meshroute::Request::from_url(url);
  REQUIRE(request);
  return view.resolve(*request, {.trace = true});
}

/// The line of a stage whose text has all of this, or null.
const meshroute::TraceLine* find(const meshroute::Answer& answer, const char* stage, std::initializer_list<const char*> parts) {
  const auto found = std::find_if(answer.trace.begin(), answer.trace.end(), [&](const meshroute::TraceLine& line) {
    return line.stage == stage && std::all_of(parts.begin(), parts.end(),
                                              [&line](const char* part) { return line.text.find(part) != std::string::npos; });
  });
  return found != answer.trace.end() ? &*found : nullptr;
}

}  // namespace

TEST_CASE("a delegated rule is told with both places, and where its timeout comes from") {
  const auto routed = answer("http://shop.example.com/cart/1");
  REQUIRE(routed.outcome == "routed");
  const auto* root = find(routed, "delegate", {"spec.http[1]", "VirtualService shop/cart"});
  REQUIRE(root != nullptr);
  CHECK(root->resource == "VirtualService shop/root");
  CHECK(root->line == 21);  // `delegate:`
  const auto* leaf = find(routed, "route", {"matches"});
  REQUIRE(leaf != nullptr);
  CHECK(leaf->resource == "VirtualService shop/cart");
  CHECK(leaf->line == 30);
  const auto* timeout = find(routed, "timeout", {"7s", "the rule that delegates"});
  REQUIRE(timeout != nullptr);
  CHECK(timeout->line == 20);
}

TEST_CASE("what is no route for this proxy stands between the routes") {
  const auto lost = answer("http://shop.example.com/nothing");
  CHECK(lost.outcome == "no_route");
  const auto* label = find(lost, "route", {"spec.http[0].match[0]", "version=canary", "no label version"});
  const auto* route = find(lost, "route", {"#0", "/cart"});
  const auto* gone = find(lost, "delegate", {"spec.http[2]", "not there"});
  REQUIRE(label != nullptr);
  REQUIRE(route != nullptr);
  REQUIRE(gone != nullptr);
  CHECK(label < route);
  CHECK(route < gone);
  CHECK(label->verdict == meshroute::Verdict::skipped);
  CHECK(find(lost, "rules", {"the only route of VirtualService shop/root", "1 match is", "1 delegation brought nothing in"}) !=
        nullptr);
}

TEST_CASE("the VirtualService that owns a host is named to those that do not") {
  const auto routed = answer("http://shop.example.com/cart/1");
  CHECK(find(routed, "virtual service", {"shop/later", "VirtualService shop/root goes before it", "older"}) != nullptr);
  CHECK(find(routed, "virtual service", {"shop/wide", "VirtualService shop/root goes before it", "more specific"}) != nullptr);
  CHECK(find(routed, "virtual service", {"shop/root names"})->verdict == meshroute::Verdict::matched);
}

TEST_CASE("a VirtualService that is private to the proxy's namespace goes before an older one for all") {
  const auto routed = answer("http://shop.example.com/", R"(
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: own, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}
spec:
  hosts: [shop.example.com]
  exportTo: ["."]
  http: [{route: [{destination: {host: shop.example.com}}]}]
)");
  CHECK(routed.config.ends_with("/own"));
  CHECK(find(routed, "virtual service", {"shop/root", "VirtualService shop/own goes before it", "not exported to all"}) !=
        nullptr);
}

TEST_CASE("a port that lost its listener is told who has it") {
  const auto taken = answer("tcp://second.example.com:5432");
  CHECK(taken.cluster == "outbound|5432||first.example.com");
  CHECK(find(taken, "listener", {"port 5432 of ServiceEntry shop/second", "ServiceEntry shop/first"}) != nullptr);
  const auto kept = answer("tcp://first.example.com:5432");
  CHECK(find(kept, "listener", {"has no chain here"}) == nullptr);
}

TEST_CASE("an owner is named by whichever name it was asked for, and a host with a dot is taken as it is") {
  const char* services = R"(
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: vip, namespace: shop}
spec:
  hosts: [vip.example.org]
  addresses: [10.7.7.7]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.9}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vip, namespace: shop}
spec:
  hosts: [vip.example.org]
  http: [{route: [{destination: {host: vip.example.org}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: other}
spec: {clusterIP: 10.9.9.9, ports: [{port: 80, name: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: dotted, namespace: shop}
spec:
  hosts: [api.other]
  http: [{route: [{destination: {host: api.other}}]}]
)";
  const auto by_address = answer("http://10.7.7.7/", services);
  CHECK(by_address.config.ends_with("/vip"));
  CHECK(find(by_address, "service", {"10.7.7.7 is an address of ServiceEntry shop/vip"}) != nullptr);
  CHECK(find(by_address, "virtual service", {"VirtualService shop/vip"})->verdict == meshroute::Verdict::matched);
  const auto dotted = answer("http://api.other/", services);
  CHECK(dotted.outcome == "no_cluster");
  CHECK(find(dotted, "virtual service", {"VirtualService shop/dotted", "not api.other.svc.cluster.local"})->verdict ==
        meshroute::Verdict::matched);
}

TEST_CASE("a request that meets what another service or nobody has says so") {
  const char* services = R"(
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: shared, namespace: shop}
spec:
  hosts: [shared.example.org]
  ports: [{number: 9000, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.9}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: plain, namespace: shop}
spec:
  hosts: [plain.example.org]
  ports: [{number: 9000, name: tcp, protocol: TCP}, {number: 53, name: dns, protocol: UDP}]
  resolution: STATIC
  endpoints: [{address: 10.2.0.8}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["*/*"]}]
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
)";
  const auto refused = answer("http://nobody.example.net/", services);
  const auto* policy = find(refused, "cluster", {"REGISTRY_ONLY", "Sidecar shop/default"});
  REQUIRE(policy != nullptr);
  CHECK(policy->line > 0);
  const auto tcp = answer("http://plain.example.org:9000/", services);
  CHECK(find(tcp, "service", {"port 9000 of plain.example.org is TCP"}) != nullptr);
  const auto udp = answer("tcp://plain.example.org:53", services);
  CHECK(find(udp, "service", {"port 53 is UDP"}) != nullptr);
}
