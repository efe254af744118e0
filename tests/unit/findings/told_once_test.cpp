// SPDX-License-Identifier: Apache-2.0
// One mistake is told once, and at most five times of one resource.
#include "findings/told_once.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "findings/finding.hpp"
#include "meshroute/mesh.hpp"

namespace {

std::string resource(const std::string& kind, const std::string& spec) {
  const std::string group = kind == "AuthorizationPolicy" ? "security.istio.io" : "networking.istio.io";
  return "apiVersion: " + group + "/v1\nkind: " + kind + "\nmetadata: {name: api, namespace: shop}\nspec:\n" + spec;
}

std::vector<std::string> rules_of(const meshroute::Report& report) {
  std::vector<std::string> rules;
  for (const auto& found : report.diagnostics) rules.push_back(found.rule);
  return rules;
}

std::vector<std::string> checked(const std::string& kind, const std::string& spec) {
  return rules_of(meshroute::check(resource(kind, spec)));
}

using Rules = std::vector<std::string>;

}  // namespace

TEST_CASE("told once: the earlier layer's finding stays") {
  const std::string entry = "  hosts: [api.example.com]\n";
  const std::string port = "  ports: [{number: 80, name: http, protocol: HTTP}]\n";
  CHECK(checked("ServiceEntry", entry + port + "  resolution: dns\n") == Rules{"DC0104"});
  CHECK(checked("ServiceEntry", entry + "  ports: [{number: 70000, name: http, protocol: HTTP}]\n  resolution: DNS\n") ==
        Rules{"SC0215"});
  CHECK(checked("ServiceEntry", entry + port + "  addresses: [10.0.0.0/24]\n  resolution: DNS\n") == Rules{"SC0202"});
  CHECK(checked("AuthorizationPolicy", "  selector: {matchLabels: {app: \"a*\"}}\n") == Rules{"SC0224"});
  CHECK(checked("WorkloadGroup", "  metadata: {labels: {app: api}}\n") == Rules{"SC0101"});
}

TEST_CASE("told once: two mistakes at two places stay two") {
  const auto found = checked("ServiceEntry",
                             "  hosts: [api.example.com]\n  ports:\n  - {number: 70000, name: http, protocol: HTTP}\n"
                             "  - {number: 81, name: b_c, protocol: HTTP}\n  resolution: DNS\n");
  CHECK(std::set<std::string>(found.begin(), found.end()) == std::set<std::string>{"SC0215", "KX0109"});
}

TEST_CASE("told once: the webhook's warning stays, and the analysis is silent") {
  meshroute::Mesh mesh;
  mesh.load(
      "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\n"
      "spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n");
  const auto loaded = mesh.load(resource("VirtualService",
                                         "  hosts: [api.example.com]\n  http:\n"
                                         "  - route: [{destination: {host: api.example.com}}]\n"
                                         "  - match: [{uri: {prefix: /b}}]\n"
                                         "    route: [{destination: {host: api.example.com}}]\n"));
  CHECK(rules_of(loaded) == Rules{"VS0121"});
  CHECK(rules_of(mesh.snapshot().analyze()).empty());
}

TEST_CASE("at most five of one rule and resource, and the last one counts the rest") {
  std::string hosts;
  for (int i = 0; i < 8; ++i) hosts += "  - api_" + std::to_string(i) + ".example.com\n";
  const std::string entry = resource("ServiceEntry", "  hosts:\n" + hosts +
                                                         "  ports: [{number: 80, name: http, protocol: HTTP}]\n"
                                                         "  resolution: STATIC\n");
  const auto report = meshroute::check(entry + "---\n" + entry);
  std::vector<std::uint32_t> more;
  for (const auto& found : report.diagnostics) {
    CHECK(found.rule == "KX0103");
    more.push_back(found.more);
  }
  CHECK(more == std::vector<std::uint32_t>{0, 0, 0, 0, 3, 0, 0, 0, 0, 3});
  CHECK(report.diagnostics.back().path == "spec.hosts[4]");
  CHECK(report.to_json().find("\"more\":3") != std::string::npos);
  CHECK(report.to_text().find("and 3 more of KX0103") != std::string::npos);
}

TEST_CASE("at most five: those of the analysis too") {
  std::string rules;
  for (int i = 0; i < 7; ++i)
    rules += "  - match: [{uri: {exact: /" + std::to_string(i) + "}}]\n    route: [{destination: {host: none-" +
             std::to_string(i) + ".example.com}}]\n";
  meshroute::Mesh mesh;
  mesh.load(resource("VirtualService", "  hosts: [api.example.com]\n  http:\n" + rules));
  std::size_t kept = 0, more = 0;
  for (const auto& found : mesh.snapshot().analyze().diagnostics) {
    if (found.rule != "AN0404") continue;
    ++kept;
    more += found.more;
  }
  CHECK(kept == 5);
  CHECK(more == 2);
}

TEST_CASE("same place: one path is a part of the other") {
  using meshroute::findings::same_place;
  CHECK(same_place("spec.http[1]", "spec.http[1]"));
  CHECK(same_place("spec.http[1].match[0]", "spec.http[1]"));
  CHECK(same_place("spec", "spec.http[1]"));
  CHECK_FALSE(same_place("spec.http[1]", "spec.http[10]"));
  CHECK_FALSE(same_place("spec.host", "spec.hosts[0]"));
}
