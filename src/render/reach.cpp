// SPDX-License-Identifier: Apache-2.0
// Who reaches a host: as JSON, as text, and as pictures.
#include "meshroute/reach.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "meshroute/journey.hpp"
#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_writer.hpp"
#include "text/list.hpp"

namespace meshroute {

namespace {

using render::percent;
using text::some_of;

/// What both languages of pictures are made of. Names of nodes are "n0", "n1", ...
struct Picture {
  struct Node {
    std::vector<std::string> lines;
    enum class Kind { clients, gateway, destination } kind = Kind::clients;
  };
  struct Edge {
    std::size_t from = 0, to = 0;
    std::string label;
    bool good = true;
    auto operator<=>(const Edge&) const = default;
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;

  explicit Picture(const Reach& reach) {
    std::map<std::pair<Node::Kind, std::string>, std::size_t> known;
    const auto node = [&](Node::Kind kind, const std::string& name) {
      const auto [found, fresh] = known.try_emplace({kind, name}, nodes.size());
      if (fresh) nodes.push_back({{name}, kind});
      return found->second;
    };
    for (const ReachGroup& group : reach.groups) {
      if (group.ways.empty()) continue;  // a gateway asks for nothing by itself
      std::map<std::string, std::vector<std::string>> spaces;
      for (const std::string& workload : group.workloads) {
        const auto slash = workload.find('/');
        spaces[workload.substr(0, slash)].push_back(workload.substr(slash + 1));
      }
      for (const auto& [space, names] : spaces) {
        const std::size_t clients = nodes.size();
        nodes.push_back({{space, some_of(names, 3)}, Node::Kind::clients});
        if (!group.sidecar) nodes.back().lines.emplace_back("without a sidecar");
        for (const ReachWay& way : group.ways) {
          std::size_t at = clients;
          const auto go = [&](std::size_t to, const std::string& label) {
            Edge edge{at, to, label, reaches_application(way.result)};
            if (std::find(edges.begin(), edges.end(), edge) == edges.end()) edges.push_back(std::move(edge));
            at = to;
          };
          for (const std::string& gateway : way.gateways) go(node(Node::Kind::gateway, gateway), "");
          const std::string end = !way.destination.empty() ? way.destination : reach.host + ":" + std::to_string(reach.port);
          go(node(Node::Kind::destination, end), way.percent < 100 ? way.result + ", " + percent(way.percent) : way.result);
        }
      }
    }
  }
};

/// Within quotes of the DOT language.
std::string dot_text(const std::string& text) {
  std::string quoted;
  for (const char each : render::printable(text)) {
    if (each == '"' || each == '\\') quoted += '\\';
    quoted += each;
  }
  return quoted;
}

/// Within quotes of Mermaid, which knows HTML's entities.
std::string mermaid_text(const std::string& text) {
  std::string quoted;
  for (const char each : render::printable(text)) {
    if (each == '"')
      quoted += "#quot;";
    else if (each == '<')
      quoted += "#lt;";
    else if (each == '>')
      quoted += "#gt;";
    else if (each == '#')
      quoted += "#35;";
    else
      quoted += each;
  }
  return quoted;
}

}  // namespace

std::string Reach::to_json(bool pretty) const {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  json.begin_object();
  json.member("host", host);
  json.member("port", port);
  json.member("url", url);
  json.member("workloads", workloads);
  json.member("arrives", arrives);
  json.list("groups");
  for (const ReachGroup& group : groups) {
    json.begin_object();
    json.member("result", group.result);
    json.member("arrives_percent", group.arrives_percent);
    json.member("sidecar", group.sidecar);
    json.texts("workloads", group.workloads);
    json.list("ways");
    for (const ReachWay& way : group.ways) {
      json.begin_object();
      json.some("destination", way.destination);
      if (!way.gateways.empty()) json.texts("gateways", way.gateways);
      json.member("result", way.result);
      json.member("percent", way.percent);
      json.end_object();
    }
    json.end_list();
    if (!group.because.empty()) render::write_trace(json, "because", group.because);
    json.end_object();
  }
  json.end_list();
  json.end_object();
  return text;
}

std::string Reach::to_text(bool colour) const {
  std::string text = std::to_string(arrives) + " of " + std::to_string(workloads) + " workloads reach " + url + "\n";
  for (const ReachGroup& group : groups) {
    std::string head = group.result;
    if (group.result != "arrives" && group.result != "gateway") head += ", " + percent(group.arrives_percent) + " arrive";
    if (!group.sidecar) head += ", without a sidecar";
    text += "\n" + head + ": " + std::to_string(group.workloads.size()) +
            (group.workloads.size() == 1 ? " workload\n" : " workloads\n");
    text += "  " + some_of(group.workloads, 8) + "\n";
    std::vector<std::vector<std::string>> rows;
    for (const ReachWay& way : group.ways) {
      std::string to;
      for (const std::string& gateway : way.gateways) to += gateway + " -> ";
      if (group.ways.size() == 1 && way.destination.empty()) continue;
      rows.push_back({"to " + to + (way.destination.empty() ? "nowhere" : way.destination), percent(way.percent), way.result});
    }
    if (!rows.empty()) text += render::aligned(rows, "  ");
    if (group.result != "arrives" && !group.because.empty()) text += render::trace_text({group.because.front()}, colour, true);
  }
  return render::printable(text, colour);
}

std::string Reach::to_dot() const {
  const Picture picture(*this);
  std::string text = "digraph reach {\n  rankdir=LR;\n  label=\"" + dot_text(url) +
                     "\";\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
    const Picture::Node& node = picture.nodes[i];
    std::string label;
    for (const std::string& line : node.lines) label += (label.empty() ? "" : "\\n") + dot_text(line);
    text += "  n" + std::to_string(i) + " [label=\"" + label + "\"";
    if (node.kind == Picture::Node::Kind::destination) text += ", style=\"bold\"";
    if (node.kind == Picture::Node::Kind::gateway) text += ", shape=hexagon";
    text += "];\n";
  }
  for (const Picture::Edge& edge : picture.edges) {
    text += "  n" + std::to_string(edge.from) + " -> n" + std::to_string(edge.to) + " [label=\"" + dot_text(edge.label) + "\"";
    if (!edge.good) text += ", color=red, fontcolor=red, style=dashed";
    text += "];\n";
  }
  return text + "}\n";
}

std::string Reach::to_mermaid() const {
  const Picture picture(*this);
  std::string text = "flowchart LR\n", bad;
  for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
    const Picture::Node& node = picture.nodes[i];
    std::string label;
    for (const std::string& line : node.lines) label += (label.empty() ? "" : "<br/>") + mermaid_text(line);
    const bool gateway = node.kind == Picture::Node::Kind::gateway, end = node.kind == Picture::Node::Kind::destination;
    text += "  n" + std::to_string(i) +
            (gateway ? "{{\""
             : end   ? "([\""
                     : "[\"") +
            label +
            (gateway ? "\"}}"
             : end   ? "\"])"
                     : "\"]") +
            "\n";
  }
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    const Picture::Edge& edge = picture.edges[i];
    text += "  n" + std::to_string(edge.from) + (edge.good ? " -->" : " -.->");
    if (!edge.label.empty()) text += "|\"" + mermaid_text(edge.label) + "\"|";
    text += " n" + std::to_string(edge.to) + "\n";
    if (!edge.good) bad += (bad.empty() ? "" : ",") + std::to_string(i);
  }
  if (!bad.empty()) text += "  linkStyle " + bad + " stroke:red\n";
  return text;
}

}  // namespace meshroute
