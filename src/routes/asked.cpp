// SPDX-License-Identifier: Apache-2.0
// How Envoy reads a request before it routes: path, host, headers, scheme (envoy.md 1-6).
#include "routes/asked.hpp"

#include "routes/compiled.hpp"
#include "routes/reuse.hpp"
#include "text/case.hpp"

namespace meshroute::routes {

namespace {

// envoy.md 14: these stand on one line, joined by a comma.
bool is_inline_in_responses(std::string_view name) {
  static constexpr std::string_view kNames[] = {"access-control-allow-credentials",
                                                "access-control-allow-headers",
                                                "access-control-allow-methods",
                                                "access-control-allow-origin",
                                                "access-control-expose-headers",
                                                "access-control-max-age",
                                                "age",
                                                "cache-control",
                                                "content-encoding",
                                                "content-type",
                                                "etag",
                                                "expires",
                                                "grpc-message",
                                                "grpc-status",
                                                "last-modified",
                                                "location",
                                                "vary",
                                                "via",
                                                "x-request-id"};
  return one_of(kNames, name);
}

bool is_inline(std::string_view name) {
  static constexpr std::string_view kNames[] = {"accept",
                                                "accept-encoding",
                                                "authorization",
                                                "cache-control",
                                                "content-type",
                                                "if-match",
                                                "origin",
                                                "referer",
                                                "user-agent",
                                                "via",
                                                "x-forwarded-for",
                                                "access-control-request-headers",
                                                "access-control-request-method",
                                                "content-encoding",
                                                "expect",
                                                "grpc-accept-encoding",
                                                "grpc-timeout",
                                                "if-modified-since",
                                                "if-none-match",
                                                "if-range",
                                                "if-unmodified-since",
                                                "pragma",
                                                "x-client-trace-id",
                                                "x-envoy-decorator-operation",
                                                "x-envoy-downstream-service-cluster",
                                                "x-envoy-downstream-service-node",
                                                "x-envoy-external-address",
                                                "x-envoy-original-path",
                                                "x-forwarded-host",
                                                "x-forwarded-port",
                                                "x-forwarded-proto",
                                                "x-request-id"};
  return one_of(kNames, name);
}

void refuse_with(Answer& answer, std::uint32_t status) {
  Response& response = response_of(answer);
  response.status = status;
  response.flags.clear();
  response.headers.clear();
}

void bad_request(Answer& answer, bool trace, std::string_view reason) {
  if (trace)
    answer.trace.push_back(
        {"request", Verdict::noted, {}, {}, {}, 0, 0, "Envoy refuses the request: " + std::string(reason), "request"});
  answer.outcome = "bad_request";
  answer.error = "bad request";
  refuse_with(answer, 400);
  // The codec's own errors have a text, those of the connection manager have none.
  if (reason.starts_with("http1.") || reason == "http.invalid_authority")
    answer.response->headers.push_back({"content-type", {"text/plain"}});
}

/// Whether Envoy stops reading the request's head: more than 100 headers, or 60 KiB with the request line, as its HTTP/1 codec
/// counts them by default. The Host is a header of its own.
bool too_large(const Request& request) {
  constexpr std::size_t kMostHeaders = 100, kMostBytes = std::size_t{60} * 1024;
  constexpr auto line = [](std::size_t name, std::size_t value) { return name + value + std::string_view(": \r\n").size(); };
  std::size_t headers = request.headers.size(), bytes = std::string_view("  HTTP/1.1\r\n\r\n").size();
  bytes += request.method.size() + request.path.size();
  if (request.host) {
    ++headers;
    bytes += line(std::string_view("host").size(), request.host->size());
  }
  for (const auto& [name, value] : request.headers) bytes += line(name.size(), value.size());
  return headers > kMostHeaders || bytes > kMostBytes;
}

bool known_method(std::string_view method) {  // envoy.md 4
  static constexpr std::string_view kMethods[] = {
      "GET",         "HEAD",   "POST",       "PUT",    "DELETE",     "CONNECT",   "OPTIONS", "TRACE",  "PATCH",
      "COPY",        "LOCK",   "MKCOL",      "MOVE",   "PROPFIND",   "PROPPATCH", "SEARCH",  "UNLOCK", "BIND",
      "REBIND",      "UNBIND", "ACL",        "REPORT", "MKACTIVITY", "CHECKOUT",  "MERGE",   "NOTIFY", "SUBSCRIBE",
      "UNSUBSCRIBE", "PURGE",  "MKCALENDAR", "LINK",   "UNLINK",     "SOURCE",    "QUERY"};
  return one_of(kMethods, method);
}

/// A path without its query, as MeshConfig's pathNormalization asks; false where it cannot be.
bool normalize(std::string_view path, PathNormalization how, Text& result) {
  if (how == PathNormalization::none) {
    result = path;
    return true;
  }
  Text decoded(result.get_allocator());
  if (how == PathNormalization::decode_and_merge_slashes) {
    decoded.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::string_view three = path.substr(i, 3);
      const bool slash = three == "%2f" || three == "%2F" || three == "%5c" || three == "%5C";
      decoded += slash ? '/' : path[i];
      if (slash) i += 2;
    }
    path = decoded;
  }
  if (!normalize_path(path, result)) return false;
  if (how != PathNormalization::base) {
    const auto end = std::unique(result.begin(), result.end(), [](char a, char b) { return a == '/' && b == '/'; });
    result.erase(end, result.end());
  }
  return true;
}

constexpr std::string_view kSomeAddress = "203.0.113.1";  // of TEST-NET-3: a client whose address nobody gave

/// GW55-GW58. False where an https URL is asked for over a plain connection.
bool read_at_edge(const Request& request, const Reading& reading, bool absolute, Asked& asked) {
  Headers& headers = asked.headers;
  asked.outsider = true;
  for (const char* name : {"x-envoy-decorator-operation", "x-envoy-downstream-service-cluster", "x-envoy-downstream-service-node",
                           "x-envoy-original-path", "x-envoy-original-host", "x-request-id"})
    headers.remove(name);
  if (!reading.trusts_forwarded || headers.first("x-forwarded-proto").empty())
    headers.set("x-forwarded-proto", request.tls ? "https" : "http");
  const std::string_view client = request.source_ip.empty() ? kSomeAddress : std::string_view(request.source_ip);
  headers.append("x-forwarded-for", client);
  headers.set("x-envoy-external-address", client);
  using How = Reading::ClientCertificate;
  constexpr const char* kCertificate = "x-forwarded-client-cert";
  const How how = reading.client_certificate;
  const bool given = request.tls && request.client_cert && reading.asks_certificate;
  const bool keeps = how == How::always_forward_only || (given && (how == How::forward_only || how == How::append_forward));
  if (!keeps) headers.remove(kCertificate);
  if (given && (how == How::sanitize_set || how == How::append_forward)) headers.append(kCertificate, "Hash=0");
  if (!absolute) asked.scheme = request.tls ? "https" : "http";
  return !absolute || asked.scheme != "https" || request.tls;
}

}  // namespace

