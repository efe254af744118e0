#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "meshroute/rows.hpp"

namespace meshroute {

namespace view {
class ProxyView;
}

/// What one proxy sees of a snapshot. Immutable; any number of threads may use it; it keeps its snapshot alive.
class View {
 public:
  explicit View(std::shared_ptr<const view::ProxyView> impl) : impl_(std::move(impl)) {}

  /// Where a request goes, and why (with `trace`).
  Answer resolve(const Request& request, const ResolveOptions& options = {}) const;
  /// The same into an answer whose storage is reused.
  void resolve_into(const Request& request, Answer& answer, const ResolveOptions& options = {}) const;

  /// The sections, row by row: what the JSON form says most of, with the resource that each row comes from. Rows are made anew
  /// by each call; a part of the view that no call has needed yet is computed then, and kept.
  std::vector<ServiceRow> services(const ViewFilter& filter = {}) const;
  std::vector<ClusterRow> clusters(const ViewFilter& filter = {}) const;
  std::vector<EndpointRow> endpoints(const ViewFilter& filter = {}) const;
  /// Of virtual hosts that are wanted, all routes.
  std::vector<RouteRow> routes(const ViewFilter& filter = {}) const;
  /// Of listeners that are wanted, all filter chains.
  std::vector<ListenerRow> listeners(const ViewFilter& filter = {}) const;

  /// The JSON form of the contract: {"services","clusters","endpoints","routes","listeners"}.
  std::string to_json() const;
  /// One section of it ("services", ...; "null" for another word); an empty section means all.
  std::string section_json(std::string_view section, const ViewFilter& filter = {}) const;
  /// The RouteConfigurations as Envoy's protojson.
  std::string envoy_routes_json() const;
  /// Tables for people; an empty section means all.
  std::string to_text(std::string_view section = {}, const ViewFilter& filter = {}) const;
  /// Why the proxy sees a host as it does, or does not see it: a full name, or a short one as an application would use it.
  Reasons why(std::string_view host) const;

 private:
  friend class Snapshot;
  std::shared_ptr<const view::ProxyView> impl_;
};

}  // namespace meshroute
