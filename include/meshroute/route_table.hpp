#pragma once

// SPDX-License-Identifier: Apache-2.0
// Routes of a live Envoy, without a mesh.
#include <memory>
#include <string_view>

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "meshroute/result.hpp"

namespace meshroute {

namespace routes {
class Table;
}

/// Envoy's HTTP routing on its own, read from a RouteConfiguration in protojson (snake_case or lowerCamelCase).
/// Takes every cluster as there, except that BlackHoleCluster has no endpoints. Immutable.
class RouteTable {
 public:
  /// Reads a RouteConfiguration, or the one called `name` out of a list of them or of a config dump (Envoy's /config_dump,
  /// `istioctl proxy-config routes -o json`); `name` may be empty if there is only one. A table that Envoy refuses is
  /// an error with the reason and the place.
  static Result<RouteTable> parse(std::string_view protojson, std::string_view name = {});
  /// The answer of an Envoy with these routes.
  Answer resolve(const Request& request, const ResolveOptions& options = {}) const;
  /// Reuses its storage.
  void resolve_into(const Request& request, Answer& answer, const ResolveOptions& options = {}) const;

 private:
  explicit RouteTable(std::shared_ptr<const routes::Table> table) : table_(std::move(table)) {}
  std::shared_ptr<const routes::Table> table_;
};

}  // namespace meshroute
