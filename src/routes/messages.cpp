// SPDX-License-Identifier: Apache-2.0
// The messages that leave: header operations, rewrites, redirects, replies (envoy.md 21-40).
#include "routes/messages.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <memory_resource>

#include "routes/reuse.hpp"

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

std::string_view path_text(const FormatPart& part, const Headers& headers) {
  const bool original = part.alternative != "PATH" && headers.find("x-envoy-original-path") != nullptr;
  const std::string_view path =
      original || part.alternative == "ORIG" ? headers.first("x-envoy-original-path") : headers.first(":path");
  return part.text == "NQ" ? path.substr(0, path.find('?')) : path;
}

int hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The first parameter of the query with this name, without its percent signs.
Text query_parameter(std::string_view name, const Headers& headers) {
  Text decoded(headers.memory());
  std::string_view query = headers.first(":path");
  query.remove_prefix(std::min(query.size(), query.find('?')));
  while (!query.empty()) {
    query.remove_prefix(1);  // ? or &
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size());
    const std::size_t equals = std::min(pair.size(), pair.find('='));
    if (pair.substr(0, equals) != name) continue;
    const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    for (std::size_t i = 0; i < value.size(); ++i) {
      const bool coded = value[i] == '%' && i + 2 < value.size() && hex(value[i + 1]) >= 0 && hex(value[i + 2]) >= 0;
      decoded += coded ? static_cast<char>(hex(value[i + 1]) * 16 + hex(value[i + 2])) : value[i];
      if (coded) i += 2;
    }
    break;
  }
  return decoded;
}

/// What the request says of its connection: the address and port that it comes to, the caller's address, the SNI. Empty where it
/// does not say, as for the caller's port.
Text connection_text(std::string_view command, const Request* request, std::pmr::memory_resource* memory) {
  Text text(memory);
  if (request == nullptr) return text;
  if (command == "REQUESTED_SERVER_NAME") {
    text = request->sni;
  } else if (command == "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" || command == "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT") {
    text = request->source_ip;
  } else if (command == "DOWNSTREAM_LOCAL_PORT") {
    if (request->port != 0) text = std::to_string(request->port);
  } else if (request->address && command == "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT") {
    text = *request->address;
  } else if (request->address && command == "DOWNSTREAM_LOCAL_ADDRESS") {
    const bool v6 = request->address->find(':') != std::string::npos;
    text = (v6 ? "[" : "") + *request->address + (v6 ? "]:" : ":") + std::to_string(request->port);
  }
  return text;
}

Text format(const std::vector<FormatPart>& parts, const Headers& headers, const FormatValues& values) {  // envoy.md 28
  Text result(headers.memory());
  for (const FormatPart& part : parts) {
    std::string time;
    Text parameter(headers.memory());
    std::string_view value;
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
        value = values.cluster;
        break;
      case FormatPart::Kind::route:
        value = values.route;
        break;
      case FormatPart::Kind::query:
        value = parameter = query_parameter(part.text, headers);
        break;
      case FormatPart::Kind::connection:
        value = parameter = connection_text(part.text, values.request, headers.memory());
        break;
      case FormatPart::Kind::time:
        value = time = time_text(part.text);
        break;
      case FormatPart::Kind::other:
        break;
    }
    result += part.length ? value.substr(0, *part.length) : value;
  }
  return result;
}

