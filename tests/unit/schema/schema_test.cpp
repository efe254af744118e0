// SPDX-License-Identifier: Apache-2.0
// Reading of single documents: the verdicts of each layer, and what the findings point at.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "schema/resource_reader.hpp"

namespace {

using meshroute::schema::ReadResource;

ReadResource read(const std::string& text) {
  // What was read must not lean on the text any more.
  const auto stream = meshroute::text::read(text, "test.yaml", meshroute::Format::yaml, meshroute::Limits{});
  REQUIRE(stream.documents.size() == 1);
  return meshroute::schema::read_resource(stream.documents[0]);
}

const meshroute::schema::Finding* finding(const ReadResource& result, const std::string& rule) {
  for (const auto& found : result.findings) {
    if (found.rule.text() == rule) return &found;
  }
  return nullptr;
}

std::string service_entry(const std::string& spec) {
  return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: one, namespace: test}\nspec:\n" + spec;
}

std::string virtual_service(const std::string& spec) {
  return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: one, namespace: test}\nspec:\n" + spec;
}

}  // namespace

TEST_CASE("schema: a service entry becomes its model") {
  const auto result =
      read(service_entry("  hosts: [a.example.com]\n  ports:\n  - {number: 443, name: tls, protocol: TLS}\n  resolution: DNS\n"));
  CHECK(result.known_kind);
  CHECK(result.istio_kind);
  CHECK(result.decode);
  CHECK(result.metadata);
  CHECK(result.schema);
  CHECK(result.strict);
  CHECK(result.findings.empty());
  CHECK(result.resource.identity.group == "networking.istio.io");
  CHECK(result.resource.identity.namespace_ == "test");
  const auto* entry = result.resource.as<meshroute::model::ServiceEntry>();
  REQUIRE(entry != nullptr);
  CHECK(entry->hosts == std::vector<std::string>{"a.example.com"});
  REQUIRE(entry->ports.size() == 1);
  CHECK(entry->ports[0].number == 443);
  CHECK(entry->resolution == meshroute::model::ServiceEntry::Resolution::DNS);
  CHECK(meshroute::schema::spec_to_json(result.resource.spec) ==
        R"({"hosts":["a.example.com"],"ports":[{"number":443,"protocol":"TLS","name":"tls"}],"resolution":"DNS"})");
}

TEST_CASE("schema: what was written can be read again") {
  const auto first =
      read(virtual_service("  hosts: [\"no\", \"1.10\"]\n  http:\n  - match: [{uri: {prefix: /a}, headers: {x: {exact: "
                           "\"y\"}}}]\n    timeout: 1500ms\n"
                           "    route: [{destination: {host: a, port: {number: 80}}, weight: 30}, {destination: {host: b}}]\n"));
  REQUIRE(first.decode);
  const auto second = read(meshroute::schema::to_yaml(first.resource));
  REQUIRE(second.decode);
  CHECK(second.schema);
  const auto* one = first.resource.as<meshroute::model::VirtualService>();
  const auto* other = second.resource.as<meshroute::model::VirtualService>();
  REQUIRE(one != nullptr);
  REQUIRE(other != nullptr);
  CHECK(*one == *other);
  CHECK(meshroute::schema::to_json(first.resource) == meshroute::schema::to_json(second.resource));
}

TEST_CASE("schema: unknown fields are dropped with a hint and never fail") {
  const auto result =
      read(virtual_service("  hosts: [a]\n  http:\n  - match: [{uri: {Exact: /a}}]\n    route: [{destination: {host: a}}]\n"));
  CHECK(result.decode);
  CHECK(result.schema);
  CHECK(result.strict);
  CHECK(result.unknown_fields == std::vector<std::string>{"spec.http[0].match[0].uri.Exact"});
  const auto* found = finding(result, "ST0101");
  REQUIRE(found != nullptr);
  CHECK(found->severity() == meshroute::Severity::warning);
  CHECK(found->hint == "did you mean `exact`?");
  CHECK(found->position.line == 7);
}

TEST_CASE("schema: proto names decode, and the API server drops them") {
  const auto result = read(service_entry("  hosts: [a.com]\n  export_to: [\".\"]\n"));
  CHECK(result.decode);
  CHECK(result.resource.as<meshroute::model::ServiceEntry>()->export_to.size() == 1);
  REQUIRE(result.pruned_spec.has_value());
  const auto* pruned = std::get_if<std::shared_ptr<const meshroute::model::ServiceEntry>>(&*result.pruned_spec);
  REQUIRE(pruned != nullptr);
  CHECK((*pruned)->export_to.empty());
  // The CRD knows this one by both names.
  const auto both =
      read(virtual_service("  hosts: [a]\n  http:\n  - mirror_percent: 5\n    route: [{destination: {host: a}}]\n"));
  CHECK(both.unknown_fields.empty());
}

