#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's sidecar, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/destination_rule.hpp"
#include "meshroute/model/gateway.hpp"
#include "meshroute/model/selector.hpp"
#include "meshroute/model/virtual_service.hpp"

namespace meshroute::model {

/// Istio's CaptureMode (wire values; others are kept as they came).
enum class CaptureMode : std::int32_t {
  DEFAULT = 0,
  IPTABLES = 1,
  NONE = 2,
};

/// `istio.networking.v1alpha3.OutboundTrafficPolicy`.
struct OutboundTrafficPolicy {
  /// Istio's OutboundTrafficPolicy.Mode (wire values; others are kept as they came).
  enum class Mode : std::int32_t {
    REGISTRY_ONLY = 0,
    ALLOW_ANY = 1,
  };

  Mode mode = Mode::REGISTRY_ONLY;
  std::optional<Destination> egress_proxy = {};

  bool operator==(const OutboundTrafficPolicy&) const = default;
};

/// `istio.networking.v1alpha3.SidecarPort`.
struct SidecarPort {
  std::uint32_t number = 0;
  std::string protocol = {};
  std::string name = {};
  std::uint32_t target_port = 0;

  bool operator==(const SidecarPort&) const = default;
};

/// `istio.networking.v1alpha3.IstioEgressListener`.
struct IstioEgressListener {
  std::optional<SidecarPort> port = {};
  std::string bind = {};
  CaptureMode capture_mode = CaptureMode::DEFAULT;
  std::vector<std::string> hosts = {};

  bool operator==(const IstioEgressListener&) const = default;
};

/// `istio.networking.v1alpha3.IstioIngressListener`.
struct IstioIngressListener {
  std::optional<SidecarPort> port = {};
  std::string bind = {};
  CaptureMode capture_mode = CaptureMode::DEFAULT;
  std::string default_endpoint = {};
  std::optional<ServerTLSSettings> tls = {};
  std::optional<ConnectionPoolSettings> connection_pool = {};

  bool operator==(const IstioIngressListener&) const = default;
};

/// `istio.networking.v1alpha3.Sidecar`.
struct Sidecar {
  std::optional<WorkloadSelector> workload_selector = {};
  std::vector<IstioIngressListener> ingress = {};
  std::vector<IstioEgressListener> egress = {};
  std::optional<ConnectionPoolSettings> inbound_connection_pool = {};
  std::optional<OutboundTrafficPolicy> outbound_traffic_policy = {};

  bool operator==(const Sidecar&) const = default;
};
}  // namespace meshroute::model
