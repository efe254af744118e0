// SPDX-License-Identifier: Apache-2.0
// An answer and its trace as JSON and as text.
#include "meshroute/answer.hpp"

#include <algorithm>
#include <cstdio>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "resolve/resolve.hpp"
#include "text/json_tree.hpp"
#include "text/json_writer.hpp"
#include "view/route_words.hpp"

namespace meshroute {

using text::JsonWriter;

namespace {

/// A header's value: a string, or a list where it stands on several lines.
void header(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  if (values.size() == 1) return json.member(name, values[0]);
  json.texts(name, values);
}

template <class Headers>
void headers(JsonWriter& json, std::string_view name, const Headers& all) {
  json.object(name);
  for (const auto& [header_name, values] : all) header(json, header_name, values);
  json.end_object();
}

constexpr std::size_t kUsual = 2048;  ///< bytes of an answer with few endpoints

void embed(JsonWriter& json, std::string_view name, const std::string& protojson) {
  if (protojson.empty()) return;
  json.key(name);
  json.compact(protojson);
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::matched:
      return "matched";
    case Verdict::skipped:
      return "skipped";
    case Verdict::noted:
      return "noted";
  }
  return "noted";
}

void write_endpoint(JsonWriter& json, const AnswerEndpoint& endpoint) {
  json.begin_object();
  json.member("cluster", endpoint.cluster);
  json.member("address", endpoint.address);
  json.member("port", endpoint.port);
  json.member("weight", endpoint.weight);
  json.member("locality", endpoint.locality);
  json.member("priority", endpoint.priority);
  json.member("health", endpoint.health);
  json.map("labels", endpoint.labels);
  json.some("service_account", endpoint.service_account);
  json.some("resource", endpoint.resource);
  if (endpoint.assumed) json.member("assumed", true);
  json.end_object();
}

void write_upstream_request(JsonWriter& json, const UpstreamRequest& sent) {
  json.object("upstream_request");
  json.member("method", sent.method);
  json.member("path", sent.path);
  json.member("authority", sent.authority);
  headers(json, "headers_added", sent.headers_added);
  json.object("headers_changed");
  for (const auto& changed : sent.headers_changed) {
    json.object(changed.name);
    header(json, "sent", changed.sent);
    header(json, "got", changed.got);
    json.end_object();
  }
  json.end_object();
  json.texts("headers_removed", sent.headers_removed);
  json.end_object();
}

}  // namespace

namespace render {

void write(JsonWriter& json, const Answer& answer) {
  json.begin_object();
  json.member("outcome", answer.outcome);
  json.some("listener", answer.listener);
  json.some("filter_chain", answer.filter_chain);
  if (answer.filter_chain_index) json.member("filter_chain_index", *answer.filter_chain_index);
  json.some("route_config", answer.route_config);
  json.some("virtual_host", answer.virtual_host);
  json.some("route", answer.route);
  if (answer.route_index) json.member("route_index", *answer.route_index);
  json.some("config", answer.config);
  json.some("cluster", answer.cluster);
  if (!answer.weighted_clusters.empty()) {
    json.list("weighted_clusters");
    for (const auto& destination : answer.weighted_clusters) {
      json.begin_object();
      json.member("name", destination.name);
      json.member("weight", destination.weight);
      json.some("authority", destination.authority);
      json.end_object();
    }
    json.end_list();
  }
  embed(json, "redirect", answer.redirect);
  if (answer.direct_response) json.member("direct_response", *answer.direct_response);
  json.some("error", answer.error);
  json.some("path", answer.path);
  json.some("authority", answer.authority);
  json.some("timeout", answer.timeout);
  if (answer.grpc_status) json.member("grpc_status", *answer.grpc_status);
  if (!answer.endpoints.empty()) {
    json.list("endpoints");
    for (const auto& endpoint : answer.endpoints) write_endpoint(json, endpoint);
    json.end_list();
  }
  if (answer.upstream_request) write_upstream_request(json, *answer.upstream_request);
  if (!answer.mirrors.empty()) json.texts("mirrors", answer.mirrors);
  embed(json, "retries", answer.retries);
  if (answer.response) {
    json.object("response");
    json.member("status", answer.response->status);
    json.some("flags", answer.response->flags);
    headers(json, "headers", answer.response->headers);
    json.end_object();
  }
  if (!answer.picked_cluster.empty()) {
    json.object("picked");
    json.member("cluster", answer.picked_cluster);
    json.member("endpoint", answer.picked_endpoint);
    json.end_object();
  }
  json.member("failure_percent", answer.failure_percent);
  if (const auto& tls = answer.upstream_tls; !tls.mode.empty()) {
    json.object("upstream_tls");
    json.member("mode", tls.mode);
    json.some("sni", tls.sni);
    if (!tls.sans.empty()) json.texts("sans", tls.sans);
    json.some("why", tls.why);
    json.end_object();
  }
  if (!answer.because.empty()) write_trace(json, "because", answer.because);
  if (!answer.trace.empty()) write_trace(json, "trace", answer.trace);
  json.end_object();
}

}  // namespace render

