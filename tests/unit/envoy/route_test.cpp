// SPDX-License-Identifier: Apache-2.0
// RouteConfigurations that a real Envoy was asked about: read, written and read again they are the same.
#include "envoy/route.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "envoy/protojson.hpp"
#include "envoy/route_reader.hpp"
#include "envoy/route_writer.hpp"
#include "meshroute/route_table.hpp"
#include "routes/table.hpp"

namespace {

using Json = nlohmann::json;
namespace envoy = meshroute::envoy;

struct Read {
  envoy::RouteConfiguration configuration;
  std::vector<envoy::Refusal> refusals;
};

Read read(const std::string& protojson) {
  const auto stream = meshroute::text::read(protojson, "routes.json", meshroute::Format::json, meshroute::Limits{});
  REQUIRE(stream.documents.size() == 1);
  envoy::Refusals refusals;
  auto configuration = envoy::read_route_configuration(stream.documents[0].root, refusals);
  return {std::move(configuration), refusals.take()};
}

std::string written(const envoy::RouteConfiguration& configuration) {
  std::string text;
  meshroute::text::JsonWriter json(text);
  envoy::write(json, configuration, envoy::Form::protojson);
  return text;
}

}  // namespace

TEST_CASE("route configurations survive writing and reading") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MESHROUTE_TESTS_DIR "/conformance/envoy/semantics")) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    for (const Json& fact : Json::parse(file)) {
      const Read first = read(fact["case"]["route_config"].dump());
      if (!first.refusals.empty()) continue;
      const Read second = read(written(first.configuration));
      CHECK(second.refusals.empty());
      CHECK_MESSAGE(first.configuration == second.configuration, fact["case"]["id"].dump());
      ++count;
    }
  }
  CHECK(count > 100);
}

TEST_CASE("every refusal has its path, in order") {
  const auto refusals = read(R"({"virtual_hosts": [{"name": 1, "domains": ["a"], "routes": [
    {"match": {"prefix": "/"}, "route": {"cluster": "c", "timeout": "x"}}]}]})")
                            .refusals;
  REQUIRE(refusals.size() == 2);
  CHECK(refusals[0].path == "virtual_hosts[0].name");
  CHECK(refusals[1].path == "virtual_hosts[0].routes[0].route.timeout");

  const auto compiled = meshroute::routes::compile(read(R"({"virtual_hosts": [{"name": "a", "domains": ["a", "A"], "routes": [
    {"match": {"safeRegex": {"regex": "("}}, "route": {"cluster": "c"}}, {"match": {"prefix": "/"}}]}]})")
                                                       .configuration)
                            .refusals;
  REQUIRE(compiled.size() == 3);
  CHECK(compiled[0].path == "virtual_hosts[0].routes[0].match.safe_regex.regex");
  CHECK(compiled[1].path == "virtual_hosts[0].routes[1]");
  CHECK(compiled[2].path == "virtual_hosts[0].domains[1]");
}

TEST_CASE("durations as protobuf writes them") {
  CHECK(envoy::shown({15, 0}) == "15s");
  CHECK(envoy::shown({1, 500'000'000}) == "1.500s");
  CHECK(envoy::shown({0, 1'500'000}) == "0.001500s");
  CHECK(envoy::shown({0, -1}) == "-0.000000001s");
}
