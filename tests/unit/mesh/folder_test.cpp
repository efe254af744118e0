// SPDX-License-Identifier: Apache-2.0
// Folders, documents that are no Kubernetes objects, and MeshConfig in files.
#include "mesh/folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace {

namespace fs = std::filesystem;

/// A folder that goes away.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("meshroute-folder-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::permissions(path_ / "closed", fs::perms::owner_all, ignored);
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text = "a: 1\n") const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  const fs::path& path() const { return path_; }
  std::vector<std::string> files(const std::vector<std::string>& exclude = {}) const {
    std::vector<std::string> names;
    for (const auto& file : meshroute::files_of_folder(path_.string(), exclude).files)
      names.push_back(fs::path(file).lexically_relative(path_).string());
    return names;
  }

 private:
  fs::path path_;
};

meshroute::Report load(meshroute::Mesh& mesh, const std::string& text, bool pass_over = true) {
  meshroute::LoadOptions options;
  options.pass_over = pass_over;
  options.name = "x.yaml";
  return mesh.load(text, options);
}

bool has(const meshroute::Report& report, const std::string& rule) {
  return std::any_of(report.diagnostics.begin(), report.diagnostics.end(), [&](const auto& each) { return each.rule == rule; });
}

}  // namespace

TEST_CASE("folders: hidden ones are not entered, and a mounted ConfigMap is read once") {
  const Folder folder;
  folder.write("b.yaml");
  folder.write("a/c.yml");
  folder.write("a/d.json", "{}");
  folder.write("a/readme.md");
  folder.write(".git/e.yaml");
  folder.write("..2026/f.yaml");
  fs::create_directory_symlink("..2026", folder.path() / "..data");
  fs::create_symlink("..data/f.yaml", folder.path() / "f.yaml");
  fs::create_symlink("b.yaml", folder.path() / "twin.yaml");
  CHECK(folder.files() == std::vector<std::string>{"a/c.yml", "a/d.json", "b.yaml", "f.yaml"});
  CHECK(folder.files({"*.json", "f.*"}) == std::vector<std::string>{"a/c.yml", "b.yaml"});
  CHECK(folder.files({"a"}) == std::vector<std::string>{"b.yaml", "f.yaml"});
}

TEST_CASE("folders: what patterns fit") {
  using meshroute::mesh::fits;
  CHECK(fits("*.yaml", "a/b.yaml"));
  CHECK_FALSE(fits("*.yaml", "a/b.yml"));
  CHECK(fits("charts", "x/charts"));
  CHECK(fits("charts/", "charts"));
  CHECK(fits("a/*/c", "a/b/c"));
  CHECK_FALSE(fits("a/*", "a/b/c"));
  CHECK(fits("a/**", "a/b/c"));
  CHECK(fits("**/c", "a/b/c"));
  CHECK(fits("?.yaml", "a.yaml"));
  CHECK_FALSE(fits("?.yaml", "ab.yaml"));
}

TEST_CASE("folders: documents that are no Kubernetes objects are passed over, mistakes are not") {
  meshroute::Mesh mesh;
  const std::string values = "replicas: 2\nimage: {tag: v1}\n", chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
  const auto report = load(mesh, values + "---\n" + chart + "---\n- 1\n- 2\n---\nkind: Kustomization\nresources: [a.yaml]\n");
  CHECK(report.documents.empty());
  CHECK(report.diagnostics.empty());
  CHECK(report.passed_over.size() == 4);
  CHECK(report.to_text().find("passed over, because they are no Kubernetes objects: 4 documents (x.yaml)") != std::string::npos);
  CHECK(load(mesh, values, false).errors() > 0);
  CHECK(load(mesh, "apiVersion: networking.istio.io/v1\nmetadata: {name: a}\n").errors() > 0);
  CHECK(load(mesh, "kind: VirtualService\nmetadata: {name: a}\n").errors() > 0);
}

TEST_CASE("settings: MeshConfig of an IstioOperator, of Helm values, and of the ConfigMap, which wins") {
  const std::string mode = "outboundTrafficPolicy: {mode: REGISTRY_ONLY}";
  const std::string istio_operator =
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: i, namespace: istio-system}\nspec: "
      "{meshConfig: {" +
      mode + "}}\n";
  const std::string config_map =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: \"outboundTrafficPolicy: "
      "{mode: ALLOW_ANY}\"}\n";
  const auto outcome = [](const meshroute::Mesh& mesh) {
    return mesh.snapshot().view({}).resolve(*meshroute::Request::from_url("http://nowhere.example/")).failure_percent;
  };
  meshroute::Mesh mesh;
  CHECK(outcome(mesh) == 0);
  CHECK(has(load(mesh, istio_operator), "AN0105"));
  CHECK(outcome(mesh) == 100);
  load(mesh, config_map);
  CHECK(outcome(mesh) == 0);
  load(mesh, istio_operator);  // the ConfigMap is the cluster's own
  CHECK(outcome(mesh) == 0);
  meshroute::Mesh helm;
  CHECK(has(load(helm, "meshConfig: {" + mode + "}\n"), "AN0105"));
  CHECK(outcome(helm) == 100);
  meshroute::MeshOptions options;
  options.mesh_config = "{}";
  meshroute::Mesh given(options);
  CHECK_FALSE(has(load(given, istio_operator), "AN0105"));
  CHECK(outcome(given) == 0);
}

TEST_CASE("settings: unknown fields and wrong values of MeshConfig are told with their places") {
  const auto report = meshroute::check_mesh_config(
      "outboundTrafficPolicy:\n  mode: REGISTY_ONLY\nconnectTimeout: 10\nenableAutoMtls: \"yes\"\nproxyHttpPort: many\n"
      "defaultServiceExportTo: \".\"\nrootNamespce: a\ntrustDomain: [a]\nlocalityLbSetting: {enabld: true}\n"
      "defaultConfig: {concurrency: two, proxyMetadata: {A: b}}\nextensionProviders: [{name: 1}]\n",
      "mesh.yaml");
  REQUIRE(report.diagnostics.size() == 10);
  CHECK(report.diagnostics[0].rule == "MC0102");
  CHECK(report.diagnostics[0].path == "outboundTrafficPolicy.mode");
  CHECK(report.diagnostics[0].line == 2);
  CHECK(report.diagnostics[0].hint == "did you mean `REGISTRY_ONLY`?");
  CHECK(report.errors() == 8);
  CHECK(report.warnings() == 2);
  CHECK(meshroute::check_mesh_config("outbound_traffic_policy: {mode: ALLOW_ANY}\nconnectTimeout: 1.5s\nproxyHttpPort: \"80\"\n"
                                     "localityLbSetting: {distribute: [{from: a, to: {b: 100}}]}\naccessLogEncoding: 1\n")
            .diagnostics.empty());
  // What istiod does not take has no effect.
  meshroute::MeshOptions options;
  options.mesh_config = "outboundTrafficPolicy: {mode: REGISTY_ONLY}";
  const meshroute::Mesh mesh(options);
  CHECK(mesh.snapshot().view({}).resolve(*meshroute::Request::from_url("http://nowhere.example/")).outcome == "passthrough");
}

TEST_CASE("settings: an IstioOperator needs no name") {
  for (const char* metadata : {"", "metadata: {namespace: istio-system}\n"}) {
    meshroute::Mesh mesh;
    const std::string text =
        std::string("apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n") + metadata + "spec: {}\n";
    const auto report = mesh.load(text, {.name = "a.yaml"});
    CHECK(report.errors() == 0);
    REQUIRE(report.documents.size() == 1);
    CHECK(report.documents[0].accepted);
  }
}
