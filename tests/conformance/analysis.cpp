// SPDX-License-Identifier: Apache-2.0
// The findings of small meshes against those of Istio's analyzers and of Kiali, where the control plane does not prove them
// wrong; and those of the recorded meshes against what the control plane tells their proxies.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "score.hpp"

namespace conformance {

namespace {

using Json = nlohmann::json;
using meshroute::Diagnostic;

std::vector<fs::path> cases_of(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory / "cases")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const Json& fact, const char* member) {
  if (!fact.contains(member) || fact[member].is_null()) return {};
  return fact[member].is_string() ? fact[member].get<std::string>() : fact[member].dump();
}

/// Cluster-scoped resources are named by their names alone.
std::string named(const std::string& resource) {
  const auto space = resource.find(' ');
  return space != std::string::npos && resource.substr(space + 1, 1) == "/"
             ? resource.substr(0, space + 1) + resource.substr(space + 2)
             : resource;
}

/// Which rules stand for the peers' codes.
class Codes {
 public:
  explicit Codes(const fs::path& file) : table_(Json::parse(read_file(file))) {}
  bool stands(const Diagnostic& found, const std::string& code) const {
    if (!table_.contains(code)) return found.rule == code;
    for (const auto& id : table_[code]["ids"]) {
      if (id == found.rule) return true;
      if (id == "*error" && found.severity == meshroute::Severity::error) return true;
      if (id == "*warning" && found.severity == meshroute::Severity::warning && found.layer == meshroute::Layer::webhook)
        return true;
    }
    for (const meshroute::Rule& rule : meshroute::rules()) {
      if (rule.id == found.rule) return std::find(rule.peers.begin(), rule.peers.end(), code) != rule.peers.end();
    }
    return false;
  }
  bool pair(const std::string& code) const { return table_.contains(code) && table_[code].value("pair", false); }

 private:
  Json table_;
};

}  // namespace

void analysis(const fs::path& directory, Score& score) {
  const Codes codes(directory / "analysis" / "codes.json");
  for (const fs::path& path : cases_of(directory / "analysis")) {
    const Json fact = Json::parse(read_file(path));
    const std::string id = fact["id"];
    meshroute::MeshOptions options;
    options.mesh_config = text_of(fact, "mesh_config");
    meshroute::Mesh mesh(options);
    meshroute::LoadOptions load;
    load.name = "mesh.yaml";
    load.apply_refused = true;
    const meshroute::Report loaded = mesh.load(fact["config_yaml"].get<std::string>(), load);
    std::vector<Diagnostic> found = loaded.diagnostics;
    const meshroute::Report analyzed = mesh.snapshot().analyze();
    found.insert(found.end(), analyzed.diagnostics.begin(), analyzed.diagnostics.end());
    const auto resource_at = [&](std::uint32_t line) {
      std::string name;
      for (const auto& document : loaded.documents) {
        if (document.line <= line) name = named(document.kind + " " + document.namespace_ + "/" + document.name);
      }
      return name;
    };
    std::set<std::pair<std::string, std::string>> explained;
    for (const Json& want : fact["expect"]) {
      const std::string code = want["code"];
      std::set<std::string> resources;
      for (const Diagnostic& each : found) {
        if (!codes.stands(each, code)) continue;
        resources.insert(named(each.resource));
        explained.emplace(each.rule, named(each.resource));
        if (!codes.pair(code)) continue;
        for (const auto& related : each.related) resources.insert(resource_at(related.line));
      }
      score.add(code + " found", id + " " + want["resource"].get<std::string>(), resources.count(want["resource"]) == 1,
                fact["why"]);
    }
    for (const Json& not_wanted : fact["not_expect"]) {
      const std::string code = not_wanted["code"], resource = not_wanted["resource"];
      const auto wrong = std::find_if(found.begin(), found.end(), [&](const Diagnostic& each) {
        return codes.stands(each, code) && (resource == "*" || named(each.resource) == resource) &&
               explained.count({each.rule, named(each.resource)}) == 0;
      });
      score.add(code + " silent", id + " " + resource, wrong == found.end(),
                wrong == found.end() ? std::string() : wrong->message);
    }
  }
}

}  // namespace conformance
