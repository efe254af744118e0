#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a ViewFilter wants of each section: the one reading of it, for rows, tables and JSON alike.

#include <cstddef>
#include <string_view>

#include "envoy/route.hpp"
#include "meshroute/rows.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

/// `filter` must outlive it.
class Wanted {
 public:
  explicit Wanted(const ViewFilter& filter) : filter_(filter) {}

  bool everything() const {
    return filter_.host.empty() && filter_.subset.empty() && filter_.cluster.empty() && filter_.port == 0;
  }
  bool service(const registry::Service& service) const;
  /// Also of the endpoints of a cluster.
  bool cluster(std::string_view name) const;
  bool listener(const ProxyView& view, const Listener& listener) const;
  /// A route table; the two below say which of its virtual hosts pass.
  bool table(std::string_view name) const;
  /// Whether a table is wanted although none of its virtual hosts is.
  bool empty_tables() const { return filter_.host.empty() && !by_cluster(); }
  bool any_host() const { return filter_.host.empty(); }
  /// A virtual host by one of its domains, unless any host is wanted.
  bool domain(std::string_view domain) const;
  /// A virtual host by the clusters that its routes lead to, copies included.
  bool leads(const envoy::VirtualHost& host) const { return !by_cluster() || leads_to(host); }

 private:
  bool by_cluster() const { return !filter_.cluster.empty() || !filter_.subset.empty(); }
  bool is_host(std::string_view host) const;
  bool leads_to(std::string_view cluster) const;
  bool leads_to(const envoy::VirtualHost& host) const;

  const ViewFilter& filter_;
};

}  // namespace meshroute::view