std::string Answer::to_json(bool pretty) const {
  std::string text;
  text.reserve(kUsual);
  JsonWriter json(text, pretty ? 2 : -1);
  render::write(json, *this);
  return text;
}

namespace {

/// "VirtualService shop/api" of "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/api".
std::string owner_of(const std::string& config) {
  const auto space = config.find("/namespaces/");
  const auto kind = config.find("/virtual-service/");
  if (space == std::string::npos || kind == std::string::npos) return config;
  return "VirtualService " + config.substr(space + 12, kind - space - 12) + config.substr(kind + 16);
}

/// Labels that say what the locality and the cluster say already are left out.
std::string labels_text(const AnswerEndpoint& endpoint) {
  std::string text;
  for (const auto& [key, value] : endpoint.labels) {
    if (key.starts_with("topology.kubernetes.io/") || key == "topology.istio.io/cluster" || key == "topology.istio.io/subzone")
      continue;
    if (endpoint.assumed && key == "security.istio.io/tlsMode") continue;  // nobody has written it
    text += (text.empty() ? "" : ",") + key + "=" + value;
  }
  return text;
}

/// Of the requests, by the weights of the clusters and of the endpoints of the first priority; "-" for one that stands by.
std::string share_text(const Answer& answer, const AnswerEndpoint& endpoint) {
  double of_cluster = answer.weighted_clusters.empty() ? 1 : 0, all = 0;
  for (const auto& destination : answer.weighted_clusters) {
    all += destination.weight;
    if (destination.name == endpoint.cluster) of_cluster += destination.weight;
  }
  if (all > 0) of_cluster /= all;
  std::uint32_t first = endpoint.priority;
  for (const auto& other : answer.endpoints) {
    if (other.cluster == endpoint.cluster && resolve::takes_requests(other)) first = std::min(first, other.priority);
  }
  if (endpoint.priority != first || !resolve::takes_requests(endpoint)) return "-";
  double weights = 0;
  for (const auto& other : answer.endpoints) {
    if (other.cluster == endpoint.cluster && other.priority == first && resolve::takes_requests(other)) weights += other.weight;
  }
  return weights > 0 ? render::percent(100 * of_cluster * endpoint.weight / weights) : "-";
}

/// What explains the answer, also without being asked; empty where there is nothing to explain, or no trace.
std::string first_lines(const Answer& answer, bool colour) {
  const bool refused = answer.virtual_host == "block_all";  // D23: a host that the mesh does not know
  const bool goes =
      !refused && (answer.outcome == "routed" || answer.outcome == "redirect" || answer.outcome == "direct_response");
  std::vector<TraceLine> first = answer.because;
  for (const auto& line : answer.trace) {
    if (!answer.because.empty() || goes) break;
    const bool about = line.stage == "cluster" || line.stage == "endpoints" || line.stage == "service" || line.stage == "rules" ||
                       line.stage == "request" || (line.stage == "virtual host" && line.verdict == Verdict::skipped);
    if (about && line.verdict != Verdict::matched) first.push_back(line);
  }
  return first.empty() ? std::string() : "because:\n" + render::trace_text(first, colour, true);
}

}  // namespace

