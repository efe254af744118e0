// SPDX-License-Identifier: Apache-2.0
// A resource written back and read again is the same resource: for every kind, over every vector that decodes.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "schema/resource_reader.hpp"

namespace {

using meshroute::Format;
using meshroute::schema::ReadResource;

ReadResource read_one(const std::string& text, Format format) {
  const auto stream = meshroute::text::read(text, "round_trip", format, meshroute::Limits{});
  REQUIRE(stream.documents.size() == 1);
  return meshroute::schema::read_resource(stream.documents[0]);
}

void check_same(const ReadResource& first, const ReadResource& second) {
  CHECK(second.decode);
  CHECK(second.resource.identity == first.resource.identity);
  CHECK(second.resource.metadata.labels == first.resource.metadata.labels);
  CHECK(second.resource.metadata.annotations == first.resource.metadata.annotations);
  CHECK(meshroute::schema::spec_to_json(second.resource.spec) == meshroute::schema::spec_to_json(first.resource.spec));
}

}  // namespace

TEST_CASE("schema: what is written as JSON or YAML reads back the same, for each kind") {
  for (const std::string kind : {"ServiceEntry", "WorkloadEntry", "VirtualService", "DestinationRule", "Sidecar", "Gateway",
                                 "WorkloadGroup", "AuthorizationPolicy", "PeerAuthentication"}) {
    std::ifstream file(MESHROUTE_TESTS_DIR "/conformance/admission/" + kind + ".jsonl");
    REQUIRE(file);
    int rounds = 0;
    for (std::string line; std::getline(file, line);) {
      const auto vector = nlohmann::json::parse(line);
      if (!vector.at("admitted").get<bool>() || !vector.at("unknown_fields").empty()) continue;
      const std::string yaml = vector.at("yaml");
      const auto stream = meshroute::text::read(yaml, "vector", Format::yaml, meshroute::Limits{});
      if (stream.documents.size() != 1) continue;
      const auto first = meshroute::schema::read_resource(stream.documents[0]);
      if (!first.istio_kind || !first.decode || first.pruned_spec) continue;
      CAPTURE(vector.at("id").get<std::string>());
      check_same(first, read_one(meshroute::schema::to_json(first.resource), Format::json));
      check_same(first, read_one(meshroute::schema::to_yaml(first.resource), Format::yaml));
      ++rounds;
    }
    CAPTURE(kind);
    CHECK(rounds > 50);
  }
}
