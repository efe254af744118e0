#pragma once

// SPDX-License-Identifier: Apache-2.0
// A RouteConfiguration before its routes are made: its virtual hosts, their domains, and whose rules they follow.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "view/table_plan.hpp"
#include "view/virtual_host_routes.hpp"

namespace meshroute::view {

/// Of a sidecar.
class RoutePlan : public TablePlan {
 public:
  /// L8, F2, F5. `seen` is kept alive. `earlier`: a plan of the same table whose virtual hosts and domains are taken where
  /// they are the same, or null.
  RoutePlan(std::shared_ptr<const Seen> seen, std::string name, const RoutePlan* earlier);
  /// What all sniffed tables of a port are parts of: it has no name and no catch-all.
  RoutePlan(std::shared_ptr<const Seen> seen, std::uint32_t port);
  using Whole = std::function<std::shared_ptr<const RoutePlan>()>;
  /// The table of one sniffed service (F8), "HOST:PORT". `whole` gives that of its port.
  RoutePlan(std::shared_ptr<const Seen> seen, std::string name, const RoutePlan* earlier, const Whole& whole);
  /// The port of a sniffed service's table; nothing where the table is another.
  static std::optional<std::uint32_t> sniffed_port(std::string_view name);

  std::size_t size() const override { return hosts_.size(); }
  std::pair<const std::string_view*, std::size_t> domains(std::size_t host) const override {
    return {domains_.data() + hosts_[host].first_domain, hosts_[host].domains};
  }
  using TablePlan::virtual_host;
  envoy::VirtualHost virtual_host(std::size_t host, std::vector<RuleOrigin>* origins) const override;
  /// `earlier` is a plan of the same table, of a proxy that sees the same services and DestinationRules.
  std::size_t place_of(const HostSource& earlier, std::size_t host) const override;
  bool same_domains(const HostSource& earlier) const override;

  std::vector<HostRules> rules_of(std::string_view virtual_host) const override;
  void count(text::Heap& heap) const override;
  /// ProxyView::not_owner().
  NotOwner not_owner(const VirtualServiceEntry& entry, const std::string& host) const;

 private:
  /// What the virtual hosts of a port are of one service.
  struct Entry {
    std::string_view key;  ///< the hostname, in lower case where the table has a port
    const registry::Service* service = nullptr;
    const registry::ServicePort* only = nullptr;  ///< the table's; null: all of the service's
    bool claimed = false;                         ///< by a VirtualService
    bool used = false;                            ///< has a virtual host
  };
  /// The virtual hosts of one VirtualService, or of one service without any, on one port (F2.5).
  struct Wrapper {
    std::uint32_t port = 0;
    const VirtualServiceEntry* owner = nullptr;  ///< null: the service's default route
    std::vector<Entry*> entries;
    std::size_t extra_hosts = 0;  ///< in extra_hosts_
  };
  struct Host {
    std::string_view name;
    std::uint32_t port = 0;
    std::uint32_t first_domain = 0, domains = 0;  ///< in domains_
    const VirtualServiceEntry* owner = nullptr;
    const registry::Service* service = nullptr;  ///< null and no owner: the catch-all (D23)
  };
  struct Candidate {
    std::string_view domain;
    bool alternate = false;
  };
  class Names;
  class Wildcards;

  void make(bool with_catch_all);
  bool follow(const RoutePlan& earlier);
  std::string_view keep(std::string_view text);
  std::string_view keep_lower(std::string_view text);
  std::string_view joined(std::string_view host, std::string_view separator, std::uint32_t port);
  void collect_services(const EgressListener& listener);
  void wrap_owners(const EgressListener& listener);
  void wrap_others();
  void make_hosts();
  void add_catch_all();
  void candidates_of(const Entry& entry, std::uint32_t port, std::vector<Candidate>& candidates);
  void add_addresses(const registry::Service& service, std::vector<Candidate>& candidates);
  void emit(std::string_view host, const Wrapper& wrapper, const registry::Service* service,
            const std::vector<Candidate>& candidates, Names& names);
  void keep_domains_with_ports();

  const std::shared_ptr<const Seen> seen_;
  const ProxyScope scope_;
  std::uint32_t port_ = 0;
  /// Nothing is added to it after the construction of the plan that made it; those that follow it share it.
  std::shared_ptr<std::pmr::monotonic_buffer_resource> memory_ = std::make_shared<std::pmr::monotonic_buffer_resource>();
  std::deque<Entry> entries_;
  std::unordered_map<std::string_view, Entry*> by_key_;
  std::vector<Entry*> in_order_;
  std::vector<Wrapper> wrappers_;
  std::vector<std::vector<std::string_view>> extra_hosts_;
  std::vector<Host> hosts_;
  std::vector<std::string_view> domains_;
  std::shared_ptr<const VirtualHostRoutes::Services> services_ = std::make_shared<const VirtualHostRoutes::Services>();
  std::unordered_map<std::string_view, std::size_t> by_domain_;  ///< of hosts_; of a whole port's only
};

}  // namespace meshroute::view
