#pragma once

// SPDX-License-Identifier: Apache-2.0
// Values by name, in little memory: labels, annotations, ports by their names.

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "meshroute/model/shared_string.hpp"

namespace meshroute::model {

/// Values by name, in the order of the names. It reads and fills as `std::map<std::string, T>` does, and converts from and to
/// one; the names are texts that copies share. Its pairs stand side by side in one allocation; an empty one needs none. After
/// share() copies are one until one of them changes. Names that are added in their order cost constant time each, others linear
/// time: build a large one from a range. Iterators, and references to values, hold until the map changes. As with any container,
/// one thread may change it while no other reads it; copies that share are independent of each other.
template <class T>
class Map {
 public:
  using key_type = SharedString;
  using mapped_type = T;
  using value_type = std::pair<SharedString, T>;
  using size_type = std::size_t;
  using const_iterator = const value_type*;
  using iterator = const_iterator;

  Map() = default;
  /// Of several with one name the first counts.
  Map(std::initializer_list<value_type> pairs) : Map() { insert(pairs.begin(), pairs.end()); }
  /// Pairs of a name and a value, in any order; of several with one name the first counts.
  template <class Iterator>
    requires requires(Iterator each) { each->first; }
  Map(Iterator first, Iterator last) : Map() {
    insert(first, last);
  }
  Map(const std::map<std::string, T>& pairs) : Map() { insert(pairs.begin(), pairs.end()); }  // NOLINT: it stands for one
  Map(const Map& other) : block_(other.block_) {
    if (block_ == nullptr) return;
    if (block_->shared)
      block_->users.fetch_add(1, std::memory_order_relaxed);
    else
      block_ = copy_of(*other.block_, other.block_->size);
  }
  Map(Map&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Map& operator=(const Map& other) {
    if (this != &other) *this = Map(other);
    return *this;
  }
  Map& operator=(Map&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Map() { release(block_); }
  explicit operator std::map<std::string, T>() const { return {begin(), end()}; }

  const_iterator begin() const { return block_ != nullptr ? block_->pairs() : nullptr; }
  const_iterator end() const { return block_ != nullptr ? block_->pairs() + block_->size : nullptr; }
  std::size_t size() const { return block_ != nullptr ? block_->size : 0; }
  bool empty() const { return size() == 0; }

  const_iterator find(std::string_view name) const {
    const const_iterator place = lower_bound(name);
    return place != end() && place->first == name ? place : end();
  }
  bool contains(std::string_view name) const { return find(name) != end(); }
  std::size_t count(std::string_view name) const { return contains(name) ? 1 : 0; }
  /// The first whose name is not before this one.
  const_iterator lower_bound(std::string_view name) const {
    return std::lower_bound(begin(), end(), name,
                            [](const value_type& each, std::string_view other) { return std::string_view(each.first) < other; });
  }
  /// The value of a name that is there; throws std::out_of_range where it is not.
  const T& at(std::string_view name) const {
    const const_iterator found = find(name);
    if (found == end()) throw std::out_of_range("meshroute::model::Map::at");
    return found->second;
  }

  /// The value of a name, made where it is not there.
  template <class Name>
  T& operator[](const Name& name) {
    const std::size_t place = place_of(name).first;  // may move the pairs
    return block_->pairs()[place].second;
  }
  /// Adds the value where the name is not there; the pair's place, and whether it was added.
  template <class Name, class... Values>
  std::pair<const_iterator, bool> try_emplace(const Name& name, Values&&... value) {
    if (const const_iterator found = find(name); found != end()) return {found, false};
    T made(std::forward<Values>(value)...);
    const std::size_t place = place_of(name).first;
    block_->pairs()[place].second = std::move(made);
    return {begin() + place, true};
  }
  template <class Name, class Value>
  std::pair<const_iterator, bool> emplace(const Name& name, Value&& value) {
    return try_emplace(name, std::forward<Value>(value));
  }
  template <class Name, class Value>
  std::pair<const_iterator, bool> insert_or_assign(const Name& name, Value&& value) {
    T made(std::forward<Value>(value));
    const auto [place, added] = place_of(name);
    block_->pairs()[place].second = std::move(made);
    return {begin() + place, added};
  }
  std::pair<const_iterator, bool> insert(value_type pair) { return try_emplace(pair.first, std::move(pair.second)); }
  /// Pairs of a name and a value, in any order; what is there stays.
  template <class Iterator>
  void insert(Iterator first, Iterator last) {
    const auto count = static_cast<std::size_t>(std::distance(first, last));
    if (count == 0) return;
    Map all;
    all.block_ = block_ != nullptr ? copy_of(*block_, size() + count) : make(count);
    bool in_order = true;
    for (; first != last; ++first) {
      value_type* const made = new (all.block_->pairs() + all.block_->size) value_type(first->first, first->second);
      in_order = in_order && (all.block_->size == 0 || made[-1].first < made->first);
      ++all.block_->size;
    }
    if (!in_order) all.sort();
    std::swap(block_, all.block_);
  }
  /// How many were there: 0 or 1.
  std::size_t erase(std::string_view name) {
    const const_iterator found = find(name);
    if (found == end()) return 0;
    const auto place = found - begin();
    make_own(size());
    value_type* const pairs = block_->pairs();
    std::move(pairs + place + 1, pairs + block_->size, pairs + place);
    std::destroy_at(pairs + --block_->size);
    return 1;
  }
  void clear() { release(std::exchange(block_, nullptr)); }
  /// Makes room for so many.
  void reserve(size_type count) {
    if (count > size()) make_own(count);
  }

  /// Gives back what it does not need, and lets later copies be one with it until one of them changes.
  void share() {
    if (block_ == nullptr || block_->shared) return;
    if (block_->size == 0) return clear();
    if (block_->size != block_->capacity) make_own(0);
    block_->shared = true;
  }
  /// Whether both are empty, or one after share().
  bool is(const Map& other) const { return block_ == other.block_; }

  friend bool operator==(const Map& a, const Map& b) {
    return a.block_ == b.block_ || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  friend auto operator<=>(const Map& a, const Map& b) {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  /// The pairs stand behind it.
  struct alignas(alignof(value_type)) Block {
    std::atomic<std::uint32_t> users{1};
    bool shared = false;  ///< it changes no longer
    std::uint32_t size = 0, capacity = 0;
    value_type* pairs() { return std::launder(reinterpret_cast<value_type*>(this + 1)); }
  };

  static Block* make(std::size_t capacity) {
    if (capacity > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("meshroute::model::Map");
    auto* const block = new (::operator new(sizeof(Block) + capacity * sizeof(value_type))) Block;
    block->capacity = static_cast<std::uint32_t>(capacity);
    return block;
  }
  static void release(Block* block) {
    if (block == nullptr || (block->shared && block->users.fetch_sub(1, std::memory_order_acq_rel) != 1)) return;
    std::destroy_n(block->pairs(), block->size);
    block->~Block();
    ::operator delete(block);
  }
  static Block* copy_of(Block& from, std::size_t capacity) {
    Map made;
    made.block_ = make(capacity);
    for (; made.block_->size < from.size; ++made.block_->size)
      new (made.block_->pairs() + made.block_->size) value_type(from.pairs()[made.block_->size]);
    return std::exchange(made.block_, nullptr);
  }
  /// Of several with one name the first stays.
  void sort() {
    value_type *const pairs = block_->pairs(), *const last = pairs + block_->size;
    std::stable_sort(pairs, last, [](const value_type& a, const value_type& b) { return a.first < b.first; });
    value_type* const kept =
        std::unique(pairs, last, [](const value_type& a, const value_type& b) { return a.first == b.first; });
    std::destroy(kept, last);
    block_->size = static_cast<std::uint32_t>(kept - pairs);
  }
  /// Lets nobody else have the pairs, and has room for so many.
  void make_own(std::size_t count) {
    if (block_ == nullptr) {
      if (count > 0) block_ = make(count);
      return;
    }
    const bool grow = count > block_->capacity, shrink = count == 0;
    if (!block_->shared && !grow && !shrink) return;
    const std::size_t capacity = grow ? std::max<std::size_t>(count, block_->size + block_->size / 2) : block_->size;
    Block* made = nullptr;
    if (block_->shared) {
      made = copy_of(*block_, std::max(capacity, count));
    } else {
      made = make(capacity);
      std::uninitialized_move_n(block_->pairs(), block_->size, made->pairs());
      made->size = block_->size;
    }
    release(std::exchange(block_, made));
  }
  /// The place of a name, made where it is not there, and whether it was made.
  template <class Name>
  std::pair<std::size_t, bool> place_of(const Name& name) {
    const const_iterator found = lower_bound(name);
    const auto place = static_cast<std::size_t>(found - begin());
    if (found != end() && found->first == name) {
      make_own(size());
      return {place, false};
    }
    value_type added{SharedString(name), T()};
    make_own(size() + 1);
    value_type* const pairs = block_->pairs();
    new (pairs + block_->size) value_type(std::move(added));
    ++block_->size;
    std::rotate(pairs + place, pairs + block_->size - 1, pairs + block_->size);
    return {place, true};
  }

  Block* block_ = nullptr;
};

}  // namespace meshroute::model

namespace meshroute {
/// The labels or annotations of a resource.
using Labels = model::Map<std::string>;
}  // namespace meshroute
