#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's peer authentication, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>

#include "meshroute/model/selector.hpp"

namespace meshroute::model {

/// `istio.security.v1beta1.PeerAuthentication`.
struct PeerAuthentication {
  /// `istio.security.v1beta1.PeerAuthentication.MutualTLS`.
  struct MutualTLS {
    /// Istio's PeerAuthentication.MutualTLS.Mode (wire values; others are kept as they came).
    enum class Mode : std::int32_t {
      UNSET = 0,
      DISABLE = 1,
      PERMISSIVE = 2,
      STRICT = 3,
    };

    Mode mode = Mode::UNSET;

    bool operator==(const MutualTLS&) const = default;
  };

  std::optional<type::WorkloadSelector> selector = {};
  std::optional<MutualTLS> mtls = {};
  /// An empty map is refused, an absent one is not.
  std::optional<std::map<std::uint32_t, MutualTLS>> port_level_mtls = {};

  bool operator==(const PeerAuthentication&) const = default;
};
}  // namespace meshroute::model
