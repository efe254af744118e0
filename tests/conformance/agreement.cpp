// SPDX-License-Identifier: Apache-2.0
// View::why and View::resolve never contradict each other: over the meshes of the facts, every host of every view, each port.
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"
#include "score.hpp"

namespace conformance {

namespace {

using Json = nlohmann::json;
using meshroute::Answer;
using meshroute::Reasons;
using meshroute::TraceLine;
using meshroute::Verdict;
using meshroute::View;
using Texts = std::set<std::string>;

/// One port of the host: its line, and those behind it that say why.
struct Story {
  std::uint32_t port = 0;
  std::string protocol;  ///< of the port, as the line says it
  const TraceLine* line = nullptr;
  std::vector<const TraceLine*> lines;
};

std::vector<Story> stories_of(const Reasons& reasons) {
  std::vector<Story> stories;
  for (const TraceLine& line : reasons.lines) {
    if (line.code == "port") {
      Story& story = stories.emplace_back();
      story.line = &line;
      story.port = static_cast<std::uint32_t>(std::stoul(line.text));
      const auto open = line.text.find('('), close = line.text.find(')');
      story.protocol = line.text.substr(open + 1, close - open - 1);
    } else if (!stories.empty()) {
      stories.back().lines.push_back(&line);
    }
  }
  return stories;
}

/// The request to a port by its protocol; a gateway ends the TLS of HTTPS.
meshroute::Request request_for(const std::string& host, bool literal, const Story& story, bool router) {
  static const Texts kTls{"TLS", "HTTPS"}, kTcp{"TCP", "Mongo", "Redis", "MySQL"};
  meshroute::Request request;
  request.port = story.port;
  request.host = host;
  if (literal) request.address = host;
  if (literal && host.find(':') != std::string::npos) request.host = "[" + host + "]";
  if (kTls.count(story.protocol) != 0) {
    request.tls = true;
    if (!router || story.protocol == "TLS") request.protocol = "tcp";
    if (!literal) request.sni = host;
  } else if (kTcp.count(story.protocol) != 0) {
    request.protocol = "tcp";
  }
  request.client_cert = router;
  return request;
}

Texts resources_of(const std::vector<TraceLine>& lines, const char* code, Verdict verdict) {
  Texts found;
  for (const TraceLine& line : lines) {
    if (line.code == code && line.verdict == verdict) found.insert(line.resource);
  }
  return found;
}

std::string listed(const Texts& texts) {
  std::string text;
  for (const auto& each : texts) text += (text.empty() ? "" : " ") + each;
  return "{" + text + "}";
}

Texts clusters_of(const Answer& answer) {
  Texts names;
  if (!answer.cluster.empty()) names.insert(answer.cluster);
  for (const auto& each : answer.weighted_clusters) names.insert(each.name);
  names.erase("PassthroughCluster");
  names.erase("BlackHoleCluster");
  return names;
}

/// The clusters that a text names.
Texts clusters_in(const std::string& text) {
  Texts names;
  for (std::size_t at = text.find("outbound|"); at != std::string::npos; at = text.find("outbound|", at + 1))
    names.insert(text.substr(at, text.find_first_of(" ,:", at) - at));
  return names;
}

const std::map<std::string, std::string> kPhrases{{"routed", "goes to "},
                                                  {"no_cluster", "does not have"},
                                                  {"no_endpoints", "has no endpoint"},
                                                  {"redirect", "is redirected"},
                                                  {"direct_response", "is answered with"},
                                                  {"no_route", "matches no route"},
                                                  {"no_virtual_host", "matches no route"},
                                                  {"passthrough", "original destination"},
                                                  {"blackhole", "is refused"},
                                                  {"bad_request", "is refused"},
                                                  {"denied", "is refused"}};

/// What differs between a port's story and the answer to a request; empty where nothing does.
std::string contradiction(const Reasons& reasons, const Story& story, const Answer& answer) {
  const std::string& said = story.line->text;
  const auto phrase = kPhrases.find(answer.outcome);
  if (phrase == kPhrases.end() || said.find(phrase->second) == std::string::npos)
    return "the answer is " + answer.outcome + ", and why says: " + said;
  const bool leaves = answer.outcome != "direct_response" && answer.outcome != "redirect";
  const Texts clusters = leaves ? clusters_of(answer) : Texts{};
  if (clusters_in(said) != clusters) return "the clusters are " + listed(clusters) + ", and why says: " + said;
  if ((story.line->verdict == Verdict::skipped) != (answer.failure_percent > 0))
    return "failure_percent is " + std::to_string(answer.failure_percent) + ", and why says: " + said;
  Texts told, owners;
  for (const TraceLine* line : story.lines) {
    if (line->stage == "cluster" && line->code.rfind("cluster_", 0) == 0) {
      for (const auto& name : clusters_in(line->text)) told.insert(name);
    }
    if (line->code == "virtual_service_matched") owners.insert(line->resource);
    if (line->code == "virtual_service_lost_host" && answer.config.find('/') != std::string::npos) {
      const std::string tail = answer.config.substr(answer.config.find("/namespaces/") + 12);
      const std::string name = "VirtualService " + tail.substr(0, tail.find('/')) + tail.substr(tail.rfind('/'));
      if (line->resource == name) return "the route is that of " + name + ", and why says: " + line->text;
    }
  }
  if (leaves && told != clusters) return "the clusters are " + listed(clusters) + ", and why tells of " + listed(told);
  const Texts matched = resources_of(answer.trace, "virtual_service_matched", Verdict::matched);
  if (matched != owners) return "the VirtualServices are " + listed(matched) + ", and why says " + listed(owners);
  const Texts services = resources_of(answer.trace, "service_found", Verdict::matched);
  const Texts defined = resources_of(reasons.lines, "service_found", Verdict::matched);
  for (const auto& service : services) {
    if (defined.count(service) == 0) return "the service is " + service + ", and why says " + listed(defined);
  }
  if (!services.empty() && !reasons.visible) return "the service is " + listed(services) + ", and why says that it is not seen";
  for (const char* code : {"host_is_address", "host_is_endpoint", "host_is_member", "host_in_wildcard"}) {
    const Texts one = resources_of(answer.trace, code, Verdict::matched),
                other = resources_of(reasons.lines, code, Verdict::matched);
    if (one != other) return std::string(code) + " of " + listed(one) + ", and why says " + listed(other);
  }
  // A definition that is told to be hidden is no part of the answer.
  for (const TraceLine& line : reasons.lines) {
    if (line.stage == "definition" && line.verdict == Verdict::skipped && line.code != "service_not_merged" &&
        line.code != "service_clusters_only" && services.count(line.resource) != 0 && defined.count(line.resource) == 0)
      return "the service is " + line.resource + ", and why says: " + line.text;
  }
  return {};
}

/// The hosts that a view and its mesh have: names, short names, pods of headless Services, addresses, and some that nobody has.
Texts hosts_of(const Json& mesh_case, const View& view, const std::string& text) {
  Texts hosts{"unknown.example.com", "unknown"};
  const auto add = [&hosts](std::string host) {
    if (host.empty() || host.find('/') != std::string::npos) return;
    if (host[0] == '*') host = "x" + host.substr(1);
    hosts.insert(host);
    hosts.insert(host.substr(0, host.find('.')));
  };
  for (const auto& service : view.services()) {
    add(service.hostname);
    for (const auto& address : service.addresses) {
      if (address.find('/') == std::string::npos && address != "0.0.0.0") hosts.insert(address);
    }
  }
  for (const auto& route : view.routes()) {
    add(route.virtual_host.substr(0, route.virtual_host.rfind(':')));
  }
  for (const auto& endpoint : view.endpoints()) {
    if (endpoint.address.find('/') == std::string::npos) hosts.insert(endpoint.address);
  }
  // Those that the proxy may not see: whatever stands in a list of hosts.
  for (std::size_t at = text.find("hosts: ["); at != std::string::npos; at = text.find("hosts: [", at + 1)) {
    const std::string list = text.substr(at + 8, text.find(']', at) - at - 8);
    std::string host;
    for (const char c : list + ",") {
      if (c == ',') {
        add(host);
        host.clear();
      } else if (c != ' ' && c != '\'' && c != '"') {
        host += c;
      }
    }
  }
  const Json none = Json::array();
  const Json& calls = mesh_case.contains("calls") && mesh_case["calls"].is_array() ? mesh_case["calls"] : none;
  for (const auto& call : calls) {
    if (!call.contains("host") || !call["host"].is_string()) continue;
    const auto host = call["host"].get<std::string>();
    if (host.find('[') == std::string::npos && host.find(' ') == std::string::npos) add(host.substr(0, host.find(':')));
  }
  hosts.erase("");
  return hosts;
}

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

/// Of every view each `step`th host, so that a test is bounded; 1: all.
void agreement(const fs::path& directory, std::size_t step, Score& score) {
  std::vector<fs::path> files;
  for (const char* group : {"resolution", "random", "gateways", "gateways_random"}) {
    for (const auto& entry : fs::directory_iterator(directory / group / "cases")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::size_t number = 0;
  for (const auto& path : files) {
    const Json mesh_case = Json::parse(read_file(path));
    meshroute::MeshOptions options;
    const auto option = [&mesh_case](const char* name) {
      if (!mesh_case.contains(name) || mesh_case[name].is_null()) return std::string();
      return mesh_case[name].is_string() ? mesh_case[name].get<std::string>() : mesh_case[name].dump();
    };
    options.mesh_config = option("mesh_config");
    options.mesh_networks = option("mesh_networks");
    meshroute::Mesh mesh(options);
    const std::string text = mesh_case["config_yaml"].get<std::string>();
    mesh.load(text);
    const Json none = Json::object();
    const bool several = mesh_case.contains("kube_by_cluster") && mesh_case["kube_by_cluster"].is_object();
    for (const auto& [cluster, more] : (several ? mesh_case["kube_by_cluster"] : none).items()) {
      meshroute::LoadOptions load;
      load.cluster = cluster;
      mesh.load(more.get<std::string>(), load);
    }
    const auto snapshot = mesh.snapshot();
    for (const auto& proxy_json : mesh_case["proxies"]) {
      const auto proxy = meshroute::Proxy::from_json(proxy_json.dump());
      if (!proxy) continue;
      const bool router = proxy->type == meshroute::Proxy::Type::router;
      const View view = snapshot.view(*proxy);
      for (const auto& host : hosts_of(mesh_case, view, text)) {
        if (number++ % step != 0) continue;
        const Reasons reasons = view.why(host);
        const std::string id = mesh_case["id"].get<std::string>() + " " + proxy->id + " " + host;
        const auto stories = stories_of(reasons);
        score.add("why", id, !stories.empty(), "why says of no port what becomes of a request");
        for (const Story& story : stories) {
          meshroute::ResolveOptions explain;
          explain.trace = true;
          const Answer answer =
              view.resolve(request_for(is_address(host) ? host : reasons.host, is_address(host), story, router), explain);
          const std::string wrong = contradiction(reasons, story, answer);
          score.add("why", id + " " + std::to_string(story.port), wrong.empty(), wrong);
        }
        std::map<std::string, bool> rules;  // shown as used
        for (const TraceLine& line : reasons.lines) {
          if (line.stage == "destination rule") rules[line.resource] = line.verdict == Verdict::matched;
        }
        meshroute::ViewFilter filter;
        filter.host = reasons.host;
        for (const auto& cluster : view.clusters(filter)) {
          if (cluster.host != reasons.host || is_address(host)) continue;
          const auto& rule = cluster.destination_rule;
          const std::string name = rule.kind + " " + rule.namespace_ + "/" + rule.name;
          const bool any = std::any_of(rules.begin(), rules.end(), [](const auto& each) { return each.second; });
          const bool agree = rule.name.empty() ? !any : rules.count(name) == 1;
          score.add("destination rules", id + " " + cluster.name, agree,
                    (rule.name.empty() ? "no DestinationRule" : name) + " shapes it, and why says otherwise");
        }
      }
    }
  }
}

}  // namespace conformance
