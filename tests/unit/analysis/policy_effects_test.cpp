// SPDX-License-Identifier: Apache-2.0
// What policies do besides what they seem to: what is told, and near misses that say nothing. What such policies do is a rule of
// src/spec/inbound.md, which the conformance test holds against a real Envoy.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

/// A server with an HTTP port 8080 and a TCP port 9090, behind a ServiceEntry with 80 and 90.
const std::string kServer =
    document(
        "ServiceEntry", "name: orders, namespace: shop",
        "hosts: [orders.example.com], addresses: [240.0.0.1], location: MESH_INTERNAL, resolution: STATIC, workloadSelector: "
        "{labels: {app: orders}}, ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}, {number: 90, name: tcp, "
        "protocol: TCP, targetPort: 9090}]") +
    document("WorkloadEntry", "name: orders-1, namespace: shop",
             "address: 10.0.0.1, labels: {app: orders}, serviceAccount: orders");

std::string secured(const std::string& kind, const std::string& spec, const std::string& name = "p") {
  return "---\napiVersion: security.istio.io/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         ", namespace: shop}\nspec: {selector: {matchLabels: {app: orders}}, " + spec + "}\n";
}
std::string policy(const std::string& action, const std::string& rule) {
  return secured("AuthorizationPolicy", "action: " + action + ", rules: [{" + rule + "}]");
}

}  // namespace

TEST_CASE("AN0612: a rule for HTTP refuses more on a TCP port, or allows nothing there") {
  const auto denied = of(analyze(kServer + policy("DENY", "to: [{operation: {methods: [DELETE]}}]")), "AN0612");
  REQUIRE(denied.size() == 1);
  CHECK(denied[0].path == "spec.rules[0].to[0].operation.methods");
  CHECK(has(denied[0].message, "port 9090 of WorkloadEntry shop/orders-1 is TCP"));
  CHECK(has(denied[0].message, "which is every connection"));
  const std::string caller = "from: [{source: {principals: [cluster.local/ns/shop/sa/orders]}}], ";
  const auto rest = of(analyze(kServer + policy("DENY", caller + "to: [{operation: {paths: [/a]}}]")), "AN0612");
  REQUIRE(rest.size() == 1);
  CHECK_FALSE(has(rest[0].message, "every connection"));
  const auto allowed = of(analyze(kServer + policy("ALLOW", "to: [{operation: {ports: ['9090'], methods: [GET]}}]")), "AN0612");
  REQUIRE(allowed.size() == 1);
  CHECK(has(allowed[0].message, "there the rule allows nothing"));
  CHECK(of(analyze(kServer + policy("DENY", "when: [{key: 'request.headers[x-a]', values: [b]}]")), "AN0612").size() == 1);
}

TEST_CASE("AN0612: rules that name HTTP ports, or that an ALLOW policy has for HTTP, say nothing") {
  for (const std::string& text :
       {policy("DENY", "to: [{operation: {ports: ['8080'], methods: [DELETE]}}]"),
        policy("ALLOW", "to: [{operation: {methods: [GET]}}]"), policy("DENY", "to: [{operation: {ports: ['9090']}}]"),
        policy("AUDIT", "to: [{operation: {methods: [GET]}}]"),
        policy("DENY", "when: [{key: source.ip, values: [10.0.0.0/8]}]")}) {
    CAPTURE(text);
    CHECK(of(analyze(kServer + text), "AN0612").empty());
  }
}

TEST_CASE("AN0613: an exception lets in callers without an identity, unless plain text is refused") {
  const std::string excepts = policy("ALLOW", "from: [{source: {notPrincipals: [cluster.local/ns/shop/sa/batch]}}]");
  const auto found = of(analyze(kServer + excepts), "AN0613");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.rules[0].from[0].source.notPrincipals");
  CHECK(of(analyze(kServer + excepts + secured("PeerAuthentication", "mtls: {mode: STRICT}")), "AN0613").empty());
  CHECK(of(analyze(kServer + policy("DENY", "from: [{source: {notNamespaces: [shop]}}]")), "AN0613").empty());
  CHECK(of(analyze(kServer + policy("ALLOW", "from: [{source: {namespaces: [shop], notPrincipals: ['*/batch']}}]")), "AN0613")
            .empty());
  const std::string no_plain =
      secured("AuthorizationPolicy", "action: DENY, rules: [{from: [{source: {notPrincipals: ['*']}}]}]", "no-plain");
  CHECK(of(analyze(kServer + excepts + no_plain), "AN0613").empty());
}

TEST_CASE("AN0707: a port of the Service instead of the workload's") {
  const auto found = of(analyze(kServer + secured("PeerAuthentication", "portLevelMtls: {80: {mode: DISABLE}}")), "AN0707");
  REQUIRE(found.size() == 1);
  CHECK(found[0].hint == "write 8080");
  CHECK(of(analyze(kServer + secured("PeerAuthentication", "portLevelMtls: {8080: {mode: DISABLE}}")), "AN0707").empty());
  CHECK(of(analyze(kServer + secured("PeerAuthentication", "portLevelMtls: {1234: {mode: DISABLE}}")), "AN0707").empty());
}

TEST_CASE("AN0614: a provider that MeshConfig does not have, or that authorizes nothing; without MeshConfig nothing is known") {
  using namespace meshroute;
  const std::string asks = secured("AuthorizationPolicy", "action: CUSTOM, provider: {name: ext}, rules: [{}]");
  const auto found_with = [&](const std::string& config) {
    MeshOptions options;
    options.mesh_config = config;
    Mesh mesh(options);
    REQUIRE(mesh.load(kServer + asks, {.name = "mesh.yaml"}).errors() == 0);
    return of(mesh.snapshot().analyze().diagnostics, "AN0614");
  };
  CHECK(found_with("").empty());
  CHECK(found_with("extensionProviders: [{name: ext, envoyExtAuthzHttp: {service: orders.example.com, port: 80}}]").empty());
  REQUIRE(found_with("extensionProviders: [{name: other, envoyExtAuthzHttp: {service: orders.example.com, port: 80}}]").size() ==
          1);
  CHECK(found_with("extensionProviders: [{name: ext, envoyOtelAls: {service: orders.example.com, port: 80}}]").size() == 1);
  const auto no_port = found_with("extensionProviders: [{name: ext, envoyExtAuthzHttp: {service: orders.example.com}}]");
  REQUIRE(no_port.size() == 1);
  CHECK(has(no_port[0].message, "its port is not in 1..65535"));
}
