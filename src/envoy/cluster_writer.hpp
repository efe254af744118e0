#pragma once

// SPDX-License-Identifier: Apache-2.0
// Clusters and endpoints as protojson, written as they come.

#include <string_view>

#include "envoy/cluster.hpp"
#include "text/json_writer.hpp"

namespace meshroute::envoy {

/// `type`: the type URL to write first, where the message stands in an Any; empty: none.
void write(text::JsonWriter& json, const Cluster& cluster, std::string_view type = {});
void write(text::JsonWriter& json, const ClusterLoadAssignment& assignment, std::string_view type = {});
void write(text::JsonWriter& json, const Address& address);
/// The members of a CommonTlsContext, under its name.
void write_common_tls(text::JsonWriter& json, const TlsContext& tls);

inline constexpr std::string_view kClusterType = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
inline constexpr std::string_view kAssignmentType = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

}  // namespace meshroute::envoy
