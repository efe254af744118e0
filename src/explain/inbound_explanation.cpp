// SPDX-License-Identifier: Apache-2.0
// The sentences of a server's trace: chains, policies, tokens.
#include "explain/inbound_explanation.hpp"

#include <algorithm>

#include "authorization/peer_authentication.hpp"
#include "explain/access_explanation.hpp"
#include "findings/display_name.hpp"
#include "text/list.hpp"

namespace meshroute::explain {

namespace {

using authorization::Mode;

std::string_view tls_words(const Request& request) {
  return !request.tls ? "plaintext" : request.mutual_tls ? "mutual TLS" : "one-way TLS";
}

}  // namespace

void InboundExplanation::asked(const view::Inbound& inbound, const Request& request, std::uint32_t port) {
  inbound_ = &inbound;
  request_ = &request;
  port_ = port;
}

void InboundExplanation::line(const char* stage, Code code, Verdict verdict, std::string text, const Resource* resource,
                              std::string_view path, std::string hint) {
  TraceLine line{.stage = stage, .verdict = verdict, .path = std::string(path), .text = std::move(text)};
  line.code = name_of(code);
  line.hint = std::move(hint);
  if (resource != nullptr) {
    line.resource = findings::display_name(*resource);
    const text::Place place = places_.find(*resource, path);
    line.source = place.source;
    line.line = place.line;
    line.column = place.column;
  }
  answer_.trace.push_back(std::move(line));
}

std::string InboundExplanation::caller() const {
  if (!answer_.peer.empty()) return answer_.peer;
  return request_->tls ? "a caller over TLS without an identity that the server sees" : "a caller without a certificate";
}

void InboundExplanation::mode() {
  const Mode mode = inbound_->modes.of(port_);
  const std::string text = "port " + std::to_string(port_) + " is " + std::string(authorization::text_of(mode));
  const Resource* source = inbound_->modes.source(port_);
  if (source == nullptr) {
    line("mtls", Code::mtls_mode_default, Verdict::noted, text + ": no PeerAuthentication sets a mode");
    return;
  }
  const auto& spec = *source->as<model::PeerAuthentication>();
  const bool by_port = source == inbound_->modes.workload && spec.port_level_mtls && spec.port_level_mtls->contains(port_) &&
                       spec.port_level_mtls->at(port_).mode != Mode::UNSET;
  line("mtls", Code::mtls_mode, Verdict::noted, text + " by " + findings::display_name(*source), source,
       by_port ? "spec.portLevelMtls." + std::to_string(port_) + ".mode" : std::string("spec.mtls.mode"));
}

void InboundExplanation::chain(const view::InboundListener& listener, const view::InboundChain& chain) {
  line("server", Code::server, Verdict::noted, "the proxy is " + inbound_->identity);
  mode();
  std::string text = "filter chain " + chain.name + " takes the " + std::string(tls_words(*request_)) + " connection as " +
                     (chain.http ? "HTTP" : "TCP");
  if (request_->tls && !chain.mutual) text += ", and passes the TLS on unread";
  if (chain.target != nullptr)
    text += "; " + chain.target->service->hostname + " defines port " + std::to_string(chain.target->port->number);
  if (chain.target == nullptr && chain.port == 0)
    text += listener.name == view::kVirtualInbound ? "; no service of this workload has the port" : "";
  line("chain", Code::inbound_chain, Verdict::matched, std::move(text),
       chain.target != nullptr ? chain.target->service->resource : nullptr, chain.target != nullptr ? "spec.ports" : "");
}

void InboundExplanation::no_chain(const view::InboundListener& listener) {
  line("server", Code::server, Verdict::noted, "the proxy is " + inbound_->identity);
  mode();
  const Resource* source = inbound_->modes.source(port_);
  std::string hint;
  if (!request_->tls && inbound_->modes.of(port_) == Mode::STRICT) {
    hint =
        source == nullptr ? "" : "set PERMISSIVE in " + findings::display_name(*source) + ", or have the caller speak mutual TLS";
  } else if (request_->tls && !request_->mutual_tls) {
    hint = "have the caller speak mutual TLS of Istio, or plaintext";
  }
  if (!hint.empty() && !request_->tls)
    return line("chain", Code::inbound_no_chain, Verdict::skipped,
                findings::display_name(*source) + " lets only mutual TLS in on port " + std::to_string(port_) +
                    " (STRICT), and this is plain text: the connection is closed",
                nullptr, {}, std::move(hint));
  line("chain", Code::inbound_no_chain, Verdict::skipped,
       "no filter chain of " + listener.name + " for port " + std::to_string(port_) + " takes " +
           std::string(tls_words(*request_)) + ": the connection is closed",
       nullptr, {}, std::move(hint));
}

void InboundExplanation::no_listener() {
  line("server", Code::server, Verdict::noted, "the proxy is " + inbound_->identity);
  line("chain", Code::inbound_no_chain, Verdict::skipped, "the proxy is a gateway: it has no inbound listener", nullptr, {},
       "ask for the connection without --inbound");
}

void InboundExplanation::refused_handshake() {
  if (!request_->mutual_tls) {
    line("mtls", Code::client_certificate_required, Verdict::skipped,
         "the chain wants a certificate, and the caller presents none: the handshake fails");
    return;
  }
  std::string prefixes;
  for (const std::string& prefix : inbound_->peer_prefixes) prefixes += (prefixes.empty() ? "" : ", ") + prefix;
  line("mtls", Code::peer_certificate_refused, Verdict::skipped,
       "the caller's identity " + request_->identity + " starts with none of " + prefixes + ": the handshake fails", nullptr, {},
       "add the caller's trust domain to trustDomainAliases of the mesh config");
}

void InboundExplanation::protocol_error(const view::InboundChain& chain, std::string_view agreed) {
  std::string text = "the port is HTTP, and ";
  if (request_->tls && !chain.mutual) {
    text += "TLS reaches it unread: mode DISABLE looks at no TLS";
  } else if (request_->protocol == "tcp") {
    text += "the bytes are not";
  } else {
    text += "the caller agreed on " + std::string(agreed) + " and speaks " + request_->protocol;
  }
  line("request", Code::inbound_protocol_error, Verdict::skipped, text + ": Envoy answers 400 and closes");
}

void InboundExplanation::bad_request() {
  line("request", Code::bad_request, Verdict::skipped, "Envoy refuses the request before any policy");
}

void InboundExplanation::decided(const view::InboundChain& chain, const authorization::Attributes& attributes,
                                 const authorization::Decision& decision,
                                 const std::vector<authorization::Considered>& considered) {
  const AccessStory story(view_, *inbound_->access, chain.http, caller(), [this](AccessStory::Line told) {
    line(told.stage, told.code, told.verdict, std::move(told.text), told.resource, told.path, std::move(told.hint));
  });
  story.policies(considered, attributes);
  story.verdict(decision, considered, attributes);
}

TraceLine identity_refused(const view::ProxyView& server, const std::vector<std::string>& accepted) {
  TraceLine told;
  told.stage = "mtls";
  told.verdict = Verdict::skipped;
  told.code = name_of(Code::server_identity_refused);
  told.text = "the server's certificate is for " + server.inbound().identity + ", and the client accepts only " +
              text::some_of(accepted, 3) + ": the handshake fails";
  told.hint = "run the server under the service account that the client accepts, or add its identity to subjectAltNames";
  return told;
}

TraceLine gets_own_request(const view::ProxyView& gateway) {
  TraceLine told;
  told.stage = "route";
  told.verdict = Verdict::skipped;
  told.code = name_of(Code::loop);
  told.text = "the request comes back to the gateway in namespace " + gateway.proxy.namespace_ + " that has sent it on: a loop";
  told.hint = "add a rule for requests at this gateway (match gateways) that leads to the service itself";
  return told;
}

}  // namespace meshroute::explain
