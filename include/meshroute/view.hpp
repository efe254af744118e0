#pragma once

// SPDX-License-Identifier: Apache-2.0
// The part of a mesh that one proxy is told.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/envoy.hpp"
#include "meshroute/inbound_answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "meshroute/result.hpp"
#include "meshroute/rows.hpp"

namespace meshroute {

namespace view {
class ProxyView;
}

/// The part of a snapshot that one proxy sees. Immutable; any number of threads may use it; it keeps its snapshot alive.
class View {
 public:
  /// For the library's own use.
  explicit View(std::shared_ptr<const view::ProxyView> impl) : impl_(std::move(impl)) {}

  /// Resolves a request: its destination and, with `trace`, the reasons.
  Answer resolve(const Request& request, const ResolveOptions& options = {}) const;
  /// The same into an answer, and reuses its storage: warm and without trace it allocates nothing.
  void resolve_into(const Request& request, Answer& answer, const ResolveOptions& options = {}) const;

  /// What this proxy, as a server, does with a connection or request that reaches it: which filter chain takes it, whether mutual
  /// TLS and access policies let it in, and (with `trace`) every policy that was considered. For sidecars.
  InboundAnswer resolve_inbound(const Request& request, const ResolveOptions& options = {}) const;
  /// The same into an answer whose storage is reused. Warm, without a trace and without tokens it allocates nothing.
  void resolve_inbound_into(const Request& request, InboundAnswer& answer, const ResolveOptions& options = {}) const;

  /// One row per service, with its resource. Each call makes new rows; the first call that needs a part of the view computes
  /// it.
  std::vector<ServiceRow> services(const ViewFilter& filter = {}) const;
  /// One row per outbound cluster.
  std::vector<ClusterRow> clusters(const ViewFilter& filter = {}) const;
  /// One row per endpoint of each cluster.
  std::vector<EndpointRow> endpoints(const ViewFilter& filter = {}) const;
  /// All routes of the virtual hosts that pass the filter.
  std::vector<RouteRow> routes(const ViewFilter& filter = {}) const;
  /// All filter chains of the listeners that pass the filter.
  std::vector<ListenerRow> listeners(const ViewFilter& filter = {}) const;

  /// The JSON form of the contract: {"services","clusters","endpoints","routes","listeners","inbound",
  /// "client_tls"}; the last two of sidecars only.
  std::string to_json(bool pretty = false) const;
  /// One section of it ("services", ...); "null" for an unknown one; an empty name means all.
  std::string section_json(std::string_view section, const ViewFilter& filter = {}, bool pretty = false) const;
  /// The same five sections with their rows whole, as ServiceRow and the others have them: labels, service account, network,
  /// resource and origin too. "null" for another section.
  std::string rows_json(std::string_view section, const ViewFilter& filter = {}, bool pretty = false) const;
  /// The RouteConfigurations as Envoy's protojson.
  std::string envoy_routes_json() const;
  /// A section, "clusters", "endpoints", "routes" or "listeners", as a list of the messages that a control plane sends, in
  /// protojson and without telemetry.
  std::string envoy_json(std::string_view section, const ViewFilter& filter = {}, bool pretty = false) const;
  /// A configuration that a real Envoy runs as it is: this proxy's requests go through it where resolve() says. An option that
  /// is wrong is an error.
  Result<EnvoyBootstrap> envoy_bootstrap(const EnvoyOptions& options = {}) const;
  /// Tables for people; an empty section means all.
  std::string to_text(std::string_view section = {}, const ViewFilter& filter = {}) const;
  /// Why the proxy sees a host, or does not. The host is a full name, or a short one as an application would use it.
  Reasons why(std::string_view host) const;
  /// An estimate of the heap memory of what the view has made so far, in bytes: clusters, endpoints, listeners, routes, and the
  /// JSON that it keeps. Its snapshot, which it keeps alive too, is not counted; what views share is counted in each of them. It
  /// grows as the view is asked. It walks all of that, in linear time.
  std::size_t bytes() const;

 private:
  friend class Snapshot;
  std::shared_ptr<const view::ProxyView> impl_;
};

}  // namespace meshroute
