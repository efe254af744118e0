// SPDX-License-Identifier: Apache-2.0
// Operations of patches that have no effect, or one that depends on other EnvoyFilters.
#include <doctest/doctest.h>

#include <string>

#include "meshroute/mesh.hpp"

using namespace meshroute;

namespace {

std::string filter(const std::string& name, const std::string& spec) {
  return "---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: " + name + "}\nspec: {" + spec +
         "}\n";
}
std::string patch(const std::string& apply_to, const std::string& operation, const std::string& more = {}) {
  return "configPatches: [{applyTo: " + apply_to + ", patch: {operation: " + operation + ", value: {name: x}}" + more + "}]";
}

/// The rules that fired, but for the one that every EnvoyFilter fires.
std::string fired(const std::string& text) {
  Mesh mesh;
  REQUIRE(mesh.load(text).errors() == 0);
  std::string rules;
  for (const auto& found : mesh.snapshot().analyze().diagnostics) {
    if (found.rule != "EF0206") rules += (rules.empty() ? "" : " ") + found.rule;
  }
  return rules;
}

}  // namespace

TEST_CASE("EnvoyFilters: operations without an effect, and those that have one") {
  CHECK(fired(filter("a", patch("HTTP_ROUTE", "ADD"))) == "EF0203");
  CHECK(fired(filter("a", patch("ROUTE_CONFIGURATION", "REMOVE"))) == "EF0204");
  CHECK(fired(filter("a", patch("CLUSTER", "REPLACE"))) == "EF0202");
  CHECK(fired(filter("a", patch("CLUSTER", "ADD"))) == "");
  CHECK(fired(filter("a", patch("HTTP_FILTER", "INSERT_FIRST"))) == "");
}

TEST_CASE("EnvoyFilters: a place that depends on others asks for a priority") {
  CHECK(fired(filter("a", patch("HTTP_FILTER", "INSERT_BEFORE"))) == "EF0201");
  CHECK(fired(filter("a", "priority: 10, " + patch("HTTP_FILTER", "INSERT_BEFORE"))) == "");
  const std::string versioned = ", match: {proxy: {proxyVersion: '1.2'}}";
  CHECK(fired(filter("a", patch("HTTP_FILTER", "INSERT_AFTER", versioned)) +
              filter("b", patch("HTTP_FILTER", "INSERT_AFTER", versioned))) == "EF0201 EF0205");
}

TEST_CASE("EnvoyFilters: once it is said that views do not apply them") {
  Mesh mesh;
  REQUIRE(mesh.load(filter("a", patch("CLUSTER", "ADD")) + filter("b", patch("CLUSTER", "ADD"))).errors() == 0);
  const auto found = mesh.snapshot().analyze().diagnostics;
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "EF0206");
  CHECK(found[0].severity == Severity::info);
}
