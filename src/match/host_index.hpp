#pragma once

// SPDX-License-Identifier: Apache-2.0
// Many hosts asked at once: which of them hold a name, and which lie within a wildcard, without walking all of them.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "match/hosts.hpp"

namespace meshroute::match {

/// The part of a host that a wildcard compares (A6): all of a plain one, what follows the `*` of the other.
inline std::string_view tail_of(std::string_view host) { return is_wildcard(host) ? host.substr(1) : host; }

/// Values by tails of wildcard hosts: those whose tail ends a text are found by its ends, one look for each length that a tail
/// has. The tails' text must outlive it.
template <class Value>
class Suffixes {
 public:
  /// The value of a tail, made if it is not there.
  Value& operator[](std::string_view tail) {
    const auto [found, added] = by_tail_.try_emplace(tail);
    if (added) {
      const auto place = std::lower_bound(lengths_.begin(), lengths_.end(), tail.size(), std::greater<>());
      if (place == lengths_.end() || *place != tail.size()) lengths_.insert(place, tail.size());
    }
    return found->second;
  }

  /// Calls `visit(tail, value)` for each tail that ends the text, the longest first, until it returns true.
  template <class Visit>
  bool any_of(std::string_view text, const Visit& visit) const {
    for (auto length = std::lower_bound(lengths_.begin(), lengths_.end(), text.size(), std::greater<>());
         length != lengths_.end(); ++length) {
      const auto found = by_tail_.find(text.substr(text.size() - *length));
      if (found != by_tail_.end() && visit(found->first, found->second)) return true;
    }
    return false;
  }
  /// The value of the longest such tail, or null.
  const Value* longest(std::string_view text) const {
    const Value* best = nullptr;
    any_of(text, [&best](std::string_view, const Value& value) {
      best = &value;
      return true;
    });
    return best;
  }
  bool any(std::string_view text) const { return longest(text) != nullptr; }
  bool empty() const { return by_tail_.empty(); }

 private:
  std::unordered_map<std::string_view, Value> by_tail_;
  std::vector<std::size_t> lengths_;  ///< of the tails, each once, the longest first
};

/// Values of hosts by how these end: those that end in a text stand together. The hosts' text must outlive it.
template <class Value>
class Endings {
 public:
  using Entry = std::pair<std::string_view, Value>;  ///< the host's tail_of()

  void add(std::string_view tail, Value value) { entries_.emplace_back(tail, std::move(value)); }
  /// After the last add().
  void sort() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return before(a.first, b.first); });
  }
  /// [first, last) of those that end in `tail`.
  std::pair<const Entry*, const Entry*> within(std::string_view tail) const {
    const auto first = std::partition_point(entries_.begin(), entries_.end(),
                                            [tail](const Entry& each) { return before(end_of(each.first, tail), tail); });
    const auto last =
        std::partition_point(first, entries_.end(), [tail](const Entry& each) { return each.first.ends_with(tail); });
    return {entries_.data() + (first - entries_.begin()), entries_.data() + (last - entries_.begin())};
  }

 private:
  /// As much of the end of `text` as `tail` is long.
  static std::string_view end_of(std::string_view text, std::string_view tail) {
    return text.substr(text.size() - std::min(text.size(), tail.size()));
  }
  /// By the bytes from the last to the first.
  static bool before(std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }

  std::vector<Entry> entries_;
};

/// Values by hosts, for A6 and A7. A value may have several hosts, and a host several values. The hosts' text must outlive it.
template <class Value>
class HostIndex {
 public:
  void add(std::string_view host, Value value) {
    if (is_wildcard(host)) {
      wildcards_[tail_of(host)].push_back(value);
      wildcard_endings_.add(tail_of(host), std::move(value));
    } else {
      plain_[host].push_back(value);
      plain_endings_.add(host, std::move(value));
    }
  }
  /// After the last add().
  void sort() {
    plain_endings_.sort();
    wildcard_endings_.sort();
  }

  /// Calls `visit(value)` for each host that has some name in common with this one (A6), until it returns true. A host is
  /// visited once, in no order.
  template <class Visit>
  bool any_matching(std::string_view host, const Visit& visit) const {
    const auto all = [&visit](std::string_view, const std::vector<Value>& values) {
      return std::any_of(values.begin(), values.end(), visit);
    };
    const std::string_view tail = tail_of(host);
    if (wildcards_.any_of(tail, all)) return true;
    if (!is_wildcard(host)) {
      const auto found = plain_.find(host);
      return found != plain_.end() && all(host, found->second);
    }
    return any_within(plain_endings_.within(tail), [&](const auto& entry) { return visit(entry.second); }) ||
           any_within(wildcard_endings_.within(tail),
                      [&](const auto& entry) { return entry.first.size() > tail.size() && visit(entry.second); });
  }

 private:
  template <class Range, class Visit>
  static bool any_within(const Range& range, const Visit& visit) {
    return std::any_of(range.first, range.second, visit);
  }

  std::unordered_map<std::string_view, std::vector<Value>> plain_;
  Suffixes<std::vector<Value>> wildcards_;
  Endings<Value> plain_endings_, wildcard_endings_;
};

}  // namespace meshroute::match
