// SPDX-License-Identifier: Apache-2.0
// The door of test suites: reads the files, makes the meshes that they name, runs the tests.
#include "meshroute/suite.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "mesh/file.hpp"
#include "meshroute/mesh.hpp"
#include "suite/coverage.hpp"
#include "suite/files.hpp"
#include "suite/run.hpp"
#include "text/json_tree.hpp"

namespace meshroute {

namespace {

constexpr std::size_t kMostBytes = 1U << 28U;  // of a test file

Error invalid(std::string message) { return Error{Error::Code::invalid_argument, std::move(message)}; }

/// The mesh that a document's `config` names.
struct Configured {
  Snapshot snapshot;
  std::vector<std::string> refused;
};

Result<Configured> configure(const suite::File& file, MeshOptions options) {
  if (file.config.empty())
    return invalid(file.source + " names no configuration: write `config: [PATH]`, or give the mesh that its tests are for");
  for (const auto& [path, text] :
       {std::pair(&file.mesh_config, &options.mesh_config), std::pair(&file.mesh_networks, &options.mesh_networks)}) {
    if (path->empty()) continue;
    auto read = mesh::read_file(*path, kMostBytes);
    if (!read) return invalid(file.source + ": " + read.error().message);
    *text = std::move(*read);
  }
  auto made = Mesh::create(options);
  if (!made) return made.error();
  std::vector<std::string> refused;
  for (const auto& path : file.config) {
    std::error_code why;
    const bool folder = std::filesystem::is_directory(path, why);
    auto files = suite::files_of(path);
    if (!files) return invalid(file.source + ": " + files.error().message);
    for (const auto& each : *files) {
      auto report = made->load_path(each);
      if (!report) return invalid(file.source + ": `config` " + report.error().message);
      for (const auto& found : report->diagnostics) {
        if (found.severity != Severity::error || found.layer == Layer::strict) continue;
        const bool resource = found.document >= 0 && !report->documents[static_cast<std::size_t>(found.document)].kind.empty();
        if (folder && !resource) continue;  // a folder has other files too
        refused.push_back(found.source + ":" + std::to_string(found.line) + ":" + std::to_string(found.column) + ": " +
                          found.message + " [" + found.rule + "]");
      }
    }
  }
  return Configured{made->snapshot(), std::move(refused)};
}

}  // namespace

Result<Suite> Suite::load(std::string_view text, const std::string& name) {
  auto files = suite::read(text, name, false);
  if (!files) return files.error();
  if (files->empty()) return invalid(name + " has no tests: write a document with `tests`");
  return Suite(std::make_shared<const suite::Files>(suite::Files{std::move(*files)}));
}

Result<Suite> Suite::load_path(const std::string& path) {
  std::error_code why;
  if (!std::filesystem::is_directory(path, why)) {
    auto text = mesh::read_file(path, kMostBytes);
    if (!text) return text.error();
    return load(*text, path);
  }
  const auto paths = suite::files_of(path);
  if (!paths) return paths.error();
  auto all = std::make_shared<suite::Files>();
  std::string mistakes;
  for (const auto& each : *paths) {
    const auto text = mesh::read_file(each, kMostBytes);
    if (!text) return text.error();
    auto files = suite::read(*text, each, true);
    if (!files) {
      mistakes += (mistakes.empty() ? "" : "\n") + files.error().message;
      continue;
    }
    for (auto& file : *files) all->files.push_back(std::move(file));
  }
  if (!mistakes.empty()) return invalid(std::move(mistakes));
  if (all->files.empty()) return invalid("no file in " + path + " has tests: write a document with `tests`");
  return Suite(std::move(all));
}

Result<SuiteReport> Suite::run(const Snapshot* mesh, const SuiteOptions& options) const {
  using Key = std::vector<std::string>;  // what a mesh is made of
  std::map<Key, Configured> meshes;
  std::map<Key, std::unique_ptr<suite::Coverage>> coverages;
  SuiteReport report;
  for (const suite::File& file : files_->files) {
    Key key;
    if (mesh == nullptr) {
      key = file.config;
      key.insert(key.end(), {"", file.mesh_config, file.mesh_networks});
      if (!meshes.contains(key)) {
        auto made = configure(file, options.mesh);
        if (!made) return made.error();
        report.refused.insert(report.refused.end(), made->refused.begin(), made->refused.end());
        meshes.emplace(key, std::move(*made));
      }
    }
    const Snapshot& snapshot = mesh != nullptr ? *mesh : meshes.at(key).snapshot;
    auto& coverage = coverages[key];
    if (coverage == nullptr && options.coverage) coverage = std::make_unique<suite::Coverage>(snapshot.impl_);
    std::string words = options.config_words;
    if (words.empty()) {
      for (const auto& path : file.config) words += (words.empty() ? "" : " ") + path;
      if (!file.mesh_config.empty()) words += " --mesh-config " + file.mesh_config;
    }
    if (words.empty()) words = "PATH";
    suite::run(file, snapshot.impl_, words, coverage.get(), report);
  }
  for (const auto& [key, coverage] : coverages) {
    if (coverage == nullptr) continue;
    SuiteReport met;
    met.coverage = coverage->items();
    report.append(std::move(met));
  }
  return report;
}

std::string Suite::to_json(bool pretty) const {
  text::OrderedJson json{{"tests", text::OrderedJson::array()}};
  for (const auto& file : files_->files) {
    for (const auto& test : file.cases)
      json["tests"].push_back({{"name", test.name}, {"source", file.source}, {"line", test.line}});
  }
  return json.dump(pretty ? 2 : -1);
}

}  // namespace meshroute
