// SPDX-License-Identifier: Apache-2.0
// RouteTable: what it answers, and what it refuses.
#include "meshroute/route_table.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>

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

TEST_CASE("Envoy's codec refuses header names and values with bytes that HTTP has no room for") {
  const auto table = meshroute::RouteTable::parse(kTable);
  REQUIRE(bool(table));
  const auto status = [&](const std::string& name, const std::string& value) {
    meshroute::Request request;
    request.host = "x.foo.com";
    request.path = "/foo";
    request.headers = {{name, value}};
    const auto answer = table->resolve(request);
    return answer.response ? answer.response->status : 0;
  };
  CHECK(status("x-a", "b") == 0);
  CHECK(status("x-a", "\xc3\xa4") == 0);
  CHECK(status("x\ny", "b") == 400);
  CHECK(status("x-\xc3\xa4", "b") == 400);
  CHECK(status("x-a", "b\r\nx-c: d") == 400);
  CHECK(status("x-a", std::string("b\0c", 3)) == 400);
}

TEST_CASE("Envoy's codec answers 431 to more than 100 headers or more than 60 KiB of them") {
  const auto table = meshroute::RouteTable::parse(kTable);
  REQUIRE(bool(table));
  const auto status = [&](std::size_t headers, std::size_t size) {
    meshroute::Request request;
    request.host = "a";
    request.path = "/foo";
    for (std::size_t i = 0; i < headers; ++i) request.headers.emplace_back("x-" + std::to_string(i), "a");
    if (size > 0) request.headers.emplace_back("x-a", std::string(size, 'b'));
    const auto answer = table->resolve(request);
    return answer.response ? answer.response->status : 0;
  };
  CHECK(status(99, 0) == 418);
  CHECK(status(100, 0) == 431);  // the Host counts
  // A real Envoy 1.40 took "GET /" with one header of 61,406 bytes, and refused 61,407; this path has three bytes more.
  CHECK(status(0, 61403) == 418);
  CHECK(status(0, 61404) == 431);
}

TEST_CASE("a table with a field that Envoy has not is refused, with what was probably meant") {
  const auto refused = [](std::string_view host) {
    const auto table =
        meshroute::RouteTable::parse(R"({"virtual_hosts": [{"name": "a", "domains": ["*"], )" + std::string(host) + "}]}");
    return table ? std::string() : table.error().message;
  };
  CHECK(refused(R"("routes": [])").empty());
  CHECK(refused(
            R"("rateLimits": [], "typedPerFilterConfig": {}, "virtual_clusters": [], "metadata": {"filterMetadata": {"x": {}}})")
            .empty());
  CHECK(refused(R"("domain": ["a"])").find("did you mean domains?") != std::string::npos);
  CHECK(refused(R"("routes": [{"match": {"prefx": "/"}, "route": {"cluster": "a"}}])").find("did you mean prefix?") !=
        std::string::npos);
  CHECK(refused(R"("routes": [{"match": {"path_match_policy": {"name": "x"}}, "route": {"cluster": "a"}}])")
            .find("cannot evaluate") != std::string::npos);
  const std::string policy =
      R"({"name": "x", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig", "path_template": ")";
  CHECK(refused(R"("routes": [{"match": {"path_match_policy": )" + policy + R"(/a//b"}}}, "route": {"cluster": "a"}}])")
            .find("path_template /a//b is invalid: Invalid literal: \"\"") != std::string::npos);
  CHECK(refused(R"("routes": [{"match": {"path_match_policy": )" + policy +
                R"(/{x}"}}}, "route": {"cluster": "a", "path_rewrite_policy": {"name": "y"}}}])")
            .find("path_rewrite_policy") != std::string::npos);
}

TEST_CASE("a route table matches paths by a template; case_sensitive does not touch it") {
  const auto table = meshroute::RouteTable::parse(R"({"virtualHosts": [{"name": "a", "domains": ["*"], "routes": [
    {"match": {"caseSensitive": false, "pathMatchPolicy": {"name": "x", "typedConfig": {
      "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
      "pathTemplate": "/Api/{version}/items/{rest=**}"}}}, "route": {"cluster": "items"}},
    {"match": {"prefix": "/"}, "route": {"cluster": "else"}}]}]})");
  REQUIRE(bool(table));
  const auto cluster = [&](const char* path) {
    meshroute::Request request;
    request.host = "a";
    request.path = path;
    return table->resolve(request).cluster;
  };
  CHECK(cluster("/Api/v1/items/1/2?q=1") == "items");
  CHECK(cluster("/Api/v1/items/") == "items");
  CHECK(cluster("/api/v1/items/1") == "else");
  CHECK(cluster("/Api/v1/v2/items/1") == "else");
}

