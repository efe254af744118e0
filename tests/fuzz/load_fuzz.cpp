// SPDX-License-Identifier: Apache-2.0
// Whatever bytes are loaded, there is a report, and the mesh that comes of it can be asked. The first byte chooses the format
// and whether refused documents are applied.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "meshroute/meshroute.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  meshroute::LoadOptions options;
  options.format = static_cast<meshroute::Format>(data[0] % 3);
  options.apply_refused = (data[0] & 4U) != 0;
  options.limits.nodes = 20000;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  meshroute::Mesh mesh;
  const auto report = mesh.load(bytes, options);
  for (std::size_t i = 0; i < report.documents.size(); ++i) {
    bool error = report.documents[i].accepted;
    for (const auto& found : report.diagnostics)
      error = error || (found.document == static_cast<std::int32_t>(i) && found.severity == meshroute::Severity::error);
    if (!error) std::abort();  // refused, and nothing says why
  }
  for (const auto& found : report.diagnostics) {
    if (found.rule.empty() || found.line == 0 || found.column == 0) std::abort();
  }
  if (report.to_json().empty() || report.to_text().empty()) std::abort();
  const auto snapshot = mesh.snapshot();
  snapshot.analyze();
  const auto view = snapshot.view({.namespace_ = "default"});
  const auto answer = view.resolve({.host = "a.com"}, {.trace = true});
  if (answer.to_json().empty() || answer.outcome.empty()) std::abort();
  view.to_json();
  return 0;
}
