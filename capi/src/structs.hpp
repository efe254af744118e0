#pragma once

// SPDX-License-Identifier: Apache-2.0
// The structs that grow: how large each was in version 0.1, and how they are taken from a caller and filled in for one.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "meshroute.h"
#include "refuse.hpp"

/// Each struct, and the last member that it had in version 0.1. A struct that grows keeps its row as it is.
#define MESHROUTE_STRUCTS(ROW)                \
  ROW(mesh_options, reserved)                 \
  ROW(load_options, threads)                  \
  ROW(resource, reserved)                     \
  ROW(proxy, no_sidecar)                      \
  ROW(request, no_sni)                        \
  ROW(resolve_options, skip_upstream_request) \
  ROW(view_filter, reserved)                  \
  ROW(envoy_options, reserved)                \
  ROW(suite_options, reserved)                \
  ROW(diff_options, requests)                 \
  ROW(document, reserved)                     \
  ROW(diagnostic, more)                       \
  ROW(related, column)                        \
  ROW(answer_fields, failure_percent)         \
  ROW(upstream_request, changed_header_count) \
  ROW(changed_header, got_count)              \
  ROW(inbound_answer_fields, reserved)        \
  ROW(dry_run, reserved)                      \
  ROW(hop, reserved)                          \
  ROW(endpoint, assumed)                      \
  ROW(service, reserved)                      \
  ROW(cluster, reserved)                      \
  ROW(route, reserved)                        \
  ROW(listener, reserved)                     \
  ROW(trace_line, reserved)                   \
  ROW(rule, reserved)                         \
  ROW(envoy_resource, json)                   \
  ROW(envoy_port, listens)                    \
  ROW(suite_test, passed)                     \
  ROW(suite_failure, got)                     \
  ROW(coverage_item, reserved)                \
  ROW(witness, unknown)                       \
  ROW(diff_change, share)                     \
  ROW(reach_fields, reserved)                 \
  ROW(reach_group, reserved)                  \
  ROW(reach_way, percent)

namespace meshroute::capi {

/// The size of a struct that ends behind a member.
constexpr std::size_t size_up_to(std::size_t end, std::size_t alignment) { return (end + alignment - 1) / alignment * alignment; }

/// The size that a struct had in version 0.1: the smallest struct_size that a call takes.
template <class Struct>
inline constexpr std::size_t kSmallest = 0;
#define MESHROUTE_SMALLEST(name, last)                       \
  template <>                                                \
  inline constexpr std::size_t kSmallest<meshroute_##name> = \
      size_up_to(offsetof(meshroute_##name, last) + sizeof(meshroute_##name::last), alignof(meshroute_##name));
MESHROUTE_STRUCTS(MESHROUTE_SMALLEST)
#undef MESHROUTE_SMALLEST

/// No struct will ever be as large: a struct_size above it was never set.
inline constexpr std::size_t kLargest = 4096;

/// How many bytes of a caller's struct are known here; refuses a struct_size that no version has. A version's members are known
/// whole or not at all.
template <class Struct>
std::size_t known_size(const char* name, const Struct* given) {
  if (given->struct_size < kSmallest<Struct> || given->struct_size > kLargest)
    refuse_size(name, given->struct_size, kSmallest<Struct>);
  return given->struct_size < sizeof(Struct) ? kSmallest<Struct> : sizeof(Struct);
}

/// A caller's struct in this library's size: what an older caller does not know is 0. NULL is the defaults. Refuses what a newer
/// caller asks for, and a `reserved` that is not 0.
template <class Struct>
Struct take(const char* name, const Struct* given) {
  Struct taken;
  std::memset(&taken, 0, sizeof taken);
  if (given == nullptr) return taken;
  const std::size_t known = known_size(name, given);
  std::memcpy(&taken, given, known);
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = known; i < given->struct_size; ++i) {
    if (bytes[i] != 0) refuse_tail(name, given->struct_size, known);
  }
  if constexpr (requires { taken.reserved; }) {
    if (taken.reserved != 0) refuse_number(name, "reserved", taken.reserved, "it must be 0");
  }
  return taken;
}

/// Fills a caller's struct as far as this library knows it, and clears the rest; struct_size stays the caller's.
template <class Struct>
meshroute_status fill(Struct made, Struct* out) {
  const std::size_t known = known_size("out", out), size = out->struct_size;
  made.struct_size = size;
  std::memcpy(out, &made, known);
  std::memset(reinterpret_cast<unsigned char*>(out) + known, 0, size - known);
  return MESHROUTE_OK;
}

}  // namespace meshroute::capi
