#pragma once

// SPDX-License-Identifier: Apache-2.0
// The annotations that Istio knows on Namespaces, Services and Pods.

#include <optional>
#include <string_view>

namespace meshroute::analysis {

struct Annotation {
  bool fits = true;  ///< it is for this kind
  bool deprecated = false;
  std::string_view of;  ///< the kinds that it is for: "Pod, Service"
};

/// Whether the name is one that only Istio gives.
bool is_istio_annotation(std::string_view name);
std::optional<Annotation> find_annotation(std::string_view name, std::string_view kind);
/// A known name that differs in one or two letters, or empty.
std::string_view nearest_annotation(std::string_view name);
/// What the annotation's value should be, where it is not; else empty.
std::string_view wanted_value(std::string_view name, std::string_view value);

}  // namespace meshroute::analysis
