// SPDX-License-Identifier: Apache-2.0
// Route tables and requests against what a real Envoy did with them.
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "meshroute/route_table.hpp"
#include "score.hpp"

namespace conformance {

namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

// Request headers that a proxy writes by itself, and response headers that the facts leave out.
const Names kOwn{"x-request-id", "x-forwarded-proto", "x-envoy-expected-rq-timeout-ms", "x-envoy-attempt-count",
                 "x-envoy-decorator-operation"};
const Names kFraming{"date", "server", "content-length", "connection", "keep-alive", "transfer-encoding"};
const Names kAnsweredHere{"route_not_found",     "direct_response",    "cluster_not_found",
                          "no_healthy_upstream", "fault_filter_abort", "cors_response"};

Json member(const Json& object, const char* key) { return object.is_object() && object.contains(key) ? object.at(key) : Json(); }

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

Json headers(const Json& given, const Names& without) {
  Json kept = Json::object();
  if (!given.is_object()) return kept;
  for (const auto& [name, value] : given.items()) {
    if (without.count(lower(name)) == 0) kept[lower(name)] = value;
  }
  return kept;
}

Names flags_of(const Json& text) {
  Names flags;
  std::stringstream list(text.is_string() ? text.get<std::string>() : "");
  for (std::string flag; std::getline(list, flag, ',');) {
    if (flag != "DI" && !flag.empty()) flags.insert(flag);
  }
  return flags;
}

/// A request of the facts as the contract spells it.
meshroute::Result<meshroute::Request> request_of(const Json& fact) {
  Json request = Json::object();
  for (const char* key : {"method", "path", "scheme"}) {
    if (fact.contains(key)) request[key] = fact[key];
  }
  if (!member(fact, "authority").is_null()) request["host"] = fact["authority"];
  Json lines = Json::array();
  const Json given = member(fact, "headers");
  const auto add = [&lines](const Json& name, const Json& value) {
    for (const auto& each : value.is_array() ? value : Json::array({value})) lines.push_back({name, each});
  };
  if (given.is_object()) {
    for (const auto& [name, value] : given.items()) add(name, value);
  } else {
    for (const auto& pair : given) add(pair[0], pair[1]);
  }
  if (fact.contains("body")) add("content-length", std::to_string(fact["body"].get<std::string>().size()));
  request["headers"] = lines;
  return meshroute::Request::from_json(request.dump());
}

/// Whether the route aborts some requests and lets others pass, so that both outcomes are right.
bool aborts_some(const Json& table, const Json& want) {
  for (const auto& host : table.value("virtual_hosts", Json::array())) {
    const std::size_t index = want["route_index"].is_null() ? host["routes"].size() : want["route_index"].get<std::size_t>();
    if (host["name"] != want["virtual_host"] || index >= host["routes"].size()) continue;
    for (const Json& level : {host["routes"][index], host, table}) {
      for (const char* key : {"typed_per_filter_config", "typedPerFilterConfig"}) {
        for (const auto& filter : member(level, key)) {
          const Json share = member(member(filter, "abort"), "percentage");
          const double of = member(share, "denominator") == "MILLION"        ? 1e6
                            : member(share, "denominator") == "TEN_THOUSAND" ? 1e4
                                                                             : 100;
          const double part = share.is_object() ? share.value("numerator", 0.0) : 0;
          if (part > 0 && part < of) return true;
        }
      }
    }
  }
  return false;
}

class Comparison {
 public:
  Comparison(const Json& want, const Json& got, const Json& table) : want_(want), got_(got), table_(table) {}

