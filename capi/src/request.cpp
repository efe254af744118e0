// SPDX-License-Identifier: Apache-2.0
// C requests and proxies into the library's own.
#include "request.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace meshroute::capi {

namespace {

constexpr std::int32_t kMutualTls = 2;

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

meshroute::Result<meshroute::Request> request_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return meshroute::Request::from_json(text);
  return meshroute::Request::from_url(text);
}

meshroute::Result<meshroute::Request> request_of(const meshroute_request* given) {
  meshroute_request known;
  const auto invalid = [](const char* why) { return meshroute::Error{meshroute::Error::Code::invalid_argument, why}; };
  if (given == nullptr) return invalid("the request is NULL");
  if (!take(given, known)) return invalid("the request's struct_size is not set");
  if (known.header_count > 0 && known.headers == nullptr) return invalid("the request's headers are NULL");
  if (known.port > 65535) return invalid("the request's port is above 65535");
  meshroute::Request request;
  if (known.url.size > 0) {
    auto parsed = request_of(view_of(known.url));
    if (!parsed) return parsed;
    request = std::move(*parsed);
  }
  if (known.protocol.size > 0) request.protocol = view_of(known.protocol);
  if (known.address.data != nullptr) request.address = view_of(known.address);
  if (known.host.data != nullptr) request.host = view_of(known.host);
  if (known.method.size > 0) request.method = view_of(known.method);
  if (known.path.size > 0) request.path = view_of(known.path);
  if (known.scheme.data != nullptr) request.scheme = view_of(known.scheme);
  if (known.sni.size > 0) request.sni = view_of(known.sni);
  if (known.alpn.data != nullptr) request.alpn = list_of(view_of(known.alpn));
  for (std::size_t i = 0; i < known.header_count; ++i) {
    request.headers.emplace_back(view_of(known.headers[i].name), view_of(known.headers[i].value));
  }
  if (known.has_random != 0) request.random = known.random;
  if (known.port != 0) request.port = known.port;
  if (known.tls != 0) request.tls = true;
  if (known.client_cert != 0) request.client_cert = true;
  if (known.no_sni != 0) request.no_sni = true;
  if (known.tls == kMutualTls) request.mutual_tls = true;
  if (known.identity.size > 0) request.identity = view_of(known.identity);
  if (known.source_ip.size > 0) request.source_ip = view_of(known.source_ip);
  if (known.jwt.size > 0) request.jwt = view_of(known.jwt);
  if (known.tokens.size > 0) {
    auto parsed = meshroute::Request::from_json("{\"tokens\":" + std::string(view_of(known.tokens)) + "}");
    if (!parsed) return parsed;
    request.tokens = std::move(parsed->tokens);
  }
  if (known.ext_authz < 0 || known.ext_authz > 2) return invalid("the request's ext_authz is not 0, 1 or 2");
  if (known.ext_authz != 0) request.ext_authz = static_cast<meshroute::Request::ExtAuthz>(known.ext_authz);
  if (auto wrong = request.wrong()) return *wrong;
  return request;
}

bool read(const meshroute_resolve_options* given, meshroute::ResolveOptions& options) {
  meshroute_resolve_options known;
  if (!take(given, known)) return false;
  options.trace = known.trace != 0;
  options.upstream_request = known.skip_upstream_request == 0;
  return true;
}

}  // namespace meshroute::capi
