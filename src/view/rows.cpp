// SPDX-License-Identifier: Apache-2.0
// The rows of services, clusters, endpoints and listeners.
#include "view/rows.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "text/case.hpp"
#include "view/internal.hpp"
#include "view/wanted.hpp"

namespace meshroute::view {

namespace {

ResourceOrigin origin_of(const Resource* resource) {
  ResourceOrigin origin;
  write_origin(resource, origin);
  return origin;
}

/// The labels of a workload, over those that are there.
void write_labels(const registry::Workload& workload, Labels& labels) {
  std::size_t count = 0;
  workload.each_label([&count](std::string_view, std::string_view) { ++count; });
  const bool same = count == labels.size() && std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
                      return workload.label(label.first) == label.second;
                    });
  if (!same) labels = workload.all_labels();
}

ListenerRow chain_row(const Listener& listener, const FilterChain& chain, bool is_default) {
  ListenerRow row;
  row.listener = listener.name;
  row.address = listener.address;
  row.port = listener.port;
  row.chain = chain.name;
  row.kind = chain.http ? "http" : "tcp";
  row.is_default = is_default;
  row.plain_http = chain.plain_http;
  row.destination_port = chain.port;
  row.cidrs = chain.cidrs;
  row.sni = chain.sni;
  if (!chain.inline_table) row.route_config = chain.table;
  row.cluster = chain.cluster;
  row.tls_mode = mode_text(chain.tls);
  if (chain.server != nullptr) {
    row.gateway = chain.server->name;
    row.server_port = chain.server->spec->port->number;
  }
  row.refused = listener.refused;
  for (const auto& each : chain.weighted) row.weighted_clusters.push_back({each.name, each.weight, {}});
  return row;
}

}  // namespace

void write_origin(const Resource* resource, ResourceOrigin& origin) {
  origin.kind.clear();
  origin.namespace_.clear();
  origin.name.clear();
  origin.source.clear();
  origin.line = 0;
  if (resource == nullptr) return;
  origin.kind = resource->identity.kind;
  origin.namespace_ = resource->identity.namespace_;
  origin.name = resource->identity.name;
  if (resource->origin.source == nullptr) return;
  origin.source = resource->origin.source->name;
  origin.line = resource->origin.line;
}

void write_place(const Resource& resource, std::string& text) {
  text = resource.identity.kind;
  text.append(" ").append(resource.identity.namespace_).append("/").append(resource.identity.name);
  if (resource.origin.source != nullptr)
    text.append(" (").append(resource.origin.source->name).append(":").append(std::to_string(resource.origin.line)).append(")");
}

void write_endpoint(const ProxyView& view, std::string_view cluster, const LoadEndpoint& endpoint, EndpointRow& row) {
  row.cluster = cluster;
  row.address = endpoint.address;
  row.port = endpoint.port;
  row.weight = endpoint.weight;
  row.priority = endpoint.priority;
  row.locality = endpoint.locality;
  row.health = health_text(endpoint.health);
  row.resource.clear();
  row.assumed = endpoint.from != nullptr && endpoint.from->workload->assumed;
  if (endpoint.from == nullptr) {  // a network's gateway
    row.labels.clear();
    row.service_account.clear();
    row.network.clear();
    write_origin(nullptr, row.origin);
    return;
  }
  const registry::Workload& workload = *endpoint.from->workload;
  write_labels(workload, row.labels);
  workload.write_service_account(view.snapshot->settings, row.service_account);
  if (workload.resource != nullptr) write_place(*workload.resource, row.resource);
  write_origin(workload.resource, row.origin);
  row.network = workload.network;
}

