// SPDX-License-Identifier: Apache-2.0
// What the random differential test found, each with what Envoy 1.40 did.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "meshroute/route_table.hpp"

namespace {

using Json = nlohmann::json;

/// The answer to a request for `path` at a.test under one virtual host with these members and one route.
Json ask(const std::string& route, const std::string& path, const std::vector<std::pair<std::string, std::string>>& headers = {},
         const std::string& host = R"("name":"h","domains":["*"])", const std::string& method = "GET",
         const std::string& authority = "a.test", const std::string& table = "") {
  const auto parsed =
      meshroute::RouteTable::parse(R"({"virtual_hosts":[{)" + host + R"(,"routes":[)" + route + "]}]" + table + "}");
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  meshroute::Request request;
  request.host = authority;
  request.path = path;
  request.method = method;
  request.headers = headers;
  return Json::parse(parsed->resolve(request).to_json());
}

}  // namespace

TEST_CASE("a route for gRPC takes only gRPC") {
  const std::string route = R"({"match":{"prefix":"","grpc":{}},"route":{"cluster":"c"}})";
  CHECK(ask(route, "/a")["response"]["status"] == 404);
  CHECK(ask(route, "/a", {{"content-type", "application/grpc"}})["cluster"] == "c");
}

TEST_CASE("a response header that stands on one line is joined; an empty value adds nothing") {
  const std::string redirect = R"({"match":{"prefix":"/"},"redirect":{}})";
  const std::string host = R"("name":"h","domains":["*"],"response_headers_to_add":[{"header":{"key":"location","value":)";
  CHECK(ask(redirect, "/api/v1", {}, host + R"("100%%"}}])")["response"]["headers"]["location"] == "http://a.test/api/v1,100%");
  CHECK(ask(redirect, "/a", {}, host + R"(""},"keep_empty_value":true}])")["response"]["headers"]["location"] ==
        "http://a.test/a");
}

TEST_CASE("a redirect to another scheme drops the default port of the one that was used") {
  const auto location = [](const std::string& scheme, const std::string& authority) {
    return ask(R"({"match":{"prefix":"/"},"redirect":{"scheme_redirect":")" + scheme + R"("}})", "/a", {},
               R"("name":"h","domains":["*"])", "GET", authority)["response"]["headers"]["location"];
  };
  CHECK(location("ftp", "a.test:80") == "ftp://a.test/a");
  CHECK(location("https", "a.test:80") == "https://a.test/a");
  CHECK(location("http", "a.test:80") == "http://a.test:80/a");
}

TEST_CASE("the header operations of a redirect's reply see the path that it leads to") {
  const std::string route = R"({"match":{"prefix":"/a/"},"redirect":{"prefix_rewrite":"/"},
    "response_headers_to_add":[{"header":{"key":"x-answer","value":"<%REQ(:PATH)%>"}}]})";
  const Json answer = ask(route, "/a/?q=");
  CHECK(answer["response"]["headers"]["location"] == "http://a.test/?q=");
  CHECK(answer["response"]["headers"]["x-answer"] == "</?q=>");
}

TEST_CASE("a reply without a body has no content type") {
  const std::string route = R"({"match":{"prefix":"/"},"direct_response":{"status":299}})";
  const Json answer =
      ask(route, "/", {},
          R"("name":"h","domains":["*"],"response_headers_to_add":[{"header":{"key":"content-type","value":"plain"}}])");
  CHECK(answer["response"]["status"] == 299);
  CHECK_FALSE(answer["response"].value("headers", Json::object()).contains("content-type"));
}

TEST_CASE("an aborted request to a redirect gets no header operations") {
  const std::string host = R"("name":"h","domains":["*"],"response_headers_to_add":[{"header":{"key":"location","value":"x"}}],
    "typed_per_filter_config":{"envoy.filters.http.fault":{"@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    "abort":{"percentage":{"numerator":100},"http_status":503}}})";
  const Json answer = ask(R"({"match":{"prefix":"/"},"redirect":{}})", "/", {}, host);
  CHECK(answer["response"]["flags"] == "FI");
  CHECK(answer["response"]["headers"] == Json{{"content-type", "text/plain"}});
}

TEST_CASE("CORS comes before the choice of a cluster, and shows on Envoy's own reply") {
  const auto host = [](const std::string& origin, const std::string& forward) {
    return R"("name":"h","domains":["*"],"typed_per_filter_config":{"envoy.filters.http.cors":{
      "@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy","allow_origin_string_match":[{"prefix":")" +
           origin + R"("}],"forward_not_matching_preflights":)" + forward + "}}";
  };
  const std::string route = R"({"match":{"prefix":"/"},"route":{"cluster_header":"x-cluster"}})";
  const Json preflight =
      ask(route, "/", {{"origin", "ftp://x"}, {"access-control-request-method", "PUT"}}, host("http://", "false"), "OPTIONS");
  CHECK(preflight["response"]["status"] == 200);
  const Json refused = ask(route, "/", {{"origin", "http://a.test"}}, host("http://", "true"), "OPTIONS");
  CHECK(refused["response"]["status"] == 503);
  CHECK(refused["response"]["headers"]["access-control-allow-origin"] == "http://a.test");
}

