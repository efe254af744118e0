// SPDX-License-Identifier: Apache-2.0
// Test files: what is read, what passes and fails, what counts as covered.
#include "meshroute/suite.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "meshroute/mesh.hpp"

using namespace meshroute;

namespace {

constexpr const char* kMesh = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {clusterIP: 10.1.0.1, ports: [{name: http, port: 80}], selector: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints:
  - {address: 10.0.0.1, labels: {version: v1}}
  - {address: 10.0.0.2, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - name: gold
    match: [{headers: {x-tier: {exact: gold}}}]
    timeout: 3s
    retries: {attempts: 4, retryOn: 5xx}
    rewrite: {uri: /gold}
    headers: {request: {set: {x-a: "1"}, remove: [x-b]}}
    route: [{destination: {host: api.example.com, subset: v2}}]
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new, redirectCode: 302}
  - match: [{uri: {prefix: /old/sub}}]
    directResponse: {status: 410}
  - route:
    - {destination: {host: api.example.com, subset: v1}, weight: 90}
    - {destination: {host: api.example.com, subset: v2}, weight: 10}
)";

Snapshot mesh_of(const std::string& text) {
  Mesh mesh;
  const Report report = mesh.load(text);
  REQUIRE_MESSAGE(report.errors() == 0, report.to_text());
  return mesh.snapshot();
}

SuiteReport run(const std::string& tests, const std::string& mesh = kMesh) {
  const auto suite = Suite::load(tests, "a.meshtest.yaml");
  REQUIRE_MESSAGE(suite, suite.error().message);
  const Snapshot snapshot = mesh_of(mesh);
  auto report = suite->run(&snapshot);
  REQUIRE_MESSAGE(report, report.error().message);
  return std::move(*report);
}

std::string refused(const std::string& tests) {
  const auto suite = Suite::load(tests, "a.meshtest.yaml");
  return suite ? "read" : suite.error().message;
}

/// One test that asks `expect` of a request.
std::string one(const std::string& request, const std::string& expect) {
  return "tests:\n- {name: t, from: shop, request: " + request + ", expect: {" + expect + "}}\n";
}

const char* const kGold = "{url: \"http://api.example.com/x?q=1\", headers: {x-tier: gold, x-b: \"2\"}}";

}  // namespace

TEST_CASE("each thing that a test says is compared, and holds or not") {
  const struct {
    const char *request, *holds, *fails, *path;
  } kCases[]{
      {kGold, "outcome: routed", "outcome: redirect", "outcome"},
      {kGold, "destinations: {api.example.com/v2: 100}", "destinations: {api.example.com/v2: 90}", "destinations"},
      {kGold, "destinations: {\"API.example.com:80/v2\": 100, api.example.com/v1: 0}", "destinations: {api.example.com/v1: 100}",
       "destinations"},
      {kGold, "destinations: {api.example.com: 100}", "destinations: {api.example.com: 0}", "destinations"},
      {kGold, "endpoints: [\"10.0.0.2:80\"]", "endpoints: [\"10.0.0.1:80\", \"10.0.0.2:80\"]", "endpoints"},
      {kGold, "upstream: {path: \"/goldx?q=1\"}", "upstream: {path: /goldx}", "upstream.path"},
      {kGold, "upstream: {authority: api.example.com}", "upstream: {authority: other}", "upstream.authority"},
      {kGold, "upstream: {headers: {X-A: 1, x-tier: gold, x-b: null}}", "upstream: {headers: {x-b: \"2\"}}",
       "upstream.headers.x-b"},
      {kGold, "upstream: {tls: none}", "upstream: {tls: mutual}", "upstream.tls"},
      {kGold, "timeout: 3s", "timeout: 3500ms", "timeout"},
      {kGold, "timeout: 3000ms", "timeout: none", "timeout"},
      {kGold, "retries: 4", "retries: 2", "retries"},
      {kGold, "rule: shop/api#0", "rule: shop/api#1", "rule"},
      {kGold, "rule: gold", "rule: silver", "rule"},
      {kGold, "rule: shop/api", "rule: shop/other", "rule"},
      {kGold, "rule: \"shop/api#gold\"", "rule: \"prod/api#gold\"", "rule"},
      {kGold, "fails: 0", "fails: 10", "fails"},
      {kGold, "arrives: true", "arrives: false", "arrives"},
      {"\"http://api.example.com/old\"", "redirect: \"http://api.example.com/new\"", "redirect: \"http://api.example.com/other\"",
       "redirect"},
      {"\"http://api.example.com/old\"", "status: 302", "status: 301", "status"},
      {"\"http://api.example.com/\"", "destinations: {api.example.com/v1: 90, api.example.com/v2: 10}",
       "destinations: {api.example.com/v1: 80}", "destinations"},
      {"\"http://api.example.com/\"", "retries: 2", "status: 200", "status"},
      {"\"http://reviews.prod/\"", "fails: 100", "fails: 0", "fails"},
      {"\"http://reviews.prod/\"", "outcome: no_endpoints, status: 503", "outcome: routed", "outcome"},
      {"\"http://elsewhere.example.com/\"", "outcome: passthrough", "outcome: no_route", "outcome"},
      {"\"http://elsewhere.example.com/\"", "destinations: {PassthroughCluster: 100}, outcome: passthrough", "arrives: false",
       "request"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.request);
    CAPTURE(each.holds);
    const SuiteReport good = run(one(each.request, each.holds));
    CHECK_MESSAGE(good.passed == 1, good.to_text());
    const SuiteReport bad = run(one(each.request, each.fails));
    REQUIRE(bad.failed == 1);
    CHECK_MESSAGE(bad.tests[0].failures[0].path == each.path, bad.to_text());
    CHECK(!bad.tests[0].because.empty());
    CHECK(bad.tests[0].request.starts_with("meshroute resolve PATH --from shop"));
  }
}

