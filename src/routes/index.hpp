#pragma once

// SPDX-License-Identifier: Apache-2.0
// Finds what can match without asking everything: hosts by their domains, routes by their paths. The order stays Envoy's.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text/heap.hpp"

namespace meshroute::routes {

struct StringHash : std::hash<std::string_view> {
  using is_transparent = void;
};

/// Texts that are the end, or the start, of what is looked up; the longest goes first.
class ByLength {
 public:
  /// False where the text is there already; the first one stays.
  bool add(std::string text, std::size_t value);
  /// Value of the longest proper suffix (prefix) of `whole`; npos without one.
  std::size_t find_suffix(std::string_view whole) const;
  std::size_t find_prefix(std::string_view whole) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  using Texts = std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>>;
  std::vector<std::pair<std::size_t, Texts>> lengths_;  // longest first
};

/// Which routes of a virtual host can match a path. Routes that are not found by an exact path or by a prefix in its own case
/// (regexes and the like) can match any.
class PathIndex {
 public:
  void add_exact(std::string path, std::uint32_t route) { exact_[std::move(path)].push_back(route); }
  void add_prefix(std::string path, std::uint32_t route);
  void add_any(std::uint32_t route) { any_.push_back(route); }
  bool empty() const { return exact_.empty() && prefixes_.empty() && any_.empty(); }
  void count(text::Heap& heap) const;  // memory.cpp

  /// Calls `matches(route)` in rising order until it is true. Routes were added in rising order.
  template <class Matches>
  void find(std::string_view path, const Matches& matches) const {
    std::array<Cursor, kLengths + 2> cursors;
    std::size_t count = 0;
    const auto start = [&](const Routes& routes) { cursors[count++] = {routes.data(), routes.data() + routes.size()}; };
    if (!any_.empty()) start(any_);
    if (const auto found = exact_.find(path); found != exact_.end()) start(found->second);
    for (const auto& [length, prefixes] : prefixes_) {
      if (length > path.size()) continue;
      if (const auto found = prefixes.find(path.substr(0, length)); found != prefixes.end()) start(found->second);
    }
    while (count > 0) {
      std::size_t least = 0;
      for (std::size_t i = 1; i < count; ++i) {
        if (*cursors[i].at < *cursors[least].at) least = i;
      }
      if (matches(*cursors[least].at)) return;
      if (++cursors[least].at == cursors[least].end) cursors[least] = cursors[--count];
    }
  }

 private:
  using Routes = std::vector<std::uint32_t>;
  using Paths = std::unordered_map<std::string, Routes, StringHash, std::equal_to<>>;
  struct Cursor {
    const std::uint32_t* at = nullptr;
    const std::uint32_t* end = nullptr;
  };
  static constexpr std::size_t kLengths = 48;  // prefixes of more lengths than this are asked always

  Paths exact_;
  std::vector<std::pair<std::size_t, Paths>> prefixes_;  // by length
  Routes any_;
};

}  // namespace meshroute::routes