TEST_CASE("most_specific_header_mutations_wins turns the order of the header operations") {
  const std::string host =
      R"("name":"h","domains":["*"],"request_headers_to_add":[{"header":{"key":"x-user","value":"%PROTOCOL%"}}])";
  const std::string route = R"({"match":{"prefix":"/"},"route":{"cluster":"c"}})";
  const std::string table = R"(,"request_headers_to_add":[{"header":{"key":"x-b","value":"%REQ(x-user):3%"}}])";
  CHECK(ask(route, "/", {}, host, "GET", "a.test", table)["upstream_request"]["headers_added"]["x-b"] == "HTT");
  const Json turned = ask(route, "/", {}, host, "GET", "a.test", table + R"(,"most_specific_header_mutations_wins":true)");
  CHECK_FALSE(turned["upstream_request"]["headers_added"].contains("x-b"));
}

TEST_CASE("a weighted destination's own host is seen by the header operations of its route") {
  const std::string route =
      R"({"match":{"prefix":"/"},"request_headers_to_add":[{"header":{"key":"x-new","value":"%REQ(:authority)%"}}],
    "route":{"weighted_clusters":{"clusters":[{"name":"c1","weight":3,"host_rewrite_literal":"weighted.test"}]}}})";
  CHECK(ask(route, "/")["upstream_request"]["headers_added"]["x-new"] == "weighted.test");
}

TEST_CASE("inline_bytes are the body, also of a gRPC status") {
  const std::string route = R"({"match":{"prefix":"/"},"direct_response":{"status":200,"body":{"inline_bytes":"aGk="}}})";
  CHECK(ask(route, "/", {{"content-type", "application/grpc"}})["response"]["headers"]["grpc-message"] == "hi");
}

TEST_CASE("tables are refused where protobuf or Envoy refuses them, at the place") {
  const auto refusal = [](const std::string& text) {
    const auto parsed = meshroute::RouteTable::parse(text);
    return parsed ? std::string("taken") : parsed.error().message;
  };
  const auto with = [](const std::string& route) {
    return "{\"virtualHosts\": [\n {\"name\": \"h\", \"domains\": [\"*\"], \"routes\": [\n  " + route + "]}]}";
  };
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "route": {"cluster": "c", "timeout": 5}})"))
            .starts_with("line 3, column 67: virtual_hosts[0].routes[0].route.timeout: "));
  CHECK(refusal(with(R"({"match": {"safeRegex": {"regex": "(a"}}, "route": {"cluster": "c"}})"))
            .starts_with("line 3, column 37: virtual_hosts[0].routes[0].match.safe_regex.regex: "));
  CHECK(refusal(R"({"virtual_hosts": [{"domains": ["a"], "routes": []}]})") != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": [{"weight": 5}]}}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": [{"name": "c"}]}}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/", "runtime_fraction": {}}, "route": {"cluster": "c"}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "route": {"cluster": "c", "hash_policy": [{}]}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {}}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_bytes": "x"}}})")) !=
        "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "route": {"cluster": "c", "request_mirror_policies": [{}]}})")) != "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "typed_per_filter_config": {"x": {}}, "route": {"cluster": "c"}})")) !=
        "taken");
  // What looks wrong and is taken: one value for a list of one, a name of an enum that is not known, numbers in quotes.
  CHECK(refusal(R"({"virtual_hosts": [{"name": "h", "domains": "a", "routes": []}]})") == "taken");
  CHECK(refusal(with(R"({"match": {"prefix": "/"}, "redirect": {"response_code": "a b", "port_redirect": "81"}})")) == "taken");
  CHECK(refusal("{\"virtual_hosts\": [\n {]}").starts_with("line 2, column "));
}

