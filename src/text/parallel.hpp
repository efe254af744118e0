#pragma once

// SPDX-License-Identifier: Apache-2.0
// Work on several threads.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace meshroute::text {

/// How many threads `threads` means: 0 is all cores.
inline std::size_t thread_count(std::uint32_t threads) {
  return threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : threads;
}

/// Calls `work(i)`, or `work(i, worker)`, for each i below `count`, on up to `threads` threads (0: all cores), each of which gets
/// at least `few`, and waits. `worker` is below thread_count(threads), and of one thread. The first exception that was thrown is
/// thrown again once all have stopped.
template <class Work>
void parallel(std::uint32_t threads, std::size_t count, const Work& work, std::size_t few = 8) {
  const std::size_t workers = std::min(thread_count(threads), count / few);
  const auto call = [&work](std::size_t i, [[maybe_unused]] std::size_t worker) {
    if constexpr (std::is_invocable_v<const Work&, std::size_t, std::size_t>)
      work(i, worker);
    else
      work(i);
  };
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) call(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::mutex lock;
  std::exception_ptr failure;
  const auto run = [&](std::size_t worker) {
    try {
      for (std::size_t i = next++; i < count; i = next++) call(i, worker);
    } catch (...) {
      next = count;
      const std::lock_guard<std::mutex> held(lock);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(workers);
  try {
    for (std::size_t i = 1; i < workers; ++i) others.emplace_back(run, i);
  } catch (const std::exception&) {  // no thread, or no memory for one, to be had: the others do the work
  }
  run(0);
  for (auto& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace meshroute::text
