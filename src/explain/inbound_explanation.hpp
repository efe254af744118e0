#pragma once

// SPDX-License-Identifier: Apache-2.0
// The trace of a server's answer, each line at its place in the file.

#include <string>
#include <string_view>
#include <vector>

#include "authorization/decide.hpp"
#include "explain/code.hpp"
#include "meshroute/inbound_answer.hpp"
#include "resolve/inbound.hpp"
#include "text/place.hpp"
#include "view/inbound/inbound.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

class InboundExplanation : public resolve::InboundObserver {
 public:
  InboundExplanation(const view::ProxyView& view, InboundAnswer& answer) : view_(view), answer_(answer) {}

  void asked(const view::Inbound& inbound, const Request& request, std::uint32_t port) override;
  /// Which chain takes the connection, and which mode the port has.
  void chain(const view::InboundListener& listener, const view::InboundChain& chain) override;
  void no_chain(const view::InboundListener& listener) override;
  void no_listener() override;
  void refused_handshake() override;
  void protocol_error(const view::InboundChain& chain, std::string_view agreed) override;
  void bad_request() override;
  /// Every rule that was looked at, and what decided.
  void decided(const view::InboundChain& chain, const authorization::Attributes& attributes,
               const authorization::Decision& decision, const std::vector<authorization::Considered>& considered) override;

 private:
  void line(const char* stage, Code code, Verdict verdict, std::string text, const Resource* resource = nullptr,
            std::string_view path = {}, std::string hint = {});
  void mode();
  std::string caller() const;

  const view::ProxyView& view_;
  InboundAnswer& answer_;
  const view::Inbound* inbound_ = nullptr;
  const Request* request_ = nullptr;
  std::uint32_t port_ = 0;
  text::Places places_;
};

/// Why the client's proxy ends the handshake with a server: it accepts only these names.
TraceLine identity_refused(const view::ProxyView& server, const std::vector<std::string>& accepted);
/// A gateway that gets a request which it has sent on itself.
TraceLine gets_own_request(const view::ProxyView& gateway);

}  // namespace meshroute::explain
