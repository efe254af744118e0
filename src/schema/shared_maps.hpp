#pragma once

// SPDX-License-Identifier: Apache-2.0
// The labels, annotations and ports of many resources are often the same.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "meshroute/model/map.hpp"

namespace meshroute::schema {

/// Lets like maps be one. It remembers some that came last. Any number of threads.
class SharedMaps {
 public:
  /// `bytes`: of the text that the resources are read from. A larger one has more resources, and so more is remembered.
  explicit SharedMaps(std::size_t bytes) : labels_(bytes), ports_(bytes) {}
  void share(Labels& map) { labels_.share(map); }
  void share(model::Map<std::uint32_t>& map) { ports_.share(map); }

 private:
  template <class T>
  class Known {
   public:
    explicit Known(std::size_t bytes) : maps_(std::clamp(bytes / 512, kStripes, kStripes * 4096)) {}
    void share(model::Map<T>& map) {
      map.share();
      constexpr std::size_t kMost = 64;  // pairs: what has more is seldom twice there
      if (map.empty() || map.size() > kMost) return;
      std::size_t hash = map.size();
      for (const auto& [name, value] : map) hash = (hash * 31 + std::hash<std::string>()(name)) * 31 + std::hash<T>()(value);
      const std::size_t place = (hash ^ hash >> 23U) % maps_.size();
      model::Map<T> other;
      const std::lock_guard lock(mutexes_[place % kStripes]);
      model::Map<T>& known = maps_[place];
      if (known == map) {
        other = known;
        std::swap(other, map);  // what it had is freed without the lock
      } else {
        other = map;
        std::swap(other, known);
      }
    }

   private:
    static constexpr std::size_t kStripes = 64;
    std::array<std::mutex, kStripes> mutexes_;
    std::vector<model::Map<T>> maps_;  ///< each guarded by the mutex of its place modulo kStripes
  };
  Known<std::string> labels_;
  Known<std::uint32_t> ports_;
};

}  // namespace meshroute::schema