std::vector<ServiceRow> service_rows(const ProxyView& view, const ViewFilter& filter) {
  const Wanted wanted(filter);
  std::vector<ServiceRow> rows;
  for (const ServicePtr& service : view.scope.services) {
    if (!wanted.service(*service)) continue;
    ServiceRow& row = rows.emplace_back();
    row.hostname = service->hostname;
    row.namespace_ = service->namespace_;
    row.registry = service->kubernetes ? "Kubernetes" : "External";
    row.resolution = resolution_text(service->resolution);
    row.mesh_external = service->mesh_external;
    row.address = view.proxy_address(*service);
    for (const std::string_view address : all_addresses(scope_of(view), *service)) row.addresses.emplace_back(address);
    for (const auto& port : service->ports)
      row.ports.push_back({port.name, port.number, std::string(registry::to_string(port.protocol))});
    row.labels = service->labels;
    row.origin = origin_of(service->resource);
  }
  return rows;
}

std::vector<ClusterRow> cluster_rows(const ProxyView& view, const ViewFilter& filter) {
  const Wanted wanted(filter);
  std::vector<ClusterRow> rows;
  for (const Cluster& cluster : view.clusters()) {
    if (!wanted.cluster(cluster.name)) continue;
    ClusterRow& row = rows.emplace_back();
    row.name = cluster.name;
    row.type = type_text(cluster.type);
    row.lb_policy = balancer_text(cluster.balancer);
    if (cluster.plan == nullptr) continue;
    row.host = cluster.plan->service->hostname;
    if (cluster.plan->subset != nullptr) row.subset = cluster.plan->subset->name;
    row.port = cluster.plan->port->number;
    row.origin = origin_of(cluster.plan->service->resource);
    if (cluster.plan->rule != nullptr) row.destination_rule = origin_of(cluster.plan->rule->resource);
  }
  return rows;
}

std::vector<EndpointRow> endpoint_rows(const ProxyView& view, const ViewFilter& filter) {
  const Wanted wanted(filter);
  std::vector<EndpointRow> rows;
  for (const LoadAssignment* assignment : view.assignments()) {
    if (!wanted.cluster(assignment->cluster)) continue;
    for (const LoadEndpoint& endpoint : assignment->endpoints)
      write_endpoint(view, assignment->cluster, endpoint, rows.emplace_back());
  }
  return rows;
}

std::vector<EndpointRow> workload_rows(const registry::Snapshot& snapshot, std::string_view host) {
  std::vector<EndpointRow> rows;
  std::set<std::uint32_t> pools;
  for (const auto& service : snapshot.services) {
    const auto* pool = snapshot.pool(*service);
    if (!text::lower_is(host, text::lower(service->hostname)) || pool == nullptr || !pools.insert(service->pool).second) continue;
    for (const auto& shard : *pool) {
      for (const auto& endpoint : shard.endpoints) {
        const registry::Workload& workload = *endpoint.workload;
        EndpointRow& row = rows.emplace_back();
        row.address = endpoint.address();
        row.port = endpoint.port;
        row.weight = workload.weight == 0 ? 1 : workload.weight;
        row.locality = workload.locality;
        row.health = endpoint.health == registry::Endpoint::Health::terminating ? "TERMINATING" : health_text(endpoint.health);
        row.labels = workload.all_labels();
        row.service_account = workload.service_account(snapshot.settings);
        row.network = workload.network;
        row.assumed = workload.assumed;
        if (workload.resource == nullptr) continue;
        write_place(*workload.resource, row.resource);
        write_origin(workload.resource, row.origin);
      }
    }
  }
  return rows;
}

std::vector<ListenerRow> listener_rows(const ProxyView& view, const ViewFilter& filter) {
  const Wanted wanted(filter);
  std::vector<ListenerRow> rows;
  for (const Listener& listener : view.listeners()) {
    if (!wanted.listener(view, listener)) continue;
    for (const FilterChain& chain : listener.chains) rows.push_back(chain_row(listener, chain, false));
    if (listener.fallback) rows.push_back(chain_row(listener, *listener.fallback, true));
  }
  return rows;
}

}  // namespace meshroute::view
