// SPDX-License-Identifier: Apache-2.0
// Envoy compares an SNI with the names of a filter chain in any letter case (F9.15).
#include <doctest/doctest.h>

#include "meshroute/mesh.hpp"

namespace {

constexpr const char* kMesh = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: ["*.example.com", plain.example.net, mixed.example.net, wide.example.net]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: shop}
spec:
  hosts: ["*.example.com"]
  tls:
  - match: [{sniHosts: [Bank.example.com]}]
    route: [{destination: {host: mixed.example.net, port: {number: 443}}}]
  - match: [{sniHosts: ["*.Wide.example.com"]}]
    route: [{destination: {host: wide.example.net, port: {number: 443}}}]
  - match: [{sniHosts: [other.example.com]}]
    route: [{destination: {host: plain.example.net, port: {number: 443}}}]
)";

std::string cluster_of(const std::string& sni) {
  meshroute::Mesh mesh;
  mesh.load(kMesh);
  const auto request = meshroute::Request::from_json(R"({"protocol":"tcp","tls":true,"port":443,"sni":")" + sni + "\"}");
  REQUIRE(request);
  return mesh.snapshot().view({.namespace_ = "shop"}).resolve(*request).cluster;
}

}  // namespace

TEST_CASE("resolve: an SNI meets the names of a chain in any letter case") {
  CHECK(cluster_of("bank.example.com") == "outbound|443||mixed.example.net");
  CHECK(cluster_of("BANK.example.COM") == "outbound|443||mixed.example.net");
  CHECK(cluster_of("a.wide.example.com") == "outbound|443||wide.example.net");
  CHECK(cluster_of("OTHER.example.com") == "outbound|443||plain.example.net");
  CHECK(cluster_of("wide.example.com") != "outbound|443||wide.example.net");
}
