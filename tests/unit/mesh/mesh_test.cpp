// SPDX-License-Identifier: Apache-2.0
// The door: what loading, applying and removing do to a mesh, and what its reports say.
#include "meshroute/mesh.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using meshroute::Report;

std::string entry(const std::string& name, const std::string& address, const std::string& namespace_ = "default") {
  return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: " + name + "\n  namespace: " + namespace_ +
         "\nspec:\n  hosts:\n  - " + name +
         ".example.com\n  ports:\n  - number: 80\n    name: http\n    protocol: HTTP\n"
         "  resolution: STATIC\n  endpoints:\n  - address: " +
         address + "\n";
}

std::string broken_port(const std::string& name) {
  return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: " + name + "\nspec:\n  hosts:\n  - " + name +
         ".example.com\n  ports:\n  - number: 0\n    name: http\n  resolution: NONE\n";
}

std::string first_endpoint(const meshroute::Mesh& mesh, const std::string& host) {
  const auto answer = mesh.snapshot().view({}).resolve(*meshroute::Request::from_url("http://" + host + "/"));
  return answer.endpoints.empty() ? answer.outcome : answer.endpoints[0].address;
}

std::size_t count(const Report& report, const std::string& rule) {
  return static_cast<std::size_t>(
      std::count_if(report.diagnostics.begin(), report.diagnostics.end(), [&](const auto& found) { return found.rule == rule; }));
}

}  // namespace

TEST_CASE("mesh: a refused document leaves its earlier version") {
  meshroute::Mesh mesh;
  REQUIRE(mesh.load(entry("a", "10.0.0.1")).errors() == 0);
  const Report refused = mesh.load(broken_port("a"));
  REQUIRE(refused.documents.size() == 1);
  CHECK_FALSE(refused.documents[0].accepted);
  CHECK(refused.errors() > 0);
  CHECK(first_endpoint(mesh, "a.example.com") == "10.0.0.1");
}

TEST_CASE("mesh: one broken document costs only itself, at its line") {
  meshroute::Mesh mesh;
  const std::string text = entry("a", "10.0.0.1") + "---\nkind: [\n---\n" + entry("b", "10.0.0.2");
  const Report report = mesh.load(text, {.name = "mesh.yaml"});
  REQUIRE(report.documents.size() == 3);
  CHECK(report.documents[0].accepted);
  CHECK_FALSE(report.documents[1].decode);
  CHECK(report.documents[2].accepted);
  const auto broken_at = static_cast<std::uint32_t>(
                             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("kind: [")), '\n')) +
                         1;
  CHECK(report.documents[1].line == broken_at);
  CHECK(first_endpoint(mesh, "b.example.com") == "10.0.0.2");
}

TEST_CASE("mesh: a second definition replaces and says so; its place in the order stays") {
  meshroute::Mesh mesh;
  mesh.load(entry("a", "10.0.0.1"), {.name = "one.yaml"});
  const Report again = mesh.load(entry("a", "10.0.0.9"), {.name = "two.yaml"});
  REQUIRE(count(again, "AN0102") == 1);
  const auto& found = again.diagnostics.back();
  CHECK(found.severity == meshroute::Severity::warning);
  CHECK(found.source == "two.yaml");
  REQUIRE(found.related.size() == 1);
  CHECK(found.related[0].source == "one.yaml");
  CHECK(first_endpoint(mesh, "a.example.com") == "10.0.0.9");
}

TEST_CASE("mesh: snapshots taken before a change do not change") {
  meshroute::Mesh mesh;
  mesh.load(entry("a", "10.0.0.1"));
  const auto before = mesh.snapshot();
  REQUIRE(mesh.remove({"Kubernetes", "networking.istio.io", "ServiceEntry", "default", "a"}));
  CHECK_FALSE(mesh.remove({"Kubernetes", "networking.istio.io", "ServiceEntry", "default", "a"}));
  const auto request = *meshroute::Request::from_url("http://a.example.com/");
  CHECK(before.view({}).resolve(request).endpoints.size() == 1);
  CHECK(mesh.snapshot().view({}).resolve(request).endpoints.empty());
}

