// SPDX-License-Identifier: Apache-2.0
#include "meshroute/route_table.hpp"

#include <doctest/doctest.h>

namespace {

meshroute::Answer ask(std::string_view table, const std::string& host, const std::string& path) {
  auto parsed = meshroute::RouteTable::parse(table);
  REQUIRE(bool(parsed));
  meshroute::Request request;
  request.host = host;
  request.path = path;
  return parsed->resolve(request);
}

constexpr std::string_view kTable = R"({"ignorePortInHostMatching": true, "virtualHosts": [
  {"name": "suffix", "domains": ["*.foo.com"], "routes": [
    {"name": "rewrite", "match": {"prefix": "/foo"}, "route": {"cluster": "a", "timeout": "0s", "prefixRewrite": "/"}},
    {"match": {"path": "/go"}, "redirect": {"httpsRedirect": true, "pathRedirect": "/there"}}]},
  {"name": "any", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "directResponse": {"status": 418}}]}]})";

}  // namespace

TEST_CASE("a prefix rewrite is textual") {
  const auto answer = ask(kTable, "X.Foo.com:80", "/foo/bar?q=1");
  CHECK(answer.virtual_host == "suffix");
  CHECK(answer.route == "rewrite");
  CHECK(answer.cluster == "a");
  CHECK(answer.path == "//bar?q=1");
}

TEST_CASE("a redirect keeps the request's query") {
  const auto answer = ask(kTable, "x.foo.com", "/a/../go?q=1");
  REQUIRE(answer.response);
  CHECK(answer.response->status == 301);
  CHECK(answer.response->headers.at(0).second.at(0) == "https://x.foo.com/there?q=1");
}

TEST_CASE("one virtual host decides") {
  CHECK(ask(kTable, "x.foo.com", "/none").error == "no route");
  CHECK(ask(kTable, "foo.com", "/none").direct_response == 418U);
}

TEST_CASE("a request that Envoy cannot read is refused before routing") {
  const auto answer = ask(kTable, "x.foo.com", "/%00");
  CHECK(answer.outcome == "bad_request");
  CHECK(answer.virtual_host.empty());
}

TEST_CASE("what Envoy refuses is refused") {
  CHECK_FALSE(meshroute::RouteTable::parse("{"));
  CHECK_FALSE(meshroute::RouteTable::parse(R"({"virtual_hosts": [{"name": "a", "domains": ["a", "A"]}]})"));
}
