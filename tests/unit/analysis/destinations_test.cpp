// SPDX-License-Identifier: Apache-2.0
// Destinations of VirtualServices, for the clients that have their rules.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string service(const std::string& destination, const std::string& more = {}, const std::string& namespace_ = "shop") {
  return document("VirtualService", "name: api, namespace: " + namespace_,
                  "hosts: [api.example.com], http: [{route: [{destination: {" + destination + "}}]}]" + more);
}
std::string rule(const std::string& namespace_, const std::string& more = {}) {
  return document("DestinationRule", "name: api, namespace: " + namespace_,
                  "host: api.example.com, subsets: [{name: v1, labels: {version: v1}}]" + more);
}
const std::string kApi = entry("api", "shop");
const std::string kOtherClient = kubernetes_service("web", "web");

}  // namespace

TEST_CASE("AN0404: a destination that is no service") {
  const auto found = of(analyze(kApi + service("host: api.example.org")), "AN0404");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].route[0].destination.host");
  CHECK(has(found[0].hint, "there is api.example.com"));
  CHECK(analyze(kApi + service("host: api.example.com")).empty());
}

TEST_CASE("AN0404: a destination that a client of the rule does not see") {
  const auto mesh = [](const std::string& to) {
    return kApi + entry("hidden", "shop", "endpoints: [{address: 10.0.0.9}], exportTo: [" + to + "]") +
           service("host: hidden.example.com", ", exportTo: [\".\", web]");
  };
  const auto found = of(analyze(mesh("\".\"")), "AN0404");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "clients of namespace web have this rule but not the host hidden.example.com"));
  CHECK(found[0].related.size() == 1);
  CHECK(of(analyze(mesh("\".\", web")), "AN0404").empty());
}

TEST_CASE("AN0404: rules that a proxy does not meet need nothing of it") {
  const auto mesh = [](const std::string& match) {
    return kApi + kOtherClient + entry("hidden", "shop", "endpoints: [{address: 10.0.0.9}], exportTo: [\".\"]") +
           document("VirtualService", "name: api, namespace: shop",
                    "hosts: [api.example.com], http: [" + match + "{route: [{destination: {host: hidden.example.com}}]}]");
  };
  const std::string rest = ", route: [{destination: {host: api.example.com}}]}, ";
  CHECK(of(analyze(mesh("")), "AN0404").size() == 1);
  CHECK(of(analyze(mesh("{match: [{sourceNamespace: other}]" + rest)), "AN0404").size() == 1);
  CHECK(analyze(mesh("{match: [{sourceNamespace: web}]" + rest)).empty());
}

TEST_CASE("AN0404: a host that only its own namespace sees has no other clients") {
  const std::string own = entry("api", "shop", "endpoints: [{address: 10.0.0.9}], exportTo: [\".\"]");
  CHECK(analyze(own + kOtherClient + service("host: api.example.com")).empty());
}

TEST_CASE("AN0405: a port that the destination does not have") {
  const auto found = of(analyze(kApi + service("host: api.example.com, port: {number: 8080}")), "AN0405");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].route[0].destination.port");
  CHECK(has(found[0].message, "(it has: 80)"));
  CHECK(analyze(kApi + service("host: api.example.com, port: {number: 80}")).empty());
}

TEST_CASE("AN0405: without a port that of the request is used") {
  const std::string other = kubernetes_service("late", "shop", "8080");
  const auto found = of(analyze(kApi + other + service("host: late")), "AN0405");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "that of the request is used (80)"));
  CHECK(analyze(kApi + other + service("host: late, port: {number: 8080}")).empty());
  CHECK(of(analyze(kApi + other + service("host: late", ", gateways: [public]")), "AN0405")
            .empty());  // a gateway takes the only port
}

TEST_CASE("AN0409: a subset that nobody defines") {
  const auto found = of(analyze(kApi + rule("shop") + service("host: api.example.com, subset: v3")), "AN0409");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].route[0].destination.subset");
  CHECK(found[0].hint == "write v1: the subsets are v1");
  CHECK(of(analyze(kApi + service("host: api.example.com, subset: v1")), "AN0409").size() == 1);
  CHECK(analyze(kApi + rule("shop") + service("host: api.example.com, subset: v1")).empty());
}

