// SPDX-License-Identifier: Apache-2.0
// Applies loaded resources to a mesh, wholly or not at all.
#include "mesh/commit.hpp"

#include <optional>
#include <string>
#include <utility>

#include "findings/diagnostics.hpp"
#include "findings/display_name.hpp"

namespace meshroute::mesh {

namespace {

Diagnostic defined_again(const Resource& resource, const Resource& replaced, std::size_t document, const std::string& source) {
  const std::string shown = findings::display_name(resource);
  Diagnostic made = findings::make_diagnostic(
      "AN0102", {shown, "metadata.name", {source, resource.origin.line, 1, {}}, static_cast<std::int32_t>(document)},
      shown + " is defined again: this document replaces the earlier one");
  if (replaced.origin.source != nullptr) {
    made.related.push_back(
        findings::make_related({replaced.origin.source->name, replaced.origin.line, 1, {}}, "first defined here"));
  }
  return made;
}

/// MeshConfig and MeshNetworks of Istio's ConfigMap; what cannot be read is told and not taken.
std::optional<registry::Settings> settings_of(const MeshTexts& texts, const registry::Registry& registry, Report& report) {
  registry::Settings read;
  std::string error;
  if (registry::read_settings(texts.mesh_config, texts.mesh_networks, registry.settings().vip_mode, read, error)) {
    read.scope_gateway_to_namespace = registry.settings().scope_gateway_to_namespace;
    read.filter_gateway_cluster_config = registry.settings().filter_gateway_cluster_config;
    return read;
  }
  const DocumentReport& document = report.documents[texts.document];
  report.diagnostics.push_back(findings::make_diagnostic("AN0103",
                                                         {findings::display_name("ConfigMap", "istio-system", "istio"),
                                                          "data",
                                                          {document.source, document.line, 1, {}},
                                                          static_cast<std::int32_t>(texts.document)},
                                                         "Istio's own configuration is not used: " + error));
  return std::nullopt;
}

}  // namespace

Report commit(Loaded loaded, registry::Registry& registry, bool own_settings) {
  auto batch = registry.prepare(std::move(loaded.resources));
  for (std::size_t i = 0; i < batch.resources.size(); ++i) {
    if (batch.replaced[i] == nullptr) continue;
    const std::size_t document = loaded.documents[i];
    loaded.report.diagnostics.push_back(
        defined_again(*batch.resources[i], *batch.replaced[i], document, loaded.report.documents[document].source));
  }
  std::optional<registry::Settings> settings;
  if (loaded.mesh_texts && own_settings) settings = settings_of(*loaded.mesh_texts, registry, loaded.report);
  registry.commit(std::move(batch));
  if (settings) registry.configure(std::move(*settings));
  return std::move(loaded.report);
}

}  // namespace meshroute::mesh
