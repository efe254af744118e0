#pragma once

// SPDX-License-Identifier: Apache-2.0
// A RouteConfiguration before its routes are made, of a sidecar or of a gateway.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "routes/table.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

/// Which virtual hosts there are costs little to know, what their routes are costs much: a request needs those of one.
class TablePlan : public routes::HostSource {
 public:
  explicit TablePlan(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  /// Adds the origin of each route that is a rule's to `origins`, where wanted.
  virtual envoy::VirtualHost virtual_host(std::size_t host, std::vector<RuleOrigin>* origins) const = 0;
  envoy::VirtualHost virtual_host(std::size_t host) const override { return virtual_host(host, nullptr); }
  /// Of each VirtualService whose rules the virtual host of the name has, in order; none for one that has nobody's.
  virtual std::vector<HostRules> rules_of(std::string_view virtual_host) const = 0;
  /// Counts it, and what it holds.
  virtual void count(text::Heap& heap) const = 0;  // memory.cpp
  /// Without its virtual hosts.
  envoy::RouteConfiguration configuration() const {
    envoy::RouteConfiguration configuration;
    configuration.name = name_;
    configuration.ignore_port_in_host_matching = true;
    configuration.validate_clusters = false;
    configuration.max_direct_response_body_size_bytes = routes::kDirectResponseBody;
    return configuration;
  }

 protected:
  const std::string name_;
};

}  // namespace meshroute::view
