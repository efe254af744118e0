// SPDX-License-Identifier: Apache-2.0
// What selectors select, and hosts with several definitions. Each rule: a mesh in which it fires, and one that is nearly that.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string workload(const std::string& name, const std::string& namespace_, const std::string& address,
                     const std::string& labels, const std::string& annotations = {}) {
  return document("WorkloadEntry", "name: " + name + ", namespace: " + namespace_ + ", annotations: {" + annotations + "}",
                  "address: " + address + ", labels: {" + labels + "}");
}
const std::string kSelector = "workloadSelector: {labels: {app: orders, tier: backend}}";

}  // namespace

TEST_CASE("AN0201: a selector that selects nothing, with what it nearly selects") {
  const auto found =
      of(analyze(entry("orders", "vms", kSelector) + workload("one", "vms", "10.0.0.1", "app: orders, tier: front") +
                 workload("two", "other", "10.0.0.2", "app: orders, tier: backend")),
         "AN0201");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.workloadSelector");
  CHECK(has(found[0].hint, "WorkloadEntry vms/one is nearly selected: its label tier is front, not backend"));
  CHECK(has(found[0].hint, "WorkloadEntry other/two has these labels, but"));
  REQUIRE(found[0].related.size() == 2);
  CHECK(found[0].related[0].line > found[0].line);
  CHECK(of(analyze(entry("orders", "vms", kSelector) + workload("one", "vms", "10.0.0.1", "app: orders, tier: backend, a: b")),
           "AN0201")
            .empty());
}

TEST_CASE("AN0201: a near miss of a selector with one label") {
  const auto found = of(analyze(entry("orders", "vms", "workloadSelector: {labels: {app: orders}}") +
                                workload("one", "vms", "10.0.0.1", "app: order")),
                        "AN0201");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].hint, "its label app is order, not orders"));
  const auto far =
      of(analyze(entry("orders", "vms", "workloadSelector: {labels: {app: orders}}") +
                 workload("one", "vms", "10.0.0.1", "app: invoices") + workload("two", "other", "10.0.0.2", "app: orders")),
         "AN0201");
  REQUIRE(far.size() == 1);  // one label with another value is not near
  CHECK(has(far[0].hint, "WorkloadEntry other/two has these labels, but a selector never reaches into another namespace"));
  CHECK(has(far[0].hint, ": move it to vms"));
  CHECK(!has(far[0].hint, "vms/one"));
}

TEST_CASE("AN0203: a selected workload with a host name under STATIC") {
  const auto mesh = [](const std::string& resolution) {
    return document("ServiceEntry", "name: db, namespace: vms",
                    "hosts: [db.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: " + resolution +
                        ", workloadSelector: {labels: {app: db}}") +
           workload("one", "vms", "db-1.internal.example.com", "app: db");
  };
  const auto found = of(analyze(mesh("STATIC")), "AN0203");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "WorkloadEntry vms/one");
  CHECK(found[0].path == "spec.address");
  CHECK(found[0].related.size() == 1);
  CHECK(analyze(mesh("DNS")).empty());
}

TEST_CASE("AN0204: a selected workload that is not healthy yet") {
  const auto mesh = [](const std::string& annotation) {
    return entry("orders", "vms", "workloadSelector: {labels: {app: orders}}") +
           workload("one", "vms", "10.0.0.1", "app: orders", annotation);
  };
  CHECK(of(analyze(mesh("proxy.istio.io/health-checks-enabled: \"true\"")), "AN0204").size() == 1);
  CHECK(analyze(mesh("proxy.istio.io/health-checks-enabled: \"false\"")).empty());
}

TEST_CASE("AN0205: a host with a public definition in two namespaces") {
  const auto found = of(analyze(entry("api", "a") + entry("api", "b", "endpoints: [{address: 10.0.0.2}]")), "AN0205");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "ServiceEntry b/api");
  CHECK(found[0].path == "spec.hosts[0]");
  CHECK(has(found[0].message, "only clients of namespace b use this definition of api.example.com"));
  REQUIRE(found[0].related.size() == 1);
  CHECK(analyze(entry("api", "a") + entry("api", "b")).empty());  // the same for everybody
  CHECK(analyze(entry("api", "a") + entry("api", "b", "endpoints: [{address: 10.0.0.2}], exportTo: [\".\"]")).empty());
}

