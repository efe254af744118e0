#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's selector, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <string>

#include "meshroute/model/map.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.WorkloadSelector`.
struct WorkloadSelector {
  Labels labels = {};

  bool operator==(const WorkloadSelector&) const = default;
};

namespace type {
/// `istio.type.v1beta1.PolicyTargetReference`.
struct PolicyTargetReference {
  std::string group = {};
  std::string kind = {};
  std::string name = {};
  std::string namespace_ = {};

  bool operator==(const PolicyTargetReference&) const = default;
};
}  // namespace type

namespace type {
/// `istio.type.v1beta1.WorkloadSelector`.
struct WorkloadSelector {
  Labels match_labels = {};

  bool operator==(const WorkloadSelector&) const = default;
};
}  // namespace type
}  // namespace meshroute::model
