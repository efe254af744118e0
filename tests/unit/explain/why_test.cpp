// SPDX-License-Identifier: Apache-2.0
// Sentences that were false: each says what holds, and no more.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "meshroute/mesh.hpp"
#include "meshroute/route_table.hpp"

namespace {

std::string entry(const char* name, const char* namespace_, const std::string& spec) {
  return std::string("---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ") + name +
         ", namespace: " + namespace_ + "}\nspec: {" + spec + "}\n";
}

std::string rule(const char* name, const std::string& spec) {
  return std::string("---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ") + name +
         ", namespace: shop}\nspec: {" + spec + "}\n";
}

const std::string kStatic = "resolution: STATIC, endpoints: [{address: 10.0.0.1}]";

meshroute::View view_of(const std::string& text, const char* namespace_ = "shop") {
  meshroute::Mesh mesh;
  const auto report = mesh.load(text);
  REQUIRE_MESSAGE(report.errors() == 0, report.to_text());
  return mesh.snapshot().view({.namespace_ = namespace_});
}

bool holds(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

meshroute::Answer ask(const meshroute::View& view, const char* url) {
  const auto request = meshroute::Request::from_url(url);
  REQUIRE(request);
  meshroute::ResolveOptions options;
  options.trace = true;
  return view.resolve(*request, options);
}

}  // namespace

TEST_CASE("why: merged ports are the host's, and the attribute that keeps others apart is named (D20)") {
  const auto merged =
      view_of(entry("a", "shop", "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic) +
              entry("b", "shop", "hosts: [x.example.com], ports: [{number: 81, name: http-b, protocol: HTTP}], " + kStatic));
  const std::string good = merged.why("x.example.com").to_text();
  CHECK(holds(good, "ServiceEntry shop/b defines it, and this proxy sees it"));
  CHECK_FALSE(holds(good, "merged"));
  CHECK_FALSE(holds(ask(merged, "http://x.example.com:81/").to_text(true), "has no port"));
  const auto apart = view_of(entry("a", "shop",
                                   "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: "
                                   "STATIC, workloadSelector: {labels: {app: rate}}") +
                             entry("b", "shop",
                                   "hosts: [x.example.com], ports: [{number: 81, name: http-b, protocol: HTTP}], resolution: "
                                   "STATIC, workloadSelector: {labels: {app: page}}"));
  CHECK(holds(apart.why("x.example.com").to_text(), "workloadSelector differs: app=rate / app=page"));
  CHECK(holds(ask(apart, "http://x.example.com:81/").to_text(), "workloadSelector differs: app=rate / app=page"));
}

TEST_CASE("why: a definition that the proxy cannot see is told as hidden, not as a loser") {
  const auto view =
      view_of(entry("mine", "shop", "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic) +
              entry("hidden", "ops",
                    "hosts: [x.example.com], exportTo: [.], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic) +
              entry("other", "web", "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic));
  const std::string why = view.why("x.example.com").to_text();
  CHECK(holds(why, "ServiceEntry ops/hidden defines it, but it is not exported to namespace shop"));
  CHECK(holds(why,
              "ServiceEntry web/other defines it, but this proxy uses that of ServiceEntry shop/mine: it is in the proxy's own"));
}

TEST_CASE("why: a DestinationRule of which nothing is used is not used (E6)") {
  const std::string host = "host: x.example.com, ";
  const auto view =
      view_of(entry("x", "shop", "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic) +
              rule("a", host + "trafficPolicy: {loadBalancer: {simple: RANDOM}}, subsets: [{name: v1, labels: {v: a}}]") +
              rule("b", host + "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}, subsets: [{name: v1, labels: {v: b}}]") +
              rule("c", host + "subsets: [{name: v1, labels: {v: c}}, {name: v2, labels: {v: c}}]"));
  const std::string why = view.why("x.example.com").to_text();
  CHECK(holds(why, "DestinationRule shop/b is for x.example.com, but this proxy uses nothing of it"));
  CHECK(holds(why,
              "DestinationRule shop/c is for x.example.com, and this proxy uses its subset v2: subset v1 is that of "
              "DestinationRule shop/a"));
  CHECK(holds(why, "an endpoint is chosen by RANDOM, as DestinationRule shop/a says"));
}

TEST_CASE("why: hosts without a service, and those that are near") {
  const auto view = view_of(entry("x", "shop",
                                  "hosts: [reviews.example.com], ports: [{number: 9080, name: http, protocol: HTTP}, {number: "
                                  "9443, name: tls, protocol: TLS}], " +
                                      kStatic) +
                            R"(---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: app, namespace: shop}
spec: {hosts: [app.example.org], http: [{route: [{destination: {host: reviews.example.com, port: {number: 9080}}}]}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: web, namespace: shop}
spec: {hosts: [web.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
)");
  const auto app = view.why("app.example.org");
  CHECK(app.visible);
  CHECK(holds(app.to_text(), "VirtualService shop/app routes it, which works on port 80 only"));
  CHECK(holds(app.to_text(), "a request for / goes to outbound|9080||reviews.example.com"));
  const auto typo = ask(view, "http://revews.example.com/");
  CHECK(typo.outcome == "passthrough");
  REQUIRE_FALSE(typo.because.empty());
  CHECK(holds(typo.because.front().text, "did you mean reviews.example.com (ServiceEntry shop/x)?"));
  const auto port = ask(view, "http://reviews.example.com/");
  REQUIRE_FALSE(port.because.empty());
  CHECK(holds(port.because.front().text, "has no port 80: it has 9080, 9443"));
}

TEST_CASE("resolve: a Service's own address is the client's, where a ServiceEntry has its host (B25)") {
  const std::string service = R"(apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {clusterIP: 10.96.0.9, ports: [{name: tcp, port: 5432}], selector: {app: db}}
)";
  const auto view = view_of(
      service +
      entry("db", "shop",
            "hosts: [db.data.svc.cluster.local], addresses: [240.0.0.9], ports: [{number: 5432, name: tcp, protocol: TCP}], " +
                kStatic));
  CHECK(ask(view, "tcp://db.data.svc.cluster.local:5432").outcome == "passthrough");  // no listener is for 10.96.0.9
}

TEST_CASE("every line of a trace has a code that is listed") {
  std::set<std::string> known;
  for (const auto& each : meshroute::trace_codes()) {
    CHECK_FALSE(each.meaning.empty());
    CHECK(known.insert(std::string(each.code)).second);
  }
  CHECK(holds(meshroute::trace_codes_to_json("subset_missing"), "\"subset_missing\""));
  const auto table = meshroute::RouteTable::parse(
      R"({"name":"80","virtualHosts":[{"name":"a","domains":["a"],"routes":[{"match":{"prefix":"/x"},"route":{"cluster":"c"}}]}]})");
  REQUIRE(table);
  meshroute::ResolveOptions options;
  options.trace = true;
  for (const char* url : {"http://a/x", "http://a/y", "http://b/"}) {
    const auto answer = table->resolve(*meshroute::Request::from_url(url), options);
    CHECK_FALSE(answer.trace.empty());
    for (const auto& line : answer.trace) CHECK_MESSAGE(known.count(line.code) == 1, line.text);
  }
  const auto view =
      view_of(entry("x", "shop", "hosts: [x.example.com], ports: [{number: 80, name: http, protocol: HTTP}], " + kStatic));
  const auto request = meshroute::Request::from_json(R"({"port":80,"host":"x.example.com","address":"10.0.0.1"})");
  REQUIRE(request);
  const auto inbound = view.resolve_inbound(*request, options);
  CHECK_FALSE(inbound.trace.empty());
  for (const auto& line : inbound.trace) CHECK_MESSAGE(known.count(line.code) == 1, line.text);
}

TEST_CASE("why: of a gateway's host, on the ports that the gateway listens on") {
  meshroute::Mesh mesh;
  REQUIRE(mesh.load_path(MESHROUTE_TESTS_DIR "/examples/ingress-two-teams/mesh.yaml"));
  meshroute::Proxy proxy{.namespace_ = "istio-system"};
  proxy.labels = {{"istio", "ingress"}};
  proxy.type = meshroute::Proxy::Type::router;
  const auto view = mesh.snapshot().view(proxy);
  const auto served = view.why("shop.example.com");
  const std::string text = served.to_text();
  CHECK(served.visible);
  CHECK_FALSE(holds(text, "ServiceEntry"));
  CHECK(holds(text, "8080 (HTTP): a request for / is redirected"));
  CHECK(holds(text, "8443 (HTTPS): a request for / in TLS goes to outbound|80||web.web.svc.cluster.local"));
  CHECK(holds(text, "VirtualService web/web"));
  const auto unknown = view.why("shop.example.org");
  CHECK_FALSE(unknown.visible);
  CHECK_FALSE(holds(unknown.to_text(), "ServiceEntry"));
  CHECK(holds(unknown.to_text(), "8080 (HTTP): a request for / matches no route: 404"));
}
