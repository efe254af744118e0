#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's service entry, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/selector.hpp"
#include "meshroute/model/workload_entry.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.ServicePort`.
struct ServicePort {
  std::uint32_t number = 0;
  std::string protocol = {};
  std::string name = {};
  std::uint32_t target_port = 0;

  bool operator==(const ServicePort&) const = default;
};

/// `istio.networking.v1alpha3.ServiceEntry`.
struct ServiceEntry {
  /// Istio's ServiceEntry.Location (wire values; others are kept as they came).
  enum class Location : std::int32_t {
    MESH_EXTERNAL = 0,
    MESH_INTERNAL = 1,
  };

  /// Istio's ServiceEntry.Resolution (wire values; others are kept as they came).
  enum class Resolution : std::int32_t {
    NONE = 0,
    STATIC = 1,
    DNS = 2,
    DNS_ROUND_ROBIN = 3,
    DYNAMIC_DNS = 4,
  };

  std::vector<std::string> hosts = {};
  std::vector<std::string> addresses = {};
  std::vector<ServicePort> ports = {};
  Location location = Location::MESH_EXTERNAL;
  Resolution resolution = Resolution::NONE;
  std::vector<WorkloadEntry> endpoints = {};
  std::optional<WorkloadSelector> workload_selector = {};
  std::vector<std::string> export_to = {};
  std::vector<std::string> subject_alt_names = {};

  bool operator==(const ServiceEntry&) const = default;
};
}  // namespace meshroute::model
