// SPDX-License-Identifier: Apache-2.0
// Hosts and delegates of VirtualServices.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string to(const std::string& host) { return "route: [{destination: {host: " + host + "}}]"; }
std::string root(const std::string& match, const std::string& delegate) {
  return document("VirtualService", "name: root, namespace: shop",
                  "hosts: [api.example.com], http: [{match: [{" + match + "}], delegate: {" + delegate + "}}, {" +
                      to("api.example.com") + "}]");
}
std::string delegate(const std::string& match, const std::string& more = {}) {
  return document("VirtualService", "name: cart, namespace: cart",
                  "http: [{match: [{" + match + "}], " + to("api.example.com") + "}]" + more);
}
const std::string kApi = entry("api", "shop");

}  // namespace

TEST_CASE("AN0402: a delegate that is not there") {
  const auto found =
      of(analyze(kApi + root("uri: {prefix: /cart}", "name: cart") + delegate("uri: {prefix: /cart/a}")), "AN0402");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].delegate");
  CHECK(has(found[0].message, "VirtualService shop/cart does not exist"));
  CHECK(has(found[0].hint, "there is VirtualService cart/cart"));
  const std::string good = root("uri: {prefix: /cart}", "name: cart, namespace: cart");
  CHECK(analyze(kApi + good + delegate("uri: {prefix: /cart/a}")).empty());
  CHECK(of(analyze(kApi + good + delegate("uri: {prefix: /cart/a}", ", exportTo: [\".\"]")), "AN0402").size() == 1);
  CHECK(of(analyze(kApi + good + delegate("uri: {prefix: /cart/a}", ", hosts: [cart.example.com]")), "AN0402").size() == 1);
}

TEST_CASE("AN0403: a delegate's rule that conflicts with the match of the rule that delegates") {
  const std::string given = root("uri: {prefix: /cart}, method: {exact: GET}", "name: cart, namespace: cart");
  const auto found = of(analyze(kApi + given + delegate("uri: {prefix: /basket}")), "AN0403");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "in `uri`"));
  REQUIRE(found[0].related.size() == 1);
  CHECK(found[0].related[0].line > found[0].line);
  CHECK(has(of(analyze(kApi + given + delegate("method: {exact: PUT}")), "AN0403").at(0).message, "in `method`"));
  CHECK(analyze(kApi + given + delegate("uri: {prefix: /cart/x}")).empty());
}

TEST_CASE("AN0406: two VirtualServices for one host") {
  const auto other = [](const std::string& name, const std::string& namespace_, const std::string& more,
                        const std::string& match = "") {
    return document("VirtualService", "name: " + name + ", namespace: " + namespace_,
                    "hosts: [api.example.com], http: [{" + match + to("api.example.com") + "}]" + more);
  };
  const auto found = of(analyze(kApi + other("b", "shop", "") + other("a", "shop", "")), "AN0406");
  REQUIRE(found.size() == 1);  // without a time of creation, the name decides
  CHECK(found[0].resource == "VirtualService shop/b");
  CHECK(found[0].path == "spec.hosts[0]");
  CHECK(has(found[0].message, "VirtualService shop/a"));
  CHECK(analyze(kApi + other("a", "shop", "") + other("b", "shop", ", exportTo: [\".\"]"))
            .empty());  // the private one is first there
  CHECK(of(analyze(kApi + other("a", "shop", ", gateways: [one]") + other("b", "shop", "")), "AN0406").empty());
  CHECK(of(analyze(kApi + other("a", "shop", ", gateways: [one]") + other("b", "shop", ", gateways: [shop/one]")), "AN0406")
            .size() == 1);
  CHECK(of(analyze(kApi + other("a", "shop", ", gateways: [one]") +
                   other("b", "shop", ", gateways: [shop/one]", "match: [{uri: {prefix: /b}}], ")),
           "AN0406")
            .empty());
}

TEST_CASE("AN0407: a short host whose service is in another namespace") {
  const auto mesh = [](const std::string& namespace_) {
    return kubernetes_service("reviews", "backend") + document("VirtualService", "name: reviews, namespace: " + namespace_,
                                                               "hosts: [reviews], http: [{" + to("reviews") + "}]");
  };
  const auto found = of(analyze(mesh("shop")), "AN0407");
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "spec.hosts[0]");
  CHECK(found[1].path == "spec.http[0].route[0].destination.host");
  CHECK(has(found[1].hint, "write reviews.backend.svc.cluster.local"));
  CHECK(analyze(mesh("backend")).empty());
}