TEST_CASE("a short name is read from the proxy's namespace") {
  const auto tests = [](const char* from, const char* host) {
    return std::string("tests:\n- {from: ") + from + ", request: {url: \"http://reviews.prod/\"}, expect: {destinations: {" +
           host + ": 100}}}\n";
  };
  CHECK(run(tests("prod", "reviews")).passed == 1);
  CHECK(run(tests("prod", "\"reviews.prod.svc:80\"")).passed == 1);
  CHECK(run(tests("shop", "reviews.prod")).passed == 1);
  const SuiteReport report = run(tests("shop", "reviews"));
  REQUIRE(report.failed == 1);
  CHECK(report.tests[0].failures[0].got.find("no service `reviews` is seen from namespace shop") != std::string::npos);
}

TEST_CASE("lists multiply") {
  const SuiteReport report = run(R"(
proxies:
  gold: {namespace: shop, labels: {tier: 1}}
tests:
- name: all
  from: [gold, prod, shop, {namespace: other, id: w.other}]
  request: {url: "http://api.example.com/", method: [GET, POST], path: ["/a", "/b"], headers: {x-tier: [gold, silver]}}
  expect: {outcome: routed}
)");
  CHECK(report.tests.size() == 16);
  CHECK(report.failed == 0);
  CHECK(report.tests[0].name == "all [from gold, method GET, path /a]");
  CHECK(report.tests[1].name == "all [from gold, method GET, path /b]");
  CHECK(report.tests[15].name == "all [from other/w, method POST, path /b]");
  CHECK(report.tests[0].request.find("--labels tier=1") != std::string::npos);
  CHECK(report.tests[0].request.find("-H 'x-tier: silver'") != std::string::npos);
}

constexpr const char* kWorkload = R"(
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: web.v1, namespace: shop}
spec: {address: 10.0.0.9, labels: {app: web}, locality: eu/west, serviceAccount: web}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: prod}
spec:
  hosts: [reviews]
  http:
  - match: [{sourceLabels: {app: web}}]
    timeout: 7s
    route: [{destination: {host: reviews}}]
)";

