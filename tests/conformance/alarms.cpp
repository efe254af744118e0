// SPDX-License-Identifier: Apache-2.0
// No false alarms: of the findings about recorded meshes that speak of a cluster, an endpoint, a route or a Sidecar, none that
// the control plane's answers to the mesh's proxies refute.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "score.hpp"

namespace conformance {

namespace {

using Json = nlohmann::json;
using meshroute::Diagnostic;

std::string text_of(const Json& fact, const char* member) {
  if (!fact.contains(member) || fact[member].is_null()) return {};
  return fact[member].is_string() ? fact[member].get<std::string>() : fact[member].dump();
}

/// "outbound|80|v1|api.example.com" in its parts; empty for other clusters.
struct ClusterName {
  std::string port, subset, host;
};
std::optional<ClusterName> parts_of(const std::string& name) {
  static const std::regex form(R"(outbound\|([^|]*)\|([^|]*)\|(.*))");
  std::smatch parts;
  if (!std::regex_match(name, parts, form)) return std::nullopt;
  return ClusterName{parts[1], parts[2], parts[3]};
}

/// One recorded mesh, and what its proxies were told.
class Recorded {
 public:
  Recorded(const Json& mesh_case, const Json& expected) : case_(mesh_case), expected_(expected) {}

  /// Why the finding cannot be right, or empty.
  std::string refuted(const Diagnostic& found) const {
    std::smatch parts;
    const std::string& text = found.message;
    static const std::regex resource_form(R"((\S+) (\S*)/(\S+))");
    std::smatch resource;
    if (!std::regex_match(found.resource, resource, resource_form)) return {};
    const std::string kind = resource[1], in = resource[2], name = resource[3];
    const std::string rule = "/namespaces/" + in + "/virtual-service/" + name + "\"";
    static const std::regex of_clients(R"(clients of namespace (\S+) have this rule.*)");
    std::string clients;
    if (std::regex_match(text, parts, of_clients)) clients = parts[1];
    if (!clients.empty() && found.path.starts_with("spec.http") && has_proxy(clients) && routes_have({}, rule) &&
        !routes_have(clients, rule))
      return "the clients of the namespace have no route of it";
    if (found.rule == "AN0404" || found.rule == "AN0407") {
      static const std::regex host(R"(.*(?:has the host|not the host|own namespace:) (\S+?)(?:[:,]| |$).*)");
      if (!std::regex_match(text, parts, host)) return {};
      const std::string wanted = parts[1];
      return with_cluster(clients, [&](const ClusterName& each) { return each.host == wanted; });
    }
    if (found.rule == "AN0405") {
      static const std::regex port(R"((\S+) has no port (\d+) .*)");
      if (!std::regex_match(text, parts, port)) return {};
      const std::string host = parts[1], number = parts[2];
      return with_cluster({}, [&](const ClusterName& each) { return each.host == host && each.port == number; });
    }
    if (found.rule == "AN0409" || found.rule == "AN0410") {
      static const std::regex undefined(R"(no DestinationRule for (\S+) defines a subset (\S+):.*)");
      static const std::regex unseen(R"(.* subset (\S+) of (\S+): .*)");
      std::string host, subset;
      if (std::regex_match(text, parts, undefined)) {
        host = parts[1];
        subset = parts[2];
      } else if (!clients.empty() && std::regex_match(text, parts, unseen)) {
        subset = parts[1];
        host = parts[2];
      } else {
        return {};
      }
      return with_cluster(clients, [&](const ClusterName& each) { return each.host == host && each.subset == subset; });
    }
    if (found.rule == "AN0302") {
      static const std::regex empty(R"(subset (\S+) has no endpoint: none of (\S+) has.*)");
      if (!std::regex_match(text, parts, empty)) return {};
      return with_endpoints(parts[2], parts[1], "/namespaces/" + in + "/destination-rule/" + name + "\"");
    }
    if (found.rule == "AN0301") return with_config("/namespaces/" + in + "/destination-rule/" + name + "\"");
    if (found.rule == "AN0422" && routes_have({}, rule)) return "a proxy has routes of it";
    if (found.rule == "AN0406") return lost(text, rule);
    if (found.rule == "AN0802") return with_sidecar(in, name);
    return {};
  }