TEST_CASE("schema: types, bounds and CEL") {
  const auto quoted = read(service_entry("  hosts: [a.com]\n  ports: [{number: \"80\", name: a}]\n"));
  CHECK(quoted.decode);
  CHECK_FALSE(quoted.schema);
  CHECK(finding(quoted, "SC0102") != nullptr);
  const auto fraction = read(service_entry("  hosts: [a.com]\n  ports: [{number: 80.5, name: a}]\n"));
  CHECK_FALSE(fraction.decode);
  CHECK(read(service_entry("  hosts: [a.com]\n  ports: [{number: 8.0e1, name: a}]\n")).schema);
  const auto missing = read(service_entry("  resolution: NONE\n"));
  REQUIRE(finding(missing, "SC0101") != nullptr);
  CHECK(finding(missing, "SC0101")->path == "spec.hosts");
  const auto port = read(service_entry("  hosts: [a.com]\n  ports: [{number: 0, name: a}]\n"));
  REQUIRE(finding(port, "SC0215") != nullptr);
  CHECK(finding(port, "SC0215")->path == "spec.ports[0].number");
  const auto twice = read(service_entry("  hosts: [a.com]\n  ports: [{number: 1, name: a}, {number: 2, name: a}]\n"));
  REQUIRE(finding(twice, "SC0108") != nullptr);
  CHECK(finding(twice, "SC0108")->related_path == "spec.ports[0]");
  const auto two = read(
      virtual_service("  hosts: [a]\n  http: [{match: [{uri: {exact: /a, prefix: /b}}], route: [{destination: {host: a}}]}]\n"));
  CHECK(two.decode);
  CHECK_FALSE(two.schema);
  CHECK(finding(two, "SC0109") != nullptr);
}

TEST_CASE("schema: durations are Go's") {
  const auto verdict = [](const std::string& duration) {
    return read(virtual_service("  hosts: [a]\n  http: [{timeout: \"" + duration + "\", route: [{destination: {host: a}}]}]\n"));
  };
  for (const char* good : {"1h1h", ".5s", "+1s", "1\u00b5s", "0", "1.5ms"}) CHECK_MESSAGE(verdict(good).decode, good);
  for (const char* bad : {"1d", "10", "", "s", "1 s", "9999999h"}) CHECK_MESSAGE(!verdict(bad).decode, bad);
  CHECK(verdict("1ms").schema);
  CHECK_FALSE(verdict("999us").schema);
}

TEST_CASE("schema: metadata") {
  const auto read_name = [](const std::string& metadata) {
    return read("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: " + metadata + "\nspec: {hosts: [a.com]}\n");
  };
  CHECK(read_name("{name: a.b-c, labels: {example.com/a: b}, creationTimestamp: \"2024-02-29T12:00:00Z\"}").metadata);
  CHECK(read_name("{name: a, creationTimestamp: \"2024-02-29T12:00:00Z\"}").resource.metadata.creation_timestamp == 1709208000);
  for (const char* bad : {"{}", "null", "{name: A}", "{name: a, namespace: a.b}", "{name: a, labels: {a: -}}",
                          "{name: a, labels: {a/b/c: d}}", "{name: a, annotations: {\"a b\": c}}"}) {
    const auto result = read_name(bad);
    CHECK_MESSAGE(!result.metadata, bad);
    CHECK_MESSAGE(!result.findings.empty(), bad);
  }
  const auto boolean = read_name("{name: y}");
  CHECK_FALSE(boolean.decode);
  CHECK_FALSE(boolean.metadata);
}

TEST_CASE("schema: what is no known kind") {
  CHECK_FALSE(read("a: b\n").decode);
  CHECK_FALSE(read("[1]\n").decode);
  const auto other = read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  CHECK(other.decode);
  CHECK_FALSE(other.known_kind);
  const auto misplaced =
      read("apiVersion: security.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {hosts: [a.com]}\n");
  CHECK_FALSE(misplaced.decode);
  CHECK(finding(misplaced, "DC0107") != nullptr);
}

TEST_CASE("schema: Kubernetes objects") {
  const auto service = read(
      "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec:\n  clusterIP: 10.0.0.1\n  selector: {app: a}\n"
      "  ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]\n");
  CHECK_FALSE(service.istio_kind);
  const auto* model = service.resource.as<meshroute::model::Service>();
  REQUIRE(model != nullptr);
  REQUIRE(model->ports.size() == 1);
  CHECK(model->ports[0].target_port == "8080");
  CHECK(model->ports[0].app_protocol == std::optional<std::string>("http"));
  const auto slice = read(
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a, namespace: b}\naddressType: IPv4\n"
      "endpoints: [{addresses: [10.1.1.1], zone: z, conditions: {ready: true}, targetRef: {kind: Pod, name: p}}]\nports: [{name: "
      "http, port: 8080}]\n");
  const auto* endpoints = slice.resource.as<meshroute::model::EndpointSlice>();
  REQUIRE(endpoints != nullptr);
  REQUIRE(endpoints->endpoints.size() == 1);
  CHECK(endpoints->endpoints[0].zone == "z");
  CHECK(endpoints->endpoints[0].ready == std::optional<bool>(true));
}
