// SPDX-License-Identifier: Apache-2.0
// Requests that meet a rule, and rules that none can meet.
#include "meshroute/witness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "match/regex.hpp"
#include "meshroute/mesh.hpp"
#include "meshroute/suite.hpp"
#include "witness/regex_strings.hpp"

using namespace meshroute;

namespace {

std::string mesh_with(const std::string& rules) {
  return R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}, {number: 443, name: tls, protocol: TLS}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
)" + rules;
}

Snapshot snapshot_of(const std::string& text) {
  Mesh mesh;
  const Report report = mesh.load(text);
  REQUIRE_MESSAGE(report.errors() == 0, report.to_text());
  return mesh.snapshot();
}

const Witness& of(const std::vector<Witness>& list, const std::string& path) {
  for (const auto& each : list) {
    if (each.path == path) return each;
  }
  FAIL("there is no witness of " << path);
  return list[0];
}

}  // namespace

TEST_CASE("strings of regular expressions are ones that RE2 matches whole") {
  for (const char* pattern : {"abc",
                              "a|bc|d",
                              "/users(/.*)?",
                              "(GET|POST)",
                              "[a-c]+x{2,3}",
                              "(?i)Hello",
                              "\\d{3}-\\d{4}",
                              "[^/]+/[[:alpha:]]*",
                              "^/v[0-9]+/.*$",
                              "a\\.b\\/c",
                              "(?P<id>\\w+)\\s?",
                              "\\Qa.b\\E+",
                              "(a(b(c)?)*)+",
                              ".*",
                              ".+",
                              "\\x41\\x{42}",
                              "(?:x|y)z{0}",
                              "[\\d-]+",
                              "[]a]b",
                              "\\pL+\\p{Nd}",
                              "a{2,}",
                              "\\bword\\b",
                              "(|a)b",
                              "[\\x00-\\x20!]"}) {
    CAPTURE(pattern);
    const auto regex = match::Regex::compile(pattern);
    REQUIRE(regex);
    const auto strings = witness::strings_of(pattern, 6);
    CHECK(!strings.empty());
    for (const auto& text : strings) CHECK(regex->full_match(text));
  }
  CHECK(witness::strings_of("[a", 3).empty());
  CHECK(witness::strings_of("a|bc|d", 3).size() == 3);  // each alternative
  CHECK(witness::strings_of("((((((((((a*)*)*)*)*)*)*)*)*)*)*", 3).size() == 3);
}

TEST_CASE("each rule has a witness that resolve sends to it, or the rule that hides it") {
  const Snapshot snapshot = snapshot_of(mesh_with(R"(
  http:
  - match:
    - {uri: {exact: /exact}}
    - {uri: {prefix: /a}, method: {exact: POST}, scheme: {exact: http}}
    - {uri: {regex: "/r/[0-9]+(/.*)?"}, headers: {x-a: {regex: "v[1-3]"}, x-b: {}}}
    - {queryParams: {q: {exact: "1"}, r: {regex: "a+"}}}
    - {uri: {prefix: /w}, withoutHeaders: {x-a: {}}}
    - {authority: {prefix: api}, headers: {x-c: {prefix: abc}}}
    - {uri: {exact: /CaSe}, ignoreUriCase: true}
    redirect: {uri: /x}
  - match:
    - {uri: {prefix: /a}}
    - {uri: {prefix: /a/b}}
    - {uri: {exact: /exact}, method: {exact: GET}}
    - {uri: {regex: "/a/x.*"}}
    - {headers: {x-d: {exact: "1"}}, withoutHeaders: {x-d: {exact: "1"}}}
    redirect: {uri: /x}
  - match: [{port: 81}]
    redirect: {uri: /x}
  - redirect: {uri: /y}
  - match: [{uri: {prefix: /late}}]
    redirect: {uri: /z}
  tcp:
  - match: [{port: 9000}]
    route: [{destination: {host: api.example.com, port: {number: 9000}}}]
  tls:
  - match: [{port: 443, sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com, port: {number: 443}}}]
)"));
  Proxy proxy;
  proxy.namespace_ = "shop";
  const auto witnesses = snapshot.witnesses(proxy);
  const View view = snapshot.view(proxy);
  std::size_t found = 0;
  for (const auto& each : witnesses) {
    CAPTURE(each.path);
    CHECK(each.unknown.empty());
    CHECK(each.request.has_value() == each.unreachable.empty());
    if (!each.request) continue;
    ++found;
    const Answer answer = view.resolve(*each.request, {.trace = true});
    const bool met = std::any_of(answer.trace.begin(), answer.trace.end(), [&](const TraceLine& line) {
      return line.verdict == Verdict::matched && line.path == each.path && line.resource == "VirtualService shop/api";
    });
    CHECK_MESSAGE(met, answer.to_text(true));
  }
  CHECK(found == 11);
  const std::string rule = "VirtualService shop/api spec.http";
  CHECK(of(witnesses, "spec.http[1].match[1]").unreachable == rule + "[1].match[0]");
  CHECK(of(witnesses, "spec.http[1].match[2]").unreachable == rule + "[0].match[0]");
  CHECK(of(witnesses, "spec.http[1].match[3]").unreachable == rule + "[1].match[0]");
  CHECK(of(witnesses, "spec.http[1].match[4]").unreachable == "its match asks for header x-d and forbids it");
  CHECK(of(witnesses, "spec.http[4].match[0]").unreachable == rule + "[3]");
}

