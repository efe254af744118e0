#pragma once

// SPDX-License-Identifier: Apache-2.0
// Finds resources by their identities.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "meshroute/resource.hpp"
#include "text/heap.hpp"

namespace meshroute::registry {

/// Of the name and the namespace, in which nearly all differ.
std::size_t hash_of(const Identity& identity);
struct IdentityHash {
  std::size_t operator()(const Identity* identity) const { return hash_of(*identity); }
};
struct IdentityEqual {
  bool operator()(const Identity* a, const Identity* b) const { return *a == *b; }
};

/// Places of resources in a list, by their identities, which stand in the list only. `at(place)` gives the identity at a place.
class IdentityIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  template <class At>
  std::uint32_t find(const Identity& identity, std::size_t hash, const At& at) const {
    if (slots_.empty()) return kNone;
    for (std::size_t slot = start(hash);; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::uint32_t place = slots_[slot];
      if (place == kEmpty) return kNone;
      if (place != kGone && at(place) == identity) return place;
    }
  }
  /// Lets so many more be added without an allocation.
  template <class At>
  void reserve(std::size_t more, const At& at) {
    if (2 * (used_ + more) <= slots_.size()) return;
    // With room for some that are removed, so that not each change makes it anew.
    std::vector<std::uint32_t> made(std::bit_ceil(2 * (size_ + more) + size_ / 2 + 1), kEmpty);
    made.swap(slots_);
    used_ = size_ = 0;
    for (const std::uint32_t place : made) {
      if (place != kEmpty && place != kGone) add(hash_of(at(place)), place);
    }
  }
  /// An identity that is not there, by its hash, with room for it.
  void add(std::size_t hash, std::uint32_t place) noexcept {
    std::size_t slot = start(hash);
    while (slots_[slot] != kEmpty) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = place;
    ++used_, ++size_;
  }
  template <class At>
  void remove(const Identity& identity, const At& at) noexcept {
    std::size_t slot = start(hash_of(identity));
    while (slots_[slot] == kGone || !(at(slots_[slot]) == identity)) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = kGone;
    --size_;
  }
  /// Empty, with the room that there is.
  void clear() noexcept {
    for (std::uint32_t& each : slots_) each = kEmpty;
    used_ = size_ = 0;
  }
  void count(text::Heap& heap) const { heap.list(slots_); }

 private:
  static constexpr std::uint32_t kEmpty = kNone, kGone = kNone - 1;
  std::size_t start(std::size_t hash) const { return hash & (slots_.size() - 1); }

  std::vector<std::uint32_t> slots_;  ///< a power of two, at most half of them used
  std::size_t used_ = 0, size_ = 0;   ///< used: with those that are gone
};

}  // namespace meshroute::registry
