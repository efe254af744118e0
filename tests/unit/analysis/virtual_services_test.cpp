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
