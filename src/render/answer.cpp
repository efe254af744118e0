// SPDX-License-Identifier: Apache-2.0
#include "meshroute/answer.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "resolve/resolve.hpp"

namespace meshroute {

using Json = nlohmann::ordered_json;

namespace {

/// A header's value: a string, or a list where it stands on several lines.
Json header_value(const std::vector<std::string>& values) { return values.size() == 1 ? Json(values[0]) : Json(values); }

Json parsed(const std::string& text) {
  auto json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(text) : json;
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

void put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

}  // namespace

std::string Answer::to_json() const {
  Json json;
  json["outcome"] = outcome;
  put(json, "listener", listener);
  put(json, "filter_chain", filter_chain);
  put(json, "route_config", route_config);
  put(json, "virtual_host", virtual_host);
  put(json, "route", route);
  if (route_index) json["route_index"] = *route_index;
  put(json, "config", config);
  put(json, "cluster", cluster);
  if (!weighted_clusters.empty()) {
    auto& list = json["weighted_clusters"] = Json::array();
    for (const auto& destination : weighted_clusters) {
      Json item{{"name", destination.name}, {"weight", destination.weight}};
      put(item, "authority", destination.authority);
      list.push_back(std::move(item));
    }
  }
  if (!redirect.empty()) json["redirect"] = parsed(redirect);
  if (direct_response) json["direct_response"] = *direct_response;
  put(json, "error", error);
  put(json, "path", path);
  put(json, "authority", authority);
  put(json, "timeout", timeout);
  if (grpc_status) json["grpc_status"] = *grpc_status;
  if (!endpoints.empty()) {
    auto& list = json["endpoints"] = Json::array();
    for (const auto& endpoint : endpoints) {
      Json item{{"cluster", endpoint.cluster}, {"address", endpoint.address},   {"port", endpoint.port},
                {"weight", endpoint.weight},   {"locality", endpoint.locality}, {"priority", endpoint.priority},
                {"health", endpoint.health},   {"labels", endpoint.labels}};
      put(item, "service_account", endpoint.service_account);
      put(item, "resource", endpoint.resource);
      list.push_back(std::move(item));
    }
  }
  if (upstream_request) {
    auto& sent = json["upstream_request"];
    sent = {{"method", upstream_request->method}, {"path", upstream_request->path}, {"authority", upstream_request->authority}};
    sent["headers_added"] = Json::object();
    for (const auto& [name, values] : upstream_request->headers_added) sent["headers_added"][name] = header_value(values);
    sent["headers_changed"] = Json::object();
    for (const auto& changed : upstream_request->headers_changed) {
      sent["headers_changed"][changed.name] = {{"sent", header_value(changed.sent)}, {"got", header_value(changed.got)}};
    }
    sent["headers_removed"] = upstream_request->headers_removed;
  }
  if (!mirrors.empty()) json["mirrors"] = mirrors;
  if (!retries.empty()) json["retries"] = parsed(retries);
  if (response) {
    json["response"] = {{"status", response->status}};
    put(json["response"], "flags", response->flags);
    json["response"]["headers"] = Json::object();
    for (const auto& [name, values] : response->headers) json["response"]["headers"][name] = header_value(values);
  }
  if (!picked_cluster.empty()) json["picked"] = {{"cluster", picked_cluster}, {"endpoint", picked_endpoint}};
  json["failure_percent"] = failure_percent;
  if (!upstream_tls.mode.empty()) {
    auto& tls = json["upstream_tls"] = {{"mode", upstream_tls.mode}};
    put(tls, "sni", upstream_tls.sni);
    if (!upstream_tls.sans.empty()) tls["sans"] = upstream_tls.sans;
    put(tls, "why", upstream_tls.why);
  }
  if (!because.empty()) json["because"] = render::trace_json(because);
  if (!trace.empty()) json["trace"] = render::trace_json(trace);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
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
std::string labels_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) {
    if (key.starts_with("topology.kubernetes.io/") || key == "topology.istio.io/cluster" || key == "topology.istio.io/subzone")
      continue;
    text += (text.empty() ? "" : ",") + key + "=" + value;
  }
  return text;
}

std::string retries_text(const std::string& protojson) {
  const Json policy = Json::parse(protojson, nullptr, false);
  if (!policy.is_object()) return {};
  const std::string attempts = policy.contains("numRetries") ? policy["numRetries"].dump() : "1";
  return attempts + " on " + policy.value("retryOn", "nothing");
}

std::string percent(double share) {
  char shown[32];
  std::snprintf(shown, sizeof shown, "%.4g %%", 100.0 * share);
  return shown;
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
  return weights > 0 ? percent(of_cluster * endpoint.weight / weights) : "-";
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
  row("outcome", outcome);
  row("error", error);
  if (failure_percent > 0) row("fails", percent(failure_percent / 100));
  const std::string head = render::aligned(rows);
  rows.clear();
  row("listener", listener);
  row("filter chain", filter_chain);
  row("route table", route_config);
  row("virtual host", virtual_host);
  if (route_index) row("rule", (route.empty() ? std::string() : route + " ") + "(#" + std::to_string(*route_index) + ")");
  row("from", owner_of(config));
  row("cluster", cluster);
  std::uint64_t total = 0;
  for (const auto& destination : weighted_clusters) total += destination.weight;
  for (const auto& destination : weighted_clusters) {
    const auto share = total == 0 ? 0.0 : static_cast<double>(destination.weight) / static_cast<double>(total);
    row("cluster", destination.name + "  weight " + std::to_string(destination.weight) + " (" + percent(share) + ")");
  }
  if (!upstream_tls.mode.empty() && upstream_tls.mode != "none")
    row("upstream TLS", upstream_tls.mode + (upstream_tls.sni.empty() ? "" : ", SNI " + upstream_tls.sni));
  row("path", path);
  row("authority", authority);
  row("timeout", timeout == "0s" ? "none" : timeout);
  if (!retries.empty()) row("retries", retries_text(retries));
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
      const std::string labels = labels_text(endpoint.labels);
      table.push_back({endpoint.port == 0 ? endpoint.address : endpoint.address + ":" + std::to_string(endpoint.port),
                       std::to_string(endpoint.weight), share_text(*this, endpoint), std::to_string(endpoint.priority),
                       endpoint.locality.empty() ? "-" : endpoint.locality, labels.empty() ? "-" : labels,
                       endpoint.service_account.empty() ? "-" : endpoint.service_account, endpoint.resource});
    }
    text += "\n" + render::aligned(table);
  }
  if (explain && !trace.empty()) text += "\nwhy:\n" + render::trace_text(trace, colour);
  return text;
}

std::string Reasons::to_json() const {
  Json json{{"host", host}, {"visible", visible}, {"reasons", render::trace_json(lines)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string Reasons::to_text(bool colour) const {
  return host + (visible ? ": this proxy sees it\n" : ": this proxy does not see it\n") + render::trace_text(lines, colour, true);
}

namespace render {

nlohmann::ordered_json trace_json(const std::vector<TraceLine>& trace) {
  Json list = Json::array();
  for (const auto& line : trace) {
    Json item{{"stage", line.stage}, {"verdict", verdict_name(line.verdict)}};
    put(item, "resource", line.resource);
    put(item, "path", line.path);
    put(item, "source", line.source);
    if (line.line != 0) item["line"] = line.line;
    if (line.column != 0) item["column"] = line.column;
    item["text"] = line.text;
    put(item, "code", line.code);
    put(item, "hint", line.hint);
    list.push_back(std::move(item));
  }
  return list;
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
