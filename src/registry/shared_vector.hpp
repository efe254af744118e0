#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "text/heap.hpp"

namespace meshroute::registry {

/// A vector whose copies share what they have in common: a changed element costs two chunks and the list of blocks.
/// Never changes in place, so that copies may be read by other threads. T is a pointer type; a null element is a hole.
template <class T>
class SharedVector {
  static constexpr std::size_t kWidth = 64;
  using Leaf = std::array<T, kWidth>;
  using Block = std::array<std::shared_ptr<const Leaf>, kWidth>;
  static constexpr std::size_t kBlock = kWidth * kWidth;

 public:
  SharedVector() = default;
  explicit SharedVector(const std::vector<T>& items) : size_(items.size()) {
    for (std::size_t first = 0; first < size_; first += kBlock) {
      auto block = std::make_shared<Block>();
      for (std::size_t at = first; at < size_ && at < first + kBlock; at += kWidth) {
        auto leaf = std::make_shared<Leaf>();
        for (std::size_t i = at; i < size_ && i < at + kWidth; ++i) (*leaf)[i - at] = items[i];
        (*block)[(at - first) / kWidth] = std::move(leaf);
      }
      blocks_.push_back(std::move(block));
    }
  }

  std::size_t size() const { return size_; }
  const T& operator[](std::size_t index) const { return (*(*blocks_[index / kBlock])[index % kBlock / kWidth])[index % kWidth]; }

  /// Without what the elements point to.
  void count(text::Heap& heap) const {
    heap.list(blocks_);
    for (const auto& block : blocks_) {
      if (!heap.shared(block)) continue;
      for (const auto& leaf : *block) heap.shared(leaf);
    }
  }

  /// With one element replaced; `index` may be size(), and then it is appended.
  SharedVector with(std::size_t index, T value) const {
    SharedVector result = *this;
    if (index >= result.size_) result.size_ = index + 1;
    if (index / kBlock >= result.blocks_.size()) result.blocks_.resize(index / kBlock + 1);
    auto& old_block = result.blocks_[index / kBlock];
    auto block = old_block != nullptr ? std::make_shared<Block>(*old_block) : std::make_shared<Block>();
    auto& old_leaf = (*block)[index % kBlock / kWidth];
    auto leaf = old_leaf != nullptr ? std::make_shared<Leaf>(*old_leaf) : std::make_shared<Leaf>();
    (*leaf)[index % kWidth] = std::move(value);
    old_leaf = std::move(leaf);
    old_block = std::move(block);
    return result;
  }

  /// Walks the elements that are not null.
  class Iterator {
   public:
    Iterator(const SharedVector& list, std::size_t at) : list_(&list), at_(at) { skip(); }
    const T& operator*() const { return (*list_)[at_]; }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void skip() {
      while (at_ < list_->size_ && (*list_)[at_] == nullptr) ++at_;
    }
    const SharedVector* list_;
    std::size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  std::size_t size_ = 0;
  std::vector<std::shared_ptr<const Block>> blocks_;
};

}  // namespace meshroute::registry