Text lower(std::string_view text, std::pmr::memory_resource* memory) {
  Text result(text, memory);
  text::make_lower(result);
  return result;
}

void Headers::append(std::string_view name, std::string_view value) {
  Lines& lines = at(name);
  const bool one_line = !lines.empty() && (response_ ? is_inline_in_responses(name) : is_inline(name));
  if (!one_line) {
    lines.emplace_back(value);
  } else if (!value.empty()) {
    if (!lines.front().empty()) lines.front() += ',';
    lines.front() += value;
  }
}

bool is_grpc(const Headers& headers) {
  const std::string_view type = headers.first("content-type");
  return type == "application/grpc" || type.starts_with("application/grpc+");
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool normalize_path(std::string_view path, Text& result) {
  static const char* kHex = "0123456789ABCDEF";
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  result.clear();
  result.reserve(path.size() + 8);
  path.remove_prefix(1);
  while (true) {
    const std::size_t end = path.find_first_of("/\\");
    std::string_view segment = path.substr(0, end);
    const bool last = end == std::string_view::npos;
    if (segment.starts_with("..;")) segment = "..";
    if (segment.starts_with(".;")) segment = ".";
    const std::size_t before = result.size();  // what follows is one segment, with its slash
    result += '/';
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const char c = segment[i];
      if (c == '%' && i + 2 < segment.size() && hex(segment[i + 1]) >= 0 && hex(segment[i + 2]) >= 0) {
        const char byte = static_cast<char>(hex(segment[i + 1]) * 16 + hex(segment[i + 2]));
        if (byte == '\0') return false;
        const bool unreserved = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                                byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (unreserved) {
          result += byte;
        } else {
          result += segment.substr(i, 3);
        }
        i += 2;
      } else if (std::string_view("|\"<>{}^`").find(c) != std::string_view::npos) {
        result += '%';
        result += kHex[static_cast<unsigned char>(c) >> 4U];
        result += kHex[static_cast<unsigned char>(c) & 15U];
      } else {
        result += c;
      }
    }
    const std::string_view decoded = std::string_view(result).substr(before + 1);
    const bool up = decoded == "..", here = decoded == ".";
    if (up || here) {
      result.resize(before);
      if (up) result.resize(result.empty() ? 0 : result.rfind('/'));
      if (last) result += '/';
    }
    if (last) return true;
    path.remove_prefix(end + 1);
  }
}