  std::string wrong() {
    const std::string details = want_.value("details", "");
    const Json response = member(got_, "response");
    if (want_["route_index"].is_null() && details != "route_not_found") {  // refused before any route was looked up
      hold("status", want_["status"], member(response, "status"));
      return wrong_;
    }
    const Json samples = member(want_, "distribution").is_array() ? want_["distribution"] : Json::array({want_});
    std::map<std::string, double> reached, weights;
    Names routes, mirrored;
    for (const auto& sample : samples) {
      if (sample["cluster"].is_string() && !sample["cluster"].get<std::string>().empty())
        reached[sample["cluster"]] += sample.value("count", 1.0);
      for (const auto& cluster : member(sample, "shadow_clusters")) mirrored.insert(cluster.get<std::string>());
      routes.insert(sample["virtual_host"].dump() + sample["route_name"].dump());
    }
    if (got_.contains("weighted_clusters")) {
      for (const auto& each : got_["weighted_clusters"]) {
        if (each["weight"].get<double>() > 0) weights[each["name"]] += each["weight"].get<double>();
      }
    } else if (got_.contains("cluster")) {
      weights[got_["cluster"]] = 1;
    }
    if (routes.size() > 1) {  // routes that match by chance: any of them will do
      for (const auto& [name, weight] : weights) hold("cluster " + name, true, reached.count(name) != 0);
      return wrong_;
    }
    hold("virtual_host", want_["virtual_host"], member(got_, "virtual_host"));
    hold("route_index", want_["route_index"], member(got_, "route_index"));
    hold("route", want_["route_name"], member(got_, "route"));
    const Names flags = flags_of(member(response, "flags"));
    if (aborts_some(table_, want_) && (details == "fault_filter_abort" || flags.count("FI") != 0)) return wrong_;
    if (details == "cluster_not_found") {  // a table does not say which clusters there are
      if (weights.size() == 1) hold("cluster", want_.value("configured_cluster", got_.value("cluster", "")), got_["cluster"]);
      if (got_.contains("cluster") || weights.size() > 1) return wrong_;
    }
    if (kAnsweredHere.count(details) != 0) {
      hold("status", want_["status"], member(response, "status"));
      hold("flags", Json(flags_of(want_["flags"])), Json(flags));
      hold("answer's headers", headers(want_["response_headers"], kFraming), headers(member(response, "headers"), kFraming));
    }
    if (!want_["upstream_request"].is_object() || want_["upstream_request"].empty()) return wrong_;
    if (!response.is_null()) wrong_ += "Envoy sent it on, here " + response.dump() + "; ";
    hold_shares(reached, weights);
    for (const auto& cluster : mirrored) {
      const Json mirrors = got_.value("mirrors", Json::array());
      hold("mirror " + cluster, true, std::find(mirrors.begin(), mirrors.end(), cluster) != mirrors.end());
    }
    if (weights.size() <= 1) hold_request();
    return wrong_;
  }

 private:
  void hold(const std::string& what, const Json& envoy, const Json& here) {
    if (envoy != here) wrong_ += what + ": Envoy " + envoy.dump() + ", here " + here.dump() + "; ";
  }

  void hold_shares(const std::map<std::string, double>& reached, const std::map<std::string, double>& weights) {
    double total = 0, all = 0;
    for (const auto& [name, count] : reached) total += count;
    for (const auto& [name, weight] : weights) all += weight;
    for (const auto& [name, count] : reached) {
      const auto weight = weights.find(name);
      hold("cluster " + name, true, weight != weights.end());
      if (weight == weights.end() || !want_.contains("distribution")) continue;
      const double share = weight->second / all;
      if (std::abs(count - total * share) > 1 + 5 * std::sqrt(total * share * (1 - share)))
        wrong_ += "weight of " + name + ": Envoy sent it " + std::to_string(count) + " of " + std::to_string(total) + "; ";
    }
  }

  void hold_request() {
    const Json& sent = want_["upstream_request"];
    const Json here = member(got_, "upstream_request");
    for (const char* key : {"method", "path", "authority"}) hold(key, sent[key], member(here, key));
    Names own = kOwn;
    for (const auto& name : sent.value("headers_added_by_envoy", Json::array())) own.insert(name.get<std::string>());
    for (const char* key : {"headers_added", "headers_changed"})
      hold(key, headers(sent[key], kOwn), headers(member(here, key), own));
    Names envoy, ours;
    for (const auto& name : sent["headers_removed"]) envoy.insert(name.get<std::string>());
    for (const auto& name : member(here, "headers_removed")) ours.insert(lower(name.get<std::string>()));
    hold("headers_removed", Json(envoy), Json(ours));
  }

  const Json &want_, &got_, &table_;
  std::string wrong_;
};

}  // namespace

void semantics(const fs::path& directory, Score& score) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory / "envoy" / "semantics")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const std::string row = path.stem().string();
    for (const Json& entry : Json::parse(read_file(path))) {
      const Json& mesh_case = entry["case"];
      const Json& truth = entry["envoy"];
      const std::string id = mesh_case["id"];
      const Json runtime = member(member(entry, "options"), "runtime");
      // What Envoy is told beside the table, RouteTable is not.
      if (mesh_case.value("profile", "sidecar_outbound") != "sidecar_outbound" || !member(mesh_case, "hcm").empty() ||
          !runtime.empty())
        continue;
      const auto table = meshroute::RouteTable::parse(mesh_case["route_config"].dump());
      if (truth.contains("error")) {
        score.add(row, id, !table, "Envoy refuses it: " + truth["error"].dump());
        continue;
      }
      if (!table) {
        score.add(row, id, false, table.error().message);
        continue;
      }
      for (std::size_t i = 0; i < truth["results"].size(); ++i) {
        const Json& given = mesh_case["requests"][i];
        if (given.contains("raw")) continue;  // bytes that a request of the contract cannot say
        const auto request = request_of(given);
        std::string wrong = request ? "" : request.error().message;
        if (request) {
          const Json got = Json::parse(table->resolve(*request).to_json());
          wrong = Comparison(truth["results"][i], got, mesh_case["route_config"]).wrong();
        }
        score.add(row, id + " / " + given["id"].get<std::string>(), wrong.empty(), wrong);
      }
    }
  }
}

}  // namespace conformance
