// SPDX-License-Identifier: Apache-2.0
// Holds the server's side against facts from real Istio: sections, access filters and calls of tests/conformance/inbound, whose
// calls were all made against a real Envoy, and of a part of its random counterpart.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "score.hpp"

namespace conformance {

namespace {

using Json = nlohmann::json;

const std::set<std::string> kUnread{"alpn", "cert", "ca", "stat_prefix", "chain_index"};
const std::set<std::string> kAnswer{
    "listener",  "chain", "kind",   "tls",         "peer",    "allowed",      "error", "action",
    "policy",    "jwt",   "status", "grpc_status", "cluster", "virtual_host", "route", "request_principal",
    "remote_ip", "audit", "asked",  "dry_run"};

Json without(const Json& value, const std::set<std::string>& ignored) {
  if (value.is_object()) {
    Json kept = Json::object();
    for (const auto& [key, item] : value.items()) {
      if (ignored.count(key) == 0) kept[key] = without(item, ignored);
    }
    return kept;
  }
  if (!value.is_array()) return value;
  Json kept = Json::array();
  for (const auto& item : value) kept.push_back(without(item, ignored));
  return kept;
}

Json kept(const Json& value, const std::set<std::string>& keys) {
  Json result = Json::object();
  for (const auto& [key, item] : value.items()) {
    if (keys.count(key) != 0 && !item.is_null() && item != "" && item != Json::array()) result[key] = item;
  }
  return result;
}

/// The access filters of a section, which are a row of their own; the section keeps its policies.
Json take_filters(Json& section) {
  const Json authorization = section.value("authorization", Json::object());
  Json filters = Json::object();
  for (const char* kind : {"http", "tcp"}) {
    if (authorization.contains(kind)) filters[kind] = authorization[kind];
  }
  section["authorization"] = authorization.value("policies", Json::object());
  return filters;
}

std::string difference(const Json& want, const Json& got) { return want == got ? std::string() : Json::diff(want, got).dump(); }

void hold_proxy(const meshroute::Snapshot& snapshot, const Json& given, const Json& want, const std::string& id, Score& score) {
  const auto proxy = meshroute::Proxy::from_json(given.dump());
  if (!proxy) return score.add("load", id, false, proxy.error().message);
  const std::string name = id + " proxy " + proxy->id;
  const auto view = snapshot.view(*proxy);
  Json left = without(want["inbound"], kUnread), right = without(Json::parse(view.section_json("inbound")), kUnread);
  const Json left_filters = take_filters(left), right_filters = take_filters(right);
  score.add("sections", name, left == right, difference(left, right));
  score.add("access filters", name, left_filters == right_filters, difference(left_filters, right_filters));
  const Json left_tls = without(want.value("client_tls", Json()), kUnread),
             right_tls = without(Json::parse(view.section_json("client_tls")), kUnread);
  score.add("client tls", name, left_tls == right_tls, difference(left_tls, right_tls));
  std::size_t number = 0;
  const Json calls = want.contains("calls") && want["calls"].is_array() ? want["calls"] : Json::array();
  for (const auto& entry : calls) {
    const std::string call = name + " call " + std::to_string(number++);
    if (entry["call"]["mode"] != "inbound") continue;
    const auto request = meshroute::Request::from_json(entry["call"].dump());
    if (!request) {
      score.add("calls", call, false, request.error().message);
      continue;
    }
    const Json expected = kept(entry["eval"], kAnswer);
    for (const bool trace : {false, true}) {  // the index, and the walk
      const Json answer = kept(Json::parse(view.resolve_inbound(*request, {.trace = trace}).to_json()), kAnswer);
      score.add(trace ? "calls, explained" : "calls", call, answer == expected,
                entry["call"].dump() + " want " + expected.dump() + " got " + answer.dump());
    }
  }
}

}  // namespace

void inbound(const fs::path& directory, Score& score) {
  std::vector<fs::path> files;
  for (const char* group : {"inbound", "inbound_random"}) {
    for (const auto& entry : fs::directory_iterator(directory / group / "cases")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const Json mesh_case = Json::parse(read_file(path));
    const Json expected = Json::parse(read_file(path.parent_path().parent_path() / "expected" / path.filename()));
    const std::string id = mesh_case["id"];
    meshroute::MeshOptions options;
    if (mesh_case.contains("mesh_config")) options.mesh_config = mesh_case["mesh_config"].dump();
    meshroute::Mesh mesh(options);
    meshroute::LoadOptions load;
    load.name = "case.yaml";
    const auto report = mesh.load(mesh_case["config_yaml"].get<std::string>(), load);
    const bool refused =
        std::any_of(report.documents.begin(), report.documents.end(), [](const auto& document) { return !document.accepted; });
    const bool want_refused = expected.contains("error") && !expected["error"].is_null() && expected["error"] != "";
    score.add("load", id, refused == want_refused, want_refused ? "Istio refuses it" : "Istio accepts it");
    if (want_refused) continue;
    const auto snapshot = mesh.snapshot();
    for (std::size_t i = 0; i < mesh_case["proxies"].size(); ++i)
      hold_proxy(snapshot, mesh_case["proxies"][i], expected["proxies"][i], id, score);
  }
}

}  // namespace conformance
