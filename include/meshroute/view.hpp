#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"

namespace meshroute {

namespace view {
class ClientView;
}

/// What one client sees of a snapshot. Immutable; any number of threads may use it; it keeps its snapshot alive.
/// What of a section is wanted; an empty member wants all.
struct ViewFilter {
  std::string host = {};     ///< a full hostname, or its first labels ("reviews", "reviews.prod")
  std::string subset = {};   ///< clusters and endpoints
  std::string cluster = {};  ///< the whole name of a cluster; routes and listeners that lead to it
  std::uint32_t port = 0;
};

class View {
 public:
  explicit View(std::shared_ptr<const view::ClientView> impl) : impl_(std::move(impl)) {}

  /// Where a request goes, and why (with `trace`).
  Answer resolve(const Request& request, const ResolveOptions& options = {}) const;
  /// The same into an answer whose storage is reused.
  void resolve_into(const Request& request, Answer& answer, const ResolveOptions& options = {}) const;

  /// The JSON form of the contract: {"services","clusters","endpoints","routes","listeners"}.
  std::string to_json() const;
  /// One section of it ("services", ...; "null" for another word); an empty section means all.
  std::string section_json(std::string_view section, const ViewFilter& filter = {}) const;
  /// The RouteConfigurations as Envoy's protojson.
  std::string envoy_routes_json() const;
  /// Tables for people; an empty section means all.
  std::string to_text(std::string_view section = {}, const ViewFilter& filter = {}) const;
  /// Why the client sees a host as it does, or does not see it: a full name, or a short one as an application would use it.
  Reasons why(std::string_view host) const;

 private:
  friend class Snapshot;
  std::shared_ptr<const view::ClientView> impl_;
};

}  // namespace meshroute
