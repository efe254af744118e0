#pragma once

// SPDX-License-Identifier: Apache-2.0
// The labels of a workload that has them in two places.

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "meshroute/model/map.hpp"

namespace meshroute::analysis {

/// The labels of two maps, of which the first wins (C6). It shares them, for most workloads have a map of their own. It reads as
/// `Labels` do, but for the order: those of the first map come first.
class WorkloadLabels {
 public:
  using value_type = Labels::value_type;

  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Labels::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    const_iterator() = default;
    const value_type& operator*() const { return *at_; }
    const value_type* operator->() const { return at_; }
    const_iterator& operator++() {
      ++at_;
      settle();
      return *this;
    }
    const_iterator operator++(int) {
      const_iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const const_iterator& other) const { return at_ == other.at_; }

   private:
    friend WorkloadLabels;
    const_iterator(const WorkloadLabels& of, const value_type* at, bool in_second) : of_(&of), at_(at), in_second_(in_second) {
      settle();
    }
    /// Goes on to the second map, past what the first one has too; null at the end.
    void settle() {
      if (!in_second_ && at_ == of_->first_.end()) {
        in_second_ = true;
        at_ = of_->second_.begin();
      }
      if (!in_second_) return;
      while (at_ != of_->second_.end() && of_->first_.contains(at_->first)) ++at_;
      if (at_ == of_->second_.end()) at_ = nullptr;
    }
    const WorkloadLabels* of_ = nullptr;
    const value_type* at_ = nullptr;
    bool in_second_ = false;  ///< the two may be one, so that the place does not say it
  };

  WorkloadLabels() = default;
  WorkloadLabels(Labels labels) : first_(std::move(labels)) {}  // NOLINT: it stands for one
  WorkloadLabels(Labels first, Labels second) : first_(std::move(first)), second_(std::move(second)) {}

  const_iterator begin() const { return {*this, first_.begin(), false}; }
  const_iterator end() const { return {}; }
  bool empty() const { return first_.empty() && second_.empty(); }
  const_iterator find(std::string_view name) const {
    const auto found = first_.find(name);
    if (found != first_.end()) return {*this, found, false};
    const auto other = second_.find(name);
    return other != second_.end() ? const_iterator(*this, other, true) : end();
  }
  bool contains(std::string_view name) const { return first_.contains(name) || second_.contains(name); }
  /// The value of a name that is there; throws std::out_of_range where it is not.
  const std::string& at(std::string_view name) const { return first_.contains(name) ? first_.at(name) : second_.at(name); }

  /// All as one map.
  operator Labels() const {  // NOLINT: it stands for one
    Labels all = first_;
    all.insert(second_.begin(), second_.end());
    return all;
  }

 private:
  Labels first_, second_;
};

}  // namespace meshroute::analysis
