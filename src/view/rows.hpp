#pragma once

// SPDX-License-Identifier: Apache-2.0
// A view's sections as the rows of the public interface, from what the view holds typed.

#include <string_view>
#include <vector>

#include "meshroute/rows.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

std::vector<ServiceRow> service_rows(const ProxyView& view, const ViewFilter& filter);
std::vector<ClusterRow> cluster_rows(const ProxyView& view, const ViewFilter& filter);
std::vector<EndpointRow> endpoint_rows(const ProxyView& view, const ViewFilter& filter);
/// `words`: what each row asks for and what it does, for people; may be null.  route_rows.cpp
std::vector<RouteRow> route_rows(const ProxyView& view, const ViewFilter& filter,
                                 std::vector<std::pair<std::string, std::string>>* words = nullptr);
std::vector<ListenerRow> listener_rows(const ProxyView& view, const ViewFilter& filter);

/// The endpoints of all services with this host (in any case), whoever asks; without a cluster.
std::vector<EndpointRow> workload_rows(const registry::Snapshot& snapshot, std::string_view host);

/// Writes over every member of the row, whose storage is reused: an answer's row, or one of a view.
void write_endpoint(const ProxyView& view, std::string_view cluster, const LoadEndpoint& endpoint, EndpointRow& row);
/// Empties it where `resource` is null.
void write_origin(const Resource* resource, ResourceOrigin& origin);
/// "WorkloadEntry shop/vm-1 (mesh.yaml:12)".
void write_place(const Resource& resource, std::string& text);

}  // namespace meshroute::view
