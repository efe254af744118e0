#pragma once

// SPDX-License-Identifier: Apache-2.0
// The reasons of a server's answer, each at its place in the file. Does nothing where no trace is wanted.

#include <string>
#include <string_view>
#include <vector>

#include "authorization/decide.hpp"
#include "meshroute/inbound_answer.hpp"
#include "text/place.hpp"
#include "view/inbound/inbound.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

class InboundExplanation {
 public:
  InboundExplanation(const view::ProxyView& view, const view::Inbound& inbound, const Request& request, std::uint32_t port,
                     InboundAnswer& answer, bool wanted);

  /// Which chain takes the connection, and which mode the port has.
  void chain(const view::InboundListener& listener, const view::InboundChain& chain);
  void no_chain(const view::InboundListener& listener);
  void refused_handshake();
  /// `agreed`: the protocol that both sides chose by ALPN; may be empty.
  void protocol_error(const view::InboundChain& chain, std::string_view agreed);
  void bad_request();
  /// Every rule that was looked at, and what decided.
  void decided(const view::InboundChain& chain, const authorization::Attributes& attributes,
               const authorization::Decision& decision, const std::vector<authorization::Considered>& considered);

 private:
  void line(const char* stage, const char* code, Verdict verdict, std::string text, const Resource* resource = nullptr,
            std::string_view path = {}, std::string hint = {});
  void mode();
  void policies(bool http, const std::vector<authorization::Considered>& considered, const authorization::Attributes& attributes);
  void verdict(bool http, const authorization::Decision& decision);
  std::string caller() const;

  const view::ProxyView& view_;
  const view::Inbound& inbound_;
  const Request& request_;
  const std::uint32_t port_;
  InboundAnswer& answer_;
  const bool wanted_;
  text::Places places_;
};

/// "from.source.namespaces: shop is not among [admin]".
std::string unmet_text(const authorization::Condition& condition, const authorization::Attributes& attributes);

}  // namespace meshroute::explain
