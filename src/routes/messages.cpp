// SPDX-License-Identifier: Apache-2.0
#include "routes/messages.hpp"

#include <algorithm>

namespace meshroute::routes {

namespace {

std::string format(const std::vector<FormatPart>& parts, const Headers& headers) {  // envoy.md 28
  std::string result;
  for (const FormatPart& part : parts) {
    std::string value;
    if (part.kind == FormatPart::Kind::literal) value = part.text;
    if (part.kind == FormatPart::Kind::protocol) value = "HTTP/1.1";
    if (part.kind == FormatPart::Kind::request) {
      value = headers.first(headers.find(part.text) || part.alternative.empty() ? part.text : part.alternative);
    }
    if (part.length) value = value.substr(0, *part.length);
    result += value;
  }
  return result;
}

std::uint32_t grpc_code(std::uint32_t status) {  // envoy.md 39a
  switch (status) {
    case 400:
      return 13;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return 2;
  }
}

std::string grpc_message(std::string_view text) {
  static const char* kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E || c == '%') {
      result += '%';
      result += kHex[byte >> 4U];
      result += kHex[byte & 15U];
    } else {
      result += c;
    }
  }
  return result;
}

bool is_grpc(const Headers& headers) {
  const std::string type = headers.first("content-type");
  return type == "application/grpc" || type.starts_with("application/grpc+");
}

}  // namespace

void apply(const HeaderOperations& operations, Headers& headers, const Headers& request) {  // envoy.md 26
  for (const std::string& name : operations.remove) headers.remove(name);
  std::vector<std::pair<const HeaderAdd*, std::string>> overwrites, appends;
  for (const HeaderAdd& add : operations.add) {
    std::string value = format(add.value, request);
    if (value.empty() && !add.keep_empty) continue;  // envoy.md 27
    using Action = HeaderAdd::Action;
    const bool there = headers.find(add.name) != nullptr;
    if (add.action == Action::add_if_absent && there) continue;
    if (add.action == Action::overwrite_if_exists && !there) continue;
    const bool over = add.action == Action::overwrite || add.action == Action::overwrite_if_exists;
    (over ? overwrites : appends).emplace_back(&add, std::move(value));
  }
  for (auto& [add, value] : overwrites) headers.set(add->name, std::move(value));
  for (auto& [add, value] : appends) headers.append(add->name, std::move(value));
}

std::optional<std::string> rewritten(const PathRewrite& rewrite, const Route& route, const std::string& path) {
  if (rewrite.regex) {
    std::string result = rewrite.regex->replace_all(path, rewrite.substitution);
    if (result.empty()) return std::nullopt;
    return result;
  }
  using Kind = Route::PathKind;
  const bool textual = route.path_kind == Kind::prefix || route.path_kind == Kind::separated_prefix;
  return textual ? rewrite.prefix + path.substr(std::min(path.size(), route.path.size())) : rewrite.prefix;
}

void reply(Answer& answer, const Asked& asked, const Levels* levels, std::uint32_t status, std::string flags,
           std::string_view body, bool has_body, const std::string& location, std::optional<std::uint32_t> grpc) {
  Headers headers;
  if (!location.empty()) headers.set("location", location);
  if (levels) {
    Headers request = asked.headers;
    if (levels->destination) apply(levels->destination->mutations.response, headers, request);
    apply(levels->route->mutations.response, headers, request);
    apply(levels->host->mutations.response, headers, request);
    apply(levels->table->mutations.response, headers, request);
  }
  Response response;
  response.status = status;
  response.flags = std::move(flags);
  if (is_grpc(asked.headers)) {
    answer.grpc_status = grpc.value_or(grpc_code(status));
    response.status = 200;
    headers.set("content-type", "application/grpc");
    headers.set("grpc-status", std::to_string(*answer.grpc_status));
    if (!body.empty()) headers.set("grpc-message", grpc_message(body));
  } else if (has_body && status != 204 && !headers.find("content-type")) {
    headers.set("content-type", "text/plain");
  }
  for (const auto& [name, lines] : headers.entries()) response.headers.emplace_back(name, lines);
  answer.response = std::move(response);
}

std::string location_of(const Redirect& redirect, const Route& route, const Asked& asked) {  // envoy.md 30, 31
  const std::string scheme = redirect.scheme.empty() ? asked.scheme : redirect.scheme;
  std::string host = redirect.host.empty() ? asked.host : redirect.host;
  if (redirect.host.empty()) {
    const std::size_t colon = host.rfind(':');
    const bool port = colon != std::string::npos && !host.ends_with(']');
    const std::string_view shown = port ? std::string_view(host).substr(colon) : std::string_view();
    if (port && (redirect.port != 0 ||
                 (scheme != asked.scheme && ((scheme == "https" && shown == ":80") || (scheme == "http" && shown == ":443"))))) {
      host.resize(colon);
    }
  }
  if (redirect.port != 0) host += ":" + std::to_string(redirect.port);
  std::string path = asked.path;
  std::string query = redirect.strip_query ? std::string() : asked.query;
  if (!redirect.path.empty()) {
    path = redirect.path;
    if (path.find('?') != std::string::npos) query.clear();
  } else if (redirect.rewrite.any()) {
    path = rewritten(redirect.rewrite, route, asked.path).value_or(asked.path);
  }
  if (!path.starts_with('/')) path.insert(0, "/");
  return scheme + "://" + host + path + query;
}

void fill_upstream(Answer& answer, const Request& request, const Asked& asked, Headers& headers, const std::string& path,
                   const std::string& host) {
  Headers sent;
  for (const auto& [name, value] : request.headers) {
    const std::string key = lower(name);
    if (key != "host") sent.at(key).push_back(value);
  }
  UpstreamRequest upstream{request.method, path, host, {}, {}, {}};
  static constexpr std::string_view kBodiless[] = {"GET", "HEAD", "DELETE", "TRACE", "CONNECT"};
  if (std::find(std::begin(kBodiless), std::end(kBodiless), request.method) == std::end(kBodiless) &&
      !headers.find("content-length") && !headers.find("transfer-encoding")) {
    headers.set("content-length", "0");  // envoy.md 40
  }
  for (const auto& [name, lines] : headers.entries()) {
    if (name.starts_with(':')) continue;
    const Lines* before = sent.find(name);
    if (before && *before != lines) upstream.headers_changed.push_back({name, *before, lines});
    if (!before && (lines != Lines{"generated"} || name != "x-request-id") && name != "x-forwarded-proto") {
      upstream.headers_added.emplace_back(name, lines);
    }
  }
  for (const auto& entry : sent.entries()) {
    if (!headers.find(entry.first)) upstream.headers_removed.push_back(entry.first);
  }
  if (path != request.path) answer.path = path;
  if (host != asked.host) answer.authority = host;
  answer.upstream_request = std::move(upstream);
}

}  // namespace meshroute::routes
