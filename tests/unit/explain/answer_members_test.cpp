// SPDX-License-Identifier: Apache-2.0
// failure_percent, upstream_tls, because, codes and hints of an answer (contracts.md, Answer).
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "explain/code.hpp"
#include "meshroute/mesh.hpp"
#include "meshroute/route_table.hpp"

namespace {

using meshroute::Answer;

constexpr const char* kMesh = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints:
  - {address: 10.0.0.1, labels: {version: v1, security.istio.io/tlsMode: istio}}
  - {address: 10.0.0.2, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.3}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews.example.com
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.example.com
  trafficPolicy: {tls: {mode: SIMPLE, sni: vault.example.com, subjectAltNames: [vault.example.com]}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  http:
  - match: [{uri: {prefix: /canary}}]
    route:
    - {destination: {host: reviews.example.com, subset: v1}, weight: 90}
    - {destination: {host: reviews.example.com, subset: v9}, weight: 10}
  - match: [{uri: {prefix: /unused}}]
    route:
    - {destination: {host: reviews.example.com, subset: v1}, weight: 100}
    - {destination: {host: reviews.example.com, subset: v9}, weight: 0}
  - match: [{uri: {prefix: /abort}}]
    fault: {abort: {percentage: {value: 25}, httpStatus: 500}}
    route: [{destination: {host: reviews.example.com, subset: v1}}]
  - match: [{uri: {prefix: /both}}]
    fault: {abort: {percentage: {value: 50}, httpStatus: 500}}
    route:
    - {destination: {host: reviews.example.com, subset: v1}, weight: 50}
    - {destination: {host: reviews.example.com, subset: v9}, weight: 50}
  - match: [{uri: {prefix: /moved}}]
    redirect: {uri: /new}
  - match: [{uri: {prefix: /all}}]
    route: [{destination: {host: reviews.example.com}}]
  - match: [{uri: {prefix: /plain}}]
    route: [{destination: {host: reviews.example.com, subset: v2}}]
  - match: [{uri: {prefix: /lost}}]
    route: [{destination: {host: reviews.example.com, subset: v9}}]
  - match: [{uri: {prefix: /user}, headers: {x-user: {exact: alice}}}]
    route: [{destination: {host: reviews.example.com}}]
)";

Answer ask(const char* url, bool trace = true, const char* mesh_config = "") {
  auto mesh = meshroute::Mesh::create({.mesh_config = mesh_config});
  REQUIRE(mesh);
  mesh->load(kMesh);
  const auto request = meshroute::Request::from_url(url);
  REQUIRE(request);
  return mesh->snapshot().view({.namespace_ = "shop"}).resolve(*request, {.trace = trace});
}

double fails(const char* url, const char* mesh_config = "") {
  const double percent = ask(url, false, mesh_config).failure_percent;
  CHECK(ask(url, true, mesh_config).failure_percent == percent);
  return percent;
}

}  // namespace

TEST_CASE("failure_percent: missing clusters by weight, aborts by share, nothing for what the configuration answers") {
  CHECK(fails("http://reviews.example.com/canary") == doctest::Approx(10));
  CHECK(fails("http://reviews.example.com/unused") == 0);
  CHECK(fails("http://reviews.example.com/abort") == doctest::Approx(25));
  CHECK(fails("http://reviews.example.com/both") == doctest::Approx(75));
  CHECK(fails("http://reviews.example.com/moved") == 0);
  CHECK(fails("http://reviews.example.com/all") == 0);
  CHECK(fails("http://reviews.example.com/lost") == 100);
  CHECK(fails("http://reviews.example.com/nothing") == 100);
  CHECK(fails("https://reviews.example.com:80/") == 0);  // the HTTP chain is for plain HTTP only: it passes through
  CHECK(fails("http://unknown.example.com/") == 0);
  CHECK(fails("http://unknown.example.com/", "outboundTrafficPolicy: {mode: REGISTRY_ONLY}") == 100);
  CHECK(fails("tcp://unknown.example.com:9999", "outboundTrafficPolicy: {mode: REGISTRY_ONLY}") == 100);
}