std::string Answer::to_text(bool explain, bool colour) const {
  std::vector<std::vector<std::string>> rows;
  const auto row = [&rows](const char* name, const std::string& value) {
    if (!value.empty()) rows.push_back({name, value});
  };
  row("outcome", failure_percent > 0 ? outcome + ", " + render::percent(failure_percent) + " of such requests fail" : outcome);
  const std::string head = render::aligned(rows);
  rows.clear();
  row("error", error);
  row("listener", listener);
  row("filter chain", filter_chain);
  row("route table", route_config);
  row("virtual host", virtual_host);
  if (route_index)
    row("rule", route.empty() ? "#" + std::to_string(*route_index) : route + " (#" + std::to_string(*route_index) + ")");
  row("from", owner_of(config));
  row("cluster", cluster);
  std::uint64_t total = 0;
  for (const auto& destination : weighted_clusters) total += destination.weight;
  for (const auto& destination : weighted_clusters) {
    const auto share = total == 0 ? 0.0 : 100 * static_cast<double>(destination.weight) / static_cast<double>(total);
    row("cluster", destination.name + "  weight " + std::to_string(destination.weight) + " (" + render::percent(share) + ")");
  }
  if (!upstream_tls.mode.empty() && upstream_tls.mode != "none")
    row("upstream TLS", upstream_tls.mode + (upstream_tls.sni.empty() ? "" : ", SNI " + upstream_tls.sni));
  row("path", path);
  row("authority", authority);
  row("timeout", timeout == "0s" ? "none" : timeout);
  if (!retries.empty()) row("retries", view::retry_words(retries).text);
  row("redirect", redirect);
  if (direct_response) row("answered with", std::to_string(*direct_response));
  if (response) {
    row("response", std::to_string(response->status) + (response->flags.empty() ? "" : " " + response->flags));
    for (const auto& [name, values] : response->headers) {
      for (const auto& value : values) rows.push_back({"", name + ": " + value});
    }
  }
  for (const auto& mirror : mirrors) row("mirror", mirror);
  row("picked", picked_cluster.empty() ? "" : picked_cluster + " " + picked_endpoint);
  // The cause and its fix stand first: what the request meets on its way comes behind.
  const std::string first = first_lines(*this, colour);
  std::string text = head + (first.empty() ? std::string() : first + "\n") + render::aligned(rows);
  if (!endpoints.empty()) {
    std::vector<std::vector<std::string>> table{
        {"ENDPOINT", "WEIGHT", "SHARE", "PRIORITY", "LOCALITY", "LABELS", "SERVICE ACCOUNT", "FROM"}};
    for (const auto& endpoint : endpoints) {
      const std::string labels = labels_text(endpoint);
      table.push_back({endpoint.port == 0 ? endpoint.address : endpoint.address + ":" + std::to_string(endpoint.port),
                       std::to_string(endpoint.weight), share_text(*this, endpoint), std::to_string(endpoint.priority),
                       endpoint.locality.empty() ? "-" : endpoint.locality, labels.empty() ? "-" : labels,
                       endpoint.service_account.empty() ? "-" : endpoint.service_account,
                       (endpoint.assumed ? "assumed from " : "") + endpoint.resource});
    }
    text += "\n" + render::aligned(table);
  }
  if (explain && !trace.empty()) text += "\nwhy:\n" + render::trace_text(trace, colour);
  return render::printable(text, colour);
}

std::string Reasons::to_json(bool pretty) const {
  std::string text;
  JsonWriter json(text, pretty ? 2 : -1);
  json.begin_object();
  json.member("host", host);
  json.member("visible", visible);
  render::write_trace(json, "reasons", lines);
  json.end_object();
  return text;
}

std::string Reasons::to_text(bool colour) const {
  return render::printable(
      host + (visible ? ": this proxy sees it\n" : ": this proxy does not see it\n") + render::trace_text(lines, colour, true),
      colour);
}

namespace render {

void write_trace(JsonWriter& json, std::string_view name, const std::vector<TraceLine>& trace) {
  json.list(name);
  for (const auto& line : trace) {
    json.begin_object();
    json.member("stage", line.stage);
    json.member("verdict", verdict_name(line.verdict));
    json.some("resource", line.resource);
    json.some("path", line.path);
    json.some("source", line.source);
    if (line.line != 0) json.member("line", line.line);
    if (line.column != 0) json.member("column", line.column);
    json.member("text", line.text);
    json.some("code", line.code);
    json.some("hint", line.hint);
    json.end_object();
  }
  json.end_list();
}

std::string trace_text(const std::vector<TraceLine>& trace, bool colour, bool hints) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : trace) {
    const bool matched = line.verdict == Verdict::matched, skipped = line.verdict == Verdict::skipped;
    std::string mark = matched ? "+" : skipped ? "-" : " ";
    std::string text = line.text;
    if (!line.source.empty())
      text += "  (" + line.source + ":" + std::to_string(line.line) +
              (line.column != 0 ? ":" + std::to_string(line.column) : "") + ")";
    if (colour && (matched || skipped)) text = (matched ? "\x1b[32m" : "\x1b[33m") + text + "\x1b[0m";
    rows.push_back({std::move(mark), line.stage, std::move(text)});
    if (hints && !line.hint.empty()) rows.push_back({" ", "fix", line.hint});
  }
  return aligned(rows, "  ");
}

}  // namespace render

}  // namespace meshroute
