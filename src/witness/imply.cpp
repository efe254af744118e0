// SPDX-License-Identifier: Apache-2.0
// Proves that one matcher takes all that another one takes.
#include "witness/imply.hpp"

#include <algorithm>

#include "match/regex.hpp"
#include "text/case.hpp"
#include "witness/regex_strings.hpp"

namespace meshroute::witness {

namespace {

using envoy::HeaderMatcher;
using envoy::PathMatcher;
using envoy::Present;
using envoy::StringMatcher;

bool cased(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

bool takes_all(const std::string& regex) { return regex == ".*" || regex == "(.*)" || regex == "(?s).*"; }

bool full_match(const std::string& regex, const std::string& text) {
  const auto compiled = match::Regex::compile(regex);
  return compiled && compiled->full_match(text);
}

bool string_implies(const StringMatcher& mine, const StringMatcher& other) {
  if (mine == other) return true;
  if (other.kind == StringMatcher::Kind::regex && takes_all(other.value)) return true;
  const bool free_case = mine.ignore_case && cased(mine.value) && !other.ignore_case;
  if (free_case) return false;
  if (mine.kind == StringMatcher::Kind::exact) return takes(other, mine.value);
  if (other.kind == StringMatcher::Kind::prefix) {
    if (mine.kind == StringMatcher::Kind::prefix) return takes(other, mine.value);
    if (mine.kind == StringMatcher::Kind::regex && !other.ignore_case)
      return head_of(mine.value).literal.starts_with(other.value);
  }
  if (other.kind == StringMatcher::Kind::regex && mine.kind == StringMatcher::Kind::prefix) {
    const Head head = head_of(other.value);
    return head.rest == Head::Rest::any && mine.value.starts_with(head.literal);
  }
  return false;
}

/// What it takes is all that starts with `value` (`whole`), or that and only whole segments behind it.
struct Prefix {
  bool is = false, segments = false;
  std::string value;
};

Prefix prefix_of(const PathMatcher& path) {
  if (path.kind == PathMatcher::Kind::prefix) return {true, false, path.value};
  if (path.kind == PathMatcher::Kind::path_separated_prefix) return {true, true, path.value};
  if (path.kind != PathMatcher::Kind::safe_regex) return {};
  if (takes_all(path.value)) return {true, false, ""};
  const Head head = head_of(path.value);
  if (head.rest == Head::Rest::any) return {true, false, head.literal};
  if (head.rest == Head::Rest::path) return {true, true, head.literal};
  return {};
}

bool path_implies(const PathMatcher& mine, bool mine_cased, const PathMatcher& other, bool other_cased) {
  using Kind = PathMatcher::Kind;
  if (mine == other && mine_cased == other_cased) return true;
  if (other.kind == Kind::prefix && (other.value.empty() || other.value == "/")) return true;
  if (other.kind == Kind::none || other.kind == Kind::other || other.kind == Kind::uri_template) return false;
  // A regex looks at the letters as they are, whatever is said about case.
  const bool regex_mine = mine.kind == Kind::safe_regex, regex_other = other.kind == Kind::safe_regex;
  if (!regex_mine && !mine_cased && (other_cased || regex_other) && cased(mine.value)) return false;
  const bool fold = !regex_other && !other_cased;
  const auto text = [fold](const std::string& value) { return fold ? text::lower(value) : value; };
  if (mine.kind == Kind::path) {
    const std::string path = text(mine.value), value = text(other.value);
    switch (other.kind) {
      case Kind::path:
        return path == value;
      case Kind::prefix:
        return path.starts_with(value);
      case Kind::path_separated_prefix:
        return path.starts_with(value) && (path.size() == value.size() || path[value.size()] == '/');
      default:
        return full_match(other.value, mine.value);
    }
  }
  const Prefix theirs = prefix_of(other);
  if (!theirs.is) return false;
  Prefix ours = prefix_of(mine);
  if (!ours.is && regex_mine) {
    ours.value = head_of(mine.value).literal;  // more than this one takes starts so
    const std::string start = text(ours.value), wanted = text(theirs.value);
    return theirs.segments ? start.starts_with(wanted + "/") : start.starts_with(wanted);
  }
  if (!ours.is) return false;
  const std::string start = text(ours.value), wanted = text(theirs.value);
  if (!start.starts_with(wanted)) return false;
  if (!theirs.segments) return true;
  return start.size() == wanted.size() ? ours.segments : start[wanted.size()] == '/';
}

bool same_name(const std::string& a, const std::string& b) { return a.size() == b.size() && text::lower_is(a, text::lower(b)); }

bool header_implies(const HeaderMatcher& mine, const HeaderMatcher& other) {
  if (!same_name(mine.name, other.name)) return false;
  if (mine.value == other.value && mine.invert_match == other.invert_match &&
      mine.treat_missing_header_as_empty == other.treat_missing_header_as_empty)
    return true;
  if (std::holds_alternative<Present>(other.value)) {
    if (!positive(other)) return std::holds_alternative<Present>(mine.value) && !positive(mine);
    return positive(mine) && !mine.treat_missing_header_as_empty;
  }
  const auto* theirs = std::get_if<StringMatcher>(&other.value);
  const auto* ours = std::get_if<StringMatcher>(&mine.value);
  if (theirs == nullptr || ours == nullptr || mine.invert_match || mine.treat_missing_header_as_empty) return false;
  if (!other.invert_match) return string_implies(*ours, *theirs);
  return ours->kind == StringMatcher::Kind::exact && !ours->ignore_case && !takes(*theirs, ours->value);
}

}  // namespace

bool positive(const HeaderMatcher& header) {
  if (const auto* present = std::get_if<Present>(&header.value)) return present->present != header.invert_match;
  return !header.invert_match;
}

bool implies(const envoy::RouteMatch& mine, const envoy::RouteMatch& other) {
  if (other.runtime_fraction || !other.dynamic_metadata.empty() || (other.grpc && !mine.grpc)) return false;
  if (!path_implies(mine.path, mine.case_sensitive.value_or(true), other.path, other.case_sensitive.value_or(true))) return false;
  for (const auto& wanted : other.headers) {
    const bool held =
        std::any_of(mine.headers.begin(), mine.headers.end(), [&](const auto& header) { return header_implies(header, wanted); });
    if (!held) return false;
  }
  for (const auto& wanted : other.query_parameters) {
    const bool held = std::any_of(mine.query_parameters.begin(), mine.query_parameters.end(), [&](const auto& parameter) {
      if (parameter.name != wanted.name) return false;
      if (parameter.value == wanted.value) return true;
      const auto* ours = std::get_if<StringMatcher>(&parameter.value);
      if (ours == nullptr) return false;
      if (const auto* present = std::get_if<Present>(&wanted.value)) return present->present;
      return string_implies(*ours, std::get<StringMatcher>(wanted.value));
    });
    if (!held) return false;
  }
  return true;
}

bool takes(const StringMatcher& matcher, std::string value) {
  std::string wanted = matcher.value;
  if (matcher.ignore_case && matcher.kind != StringMatcher::Kind::regex) {
    text::make_lower(value);
    text::make_lower(wanted);
  }
  switch (matcher.kind) {
    case StringMatcher::Kind::exact:
      return value == wanted;
    case StringMatcher::Kind::prefix:
      return value.starts_with(wanted);
    case StringMatcher::Kind::suffix:
      return value.ends_with(wanted);
    case StringMatcher::Kind::contains:
      return value.find(wanted) != std::string::npos;
    case StringMatcher::Kind::regex:
      return full_match(wanted, value);
    case StringMatcher::Kind::none:
      break;
  }
  return false;
}

std::string contradiction(const envoy::RouteMatch& match) {
  for (const auto& mine : match.headers) {
    if (!positive(mine)) continue;
    for (const auto& other : match.headers) {
      if (positive(other) || !same_name(mine.name, other.name)) continue;
      const auto* ours = std::get_if<StringMatcher>(&mine.value);
      const auto* theirs = std::get_if<StringMatcher>(&other.value);
      const bool absent = theirs == nullptr;  // it must not be there
      if (absent || (ours != nullptr && string_implies(*ours, *theirs)))
        return "its match asks for header " + mine.name + " and forbids it";
    }
  }
  return {};
}

}  // namespace meshroute::witness
