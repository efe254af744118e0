#pragma once

// SPDX-License-Identifier: Apache-2.0
// How much memory values hold, told by walking them.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "meshroute/model/map.hpp"
#include "meshroute/model/shared_string.hpp"

namespace meshroute::text {

template <bool Sorted>
class BasicJson;

/// Adds up the heap memory of values. An estimate: it takes each allocation to be as large as glibc would make it. What several
/// values share is counted once. Each call is for what the value holds, not for the value itself.
class Heap {
 public:
  std::size_t bytes() const { return bytes_; }

  /// One allocation of so many bytes; 0: none.
  void block(std::size_t size) { blocks(size > 0 ? 1 : 0, size); }
  void blocks(std::size_t count, std::size_t size);
  /// Whether nothing with this address was met before; false for null.
  bool first(const void* shared);
  /// An object that std::make_shared made. Whether it is met for the first time, so that what it holds is to be counted.
  template <class T>
  bool shared(const std::shared_ptr<T>& object) {
    const bool is_first = first(object.get());
    if (is_first) blocks(1, sizeof(T) + kControl);
    return is_first;
  }
  static constexpr std::size_t kControl = 2 * sizeof(void*);  ///< what std::make_shared adds to its object

  void text(const std::string& text);
  void text(const SharedString& text);
  void texts(std::initializer_list<const std::string*> texts);
  void texts(const std::vector<std::string>& texts);
  void labels(const Labels& labels);
  void ports(const model::Map<std::uint32_t>& ports);
  void json(const BasicJson<true>& json);

  // The containers themselves, without what their elements hold.
  template <class T>
  void list(const std::vector<T>& list) {
    block(list.capacity() * sizeof(T));
  }
  template <class T>
  void list(const std::deque<T>& list) {
    block(list.size() * sizeof(T) + 64 * sizeof(void*));
  }
  template <class Tree>
  void tree(const Tree& tree) {
    blocks(tree.size(), sizeof(typename Tree::value_type) + 4 * sizeof(void*));
  }
  template <class Table>
  void table(const Table& table) {
    blocks(table.size(), sizeof(typename Table::value_type) + 2 * sizeof(void*));
    if (table.bucket_count() > 1) block(table.bucket_count() * sizeof(void*));
  }

 private:
  std::size_t bytes_ = 0;
  std::unordered_set<const void*> met_;
};

}  // namespace meshroute::text