TEST_CASE("AN0409: also where the Services were not given") {
  const auto found =
      analyze(document("VirtualService", "name: api", "hosts: [api], http: [{route: [{destination: {host: api, subset: v1}}]}]"));
  CHECK(of(found, "AN0409").size() == 1);
}

TEST_CASE("AN0410: a subset's rule that clients do not see") {
  const std::string subset = "host: api.example.com, subset: v1";
  const auto elsewhere = of(analyze(kApi + rule("platform") + service(subset)), "AN0410");
  REQUIRE(elsewhere.size() == 1);
  CHECK(has(elsewhere[0].message, "clients of namespace shop"));
  CHECK(has(elsewhere[0].message,
            "a client looks for rules only in its own namespace, in the service's (shop) and in istio-system"));
  CHECK(elsewhere[0].related.size() == 1);
  // The rules are for all, the subset is not.
  CHECK(of(analyze(kApi + kOtherClient + rule("shop", ", exportTo: [\".\"]") + service(subset)), "AN0410").size() == 1);
  CHECK(of(analyze(kApi + rule("shop", ", exportTo: [\".\"]") + service(subset)), "AN0410").size() == 1);
  CHECK(analyze(kApi + kOtherClient + rule("shop") + service(subset)).empty());
  CHECK(analyze(kApi + kOtherClient + rule("shop", ", exportTo: [\".\"]") + service(subset, ", exportTo: [\".\"]")).empty());
  CHECK(analyze(kApi + kOtherClient + rule("istio-system") + service(subset)).empty());  // E12
  // Beside the rule, but not beside the service: only clients of the rule's namespace have the subset.
  const auto beside = of(analyze(kApi + kOtherClient + rule("team") + service(subset, "", "team")), "AN0410");
  REQUIRE(beside.size() == 1);
  CHECK(has(beside[0].message, "clients of namespace web"));
}

TEST_CASE("AN0405: behind a gateway a destination without a port has that of the server") {
  const auto mesh = [](const std::string& ports, const std::string& servers, const std::string& match = {},
                       const std::string& destination = {}) {
    return document("ServiceEntry", "name: api, namespace: shop",
                    "hosts: [api.example.com], resolution: STATIC, endpoints: [{address: 10.0.0.1}], ports: [" + ports + "]") +
           document("Gateway", "name: public, namespace: shop", "selector: {istio: edge}, servers: [" + servers + "]") +
           document("VirtualService", "name: api, namespace: shop",
                    "hosts: [shop.example.com], gateways: [public], http: [{" + match +
                        "route: [{destination: {host: api.example.com" + destination + "}}]}]");
  };
  const std::string two = "{number: 80, name: http, protocol: HTTP}, {number: 9000, name: grpc, protocol: GRPC}";
  const std::string http = "{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}";
  const auto https = [](const std::string& host) {
    return "{port: {number: 443, name: https, protocol: HTTPS}, tls: {mode: SIMPLE, credentialName: c}, hosts: [" + host + "]}";
  };
  const auto found = of(analyze(mesh(two, http + ", " + https("shop.example.com"))), "AN0405");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].route[0].destination");
  CHECK(has(found[0].message, "that of the gateway's server is used (443)"));
  CHECK(has(found[0].message, "(it has: 80, 9000)"));
  CHECK(of(analyze(mesh(two, http)), "AN0405").empty());
  CHECK(of(analyze(mesh(two, https("other.example.com"))), "AN0405").empty());
  CHECK(of(analyze(mesh(two, https("shop.example.com"), {}, ", port: {number: 80}")), "AN0405").empty());
  CHECK(of(analyze(mesh(two, http + ", " + https("shop.example.com"), "match: [{port: 80}], ")), "AN0405").empty());
  CHECK(of(analyze(mesh("{number: 80, name: http, protocol: HTTP}", https("shop.example.com"))), "AN0405").empty());
}
