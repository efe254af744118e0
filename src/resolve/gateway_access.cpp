// SPDX-License-Identifier: Apache-2.0
#include "resolve/gateway_access.hpp"

#include <algorithm>

#include "routes/messages.hpp"
#include "routes/reuse.hpp"
#include "text/case.hpp"
#include "view/inbound/inbound.hpp"

namespace meshroute::resolve {

namespace {

using authorization::Filter;

constexpr std::string_view kSomeClient = "10.99.0.9";

/// GW95: the address that the proxies before the gateway, so many, say to be the client's; nothing where they say none.
std::optional<match::Ip> trusted_client(const routes::Headers& headers, std::uint32_t proxies) {
  const routes::Lines* lines = headers.find("x-forwarded-for");
  if (proxies == 0 || lines == nullptr || lines->empty()) return std::nullopt;
  std::string_view rest = lines->front();
  for (std::uint32_t skip = proxies;; --skip) {  // the gateway itself has added the last one
    const std::size_t comma = rest.rfind(',');
    if (skip == 0) return match::parse_ip(routes::trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
    if (comma == std::string_view::npos) return std::nullopt;
    rest = rest.substr(0, comma);
  }
}

/// What Envoy writes of a token that it refuses.
std::string realm_of(const routes::Asked& asked) {
  constexpr std::size_t kMostPath = 256;
  std::string text = "Bearer realm=\"";
  text.append(asked.scheme).append("://").append(asked.host);
  text.append(std::string_view(asked.full_path()).substr(0, kMostPath));
  return text + "\", error=\"invalid_token\"";
}

}  // namespace

GatewayAccess::GatewayAccess(const view::ProxyView& view, const Request& request, const view::FilterChain& chain,
                             std::uint32_t port, std::string_view server_name, Decisions* decisions)
    : request_(request),
      access_(*view.inbound().access),
      trusted_proxies_(view.snapshot->settings.trusted_proxies),
      decisions_(decisions) {
  if (access_.http.empty() && access_.tcp.empty()) return;
  if (request.tls && request.client_cert && view::ends_tls(chain.tls) && chain.tls != view::FilterChain::Tls::simple) {
    identity_ = request.identity;
    if (identity_.empty() && chain.tls == view::FilterChain::Tls::istio_mutual)
      identity_ = "spiffe://" + view.snapshot->settings.trust_domain + "/ns/default/sa/default";
  }
  source_ = match::parse_ip(request.source_ip.empty() ? kSomeClient : std::string_view(request.source_ip));
  destination_ = match::parse_ip(request.address ? std::string_view(*request.address) : std::string_view(view.proxy.ip));
  attributes_.identity = identity_;
  attributes_.server_name = server_name;
  attributes_.source = attributes_.remote = source_ ? &*source_ : nullptr;
  attributes_.destination = destination_ ? &*destination_ : nullptr;
  attributes_.port = port;
}

bool GatewayAccess::takes_headers(const routes::Asked& asked) const {
  return std::any_of(access_.token_rules.begin(), access_.token_rules.end(), [&](const authorization::TokenRule& rule) {
    return std::any_of(rule.replaced_headers.begin(), rule.replaced_headers.end(),
                       [&](const std::string& header) { return asked.headers.find(header) != nullptr; });
  });
}

void GatewayAccess::hear(bool http) const {
  if (decisions_ == nullptr || !decisions_->on_access) return;
  decisions_->on_access({access_, http, attributes_, decision_, considered_}, decisions_->access);
}

void GatewayAccess::deny(Answer& answer) const {
  answer.outcome = "denied";
  answer.error = "denied";
  if (decisions_ != nullptr) decisions_->denied = true;
}

bool GatewayAccess::enter(routes::Asked& asked, Answer& answer) {
  if (access_.http.empty()) return true;
  remote_ = trusted_client(asked.headers, trusted_proxies_);
  if (remote_) attributes_.remote = &*remote_;
  attributes_.request = &asked;
  authorization::decide(access_.http, access_.token_rules, request_, &asked, attributes_, decision_,
                        decisions_ != nullptr ? &considered_ : nullptr);
  hear(true);
  asked.claims = attributes_.claims;
  if (decision_.allowed) return true;
  deny(answer);
  using Kind = Filter::Kind;
  const Kind kind = decision_.filter->kind;
  if (kind == Kind::ext_authz) {
    routes::reply(answer, asked, nullptr, decision_.status, "UAEX", {}, false);
    return false;
  }
  const std::string_view body =
      kind == Kind::jwt_authn ? authorization::text_of(decision_.tokens.problem) : std::string_view("RBAC: access denied");
  routes::reply(answer, asked, nullptr, decision_.status, {}, body, true);
  if (kind == Kind::jwt_authn) answer.response->headers.push_back({"www-authenticate", {realm_of(asked)}});
  return false;
}

bool GatewayAccess::enter(Answer& answer) {
  if (access_.tcp.empty()) return true;
  authorization::decide(access_.tcp, {}, request_, nullptr, attributes_, decision_,
                        decisions_ != nullptr ? &considered_ : nullptr);
  hear(false);
  if (!decision_.allowed) deny(answer);
  return decision_.allowed;
}

}  // namespace meshroute::resolve
