#pragma once

// SPDX-License-Identifier: Apache-2.0
// The names of gRPC's status codes, as Istio spells them.
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace meshroute::match {

inline constexpr std::string_view kGrpcStatuses[] = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

/// The code of a name, 0 for "OK"; no value for another name.
constexpr std::optional<std::uint32_t> grpc_status_code(std::string_view name) {
  for (std::uint32_t code = 0; code < std::size(kGrpcStatuses); ++code) {
    if (kGrpcStatuses[code] == name) return code;
  }
  return std::nullopt;
}

}  // namespace meshroute::match
