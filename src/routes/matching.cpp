// SPDX-License-Identifier: Apache-2.0
// Which virtual host and which route match a request (envoy.md 7-16).
#include "routes/matching.hpp"

#include <algorithm>

#include "match/integer.hpp"
#include "match/path_template.hpp"

namespace meshroute::routes {

namespace {

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

bool path_matches(const Route& route, const Asked& asked) {  // envoy.md 11-13
  using Kind = Route::PathKind;
  if (route.path_kind == Kind::regex) return route.path_regex->full_match(asked.path);
  if (route.path_kind == Kind::path_template) return match::template_matches(route.path, asked.path);
  const Text folded = route.case_sensitive ? Text(asked.memory()) : lower(asked.path, asked.memory());
  const std::string_view path = route.case_sensitive ? std::string_view(asked.path) : std::string_view(folded);
  switch (route.path_kind) {
    case Kind::prefix:
      return path.starts_with(route.path);
    case Kind::exact:
      return path == route.path;
    case Kind::separated_prefix:
      return path.starts_with(route.path) && (path.size() == route.path.size() || path[route.path.size()] == '/');
    default:
      return false;
  }
}

bool query_matches(const QueryMatch& match, const Asked& asked) {
  return query_matches(match, asked.query.empty() ? std::string_view() : std::string_view(asked.query).substr(1),
                       !asked.query.empty());
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 120;
  return "\"" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "…\"" : "\"");
}

/// "exactly \"v2\"", "a value like \"^v[0-9]$\"".
std::string wanted(const StringMatch& match) {
  const char* folded = match.ignore_case ? " (in any case)" : "";
  switch (match.kind) {
    case StringMatch::Kind::any:
      return "any value";
    case StringMatch::Kind::exact:
      return quoted(match.value) + folded;
    case StringMatch::Kind::prefix:
      return "a value that starts with " + quoted(match.value) + folded;
    case StringMatch::Kind::suffix:
      return "a value that ends with " + quoted(match.value) + folded;
    case StringMatch::Kind::contains:
      return "a value that contains " + quoted(match.value) + folded;
    case StringMatch::Kind::regex:
      return "a value that the regex " + quoted(match.regex->pattern()) + " matches whole";
  }
  return "a value";
}

/// ":method" and its kin by the names that people know them by.
std::string shown_name(const std::string& name) {
  if (name == ":method") return "the method";
  if (name == ":authority" || name == "host") return "the host";
  if (name == ":scheme") return "the scheme";
  if (name == ":path") return "the whole path";
  return "header " + name;
}

std::string header_failure(const HeaderMatch& match, const Headers& headers) {
  const Lines* lines = headers.find(match.name);
  const std::string name = shown_name(match.name);
  std::string got;
  for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i) got += (i > 0 ? ", " : "") + quoted((*lines)[i]);
  if (match.is_present) {
    const bool must_be_there = match.present != match.invert;
    return must_be_there ? name + " is not there" : name + " is there (" + got + ") and must not be";
  }
  std::string want = wanted(match.value);
  if (match.is_range) want = "a number from " + std::to_string(match.start) + " to " + std::to_string(match.end - 1);
  if (lines == nullptr) return name + " is not there; it must be " + (match.invert ? "there without " : "") + want;
  return name + " is " + got + "; it must " + (match.invert ? "not " : "") + "be " + want;
}

/// The value of a claim, or null.
const text::Json* claim_of(const ClaimMatch& match, const Asked& asked) {
  const text::Json* value = match.path.empty() ? nullptr : asked.claims;
  for (const std::string& step : match.path) {
    if (value == nullptr || !value->is_object()) return nullptr;
    const auto found = value->find(step);
    value = found == value->end() ? nullptr : &*found;
  }
  return value;
}

bool claim_matches(const ClaimMatch& match, const Asked& asked) {  // GW91
  const text::Json* value = claim_of(match, asked);
  const auto hits = [&](const text::Json& one) { return one.is_string() && match.value(one.text()); };
  const bool hit = value != nullptr && (value->is_array() ? std::any_of(value->begin(), value->end(), hits) : hits(*value));
  return hit != match.invert;
}

std::string claim_failure(const ClaimMatch& match, const Asked& asked) {
  if (match.path.empty()) return "it asks for metadata that no request has";
  std::string name = "claim ";
  for (const std::string& step : match.path) name += "[" + step + "]";
  if (asked.claims == nullptr)
    return name + " must be " + wanted(match.value) +
           ", and the request has no token that a RequestAuthentication of the gateway accepts";
  const text::Json* value = claim_of(match, asked);
  if (value == nullptr) return name + " is not in the token; it must be " + wanted(match.value);
  const std::string got = value->is_string() ? quoted(value->text()) : value->dump();
  if (!value->is_string() && !value->is_array())
    return name + " is " + got + ", which is neither a text nor a list; it must be " + wanted(match.value);
  return name + " is " + got + "; it must " + (match.invert ? "not " : "") + (value->is_array() ? "have " : "be ") +
         wanted(match.value);
}

