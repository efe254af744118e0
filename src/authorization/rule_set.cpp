// SPDX-License-Identifier: Apache-2.0
// Finds the rule that matches among many.
#include "authorization/rule_set.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace meshroute::authorization {

namespace {

constexpr std::size_t kFew = 8;  // rules: they are walked

/// A name of the usual form, DOMAIN/ns/NAMESPACE/sa/ACCOUNT.
struct Name {
  std::string_view namespace_, account;  ///< `account` with its namespace: "NAMESPACE/sa/ACCOUNT"
  bool usual = false;
};

Name read_name(std::string_view name) {
  Name result;
  std::array<std::string_view, 5> parts;
  std::size_t count = 0;
  const std::string_view whole = name;
  while (true) {
    const std::size_t slash = name.find('/');
    if (count == parts.size()) return result;
    parts[count++] = name.substr(0, slash);
    if (slash == std::string_view::npos) break;
    name.remove_prefix(slash + 1);
  }
  if (count != 5 || parts[1] != "ns" || parts[3] != "sa") return result;
  if (std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); })) return result;
  if (parts[0] == "ns" || parts[2] == "ns") return result;  // `/ns/` stands there twice
  result.usual = true;
  result.namespace_ = parts[2];
  result.account = whole.substr(static_cast<std::size_t>(parts[2].data() - whole.data()));
  return result;
}

}  // namespace

/// Lists of places in ascending order, of which the smallest place is taken at a time.
struct RuleSet::Found {
  static constexpr std::size_t kMost = 64;
  std::array<std::span<const std::uint32_t>, kMost> lists;
  std::size_t size = 0;

  bool add(const Places& places) {
    if (places.empty()) return true;
    if (size == kMost) return false;
    lists[size++] = places;
    return true;
  }
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t next() {
    std::uint32_t least = kNone;
    for (std::size_t i = 0; i < size; ++i) {
      if (!lists[i].empty()) least = std::min(least, lists[i].front());
    }
    if (least == kNone) return kNone;
    for (std::size_t i = 0; i < size; ++i) {
      if (!lists[i].empty() && lists[i].front() == least) lists[i] = lists[i].subspan(1);
    }
    return least;
  }
};

/// What the branches ask for, where each of them asks for something that a table can hold.
bool RuleSet::wanted_of(const std::vector<Branch>& branches, bool from, Wanted& wanted) {
  if (branches.empty()) return false;
  const auto add = [&](const Condition& condition) {
    const std::size_t before = wanted.size();
    for (const Value& value : condition.values) {
      if (condition.attribute == Attribute::service_account) {
        wanted.emplace_back(account, value.text.text + "/sa/" + value.subject.text);
      } else if (condition.attribute == Attribute::namespace_ && value.given.find('*') == std::string::npos) {
        wanted.emplace_back(space, value.given);
      } else if (condition.attribute == Attribute::principal && value.text.how == Comparison::exact) {
        wanted.emplace_back(principal, value.text.text);
      } else if (condition.attribute == Attribute::principal && value.text.how == Comparison::prefix) {
        wanted.emplace_back(principal_prefix, value.text.text);
      } else if (condition.attribute == Attribute::path && value.text.how == Comparison::exact) {
        wanted.emplace_back(path, value.text.text);
      } else if (condition.attribute == Attribute::path && value.text.how == Comparison::prefix) {
        wanted.emplace_back(path_prefix, value.text.text);
      } else {
        wanted.resize(before);
        return false;
      }
    }
    return !condition.values.empty();
  };
  const auto held = [&](const Condition& condition) {
    if (condition.negated) return false;
    return from ? condition.attribute == Attribute::principal || condition.attribute == Attribute::namespace_ ||
                      condition.attribute == Attribute::service_account
                : condition.attribute == Attribute::path;
  };
  return std::all_of(branches.begin(), branches.end(), [&](const Branch& branch) {
    return std::any_of(branch.conditions.begin(), branch.conditions.end(),
                       [&](const Condition& condition) { return held(condition) && add(condition); });
  });
}

