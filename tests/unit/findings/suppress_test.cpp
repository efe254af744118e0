// SPDX-License-Identifier: Apache-2.0
// Which findings a user does not want to see.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

std::size_t count(const meshroute::Report& report, const std::string& rule) {
  return static_cast<std::size_t>(
      std::count_if(report.diagnostics.begin(), report.diagnostics.end(), [&](const auto& found) { return found.rule == rule; }));
}

/// A rule for a host that no service has (AN0301, which Istio calls IST0174).
meshroute::Report analyzed(const std::string& annotations = "") {
  meshroute::Mesh mesh;
  mesh.load("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop, annotations: {" +
            annotations + "}}\nspec: {host: none.example.com}\n");
  return mesh.snapshot().analyze();
}

}  // namespace

TEST_CASE("suppress: the annotation takes our ids and the peers' codes") {
  CHECK(count(analyzed(), "AN0301") == 1);
  const std::string key = "galley.istio.io/analyze-suppress: ";
  CHECK(count(analyzed(key + "AN0301"), "AN0301") == 0);
  CHECK(count(analyzed(key + "\"IST0101, IST0174\""), "AN0301") == 0);
  CHECK(count(analyzed(key + "KIA0202"), "AN0301") == 0);
  CHECK(count(analyzed(key + "IST0101"), "AN0301") == 1);
  CHECK(count(analyzed(key + "\"*\""), "AN0301") == 0);
}

TEST_CASE("ignore: ids, names and the peers' codes, never what refuses") {
  const auto left = [](const std::string& word) {
    auto report = analyzed();
    report.append(meshroute::check("kind: ["));
    report.ignore(word);
    CHECK(count(report, "TX0101") == 1);
    return count(report, "AN0301");
  };
  CHECK(left("AN0301") == 0);
  CHECK(left("IST0174") == 0);
  CHECK(left("KIA0202") == 0);
  CHECK(left("*") == 0);
  CHECK(left("IST0101") == 1);
  CHECK(left("TX0101") == 1);
  CHECK(left("") == 1);
}
