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
#include "text/list.hpp"

namespace meshroute::analysis {

namespace {

using text::lower;

using model::HTTPMatchRequest;
using model::StringMatch;

/// Compiled regular expressions, each once.
class Regexes {
 public:
  bool full_match(const std::string& pattern, const std::string& text) {
    const auto [found, added] = known_.try_emplace(pattern);
    if (added) {
      if (auto made = match::Regex::compile(pattern)) found->second = *made;
    }
    return found->second && found->second->full_match(text);
  }

 private:
  std::unordered_map<std::string, std::optional<match::Regex>> known_;
};

/// Whether every text that `narrow` matches, `wide` matches. May be false where it does; never true where it does not.
bool covers(const StringMatch& wide, const StringMatch& narrow, Regexes& regexes) {
  if (wide == narrow) return true;
  const bool present = !wide.exact && !wide.prefix && !wide.regex;  // F3.8: any value will do
  if (present || wide.regex == ".*") return true;
  if (wide.prefix)
    return (narrow.exact && narrow.exact->starts_with(*wide.prefix)) ||
           (narrow.prefix && narrow.prefix->starts_with(*wide.prefix));
  return wide.regex && narrow.exact && regexes.full_match(*wide.regex, *narrow.exact);
}
bool covers(const std::optional<StringMatch>& wide, const std::optional<StringMatch>& narrow, Regexes& regexes) {
  return !wide || (narrow && covers(*wide, *narrow, regexes));
}

bool covers(const std::map<std::string, StringMatch>& wide, const std::map<std::string, StringMatch>& narrow, bool any_case,
            Regexes& regexes) {
  std::map<std::string, std::vector<const StringMatch*>> lowered;
  if (any_case && !wide.empty()) {
    for (const auto& [name, text] : narrow) lowered[lower(name)].push_back(&text);
  }
  return std::all_of(wide.begin(), wide.end(), [&](const auto& entry) {
    if (!any_case) {
      const auto found = narrow.find(entry.first);
      return found != narrow.end() && covers(entry.second, found->second, regexes);
    }
    const auto found = lowered.find(lower(entry.first));
    return found != lowered.end() && std::any_of(found->second.begin(), found->second.end(),
                                                 [&](const StringMatch* other) { return covers(entry.second, *other, regexes); });
  });
}

/// F3.6: no condition on the path.
bool any_path(const std::optional<StringMatch>& uri) {
  return !uri || (uri->prefix && (uri->prefix->empty() || *uri->prefix == "/")) || uri->regex == ".*";
}

bool covers_path(const HTTPMatchRequest& wide, const HTTPMatchRequest& narrow, Regexes& regexes) {
  if (any_path(wide.uri)) return true;
  const bool empty = !wide.uri->exact && !wide.uri->prefix && !wide.uri->regex;
  if (empty || !narrow.uri) return false;
  if (wide.uri->regex) return *wide.uri == *narrow.uri || (!narrow.ignore_uri_case && covers(*wide.uri, *narrow.uri, regexes));
  if (!wide.ignore_uri_case) return !narrow.ignore_uri_case && covers(*wide.uri, *narrow.uri, regexes);
  const auto lowered = [](StringMatch match) {
    if (match.exact) match.exact = lower(*match.exact);
    if (match.prefix) match.prefix = lower(*match.prefix);
    return match;
  };
  return covers(lowered(*wide.uri), lowered(*narrow.uri), regexes);
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

bool covers(const HTTPMatchRequest& wide, const HTTPMatchRequest& narrow, const std::vector<std::string>& gateways,
            Regexes& regexes) {
  const auto same = [&](const auto& entry) {  // F3.9: only what is left out alike
    const auto found = narrow.without_headers.find(entry.first);
    return found != narrow.without_headers.end() && found->second == entry.second;
  };
  return stands_with(wide, narrow, gateways) && covers_path(wide, narrow, regexes) &&
         covers(wide.scheme, narrow.scheme, regexes) && covers(wide.method, narrow.method, regexes) &&
         covers(wide.authority, narrow.authority, regexes) && covers(wide.headers, narrow.headers, true, regexes) &&
         covers(wide.query_params, narrow.query_params, false, regexes) &&
         std::all_of(wide.without_headers.begin(), wide.without_headers.end(), same);
}

/// The literal text that every match of a regular expression starts with: maybe less than there is.
std::string_view literal_start(std::string_view regex) {
  if (regex.find('|') != std::string_view::npos) return {};
  const std::size_t end = std::min(regex.find_first_of("\\.+*?()[]{}^$"), regex.size());
  const bool repeated = end < regex.size() && (regex[end] == '*' || regex[end] == '?' || regex[end] == '{');
  return regex.substr(0, end > 0 && repeated ? end - 1 : end);
}

/// What a match asks of one thing, as keys. Whatever an earlier match asks, a later one that it covers asks too, or more.
class Keys {
 public:
  explicit Keys(const HTTPMatchRequest& match) : match_(match) {}

  static constexpr std::size_t kNoPrefix = static_cast<std::size_t>(-1);

  /// One for each thing that the match asks for, with the length where it is a prefix: each is among the needs of all that the
  /// match covers.
  template <class Visit>
  void each_demand(const Visit& visit) const {
    each_text([&](const std::string& what, const StringMatch& text) {
      const std::string_view start = text.exact    ? std::string_view()
                                     : text.prefix ? std::string_view(*text.prefix)
                                     : text.regex  ? literal_start(*text.regex)  // of all texts that it matches
                                                   : std::string_view();
      if (text.exact)
        visit(what + "=" + *text.exact, kNoPrefix);
      else
        visit(what + "^" + std::string(start), start.size());
    });
    each_fact([&visit](const std::string& key) { visit(key, kNoPrefix); });
  }
  /// Every key that an earlier match may be found by. `lengths`: of the prefixes that there are.
  template <class Visit>
  void each_need(const std::set<std::size_t>& lengths, const Visit& visit) const {
    each_text([&](const std::string& what, const StringMatch& text) {
      if (text.exact) visit(what + "=" + *text.exact);
      const std::string_view start = text.exact    ? std::string_view(*text.exact)
                                     : text.prefix ? std::string_view(*text.prefix)
                                     : text.regex  ? literal_start(*text.regex)
                                                   : std::string_view();
      for (auto length = lengths.begin(); length != lengths.end() && *length <= start.size(); ++length)
        visit(what + "^" + std::string(start.substr(0, *length)));
    });
    each_fact(visit);
  }

 private:
  template <class Visit>
  void each_text(const Visit& visit) const {
    const auto one = [&visit](const char* what, const std::optional<StringMatch>& text) {
      if (text) visit(what, *text);
    };
    if (match_.uri && !any_path(match_.uri)) {  // whether the case counts may differ
      StringMatch lowered = *match_.uri;
      if (lowered.exact) lowered.exact = lower(*lowered.exact);
      if (lowered.prefix) lowered.prefix = lower(*lowered.prefix);
      if (lowered.regex) lowered.regex = lower(*lowered.regex);
      visit("uri", lowered);
    }
    one("scheme", match_.scheme);
    one("method", match_.method);
    one("authority", match_.authority);
    for (const auto& [name, text] : match_.headers) visit("header " + lower(name), text);
    for (const auto& [name, text] : match_.query_params) visit("query " + name, text);
  }
  /// What is asked in one way only.
  template <class Visit>
  void each_fact(const Visit& visit) const {
    if (match_.port != 0) visit("port " + std::to_string(match_.port));
    if (match_.gateways.empty()) {
      if (!match_.source_namespace.empty()) visit("from " + match_.source_namespace);
      for (const auto& [key, value] : match_.source_labels) visit("label " + key + "=" + value);
    }
    for (const auto& [name, text] : match_.without_headers)
      visit("without " + name + "=" + text.exact.value_or("") + "^" + text.prefix.value_or("") + "~" + text.regex.value_or(""));
  }

  const HTTPMatchRequest& match_;
};

/// The earlier matches of one VirtualService, each by the rarest thing that it asks for: only those that may cover a match are
/// compared with it.
class Earlier {
 public:
  struct Entry {
    const HTTPMatchRequest* match = nullptr;  ///< null: a rule without match
    std::size_t rule = 0;
  };

  void add(const HTTPMatchRequest* match, std::size_t rule) {
    std::vector<Entry>* rarest = nullptr;
    if (match != nullptr) {
      Keys(*match).each_demand([&](const std::string& key, std::size_t length) {
        if (length != Keys::kNoPrefix) lengths_.insert(length);
        auto& entries = by_key_[key];
        if (rarest == nullptr || entries.size() < rarest->size()) rarest = &entries;
      });
    }
    (rarest != nullptr ? *rarest : others_).push_back({match, rule});
  }

  /// The first earlier one, of another rule, that covers the match (null: everything).
  std::optional<Entry> covering(const HTTPMatchRequest* match, const std::vector<std::string>& gateways) {
    std::optional<Entry> first;
    const auto look = [&](const std::vector<Entry>& entries) {
      for (const Entry& entry : entries) {
        if (first && first->rule <= entry.rule) return;
        static const HTTPMatchRequest everything;
        if (entry.match == nullptr || covers(*entry.match, match != nullptr ? *match : everything, gateways, regexes_))
          first = entry;
      }
    };
    look(others_);
    if (match == nullptr) return first;
    Keys(*match).each_need(lengths_, [&](const std::string& key) {
      if (const auto found = by_key_.find(key); found != by_key_.end()) look(found->second);
    });
    return first;
  }

 private:
  std::unordered_map<std::string, std::vector<Entry>> by_key_;
  std::set<std::size_t> lengths_;  ///< of prefixes
  std::vector<Entry> others_;
  Regexes regexes_;
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
    by.reserve(rule.match.size());
    for (const auto& match : rule.match) by.push_back(earlier.covering(&match, entry.spec->gateways));
    if (rule.match.empty()) by.push_back(earlier.covering(nullptr, entry.spec->gateways));
    const bool dead = std::all_of(by.begin(), by.end(), [](const auto& each) { return each.has_value(); });
    if (dead) {
      const auto of_match = [&](std::size_t m) { return origin.path + (origin.whole ? text::element(".match", m) : ".match"); };
      bool told = !rule.match.empty();  // of each of its matches
      for (std::size_t m = 0; m < rule.match.size() && told; ++m)
        told = findings.said_before("VS0122", *origin.resource, of_match(m));
      if (told) continue;
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