TEST_CASE(
    "header values name the connection's addresses where the request gives them; else the trace says that they are unknown") {
  const auto table = meshroute::RouteTable::parse(R"({"virtualHosts": [{"name": "a", "domains": ["*"], "routes": [
    {"match": {"prefix": "/"}, "route": {"cluster": "a"}, "requestHeadersToAdd": [
      {"header": {"key": "x-to", "value": "%DOWNSTREAM_LOCAL_ADDRESS%"}},
      {"header": {"key": "x-from", "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}}]}]}]})");
  REQUIRE(bool(table));
  meshroute::Request request;
  request.host = "a";
  meshroute::ResolveOptions options;
  options.trace = true;
  const auto notes = [](const meshroute::Answer& answer) {
    std::string all;
    for (const auto& line : answer.trace) all += line.text + "\n";
    return all;
  };
  auto answer = table->resolve(request, options);
  REQUIRE(answer.upstream_request);
  CHECK(answer.upstream_request->headers_added.empty());
  CHECK(notes(answer).find("the value of x-to is not known") != std::string::npos);
  request.address = "2001:db8::1";
  request.port = 8080;
  request.source_ip = "10.0.0.7";
  answer = table->resolve(request, options);
  REQUIRE(answer.upstream_request);
  using Added = std::vector<std::pair<std::string, std::vector<std::string>>>;
  CHECK(answer.upstream_request->headers_added == Added{{"x-to", {"[2001:db8::1]:8080"}}, {"x-from", {"10.0.0.7"}}});
  CHECK(notes(answer).find("not known") == std::string::npos);
}

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

TEST_CASE("the indexed walk and the one that is told find the same route") {
  std::mt19937_64 random(20261125);
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  const auto path = [&] {
    static const char* kParts[] = {"/a", "/b", "/A", "/ab", "/", "/a/", "x"};
    std::string text = "/";
    for (std::size_t i = below(4); i > 0; --i) text += kParts[below(7)];
    return text;
  };
  const auto domain = [&] {
    static const char* kDomains[] = {"a.com", "b.com", "x.a.com", "x.b.com", "y.x.a.com"};
    const std::string name = kDomains[below(5)];
    switch (below(4)) {
      case 0:
        return "*." + name;
      case 1:
        return name.substr(0, name.size() - below(3)) + "*";
      default:
        return name;
    }
  };
  std::size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    nlohmann::json table{{"virtualHosts", nlohmann::json::array()}};
    std::set<std::string> domains;
    for (std::size_t i = 0; i < 6; ++i) {
      const std::string name = i == 0 && below(2) == 0 ? "*" : domain();
      if (!domains.insert(name).second) continue;
      nlohmann::json routes = nlohmann::json::array();
      for (std::size_t count = below(2) == 0 ? below(60) : below(10); count > 0; --count) {
        nlohmann::json match;
        switch (below(6)) {
          case 0:
            match["path"] = path();
            break;
          case 1:
            match["safeRegex"] = {{"regex", path() + ".*"}};
            break;
          case 2:
            match["pathSeparatedPrefix"] = "/a" + std::string(below(2), 'b');
            break;
          case 3:
            match["path"] = path();
            match["caseSensitive"] = false;
            break;
          default:
            match["prefix"] = path();
        }
        if (below(3) == 0) match["headers"] = {{{"name", "x"}, {"stringMatch", {{"exact", std::to_string(below(3))}}}}};
        routes.push_back({{"match", match}, {"route", {{"cluster", "c"}}}});
      }
      table["virtualHosts"].push_back({{"name", "h" + std::to_string(i)}, {"domains", {name}}, {"routes", routes}});
    }
    const auto parsed = meshroute::RouteTable::parse(table.dump());
    REQUIRE(bool(parsed));
    for (int asked = 0; asked < 40; ++asked) {
      meshroute::Request request;
      request.host = below(4) == 0 ? "zz." + std::string("x.a.com") : domain();
      if (request.host->find('*') != std::string::npos) request.host = "a.comet";
      request.path = path();
      request.headers = {{"x", std::to_string(below(3))}};
      const auto indexed = parsed->resolve(request), told = parsed->resolve(request, {.trace = true});
      CHECK(indexed.virtual_host == told.virtual_host);
      CHECK(indexed.route_index == told.route_index);
      CHECK(indexed.outcome == told.outcome);
      found += indexed.route_index && *indexed.route_index > 0 ? 1 : 0;
    }
  }
  CHECK(found > 500);
}