TEST_CASE("AN0404, AN0407, AN0301: a misspelled host is not said to exist in another namespace") {
  const auto mesh = [](const std::string& namespace_, const std::string& host) {
    return kubernetes_service("payments", "shop") + kubernetes_service("web", namespace_) +
           document("VirtualService", "name: pay, namespace: " + namespace_,
                    "hosts: [web], http: [{" + to(host) + "}, {" + to(host) + "}]") +
           document("DestinationRule", "name: pay, namespace: " + namespace_, "host: " + host);
  };
  const auto here = analyze(mesh("shop", "payment"));
  CHECK(of(here, "AN0407").empty());
  for (const char* rule : {"AN0404", "AN0301"}) {
    CAPTURE(rule);
    const auto found = of(here, rule);
    REQUIRE(found.size() == 1);
    CHECK(found[0].hint == "did you mean payments (Service shop/payments)?");
  }
  const auto there = of(analyze(mesh("carts", "payment")), "AN0404");
  REQUIRE(there.size() == 1);
  CHECK(there[0].hint == "did you mean payments.shop.svc.cluster.local (Service shop/payments)?");
  const auto asked =
      of(analyze(kubernetes_service("payments", "shop") +
                 document("VirtualService", "name: pay, namespace: shop", "hosts: [payment], http: [{" + to("payments") + "}]")),
         "AN0407");
  REQUIRE(asked.size() == 1);
  CHECK(has(asked[0].message, "payment.shop.svc.cluster.local does not exist"));
  CHECK(!has(asked[0].message, "the name"));
  CHECK(asked[0].hint == "did you mean payments (Service shop/payments)?");
  const std::string apart = document("DestinationRule", "name: pay, namespace: carts", "host: payment");  // not given: not judged
  CHECK(of(analyze(kubernetes_service("payments", "shop") + apart), "AN0301").empty());
}

TEST_CASE("AN0423: expressions that no path can match") {
  const auto rule = [](const std::string& regex) {
    return of(analyze(entry("web", "shop") + document("VirtualService", "name: web, namespace: shop",
                                                      "hosts: [web.example.com], http: [{match: [{uri: {regex: '" + regex +
                                                          "'}}], route: [{destination: {host: web.example.com}}]}]")),
              "AN0423");
  };
  for (const char* never : {"api.*", "^api/v1", "(api|web)/.*", "api|web", "(?i)api"}) {
    CAPTURE(never);
    CHECK(rule(never).size() == 1);
  }
  CHECK(has(rule("api|web").front().hint, "/(api|web)"));
  for (const char* may : {"/api.*", "^/api", "(/api|web).*", "api|/web", ".*api", "(api)?/x", "a*/x", "(?i)/api", "[^a]pi"}) {
    CAPTURE(may);
    CHECK(rule(may).empty());
  }
}

TEST_CASE("AN0404, AN0409: the share of a rule's requests that fails") {
  const auto rule = [](const std::string& rest) {
    return analyze(entry("web", "shop") +
                   document("VirtualService", "name: web, namespace: shop", "hosts: [web.example.com], http: [{" + rest + "}]"));
  };
  const auto lost = of(rule("route: [{destination: {host: web.example.com}, weight: 70}, {destination: {host: gone.example.com}, "
                            "weight: 30}]"),
                       "AN0404");
  REQUIRE(lost.size() == 1);
  CHECK(has(lost[0].message, "requests to it fail (30 % of the rule's)"));
  const auto subset = of(rule("route: [{destination: {host: web.example.com, subset: a}, weight: 1}, {destination: {host: "
                              "web.example.com}, weight: 2}]"),
                         "AN0409");
  REQUIRE(subset.size() == 1);
  CHECK(has(subset[0].message, "requests fail with 503 (33.3 % of the rule's)"));
  const auto copies = of(rule("route: [{destination: {host: web.example.com}}], mirror: {host: gone.example.com}"), "AN0404");
  REQUIRE(copies.size() == 1);
  CHECK(has(copies[0].message, "copies of requests are lost"));
  const auto all = of(rule("route: [{destination: {host: gone.example.com}}]"), "AN0404");
  REQUIRE(all.size() == 1);
  CHECK(!has(all[0].message, "%"));
}

TEST_CASE("AN0406: a VirtualService does not meet itself") {
  const auto rules = [](const std::string& more) {
    return kubernetes_service("web", "shop") +
           document("VirtualService", "name: web, namespace: shop",
                    "hosts: [web, web.shop.svc.cluster.local]" + more + ", http: [{route: [{destination: {host: web}}]}]");
  };
  CHECK(of(analyze(rules("")), "AN0406").empty());
  CHECK(of(analyze(rules(", gateways: [mesh, public]")), "AN0406").empty());
}

