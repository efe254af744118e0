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

/// MeshConfig and MeshNetworks as the texts have them; what cannot be read is told and not taken.
std::optional<registry::Settings> settings_of(const MeshTexts& texts, const registry::Registry& registry, Report& report) {
  registry::Settings read;
  std::string error;
  const bool good = registry::read_settings(texts.mesh_config, texts.mesh_networks, registry.settings(), read, error);
  if (good && texts.from == MeshTexts::From::config_map) return read;
  findings::Subject subject{{}, {}, {texts.source, texts.line, 1, {}}, -1};
  if (texts.from != MeshTexts::From::values) {
    const DocumentReport& document = report.documents[texts.document];
    subject = {findings::display_name(document.kind, document.namespace_, document.name),
               texts.from == MeshTexts::From::config_map ? "data" : "spec.meshConfig",
               {document.source, document.line, 1, {}},
               static_cast<std::int32_t>(texts.document)};
  }
  const std::string whose = subject.resource.empty() ? texts.source : subject.resource;
  if (!good) {
    report.diagnostics.push_back(
        findings::make_diagnostic("AN0103", std::move(subject), "the MeshConfig of " + whose + " is not used: " + error));
    return std::nullopt;
  }
  report.diagnostics.push_back(findings::make_diagnostic(
      "AN0105", std::move(subject), "MeshConfig is taken from " + whose + ": no ConfigMap istio-system/istio is loaded"));
  return read;
}

}  // namespace

Report commit(Loaded loaded, registry::Registry& registry, SettingsSource& source) {
  auto batch = registry.prepare(std::move(loaded.resources));
  for (std::size_t i = 0; i < batch.resources.size(); ++i) {
    if (batch.replaced[i] == nullptr) continue;
    const std::size_t document = loaded.documents[i];
    loaded.report.diagnostics.push_back(
        defined_again(*batch.resources[i], *batch.replaced[i], document, loaded.report.documents[document].source));
  }
  std::optional<registry::Settings> settings;
  if (loaded.mesh_texts && !source.given && (!source.taken || loaded.mesh_texts->from >= *source.taken))
    settings = settings_of(*loaded.mesh_texts, registry, loaded.report);
  registry.commit(std::move(batch));
  if (settings) {
    registry.configure(std::move(*settings));
    source.taken = loaded.mesh_texts->from;
  }
  return std::move(loaded.report);
}

}  // namespace meshroute::mesh
