#pragma once

// SPDX-License-Identifier: Apache-2.0
// The route tables of a gateway (GW40-GW54).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "view/table_plan.hpp"
#include "view/virtual_host_routes.hpp"

namespace meshroute::view {

class GatewayPlan : public TablePlan {
 public:
  /// `seen` is a router's, and kept alive.
  GatewayPlan(std::shared_ptr<const Seen> seen, std::string name);

  std::size_t size() const override { return hosts_.size(); }
  std::pair<const std::string_view*, std::size_t> domains(std::size_t host) const override {
    return {hosts_[host].domains.data(), hosts_[host].domains.size()};
  }
  using TablePlan::virtual_host;
  envoy::VirtualHost virtual_host(std::size_t host, std::vector<RuleOrigin>* origins) const override;
  std::size_t place_of(const HostSource& earlier, std::size_t host) const override;
  bool same_domains(const HostSource& /*earlier*/) const override { return false; }

  std::vector<HostRules> rules_of(std::string_view virtual_host) const override;
  void count(text::Heap& heap) const override;

 private:
  /// The routes of one VirtualService of one Gateway (GW44).
  struct Piece {
    const scope::GatewayServer* server = nullptr;  ///< the first of the Gateway's servers for which there are any
    const VirtualServiceEntry* owner = nullptr;
  };
  struct Host {
    std::string host, name;  ///< host: in lower case
    std::uint32_t port = 0;
    std::vector<std::string_view> domains;
    std::vector<std::uint32_t> pieces;  ///< in order, with repetitions
    bool require_tls = false;
  };
  class Builder;

  /// GW51.
  VirtualHostRoutes::Services services_of(const VirtualServiceEntry& owner) const;
  bool same(const Piece& a, const Piece& b) const;

  const std::shared_ptr<const Seen> seen_;
  const ProxyScope scope_;
  std::vector<Piece> pieces_;
  std::vector<std::string> texts_;  ///< what domains are views of
  std::vector<Host> hosts_;
};

}  // namespace meshroute::view
