// SPDX-License-Identifier: Apache-2.0
// Holds the library against facts from real Istio, and its reasons against its answers.
// usage: meshroute_conformance WHAT DIR [--write-gaps] [--show N] [--step N], WHAT one of admission, view, calls, semantics, inbound,
// gateways_view, gateways_calls, analysis, alarms and agreement. Fails on a case that neither passes nor stands in
// DIR/known_gaps_WHAT.txt, and on a listed case that passes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "score.hpp"

namespace {

using conformance::read_file;
using conformance::Score;
using Json = nlohmann::json;
namespace fs = std::filesystem;

/// Comments and separators only: Istio refuses such a text, here it has no document.
bool has_no_document(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#') && line != "---" && line.find_first_not_of(' ') != std::string::npos) return false;
  }
  return true;
}

void admission(const fs::path& directory, Score& score) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory / "admission")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    if (path.extension() != ".jsonl") continue;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const Json fact = Json::parse(line);
      meshroute::LoadOptions options;
      options.name = "case.yaml";
      const auto report = meshroute::check(fact["yaml"].get<std::string>(), options);
      if (report.documents.empty() && has_no_document(fact["yaml"])) continue;  // by contract
      Json got;
      if (!report.documents.empty()) {
        const auto& document = report.documents[0];
        auto unknown = document.unknown_fields;
        std::sort(unknown.begin(), unknown.end());
        const bool warns = std::any_of(report.diagnostics.begin(), report.diagnostics.end(), [](const auto& d) {
          return d.severity == meshroute::Severity::warning && d.layer == meshroute::Layer::webhook;
        });
        got = {{"decode_ok", document.decode},    {"meta_valid", document.metadata},
               {"schema_valid", document.schema}, {"webhook_valid", document.webhook},
               {"strict_ok", document.strict},    {"admitted", document.accepted},
               {"webhook_warns", warns},          {"unknown_fields", unknown}};
      }
      std::string wrong;
      for (const auto& [key, value] : got.items()) {
        Json want = fact[key];
        if (key == "unknown_fields") std::sort(want.begin(), want.end());
        if (want != value) wrong += key + ": want " + want.dump() + ", got " + value.dump() + "; ";
      }
      if (got.is_null()) wrong = "no document";
      const bool located = std::all_of(report.diagnostics.begin(), report.diagnostics.end(),
                                       [](const auto& d) { return d.line > 0 && d.column > 0 && !d.rule.empty(); });
      const bool told = fact["admitted"].get<bool>() || report.errors() > 0;
      const std::string kind = path.stem().string();
      score.add(kind, fact["id"], wrong.empty(), wrong + fact["istio"].dump());
      score.add(kind + ".positions", fact["id"], located && told, "a refusal without an error, or a diagnostic without a place");
    }
  }
}

Json without(const Json& value, const std::set<std::string>& ignored) {
  if (value.is_object()) {
    Json kept = Json::object();
    for (const auto& [key, item] : value.items()) {
      if (ignored.count(key) == 0) kept[key] = without(item, ignored);
    }
    return kept;
  }
  if (value.is_array()) {
    Json kept = Json::array();
    for (const auto& item : value) kept.push_back(without(item, ignored));
    return kept;
  }
  return value;
}

const std::map<std::string, std::set<std::string>> kIgnored{
    // telemetry and proxy internals
    {"services", {}},
    {"clusters", {"filters", "alt_stat_name", "http_options", "istio"}},
    {"endpoints", {"metadata", "policy"}},
    {"routes", {"max_direct_response_body", "statPrefix"}},
    {"listeners", {"bind_to_port", "listener_filters", "stat_prefix", "refused"}},
};

const std::set<std::string> kCallKeys{"listener",    "filter_chain", "route_config",      "virtual_host", "route",
                                      "route_index", "cluster",      "weighted_clusters", "redirect",     "direct_response",
                                      "error",       "path",         "authority",         "timeout",      "grpc_status"};