TEST_CASE("failure_percent of a route table: every cluster counts as there") {
  const auto table = meshroute::RouteTable::parse(
      R"({"name":"80","virtualHosts":[{"name":"a","domains":["a"],"routes":[{"match":{"prefix":"/x"},"route":{"cluster":"c"}}]}]})");
  REQUIRE(table);
  CHECK(table->resolve(*meshroute::Request::from_url("http://a/x")).failure_percent == 0);
  CHECK(table->resolve(*meshroute::Request::from_url("http://a/y")).failure_percent == 100);
  CHECK(table->resolve(*meshroute::Request::from_url("http://b/x")).failure_percent == 100);
}

TEST_CASE("upstream_tls: by the DestinationRule, else by the endpoints (E36-E40)") {
  const Answer bank = ask("http://bank.example.com/");
  CHECK(bank.upstream_tls.mode == "simple");
  CHECK(bank.upstream_tls.sni == "vault.example.com");
  CHECK(bank.upstream_tls.sans == std::vector<std::string>{"vault.example.com"});
  CHECK(bank.upstream_tls.why == "DestinationRule shop/bank sets it");
  const Answer canary = ask("http://reviews.example.com/abort");
  CHECK(canary.upstream_tls.mode == "mutual");
  CHECK(canary.upstream_tls.sni == "outbound_.80_.v1_.reviews.example.com");
  CHECK(ask("http://reviews.example.com/plain").upstream_tls.mode == "none");
  CHECK(ask("http://reviews.example.com/all").upstream_tls.mode == "mixed");
  CHECK(ask("http://reviews.example.com/lost").upstream_tls.mode.empty());
  CHECK(ask("http://reviews.example.com/moved").upstream_tls.mode.empty());
  const Answer quiet = ask("http://bank.example.com/", false);
  CHECK(quiet.upstream_tls.mode == "simple");
  CHECK(quiet.upstream_tls.why.empty());
}

TEST_CASE("because: the cause first, with the fix") {
  const Answer lost = ask("http://reviews.example.com/lost");
  REQUIRE(!lost.because.empty());
  CHECK(lost.because.front().code == "subset_missing");
  CHECK(lost.because.front().hint.find("DestinationRule shop/reviews") != std::string::npos);
  CHECK(lost.because.front().hint.find("spec.subsets") != std::string::npos);
  const Answer nothing = ask("http://reviews.example.com/user");
  REQUIRE(!nothing.because.empty());
  CHECK(nothing.because.front().code == "route_skipped");
  CHECK(nothing.because.front().text.find("x-user") != std::string::npos);
  const Answer twice = ask("https://bank.example.com/");
  REQUIRE(!twice.because.empty());
  CHECK(twice.because.front().code == "tls_in_tls");
  CHECK(twice.because.front().path == "spec.trafficPolicy.tls");
  const Answer unknown = ask("http://revews.example.com/", true, "outboundTrafficPolicy: {mode: REGISTRY_ONLY}");
  REQUIRE(!unknown.because.empty());
  CHECK(unknown.because.front().code == "host_unknown");
  CHECK(unknown.because.front().hint.find("reviews.example.com") != std::string::npos);
  CHECK(ask("http://reviews.example.com/all").because.empty());
  CHECK(ask("http://reviews.example.com/lost", false).because.empty());
}

TEST_CASE("every line of a view's trace has a code, and codes are unique words in snake_case") {
  using meshroute::explain::Code;
  std::set<std::string> codes;
  for (std::size_t i = 0; i < meshroute::explain::kCodes; ++i) {
    const auto code = static_cast<Code>(i);
    CHECK(codes.insert(std::string(name_of(code))).second);
    CHECK(name_of(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK(!meshroute::trace_codes()[i].meaning.empty());
  }
  for (const char* url : {"http://reviews.example.com/lost", "http://reviews.example.com/nothing", "https://bank.example.com/",
                          "http://unknown.example.com/", "http://reviews.example.com:81/", "http://reviews.example.com/a%00"}) {
    const Answer answer = ask(url);
    CHECK(!answer.trace.empty());
    for (const auto& line : answer.trace) CHECK_MESSAGE(codes.contains(line.code), url << ": " << line.text);
  }
}
