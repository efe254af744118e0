// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdlib>

#include "routes/compiled.hpp"
#include "routes/table.hpp"

namespace meshroute::routes {
namespace {

using Lines = std::vector<std::string>;

/// Headers in order, names lower-cased, each with its lines.
class Headers {
 public:
  const Lines* find(std::string_view name) const {
    for (const auto& [key, lines] : entries_) {
      if (key == name) return &lines;
    }
    return nullptr;
  }
  Lines& at(std::string_view name) {
    for (auto& [key, lines] : entries_) {
      if (key == name) return lines;
    }
    return entries_.emplace_back(std::string(name), Lines{}).second;
  }
  void set(std::string_view name, std::string value) { at(name) = Lines{std::move(value)}; }
  void append(std::string_view name, std::string value);
  bool remove(std::string_view name) {
    return std::erase_if(entries_, [&](const auto& entry) { return entry.first == name; }) > 0;
  }
  std::string first(std::string_view name) const {
    const Lines* lines = find(name);
    return lines && !lines->empty() ? lines->front() : std::string();
  }
  const std::vector<std::pair<std::string, Lines>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Lines>> entries_;
};

// envoy.md 14: these stand on one line, joined by a comma.
bool is_inline(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "accept", "accept-encoding", "authorization", "cache-control", "content-type", "if-match", "origin", "referer", "user-agent",
      "via", "x-forwarded-for", "access-control-request-headers", "access-control-request-method", "content-encoding", "expect",
      "grpc-accept-encoding", "grpc-timeout", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "pragma",
      "x-client-trace-id", "x-envoy-decorator-operation", "x-envoy-downstream-service-cluster", "x-envoy-downstream-service-node",
      "x-envoy-external-address", "x-envoy-original-path", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-request-id"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

void Headers::append(std::string_view name, std::string value) {
  Lines& lines = at(name);
  if (!lines.empty() && is_inline(name)) {
    lines.front() += "," + value;
  } else {
    lines.push_back(std::move(value));
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool header_matches(const HeaderMatch& match, const Headers& headers) {  // envoy.md 14
  const Lines* lines = headers.find(match.name);
  if (match.is_present) return ((lines || match.missing_as_empty) == match.present) != match.invert;
  static const Lines kEmpty{std::string()};
  if (!lines) {
    if (!match.missing_as_empty) return false;
    lines = &kEmpty;
  }
  const bool hit = std::any_of(lines->begin(), lines->end(), [&](const std::string& value) {
    if (!match.is_range) return match.value(value);
    char* end = nullptr;
    const long long number = std::strtoll(value.c_str(), &end, 10);
    return !value.empty() && *end == '\0' && number >= match.start && number < match.end;
  });
  return hit != match.invert;
}

bool query_matches(const QueryMatch& match, std::string_view query, bool any_query) {  // envoy.md 15
  while (any_query) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == match.name) {
      if (match.is_present) return match.present;
      return match.value(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return match.is_present && !match.present;
}

struct Asked {
  std::string path, query;  // the query with its `?`
  std::string host, scheme;
  Headers headers;
  std::string full_path() const { return path + query; }
};

bool path_matches(const Route& route, const Asked& asked) {  // envoy.md 11-13
  using Kind = Route::PathKind;
  if (route.path_kind == Kind::regex) return route.path_regex->full_match(asked.path);
  const std::string folded = route.case_sensitive ? std::string() : lower(asked.path);
  const std::string_view path = route.case_sensitive ? std::string_view(asked.path) : std::string_view(folded);
  switch (route.path_kind) {
    case Kind::prefix: return path.starts_with(route.path);
    case Kind::exact: return path == route.path;
    case Kind::separated_prefix: return path.starts_with(route.path) && (path.size() == route.path.size() || path[route.path.size()] == '/');
    default: return false;
  }
}

bool hit(const Fraction& fraction, const std::optional<std::uint64_t>& random) {
  return random ? *random % fraction.of < fraction.numerator : fraction.numerator > 0;
}

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

// envoy.md 21, 22; nothing when the path stays.
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

std::uint32_t grpc_code(std::uint32_t status) {  // envoy.md 39a
  switch (status) {
    case 400: return 13;
    case 401: return 16;
    case 403: return 7;
    case 404: return 12;
    case 429: case 502: case 503: case 504: return 14;
    default: return 2;
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

struct Levels {
  const Destination* destination;
  const Route* route;
  const VirtualHost* host;
  const Table* table;
};

// What Envoy answers itself: the route's mutations, then the framing of its body (envoy.md 29, 32, 39a).
void reply(Answer& answer, const Asked& asked, const Levels* levels, std::uint32_t status, std::string flags, std::string_view body,
           bool has_body, const std::string& location = {}, std::optional<std::uint32_t> grpc = std::nullopt) {
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

void bad_request(Answer& answer, std::string_view reason) {
  answer.trace.push_back({"request", Verdict::noted, {}, {}, {}, 0, 0, "Envoy refuses the request: " + std::string(reason)});
  answer.outcome = "bad_request";
  answer.error = "bad request";
  answer.response = Response{400, {}, {}};
}

bool known_method(std::string_view method) {  // envoy.md 4
  static constexpr std::string_view kMethods[] = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
      "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE",
      "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE", "QUERY"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

// envoy.md 1-6; false when Envoy refuses the request.
bool read_request(const Request& request, Asked& asked, Answer& answer) {
  if (request.protocol != "http2" && !known_method(request.method)) return bad_request(answer, "http1.codec_error"), false;
  std::string path(trim(request.path));
  std::optional<std::string> host = request.host;
  asked.scheme = request.scheme.value_or(request.tls ? "https" : "http");
  for (const auto& [name, value] : request.headers) {
    const std::string key = lower(name);
    if (key.empty() || key.find_first_of(" \t()<>@,;:\\\"/[]?={}") != std::string::npos) {
      return bad_request(answer, "http1.codec_error"), false;
    }
    if (key == "host") {
      host = host ? *host + "," + value : value;
    } else {
      asked.headers.append(key, std::string(trim(value)));
    }
  }
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F) return bad_request(answer, "http1.codec_error"), false;
  }
  if (path.empty() || path[0] != '/') {
    const std::size_t authority = path.find("://");
    if (path == "*" && request.method == "OPTIONS") {
      answer.outcome = "bad_request";
      answer.error = "bad request";
      answer.response = Response{404, {}, {}};
      return false;
    }
    if (authority == std::string::npos) return bad_request(answer, "http1.codec_error"), false;
    asked.scheme = lower(path.substr(0, authority));
    const std::size_t end = path.find_first_of("/?#", authority + 3);
    host = path.substr(authority + 3, end == std::string::npos ? end : end - authority - 3);
    path = end == std::string::npos ? "/" : path.substr(end);
    if (path[0] != '/') path.insert(0, "/");
  }
  if (request.method == "CONNECT" && path[0] == '/') return bad_request(answer, "http1.invalid_url"), false;
  if (!host) return bad_request(answer, "missing_host_header"), false;
  if (request.method == "QUERY" && !asked.headers.find("content-type")) return bad_request(answer, "query_missing_content_type"), false;
  asked.host = std::string(trim(*host));
  for (const char c : asked.host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || std::string_view("/\\<>?#\"^`{|}").find(c) != std::string_view::npos) {
      return bad_request(answer, "http.invalid_authority"), false;
    }
  }
  path = path.substr(0, path.find('#'));  // envoy.md 2
  const std::size_t question = path.find('?');
  if (question != std::string::npos) asked.query = path.substr(question);
  auto normal = normalize_path(std::string_view(path).substr(0, question));
  if (!normal) return bad_request(answer, "path_normalization_failed"), false;
  asked.path = std::move(*normal);

  const bool upgrade = lower(asked.headers.first("connection")).find("upgrade") != std::string::npos && asked.headers.find("upgrade") &&
                       lower(asked.headers.first("upgrade")) != "h2c";
  if (const Lines* connection = upgrade ? nullptr : asked.headers.find("connection")) {  // envoy.md 5
    const Lines named = *connection;
    for (std::string_view line : named) {
      while (true) {
        const std::size_t comma = line.find(',');
        const std::string name = lower(trim(line.substr(0, comma)));
        if (name != "te" && !name.empty()) asked.headers.remove(name);
        if (comma == std::string_view::npos) break;
        line.remove_prefix(comma + 1);
      }
    }
  }
  for (const char* name :
       {upgrade ? "keep-alive" : "connection", "keep-alive", "proxy-connection", "x-envoy-retry-on", "x-envoy-retry-grpc-on", "x-envoy-max-retries",
        "x-envoy-upstream-rq-timeout-ms", "x-envoy-upstream-rq-per-try-timeout-ms", "x-envoy-upstream-alt-stat-name",
        "x-envoy-upstream-rq-timeout-alt-response", "x-envoy-internal", "x-envoy-ip-tags",
        "x-envoy-force-trace", "x-envoy-retriable-status-codes", "x-envoy-retriable-header-names", "x-envoy-hedge-on-per-try-timeout",
        "x-forwarded-client-cert", "x-envoy-is-timeout-retry"}) {
    asked.headers.remove(name);
  }
  if (const Lines* te = asked.headers.find("te"); te && lower(te->front()) != "trailers") asked.headers.remove("te");
  const std::string forwarded = lower(asked.headers.first("x-forwarded-proto"));
  if (forwarded == "http" || forwarded == "https") asked.scheme = forwarded;
  if (!asked.headers.find("x-request-id")) asked.headers.set("x-request-id", "generated");
  if (!asked.headers.find("x-forwarded-proto")) asked.headers.set("x-forwarded-proto", asked.scheme);
  asked.headers.set(":method", request.method);
  asked.headers.set(":path", asked.full_path());
  asked.headers.set(":authority", asked.host);
  asked.headers.set(":scheme", asked.scheme);
  return true;
}

std::string location_of(const Redirect& redirect, const Route& route, const Asked& asked) {  // envoy.md 30, 31
  const std::string scheme = redirect.scheme.empty() ? asked.scheme : redirect.scheme;
  std::string host = redirect.host.empty() ? asked.host : redirect.host;
  if (redirect.host.empty()) {
    const std::size_t colon = host.rfind(':');
    const bool port = colon != std::string::npos && !host.ends_with(']');
    const std::string_view shown = port ? std::string_view(host).substr(colon) : std::string_view();
    if (port && (redirect.port != 0 || (scheme != asked.scheme && ((scheme == "https" && shown == ":80") || (scheme == "http" && shown == ":443"))))) {
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
  if (std::find(std::begin(kBodiless), std::end(kBodiless), request.method) == std::end(kBodiless) && !headers.find("content-length") &&
      !headers.find("transfer-encoding")) {
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

}  // namespace

bool StringMatch::operator()(std::string_view text) const {
  if (kind == Kind::any) return true;
  if (kind == Kind::regex) return regex->full_match(text);
  const std::string folded = ignore_case ? lower(text) : std::string();
  if (ignore_case) text = folded;
  switch (kind) {
    case Kind::exact: return text == value;
    case Kind::prefix: return text.starts_with(value);
    case Kind::suffix: return text.ends_with(value);
    default: return text.find(value) != std::string_view::npos;
  }
}

std::optional<std::string> normalize_path(std::string_view path) {  // envoy.md 3
  static const char* kHex = "0123456789ABCDEF";
  const auto hex = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::vector<std::string> kept;
  path.remove_prefix(1);
  while (true) {
    const std::size_t end = path.find_first_of("/\\");
    std::string_view segment = path.substr(0, end);
    const bool last = end == std::string_view::npos;
    if (segment.starts_with("..;")) segment = "..";
    if (segment.starts_with(".;")) segment = ".";
    std::string decoded;
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const char c = segment[i];
      if (c == '%' && i + 2 < segment.size() && hex(segment[i + 1]) >= 0 && hex(segment[i + 2]) >= 0) {
        const char byte = static_cast<char>(hex(segment[i + 1]) * 16 + hex(segment[i + 2]));
        if (byte == '\0') return std::nullopt;
        const bool unreserved = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                                byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (unreserved) {
          decoded += byte;
        } else {
          decoded += segment.substr(i, 3);
        }
        i += 2;
      } else if (std::string_view("|\"<>{}^`").find(c) != std::string_view::npos) {
        decoded += '%';
        decoded += kHex[static_cast<unsigned char>(c) >> 4U];
        decoded += kHex[static_cast<unsigned char>(c) & 15U];
      } else {
        decoded += c;
      }
    }
    if (decoded == "..") {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else if (decoded == ".") {
      if (last) kept.emplace_back();
    } else {
      kept.push_back(std::move(decoded));
    }
    if (last) break;
    path.remove_prefix(end + 1);
  }
  std::string result;
  for (const std::string& segment : kept) result += "/" + segment;
  return result;
}

const VirtualHost* Table::find(std::string_view given) const {  // envoy.md 7, 8
  std::string host = lower(given);
  if (ignore_port && !host.ends_with(']')) {
    if (const std::size_t colon = host.rfind(':'); colon != std::string::npos) host.resize(colon);
  }
  if (!host.empty()) {
    if (auto it = exact.find(host); it != exact.end()) return &hosts[it->second];
    for (const auto& [suffix, index] : suffixes) {
      if (host.size() > suffix.size() && host.ends_with(suffix)) return &hosts[index];
    }
    for (const auto& [prefix, index] : prefixes) {
      if (host.size() > prefix.size() && host.starts_with(prefix)) return &hosts[index];
    }
  }
  return any ? &hosts[*any] : nullptr;
}

void clear(Answer& answer) { answer = Answer{}; }

void resolve(const Table& table, const Request& request, const ResolveOptions& options, Answer& answer) {
  Asked asked;
  const auto trace = [&](const char* stage, Verdict verdict, std::string text) {
    if (options.trace) answer.trace.push_back({stage, verdict, {}, {}, {}, 0, 0, std::move(text)});
  };
  if (!read_request(request, asked, answer)) {
    if (!options.trace) answer.trace.clear();
    return;
  }
  const VirtualHost* host = table.find(asked.host);
  if (!host) {
    answer.outcome = "no_virtual_host";
    answer.error = "no route";
    trace("virtual host", Verdict::skipped, "no domain matches " + asked.host);
    return reply(answer, asked, nullptr, 404, "NR", {}, false);  // envoy.md 9
  }
  answer.virtual_host = host->name;
  trace("virtual host", Verdict::matched, host->name);
  const Route* route = nullptr;
  for (std::size_t i = 0; i < host->routes.size() && !route; ++i) {
    const Route& candidate = host->routes[i];
    const char* failed = nullptr;
    if (!path_matches(candidate, asked)) failed = "the path differs";
    for (const HeaderMatch& match : candidate.headers) {
      if (!failed && !header_matches(match, asked.headers)) failed = "a header differs";
    }
    for (const QueryMatch& match : candidate.query) {
      if (!failed && !query_matches(match, asked.query.empty() ? std::string_view() : std::string_view(asked.query).substr(1), !asked.query.empty())) {
        failed = "a query parameter differs";
      }
    }
    if (!failed && (candidate.never || (candidate.fraction && !hit(*candidate.fraction, request.random)))) failed = "its share is not hit";
    if (options.trace) trace("route", failed ? Verdict::skipped : Verdict::matched, "#" + std::to_string(i) + " " + candidate.name + (failed ? std::string(": ") + failed : ""));
    if (failed) continue;
    route = &candidate;
    answer.route_index = static_cast<std::uint32_t>(i);
  }
  if (!route) {
    answer.outcome = "no_route";
    answer.error = "no route";
    return reply(answer, asked, nullptr, 404, "NR", {}, false);
  }
  answer.route = route->name;
  answer.config = route->config;

  const Destination* destination = nullptr;  // the only one possible, or the one picked
  if (!route->destinations.empty()) {
    std::uint64_t total = 0;
    std::size_t possible = 0;
    for (const Destination& candidate : route->destinations) {
      total += candidate.weight;
      if (candidate.weight == 0) continue;
      ++possible;
      destination = &candidate;
    }
    if (possible > 1) destination = nullptr;
    if (request.random && total > 0) {  // envoy.md 17
      std::uint64_t at = *request.random % total;
      for (const Destination& candidate : route->destinations) {
        if (at < candidate.weight) {
          destination = &candidate;
          break;
        }
        at -= candidate.weight;
      }
    }
    if (route->weighted) {
      for (const Destination& candidate : route->destinations) {
        answer.weighted_clusters.push_back({candidate.name, candidate.weight, candidate.host_rewrite});
      }
    } else {
      answer.cluster = route->cluster_header.empty() ? route->destinations[0].name : asked.headers.first(route->cluster_header);
    }
    if (request.random && destination) answer.picked_cluster = route->weighted ? destination->name : answer.cluster;
  }
  const Levels levels{destination, route, host, &table};

  const Fault* fault = nullptr;
  const Cors* cors = nullptr;
  for (const Filters* filters : {destination ? &destination->filters : nullptr, &route->filters, &host->filters, &table.filters}) {
    if (filters && !fault && filters->fault) fault = &*filters->fault;
    if (filters && !cors && filters->cors) cors = &*filters->cors;
  }
  if (!route->destinations.empty()) answer.timeout = route->timeout;
  if (fault && std::all_of(fault->headers.begin(), fault->headers.end(), [&](const auto& m) { return header_matches(m, asked.headers); })) {
    if (fault->abort.numerator >= fault->abort.of) {  // envoy.md 33, 35
      answer.outcome = "direct_response";
      reply(answer, asked, &levels, fault->grpc_status ? 200 : fault->http_status, "FI", "fault filter abort", true, {}, fault->grpc_status);
      return;
    }
    if (fault->abort.numerator > 0) trace("fault", Verdict::noted, "some requests are aborted");
  }
  if (route->redirect) {
    answer.outcome = "redirect";
    answer.redirect = route->redirect->text;
    return reply(answer, asked, &levels, route->redirect->status, {}, {}, false, location_of(*route->redirect, *route, asked));
  }
  if (route->direct_status) {
    answer.outcome = "direct_response";
    answer.direct_response = *route->direct_status;
    const bool located = *route->direct_status == 201 || *route->direct_status / 100 == 3;  // envoy.md 32
    return reply(answer, asked, &levels, *route->direct_status, {}, route->direct_text, route->direct_body,
                 located ? asked.scheme + "://" + asked.host + asked.full_path() : std::string());
  }
  if (route->destinations.empty() || (!route->weighted && answer.cluster.empty())) {  // envoy.md 39
    answer.outcome = "no_cluster";
    return reply(answer, asked, &levels, 503, "NC", {}, false);
  }
  const std::string origin = asked.headers.first("origin");
  if (cors && cors->enabled && request.method == "OPTIONS" && !origin.empty() && !asked.headers.first("access-control-request-method").empty()) {
    const bool allowed = std::any_of(cors->origins.begin(), cors->origins.end(), [&](const StringMatch& match) {
      return (match.kind == StringMatch::Kind::exact && match.value == "*") || match(origin);
    });
    if (allowed || !cors->forward_not_matching) {  // envoy.md 34
      Response response{200, {}, {}};
      const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) response.headers.push_back({name, {value}});
      };
      if (allowed) put("access-control-allow-origin", origin);
      if (cors->credentials) put("access-control-allow-credentials", "true");
      put("access-control-allow-methods", cors->allow_methods == "*" ? asked.headers.first("access-control-request-method") : cors->allow_methods);
      put("access-control-allow-headers", cors->allow_headers == "*" ? asked.headers.first("access-control-request-headers") : cors->allow_headers);
      put("access-control-max-age", cors->max_age);
      if (allowed) put("access-control-expose-headers", cors->expose_headers);
      answer.outcome = "direct_response";
      answer.response = std::move(response);
      return;
    }
  }
  answer.outcome = answer.cluster == "PassthroughCluster" ? "passthrough" : "routed";
  answer.retries = route->retries.empty() ? host->retries : route->retries;
  const std::vector<Mirror>& mirrors = !route->mirrors.empty() ? route->mirrors : !host->mirrors.empty() ? host->mirrors : table.mirrors;
  for (const Mirror& mirror : mirrors) {  // envoy.md 18, 19
    if (!mirror.cluster.empty() && (!mirror.fraction || hit(*mirror.fraction, request.random))) answer.mirrors.push_back(mirror.cluster);
  }
  if (answer.cluster == "BlackHoleCluster") {
    answer.outcome = "blackhole";
    return reply(answer, asked, &levels, 503, "UH", "no healthy upstream", true);  // envoy.md 39
  }

  Headers headers = asked.headers;  // envoy.md 21, 25: mutations, then host, then path
  if (destination) apply(destination->mutations.request, headers, headers);
  for (const HeaderOperations* operations : {&route->mutations.request, &host->mutations.request, &table.mutations.request}) {
    apply(*operations, headers, headers);
  }
  std::string authority = asked.host;
  const auto rewrite_host = [&](const std::string& to) {  // envoy.md 23
    if (to.empty()) return;
    headers.set("x-envoy-original-host", authority);
    if (route->append_forwarded_host) headers.append("x-forwarded-host", authority);
    authority = to;
  };
  if (destination && !destination->host_rewrite.empty()) authority = destination->host_rewrite;
  rewrite_host(route->host_rewrite);
  if (!route->host_rewrite_header.empty()) rewrite_host(headers.first(route->host_rewrite_header));
  if (route->host_rewrite_regex) rewrite_host(route->host_rewrite_regex->replace_all(asked.path, route->host_rewrite_substitution));
  std::string path = asked.full_path();
  if (route->rewrite.any()) {  // envoy.md 24
    if (auto to = rewritten(route->rewrite, *route, asked.path)) {
      headers.set("x-envoy-original-path", path);
      path = *to + asked.query;
    }
  }
  const bool own = route->host_rewrite.empty() && route->host_rewrite_header.empty() && !route->host_rewrite_regex;
  fill_upstream(answer, request, asked, headers, path, authority);
  if (own) answer.authority.clear();  // a weighted destination's own authority stands with it
}

}  // namespace meshroute::routes