TEST_CASE("mesh: a kind without a table is a document, told once") {
  const Report report = meshroute::check(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
  REQUIRE(report.documents.size() == 2);
  CHECK(report.documents[0].accepted);
  CHECK_FALSE(report.documents[0].has_layers);
  CHECK(report.errors() == 0);
  CHECK(count(report, "AN0101") == 1);
}

TEST_CASE("mesh: a resource may ask to be spared warnings, but no refusal") {
  const auto warned = [](const std::string& annotation, const std::string& spec) {
    return meshroute::check(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: a\n  annotations: "
        "{galley.istio.io/analyze-suppress: \"" +
        annotation + "\"}\nspec: {hosts: [a], extra: 1" + spec + ", http: [{route: [{destination: {host: a}}]}]}\n");
  };
  CHECK(count(warned("AN0101", ""), "ST0101") == 1);
  CHECK(count(warned("AN0101, ST0101", ""), "ST0101") == 0);
  CHECK(count(warned("*", ""), "ST0101") == 0);
  CHECK(warned("*", ", gateways: 5").errors() > 0);
}

TEST_CASE("mesh: a text of only comments has no document") {
  CHECK(meshroute::check("# nothing\n---\n# here\n---\n").documents.empty());
  CHECK(meshroute::check("").documents.empty());
}

TEST_CASE("check: threads change nothing") {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: w" + std::to_string(i) +
            "}\nspec: {address: " + (i % 7 == 0 ? "x y" : "10.0.0.1") + ", weigth: 1}\n---\n";
  }
  meshroute::LoadOptions options;
  const std::string one = meshroute::check(text, options).to_json();
  for (const std::uint32_t threads : {0U, 2U, 5U}) {
    options.threads = threads;
    CHECK(meshroute::check(text, options).to_json() == one);
  }
}

TEST_CASE("mesh: options that cannot be read are refused by create") {
  meshroute::MeshOptions options;
  options.mesh_config = "outboundTrafficPolicy: [";
  const auto refused = meshroute::Mesh::create(options);
  CHECK_FALSE(refused);
}

TEST_CASE("mesh: threads give the same report in the same order") {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += entry("host-" + std::to_string(i), "10.0.0.1") + "---\n" + broken_port("bad-" + std::to_string(i)) + "---\n";
  meshroute::MeshOptions options;
  const Report one = meshroute::Mesh(options).load(text, {.name = "big.yaml"});
  options.threads = 4;
  const Report four = meshroute::Mesh(options).load(text, {.name = "big.yaml"});
  CHECK(one.documents.size() == 600);
  CHECK(one.to_json() == four.to_json());
}

TEST_CASE("mesh: the ConfigMap of Istio is the mesh's configuration, unless one was given") {
  const char* config_map = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    outboundTrafficPolicy: {mode: REGISTRY_ONLY}
)";
  const auto outcome = [&](const meshroute::MeshOptions& options, const char* loaded) {
    meshroute::Mesh mesh(options);
    const meshroute::Report report = mesh.load(loaded, {});
    CHECK(report.errors() == 0);
    meshroute::Request request;
    request.host = "unknown.example.com";
    request.port = 80;
    return mesh.snapshot().view({}).resolve(request).outcome;
  };
  CHECK(outcome({}, "") == "passthrough");
  CHECK(outcome({}, config_map) == "blackhole");
  meshroute::MeshOptions given;
  given.mesh_config = "outboundTrafficPolicy: {mode: ALLOW_ANY}";
  CHECK(outcome(given, config_map) == "passthrough");
  meshroute::Mesh mesh;
  const meshroute::Report report =
      mesh.load("kind: ConfigMap\napiVersion: v1\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: '[1'}\n", {});
  REQUIRE(report.diagnostics.size() == 1);
  CHECK(report.diagnostics[0].rule == "AN0103");
}