std::string path_failure(const Route& route, const Asked& asked) {
  using Kind = Route::PathKind;
  const std::string folded = route.case_sensitive ? "" : " (in any case)";
  switch (route.path_kind) {
    case Kind::exact:
      return "the path is " + quoted(asked.path) + "; it must be " + quoted(route.path) + folded;
    case Kind::prefix:
      return "the path is " + quoted(asked.path) + "; it must start with " + quoted(route.path) + folded;
    case Kind::separated_prefix:
      return "the path is " + quoted(asked.path) + "; it must be " + quoted(route.path) + " or be below it" + folded;
    case Kind::regex:
      return "the path is " + quoted(asked.path) + "; the regex " + quoted(route.path_regex->pattern()) + " must match all of it";
    case Kind::path_template:
      return "the path is " + quoted(asked.path) + "; it must be of the template " + quoted(route.path);
    case Kind::none:
      break;
  }
  return "the route matches CONNECT requests alone";
}

}  // namespace

bool header_matches(const HeaderMatch& matcher, const Headers& headers) {  // envoy.md 14
  const Lines* lines = headers.find(matcher.name);
  if (matcher.is_present) return ((lines || matcher.missing_as_empty) == matcher.present) != matcher.invert;
  const auto has = [&](const char* value) {
    const std::string_view text(value);
    if (!matcher.is_range) return matcher.value(text);
    const auto number = match::parse_envoy_integer(text);
    return number && *number >= matcher.start && *number < matcher.end;
  };
  if (!lines && !matcher.missing_as_empty) return false;
  const bool hit =
      lines ? std::any_of(lines->begin(), lines->end(), [&](const Text& value) { return has(value.c_str()); }) : has("");
  return hit != matcher.invert;
}

bool hit(const Fraction& fraction, const std::optional<std::uint64_t>& random) {
  return random ? *random % fraction.of < fraction.numerator : fraction.numerator > 0;
}

std::string shown_share(const Fraction& fraction) {
  std::string text = std::to_string(100.0 * static_cast<double>(fraction.numerator) / static_cast<double>(fraction.of));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

bool matches(const Route& route, const Asked& asked, const std::optional<std::uint64_t>& random) {
  return path_matches(route, asked) && (!route.grpc || is_grpc(asked.headers)) &&
         std::all_of(route.headers.begin(), route.headers.end(),
                     [&](const HeaderMatch& match) { return header_matches(match, asked.headers); }) &&
         std::all_of(route.query.begin(), route.query.end(),
                     [&](const QueryMatch& match) { return query_matches(match, asked); }) &&
         std::all_of(route.claims.begin(), route.claims.end(),
                     [&](const ClaimMatch& match) { return claim_matches(match, asked); }) &&
         (!route.fraction || hit(*route.fraction, random));
}

std::string first_failure(const Route& route, const Asked& asked, const std::optional<std::uint64_t>& random) {
  if (!path_matches(route, asked)) return path_failure(route, asked);
  if (route.grpc && !is_grpc(asked.headers)) return "it takes gRPC alone, and the content type is not application/grpc";
  for (const HeaderMatch& match : route.headers) {
    if (!header_matches(match, asked.headers)) return header_failure(match, asked.headers);
  }
  for (const QueryMatch& match : route.query) {
    if (query_matches(match, asked)) continue;
    if (match.is_present)
      return "query parameter " + match.name + (match.present ? " is not there" : " is there and must not be");
    return "query parameter " + match.name + " is not " + wanted(match.value) + " (the query is " + quoted(asked.query) + ")";
  }
  for (const ClaimMatch& match : route.claims) {
    if (!claim_matches(match, asked)) return claim_failure(match, asked);
  }
  if (route.fraction && !hit(*route.fraction, random)) return "its share of " + shown_share(*route.fraction) + " is not hit";
  return {};
}

bool StringMatch::operator()(std::string_view text) const {
  if (kind == Kind::any) return true;
  if (kind == Kind::regex) return regex->full_match(text);
  const std::string folded = ignore_case ? lower(text) : std::string();
  if (ignore_case) text = folded;
  switch (kind) {
    case Kind::exact:
      return text == value;
    case Kind::prefix:
      return text.starts_with(value);
    case Kind::suffix:
      return text.ends_with(value);
    default:
      return text.find(value) != std::string_view::npos;
  }
}

void VirtualHost::make_index() {
  constexpr std::size_t kFew = 16;  // to walk them is as fast
  if (routes.size() <= kFew) return;
  for (std::uint32_t at = 0; at < routes.size(); ++at) {
    const Route& route = routes[at];
    if (route.case_sensitive && route.path_kind == Route::PathKind::exact) {
      by_path.add_exact(route.path, at);
    } else if (route.case_sensitive &&
               (route.path_kind == Route::PathKind::prefix || route.path_kind == Route::PathKind::separated_prefix)) {
      by_path.add_prefix(route.path, at);
    } else {
      by_path.add_any(at);
    }
  }
}

const VirtualHost* Table::find(std::string_view host) const {  // envoy.md 7, 8
  if (ignore_port && !host.ends_with(']')) host = host.substr(0, host.rfind(':'));
  const auto at = [this](std::size_t index) { return lazy != nullptr ? lazy->at(index) : &hosts[index]; };
  if (!host.empty()) {
    if (lazy != nullptr) {
      if (const std::size_t* index = lazy->find(host)) return at(*index);
    } else if (auto it = exact.find(host); it != exact.end()) {
      return at(it->second);
    }
    if (const std::size_t found = suffixes.find_suffix(host); found != ByLength::npos) return at(found);
    if (const std::size_t found = prefixes.find_prefix(host); found != ByLength::npos) return at(found);
  }
  return any ? at(*any) : nullptr;
}

}  // namespace meshroute::routes
