// SPDX-License-Identifier: Apache-2.0
// What Istio finds wrong with messages of Envoy; the conformance vectors of EnvoyFilter hold more.
#include "envoy/messages.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace meshroute;

namespace {

std::vector<envoy::MessageProblem> check(const std::string& json, const char* name) {
  const text::Stream stream = text::read(json, "value", Format::json, Limits{});
  REQUIRE(stream.documents.size() == 1);
  return envoy::check_message(stream.documents.front().root, name);
}

constexpr const char* kCluster = "envoy.config.cluster.v3.Cluster";
constexpr const char* kFilter = "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";
using Kind = envoy::MessageProblem::Kind;

}  // namespace

TEST_CASE("a good message of Envoy has no problem") {
  CHECK(check(R"({"connect_timeout": "5s", "lbPolicy": "RANDOM", "outlier_detection": {"consecutive_5xx": "5"},
                  "metadata": {"filter_metadata": {"a": {"b": [1, null]}}}, "type": null})",
              kCluster)
            .empty());
}

TEST_CASE("a wrong value is named at its place") {
  const auto problems = check(R"({"connect_timeout": 5, "lb_policy": "random", "health_checks": [{"timeout": "1d"}]})", kCluster);
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].path == "connect_timeout");
  CHECK(problems[0].message == "Envoy wants a duration here, found `5`");
  CHECK(problems[1].path == "lb_policy");
  CHECK(problems[2].path == "health_checks[0].timeout");
  for (const auto& problem : problems) CHECK(problem.kind == Kind::wrong);
}

TEST_CASE("an unknown field is not wrong, and near names are offered") {
  const auto problems = check(R"({"conect_timeout": "5s"})", kCluster);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == Kind::unknown_field);
  CHECK(problems[0].hint == "did you mean `connect_timeout`?");
}

TEST_CASE("a typed config is read as the message that its @type names") {
  const std::string lua = R"("@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua")";
  CHECK(check(R"({"name": "a", "typed_config": {)" + lua + R"(, "inlineCode": "x"}})", kFilter).empty());
  const auto wrong = check(R"({"name": "a", "typed_config": {)" + lua + R"(, "inline_code": 1}})", kFilter);
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].path == "typed_config.inline_code");
  const auto unknown = check(R"({"typed_config": {"@type": "a/envoy.config.filter.http.lua.v2.Lua"}})", kFilter);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].path == "typed_config.@type");
  CHECK(unknown[0].hint == "use the message of version 3");
  CHECK(check(R"({"typed_config": {}})", kFilter).size() == 1);
  CHECK(check(R"({"typed_config": {"@type": "google.protobuf.Duration", "value": "5s"}})", kFilter).empty());
  CHECK(check(R"({"typed_config": {"@type": "google.protobuf.Duration"}})", kFilter).size() == 1);
  CHECK(check(R"({"name": "a"})", kFilter).front().kind == Kind::no_typed_config);
}
