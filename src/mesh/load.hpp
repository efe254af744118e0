#pragma once

// SPDX-License-Identifier: Apache-2.0
// One stream through text, schema and admission: the verdicts of the chain, and the resources that a cluster would take.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_texts.hpp"
#include "meshroute/diagnostic.hpp"
#include "meshroute/options.hpp"
#include "meshroute/resource.hpp"

namespace meshroute::mesh {

struct Loaded {
  Report report;
  std::vector<std::shared_ptr<const Resource>> resources;  ///< accepted (or, with apply_refused, decoded) ones, in order
  std::vector<std::size_t> documents;                      ///< index into report.documents of each resource
  std::optional<MeshTexts> mesh_texts;                     ///< of the last document that wins
};

/// The report is the same whatever the number of threads (0: all cores). Without `keep` no resource stays.
Loaded load(std::string_view bytes, const LoadOptions& options, std::uint32_t threads, bool keep = true);

/// The same for a text that nobody else needs: what is kept of it is not copied.
Loaded load_text(std::string text, const LoadOptions& options, std::uint32_t threads);

/// The same for one resource, which is taken as it is; its findings stand at its document's line.
Loaded load(Resource resource);

/// The findings on a MeshConfig that is given as a text.
Report check_mesh_config(std::string_view text, const std::string& name);

}  // namespace meshroute::mesh