TEST_CASE("AN0425: weights that do not add up to 100") {
  const auto rule = [](const std::string& one, const std::string& two) {
    return of(analyze(entry("web", "shop") + entry("new", "shop") +
                      document("VirtualService", "name: web, namespace: shop",
                               "hosts: [web.example.com], http: [{route: [{destination: {host: web.example.com}, weight: " + one +
                                   "}, {destination: {host: new.example.com}, weight: " + two + "}]}]")),
              "AN0425");
  };
  const auto found = rule("9", "1");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].route");
  CHECK(has(found[0].message, "the weights add up to 10, not 100: Istio takes them as shares, here 90 %, 10 %"));
  CHECK(rule("90", "5").size() == 1);
  CHECK(rule("90", "20").size() == 1);
  for (const auto& [one, two] :
       {std::pair("90", "10"), {"1", "1"}, {"50", "50"}, {"1", "3"}, {"999", "1"}, {"20", "20"}, {"0", "1"}}) {
    CAPTURE(one);
    CHECK(rule(one, two).empty());
  }
}

TEST_CASE("AN0426: slashes where a rewrite is joined to the rest of a path") {
  const auto rules = [](const std::string& http) {
    return of(analyze(entry("web", "shop") +
                      document("VirtualService", "name: web, namespace: shop", "hosts: [web.example.com], http: [" + http + "]")),
              "AN0426");
  };
  const auto rule = [](const std::string& match, const std::string& to) {
    return "{match: [" + match + "], rewrite: {uri: " + to + "}, route: [{destination: {host: web.example.com}}]}";
  };
  const auto found = rules(rule("{uri: {prefix: /api}}", "/"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[0].rewrite.uri");
  CHECK(has(found[0].message, "the path of /api/users is //users"));
  CHECK(has(found[0].hint, "match the prefix /api/"));
  CHECK(rules(rule("{uri: {prefix: /api}}", "/v1/")).front().hint == "write /v1");
  const auto joined = rules(rule("{uri: {prefix: /api/}}", "/v1"));
  REQUIRE(joined.size() == 1);
  CHECK(has(joined[0].message, "the path of /api/users is /v1users"));
  CHECK(joined[0].hint == "write /v1/");
  CHECK(rules(rule("{uri: {prefix: /api}}, {uri: {prefix: /api/}}", "/")).size() == 1);  // the order counts
  for (const std::string& fine :
       {rule("{uri: {prefix: /api/}}, {uri: {prefix: /api}}", "/"), rule("{uri: {prefix: /api/}}", "/"),
        rule("{uri: {prefix: /api/}}", "/") + ", " + rule("{uri: {prefix: /api}}", "/"), rule("{uri: {exact: /api}}", "/"),
        rule("{uri: {prefix: /api}}", "/v1"), rule("{uri: {prefix: /img-}}", "/"), rule("{uri: {prefix: /}}", "/")}) {
    CAPTURE(fine);
    CHECK(rules(fine).empty());
  }
}

TEST_CASE("AN0420: tries that a timeout cuts off") {
  const auto rule = [](const std::string& one) {
    return of(analyze(entry("web", "shop") +
                      document("VirtualService", "name: web, namespace: shop",
                               "hosts: [web.example.com], http: [{timeout: 2s, retries: {attempts: 3, perTryTimeout: " + one +
                                   "}, route: [{destination: {host: web.example.com}}]}]")),
              "AN0420");
  };
  CHECK(has(rule("5s").front().message, "already the first is cut off"));
  CHECK(has(rule("1s").front().message, "the last of them are cut off"));
  CHECK(rule("500ms").empty());
}

TEST_CASE("AN0427: rules under http at a gateway that passes TLS through") {
  const auto mesh = [](const std::string& rules, const std::string& more = {}, const std::string& gateways = "public") {
    return document(
               "Gateway", "name: public, namespace: shop",
               "selector: {istio: edge}, servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: [api.example.com], "
               "tls: {mode: PASSTHROUGH}}" +
                   more + "]") +
           entry("api", "shop") +
           document("VirtualService", "name: api, namespace: shop",
                    "hosts: [api.example.com], gateways: [" + gateways + "], " + rules);
  };
  const std::string http = "http: [{" + to("api.example.com") + "}]";
  const std::string tls = "tls: [{match: [{sniHosts: [api.example.com]}], " + to("api.example.com") + "}]";
  const auto found = of(analyze(mesh(http)), "AN0427");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http");
  CHECK(has(found[0].hint, "spec.tls with match sniHosts: [api.example.com]"));
  CHECK(of(analyze(mesh(http + ", " + tls)), "AN0427").size() == 1);
  CHECK(of(analyze(mesh(http, "", "public, mesh")), "AN0427").front().path == "spec.gateways[0]");
  for (const std::string& fine :
       {mesh(tls), mesh(http + ", " + tls, "", "public, mesh"),
        mesh(http, ", {port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com]}"),
        mesh(http, ", {port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com], tls: {httpsRedirect: true}}")}) {
    CAPTURE(fine);
    CHECK(of(analyze(fine), "AN0427").empty());
  }
}
