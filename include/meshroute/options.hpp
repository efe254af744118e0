#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string>

namespace meshroute {

enum class Format : std::int32_t { automatic = 0, json = 1, yaml = 2 };
/// Where the automatic addresses of ServiceEntries come from (spec B10-B14).
enum class VipMode : std::int32_t { status = 0, controller = 1, legacy = 2 };

/// Bounds of one load; what goes past them is a diagnostic, never a crash.
struct Limits {
  std::size_t bytes = 1U << 30U;
  std::uint32_t depth = 400;       ///< nesting of one document
  std::size_t nodes = 10'000'000;  ///< nodes of one document after alias expansion
};

struct LoadOptions {
  std::string name = "<input>";  ///< shown in diagnostics; ".json" at its end chooses JSON
  std::string cluster = "Kubernetes";
  Format format = Format::automatic;
  bool keep_text = true;       ///< keep the text, so that traces can name columns
  bool apply_refused = false;  ///< apply what decodes although a cluster would refuse it
  Limits limits = {};
};

struct MeshOptions {
  std::string mesh_config = {};    ///< Istio MeshConfig as YAML or JSON text, or empty
  std::string mesh_networks = {};  ///< Istio MeshNetworks as YAML or JSON text, or empty
  VipMode vip_mode = VipMode::status;
  std::uint32_t threads = 1;  ///< used inside load only; 0: all cores
};

struct ResolveOptions {
  bool trace = false;
  bool upstream_request = true;  ///< false: the destination alone, without what leaves for it (nor `path` and `authority`)
};

}  // namespace meshroute