TEST_CASE("AN0206: two definitions in one namespace that do not fit together") {
  const auto second = [](const std::string& port, const std::string& more) {
    return document("ServiceEntry", "name: later, namespace: a, creationTimestamp: \"2026-01-01T00:00:00Z\"",
                    "hosts: [api.example.com], ports: [" + port + "], endpoints: [{address: 10.0.0.2}], " + more);
  };
  const std::string same = "{number: 80, name: http, protocol: HTTP}", other = "{number: 80, name: web, protocol: HTTP}",
                    more = "{number: 81, name: http-more, protocol: HTTP}";
  const auto count = [&](const std::string& port, const std::string& rest) {
    return of(analyze(entry("api", "a") + second(port, rest)), "AN0206").size();
  };
  CHECK(count(same, "resolution: DNS") == 1);
  CHECK(count(other, "resolution: STATIC") == 1);
  CHECK(count(more, "resolution: STATIC, exportTo: [\".\"]") == 1);
  CHECK(count(more, "resolution: STATIC") == 0);
  CHECK(count(same, "resolution: STATIC") == 0);
}

TEST_CASE("AN0201: a rule can be turned off for a resource") {
  CHECK(of(analyze(document(
               "ServiceEntry", "name: a, annotations: {galley.istio.io/analyze-suppress: AN0201}",
               "hosts: [a.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, " + kSelector)),
           "AN0201")
            .empty());
}

TEST_CASE("AN0218: STATIC without endpoints") {
  const auto mesh = [](const std::string& more) {
    return document("ServiceEntry", "name: crm, namespace: shop",
                    "hosts: [crm.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: " + more);
  };
  const auto found = of(analyze(mesh("STATIC")), "AN0218");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.resolution");
  CHECK(has(found[0].hint, "set resolution to DNS"));
  CHECK(has(of(analyze(mesh("STATIC, addresses: [10.9.0.5]")), "AN0218").front().hint, "set resolution to NONE"));
  CHECK(of(analyze(mesh("STATIC, workloadSelector: {labels: {app: crm}}")), "AN0218").empty());
  CHECK(of(analyze(mesh("STATIC") + entry("crm", "other")), "AN0218").empty());  // it may be a part of that
  CHECK(of(analyze(mesh("DNS")), "AN0218").empty());
  const auto led = [&](const std::string& to) {
    return of(analyze(mesh("STATIC") + entry("web", "shop") +
                      document("VirtualService", "name: crm, namespace: shop",
                               "hosts: [crm.example.com], http: [{route: [{destination: {host: " + to + "}}]}]")),
              "AN0218")
        .size();
  };
  CHECK(led("web.example.com") == 0);  // only a name, for what another service does
  CHECK(led("crm.example.com") == 1);
}

TEST_CASE("AN0219: plain HTTP to a port for TLS") {
  const auto mesh = [](const std::string& port, const std::string& more = {}) {
    return document("ServiceEntry", "name: api, namespace: shop",
                    "hosts: [api.example.com], ports: [" + port + "], resolution: DNS" + more);
  };
  const auto policy = [](const std::string& text) {
    return document("DestinationRule", "name: api, namespace: shop", "host: api.example.com, trafficPolicy: {" + text + "}");
  };
  const std::string port = "{number: 80, name: http, protocol: HTTP, targetPort: 443}";
  const auto found = of(analyze(mesh(port)), "AN0219");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.ports[0].targetPort");
  CHECK(has(found[0].message, "plain HTTP goes to port 443 of api.example.com (by port 80)"));
  CHECK(has(found[0].hint, "create a DestinationRule for api.example.com"));
  CHECK(of(analyze(mesh("{number: 443, name: http, protocol: HTTP}")), "AN0219").size() == 1);
  const auto plain = of(analyze(mesh(port) + policy("connectionPool: {tcp: {maxConnections: 1}}")), "AN0219");
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].hint == "set spec.trafficPolicy.tls.mode of DestinationRule shop/api to SIMPLE");
  for (const std::string& fine : {mesh(port) + policy("tls: {mode: SIMPLE}"),
                                  mesh(port) + policy("portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]"),
                                  mesh("{number: 443, name: https, protocol: HTTPS}"), mesh(port, ", location: MESH_INTERNAL"),
                                  mesh("{number: 80, name: http, protocol: HTTP}"),
                                  mesh(port, ", endpoints: [{address: egress.example.com, ports: {http: 8080}}]")}) {
    CAPTURE(fine);
    CHECK(of(analyze(fine), "AN0219").empty());
  }
  const std::string rule = document("VirtualService", "name: api, namespace: shop",
                                    "hosts: [api.example.com], http: [{match: [{port: 80}], route: [{destination: {host: "
                                    "api.example.com, port: {number: 443}}}]}]");
  const std::string both = mesh("{number: 80, name: http, protocol: HTTP}, {number: 443, name: https, protocol: HTTPS}") + rule;
  const auto led = of(analyze(both), "AN0219");
  REQUIRE(led.size() == 1);
  CHECK(led[0].resource == "VirtualService shop/api");
  CHECK(led[0].path == "spec.http[0].route[0].destination.port");
  CHECK(of(analyze(both + policy("portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]")), "AN0219").empty());
}
