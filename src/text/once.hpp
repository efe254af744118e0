#pragma once

// SPDX-License-Identifier: Apache-2.0
// Something that is made once, by whoever asks first.

#include <atomic>
#include <mutex>

namespace meshroute::text {

/// As std::once_flag, and it tells whether what it guards is there.
class Once {
 public:
  /// Calls `make` once; where that throws, the next call tries again.
  template <class Make>
  void call(const Make& make) {
    std::call_once(flag_, [&] {
      make();
      done_.store(true, std::memory_order_release);
    });
  }
  /// Whether `make` has come to its end: what it made may then be read. From any thread.
  bool done() const { return done_.load(std::memory_order_acquire); }

 private:
  std::once_flag flag_;
  std::atomic<bool> done_ = false;
};

}  // namespace meshroute::text
