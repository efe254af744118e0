#pragma once

// SPDX-License-Identifier: Apache-2.0
// Counts what operator new is asked for. To be included once in a program.

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // both of them are replaced
#endif
// NOLINTBEGIN(cppcoreguidelines-no-malloc): counts
void* operator new(std::size_t size) {
  ++allocations;
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
void operator delete(void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
// NOLINTEND(cppcoreguidelines-no-malloc)
