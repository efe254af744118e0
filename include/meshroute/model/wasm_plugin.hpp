#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's Wasm plugin, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/selector.hpp"
#include "meshroute/model/struct.hpp"

namespace meshroute::model {

namespace type {
/// Istio's WorkloadMode (wire values; others are kept as they came).
enum class WorkloadMode : std::int32_t {
  UNDEFINED = 0,
  CLIENT = 1,
  SERVER = 2,
  CLIENT_AND_SERVER = 3,
};

/// `istio.type.v1beta1.PortSelector`.
struct PortSelector {
  std::uint32_t number = 0;

  bool operator==(const PortSelector&) const = default;
};
}  // namespace type

/// `istio.extensions.v1alpha1.WasmPlugin`.
struct WasmPlugin {
  /// Istio's PullPolicy (wire values; others are kept as they came).
  enum class PullPolicy : std::int32_t {
    UNSPECIFIED_POLICY = 0,
    IfNotPresent = 1,
    Always = 2,
  };
  /// Istio's PluginPhase (wire values; others are kept as they came).
  enum class PluginPhase : std::int32_t {
    UNSPECIFIED_PHASE = 0,
    AUTHN = 1,
    AUTHZ = 2,
    STATS = 3,
  };
  /// Istio's FailStrategy (wire values; others are kept as they came).
  enum class FailStrategy : std::int32_t {
    FAIL_CLOSE = 0,
    FAIL_OPEN = 1,
    FAIL_RELOAD = 2,
  };
  /// Istio's PluginType (wire values; others are kept as they came).
  enum class PluginType : std::int32_t {
    UNSPECIFIED_PLUGIN_TYPE = 0,
    HTTP = 1,
    NETWORK = 2,
  };

  /// `istio.extensions.v1alpha1.EnvVar`.
  struct EnvVar {
    /// Istio's EnvValueSource (wire values; others are kept as they came).
    enum class EnvValueSource : std::int32_t {
      INLINE = 0,
      HOST = 1,
    };

    std::string name = {};
    EnvValueSource value_from = EnvValueSource::INLINE;
    std::string value = {};

    bool operator==(const EnvVar&) const = default;
  };

  /// `istio.extensions.v1alpha1.VmConfig`.
  struct VmConfig {
    std::vector<EnvVar> env = {};

    bool operator==(const VmConfig&) const = default;
  };

  /// `istio.extensions.v1alpha1.WasmPlugin.TrafficSelector`.
  struct TrafficSelector {
    type::WorkloadMode mode = type::WorkloadMode::UNDEFINED;
    std::vector<type::PortSelector> ports = {};

    bool operator==(const TrafficSelector&) const = default;
  };

  std::optional<type::WorkloadSelector> selector = {};
  std::optional<type::PolicyTargetReference> target_ref = {};
  std::vector<type::PolicyTargetReference> target_refs = {};
  std::string url = {};
  std::string sha256 = {};
  PullPolicy image_pull_policy = PullPolicy::UNSPECIFIED_POLICY;
  std::string image_pull_secret = {};
  std::string verification_key = {};
  std::optional<Struct> plugin_config = {};
  std::string plugin_name = {};
  PluginPhase phase = PluginPhase::UNSPECIFIED_PHASE;
  std::optional<std::int32_t> priority = {};
  FailStrategy fail_strategy = FailStrategy::FAIL_CLOSE;
  std::optional<VmConfig> vm_config = {};
  std::vector<TrafficSelector> match = {};
  PluginType type = PluginType::UNSPECIFIED_PLUGIN_TYPE;

  bool operator==(const WasmPlugin&) const = default;
};

}  // namespace meshroute::model
