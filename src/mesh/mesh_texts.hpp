#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where MeshConfig and MeshNetworks stand in files: Istio's ConfigMap, an IstioOperator, Helm values of istiod.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "findings/finding.hpp"
#include "meshroute/resource.hpp"
#include "text/document.hpp"

namespace meshroute::mesh {

/// MeshConfig and MeshNetworks as YAML or JSON.
struct MeshTexts {
  enum class From : std::uint8_t { values, istio_operator, config_map } from = From::values;  ///< a later one wins
  std::string mesh_config, mesh_networks;
  std::size_t document = 0;  ///< index into report.documents, not of values
  std::string source;        ///< of values: the file
  std::uint32_t line = 1;
};

/// What a document holds of them, with the findings on it; nothing where it holds neither. `identity` is empty for a document
/// that is no Kubernetes object: those are looked at as Helm values.
std::optional<MeshTexts> mesh_texts_of(const text::Node& root, const Identity& identity,
                                       std::vector<findings::Finding>& findings);

/// Whether a document is no Kubernetes object, and does not try to be one.
bool is_foreign(const text::Node& root);

}  // namespace meshroute::mesh
