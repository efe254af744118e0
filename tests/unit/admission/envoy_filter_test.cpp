// SPDX-License-Identifier: Apache-2.0
// The webhook on patches of Envoy's configuration: findings at the place inside of the patch.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

using namespace meshroute;

namespace {

std::vector<Diagnostic> check_patches(const std::string& patches) {
  const auto report = meshroute::check(
      "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec:\n"
      "  configPatches:\n" +
      patches);
  REQUIRE(report.documents.size() == 1);
  auto found = report.diagnostics;
  CHECK(std::erase_if(found, [](const auto& each) { return each.rule == "EF0101"; }) == 1);
  return found;
}

}  // namespace

TEST_CASE("a wrong value of a patch is named at its column") {
  const auto found = check_patches("  - applyTo: CLUSTER\n    patch: {operation: MERGE, value: {connect_timeout: 5}}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "EF0106");
  CHECK(found[0].path == "spec.configPatches[0].patch.value.connect_timeout");
  CHECK(found[0].line == 7);
  CHECK(found[0].column == 56);
}

TEST_CASE("an unknown field of a patch is a warning") {
  const auto found = check_patches("  - applyTo: CLUSTER\n    patch: {operation: MERGE, value: {conect_timeout: 5s}}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "EF0108");
  CHECK(found[0].severity == Severity::warning);
}

TEST_CASE("a merge may leave out the typed config, an insertion may not") {
  const std::string value = ", value: {name: envoy.filters.http.lua}}\n";
  CHECK(check_patches("  - applyTo: HTTP_FILTER\n    patch: {operation: MERGE" + value).empty());
  const auto found = check_patches("  - applyTo: HTTP_FILTER\n    patch: {operation: INSERT_FIRST" + value);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "EF0107");
}

TEST_CASE("nothing is asked of a patch for waypoints") {
  CHECK(check_patches("  - match: {context: WAYPOINT, waypoint: {}}\n").empty());
}