TEST_CASE("a proxy by its name has the labels of the workload that is loaded") {
  const std::string test =
      "tests:\n- {from: shop/web.v1, request: \"http://reviews.prod/\", expect: {rule: prod/reviews, timeout: 7s}}\n";
  const SuiteReport report = run(test, std::string(kMesh) + kWorkload);
  CHECK_MESSAGE(report.failed == 0, report.to_text());
  CHECK(report.tests[0].request.find("--from shop/web.v1 http://reviews.prod/") != std::string::npos);
  const SuiteReport wrong = run("tests:\n- {from: shop/web, request: \"http://reviews.prod/\", expect: {timeout: 7s}}\n",
                                std::string(kMesh) + kWorkload);
  REQUIRE(wrong.failed == 1);
  CHECK_MESSAGE(wrong.tests[0].failures[0].got.find("there is WorkloadEntry shop/web.v1") != std::string::npos, wrong.to_text());
}

constexpr const char* kGateway = R"(
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["shop.example.com"], tls: {mode: MUTUAL, credentialName: shop}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: istio-system}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /api}}]
    route: [{destination: {host: api.example.com, subset: v2, port: {number: 80}}}]
)";

TEST_CASE("a gateway is asked by the connections that come to it") {
  const SuiteReport report = run(R"(
proxies: {edge: {type: router, namespace: istio-system, labels: {istio: edge}}}
tests:
- {from: edge, request: "http://shop.example.com/api/x", expect: {destinations: {api.example.com/v2: 100}, rule: istio-system/edge}}
- {from: edge, request: {url: "https://shop.example.com/api/x", client_cert: true}, expect: {outcome: routed}}
- {from: edge, request: {url: "https://shop.example.com/api/x"}, expect: {outcome: blackhole}}
- {from: edge, request: {url: "https://shop.example.com/api/x", client_cert: true, no_sni: true}, expect: {outcome: routed}}
)",
                                 std::string(kMesh) + kGateway);
  REQUIRE(report.tests.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) CHECK_MESSAGE(report.tests[i].passed, report.to_text());
  CHECK(!report.tests[3].passed);  // no chain takes TLS without a name
  CHECK(report.tests[3].request.find("--type router --no-sni --client-cert") != std::string::npos);
}

TEST_CASE("bad input is an error at its line, with what was meant") {
  const struct {
    const char *text, *says;
  } kCases[]{
      {"tests:\n- {from: a, request: \"http://a/\", expct: {outcome: routed}}\n",
       "a.meshtest.yaml:2:35: a test has no field `expct`: did you mean `expect`?"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {outcom: routed}}\n",
       "`expect` has no field `outcom`: did you mean `outcome`?"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {outcome: ruoted}}\n", "did you mean `routed`?"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {upstream: {tlss: none}}}\n", "did you mean `tls`?"},
      {"tests:\n- {from: a, request: {urll: \"http://a/\"}, expect: {outcome: routed}}\n", "did you mean `url`?"},
      {"tests:\n- {from: a, request: \"http://a/\"}\n", "a.meshtest.yaml:2:3: the test expects nothing"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {}}\n", "expects nothing"},
      {"tests:\n- {request: \"http://a/\", expect: {outcome: routed}}\n", "does not say who sends"},
      {"tests:\n- {from: [], request: \"http://a/\", expect: {outcome: routed}}\n", "`from` is an empty list"},
      {"tests:\n- {from: a, expect: {outcome: routed}}\n", "sends nothing"},
      {"tests:\n- {from: a, request: {method: GET}, expect: {outcome: routed}}\n", "names no destination"},
      {"tests:\n- {from: a, request: {url: []}, expect: {outcome: routed}}\n", "`url` is an empty list"},
      {"tests:\n- {from: a, request: \"htp://a/\", expect: {outcome: routed}}\n", "the scheme `htp`"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {timeout: soon}}\n", "`timeout` is a duration"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {fails: 200}}\n", "a.meshtest.yaml:2:51: `fails` is a percentage"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {status: 20}}\n", "`status` is a status of HTTP"},
      {"tests:\n- {form: a, request: \"http://a/\", expect: {status: 200}}\n", "did you mean `from`?"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {destinations: {a: 101}}}\n", "from 0 to 100"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {destinations: {\"a:b\": 1}}}\n", "no good port"},
      {"tests:\n- {from: a, request: \"http://a/\", expect: {destinations: {}}}\n", "`destinations` is an object"},
      {"proxies: {a: {lables: {}}}\ntests:\n- {from: a, request: \"http://a/\", expect: {outcome: routed}}\n",
       "did you mean `labels`?"},
      {"tests: []\n", "at least one test"},
      {"testss:\n- {}\n", "did you mean `tests`?"},
      {"tests:\n- a: [\n", "a.meshtest.yaml:"},
      {"# nothing\n", "has no tests"},
      {"apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", "has no tests"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.text);
    const std::string message = refused(each.text);
    CHECK_MESSAGE(message.find(each.says) != std::string::npos, message);
  }
}