 private:
  template <class Visit>
  void each_proxy(const std::string& in, const Visit& visit) const {
    for (std::size_t i = 0; i < case_["proxies"].size() && i < expected_["proxies"].size(); ++i) {
      if (in.empty() || case_["proxies"][i].value("namespace", "") == in) visit(expected_["proxies"][i]);
    }
  }
  bool has_proxy(const std::string& in) const {
    bool some = false;
    each_proxy(in, [&](const Json&) { some = true; });
    return some;
  }
  bool routes_have(const std::string& in, const std::string& config) const {
    bool some = false;
    each_proxy(in, [&](const Json& proxy) {
      some = some || (proxy.contains("routes") && proxy["routes"].dump().find(config) != std::string::npos);
    });
    return some;
  }
  template <class Match>
  std::string with_cluster(const std::string& in, const Match& match) const {
    std::string refuting;
    each_proxy(in, [&](const Json& proxy) {
      for (const Json& cluster : proxy.value("clusters", Json::array())) {
        const auto parts = parts_of(cluster["name"]);
        if (parts && match(*parts)) refuting = "there is the cluster " + cluster["name"].get<std::string>();
      }
    });
    return refuting;
  }
  /// The subset's endpoints, where the cluster is made of this DestinationRule.
  std::string with_endpoints(const std::string& host, const std::string& subset, const std::string& config) const {
    std::string refuting;
    each_proxy({}, [&](const Json& proxy) {
      for (const Json& group : proxy.value("endpoints", Json::array())) {
        const auto parts = parts_of(group["cluster"]);
        if (!parts || parts->host != host || parts->subset != subset || group.value("endpoints", Json::array()).empty()) continue;
        const Json clusters = proxy.value("clusters", Json::array());
        const auto own =
            std::find_if(clusters.begin(), clusters.end(), [&](const Json& each) { return each["name"] == group["cluster"]; });
        if (own != clusters.end() && own->dump().find(config) != std::string::npos)
          refuting = group["cluster"].get<std::string>() + " has endpoints";
      }
    });
    return refuting;
  }
  std::string with_config(const std::string& config) const {
    std::string refuting;
    each_proxy({}, [&](const Json& proxy) {
      for (const Json& cluster : proxy.value("clusters", Json::array())) {
        if (cluster.dump().find(config) != std::string::npos) refuting = cluster["name"].get<std::string>() + " is made of it";
      }
    });
    return refuting;
  }
  std::string with_sidecar(const std::string& in, const std::string& name) const {
    std::string refuting;
    each_proxy({}, [&](const Json& proxy) {
      const Json sidecar = proxy.value("sidecar", Json::object());
      if (sidecar.is_object() && sidecar.value("name", "") == name && sidecar.value("namespace", "") == in)
        refuting = "a proxy has it";
    });
    return refuting;
  }
  /// A VirtualService that is said to lose a host: whether a table of a proxy that has rules of the winner
  /// has the loser's for the host.
  std::string lost(const std::string& text, const std::string& rule) const {
    static const std::regex form(R"(clients that see both use the rules of (?:VirtualService )?(\S+)/(\S+) for (\S+), which.*)");
    std::smatch parts;
    if (!std::regex_match(text, parts, form)) return {};
    const std::string winner = "/namespaces/" + parts[1].str() + "/virtual-service/" + parts[2].str() + "\"", host = parts[3];
    std::string refuting;
    each_proxy({}, [&](const Json& proxy) {
      const Json tables = proxy.value("routes", Json::array());
      for (const Json& table : tables) {  // of one port, where the two meet
        if (table.dump().find(winner) == std::string::npos) continue;
        for (const Json& virtual_host : table.value("virtual_hosts", Json::array())) {
          const Json domains = virtual_host.value("domains", Json::array());
          const bool of_host = std::find(domains.begin(), domains.end(), host) != domains.end();
          if (of_host && virtual_host.dump().find(rule) != std::string::npos)
            refuting = "table " + table.value("name", "") + " has its rules for the host";
        }
      }
    });
    return refuting;
  }

  const Json& case_;
  const Json& expected_;
};

}  // namespace

void alarms(const fs::path& directory, Score& score) {
  for (const char* group : {"resolution", "random"}) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory / group / "cases")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) {
      const Json mesh_case = Json::parse(read_file(path));
      const Json expected = Json::parse(read_file(directory / group / "expected" / path.filename()));
      if (expected.contains("error") && !expected["error"].is_null() && !expected["error"].empty()) continue;
      meshroute::MeshOptions options;
      options.mesh_config = text_of(mesh_case, "mesh_config");
      options.mesh_networks = text_of(mesh_case, "mesh_networks");
      const std::string vip_mode = mesh_case.value("options", Json::object()).value("vip_mode", "status");
      if (vip_mode == "controller") options.vip_mode = meshroute::VipMode::controller;
      if (vip_mode == "legacy") options.vip_mode = meshroute::VipMode::legacy;
      meshroute::Mesh mesh(options);
      meshroute::LoadOptions load;
      load.name = "case.yaml";
      mesh.load(mesh_case["config_yaml"].get<std::string>(), load);
      const Json kube_by_cluster = mesh_case.value("kube_by_cluster", Json::object());
      for (const auto& [cluster, more] : kube_by_cluster.items()) {
        load.name = cluster + ".yaml";
        load.cluster = cluster;
        mesh.load(more.get<std::string>(), load);
      }
      const Recorded recorded(mesh_case, expected);
      for (const Diagnostic& found : mesh.snapshot().analyze().diagnostics) {
        const std::string why = recorded.refuted(found);
        score.add(found.rule, mesh_case["id"].get<std::string>() + " " + found.resource + " " + found.path, why.empty(),
                  found.message + " — " + why);
      }
    }
  }
}

}  // namespace conformance
