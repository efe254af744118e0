// SPDX-License-Identifier: Apache-2.0
// Findings about DestinationRules.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string rule(const std::string& host, const std::string& labels = "version: v1") {
  return document("DestinationRule", "name: rule, namespace: shop",
                  "host: " + host + ", subsets: [{name: v1, labels: {" + labels + "}}]");
}

}  // namespace

TEST_CASE("AN0301: a rule whose host is no service's") {
  const auto found = of(analyze(entry("api", "shop") + rule("api.exmple.com")), "AN0301");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.host");
  CHECK(has(found[0].hint, "there is api.example.com (ServiceEntry shop/api)"));
  CHECK(analyze(entry("api", "shop") + rule("api.example.com")).empty());
  CHECK(analyze(entry("api", "shop") + rule("\"*.example.com\"")).empty());
  CHECK(of(analyze(entry("api", "shop") + rule("\"*.example.org\"")), "AN0301").size() == 1);
}

TEST_CASE("AN0301: a host that a service's wildcard covers is not that service's") {
  const std::string wild =
      document("ServiceEntry", "name: wild, namespace: shop",
               "hosts: [\"*.example.com\"], ports: [{number: 443, name: tls, protocol: TLS}], resolution: NONE");
  const auto found = of(analyze(wild + rule("api.example.com")), "AN0301");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].hint, "ServiceEntry shop/wild has the wildcard *.example.com"));
  CHECK(analyze(wild + rule("\"*.example.com\"")).empty());
}

TEST_CASE("AN0301: a short host is one of the rule's namespace") {
  const auto found = of(analyze(kubernetes_service("api", "backend") + rule("api")), "AN0301");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "api.shop.svc.cluster.local, which `api` is short for"));
  CHECK(has(found[0].hint, "api.backend.svc.cluster.local"));
  CHECK(analyze(kubernetes_service("api", "shop") + rule("api")).empty());
}

TEST_CASE("AN0104: Kubernetes names without their Services are told once, not checked") {
  const auto found = analyze(rule("api") + document("VirtualService", "name: web, namespace: shop",
                                                    "hosts: [web], http: [{route: [{destination: {host: web}}]}]"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "AN0104");
  CHECK(found[0].severity == meshroute::Severity::info);
  CHECK(has(found[0].message, "2 Kubernetes names are not checked (api.shop.svc.cluster.local, web.shop.svc.cluster.local)"));
}

TEST_CASE("AN0302: a subset without endpoints") {
  const auto found = of(analyze(entry("api", "shop") + rule("api.example.com", "version: v2")), "AN0302");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.subsets[0].labels");
  CHECK(has(found[0].hint, "endpoint 10.0.0.1 is nearly in it: its label version is v1, not v2"));
  CHECK(found[0].related.size() == 1);
  CHECK(of(analyze(entry("api", "shop") + rule("api.example.com", "")), "AN0302").empty());
}

TEST_CASE("AN0302: pods that were not given may have the labels") {
  CHECK(analyze(kubernetes_service("api", "shop") + rule("api", "version: v9")).empty());
  const std::string vm =
      document("WorkloadEntry", "name: vm, namespace: shop", "address: 10.0.0.1, labels: {app: api, version: v1}");
  CHECK(of(analyze(kubernetes_service("api", "shop") + vm + rule("api", "version: v9")), "AN0302").empty());
}

TEST_CASE("AN0307: an HTTP rule that leads to the port means its TLS") {
  const auto mesh = [](const std::string& ports, const std::string& destination) {
    return document("ServiceEntry", "name: bank, namespace: shop",
                    "hosts: [bank.example.com], ports: [" + ports + "], resolution: DNS") +
           document("VirtualService", "name: bank, namespace: shop",
                    "hosts: [bank.example.com], http: [{match: [{port: 80}], route: [{destination: {host: bank.example.com" +
                        destination + "}}]}]") +
           document("DestinationRule", "name: bank, namespace: shop",
                    "host: bank.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}");
  };
  const std::string http = "{number: 80, name: http, protocol: HTTP}", https = "{number: 443, name: https, protocol: HTTPS}";
  CHECK(of(analyze(mesh(http + ", " + https, ", port: {number: 443}")), "AN0307").empty());
  CHECK(of(analyze(mesh(https, "")), "AN0307").empty());
  CHECK(of(analyze(mesh(http + ", " + https, ", port: {number: 80}")), "AN0307").size() == 1);
  CHECK(of(analyze(mesh(http + ", " + https, "")), "AN0307").size() == 1);
}

TEST_CASE("AN0306: only rules that its clients would look at are hidden") {
  const auto mesh = [](const std::string& in, const std::string& more) {
    return kubernetes_service("web", "prod") +
           document("DestinationRule", "name: all, namespace: " + in,
                    "host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}" + more) +
           document("DestinationRule", "name: web, namespace: shop", "host: web.prod.svc.cluster.local");
  };
  CHECK(of(analyze(mesh("istio-system", "")), "AN0306").size() == 1);
  CHECK(of(analyze(mesh("istio-system", ", exportTo: [team]")), "AN0306").empty());
  CHECK(of(analyze(mesh("shop", "")), "AN0306").size() == 1);
  CHECK(of(analyze(mesh("prod", "")), "AN0306").size() == 1);
  CHECK(of(analyze(mesh("prod", ", exportTo: ['.']")), "AN0306").empty());
  CHECK(of(analyze(mesh("team", "")), "AN0306").empty());
}