TEST_CASE("an unknown proxy, host, port or subset never passes by accident") {
  const struct {
    const char *from, *request, *expect, *says;
  } kCases[]{
      {"shopp", "http://api.example.com/", "outcome: routed", "did you mean shop?"},
      {"shop/web", "http://api.example.com/", "outcome: routed", "no workload in namespace shop is called web"},
      {"shop", "http://api.exmple.com/", "fails: 0", "did you mean `api.example.com`?"},
      {"shop", "http://api.example.com/", "destinations: {api.exmple.com: 0}", "did you mean `api.example.com`?"},
      {"shop", "http://api.example.com/", "destinations: {\"api.example.com:81\": 0}", "has no port 81"},
      {"shop", "http://api.example.com/", "destinations: {api.example.com/v3: 0}", "has no subset `v3`"},
      {"shop", "http://api.example.com/", "destinations: {reviews.prod/v3: 0}", "so there is none `v3`"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.expect);
    const SuiteReport report = run(std::string("tests:\n- {from: ") + each.from + ", request: \"" + each.request +
                                   "\", expect: {" + each.expect + "}}\n");
    REQUIRE(report.failed == 1);
    CHECK_MESSAGE(report.tests[0].failures[0].got.find(each.says) != std::string::npos, report.to_text());
  }
}

TEST_CASE("the coverage counts what tests met, and names what no request can meet") {
  const SuiteReport report =
      run(std::string("tests:\n- {from: shop, request: ") + kGold +
          ", expect: {outcome: routed}}\n- {from: shop, request: \"http://api.example.com/old\", expect: {status: 302}}\n");
  const auto item = [&](const std::string& path) -> const CoverageItem& {
    for (const auto& each : report.coverage) {
      if (each.path == path) return each;
    }
    FAIL("there is no item " << path);
    return report.coverage[0];
  };
  CHECK(item("spec.http[0]").hits == 1);
  CHECK(item("spec.http[0].match[0]").hits == 1);
  CHECK(item("spec.http[0].match[0]").line == 32);
  CHECK(item("spec.http[0].route[0]").hits == 1);
  CHECK(item("spec.http[1].match[0]").hits == 1);
  CHECK(item("spec.http[3]").hits == 0);
  CHECK(item("spec.http[3]").unreachable.empty());
  CHECK(item("spec.http[2].match[0]").unreachable == "hidden by VirtualService shop/api spec.http[1].match[0]");
  CHECK(!item("spec.http[2]").unreachable.empty());
  CHECK(item("spec.subsets[0]").hits == 0);
  CHECK(item("spec.subsets[1]").hits == 1);
  CHECK(report.coverable() == report.coverage.size() - 2);
  CHECK(report.covered() == 6);
  CHECK(report.coverage_lcov().find("SF:<input>\nDA:") != std::string::npos);
  CHECK(report.coverage_text().find("no request can meet spec.http[2]") != std::string::npos);
}

TEST_CASE("a report in its forms") {
  const SuiteReport report = run(one(kGold, "timeout: 5s"));
  const auto json = nlohmann::json::parse(report.to_json());
  CHECK(json["failed"] == 1);
  CHECK(json["tests"][0]["failures"][0] == nlohmann::json{{"path", "timeout"}, {"want", "5s"}, {"got", "3s"}});
  CHECK(json["tests"][0]["line"] == 2);
  CHECK(json["tests"][0]["because"][0].contains("text"));
  CHECK(json["coverage"]["rules"]["all"].get<int>() > 0);
  const std::string junit = report.to_junit();
  CHECK(junit.find("tests=\"1\" failures=\"1\"") != std::string::npos);
  CHECK(junit.find("<failure message=\"timeout: want 5s, got 3s\">") != std::string::npos);
  const std::string text = report.to_text();
  CHECK(text.find("FAIL  t  (a.meshtest.yaml:2)") == 0);
  CHECK(text.find("1 test: 0 passed, 1 failed\n") != std::string::npos);
}

