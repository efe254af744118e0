// SPDX-License-Identifier: Apache-2.0
// Writes requests as JSON and as commands, and answers in short.
#include "witness/summary.hpp"

#include <algorithm>
#include <cmath>

#include "match/cluster_name.hpp"
#include "meshroute/diff.hpp"
#include "meshroute/witness.hpp"
#include "resolve/resolve.hpp"
#include "text/case.hpp"
#include "witness/witness.hpp"

namespace meshroute {

std::string witnesses_to_json(const std::vector<Witness>& witnesses, bool pretty) {
  auto list = witness::Json::array();
  for (const auto& each : witnesses) {
    witness::Json item{{"resource", each.resource}, {"path", each.path}};
    if (each.request)
      item["request"] = witness::request_form(*each.request);
    else if (!each.unreachable.empty())
      item["unreachable"] = each.unreachable;
    else
      item["unknown"] = each.unknown;
    list.push_back(std::move(item));
  }
  return list.dump(pretty ? 2 : -1);
}

std::string request_to_json(const Request& request, bool pretty) { return witness::request_form(request).dump(pretty ? 2 : -1); }

std::optional<Error> read_proxies(std::string_view json, DiffOptions& options) {
  const auto list = text::OrderedJson::parse(json);
  if (!list.is_array()) return Error{Error::Code::invalid_argument, "the proxies are a JSON list"};
  for (const auto& each : list) {
    if (each.is_string()) {
      options.names.push_back(each.text());
      continue;
    }
    auto proxy = Proxy::from_json(each.dump());
    if (!proxy) return proxy.error();
    options.from.push_back(std::move(*proxy));
  }
  return std::nullopt;
}

Result<std::vector<Request>> requests_from_json(std::string_view json) {
  const auto invalid = [](std::string message) { return Error{Error::Code::invalid_argument, std::move(message)}; };
  const auto list = text::OrderedJson::parse(json);
  if (!list.is_array()) return invalid("requests are a JSON list");
  std::vector<Request> requests;
  for (const auto& each : list) {
    auto request = each.is_string() ? Request::from_url(each.text()) : Request::from_json(each.dump());
    if (!request) return request.error();
    requests.push_back(std::move(*request));
  }
  return requests;
}

namespace witness {

Json number_json(double value) {
  const double rounded = std::round(value * 1e4) / 1e4;
  if (rounded == std::floor(rounded) && std::fabs(rounded) < 1e15) return static_cast<std::int64_t>(rounded);
  return rounded;
}

std::vector<std::pair<std::string, double>> shares_of(const Answer& answer) {
  std::vector<std::pair<std::string, double>> shares;
  if (!answer.cluster.empty()) shares.emplace_back(answer.cluster, 100.0);
  double total = 0;
  for (const auto& each : answer.weighted_clusters) total += each.weight;
  for (const auto& each : answer.weighted_clusters) shares.emplace_back(each.name, total > 0 ? 100.0 * each.weight / total : 0.0);
  return shares;
}

std::string shown_cluster(std::string_view cluster) {
  const auto parts = match::parse_cluster_name(cluster);
  if (!parts) return std::string(cluster);
  std::string text(parts->host);
  text.append(":").append(std::to_string(parts->port));
  if (!parts->subset.empty()) text.append("/").append(parts->subset);
  return text;
}

Json destinations_json(const Answer& answer) {
  std::vector<std::pair<std::string, double>> sums;
  for (const auto& [cluster, percent] : shares_of(answer)) {
    const std::string name = shown_cluster(cluster);
    auto same = sums.begin();
    while (same != sums.end() && same->first != name) ++same;
    if (same == sums.end())
      sums.emplace_back(name, percent);
    else
      same->second += percent;
  }
  if (sums.empty()) return nullptr;
  Json got = Json::object();
  for (const auto& [name, percent] : sums) {
    // A name without a subset stands for all of them: beside one of its subsets the slash says that none is meant.
    const bool beside = std::any_of(sums.begin(), sums.end(), [&name = name](const auto& other) {
      return other.first.size() > name.size() && other.first.starts_with(name) && other.first[name.size()] == '/';
    });
    got[beside ? name + "/" : name] = number_json(percent);
  }
  return got;
}

Json request_form(const Request& request) {
  Json form = Json::object();
  if (request.protocol != "http") form["protocol"] = request.protocol;
  if (request.tls) form["tls"] = request.mutual_tls ? Json("mutual") : Json(true);
  if (request.address) form["address"] = *request.address;
  if (request.port != 0) form["port"] = request.port;
  if (request.host) form["host"] = *request.host;
  if (request.method != "GET") form["method"] = request.method;
  if (request.protocol != "tcp") form["path"] = request.path;
  if (request.scheme) form["scheme"] = *request.scheme;
  for (const auto& [name, value] : request.headers) {
    auto& slot = form["headers"][name];
    if (slot.is_null())
      slot = value;
    else if (slot.is_array())
      slot.push_back(value);
    else
      slot = Json::array({slot, value});
  }
  if (!request.sni.empty()) form["sni"] = request.sni;
  if (request.no_sni) form["no_sni"] = true;
  if (request.client_cert) form["client_cert"] = true;
  if (request.alpn) form["alpn"] = *request.alpn;
  if (request.random) form["random"] = *request.random;
  if (!request.identity.empty()) form["identity"] = request.identity;
  if (!request.source_ip.empty()) form["source_ip"] = request.source_ip;
  if (!request.jwt.empty()) {
    const Json claims = request.jwt.starts_with('{') ? Json::parse(request.jwt) : Json();
    form["jwt"] = claims.is_object() ? claims : Json(request.jwt);
  }
  if (request.client_cert) form["client_cert"] = true;
  if (request.no_sni) form["no_sni"] = true;
  if (request.ext_authz != Request::ExtAuthz::allow)
    form["ext_authz"] = request.ext_authz == Request::ExtAuthz::deny ? "deny" : "error";
  for (const auto& token : request.tokens) {
    Json one = Json::object();
    if (!token.claims.empty()) one["claims"] = Json::parse(token.claims);
    const auto put = [&one](const char* key, const std::string& value) {
      if (!value.empty()) one[key] = value;
    };
    put("raw", token.raw);
    put("key", token.key);
    put("header", token.header);
    put("prefix", token.prefix);
    put("param", token.param);
    put("cookie", token.cookie);
    auto& list = form["tokens"];
    if (list.is_null()) list = Json::array();
    list.push_back(std::move(one));
  }
  return form;
}

std::string name_of(const Proxy& proxy) {
  if (proxy.id.empty()) return proxy.namespace_;
  const std::string tail = "." + proxy.namespace_;
  return proxy.namespace_ + "/" + (proxy.id.ends_with(tail) ? proxy.id.substr(0, proxy.id.size() - tail.size()) : proxy.id);
}

Json proxy_form(const Proxy& proxy) {
  Json form = Json::object();
  if (proxy.type == Proxy::Type::router) form["type"] = "router";
  const auto put = [&form](const char* key, const std::string& value) {
    if (!value.empty()) form[key] = value;
  };
  put("id", proxy.id);
  form["namespace"] = proxy.namespace_;
  if (!proxy.labels.empty()) form["labels"] = std::map<std::string, std::string>(proxy.labels);
  put("ip", proxy.ip);
  put("locality", proxy.locality);
  put("network", proxy.network);
  if (proxy.cluster != "Kubernetes") put("cluster", proxy.cluster);
  put("node_name", proxy.node_name);
  put("service_account", proxy.service_account);
  if (proxy.dns_capture) form["dns_capture"] = true;
  if (proxy.dns_auto_allocate) form["dns_auto_allocate"] = true;
  if (proxy.unprivileged) form["unprivileged"] = true;
  if (proxy.no_sidecar) form["no_sidecar"] = true;
  return form;
}

Json trace_json(const std::vector<TraceLine>& lines) {
  Json list = Json::array();
  for (const auto& line : lines) {
    Json& item = list.list().emplace_back();
    item["stage"] = line.stage;
    item["verdict"] = line.verdict == Verdict::matched ? "matched" : line.verdict == Verdict::skipped ? "skipped" : "noted";
    const auto put = [&item](const char* key, const std::string& value) {
      if (!value.empty()) item[key] = value;
    };
    put("resource", line.resource);
    put("path", line.path);
    put("source", line.source);
    if (line.line != 0) item["line"] = line.line;
    if (line.column != 0) item["column"] = line.column;
    item["text"] = line.text;
    put("code", line.code);
    put("hint", line.hint);
  }
  return list;
}

std::string rule_place(const std::string& resource, const std::string& path) {
  const auto space = resource.find(' ');
  const auto open = path.find('['), close = path.find(']');
  if (space == std::string::npos || open == std::string::npos || close == std::string::npos) return {};
  return resource.substr(space + 1) + "#" + path.substr(open + 1, close - open - 1);
}

std::string header_of(const Response& response, std::string_view wanted) {
  for (const auto& [name, values] : response.headers) {
    if (name.size() == wanted.size() && text::lower_is(name, wanted) && !values.empty()) return values.front();
  }
  return {};
}

std::string suite_of(const view::ProxyView& view, const Proxy& proxy, const std::vector<Witness>& witnesses,
                     const std::vector<std::string>& config) {
  const auto text = [](const Json& json) { return json.dump(); };
  std::string yaml = "# What the mesh does today: one test for each rule of one proxy.\n";
  if (!config.empty()) yaml += "config: " + text(config) + "\n";
  const std::string whole = name_of(proxy), name = whole.substr(whole.find('/') + 1);
  yaml += "proxies:\n  " + text(name) + ": " + text(proxy_form(proxy)) + "\ntests:\n";
  bool any = false;
  for (const auto& each : witnesses) {
    if (!each.request) {
      yaml += "# " + each.resource + " " + each.path + ": " +
              (each.unreachable.empty() ? "no request was found; " + each.unknown
                                        : "no request can meet it; hidden by " + each.unreachable) +
              "\n";
      continue;
    }
    any = true;
    Answer answer;
    resolve::resolve(view, *each.request, {}, answer);
    Json expect{{"outcome", answer.outcome}, {"rule", rule_place(each.resource, each.path)}};
    if (const Json destinations = destinations_json(answer); !destinations.is_null()) expect["destinations"] = destinations;
    if (answer.upstream_request)
      expect["upstream"] = {{"path", answer.upstream_request->path}, {"authority", answer.upstream_request->authority}};
    if (!answer.timeout.empty()) expect["timeout"] = answer.timeout == "0s" ? "none" : answer.timeout;
    if (answer.response) {
      const std::string location = header_of(*answer.response, "location");
      expect["status"] = answer.response->status;
      if (answer.outcome == "redirect" && !location.empty()) expect["redirect"] = location;
    }
    expect["fails"] = number_json(answer.failure_percent);
    yaml += "- name: " + text(each.resource + " " + each.path) + "\n  from: " + text(name) +
            "\n  request: " + text(request_form(*each.request)) + "\n  expect:\n";
    for (const auto& [key, value] : expect.items()) yaml += "    " + key + ": " + text(value) + "\n";
  }
  if (!any) yaml += "[]\n";
  return yaml;
}

}  // namespace witness

}  // namespace meshroute
