// SPDX-License-Identifier: Apache-2.0
// Rules of a VirtualService that no request reaches, since an earlier rule takes whatever they match.

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "match/labels.hpp"
#include "match/regex.hpp"
#include "text/case.hpp"

namespace meshroute::analysis {

namespace {

using text::lower;

using model::HTTPMatchRequest;
using model::StringMatch;

/// Whether every text that `narrow` matches, `wide` matches. May be false where it does; never true where it does not.
bool covers(const StringMatch& wide, const StringMatch& narrow) {
  if (wide == narrow) return true;
  const bool present = !wide.exact && !wide.prefix && !wide.regex;  // F3.8: any value will do
  if (present || wide.regex == ".*") return true;
  if (wide.prefix)
    return (narrow.exact && narrow.exact->starts_with(*wide.prefix)) ||
           (narrow.prefix && narrow.prefix->starts_with(*wide.prefix));
  if (wide.regex && narrow.exact) {
    const auto regex = match::Regex::compile(*wide.regex);
    return regex && regex->full_match(*narrow.exact);
  }
  return false;
}
bool covers(const std::optional<StringMatch>& wide, const std::optional<StringMatch>& narrow) {
  return !wide || (narrow && covers(*wide, *narrow));
}

bool covers(const std::map<std::string, StringMatch>& wide, const std::map<std::string, StringMatch>& narrow, bool any_case) {
  return std::all_of(wide.begin(), wide.end(), [&](const auto& entry) {
    return std::any_of(narrow.begin(), narrow.end(), [&](const auto& other) {
      return (any_case ? lower(entry.first) == lower(other.first) : entry.first == other.first) &&
             covers(entry.second, other.second);
    });
  });
}

/// F3.6: no condition on the path.
bool any_path(const std::optional<StringMatch>& uri) {
  return !uri || (uri->prefix && (uri->prefix->empty() || *uri->prefix == "/")) || uri->regex == ".*";
}

bool covers_path(const HTTPMatchRequest& wide, const HTTPMatchRequest& narrow) {
  if (any_path(wide.uri)) return true;
  const bool empty = !wide.uri->exact && !wide.uri->prefix && !wide.uri->regex;
  if (empty || !narrow.uri) return false;
  if (wide.uri->regex) return *wide.uri == *narrow.uri || (!narrow.ignore_uri_case && covers(*wide.uri, *narrow.uri));
  if (!wide.ignore_uri_case) return !narrow.ignore_uri_case && covers(*wide.uri, *narrow.uri);
  const auto lowered = [](StringMatch match) {
    if (match.exact) match.exact = lower(*match.exact);
    if (match.prefix) match.prefix = lower(*match.prefix);
    return match;
  };
  return covers(lowered(*wide.uri), lowered(*narrow.uri));
}

/// F3.2: on every proxy and port where `narrow` stands, `wide` stands too. `gateways`: the VirtualService's.
bool stands_with(const HTTPMatchRequest& wide, const HTTPMatchRequest& narrow, const std::vector<std::string>& gateways) {
  if (wide.port != 0 && wide.port != narrow.port) return false;
  if (wide.gateways.empty()) {
    if (wide.source_labels.empty() && wide.source_namespace.empty()) return true;
    // Where a match names gateways, its source is not looked at.
    return narrow.gateways.empty() && match::labels_subset(wide.source_labels, narrow.source_labels) &&
           (wide.source_namespace.empty() || wide.source_namespace == narrow.source_namespace);
  }
  const std::vector<std::string> mesh{"mesh"};
  const auto& of_narrow = !narrow.gateways.empty() ? narrow.gateways : !gateways.empty() ? gateways : mesh;
  return std::all_of(of_narrow.begin(), of_narrow.end(), [&](const std::string& name) { return contains(wide.gateways, name); });
}

bool covers(const HTTPMatchRequest& wide, const HTTPMatchRequest& narrow, const std::vector<std::string>& gateways) {
  const auto same = [&](const auto& entry) {  // F3.9: only what is left out alike
    const auto found = narrow.without_headers.find(entry.first);
    return found != narrow.without_headers.end() && found->second == entry.second;
  };
  return stands_with(wide, narrow, gateways) && covers_path(wide, narrow) && covers(wide.scheme, narrow.scheme) &&
         covers(wide.method, narrow.method) && covers(wide.authority, narrow.authority) &&
         covers(wide.headers, narrow.headers, true) && covers(wide.query_params, narrow.query_params, false) &&
         std::all_of(wide.without_headers.begin(), wide.without_headers.end(), same);
}

/// The earlier matches of one VirtualService, by path: only those that may cover a match are compared with it.
class Earlier {
 public:
  struct Entry {
    const HTTPMatchRequest* match = nullptr;  ///< null: a rule without match
    std::size_t rule = 0;
  };

