#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's Envoy filter, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/selector.hpp"
#include "meshroute/model/struct.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.EnvoyFilter`.
struct EnvoyFilter {
  /// Istio's EnvoyFilter.ApplyTo (wire values; others are kept as they came).
  enum class ApplyTo : std::int32_t {
    INVALID = 0,
    LISTENER = 1,
    FILTER_CHAIN = 2,
    NETWORK_FILTER = 3,
    HTTP_FILTER = 4,
    ROUTE_CONFIGURATION = 5,
    VIRTUAL_HOST = 6,
    HTTP_ROUTE = 7,
    CLUSTER = 8,
    EXTENSION_CONFIG = 9,
    BOOTSTRAP = 10,
    LISTENER_FILTER = 11,
  };
  /// Istio's EnvoyFilter.PatchContext (wire values; others are kept as they came).
  enum class PatchContext : std::int32_t {
    ANY = 0,
    SIDECAR_INBOUND = 1,
    SIDECAR_OUTBOUND = 2,
    GATEWAY = 3,
    WAYPOINT = 4,
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.ProxyMatch`.
  struct ProxyMatch {
    std::string proxy_version = {};
    std::map<std::string, std::string> metadata = {};

    bool operator==(const ProxyMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.ListenerMatch`.
  struct ListenerMatch {
    /// `istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.SubFilterMatch`.
    struct SubFilterMatch {
      std::string name = {};

      bool operator==(const SubFilterMatch&) const = default;
    };

    /// `istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.FilterMatch`.
    struct FilterMatch {
      std::string name = {};
      std::optional<SubFilterMatch> sub_filter = {};

      bool operator==(const FilterMatch&) const = default;
    };

    /// `istio.networking.v1alpha3.EnvoyFilter.ListenerMatch.FilterChainMatch`.
    struct FilterChainMatch {
      std::string name = {};
      std::string sni = {};
      std::string transport_protocol = {};
      std::string application_protocols = {};
      std::optional<FilterMatch> filter = {};
      std::uint32_t destination_port = 0;

      bool operator==(const FilterChainMatch&) const = default;
    };

    std::uint32_t port_number = 0;
    std::string port_name = {};
    std::optional<FilterChainMatch> filter_chain = {};
    std::string listener_filter = {};
    std::string name = {};

    bool operator==(const ListenerMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch`.
  struct RouteConfigurationMatch {
    /// `istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch.RouteMatch`.
    struct RouteMatch {
      /// Istio's RouteMatch.Action (wire values; others are kept as they came).
      enum class Action : std::int32_t {
        ANY = 0,
        ROUTE = 1,
        REDIRECT = 2,
        DIRECT_RESPONSE = 3,
      };

      std::string name = {};
      Action action = Action::ANY;

      bool operator==(const RouteMatch&) const = default;
    };

    /// `istio.networking.v1alpha3.EnvoyFilter.RouteConfigurationMatch.VirtualHostMatch`.
    struct VirtualHostMatch {
      std::string name = {};
      std::string domain_name = {};
      std::optional<RouteMatch> route = {};

      bool operator==(const VirtualHostMatch&) const = default;
    };

    std::uint32_t port_number = 0;
    std::string port_name = {};
    std::string gateway = {};
    std::optional<VirtualHostMatch> vhost = {};
    std::string name = {};

    bool operator==(const RouteConfigurationMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.ClusterMatch`.
  struct ClusterMatch {
    std::uint32_t port_number = 0;
    std::string service = {};
    std::string subset = {};
    std::string name = {};

    bool operator==(const ClusterMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.WaypointMatch`.
  struct WaypointMatch {
    /// `istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.RouteMatch`.
    struct RouteMatch {
      std::string name = {};

      bool operator==(const RouteMatch&) const = default;
    };

    /// `istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.FilterMatch`.
    struct FilterMatch {
      /// `istio.networking.v1alpha3.EnvoyFilter.WaypointMatch.FilterMatch.SubFilterMatch`.
      struct SubFilterMatch {
        std::string name = {};

        bool operator==(const SubFilterMatch&) const = default;
      };

      std::string name = {};
      std::optional<SubFilterMatch> sub_filter = {};

      bool operator==(const FilterMatch&) const = default;
    };

    std::uint32_t port_number = 0;
    std::optional<RouteMatch> route = {};
    std::optional<FilterMatch> filter = {};

    bool operator==(const WaypointMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.EnvoyConfigObjectMatch`.
  struct EnvoyConfigObjectMatch {
    PatchContext context = PatchContext::ANY;
    std::optional<ProxyMatch> proxy = {};
    /// oneof object_types.
    std::optional<ListenerMatch> listener = {};
    /// oneof object_types.
    std::optional<RouteConfigurationMatch> route_configuration = {};
    /// oneof object_types.
    std::optional<ClusterMatch> cluster = {};
    /// oneof object_types.
    std::optional<WaypointMatch> waypoint = {};

    bool operator==(const EnvoyConfigObjectMatch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.Patch`.
  struct Patch {
    /// Istio's Patch.Operation (wire values; others are kept as they came).
    enum class Operation : std::int32_t {
      INVALID = 0,
      MERGE = 1,
      ADD = 2,
      REMOVE = 3,
      INSERT_BEFORE = 4,
      INSERT_AFTER = 5,
      INSERT_FIRST = 6,
      REPLACE = 7,
      MERGE_AND_REPLACE_LIST = 8,
    };
    /// Istio's Patch.FilterClass (wire values; others are kept as they came).
    enum class FilterClass : std::int32_t {
      UNSPECIFIED = 0,
      AUTHN = 1,
      AUTHZ = 2,
      STATS = 3,
    };

    Operation operation = Operation::INVALID;
    std::optional<Struct> value = {};
    FilterClass filter_class = FilterClass::UNSPECIFIED;

    bool operator==(const Patch&) const = default;
  };

  /// `istio.networking.v1alpha3.EnvoyFilter.EnvoyConfigObjectPatch`.
  struct EnvoyConfigObjectPatch {
    ApplyTo apply_to = ApplyTo::INVALID;
    std::optional<EnvoyConfigObjectMatch> match = {};
    std::optional<Patch> patch = {};

    bool operator==(const EnvoyConfigObjectPatch&) const = default;
  };

  std::optional<WorkloadSelector> workload_selector = {};
  std::vector<type::PolicyTargetReference> target_refs = {};
  std::vector<EnvoyConfigObjectPatch> config_patches = {};
  std::int32_t priority = 0;

  bool operator==(const EnvoyFilter&) const = default;
};

}  // namespace meshroute::model
