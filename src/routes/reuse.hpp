#pragma once

// SPDX-License-Identifier: Apache-2.0
// Storage that a request leaves for the next one on its thread.

#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/answer.hpp"

namespace meshroute::routes {

/// Memory for what lives as long as one request. It comes from a buffer of the thread; what does not fit, or is asked for while
/// another request has the buffer, comes from the heap.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::pmr::memory_resource* memory() { return &memory_; }

 private:
  const bool owns_;
  std::pmr::monotonic_buffer_resource memory_;
};

/// Writes a list from its start: what stands there lends its storage. When it is done the list ends where it stopped, and what
/// stood behind waits on this thread for a longer list.
template <class T>
class Refill {
 public:
  explicit Refill(std::vector<T>& list) : list_(list) { spare().reserve(kMost); }
  ~Refill() {
    for (std::size_t i = used_; i < list_.size() && spare().size() < kMost; ++i) spare().push_back(std::move(list_[i]));
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(used_), list_.end());
  }
  Refill(const Refill&) = delete;
  Refill& operator=(const Refill&) = delete;
  /// As it was left: every member is to be written.
  T& next() {
    if (used_ < list_.size()) return list_[used_++];
    if (spare().empty()) {
      list_.emplace_back();
    } else {
      list_.push_back(std::move(spare().back()));
      spare().pop_back();
    }
    return list_[used_++];
  }

 private:
  static constexpr std::size_t kMost = 64;  // reserved: putting something there never fails
  static std::vector<T>& spare() {
    thread_local std::vector<T> waiting;
    return waiting;
  }
  std::vector<T>& list_;
  std::size_t used_ = 0;
};

/// Empties an answer. Its lists are put aside on this thread, for `take_back`.
void put_aside(Answer& answer);
/// The answer's list or part, empty or with storage from an earlier answer, to be written over.
std::vector<WeightedCluster>& weighted_clusters_of(Answer& answer);
std::vector<AnswerEndpoint>& endpoints_of(Answer& answer);
std::vector<std::string>& mirrors_of(Answer& answer);
std::vector<std::string>& upstream_sans_of(Answer& answer);
UpstreamRequest& upstream_request_of(Answer& answer);
/// Nothing leaves after all.
void drop_upstream_request(Answer& answer);
Response& response_of(Answer& answer);

}  // namespace meshroute::routes