TEST_CASE("two runs together") {
  SuiteReport all = run(one(kGold, "outcome: routed"));
  all.append(run(one(kGold, "outcome: redirect")));
  CHECK(all.passed == 1);
  CHECK(all.failed == 1);
  CHECK(all.coverage.size() == run(one(kGold, "outcome: routed")).coverage.size());
}

TEST_CASE("files of istio-config-validator are answered as Istio does") {
  const std::string mesh = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: example}
spec:
  hosts: [a.example.com]
  http:
  - match: [{uri: {regex: "/x|/y"}}]
    route: [{destination: {host: one.example.com, port: {number: 8080}}}]
  - match: [{withoutHeaders: {x-a: {}}, uri: {prefix: /z}}]
    redirect: {uri: /w}
  - route: [{destination: {host: two.example.com}}]
)";
  const auto test = [](const char* uri, const char* rest) {
    return std::string(
               "testCases:\n- description: d\n  wantMatch: true\n  request: {authority: [a.example.com], method: [GET], uri: "
               "[\"") +
           uri + "\"], headers: {x-a: b}}\n" + rest;
  };
  // Both sides of a regex without a group are the whole path in Istio; that program anchors each on one side.
  SuiteReport report = run(test("/xx", "  route: [{destination: {host: two.example.com}}]\n"), mesh);
  CHECK_MESSAGE(report.passed == 1, report.to_text());
  REQUIRE(report.tests[0].notes.size() == 1);
  CHECK(report.tests[0].notes[0].find("istio-config-validator fails this test") == 0);
  CHECK(report.tests[0].notes[0].find("without a group") != std::string::npos);
  report = run(test("/x", "  route: [{destination: {host: one.example.com, port: {number: 8080}}}]\n"), mesh);
  CHECK(report.passed == 1);
  CHECK(report.tests[0].notes.empty());
  // It does not look at withoutHeaders.
  report = run(test("/z", "  redirect: {uri: /w}\n"), mesh);
  CHECK(report.failed == 1);
  REQUIRE(report.tests[0].notes.size() == 1);
  CHECK(report.tests[0].notes[0].find("`withoutHeaders`") != std::string::npos);
  CHECK(refused("testCases:\n- {request: {authority: [a], method: [GET], uri: []}}\n").find("`request.uri` is a list") !=
        std::string::npos);
  CHECK(refused("testCases:\n- {wantmach: true, request: {authority: [a], method: [GET], uri: [/]}}\n")
            .find("did you mean `wantMatch`?") != std::string::npos);
}

