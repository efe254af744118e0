#pragma once

// SPDX-License-Identifier: Apache-2.0
// Lists of rows as the C structs hand them out: arrays that live as long as their handle.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute.h"
#include "meshroute/model/map.hpp"

namespace meshroute::capi {

inline meshroute_str str_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// The lists of many rows, one array behind the other. Used again it allocates nothing, once it was as large.
template <class Item>
class Lists {
 public:
  void clear() noexcept {
    items_.clear();
    ends_.clear();
  }
  /// The list of the next row: `make(each)` of a range.
  template <class Range, class Make>
  void add(const Range& range, Make make) {
    for (const auto& each : range) push(make(each));
    end_row();
  }
  void push(const Item& item) { items_.push_back(item); }
  void end_row() { ends_.push_back(items_.size()); }
  std::size_t count(std::size_t row) const noexcept { return ends_[row] - first(row); }
  /// NULL where the list is empty.
  const Item* at(std::size_t row) const noexcept { return count(row) == 0 ? nullptr : items_.data() + first(row); }

 private:
  std::size_t first(std::size_t row) const noexcept { return row == 0 ? 0 : ends_[row - 1]; }

  std::vector<Item> items_;
  std::vector<std::size_t> ends_;
};

class Pairs : public Lists<meshroute_pair> {
 public:
  void add_map(const meshroute::Labels& map) {
    add(map, [](const auto& each) { return meshroute_pair{str_of(each.first), str_of(each.second)}; });
  }
  /// Headers line by line: one on several lines stands several times.
  void add_headers(const std::vector<std::pair<std::string, std::vector<std::string>>>& headers) {
    for (const auto& [name, values] : headers) {
      for (const auto& value : values) push({str_of(name), str_of(value)});
    }
    end_row();
  }
};

class Texts : public Lists<meshroute_str> {
 public:
  void add_texts(const std::vector<std::string>& texts) {
    add(texts, [](const auto& each) { return str_of(each); });
  }
};

}  // namespace meshroute::capi
