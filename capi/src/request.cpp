// SPDX-License-Identifier: Apache-2.0
// C requests and proxies into the library's own.
#include "request.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace meshroute::capi {

namespace {

/// What stands between commas.
std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    list.emplace_back(item);
    text.remove_prefix(std::min(item.size() + 1, text.size()));
  }
  return list;
}

}  // namespace

Request request_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return value_of(Request::from_json(text));
  return value_of(Request::from_url(text));
}

Request request_of(const char* name, const meshroute_request* given) {
  need(name, given);
  const meshroute_request known = take(name, given);
  if (known.header_count > 0 && known.headers == nullptr) refuse_null("request.headers");
  if (known.port > 65535) refuse_number("request", "port", known.port, "it is at most 65535");
  const auto text = [](const char* member, meshroute_str value) { return text_of(member, value); };
  Request request;
  if (known.url.size > 0) request = request_of(text("request.url", known.url));
  if (known.protocol.size > 0) request.protocol = text("request.protocol", known.protocol);
  if (known.address.data != nullptr) request.address = text("request.address", known.address);
  if (known.host.data != nullptr) request.host = text("request.host", known.host);
  if (known.method.size > 0) request.method = text("request.method", known.method);
  if (known.path.size > 0) request.path = text("request.path", known.path);
  if (known.scheme.data != nullptr) request.scheme = text("request.scheme", known.scheme);
  if (known.sni.size > 0) request.sni = text("request.sni", known.sni);
  if (known.alpn.data != nullptr) request.alpn = list_of(text("request.alpn", known.alpn));
  for (std::size_t i = 0; i < known.header_count; ++i) {
    request.headers.emplace_back(text("request.headers[].name", known.headers[i].name),
                                 text("request.headers[].value", known.headers[i].value));
  }
  if (known.has_random != 0) request.random = known.random;
  if (known.port != 0) request.port = known.port;
  const std::int32_t tls =
      one_of("request", "tls", known.tls, MESHROUTE_TLS_MUTUAL, "use MESHROUTE_TLS_NONE, _SIMPLE or _MUTUAL");
  if (tls != MESHROUTE_TLS_NONE) request.tls = true;
  if (tls == MESHROUTE_TLS_MUTUAL) request.mutual_tls = true;
  if (known.client_cert != 0) request.client_cert = true;
  if (known.no_sni != 0) request.no_sni = true;
  if (known.identity.size > 0) request.identity = text("request.identity", known.identity);
  if (known.source_ip.size > 0) request.source_ip = text("request.source_ip", known.source_ip);
  if (known.jwt.size > 0) request.jwt = text("request.jwt", known.jwt);
  if (known.tokens.size > 0) {
    request.tokens =
        value_of(Request::from_json("{\"tokens\":" + std::string(text("request.tokens", known.tokens)) + "}")).tokens;
  }
  const std::int32_t says = one_of("request", "ext_authz", known.ext_authz, MESHROUTE_EXT_AUTHZ_ERROR,
                                   "use MESHROUTE_EXT_AUTHZ_ALLOW, _DENY or _ERROR");
  if (says != MESHROUTE_EXT_AUTHZ_ALLOW) request.ext_authz = static_cast<Request::ExtAuthz>(says);
  if (auto wrong = request.wrong()) refuse(*wrong);
  return request;
}

ResolveOptions options_of(const meshroute_resolve_options* given) {
  const meshroute_resolve_options known = take("options", given);
  return {.trace = known.trace != 0, .upstream_request = known.skip_upstream_request == 0};
}

}  // namespace meshroute::capi
