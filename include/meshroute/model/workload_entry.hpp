#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's workload entry, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <string>

#include "meshroute/model/map.hpp"
#include "meshroute/model/shared_string.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.WorkloadEntry`.
struct WorkloadEntry {
  std::string address = {};
  Map<std::uint32_t> ports = {};
  Labels labels = {};
  SharedString network = {};
  SharedString locality = {};
  std::uint32_t weight = 0;
  SharedString service_account = {};

  bool operator==(const WorkloadEntry&) const = default;
};
}  // namespace meshroute::model
