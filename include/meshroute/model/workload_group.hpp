#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's workload group, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/map.hpp"
#include "meshroute/model/workload_entry.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.ExecHealthCheckConfig`.
struct ExecHealthCheckConfig {
  std::vector<std::string> command = {};

  bool operator==(const ExecHealthCheckConfig&) const = default;
};

/// `istio.networking.v1alpha3.GrpcHealthCheckConfig`.
struct GrpcHealthCheckConfig {
  std::uint32_t port = 0;
  std::string service = {};

  bool operator==(const GrpcHealthCheckConfig&) const = default;
};

/// `istio.networking.v1alpha3.HTTPHeader`.
struct HTTPHeader {
  std::string name = {};
  std::string value = {};

  bool operator==(const HTTPHeader&) const = default;
};

/// `istio.networking.v1alpha3.HTTPHealthCheckConfig`.
struct HTTPHealthCheckConfig {
  std::string path = {};
  std::uint32_t port = 0;
  std::string host = {};
  std::string scheme = {};
  std::vector<HTTPHeader> http_headers = {};

  bool operator==(const HTTPHealthCheckConfig&) const = default;
};

/// `istio.networking.v1alpha3.TCPHealthCheckConfig`.
struct TCPHealthCheckConfig {
  std::string host = {};
  std::uint32_t port = 0;

  bool operator==(const TCPHealthCheckConfig&) const = default;
};

/// `istio.networking.v1alpha3.ReadinessProbe`.
struct ReadinessProbe {
  std::int32_t initial_delay_seconds = 0;
  std::int32_t timeout_seconds = 0;
  std::int32_t period_seconds = 0;
  std::int32_t success_threshold = 0;
  std::int32_t failure_threshold = 0;
  /// One of `health_check_method`.
  std::optional<HTTPHealthCheckConfig> http_get = {};
  /// One of `health_check_method`.
  std::optional<TCPHealthCheckConfig> tcp_socket = {};
  /// One of `health_check_method`.
  std::optional<ExecHealthCheckConfig> exec = {};
  /// One of `health_check_method`.
  std::optional<GrpcHealthCheckConfig> grpc = {};

  bool operator==(const ReadinessProbe&) const = default;
};

/// `istio.networking.v1alpha3.WorkloadGroup`.
struct WorkloadGroup {
  /// `istio.networking.v1alpha3.WorkloadGroup.ObjectMeta`.
  struct ObjectMeta {
    Labels labels = {};
    Labels annotations = {};

    bool operator==(const ObjectMeta&) const = default;
  };

  std::optional<ObjectMeta> metadata = {};
  std::optional<WorkloadEntry> template_ = {};
  std::optional<ReadinessProbe> probe = {};

  bool operator==(const WorkloadGroup&) const = default;
};
}  // namespace meshroute::model
