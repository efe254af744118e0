#pragma once

// SPDX-License-Identifier: Apache-2.0
// Memory that is given out piece by piece and freed all at once: what a document's tree is made of.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace meshroute::text {

/// Objects that lie side by side in an arena. A view, cheap to copy.
template <class T>
class Children {
 public:
  Children() = default;
  Children(const T* first, std::size_t count) : first_(first), count_(count) {}
  const T* begin() const { return first_; }
  const T* end() const { return first_ + count_; }  // NOLINT: null + 0 is null
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const T& operator[](std::size_t index) const { return first_[index]; }

 private:
  const T* first_ = nullptr;
  std::size_t count_ = 0;
};

/// Views into it live as long as it does. One thread at a time.
class Arena {
 public:
  /// `expected`: how many bytes will be asked for, as far as it is known.
  explicit Arena(std::size_t expected = 0) : next_(std::clamp(expected, kLeast, kMost)) {}

  /// Room for `size` bytes, aligned to `alignment`.
  void* allocate(std::size_t size, std::size_t alignment) {
    std::size_t from = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || from + size > blocks_.back().size) {
      add_block(size);
      from = 0;  // a block is aligned for every type
    }
    used_ = from + size;
    return blocks_.back().bytes.get() + from;
  }

  /// Room for `count` objects that need no destructor; the caller makes them.
  template <class T>
  T* room(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  std::string_view keep(std::string_view text) {
    if (text.empty()) return "";
    auto* const place = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

 private:
  static constexpr std::size_t kLeast = 1024, kMost = 1024 * 1024;  // NOLINT(bugprone-implicit-widening*)
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  void add_block(std::size_t least) {
    const std::size_t size = std::max(next_, least);
    next_ = std::min(next_ * 2, kMost);
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});  // not cleared
  }

  std::vector<Block> blocks_;
  std::size_t used_ = 0;  ///< of the last block
  std::size_t next_;      ///< the next block's size
};

}  // namespace meshroute::text
