#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "envoy/route.hpp"
#include "view/internal.hpp"

namespace meshroute::view {

/// The routes of one proxy's virtual hosts (F3, F4, F6, F7).
class VirtualHostRoutes {
 public:
  /// The table's services by hostname: of a table without a port (0) all, as a destination's port may be that of its service;
  /// else only the aliases.
  using Services = std::unordered_map<std::string_view, const registry::Service*>;

  /// All three must outlive it. `server`: of a gateway the server whose routes they are; null for a sidecar.
  VirtualHostRoutes(const ProxyScope& seen, std::uint32_t port, const Services& services,
                    const scope::GatewayServer* server = nullptr)
      : seen_(seen), port_(port), services_(services), server_(server) {}

  /// Whether routes_of() would give any.
  bool any(const VirtualServiceEntry& owner) const;
  /// Adds the origin of each route to `origins`, where wanted.
  std::vector<envoy::Route> routes_of(const VirtualServiceEntry& owner,
                                      std::vector<RuleOrigin>* origins = nullptr) const;  // F3.1, L9
  /// Every rule and match in order, the dropped ones with the reason; those behind a catch-all are not left out (F3.4).
  std::vector<RuleUse> uses(const VirtualServiceEntry& owner) const;
  envoy::Route default_route(const registry::Service& service, std::uint32_t port) const;  // F4

 private:
  std::string destination_cluster(const model::Destination& destination) const;
  std::optional<envoy::HashPolicy> hash_policy(const std::string& host, std::uint32_t port, const std::string& subset) const;
  static envoy::Extension previous_hosts();
  std::optional<envoy::RetryPolicy> retry_policy(const model::HTTPRetry* retry, bool consistent_hash) const;
  envoy::Mirror mirror(const model::Destination& destination, envoy::Fraction share) const;
  std::vector<envoy::Mirror> mirrors(const model::HTTPRoute& rule) const;
  envoy::Forward forward(const model::HTTPRoute& rule, envoy::Route& route) const;
  envoy::Route one_route(const VirtualServiceEntry& owner, const RuleUse& use) const;
  bool static_ok(const model::HTTPMatchRequest& match) const;
  std::string static_failure(const model::HTTPMatchRequest& match) const;

  const ProxyScope& seen_;
  const std::uint32_t port_;
  const Services& services_;
  const scope::GatewayServer* const server_;
};

/// F3.6: the match takes every request.
bool catches_all(const envoy::RouteMatch& match);

}  // namespace meshroute::view
