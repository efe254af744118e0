// SPDX-License-Identifier: Apache-2.0
#include "routes/messages.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace meshroute::routes {

namespace {

/// strftime, in UTC; without a format as ISO 8601.
std::string time_text(const std::string& format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  if (gmtime_r(&now, &parts) == nullptr) return {};
  std::array<char, 256> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), format.empty() ? "%Y-%m-%dT%H:%M:%S.000Z" : format.c_str(), &parts);
  return {text.data(), size};
}

std::string path_text(const FormatPart& part, const Headers& headers) {
  const bool original = part.alternative != "PATH" && headers.find("x-envoy-original-path") != nullptr;
  std::string path = original || part.alternative == "ORIG" ? headers.first("x-envoy-original-path") : headers.first(":path");
  if (part.text == "NQ") path.resize(std::min(path.size(), path.find('?')));
  return path;
}

std::string format(const std::vector<FormatPart>& parts, const Headers& headers, std::string_view cluster) {  // envoy.md 28
  std::string result;
  for (const FormatPart& part : parts) {
    std::string value;
    switch (part.kind) {
      case FormatPart::Kind::literal:
        value = part.text;
        break;
      case FormatPart::Kind::protocol:
        value = "HTTP/1.1";
        break;
      case FormatPart::Kind::request:
        value = headers.first(headers.find(part.text) || part.alternative.empty() ? part.text : part.alternative);
        break;
      case FormatPart::Kind::path:
        value = path_text(part, headers);
        break;
      case FormatPart::Kind::cluster:
        value = cluster;
        break;
      case FormatPart::Kind::time:
        value = time_text(part.text);
        break;
      case FormatPart::Kind::other:
        break;
    }
    if (part.length) value = value.substr(0, *part.length);
    result += value;
  }
  return result;
}

/// A gRPC timeout in milliseconds: digits and one of H M S m u n.
std::optional<double> grpc_timeout_ms(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr + 1 != text.data() + text.size() || value < 0) return std::nullopt;
  constexpr std::pair<char, double> kUnits[] = {{'H', 3.6e6}, {'M', 6e4}, {'S', 1e3}, {'m', 1}, {'u', 1e-3}, {'n', 1e-6}};
  for (const auto& [unit, milliseconds] : kUnits) {
    if (*parsed.ptr == unit) return static_cast<double>(value) * milliseconds;
  }
  return std::nullopt;
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

}  // namespace

void apply(const HeaderOperations& operations, Headers& headers, const Headers& request,
           std::string_view cluster) {  // envoy.md 26
  for (const std::string& name : operations.remove) headers.remove(name);
  std::vector<std::pair<const HeaderAdd*, std::string>> overwrites, appends;
  for (const HeaderAdd& add : operations.add) {
    std::string value = format(add.value, request, cluster);
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

void cap_grpc_timeout(std::int64_t most,
                      Headers& headers) {  // envoy.md 36; without a timeout of its own a request has an endless one
  if (most == 0 || !is_grpc(headers)) return;
  const Lines* asked = headers.find("grpc-timeout");
  const auto milliseconds = asked != nullptr ? grpc_timeout_ms(asked->front()) : std::nullopt;
  if (!milliseconds || *milliseconds > static_cast<double>(most) || *milliseconds == 0)
    headers.set("grpc-timeout", std::to_string(most) + "m");
}

std::string rewritten_whole(const PathRewrite& rewrite, const Headers& headers) { return format(rewrite.format, headers, {}); }

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
  Headers headers(true);
  if (!location.empty()) headers.set("location", location);
  if (levels) {
    Headers request = asked.headers;
    if (levels->destination) apply(levels->destination->mutations.response, headers, request);
    for (const Mutations* mutations : levels->in_order()) apply(mutations->response, headers, request);
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
  } else if (!has_body) {
    headers.remove("content-type");
  } else if (!headers.find("content-type")) {
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
    if (port && (redirect.port != 0 || (scheme != asked.scheme && ((asked.scheme == "http" && shown == ":80") ||
                                                                   (asked.scheme == "https" && shown == ":443"))))) {
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
