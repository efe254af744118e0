#pragma once

// SPDX-License-Identifier: Apache-2.0
// One connection or request through a server's inbound chain and its access filters.

#include <cstdint>
#include <string_view>
#include <vector>

#include "authorization/decide.hpp"
#include "meshroute/inbound_answer.hpp"
#include "meshroute/request.hpp"
#include "view/inbound/inbound.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// Hears each decision as it is made. What is passed to it lives until the request is answered.
class InboundObserver {
 public:
  InboundObserver() = default;
  InboundObserver(const InboundObserver&) = delete;
  InboundObserver& operator=(const InboundObserver&) = delete;
  virtual ~InboundObserver() = default;

  virtual void asked(const view::Inbound& inbound, const Request& request, std::uint32_t port) = 0;
  virtual void no_chain(const view::InboundListener& listener) = 0;
  virtual void chain(const view::InboundListener& listener, const view::InboundChain& chain) = 0;
  /// The proxy is a gateway.
  virtual void no_listener() = 0;
  virtual void refused_handshake() = 0;
  /// `agreed`: the protocol that both sides chose by ALPN; may be empty.
  virtual void protocol_error(const view::InboundChain& chain, std::string_view agreed) = 0;
  virtual void bad_request() = 0;
  virtual void decided(const view::InboundChain& chain, const authorization::Attributes& attributes,
                       const authorization::Decision& decision, const std::vector<authorization::Considered>& considered) = 0;
};

/// Leaves the trace empty. Warm, without an observer and without tokens it allocates nothing.
void resolve_inbound(const view::ProxyView& view, const Request& request, InboundAnswer& answer,
                     InboundObserver* observer = nullptr);

}  // namespace meshroute::resolve
