// SPDX-License-Identifier: Apache-2.0
// Drops a finding that another finding tells already.
#include "findings/told_once.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace meshroute::findings {

namespace {

/// A rule, and the rules of earlier layers that find the same mistake at the same place.
struct Twins {
  RuleId later;
  std::initializer_list<RuleId> earlier;
};

/// The finding of the last of two layers is the one to drop: the earlier layer stops a cluster first.
const Twins kTwins[] = {
    // The CRD's schema asks again for the types that Istio's decoder needs.
    {"MD0101", {"DC0101", "DC0102"}},
    {"SC0102", {"DC0102", "DC0103"}},
    {"SC0103", {"DC0104"}},
    {"SC0104", {"DC0103"}},
    {"SC0112", {"DC0106"}},
    {"SC0205", {"DC0105"}},
    {"SC0208", {"DC0103"}},
    {"SC0215", {"DC0103"}},
    // The webhook asks again for much of the schema.
    {"AP0105", {"SC0110", "SC0219"}},
    {"AP0106", {"SC0105", "SC0106", "SC0110"}},
    {"AP0108", {"SC0101", "SC0110"}},
    {"DR0101", {"SC0101"}},
    {"DR0102", {"SC0101", "SC0110"}},
    {"DR0104", {"SC0110"}},
    {"DR0105", {"SC0101", "SC0110"}},
    {"DR0106", {"SC0110"}},
    {"DR0110", {"SC0101", "SC0104"}},
    {"DR0114", {"SC0101"}},
    {"EF0104", {"SC0109"}},
    {"GW0103", {"SC0101", "SC0106", "SC0110"}},
    {"GW0104", {"SC0101", "SC0110"}},
    {"KX0101", {"SC0101", "SC0104", "SC0110", "SC0215"}},
    {"KX0102", {"SC0205"}},
    {"KX0103", {"SC0101", "SC0110"}},
    {"KX0104", {"SC0105", "SC0110"}},
    {"KX0106", {"SC0209", "SC0210", "SC0224"}},
    {"KX0109", {"SC0101", "SC0105", "SC0110", "SC0207"}},
    {"KX0110", {"SC0101", "SC0105"}},
    {"KX0111", {"SC0221", "SC0222"}},
    {"KX0112", {"SC0110"}},
    {"KX0115", {"SC0107", "SC0110"}},
    {"KX0118", {"SC0101", "SC0110"}},
    {"KX0120", {"SC0110", "SC0203", "SC0204"}},
    {"KX0123", {"SC0101", "SC0105", "SC0107", "SC0110", "SC0211"}},
    {"KX0124", {"SC0213"}},
    {"PA0101", {"SC0214"}},
    {"PA0102", {"SC0208"}},
    {"PA0103", {"SC0106"}},
    {"PC0101", {"SC0104"}},
    {"RA0102", {"SC0101", "SC0105", "SC0110"}},
    {"RA0103", {"SC0227"}},
    {"SD0103", {"SC0101", "SC0110"}},
    {"SD0108", {"SC0101", "SC0106", "SC0110"}},
    {"SE0101", {"SC0225"}},
    {"SE0102", {"SC0101", "SC0106", "SC0206"}},
    {"SE0103", {"SC0202"}},
    {"SE0104", {"SC0212"}},
    {"SE0106", {"KX0103", "SC0110", "SC0206", "SE0102"}},
    {"SE0107", {"SC0218"}},
    {"SE0109", {"SC0101", "SC0106"}},
    {"SE0112", {"SC0101", "SC0108", "SC0216"}},
    {"TE0101", {"SC0101", "SC0105", "SC0110"}},
    {"TE0102", {"SC0104"}},
    {"TE0103", {"SC0101", "SC0105"}},
    {"TE0104", {"SC0229"}},
    {"TE0105", {"SC0105"}},
    {"VS0107", {"SC0110"}},
    {"VS0109", {"SC0110"}},
    {"VS0110", {"SC0101", "SC0110"}},
    {"VS0111", {"SC0101"}},
    {"VS0118", {"SC0101", "SC0106", "SC0110"}},
    {"VS0120", {"SC0101", "SC0106", "SC0110"}},
    {"WE0101", {"SC0101", "SC0110", "SC0201"}},
    {"WE0103", {"SC0110", "SC0201"}},
    {"WE0105", {"SC0223"}},
    {"WG0102", {"SC0104"}},
    {"WG0103", {"SC0101", "SC0217"}},
    {"WP0101", {"SC0101", "SC0105", "SC0227"}},
    {"WP0102", {"SC0107"}},
    {"WP0103", {"SC0105"}},
    {"WP0104", {"SC0101", "SC0105", "SC0108", "SC0110", "SC0228"}},
    // The analysis asks again for what the webhook warns of.
    {"AN0401", {"VS0121"}},
    {"AN0408", {"VS0122"}},
    {"AN0207", {"SE0113"}},
};

const Twins* twins_of(RuleId rule) {
  const auto* found = std::find_if(std::begin(kTwins), std::end(kTwins), [&](const Twins& each) { return each.later == rule; });
  return found == std::end(kTwins) ? nullptr : found;
}

/// Calls `visit` with each path that the path is a part of, the nearest first.
template <class Visit>
void for_each_outer(std::string_view path, Visit visit) {
  for (auto end = path.find_last_of(".["); end != std::string_view::npos && end > 0; end = path.find_last_of(".[")) {
    path = path.substr(0, end);
    visit(path);
  }
}

std::string key_of(RuleId rule, std::string_view path) { return std::string(rule.text()) + ' ' + std::string(path); }

/// The places where rules fired.
class Told {
 public:
  void add(const Finding& finding) {
    at_.insert(key_of(finding.rule, finding.path));
    for_each_outer(finding.path, [&](std::string_view outer) { around_.insert(key_of(finding.rule, outer)); });
  }
  bool near(RuleId rule, std::string_view path) const {
    bool found = at_.contains(key_of(rule, path)) || around_.contains(key_of(rule, path)) || at_.contains(key_of(rule, {}));
    if (rule == RuleId("SC0101")) return found;  // what is in a field that is missing is of another spelling of it
    for_each_outer(path, [&](std::string_view outer) { found = found || at_.contains(key_of(rule, outer)); });
    return found;
  }