constexpr std::array<bool, 256> kNotInAuthority = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("/\\<>?#\"^`{|}")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// envoy.md 1-6; false when Envoy refuses the request.
bool read_request(const Request& request, bool trace, const Reading& reading, Asked& asked, Answer& answer) {
  if (request.protocol == "http" && too_large(request)) {
    bad_request(answer, trace, "http1.headers_too_large");
    answer.response->status = 431;
    return false;
  }
  if (!known_method(request.method)) return bad_request(answer, trace, "http1.codec_error"), false;
  std::pmr::memory_resource* memory = asked.memory();
  asked.request = &request;
  Text path(trim(request.path), memory);
  Text host(request.host ? std::string_view(*request.host) : std::string_view(), memory);
  bool has_host = request.host.has_value();
  asked.scheme = request.scheme ? std::string_view(*request.scheme) : request.tls ? "https" : "http";
  for (const auto& [name, value] : request.headers) {
    const Text key = lower(name, memory);
    const bool token = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (key.empty() || !token || key.find_first_of("()<>@,;:\\\"/[]?={}") != std::string::npos ||
        value.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
      return bad_request(answer, trace, "http1.codec_error"), false;
    }
    if (key == "host") {
      if (has_host) host += ',';
      host += value;
      has_host = true;
    } else {
      asked.headers.append(key, trim(value));
    }
  }
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F) return bad_request(answer, trace, "http1.codec_error"), false;
  }
  const bool absolute = path.empty() || path[0] != '/';
  if (absolute) {
    const std::size_t authority = path.find("://");
    if (path == "*" && request.method == "OPTIONS") {
      answer.outcome = "bad_request";
      answer.error = "bad request";
      refuse_with(answer, 404);
      return false;
    }
    if (authority == std::string::npos) return bad_request(answer, trace, "http1.codec_error"), false;
    asked.scheme = lower(std::string_view(path).substr(0, authority), memory);
    const std::size_t end = path.find_first_of("/?#", authority + 3);
    host = std::string_view(path).substr(authority + 3, end == std::string::npos ? end : end - authority - 3);
    has_host = true;
    path.erase(0, end);
    if (path.empty() || path[0] != '/') path.insert(0, "/");
  }
  if (request.method == "CONNECT" && path[0] == '/') return bad_request(answer, trace, "http1.invalid_url"), false;
  if (!has_host) return bad_request(answer, trace, "missing_host_header"), false;
  if (request.method == "QUERY" && !asked.headers.find("content-type"))
    return bad_request(answer, trace, "query_missing_content_type"), false;
  asked.host = trim(host);
  for (const char c : asked.host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || kNotInAuthority[byte]) {
      return bad_request(answer, trace, "http.invalid_authority"), false;
    }
  }
  asked.folded_host = asked.host;
  text::make_lower(asked.folded_host);
  path.resize(std::min(path.size(), path.find('#')));  // envoy.md 2
  const std::size_t question = path.find('?');
  if (question != std::string::npos) asked.query = std::string_view(path).substr(question);
  if (!normalize(std::string_view(path).substr(0, question), reading.normalization, asked.path)) {
    bad_request(answer, trace, "path_normalization_failed");
    if (is_grpc(asked.headers)) {
      constexpr std::uint32_t kInternal = 13;
      answer.grpc_status = kInternal;
      answer.response->status = 200;
      answer.response->headers = {{"content-type", {"application/grpc"}}, {"grpc-status", {std::to_string(kInternal)}}};
    }
    return false;
  }

  const std::string_view connection_header = asked.headers.first("connection");
  const bool upgrade = !connection_header.empty() && lower(connection_header, memory).find("upgrade") != std::string::npos &&
                       asked.headers.find("upgrade") && lower(asked.headers.first("upgrade"), memory) != "h2c";
  if (const Lines* connection = upgrade ? nullptr : asked.headers.find("connection")) {  // envoy.md 5
    const Lines named(*connection, memory);
    for (std::string_view line : named) {
      while (true) {
        const std::size_t comma = line.find(',');
        const Text name = lower(trim(line.substr(0, comma)), memory);
        if (name != "te" && !name.empty()) asked.headers.remove(name);
        if (comma == std::string_view::npos) break;
        line.remove_prefix(comma + 1);
      }
    }
  }
  static constexpr std::string_view kHopByHop[] = {
      "keep-alive",
      "proxy-connection",
      "x-envoy-retry-on",
      "x-envoy-retry-grpc-on",
      "x-envoy-max-retries",
      "x-envoy-upstream-rq-timeout-ms",
      "x-envoy-upstream-rq-per-try-timeout-ms",
      "x-envoy-upstream-alt-stat-name",
      "x-envoy-upstream-rq-timeout-alt-response",
      "x-envoy-internal",
      "x-envoy-ip-tags",
      "x-envoy-force-trace",
      "x-envoy-retriable-status-codes",
      "x-envoy-retriable-header-names",
      "x-envoy-hedge-on-per-try-timeout",
      "x-envoy-is-timeout-retry",
  };
  asked.headers.remove(kHopByHop);
  if (!upgrade) asked.headers.remove("connection");
  if (!reading.edge) {
    asked.headers.remove("x-forwarded-client-cert");
  } else if (!read_at_edge(request, reading, absolute, asked)) {
    answer.outcome = "bad_request";
    answer.error = "forbidden";
    if (trace)
      answer.trace.push_back({"request",
                              Verdict::noted,
                              {},
                              {},
                              {},
                              0,
                              0,
                              "Envoy refuses the request: it asks for an https URL over a plain connection"});
    refuse_with(answer, 403);
    return false;
  }
  if (const Lines* te = asked.headers.find("te"); te && lower(te->front(), memory) != "trailers") asked.headers.remove("te");
  const Text forwarded = lower(asked.headers.first("x-forwarded-proto"), memory);
  if ((forwarded == "http" || forwarded == "https") && !(reading.edge && absolute)) asked.scheme = forwarded;
  if (!asked.headers.find("x-request-id")) asked.headers.add("x-request-id", "generated");
  if (!asked.headers.find("x-forwarded-proto")) asked.headers.add("x-forwarded-proto", asked.scheme);
  asked.headers.add(":method", request.method);  // no header of a request has such a name
  asked.headers.add(":path", asked.path) += asked.query;
  asked.headers.add(":authority", asked.host);
  asked.headers.add(":scheme", asked.scheme);
  return true;
}

}  // namespace meshroute::routes