  void add(const HTTPMatchRequest* match, std::size_t rule) {
    const Entry entry{match, rule};
    const bool plain = match != nullptr && match->uri && !match->ignore_uri_case && !any_path(match->uri);
    if (plain && match->uri->exact) {
      exact_[*match->uri->exact].push_back(entry);
    } else if (plain && match->uri->prefix) {
      prefix_[*match->uri->prefix].push_back(entry);
      lengths_.insert(match->uri->prefix->size());
    } else {
      others_.push_back(entry);
    }
  }

  /// The first earlier one, of another rule, that covers the match (null: everything).
  std::optional<Entry> covering(const HTTPMatchRequest* match, const std::vector<std::string>& gateways) const {
    std::optional<Entry> first;
    const auto look = [&](const std::vector<Entry>& entries) {
      for (const Entry& entry : entries) {
        if (first && first->rule <= entry.rule) return;
        static const HTTPMatchRequest everything;
        if (entry.match == nullptr || covers(*entry.match, match != nullptr ? *match : everything, gateways)) first = entry;
      }
    };
    look(others_);
    if (match == nullptr || !match->uri) return first;
    if (match->uri->exact) {
      if (const auto found = exact_.find(*match->uri->exact); found != exact_.end()) look(found->second);
    }
    const auto& path = match->uri->exact ? match->uri->exact : match->uri->prefix;
    for (auto length = lengths_.begin(); path && length != lengths_.end() && *length <= path->size(); ++length) {
      if (const auto found = prefix_.find(path->substr(0, *length)); found != prefix_.end()) look(found->second);
    }
    return first;
  }

 private:
  std::unordered_map<std::string, std::vector<Entry>> exact_, prefix_;
  std::set<std::size_t> lengths_;
  std::vector<Entry> others_;
};

std::string named(const model::HTTPRoute& rule) { return rule.name.empty() ? std::string() : " (" + rule.name + ")"; }

void check_http(const scope::VirtualServiceEntry& entry, Findings& findings) {
  const auto& rules = entry.spec->http;
  Earlier earlier;
  const auto tell = [&](RuleId id, std::size_t index, const std::string& path, std::size_t by, const std::string& what) {
    const scope::RuleOrigin& origin = entry.http_origins[index];
    const scope::RuleOrigin& shadow = entry.http_origins[by];
    const std::string all =
        rules[by].match.empty() ? ", which has no match, matches every request" : " matches the same requests";
    findings.add(id, *origin.resource, path, what + ": the earlier rule " + shadow.path + named(rules[by]) + all,
                 "move it before that rule or remove it", {{shadow.resource, shadow.path, "this rule comes first"}});
  };
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const model::HTTPRoute& rule = rules[i];
    const scope::RuleOrigin& origin = entry.http_origins[i];
    std::vector<std::optional<Earlier::Entry>> by;
    for (const auto& match : rule.match) by.push_back(earlier.covering(&match, entry.spec->gateways));
    if (rule.match.empty()) by.push_back(earlier.covering(nullptr, entry.spec->gateways));
    const bool dead = std::all_of(by.begin(), by.end(), [](const auto& each) { return each.has_value(); });
    if (dead) {
      tell("AN0401", i, origin.path, by.front()->rule, "this rule never matches");
      continue;  // what it would cover is covered already
    }
    for (std::size_t m = 0; m < by.size(); ++m) {
      const std::string path = origin.whole ? origin.path + ".match[" + std::to_string(m) + "]" : origin.path + ".match";
      if (by[m]) tell("AN0408", i, path, by[m]->rule, "this match is never used");
    }
    for (const auto& match : rule.match) earlier.add(&match, i);
    if (rule.match.empty()) earlier.add(nullptr, i);
  }
}

}  // namespace

void check_shadowing(const Facts& facts, Findings& findings) {
  for (const auto& entry : facts.virtual_services) check_http(*entry, findings);
}

}  // namespace meshroute::analysis