 private:
  std::unordered_set<std::string> at_, around_;
};

}  // namespace

namespace {

std::string_view parent_of(std::string_view path) { return path.substr(0, std::min(path.rfind('.'), path.size())); }

/// A required field that is missing, and an unknown one beside it that means it, are one mistake.
void misspelled_required(std::vector<Finding>& findings) {
  std::unordered_map<std::string, std::size_t> unknown;  // by what they mean: "spec.tls[0].match[0] did you mean `sniHosts`?"
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& each = findings[i];
    if (each.rule == RuleId("ST0101") && !each.hint.empty())
      unknown.emplace(std::string(parent_of(each.path)) + " " + each.hint, i);
  }
  if (unknown.empty()) return;
  std::vector<bool> told(findings.size());
  for (Finding& required : findings) {
    if (required.rule != RuleId("SC0101")) continue;
    const std::string parent(parent_of(required.path));
    const std::string name = parent.size() < required.path.size() ? required.path.substr(parent.size() + 1) : "";
    const auto found = unknown.find(parent + " did you mean `" + name + "`?");
    if (found == unknown.end()) continue;
    const Finding& meant = findings[found->second];
    required.position = meant.position;
    required.hint = "write `" + name + "` for `" + meant.path.substr(parent.size() + 1) + "`";
    told[found->second] = true;
  }
  std::size_t at = 0;
  std::erase_if(findings, [&](const Finding&) { return told[at++]; });
}

}  // namespace

void tell_once(std::vector<Finding>& findings) {
  if (findings.size() < 2) return;
  misspelled_required(findings);
  Told told;
  for (const Finding& finding : findings) told.add(finding);
  std::unordered_set<std::string> said;
  std::erase_if(findings, [&](const Finding& finding) {
    if (!said.insert(key_of(finding.rule, finding.path) + ' ' + finding.message).second) return true;
    const Twins* twins = twins_of(finding.rule);
    return twins != nullptr && std::any_of(twins->earlier.begin(), twins->earlier.end(),
                                           [&](RuleId earlier) { return told.near(earlier, finding.path); });
  });
}

std::vector<RuleId> told_by_webhook(RuleId rule) {
  const Twins* twins = twins_of(rule);
  return twins == nullptr ? std::vector<RuleId>{} : std::vector<RuleId>(twins->earlier);
}

bool same_place(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  return other.starts_with(one) && (one.size() == other.size() || other[one.size()] == '.' || other[one.size()] == '[');
}

std::vector<std::string_view> beside(std::string_view rule) {
  if (rule == "SE0105") return {"SC0212", "SC0225"};  // a selector without a resolution that takes endpoints
  if (rule == "KX0107") return {"SC0225"};            // an empty selector beside endpoints
  return {};
}

void limit(std::vector<Diagnostic>& diagnostics, std::size_t first) {
  if (diagnostics.size() - first <= kMost) return;
  struct Count {
    std::size_t kept = 0;
    std::size_t last = 0;
  };
  std::map<std::string, Count> counts;
  std::size_t end = first;
  for (std::size_t i = first; i < diagnostics.size(); ++i) {
    Count& count = counts[diagnostics[i].rule];
    if (count.kept == kMost) {
      Diagnostic& last = diagnostics[count.last];
      const Diagnostic& rest = diagnostics[i];
      last.more += 1 + rest.more;
      if (last.more <= kNamed)
        last.related.push_back(
            {rest.source, rest.line, rest.column, rest.message + (rest.hint.empty() ? std::string() : " (" + rest.hint + ")")});
      continue;
    }
    ++count.kept;
    count.last = end;
    if (end != i) diagnostics[end] = std::move(diagnostics[i]);
    ++end;
  }
  diagnostics.resize(end);
}

}  // namespace meshroute::findings
