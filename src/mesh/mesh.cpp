// SPDX-License-Identifier: Apache-2.0
// The door: the public classes, each method a call into the rooms.
#include "meshroute/mesh.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/analysis.hpp"
#include "mesh/load.hpp"
#include "meshroute/version.hpp"
#include "registry/snapshot.hpp"
#include "render/render.hpp"
#include "resolve/resolve.hpp"
#include "resolve/why_host.hpp"
#include "routes/table.hpp"
#include "view/client_view.hpp"
#include "view/rows.hpp"

namespace meshroute {

struct Mesh::Impl {
  registry::Registry registry;
  bool own_settings = true;  // false: MeshConfig or MeshNetworks were given, and Istio's ConfigMap is not asked
  std::uint32_t threads = 1;

  /// MeshConfig and MeshNetworks of Istio's ConfigMap; what cannot be read is told and not taken.
  std::optional<registry::Settings> settings_of(const mesh::MeshTexts& texts, Report& report) const {
    registry::Settings read;
    std::string error;
    if (registry::read_settings(texts.mesh_config, texts.mesh_networks, registry.settings().vip_mode, read, error)) return read;
    const DocumentReport& document = report.documents[texts.document];
    Diagnostic diagnostic;
    diagnostic.severity = Severity::warning;
    diagnostic.layer = Layer::analysis;
    diagnostic.rule = "AN0103";
    diagnostic.document = static_cast<std::int32_t>(texts.document);
    diagnostic.resource = "ConfigMap istio-system/istio";
    diagnostic.path = "data";
    diagnostic.source = document.source;
    diagnostic.line = document.line;
    diagnostic.message = "Istio's own configuration is not used: " + error;
    report.diagnostics.push_back(std::move(diagnostic));
    return std::nullopt;
  }
};

Mesh::Mesh(const MeshOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->threads = options.threads;
  impl_->own_settings = options.mesh_config.empty() && options.mesh_networks.empty();
  std::string error;
  registry::Settings settings;
  registry::read_settings(options.mesh_config, options.mesh_networks, options.vip_mode, settings, error);
  impl_->registry.configure(std::move(settings));
}

Result<Mesh> Mesh::create(const MeshOptions& options) {
  Mesh mesh{MeshOptions{}};
  mesh.impl_->threads = options.threads;
  mesh.impl_->own_settings = options.mesh_config.empty() && options.mesh_networks.empty();
  std::string error;
  registry::Settings settings;
  if (!registry::read_settings(options.mesh_config, options.mesh_networks, options.vip_mode, settings, error)) {
    return Error{Error::Code::invalid_argument, error};
  }
  mesh.impl_->registry.configure(std::move(settings));
  return mesh;
}

Mesh::Mesh(Mesh&&) noexcept = default;
Mesh& Mesh::operator=(Mesh&&) noexcept = default;
Mesh::~Mesh() = default;

Report Mesh::load(std::string_view bytes, const LoadOptions& options) {
  auto loaded = mesh::load(bytes, options, impl_->threads);
  auto batch = impl_->registry.prepare(std::move(loaded.resources));
  for (std::size_t i = 0; i < batch.resources.size(); ++i) {
    const auto& replaced = batch.replaced[i];
    if (replaced == nullptr) continue;
    const Resource& resource = *batch.resources[i];
    Diagnostic diagnostic;
    diagnostic.severity = Severity::warning;
    diagnostic.layer = Layer::analysis;
    diagnostic.rule = "AN0102";
    diagnostic.document = static_cast<std::int32_t>(loaded.documents[i]);
    diagnostic.resource = mesh::display_name(resource.identity);
    diagnostic.path = "metadata.name";
    diagnostic.source = options.name;
    diagnostic.line = resource.origin.line;
    diagnostic.message = diagnostic.resource + " is defined again: this document replaces the earlier one";
    if (replaced->origin.source != nullptr) {
      diagnostic.related.push_back({replaced->origin.source->name, replaced->origin.line, 1, "first defined here"});
    }
    loaded.report.diagnostics.push_back(std::move(diagnostic));
  }
  std::optional<registry::Settings> settings;
  if (loaded.mesh_texts && impl_->own_settings) settings = impl_->settings_of(*loaded.mesh_texts, loaded.report);
  impl_->registry.commit(std::move(batch));
  if (settings) impl_->registry.configure(std::move(*settings));
  return std::move(loaded.report);
}

Report Mesh::apply(Resource resource) {
  impl_->registry.commit(impl_->registry.prepare({std::make_shared<const Resource>(std::move(resource))}));
  return {};
}

bool Mesh::remove(const Identity& identity) { return impl_->registry.remove(identity); }

Snapshot Mesh::snapshot() const { return Snapshot(impl_->registry.snapshot()); }

Report check(std::string_view bytes, const LoadOptions& options) {
  LoadOptions keeping_nothing = options;
  keeping_nothing.keep_text = false;
  return mesh::load(bytes, keeping_nothing, 1, false).report;
}

View Snapshot::view(const Client& client, const View* previous) const {
  return View(std::make_shared<const view::ClientView>(impl_, client, previous != nullptr ? previous->impl_.get() : nullptr));
}

Report Snapshot::analyze() const { return analysis::analyze(*impl_); }

Answer View::resolve(const Request& request, const ResolveOptions& options) const {
  Answer answer;
  resolve::resolve(*impl_, request, options, answer);
  return answer;
}

void View::resolve_into(const Request& request, Answer& answer, const ResolveOptions& options) const {
  routes::clear(answer);
  resolve::resolve(*impl_, request, options, answer);
}

std::vector<ServiceRow> View::services(const ViewFilter& filter) const { return view::service_rows(*impl_, filter); }
std::vector<ClusterRow> View::clusters(const ViewFilter& filter) const { return view::cluster_rows(*impl_, filter); }
std::vector<EndpointRow> View::endpoints(const ViewFilter& filter) const { return view::endpoint_rows(*impl_, filter); }
std::vector<RouteRow> View::routes(const ViewFilter& filter) const { return view::route_rows(*impl_, filter); }
std::vector<ListenerRow> View::listeners(const ViewFilter& filter) const { return view::listener_rows(*impl_, filter); }
std::string View::to_json() const { return render::view_json(*impl_, {}, {}); }
std::string View::section_json(std::string_view section, const ViewFilter& filter) const {
  return render::view_json(*impl_, section, filter);
}
std::string View::envoy_routes_json() const { return impl_->route_configurations().dump(2); }
std::string View::to_text(std::string_view section, const ViewFilter& filter) const {
  return render::view_text(*impl_, section, filter);
}
Reasons View::why(std::string_view host) const { return resolve::why_host(*impl_, std::string(host)); }

std::string_view version() { return MESHROUTE_VERSION; }
std::string_view istio_version() { return "1.28-alpha (istio.io/istio eed52ebb66ad, 2026-08-27)"; }
std::string_view envoy_version() { return "1.40.0"; }

}  // namespace meshroute
