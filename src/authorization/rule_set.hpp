#pragma once

// SPDX-License-Identifier: Apache-2.0
// The rules of one access filter, in the order in which Envoy tries them, and an index that finds the first one that matches.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authorization/rule.hpp"
#include "text/heap.hpp"

namespace meshroute::authorization {

class RuleSet {
 public:
  /// Sorted by name, byte-wise (AZ12). The rules outlive it.
  explicit RuleSet(std::vector<const Rule*> rules);
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  const std::vector<const Rule*>& rules() const { return rules_; }
  /// The first rule that matches, or null.
  const Rule* first_match(const Attributes& attributes) const;
  /// The same, rule by rule.
  const Rule* walk(const Attributes& attributes) const;
  /// What it holds, without itself.
  void count(text::Heap& heap) const;

 private:
  /// What a rule asks for, of which a request has few: each with the rules that ask for it, by their places.
  enum Key : std::uint8_t { principal, principal_prefix, space, account, path, path_prefix, kKeys };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Places = std::vector<std::uint32_t>;
  using Table = std::unordered_map<std::string, Places, TextHash, std::equal_to<>>;
  using Wanted = std::vector<std::pair<Key, std::string>>;
  struct Found;

  static bool wanted_of(const std::vector<Branch>& branches, bool from, Wanted& wanted);
  void add_lengths();
  bool find(const Attributes& attributes, Found& found) const;

  std::vector<const Rule*> rules_;
  std::array<Table, kKeys> tables_;
  std::vector<std::size_t> principal_lengths_, path_lengths_;  ///< of the prefixes
  Places others_;                                              ///< rules that the tables do not hold
  bool indexed_ = false;
};

}  // namespace meshroute::authorization
