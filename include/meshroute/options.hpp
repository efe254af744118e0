#pragma once

// SPDX-License-Identifier: Apache-2.0
// Options of a mesh, of a load and of resolving.
#include <cstddef>
#include <cstdint>
#include <string>

namespace meshroute {
/// How a text is read. automatic: JSON if the name ends in ".json" or the text parses as JSON, else YAML.
enum class Format : std::int32_t { automatic = 0, json = 1, yaml = 2 };
/// The source of automatic addresses of ServiceEntries (spec B10-B14).
enum class VipMode : std::int32_t { status = 0, controller = 1, legacy = 2 };
/// Where the endpoints of Kubernetes Services come from. given: from EndpointSlices, as a control plane sees them; derived: for a
/// Service without an EndpointSlice also from Pods, and where no Pod is given from the templates of Deployments and their like.
enum class Workloads : std::int32_t { given = 0, derived = 1 };

/// Bounds of one load. A text that passes one gets a diagnostic.
struct Limits {
  /// Of the whole text.
  std::size_t bytes = 1U << 30U;
  /// Nesting of one document.
  std::uint32_t depth = 400;
  /// Nodes of one document after alias expansion.
  std::size_t nodes = 10'000'000;
};
/// How a text is read and applied.
struct LoadOptions {
  /// Shown in diagnostics; a name that ends in ".json" selects JSON.
  std::string name = "<input>";
  std::string cluster = "Kubernetes";
  Format format = Format::automatic;
  /// Keep the text, so that a trace can name columns.
  bool keep_text = true;
  /// Apply every document that decodes, also if a cluster would refuse it.
  bool apply_refused = false;
  /// Pass over documents that are no Kubernetes objects (values.yaml, package.json); else: refuse.
  bool pass_over = false;
  /// Of a check: how many threads it works on; 0: all cores. A load works on those of its mesh.
  std::uint32_t threads = 1;
  Limits limits = {};
};
/// Settings of a mesh, and the threads of its loads.
struct MeshOptions {
  /// Istio MeshConfig as YAML or JSON text, or empty.
  std::string mesh_config = {};
  /// Istio MeshNetworks as YAML or JSON text, or empty.
  std::string mesh_networks = {};
  VipMode vip_mode = VipMode::status;
  /// Used inside load only; 0: all cores.
  std::uint32_t threads = 1;
  /// Routers take only Gateways of their own namespace (Istio's PILOT_SCOPE_GATEWAY_TO_NAMESPACE).
  bool scope_gateway_to_namespace = false;
  /// Routers have only the clusters that VirtualServices of their Gateways lead to (Istio's PILOT_FILTER_GATEWAY_CLUSTER_CONFIG).
  bool filter_gateway_cluster_config = false;
  Workloads workloads = Workloads::given;
};
/// Parts of an answer.
struct ResolveOptions {
  /// Give the reasons.
  bool trace = false;
  /// false: upstream_request, path and authority stay empty.
  bool upstream_request = true;
};

}  // namespace meshroute
