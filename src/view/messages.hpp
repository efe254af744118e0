#pragma once

// SPDX-License-Identifier: Apache-2.0
// Clusters, endpoints and listeners of a view as the messages that a control plane sends, without telemetry.

#include "envoy/cluster.hpp"
#include "envoy/listener.hpp"
#include "envoy/route_writer.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

class Wanted;
struct InboundListener;
struct InboundCluster;

envoy::Cluster cluster_message(const ProxyView& view, const Cluster& cluster);
/// With endpoints, as DNS clusters have them inline; null assignments make a message without any.
envoy::ClusterLoadAssignment assignment_message(const ProxyView& view, const Cluster& cluster, const LoadAssignment* assignment);
envoy::Listener listener_message(const ProxyView& view, const Listener& listener);
/// One chain of it.
envoy::FilterChain chain_message(const ProxyView& view, const Listener& listener, const FilterChain& chain);

// inbound/inbound_message.cpp: the server's side.
envoy::Listener inbound_message(const ProxyView& view, const InboundListener& listener);
envoy::Cluster inbound_message(const ProxyView& view, const InboundCluster& cluster);

/// Route tables, or those of their virtual hosts that are wanted.  route_configurations.cpp
void write_tables(const ProxyView& view, text::JsonWriter& json, const Wanted& wanted, envoy::Form form);

/// A connection manager with the filters of every proxy: faults, CORS, the router; its routes are those called `table`.
envoy::HttpConnectionManager connection_manager(const ProxyView& view, std::string stat_prefix, std::string table);

}  // namespace meshroute::view