/// Writes the lines over those that are there.
template <class List>
void write_lines(const List& lines, std::vector<std::string>& to) {
  Refill refill(to);
  for (const auto& line : lines) refill.next() = line;
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

const HeaderAdd* unknown_value(const HeaderOperations& operations, const Request& request) {
  for (const HeaderAdd& add : operations.add) {
    for (const FormatPart& part : add.value) {
      if (part.kind == FormatPart::Kind::connection &&
          connection_text(part.text, &request, std::pmr::get_default_resource()).empty() && part.text != "REQUESTED_SERVER_NAME")
        return &add;
    }
  }
  return nullptr;
}

void apply(const HeaderOperations& operations, Headers& headers, const Headers& request,
           const FormatValues& known) {  // envoy.md 26
  for (const std::string& name : operations.remove) headers.remove(name);
  struct Value {
    const HeaderAdd* add;
    Text text;
    bool over;
  };
  if (operations.add.empty()) return;
  std::pmr::vector<Value> values(headers.memory());
  values.reserve(operations.add.size());
  for (const HeaderAdd& add : operations.add) {
    Text value = format(add.value, request, known);
    if (value.empty() && !add.keep_empty) continue;  // envoy.md 27
    using Action = HeaderAdd::Action;
    const bool there = headers.find(add.name) != nullptr;
    if (add.action == Action::add_if_absent && there) continue;
    if (add.action == Action::overwrite_if_exists && !there) continue;
    values.push_back({&add, std::move(value), add.action == Action::overwrite || add.action == Action::overwrite_if_exists});
  }
  // Blanks at the ends of a value do not reach the other side.
  for (const Value& value : values) {
    if (value.over) headers.set(value.add->name, trim(value.text));
  }
  for (const Value& value : values) {
    if (!value.over) headers.append(value.add->name, trim(value.text));
  }
}

void cap_grpc_timeout(std::int64_t most, std::int64_t per_try, Headers& headers) {  // envoy.md 36
  if (!is_grpc(headers)) return;
  const Lines* asked = headers.find("grpc-timeout");
  // Without a timeout of its own a request has an endless one.
  const double own = asked != nullptr ? grpc_timeout_ms(asked->front()).value_or(0) : 0;
  double left = own;
  for (const std::int64_t cap : {most, per_try}) {
    if (cap > 0 && (left == 0 || left > static_cast<double>(cap))) left = static_cast<double>(cap);
  }
  if (left != own) headers.set("grpc-timeout", std::to_string(static_cast<std::int64_t>(left)) + "m");
}

Text rewritten_whole(const PathRewrite& rewrite, const Headers& headers, const FormatValues& values) {
  return format(rewrite.format, headers, values);
}

std::optional<Text> rewritten(const PathRewrite& rewrite, const Route& route, const Text& path) {
  const auto memory = path.get_allocator();
  if (rewrite.regex) {
    const std::string result = rewrite.regex->replace_all(path, rewrite.substitution);
    if (result.empty()) return std::nullopt;
    return Text(result, memory);
  }
  using Kind = Route::PathKind;
  const bool textual = route.path_kind == Kind::prefix || route.path_kind == Kind::separated_prefix;
  Text result(rewrite.prefix, memory);
  if (textual) result += std::string_view(path).substr(std::min(path.size(), route.path.size()));
  return result;
}

void reply(Answer& answer, const Asked& asked, const Levels* levels, std::uint32_t status, std::string_view flags,
           std::string_view body, bool has_body, std::string_view location, std::optional<std::uint32_t> grpc) {
  Headers headers(asked.memory(), true);
  if (!location.empty()) headers.set("location", location);
  if (levels != nullptr) {
    const FormatValues known{.route = levels->route->name, .request = asked.request};
    if (levels->destination) apply(levels->destination->mutations.response, headers, asked.headers, known);
    for (const Mutations* mutations : levels->in_order()) apply(mutations->response, headers, asked.headers, known);
  }
  Response& response = response_of(answer);
  response.status = status;
  response.flags = flags;
  if (is_grpc(asked.headers)) {
    answer.grpc_status = grpc.value_or(grpc_code(status));
    response.status = 200;
    headers.set("content-type", "application/grpc");
    headers.set("grpc-status", std::to_string(*answer.grpc_status));
    if (!body.empty() && asked.headers.first(":method") != "HEAD") headers.set("grpc-message", grpc_message(body));
  } else if (!has_body) {
    headers.remove("content-type");
  } else if (!headers.find("content-type")) {
    headers.set("content-type", "text/plain");
  }
  Refill shown(response.headers);
  for (const auto& [name, lines] : headers.entries()) {
    auto& entry = shown.next();
    entry.first = name;
    write_lines(lines, entry.second);
  }
}

Text location_of(const Redirect& redirect, const Route& route, const Asked& asked) {  // envoy.md 30, 31
  const std::string_view scheme = redirect.scheme.empty() ? std::string_view(asked.scheme) : std::string_view(redirect.scheme);
  std::string_view host = redirect.host.empty() ? std::string_view(asked.host) : std::string_view(redirect.host);
  if (redirect.host.empty()) {
    const std::size_t colon = host.rfind(':');
    const bool port = colon != std::string_view::npos && !host.ends_with(']');
    const std::string_view shown = port ? host.substr(colon) : std::string_view();
    const bool default_port = (asked.scheme == "http" && shown == ":80") || (asked.scheme == "https" && shown == ":443");
    if (port && (redirect.port != 0 || (scheme != asked.scheme && default_port))) host = host.substr(0, colon);
  }
  Text location(scheme, asked.memory());
  location += "://";
  location += host;
  if (redirect.port != 0) {
    location += ':';
    location += std::to_string(redirect.port);
  }
  bool query = !redirect.strip_query;
  Text path(asked.path, asked.memory());
  if (!redirect.path.empty()) {
    path = redirect.path;
    query = query && path.find('?') == std::string::npos;
  } else if (redirect.rewrite.any()) {
    if (auto to = rewritten(redirect.rewrite, route, asked.path)) path = *to;
  }
  if (!path.starts_with('/')) location += '/';
  location += path;
  if (query) location += asked.query;
  return location;
}

void fill_upstream(Answer& answer, const Request& request, const Asked& asked, Headers& headers, std::string_view path,
                   std::string_view host) {
  Headers sent(asked.memory());
  for (const auto& [name, value] : request.headers) {
    const Text key = lower(name, asked.memory());
    if (key != "host") sent.at(key).emplace_back(value);
  }
  UpstreamRequest& upstream = upstream_request_of(answer);
  upstream.method = request.method;
  upstream.path = path;
  upstream.authority = host;
  static constexpr std::string_view kBodiless[] = {"GET", "HEAD", "DELETE", "TRACE", "CONNECT"};
  if (!one_of(kBodiless, request.method) && !headers.find("content-length") && !headers.find("transfer-encoding")) {
    headers.set("content-length", "0");  // envoy.md 40
  }
  {
    Refill added(upstream.headers_added);
    Refill changed(upstream.headers_changed);
    for (const auto& [name, lines] : headers.entries()) {
      if (name.starts_with(':')) continue;
      const Lines* before = sent.find(name);
      if (before && *before != lines) {
        auto& entry = changed.next();
        entry.name = name;
        write_lines(*before, entry.sent);
        write_lines(lines, entry.got);
      }
      const bool generated = name == "x-request-id" && lines.size() == 1 && lines.front() == "generated";
      if (!before && !generated && name != "x-forwarded-proto") {
        auto& entry = added.next();
        entry.first = name;
        write_lines(lines, entry.second);
      }
    }
    Refill removed(upstream.headers_removed);
    for (const auto& entry : sent.entries()) {
      if (!headers.find(entry.first)) removed.next() = entry.first;
    }
  }
  if (path != request.path) answer.path = path;
  if (host != asked.host) answer.authority = host;
}

}  // namespace meshroute::routes