TEST_CASE("each way in which istio-config-validator is not Istio is said") {
  const auto service = [](const std::string& name, const std::string& spec, const std::string& rest = {}) {
    return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name +
           (rest.empty() ? ", namespace: example" : ", " + rest) + "}\nspec: " + spec + "\n---\n";
  };
  const auto to = [](const std::string& host) { return "{route: [{destination: {host: " + host + ".example.com}}]}"; };
  const auto when = [&](const std::string& match, const std::string& host) {
    return "{match: [{" + match + "}], " + to(host).substr(1);
  };
  const auto spec = [](const std::string& host, const std::string& http) {
    return "{hosts: ['" + host + "'], http: [" + http + "]}";
  };
  const auto matched = [&](const std::string& match) {  // its rule goes to one, all else to two
    return service("a", spec("a.example.com", when(match, "one") + ", " + to("two")));
  };
  const auto test = [](const std::string& route, const std::string& host = "a.example.com", const std::string& uri = "/",
                       const std::string& headers = {}) {
    return "testCases:\n- description: d\n  wantMatch: true\n  request: {authority: ['" + host + "'], method: [GET], uri: ['" +
           uri + "'], headers: {" + headers + "}}\n  route: [{destination: {host: " + route + "}}]\n";
  };
  const std::string one = "one.example.com", two = "two.example.com",
                    older = "namespace: example, creationTimestamp: '2024-01-01T00:00:00Z'",
                    younger = "namespace: example, creationTimestamp: '2024-01-02T00:00:00Z'";
  const struct {
    std::string mesh, test;
    bool passes;  // as Istio answers
    const char* says;
  } kCases[]{
      {matched("headers: {x-a: {}}"), test(one, "a.example.com", "/", "x-a: b"), true,
       "it never meets a match of a header's presence"},
      {service("a", spec("*.example.com", to("one"))), test(one), true, "it compares hosts as texts"},
      {matched("uri: {exact: /A}, ignoreUriCase: true"), test(one, "a.example.com", "/a"), true, "`ignoreUriCase`"},
      {matched("queryParams: {q: {exact: \"1\"}}"), test(one, "a.example.com", "/?q=2"), false, "`queryParams`"},
      {matched("sourceLabels: {app: x}"), test(two), true, "it does not look at who sends"},
      {matched("port: 8080"), test(two), true, "`port`"},
      {matched("scheme: {exact: https}"), test(two), true, "`scheme`"},
      {matched("gateways: [edge]"), test(two), true, "`gateways`"},
      {service("a", spec("a.example.com", to("one"))), test(one, "a.example.com:80"), true, "it compares hosts as texts"},
      {service("a", spec("a.example.com", to("one"))), test(one, "A.example.com"), true, "it compares hosts as texts"},
      {service("a", spec("reviews", to("one"))), test(one, "reviews.example.svc.cluster.local"), true,
       "it compares hosts as texts"},
      {matched("headers: {x-a: {exact: b}}"), test(one, "a.example.com", "/", "X-A: b"), true,
       "it compares the names of headers letter by letter"},
      {service("a", spec("a.example.com", when("uri: {prefix: /x}", "one")), older) +
           service("b", spec("a.example.com", to("two")), younger),
       test(two), false, "it goes on to the next one, in Istio the oldest one has the host"},
      {service("a", spec("a.example.com", to("one")), younger) + service("b", spec("a.example.com", to("two")), older), test(two),
       true, "in the order of their files, Istio takes the oldest one"},
      {service("a", "{gateways: [edge], " + spec("a.example.com", to("one")).substr(1)) +
           service("b", spec("a.example.com", to("two"))),
       test(two), true, "it does not look at the `gateways` of a VirtualService"},
      {matched("uri: {exact: \"/a b\"}"), test(two, "a.example.com", "/a%20b"), true,
       "it matches the path decoded, Istio as it comes"},
      {service("root", spec("a.example.com", "{delegate: {name: d}}")) +
           service("d", "{http: [" + to("two") + "]}", "namespace: other"),
       test(two), false, "it takes a delegate of any, Istio only one of the root's"},
      {service("root", spec("a.example.com", "{match: [{uri: {regex: \"/x.*\"}}], delegate: {name: d}}")) +
           service("d", "{http: [" + when("uri: {prefix: /x/y}", "two") + "]}"),
       test(two, "a.example.com", "/x/y"), false, "in Istio their contradiction drops the rule"},
      {service("a", spec("a.example.com", "{route: [{destination: {host: one.example.com}, weight: 100}]}")), test(one), true,
       "it compares blocks as texts"},
      {service("a", spec("a.example.com", "{route: [{destination: {host: reviews}}]}")),
       test("reviews.example.svc.cluster.local"), true, "it compares blocks as texts"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.mesh);
    CAPTURE(each.test);
    const SuiteReport report = run(each.test, each.mesh);
    REQUIRE(report.tests.size() == 1);
    CHECK_MESSAGE(report.tests[0].passed == each.passes, report.to_text());
    REQUIRE(report.tests[0].notes.size() == 1);
    const std::string& note = report.tests[0].notes[0];
    CHECK_MESSAGE(
        note.starts_with(each.passes ? "istio-config-validator fails this test" : "istio-config-validator passes this test"),
        note);
    CHECK_MESSAGE(note.find(each.says) != std::string::npos, note);
  }
  // Where both are the same, and a prefix is one: nothing is said.
  for (const auto& each : {test(one, "a.example.com", "/ab"), test(two, "a.example.com", "/b")})
    CHECK(run(each, matched("uri: {prefix: /a}")).tests[0].notes.empty());
  CHECK(run(test(one), service("a", spec("a.example.com", "{route: [{destination: {host: one.example.com}, weight: 0}]}")))
            .tests[0]
            .passed);
}