TEST_CASE("a virtual host that requires TLS redirects before any route is looked up") {
  const std::string forward = R"({"match":{"prefix":"/"},"route":{"cluster":"c"}})";
  for (const char* requirement : {"ALL", "EXTERNAL_ONLY"}) {
    const std::string host = R"("name":"h","domains":["*"],"response_headers_to_add":[{"header":{"key":"x-h","value":"1"}}],)"
                             R"("require_tls":")" +
                             std::string(requirement) + '"';
    const Json answer = ask(forward, "/x?y=1", {}, host, "GET", "a.test:8080");
    CHECK(answer["outcome"] == "redirect");
    CHECK(answer["virtual_host"] == "h");
    CHECK_FALSE(answer.contains("route_index"));
    CHECK(answer["response"]["status"] == 301);
    CHECK(answer["response"]["headers"] == Json{{"location", "https://a.test:8080/x?y=1"}});
    CHECK(ask(forward, "/x", {{"x-forwarded-proto", "https"}}, host)["cluster"] == "c");
    const Json grpc = ask(forward, "/x", {{"content-type", "application/grpc"}}, host, "POST")["response"];
    CHECK(grpc["status"] == 200);
    CHECK(grpc["headers"]["grpc-status"] == "2");
    CHECK(grpc["headers"]["location"] == "https://a.test/x");
  }
}

TEST_CASE("header values with the route's name and a query parameter; blanks at their ends are lost") {
  const std::string route = R"({"name":"r1","match":{"prefix":"/"},"route":{"cluster":"c"},"request_headers_to_add":[
    {"header":{"key":"x-r","value":"[%ROUTE_NAME%]"}}, {"header":{"key":"x-q","value":"[%QUERY_PARAM(a)%]"}},
    {"header":{"key":"x-q2","value":"[%QUERY_PARAM(a):2%]"}}, {"header":{"key":"x-none","value":"[%QUERY_PARAM(zz)%]"}},
    {"header":{"key":"x-t","value":"  v  "}}, {"header":{"key":"x-t2","value":" %ROUTE_NAME% "}},
    {"header":{"key":"x-t3","value":"\t%REQ(x-none)%v"}}]})";
  CHECK(ask(route, "/x?a=b%20c&a=2")["upstream_request"]["headers_added"] ==
        Json{{"x-r", "[r1]"}, {"x-q", "[b c]"}, {"x-q2", "[b ]"}, {"x-none", "[]"}, {"x-t", "v"}, {"x-t2", "r1"}, {"x-t3", "v"}});
  CHECK(ask(route, "/x?b=1&a")["upstream_request"]["headers_added"]["x-q"] == "[]");
  const std::string redirect =
      R"({"name":"r1","match":{"prefix":"/"},"redirect":{"path_redirect":"/z"},"response_headers_to_add":[
    {"header":{"key":"x-r","value":"[%ROUTE_NAME%]"}}, {"header":{"key":"x-q","value":"[%QUERY_PARAM(a)%]"}},
    {"header":{"key":"x-t","value":"  v  "}}]})";
  CHECK(ask(redirect, "/x?a=b")["response"]["headers"] ==
        Json{{"location", "http://a.test/z?a=b"}, {"x-r", "[r1]"}, {"x-q", "[b]"}, {"x-t", "v"}});
}

TEST_CASE("the only possible destination of a weighted route adds its headers") {
  const std::string route = R"({"match":{"prefix":"/"},"route":{"weighted_clusters":{"clusters":[{"name":"c1","weight":0},
    {"name":"c2","weight":5,"request_headers_to_add":[{"header":{"key":"x-w","value":"1"}}]}]}}})";
  CHECK(ask(route, "/")["upstream_request"]["headers_added"] == Json{{"x-w", "1"}});
}

TEST_CASE("a gRPC request that a fault aborts, or whose path is refused, has a gRPC status") {
  const std::string fault =
      R"({"match":{"prefix":"/"},"route":{"cluster":"c"},"typed_per_filter_config":{"envoy.filters.http.fault":{
    "@type":"type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    "abort":{"http_status":503,"percentage":{"numerator":100}}}}})";
  const std::vector<std::pair<std::string, std::string>> grpc{{"content-type", "application/grpc"}};
  const std::string host = R"("name":"h","domains":["*"])";
  const Json aborted = ask(fault, "/x", grpc, host, "POST");
  CHECK(aborted["grpc_status"] == 14);
  CHECK(aborted["response"]["headers"]["grpc-status"] == "14");
  const Json refused = ask(fault, "/api%00", grpc, host, "POST");
  CHECK(refused["grpc_status"] == 13);
  CHECK(refused["response"]["status"] == 200);
  CHECK(refused["response"]["headers"] == Json{{"content-type", "application/grpc"}, {"grpc-status", "13"}});
}

TEST_CASE("a duration is also a message") {
  CHECK(ask(R"({"match":{"prefix":"/"},"route":{"cluster":"c","timeout":{"seconds":30,"nanos":500000000}}})", "/")["timeout"] ==
        "30.500s");
}
