// SPDX-License-Identifier: Apache-2.0
// The sections of a view as tables for people.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"
#include "view/rows.hpp"
#include "view/wanted.hpp"

namespace meshroute::render {

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

/// "Service shop/reviews".
std::string named(const ResourceOrigin& origin) {
  return origin.kind.empty() ? "-" : origin.kind + " " + origin.namespace_ + "/" + origin.name;
}

std::string destinations(const std::string& cluster, const std::vector<WeightedCluster>& weighted) {
  std::string text = cluster;
  for (const auto& each : weighted) text += (text.empty() ? "" : ", ") + each.name + " " + std::to_string(each.weight);
  return or_dash(text);
}

std::string duration_words(const model::Duration& duration) {
  char shown[48];
  std::snprintf(shown, sizeof shown, "%.9gs", static_cast<double>(duration.seconds) + duration.nanos / 1e9);
  return shown;
}

/// What a DestinationRule sets beside the balancing: timeouts, limits, ejection.
std::string limits_of(const view::Cluster& cluster) {
  constexpr std::uint32_t kNone = 4294967295U;
  std::vector<std::string> parts;
  if (cluster.connect_timeout != nullptr) parts.push_back("connect " + duration_words(*cluster.connect_timeout));
  const auto limit = [&](std::uint32_t value, const char* what) {
    if (value != kNone && cluster.plan != nullptr) parts.push_back(std::to_string(value) + what);
  };
  limit(cluster.thresholds.connections, " connections");
  limit(cluster.thresholds.pending_requests, " pending");
  limit(cluster.thresholds.requests, " requests");
  limit(cluster.thresholds.retries, " retries");
  if (cluster.outlier != nullptr) {
    const auto& outlier = *cluster.outlier;
    std::string text = "ejects";
    if (outlier.consecutive_5xx_errors) text += " after " + std::to_string(*outlier.consecutive_5xx_errors) + " x 5xx";
    if (outlier.consecutive_gateway_errors)
      text += " after " + std::to_string(*outlier.consecutive_gateway_errors) + " gateway errors";
    parts.push_back(std::move(text));
  }
  return or_dash(text::join(parts));
}

std::string tls_of(const view::ProxyView& view, const view::Cluster& cluster) {
  const view::ClusterTls* tls = view.cluster_tls(cluster.name);
  if (tls == nullptr) return "-";
  using Mode = view::ClusterTls::Mode;
  return tls->mode == Mode::none ? "none" : tls->mode == Mode::simple ? "simple" : tls->mode == Mode::mutual ? "mutual" : "mixed";
}

Rows services(const view::ProxyView& view, const ViewFilter& filter) {
  Rows rows{{"HOST", "PORTS", "RESOLUTION", "ADDRESS", "FROM"}};
  for (const auto& service : view::service_rows(view, filter)) {
    std::string ports;
    for (const auto& port : service.ports)
      ports += (ports.empty() ? "" : ",") + std::to_string(port.number) + "/" + or_dash(port.protocol);
    rows.push_back({or_dash(service.hostname), or_dash(ports), service.resolution,
                    or_dash(service.address == "0.0.0.0" ? "" : service.address), named(service.origin)});
  }
  return rows;
}

Rows clusters(const view::ProxyView& view, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  Rows rows{{"CLUSTER", "TYPE", "POLICY", "TLS", "DESTINATION RULE", "LIMITS"}};
  for (const view::Cluster& cluster : view.clusters()) {
    if (!wanted.cluster(cluster.name)) continue;
    const auto* rule = cluster.plan != nullptr ? cluster.plan->rule : nullptr;
    const Resource* resource = rule != nullptr ? rule->resource : nullptr;
    rows.push_back({std::string(cluster.name), std::string(view::type_text(cluster.type)),
                    std::string(view::balancer_text(cluster.balancer)), tls_of(view, cluster),
                    resource != nullptr ? resource->identity.namespace_ + "/" + resource->identity.name : "-",
                    limits_of(cluster)});
  }
  return rows;
}

std::vector<std::string> endpoint_row(std::string_view cluster, const view::LoadEndpoint& endpoint) {
  std::string from = "a network's gateway";
  if (endpoint.from != nullptr) {
    const Resource* resource = endpoint.from->workload->resource;
    from = "-";
    if (resource != nullptr) view::write_place(*resource, from);
    if (endpoint.from->workload->assumed) from.insert(0, "assumed from ");
  }
  return {std::string(cluster),
          or_dash(std::string(endpoint.address)) + ":" + std::to_string(endpoint.port),
          std::to_string(endpoint.weight),
          std::to_string(endpoint.priority),
          or_dash(std::string(endpoint.locality)),
          std::string(view::health_text(endpoint.health)),
          std::move(from)};
}

Rows endpoints(const view::ProxyView& view, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  Rows rows{{"CLUSTER", "ENDPOINT", "WEIGHT", "PRIORITY", "LOCALITY", "HEALTH", "FROM"}};
  for (const view::LoadAssignment* assignment : view.assignments()) {
    if (!wanted.cluster(assignment->cluster)) continue;
    for (const auto& endpoint : assignment->endpoints) rows.push_back(endpoint_row(assignment->cluster, endpoint));
    if (!assignment->endpoints.empty()) continue;
    const bool open = view.endpoints_not_given(assignment->cluster);
    rows.push_back({std::string(assignment->cluster), open ? "not given" : "none", "-", "-", "-", "-", "-"});
  }
  return rows;
}

Rows routes(const view::ProxyView& view, const ViewFilter& filter) {
  Rows rows{{"TABLE", "VIRTUAL HOST", "#", "MATCH", "ACTION", "RULE"}};
  std::vector<std::pair<std::string, std::string>> words;
  const auto found = view::route_rows(view, filter, &words);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const RouteRow& route = found[i];
    const std::string rule =
        route.origin.kind.empty() ? "-" : route.origin.namespace_ + "/" + route.origin.name + " " + route.path;
    rows.push_back({or_dash(route.route_config), or_dash(route.virtual_host), std::to_string(route.index), words[i].first,
                    words[i].second, rule});
  }
  return rows;
}

/// Which connections a chain takes: "port 80, to 10.0.0.1/32, SNI a.example.com, HTTP only".
std::string chain_words(const ListenerRow& chain) {
  if (chain.is_default) return "default";
  std::vector<std::string> parts;
  if (chain.destination_port != 0) parts.push_back("port " + std::to_string(chain.destination_port));
  if (!chain.cidrs.empty()) parts.push_back("to " + text::join(chain.cidrs));
  if (!chain.sni.empty()) parts.push_back("SNI " + text::join(chain.sni));
  if (chain.plain_http) parts.emplace_back("HTTP only");
  return parts.empty() ? "any" : text::join(parts);
}

Rows listeners(const view::ProxyView& view, const ViewFilter& filter) {
  Rows rows{{"LISTENER", "TAKES", "GOES TO"}};
  for (const auto& chain : view::listener_rows(view, filter)) {
    const std::string to = chain.kind == "http"
                               ? chain.route_config.empty() ? "its own routes" : "route table " + chain.route_config
                               : destinations(chain.cluster, chain.weighted_clusters);
    rows.push_back({chain.listener, chain_words(chain), to});
  }
  return rows;
}

}  // namespace

std::string section_table(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  return aligned(section == "services"    ? services(view, filter)
                 : section == "clusters"  ? clusters(view, filter)
                 : section == "endpoints" ? endpoints(view, filter)
                 : section == "routes"    ? routes(view, filter)
                                          : listeners(view, filter));
}

}  // namespace meshroute::render
