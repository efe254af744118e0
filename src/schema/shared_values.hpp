#pragma once

// SPDX-License-Identifier: Apache-2.0
// The labels, annotations, ports, namespaces and localities of many resources are often the same.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/model/map.hpp"
#include "meshroute/model/shared_string.hpp"

namespace meshroute::schema {

/// Lets like maps and texts be one. It remembers some that came last. One thread: each has its own.
class SharedValues {
 public:
  /// `bytes`: of the text that the resources are read from. A larger one has more resources, and so more is remembered.
  /// Without `keep` maps are left as they are: the resources do not stay.
  explicit SharedValues(std::size_t bytes, bool keep = true) : keep_(keep), labels_(keep ? bytes : 0), ports_(keep ? bytes : 0) {}
  void share(Labels& map) {
    if (keep_) labels_.share(map);
  }
  void share(model::Map<std::uint32_t>& map) {
    if (keep_) ports_.share(map);
  }
  SharedString share(std::string_view text) { return texts_.share(text); }

 private:
  template <class T>
  class Known {
   public:
    explicit Known(std::size_t bytes) : maps_(std::bit_ceil(std::clamp<std::size_t>(bytes / 512, 64, 1U << 18U))) {}
    void share(model::Map<T>& map) {
      map.share();
      constexpr std::size_t kMost = 64;  // pairs: what has more is seldom twice there
      if (map.empty() || map.size() > kMost) return;
      std::size_t hash = map.size();
      for (const auto& [name, value] : map) hash = (hash * 31 + std::hash<std::string_view>()(name)) * 31 + std::hash<T>()(value);
      model::Map<T>& known = maps_[(hash ^ hash >> 23U) & (maps_.size() - 1)];
      if (known == map)
        map = known;
      else
        known = map;
    }

   private:
    std::vector<model::Map<T>> maps_;  ///< by the lowest bits of a hash
  };
  class KnownTexts {
   public:
    SharedString share(std::string_view text) {
      constexpr std::size_t kMost = 128;  // characters: what is longer is seldom twice there
      if (text.empty() || text.size() > kMost) return text;
      const std::size_t hash = std::hash<std::string_view>()(text);
      SharedString& known = texts_[(hash ^ hash >> 23U) % texts_.size()];
      if (known != text) known = text;
      return known;
    }

   private:
    std::array<SharedString, 1024> texts_;
  };
  bool keep_;
  Known<std::string> labels_;
  Known<std::uint32_t> ports_;
  KnownTexts texts_;
};

}  // namespace meshroute::schema