RuleSet::RuleSet(std::vector<const Rule*> rules) : rules_(std::move(rules)) {
  std::sort(rules_.begin(), rules_.end(), [](const Rule* a, const Rule* b) { return a->name < b->name; });
  if (rules_.size() <= kFew) return;
  indexed_ = true;
  // Of a rule's sources and operations, those are taken that fewer rules share.
  std::array<Table, kKeys> counts;
  std::vector<std::array<Wanted, 2>> wanted(rules_.size());
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    for (const bool from : {true, false}) {
      Wanted& list = wanted[i][from ? 0 : 1];
      if (!wanted_of(from ? rules_[i]->from : rules_[i]->to, from, list)) list.clear();
      for (const auto& [key, text] : list) {
        Places& count = counts[key][text];
        if (count.empty()) count.push_back(0);
        ++count.front();
      }
    }
  }
  const auto load = [&](const Wanted& list) {
    std::uint64_t total = 0;
    for (const auto& [key, text] : list) total = std::max<std::uint64_t>(total, counts[key][text].front());
    return total;
  };
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    const auto& [from, to] = wanted[i];
    if (from.empty() && to.empty()) {
      others_.push_back(i);
      continue;
    }
    const bool by_from = to.empty() || (!from.empty() && load(from) <= load(to));
    for (const auto& [key, text] : by_from ? from : to) {
      Places& places = tables_[key][text];
      if (places.empty() || places.back() != i) places.push_back(i);
    }
  }
  add_lengths();
}

void RuleSet::add_lengths() {
  for (const auto& [key, lengths] : {std::pair(principal_prefix, &principal_lengths_), std::pair(path_prefix, &path_lengths_)}) {
    for (const auto& [text, places] : tables_[key]) lengths->push_back(text.size());
    std::sort(lengths->begin(), lengths->end());
    lengths->erase(std::unique(lengths->begin(), lengths->end()), lengths->end());
  }
}

/// False where the tables do not tell: the rules are to be walked.
bool RuleSet::find(const Attributes& attributes, Found& found) const {
  const auto exact = [&](Key key, std::string_view text) {
    const auto places = tables_[key].find(text);
    return places == tables_[key].end() || found.add(places->second);
  };
  const auto prefixes = [&](Key key, const std::vector<std::size_t>& lengths, std::string_view text) {
    for (const std::size_t length : lengths) {
      if (length > text.size()) break;
      if (!exact(key, text.substr(0, length))) return false;
    }
    return true;
  };
  if (!found.add(others_)) return false;
  std::string_view name = attributes.identity;
  if (!name.empty()) {
    if (!name.starts_with(kScheme)) return false;
    name.remove_prefix(kScheme.size());
    if (!exact(principal, name) || !prefixes(principal_prefix, principal_lengths_, name)) return false;
    if (!tables_[space].empty() || !tables_[account].empty()) {
      const Name parts = read_name(name);
      if (!parts.usual || !exact(space, parts.namespace_) || !exact(account, parts.account)) return false;
    }
  }
  if (attributes.request == nullptr) return true;
  const std::string_view whole = attributes.request->path;
  return exact(path, whole) && prefixes(path_prefix, path_lengths_, whole);
}

void RuleSet::count(text::Heap& heap) const {
  heap.list(rules_);
  for (const Table& table : tables_) {
    heap.table(table);
    for (const auto& [asked, places] : table) {
      heap.text(asked);
      heap.list(places);
    }
  }
}

const Rule* RuleSet::first_match(const Attributes& attributes) const {
  Found found;
  if (!indexed_ || !find(attributes, found)) return walk(attributes);
  for (std::uint32_t place = found.next(); place != Found::kNone; place = found.next()) {
    if (rules_[place]->matches(attributes)) return rules_[place];
  }
  return nullptr;
}

const Rule* RuleSet::walk(const Attributes& attributes) const {
  for (const Rule* rule : rules_) {
    if (rule->matches(attributes)) return rule;
  }
  return nullptr;
}

}  // namespace meshroute::authorization
