#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's telemetry, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "meshroute/model/selector.hpp"

namespace meshroute::model {

/// `istio.telemetry.v1alpha1.Telemetry`.
struct Telemetry {
  /// Istio's WorkloadMode of telemetry (wire values; others are kept as they came).
  enum class WorkloadMode : std::int32_t {
    CLIENT_AND_SERVER = 0,
    CLIENT = 1,
    SERVER = 2,
  };

  /// `istio.telemetry.v1alpha1.ProviderRef`.
  struct ProviderRef {
    std::string name = {};

    bool operator==(const ProviderRef&) const = default;
  };

  /// `istio.telemetry.v1alpha1.Tracing`.
  struct Tracing {
    /// `istio.telemetry.v1alpha1.Tracing.TracingSelector`.
    struct TracingSelector {
      WorkloadMode mode = WorkloadMode::CLIENT_AND_SERVER;

      bool operator==(const TracingSelector&) const = default;
    };

    /// `istio.telemetry.v1alpha1.Tracing.Literal`.
    struct Literal {
      std::string value = {};

      bool operator==(const Literal&) const = default;
    };

    /// `istio.telemetry.v1alpha1.Tracing.Environment`.
    struct Environment {
      std::string name = {};
      std::string default_value = {};

      bool operator==(const Environment&) const = default;
    };

    /// `istio.telemetry.v1alpha1.Tracing.RequestHeader`.
    struct RequestHeader {
      std::string name = {};
      std::string default_value = {};

      bool operator==(const RequestHeader&) const = default;
    };

    /// `istio.telemetry.v1alpha1.Tracing.Formatter`.
    struct Formatter {
      std::string value = {};

      bool operator==(const Formatter&) const = default;
    };

    /// `istio.telemetry.v1alpha1.Tracing.CustomTag`.
    struct CustomTag {
      /// oneof type.
      std::optional<Literal> literal = {};
      /// oneof type.
      std::optional<Environment> environment = {};
      /// oneof type.
      std::optional<RequestHeader> header = {};
      /// oneof type.
      std::optional<Formatter> formatter = {};

      bool operator==(const CustomTag&) const = default;
    };

    std::optional<TracingSelector> match = {};
    std::vector<ProviderRef> providers = {};
    std::optional<double> random_sampling_percentage = {};
    std::optional<bool> disable_span_reporting = {};
    std::map<std::string, CustomTag> custom_tags = {};
    std::optional<bool> use_request_id_for_trace_sampling = {};
    std::optional<bool> enable_istio_tags = {};
    std::optional<bool> disable_context_propagation = {};

    bool operator==(const Tracing&) const = default;
  };

  /// `istio.telemetry.v1alpha1.MetricSelector`.
  struct MetricSelector {
    /// Istio's MetricSelector.IstioMetric (wire values; others are kept as they came).
    enum class IstioMetric : std::int32_t {
      ALL_METRICS = 0,
      REQUEST_COUNT = 1,
      REQUEST_DURATION = 2,
      REQUEST_SIZE = 3,
      RESPONSE_SIZE = 4,
      TCP_OPENED_CONNECTIONS = 5,
      TCP_CLOSED_CONNECTIONS = 6,
      TCP_SENT_BYTES = 7,
      TCP_RECEIVED_BYTES = 8,
      GRPC_REQUEST_MESSAGES = 9,
      GRPC_RESPONSE_MESSAGES = 10,
    };

    /// oneof metric_match.
    std::optional<IstioMetric> metric = {};
    /// oneof metric_match.
    std::optional<std::string> custom_metric = {};
    WorkloadMode mode = WorkloadMode::CLIENT_AND_SERVER;

    bool operator==(const MetricSelector&) const = default;
  };

  /// `istio.telemetry.v1alpha1.MetricsOverrides`.
  struct MetricsOverrides {
    /// `istio.telemetry.v1alpha1.MetricsOverrides.TagOverride`.
    struct TagOverride {
      /// Istio's TagOverride.Operation (wire values; others are kept as they came).
      enum class Operation : std::int32_t {
        UPSERT = 0,
        REMOVE = 1,
      };

      Operation operation = Operation::UPSERT;
      std::string value = {};

      bool operator==(const TagOverride&) const = default;
    };

    std::optional<MetricSelector> match = {};
    std::optional<bool> disabled = {};
    std::map<std::string, TagOverride> tag_overrides = {};

    bool operator==(const MetricsOverrides&) const = default;
  };

  /// `istio.telemetry.v1alpha1.Metrics`.
  struct Metrics {
    std::vector<ProviderRef> providers = {};
    std::vector<MetricsOverrides> overrides = {};
    std::optional<Duration> reporting_interval = {};

    bool operator==(const Metrics&) const = default;
  };

  /// `istio.telemetry.v1alpha1.AccessLogging`.
  struct AccessLogging {
    /// `istio.telemetry.v1alpha1.AccessLogging.LogSelector`.
    struct LogSelector {
      WorkloadMode mode = WorkloadMode::CLIENT_AND_SERVER;

      bool operator==(const LogSelector&) const = default;
    };

    /// `istio.telemetry.v1alpha1.AccessLogging.Filter`.
    struct Filter {
      std::string expression = {};

      bool operator==(const Filter&) const = default;
    };

    std::optional<LogSelector> match = {};
    std::vector<ProviderRef> providers = {};
    std::optional<bool> disabled = {};
    std::optional<Filter> filter = {};

    bool operator==(const AccessLogging&) const = default;
  };

  std::optional<type::WorkloadSelector> selector = {};
  std::optional<type::PolicyTargetReference> target_ref = {};
  std::vector<type::PolicyTargetReference> target_refs = {};
  std::vector<Tracing> tracing = {};
  std::vector<Metrics> metrics = {};
  std::vector<AccessLogging> access_logging = {};

  bool operator==(const Telemetry&) const = default;
};

}  // namespace meshroute::model