TEST_CASE("the suite of the witnesses passes") {
  const std::string text = mesh_with(
      "  http:\n  - match: [{uri: {prefix: /a}}]\n    rewrite: {uri: /b}\n    timeout: 2s\n    route: [{destination: {host: "
      "api.example.com}}]\n"
      "  - match: [{uri: {prefix: /a/c}}]\n    directResponse: {status: 404}\n  - redirect: {uri: /x}\n");
  const Snapshot snapshot = snapshot_of(text);
  Proxy proxy;
  proxy.namespace_ = "shop";
  const auto suite = Suite::load(snapshot.witness_suite(proxy, {}), "pinned.yaml");
  REQUIRE_MESSAGE(suite, suite.error().message);
  const auto report = suite->run(&snapshot);
  REQUIRE(report);
  CHECK(report->passed == 2);
  CHECK_MESSAGE(report->failed == 0, report->to_text());
  CHECK(report->coverage_percent() == 100);
}

TEST_CASE("random rules: a witness for each route that a random request meets, none for one that another hides") {
  std::mt19937 random(20261130);
  const auto pick = [&random](auto&& list) { return list[random() % std::size(list)]; };
  const std::string paths[]{"/", "/a", "/a/b", "/ab", "/b", "/A"};
  const std::string values[]{"1", "12", "2"};
  for (int round = 0; round < 60; ++round) {
    std::string rules = "  http:\n";
    const std::size_t count = 2 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) {
      std::string match;
      const auto add = [&match](const std::string& part) { match += (match.empty() ? "" : ", ") + part; };
      switch (random() % 5) {
        case 0:
          add("uri: {exact: " + pick(paths) + "}");
          break;
        case 1:
          add("uri: {prefix: " + pick(paths) + "}");
          break;
        case 2:
          add("uri: {regex: \"" + pick(paths) + "(/.*)?\"}");
          break;
        case 3:
          add("uri: {regex: \"" + pick(paths) + "[a-b]*\"}");
          break;
        default:
          break;
      }
      if (random() % 3 == 0)
        add("headers: {x-a: {" + std::string(pick(std::vector<std::string>{"exact", "prefix"})) + ": \"" + pick(values) + "\"}}");
      if (random() % 5 == 0) add("method: {exact: " + std::string(pick(std::vector<std::string>{"GET", "POST"})) + "}");
      if (random() % 5 == 0) add("withoutHeaders: {x-b: {}}");
      if (random() % 6 == 0) add("queryParams: {q: {exact: \"" + pick(values) + "\"}}");
      if (match.empty() && random() % 2 == 0) match = "headers: {x-c: {}}";
      rules += match.empty() ? "  - redirect: {uri: /x}\n" : "  - {match: [{" + match + "}], redirect: {uri: /x}}\n";
    }
    const Snapshot snapshot = snapshot_of(mesh_with(rules));
    Proxy proxy;
    proxy.namespace_ = "shop";
    const View view = snapshot.view(proxy);
    std::set<std::string> met;
    for (int i = 0; i < 400; ++i) {
      Request request;
      request.host = "api.example.com";
      request.path = pick(paths) + (random() % 2 == 0 ? "" : pick(std::vector<std::string>{"/", "a", "/a", "b", "x"}));
      request.method = pick(std::vector<std::string>{"GET", "POST", "PUT"});
      if (random() % 2 == 0) request.headers.emplace_back("x-a", pick(values));
      if (random() % 3 == 0) request.headers.emplace_back("x-b", "1");
      if (random() % 3 == 0) request.headers.emplace_back("x-c", "1");
      if (random() % 3 == 0) request.path += "?q=" + pick(values);
      const Answer answer = view.resolve(request, {.trace = true});
      for (const auto& line : answer.trace) {
        if (line.stage == "route" && line.verdict == Verdict::matched) met.insert(line.path);
      }
    }
    for (const auto& each : snapshot.witnesses(proxy)) {
      CAPTURE(rules);
      CAPTURE(each.path);
      if (met.contains(each.path)) CHECK_MESSAGE(each.request.has_value(), each.unreachable << each.unknown);
      if (each.request) CHECK(view.resolve(*each.request).outcome == "redirect");
    }
  }
}

