#pragma once

// SPDX-License-Identifier: Apache-2.0
// A connection or request to a gateway at the access filters of its chains (GW92-GW95). Between the sources of this room.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authorization/decide.hpp"
#include "match/cidr.hpp"
#include "resolve/decisions.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Of one connection. What is passed in outlives it.
class GatewayAccess final : public routes::Access {
 public:
  /// `server_name`: of its TLS, in lower case; empty without one. `decisions` may be null.
  GatewayAccess(const view::ProxyView& view, const Request& request, const view::FilterChain& chain, std::uint32_t port,
                std::string_view server_name, Decisions* decisions);

  bool takes_headers(const routes::Asked& asked) const override;
  bool enter(routes::Asked& asked, Answer& answer) override;
  /// Of a chain that reads no HTTP: false where the connection is closed, which the answer then says.
  bool enter(Answer& answer);

 private:
  void hear(bool http) const;
  void deny(Answer& answer) const;

  const Request& request_;
  const authorization::Access& access_;
  const std::uint32_t trusted_proxies_;
  Decisions* const decisions_;
  std::string identity_;
  std::optional<match::Ip> source_, remote_, destination_;
  authorization::Attributes attributes_;
  authorization::Decision decision_;
  std::vector<authorization::Considered> considered_;
};

}  // namespace meshroute::resolve
