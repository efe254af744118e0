// SPDX-License-Identifier: Apache-2.0
// Says what a route asks for and what it does, for people.
#include "view/route_words.hpp"

#include <cstdio>
#include <variant>
#include <vector>

#include "envoy/route_writer.hpp"
#include "text/json_tree.hpp"
#include "text/list.hpp"

namespace meshroute::view {

namespace {

std::string words(const envoy::StringMatcher& matcher, bool invert) {
  using Kind = envoy::StringMatcher::Kind;
  const char* verb = invert ? " is not " : " is ";
  switch (matcher.kind) {
    case Kind::prefix:
      verb = invert ? " does not begin with " : " begins with ";
      break;
    case Kind::suffix:
      verb = invert ? " does not end with " : " ends with ";
      break;
    case Kind::contains:
      verb = invert ? " does not contain " : " contains ";
      break;
    case Kind::regex:
      verb = invert ? " does not match " : " matches ";
      break;
    default:
      break;
  }
  return verb + matcher.value + (matcher.ignore_case ? " in any case" : "");
}

std::string words(const envoy::HeaderMatcher& header) {
  if (const auto* present = std::get_if<envoy::Present>(&header.value))
    return (present->present != header.invert_match ? "header " : "no header ") + header.name;
  if (const auto* range = std::get_if<envoy::Range>(&header.value))
    return "header " + header.name + (header.invert_match ? " is not" : " is") + " from " + std::to_string(range->start) +
           " to " + std::to_string(range->end - 1);
  return "header " + header.name + words(std::get<envoy::StringMatcher>(header.value), header.invert_match);
}

std::string words(const envoy::QueryMatcher& parameter) {
  if (const auto* present = std::get_if<envoy::Present>(&parameter.value))
    return (present->present ? "query " : "no query ") + parameter.name;
  return "query " + parameter.name + words(std::get<envoy::StringMatcher>(parameter.value), false);
}

std::string percent(const envoy::Fraction& fraction) {
  using Denominator = envoy::Fraction::Denominator;
  const double whole = fraction.denominator == Denominator::hundred        ? 1
                       : fraction.denominator == Denominator::ten_thousand ? 100
                                                                           : 10000;
  char shown[32];
  std::snprintf(shown, sizeof shown, "%.4g %%", fraction.numerator / whole);
  return shown;
}

void add(std::string& text, const std::string& part) {
  if (!part.empty()) text.append(text.empty() ? "" : "; ").append(part);
}

std::string rewritten(const envoy::PathRewrite& rewrite) {
  if (!rewrite.path_rewrite.empty()) return "path becomes " + rewrite.path_rewrite;
  if (!rewrite.prefix_rewrite.empty()) return "path prefix becomes " + rewrite.prefix_rewrite;
  if (rewrite.regex_rewrite) return "path " + rewrite.regex_rewrite->pattern + " becomes " + rewrite.regex_rewrite->substitution;
  return {};
}

std::string redirected(const envoy::Redirect& redirect) {
  std::string to;
  if (redirect.https_redirect) to = "https://";
  if (!redirect.scheme_redirect.empty()) to = redirect.scheme_redirect + "://";
  to += redirect.host_redirect;
  if (redirect.port_redirect != 0) to += ":" + std::to_string(redirect.port_redirect);
  to += redirect.path_redirect.value_or("");
  static constexpr const char* kCodes[] = {"301", "302", "303", "307", "308"};
  std::string text = std::string("redirect ") + kCodes[static_cast<std::size_t>(redirect.response_code)];
  if (!to.empty()) text += " to " + to;
  add(text, rewritten(redirect.path_rewrite));
  return text;
}

std::string mutated(const envoy::HeaderMutations& mutations) {
  std::string text;
  const auto set = [&](const std::vector<envoy::HeaderValueOption>& list, const char* what) {
    for (const auto& header : list) {
      const bool adds = header.append_action == envoy::HeaderValueOption::Action::append_if_exists_or_add;
      add(text, std::string(adds ? "adds " : "sets ") + what + header.key + ": " + header.value);
    }
  };
  const auto removed = [&](const std::vector<std::string>& list, const char* what) {
    for (const auto& name : list) add(text, std::string("removes ") + what + name);
  };
  set(mutations.request_headers_to_add, "");
  removed(mutations.request_headers_to_remove, "");
  set(mutations.response_headers_to_add, "response ");
  removed(mutations.response_headers_to_remove, "response ");
  return text;
}

std::string forwarded(const envoy::Forward& action) {
  std::string text = action.cluster;
  if (action.weighted_clusters) {
    for (const auto& each : *action.weighted_clusters) {
      text += (text.empty() ? "" : ", ") + each.name + " " + std::to_string(each.weight);
      if (!each.host_rewrite_literal.empty()) text += " (host becomes " + each.host_rewrite_literal + ")";
    }
  }
  add(text, rewritten(action.path_rewrite));
  if (!action.host_rewrite.literal.empty()) add(text, "host becomes " + action.host_rewrite.literal);
  for (const auto& mirror : action.request_mirror_policies)
    add(text,
        "copies " + (mirror.runtime_fraction ? percent(*mirror.runtime_fraction) + " " : std::string()) + "to " + mirror.cluster);
  if (action.timeout && (action.timeout->seconds != 0 || action.timeout->nanos != 0))
    add(text, "timeout " + envoy::shown(*action.timeout));
  return text;
}

std::string faulted(const envoy::Fault& fault) {
  std::string text;
  if (fault.delay && fault.delay->fixed_delay && fault.delay->percentage)
    add(text, "delays " + percent(*fault.delay->percentage) + " by " + envoy::shown(*fault.delay->fixed_delay));
  if (fault.abort && fault.abort->percentage && fault.abort->http_status)
    add(text, "aborts " + percent(*fault.abort->percentage) + " with " + std::to_string(*fault.abort->http_status));
  return text;
}

}  // namespace

std::string match_words(const envoy::RouteMatch& match) {
  using Kind = envoy::PathMatcher::Kind;
  std::string text = match.path.kind == Kind::path ? "exact " : match.path.kind == Kind::safe_regex ? "regex " : "prefix ";
  text += match.path.value;
  if (match.case_sensitive && !*match.case_sensitive) text += " in any case";
  for (const auto& header : match.headers) text += ", " + words(header);
  for (const auto& parameter : match.query_parameters) text += ", " + words(parameter);
  return text;
}

std::string action_words(const envoy::Route& route) {
  std::string text;
  if (const auto* redirect = std::get_if<envoy::Redirect>(&route.action)) {
    text = redirected(*redirect);
  } else if (const auto* response = std::get_if<envoy::DirectResponse>(&route.action)) {
    text = "answer " + std::to_string(response->status);
  } else if (const auto* action = std::get_if<envoy::Forward>(&route.action)) {
    text = forwarded(*action);
  }
  if (route.filters.fault) add(text, faulted(*route.filters.fault));
  add(text, mutated(route.mutations));
  return text;
}

RetryWords retry_words(const std::string& protojson) {
  const text::Json policy = text::Json::parse(protojson);
  if (!policy.is_object()) return {"none", {}};
  const auto tries = policy.contains("numRetries") ? policy["numRetries"].number<std::uint32_t>() : 1U;
  std::vector<std::string> on;
  const std::string name = policy.value("retryOn", "");
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find(',', at), name.size());
    const std::string one = name.substr(at, end - at);
    if (!one.empty() && one != "retriable-status-codes") on.push_back(one);
    at = end + 1;
  }
  if (policy.contains("retriableStatusCodes")) {
    for (const auto& code : policy["retriableStatusCodes"]) on.push_back(code.dump());
  }
  if (tries == 0) return {"none", {}};
  if (on.empty()) on.emplace_back("nothing");
  std::string text = std::to_string(tries) + (tries == 1 ? " more try" : " more tries") + " on " + text::join(on);
  const std::string per_try = policy.value("perTryTimeout", "");
  if (!per_try.empty()) text += ", each try at most " + per_try;
  return {std::move(text), per_try};
}

}  // namespace meshroute::view