TEST_CASE("rules of a gateway have witnesses through its servers") {
  const Snapshot snapshot = snapshot_of(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 8080, name: http, protocol: HTTP}, hosts: [a.example.com], tls: {httpsRedirect: true}}
  - {port: {number: 8443, name: https, protocol: HTTPS}, hosts: ["*.example.com"], tls: {mode: MUTUAL, credentialName: a}}
  - {port: {number: 9443, name: tls, protocol: TLS}, hosts: [p.example.com], tls: {mode: PASSTHROUGH}}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: ["*.example.com"]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /a}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{uri: {prefix: /a/b}}]
    route: [{destination: {host: api.example.com}}]
  - match: [{port: 8080, uri: {prefix: /plain}}]
    route: [{destination: {host: api.example.com}}]
  tls:
  - match: [{sniHosts: [p.example.com], port: 9443}]
    route: [{destination: {host: api.example.com, port: {number: 9000}}}]
  tcp:
  - match: [{port: 9000}]
    route: [{destination: {host: api.example.com, port: {number: 9000}}}]
)");
  Proxy proxy;
  proxy.type = Proxy::Type::router;
  proxy.namespace_ = "shop";
  proxy.labels = {{"istio", "edge"}};
  const auto list = snapshot.witnesses(proxy);
  const Witness& first = of(list, "spec.http[0].match[0]");
  REQUIRE(first.request);
  CHECK(first.request->tls);
  CHECK(first.request->client_cert);
  CHECK(first.request->port == 8443);
  CHECK(!of(list, "spec.http[1].match[0]").unreachable.empty());
  CHECK(of(list, "spec.http[2].match[0]").unreachable.find("httpsRedirect") != std::string::npos);
  REQUIRE(of(list, "spec.tls[0].match[0]").request);
  CHECK(of(list, "spec.tls[0].match[0]").request->sni == "p.example.com");
  REQUIRE(of(list, "spec.tcp[0]").request);
  CHECK(of(list, "spec.tcp[0]").request->port == 9000);
  const auto suite = Suite::load(snapshot.witness_suite(proxy, {}), "edge.meshtest.yaml");
  REQUIRE_MESSAGE(suite, suite.error().message);
  const auto report = suite->run(&snapshot);
  REQUIRE(report);
  CHECK(report->tests.size() == 3);
  CHECK_MESSAGE(report->failed == 0, report->to_text());
}

TEST_CASE("a regular expression that begins with anything takes paths, and all subsets are not one of them") {
  const Snapshot snapshot = snapshot_of(mesh_with(R"(  http:
  - match: [{uri: {regex: .*}}]
    route:
    - {destination: {host: api.example.com}, weight: 30}
    - {destination: {host: api.example.com, subset: v1}, weight: 70}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, subsets: [{name: v1, labels: {version: v1}}]}
)"));
  const Proxy proxy{.namespace_ = "shop"};
  REQUIRE(of(snapshot.witnesses(proxy), "spec.http[0].match[0]").request);
  const std::string text = snapshot.witness_suite(proxy, {});
  CHECK_MESSAGE(text.find("\"api.example.com:80/\":30") != std::string::npos, text);
  const auto suite = Suite::load(text, "a.meshtest.yaml");
  REQUIRE_MESSAGE(suite, suite.error().message);
  const auto report = suite->run(&snapshot);
  REQUIRE(report);
  CHECK_MESSAGE(report->failed == 0, report->to_text());
}