void meshes(const fs::path& directory, const std::vector<const char*>& groups, bool calls, Score& score) {
  std::vector<fs::path> files;
  for (const char* group : groups) {
    for (const auto& entry : fs::directory_iterator(directory / group / "cases")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const Json mesh_case = Json::parse(read_file(path));
    const Json expected = Json::parse(read_file(path.parent_path().parent_path() / "expected" / path.filename()));
    const std::string id = mesh_case["id"];
    meshroute::MeshOptions options;
    const bool example = mesh_case.contains("example");  // its ConfigMap configures the mesh
    if (!example && mesh_case.contains("mesh_config")) {
      options.mesh_config =
          mesh_case["mesh_config"].is_string() ? mesh_case["mesh_config"].get<std::string>() : mesh_case["mesh_config"].dump();
    }
    if (!example && mesh_case.contains("mesh_networks")) {
      options.mesh_networks = mesh_case["mesh_networks"].is_string() ? mesh_case["mesh_networks"].get<std::string>()
                                                                     : mesh_case["mesh_networks"].dump();
    }
    const Json flags = mesh_case.value("options", Json::object());
    options.scope_gateway_to_namespace = flags.value("scope_gateway_to_namespace", false);
    options.filter_gateway_cluster_config = flags.value("filter_gateway_cluster_config", false);
    const std::string vip_mode = mesh_case.value("options", Json::object()).value("vip_mode", "status");
    if (vip_mode == "controller") options.vip_mode = meshroute::VipMode::controller;
    if (vip_mode == "legacy") options.vip_mode = meshroute::VipMode::legacy;
    meshroute::Mesh mesh(options);
    meshroute::LoadOptions load;
    load.name = "case.yaml";
    bool refused = false;
    const auto take = [&](const std::string& text) {
      const auto report = mesh.load(text, load);
      for (const auto& document : report.documents) refused = refused || !document.accepted;
      return report.documents.size();
    };
    const std::string text = example ? read_file(directory.parent_path() / "examples" / mesh_case["example"] / "mesh.yaml")
                                     : mesh_case["config_yaml"].get<std::string>();
    if (take(text) == 0) refused = true;
    const Json kube_by_cluster = mesh_case.value("kube_by_cluster", Json::object());
    for (const auto& [cluster, more] : kube_by_cluster.items()) {
      load.name = cluster + ".yaml";
      load.cluster = cluster;
      take(more);
    }
    const bool want_refused = expected.contains("error") && !expected["error"].is_null() && !expected["error"].empty();
    if (!calls) score.add("load", id, refused == want_refused, want_refused ? "Istio refuses it" : "Istio accepts it");
    if (want_refused) continue;
    std::set<std::string> unordered;
    const Json order_sensitive = expected.contains("order_sensitive") && expected["order_sensitive"].is_array()
                                     ? expected["order_sensitive"]
                                     : Json::array();
    for (const auto& section : order_sensitive) unordered.insert(section.get<std::string>());
    if (calls && unordered.count("calls") != 0) continue;
    const auto snapshot = mesh.snapshot();
    for (std::size_t i = 0; i < mesh_case["proxies"].size(); ++i) {
      const Json& want = expected["proxies"][i];
      const auto client = meshroute::Proxy::from_json(mesh_case["proxies"][i].dump());
      if (!client) {
        score.add("load", id + " client " + std::to_string(i), false, client.error().message);
        continue;
      }
      const auto view = snapshot.view(*client);
      if (!calls) {
        for (const auto& [section, ignored] : kIgnored) {
          if (unordered.count(section) != 0) continue;
          const Json left = without(want.value(section, Json("missing")), ignored);
          const Json right = without(Json::parse(view.section_json(section), nullptr, false), ignored);
          std::string detail;
          if (left != right) detail = Json::diff(left, right).dump();
          score.add(section, id + " client " + client->id, left == right, detail);
        }
        continue;
      }
      std::size_t number = 0;
      const Json facts = want.contains("calls") && want["calls"].is_array() ? want["calls"] : Json::array();
      for (const auto& entry : facts) {
        const std::string name = id + " client " + client->id + " call " + std::to_string(number++);
        const auto request = meshroute::Request::from_json(entry["call"].dump());
        if (!request) {
          score.add("calls", name, false, request.error().message);
          continue;
        }
        const Json answer = Json::parse(view.resolve(*request).to_json());
        Json left = Json::object(), right = Json::object();
        for (const auto& key : kCallKeys) {
          if (entry["eval"].contains(key)) left[key] = entry["eval"][key];
          if (answer.contains(key)) right[key] = answer[key];
        }
        constexpr const char* kIndex = "filter_chain_index";  // of gateways, where it is told
        if (entry["eval"].contains(kIndex)) {
          left[kIndex] = entry["eval"][kIndex];
          right[kIndex] = answer.contains(kIndex) ? answer[kIndex] : Json();
        }
        score.add("calls", name, left == right, "want " + left.dump() + " got " + right.dump());
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: meshroute_conformance admission|view|calls|semantics|inbound|gateways_view|gateways_calls|analysis|alarms|"
                 "agreement DIR [--write-gaps] [--show N] [--step N]\n";
    return 2;
  }
  const std::string what = argv[1];
  const fs::path directory = argv[2];
  Score score;
  bool write = false;
  std::size_t step = 1;
  for (int i = 3; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--write-gaps") write = true;
    if (option == "--step" && i + 1 < argc) step = static_cast<std::size_t>(std::stoi(argv[++i]));
    if (option == "--show" && i + 1 < argc) score.show = std::stoi(argv[++i]);
  }
  if (what == "admission")
    admission(directory, score);
  else if (what == "agreement")
    conformance::agreement(directory, step, score);
  else if (what == "semantics")
    conformance::semantics(directory, score);
  else if (what == "inbound")
    conformance::inbound(directory, score);
  else if (what == "gateways_view" || what == "gateways_calls")
    meshes(directory, {"gateways", "gateways_random"}, what == "gateways_calls", score);
  else if (what == "analysis")
    conformance::analysis(directory, score);
  else if (what == "alarms")
    conformance::alarms(directory, score);
  else
    meshes(directory, {"resolution", "random", "examples"}, what == "calls", score);
  return score.close(directory / ("known_gaps_" + what + ".txt"), write);
}
