#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's proxy config, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "meshroute/model/selector.hpp"

namespace meshroute::model {

/// `istio.networking.v1beta1.ProxyImage`.
struct ProxyImage {
  std::string image_type = {};

  bool operator==(const ProxyImage&) const = default;
};

/// `istio.networking.v1beta1.ProxyConfig`: the resource, not the message of the mesh configuration.
struct ProxyConfig {
  std::optional<type::WorkloadSelector> selector = {};
  std::optional<std::int32_t> concurrency = {};
  std::map<std::string, std::string> environment_variables = {};
  std::optional<ProxyImage> image = {};

  bool operator==(const ProxyConfig&) const = default;
};

}  // namespace meshroute::model
