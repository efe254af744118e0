// SPDX-License-Identifier: Apache-2.0
// What the analysis of a small mesh finds.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace analysis_test {

/// A document of Istio's, its metadata and spec in one line each.
inline std::string document(const std::string& kind, const std::string& metadata, const std::string& spec) {
  return "---\napiVersion: networking.istio.io/v1\nkind: " + kind + "\nmetadata: {" + metadata + "}\nspec: {" + spec + "}\n";
}
inline std::string kubernetes_service(const std::string& name, const std::string& namespace_, const std::string& port = "80") {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: " + namespace_ +
         "}\nspec: {clusterIP: 10.9.0.1, ports: [{port: " + port + ", name: http}], selector: {app: " + name + "}}\n";
}
/// A static ServiceEntry with an HTTP port 80.
inline std::string entry(const std::string& name, const std::string& namespace_, const std::string& more = {}) {
  return document("ServiceEntry", "name: " + name + ", namespace: " + namespace_,
                  "hosts: [" + name + ".example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC" +
                      (more.empty() ? ", endpoints: [{address: 10.0.0.1, labels: {version: v1}}]" : ", " + more));
}

inline std::vector<meshroute::Diagnostic> analyze_all(const std::string& text) {
  meshroute::Mesh mesh;
  const meshroute::Report loaded = mesh.load(text, {.name = "mesh.yaml"});
  REQUIRE_MESSAGE(loaded.errors() == 0, loaded.to_text());
  auto found = mesh.snapshot().analyze().diagnostics;
  for (const auto& each : found) {
    CHECK(each.line > 1);
    CHECK(!each.path.empty());
  }
  return found;
}

/// Without what could not be judged for want of namespaces and the like.
inline std::vector<meshroute::Diagnostic> analyze(const std::string& text) {
  auto found = analyze_all(text);
  std::erase_if(found, [](const auto& each) { return each.rule == "AN0106"; });
  return found;
}

/// Those of the rule.
inline std::vector<meshroute::Diagnostic> of(const std::vector<meshroute::Diagnostic>& all, const std::string& rule) {
  std::vector<meshroute::Diagnostic> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found), [&](const auto& each) { return each.rule == rule; });
  return found;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace analysis_test
