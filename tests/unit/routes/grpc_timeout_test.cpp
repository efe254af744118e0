// SPDX-License-Identifier: Apache-2.0
// envoy.md 36: the grpc-timeout that leaves is the request's own, held to the route's and to that of one try.
#include <doctest/doctest.h>

#include <string>

#include "meshroute/route_table.hpp"

namespace {

/// The grpc-timeout that the cluster gets; empty: none, or the request's own as it was.
std::string sent(const std::string& most, const std::string& per_try, const std::string& own) {
  std::string action = R"("cluster":"c","timeout":"0s","maxGrpcTimeout":")" + most + "\"";
  if (!per_try.empty()) action += R"(,"retryPolicy":{"retryOn":"5xx","perTryTimeout":")" + per_try + "\"}";
  const auto table = meshroute::RouteTable::parse(
      R"({"name":"t","virtualHosts":[{"name":"v","domains":["*"],"routes":[{"match":{"prefix":"/"},"route":{)" + action +
      "}}]}]}");
  REQUIRE(table);
  meshroute::Request request;
  request.host = "a";
  request.headers = {{"content-type", "application/grpc"}};
  if (!own.empty()) request.headers.push_back({"grpc-timeout", own});
  const auto answer = table->resolve(request);
  REQUIRE(answer.upstream_request);
  for (const auto& header : answer.upstream_request->headers_added) {
    if (header.first == "grpc-timeout") return header.second.front();
  }
  for (const auto& header : answer.upstream_request->headers_changed) {
    if (header.name == "grpc-timeout") return header.got.front();
  }
  return {};
}

}  // namespace

TEST_CASE("grpc-timeout: the least of the request's, the route's and one try's") {
  CHECK(sent("0s", "", "").empty());
  CHECK(sent("5s", "", "") == "5000m");
  CHECK(sent("0s", "2s", "") == "2000m");  // as a real Envoy does with Istio's perTryTimeout and no timeout
  CHECK(sent("5s", "2s", "") == "2000m");
  CHECK(sent("1s", "2s", "") == "1000m");
  CHECK(sent("0s", "2s", "500m").empty());
  CHECK(sent("0s", "2s", "9S") == "2000m");
}