TEST_CASE("what no request and no proxy can be is named") {
  using meshroute::Proxy;
  using meshroute::Request;
  const auto message = [](const auto& result) { return result ? std::string() : result.error().message; };
  CHECK(Request::from_url("HTTPS://a.example.com/")->tls);
  CHECK(Request::from_url("http://a.example.com:/x")->port == 80);
  CHECK(message(Request::from_url("http://user@a.example.com/")).find("user") != std::string::npos);
  CHECK(message(Request::from_url("http://:80/")).find("no host") != std::string::npos);
  CHECK(message(Request::from_url("http://[::1/")).find("bracket") != std::string::npos);
  CHECK(message(Request::from_json(R"({"host":"a","protocol":"HTTP"})")).find("`HTTP`") != std::string::npos);
  CHECK(message(Request::from_json(R"({"host":"a","address":"a.b"})")).find("`a.b`") != std::string::npos);
  CHECK(Request::from_json(R"({"host":"a","address":"fd00::1","protocol":"http2"})"));
  CHECK(message(Proxy::from_json(R"({"ip":"ten"})")).find("`ten`") != std::string::npos);
  CHECK(message(Proxy::from_json(R"({"locality":"a/b/c/d"})")).find("region/zone/subzone") != std::string::npos);
}

TEST_CASE("mesh: applying one resource says what a cluster would say, and applies it") {
  const auto port = [](std::uint32_t number) {
    meshroute::model::ServiceEntry entry;
    entry.hosts = {"a.example.com"};
    entry.ports = {{.number = number, .protocol = "HTTP", .name = "http"}};
    entry.resolution = meshroute::model::ServiceEntry::Resolution::STATIC;
    entry.endpoints = {{.address = "10.0.0.1"}};
    meshroute::Resource resource;
    resource.identity = {.group = "networking.istio.io", .kind = "ServiceEntry", .name = "a"};
    resource.spec = std::make_shared<const meshroute::model::ServiceEntry>(entry);
    resource.origin.line = 7;
    return resource;
  };
  meshroute::Mesh mesh;
  const Report good = mesh.apply(port(80));
  REQUIRE(good.documents.size() == 1);
  CHECK(good.documents[0].accepted);
  CHECK(good.documents[0].kind == "ServiceEntry");
  CHECK(good.documents[0].line == 7);
  CHECK(good.diagnostics.empty());
  CHECK(first_endpoint(mesh, "a.example.com") == "10.0.0.1");

  const Report bad = mesh.apply(port(70000));
  REQUIRE(bad.documents.size() == 1);
  CHECK_FALSE(bad.documents[0].accepted);
  CHECK(bad.errors() > 0);
  CHECK(count(bad, "SC0215") + count(bad, "SC0104") == 1);
  CHECK(count(bad, "AN0102") == 1);
  for (const auto& found : bad.diagnostics) {
    CHECK(found.source == "<apply>");
    CHECK(found.line == 7);
    CHECK(found.resource == "ServiceEntry default/a");
  }
}

TEST_CASE("mesh: a file is loaded as its text is") {
  const auto path = (std::filesystem::temp_directory_path() / "meshroute_load_path_test.yaml").string();
  const std::string text = entry("a", "10.0.0.1") + "---\n" + broken_port("b");
  {
    std::ofstream file(path, std::ios::binary);
    file << text;
  }
  meshroute::Mesh from_path, from_text;
  const auto loaded = from_path.load_path(path);
  REQUIRE(loaded);
  CHECK(loaded->to_json() == from_text.load(text, {.name = path}).to_json());
  CHECK(first_endpoint(from_path, "a.example.com") == "10.0.0.1");
  CHECK(from_path.load_path(path, {.name = "mesh.yaml"})->documents[0].source == "mesh.yaml");
  meshroute::LoadOptions small;
  small.limits.bytes = text.size();
  CHECK(from_path.load_path(path, small)->documents.size() == 2);
  small.limits.bytes = text.size() - 1;
  CHECK(from_path.load_path(path, small)->diagnostics.at(0).rule == "TX0107");
  std::filesystem::remove(path);
  CHECK_FALSE(from_path.load_path(path));
  CHECK_FALSE(from_path.load_path(std::filesystem::temp_directory_path().string()));
}
