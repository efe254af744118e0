// SPDX-License-Identifier: Apache-2.0
// The door: the public classes, each method a call into the rooms.
#include "meshroute/mesh.hpp"

#include <utility>

#include "analysis/analysis.hpp"
#include "bootstrap/bootstrap.hpp"
#include "diff/diff.hpp"
#include "explain/client_notes.hpp"
#include "explain/find_proxy.hpp"
#include "explain/inbound_explanation.hpp"
#include "explain/trace.hpp"
#include "explain/why_host.hpp"
#include "mesh/commit.hpp"
#include "mesh/file.hpp"
#include "mesh/folder.hpp"
#include "mesh/load.hpp"
#include "meshroute/version.hpp"
#include "registry/snapshot.hpp"
#include "render/render.hpp"
#include "resolve/follow.hpp"
#include "resolve/inbound.hpp"
#include "resolve/reach.hpp"
#include "resolve/resolve.hpp"
#include "routes/table.hpp"
#include "text/heap.hpp"
#include "view/proxy_view.hpp"
#include "view/rows.hpp"
#include "witness/witness.hpp"

namespace meshroute {

struct Mesh::Impl {
  registry::Registry registry;
  mesh::SettingsSource settings;
};

namespace {

registry::Settings settings_of(const MeshOptions& options) {
  registry::Settings settings;
  settings.vip_mode = options.vip_mode;
  settings.workloads = options.workloads;
  settings.threads = options.threads;
  settings.scope_gateway_to_namespace = options.scope_gateway_to_namespace;
  settings.filter_gateway_cluster_config = options.filter_gateway_cluster_config;
  return settings;
}

}  // namespace

Mesh::Mesh(const MeshOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->settings.given = !options.mesh_config.empty() || !options.mesh_networks.empty();
  std::string error;
  registry::Settings settings;
  registry::read_settings(options.mesh_config, options.mesh_networks, settings_of(options), settings, error);
  impl_->registry.configure(std::move(settings));
}

Result<Mesh> Mesh::create(const MeshOptions& options) {
  Mesh mesh{MeshOptions{}};
  mesh.impl_->settings.given = !options.mesh_config.empty() || !options.mesh_networks.empty();
  std::string error;
  registry::Settings settings;
  if (!registry::read_settings(options.mesh_config, options.mesh_networks, settings_of(options), settings, error)) {
    return Error{Error::Code::invalid_argument, error};
  }
  mesh.impl_->registry.configure(std::move(settings));
  return mesh;
}

Mesh::Mesh(Mesh&&) noexcept = default;
Mesh& Mesh::operator=(Mesh&&) noexcept = default;
Mesh::~Mesh() = default;

Report Mesh::load(std::string_view bytes, const LoadOptions& options) {
  return mesh::commit(mesh::load(bytes, options, impl_->registry.settings().threads), impl_->registry, impl_->settings);
}

Result<Report> Mesh::load_path(const std::string& path, const LoadOptions& options) {
  auto text = mesh::read_file(path, options.limits.bytes);
  if (!text) return text.error();
  LoadOptions named = options;
  if (named.name == LoadOptions{}.name) named.name = path;
  return mesh::commit(mesh::load_text(std::move(*text), named, impl_->registry.settings().threads), impl_->registry,
                      impl_->settings);
}

Report Mesh::apply(Resource resource) { return mesh::commit(mesh::load(std::move(resource)), impl_->registry, impl_->settings); }

bool Mesh::remove(const Identity& identity) { return impl_->registry.remove(identity); }

Snapshot Mesh::snapshot() const { return Snapshot(impl_->registry.snapshot()); }

std::size_t Mesh::bytes() const {
  text::Heap heap;
  heap.block(sizeof *impl_);
  impl_->registry.count(heap);
  return heap.bytes();
}

Report check(std::string_view bytes, const LoadOptions& options) {
  LoadOptions keeping_nothing = options;
  keeping_nothing.keep_text = false;
  return mesh::load(bytes, keeping_nothing, options.threads, false).report;
}

FolderFiles files_of_folder(const std::string& path, const std::vector<std::string>& exclude) {
  return mesh::files_of_folder(path, exclude);
}

Report check_mesh_config(std::string_view text, const std::string& name) { return mesh::check_mesh_config(text, name); }

View Snapshot::view(const Proxy& proxy, const View* previous) const {
  return View(std::make_shared<const view::ProxyView>(impl_, proxy, previous != nullptr ? previous->impl_.get() : nullptr));
}

FoundProxy Snapshot::find_proxy(std::string_view name) const { return explain::find_proxy(*impl_, name); }

std::vector<std::shared_ptr<const Resource>> Snapshot::resources() const {
  std::vector<std::shared_ptr<const Resource>> all;
  for (const auto& resource : impl_->resources) all.push_back(resource);
  return all;
}

std::string Snapshot::resources_json(bool pretty) const { return render::resources_json(*impl_, pretty); }

std::size_t Snapshot::bytes() const {
  text::Heap heap;
  heap.shared(impl_);
  impl_->count(heap);
  return heap.bytes();
}

std::vector<EndpointRow> Snapshot::workloads_of(std::string_view host) const { return view::workload_rows(*impl_, host); }

std::vector<Witness> Snapshot::witnesses(const Proxy& proxy) const { return witness::witnesses(view::ProxyView(impl_, proxy)); }

std::string Snapshot::witness_suite(const Proxy& proxy, const std::vector<std::string>& config) const {
  const view::ProxyView view(impl_, proxy);
  return witness::suite_of(view, proxy, witness::witnesses(view), config);
}

Diff diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options) {
  return diffing::compare(before.impl_, after.impl_, options);
}

Report Snapshot::analyze() const { return analysis::analyze(*impl_); }

namespace {

void answer_request(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer) {
  if (!options.trace) return resolve::resolve(view, request, options, answer);
  resolve::Decisions decisions;
  explain::listen_to_access(view, decisions);
  resolve::resolve(view, request, options, answer, &decisions);
  explain::write_trace(view, request, decisions, answer);
}

void answer_inbound(const view::ProxyView& view, const Request& request, bool trace, InboundAnswer& answer) {
  if (!trace) return resolve::resolve_inbound(view, request, answer);
  explain::InboundExplanation why(view, answer);
  resolve::resolve_inbound(view, request, answer, &why);
}

}  // namespace

Journey Snapshot::follow(const Proxy& proxy, const Request& request, const std::vector<Proxy>* servers) const {
  return resolve::follow(view::ProxyView(impl_, proxy), request, servers, explain::tracers());
}

Reach Snapshot::reach(std::string_view host, std::uint32_t port, std::string_view from) const {
  return resolve::reach(impl_, host, port, from, explain::tracers(), {explain::gateway_client, explain::plain_client});
}

Answer View::resolve(const Request& request, const ResolveOptions& options) const {
  Answer answer;
  answer_request(*impl_, request, options, answer);
  return answer;
}

void View::resolve_into(const Request& request, Answer& answer, const ResolveOptions& options) const {
  routes::clear(answer);
  answer_request(*impl_, request, options, answer);
}

InboundAnswer View::resolve_inbound(const Request& request, const ResolveOptions& options) const {
  InboundAnswer answer;
  answer_inbound(*impl_, request, options.trace, answer);
  return answer;
}

void View::resolve_inbound_into(const Request& request, InboundAnswer& answer, const ResolveOptions& options) const {
  answer_inbound(*impl_, request, options.trace, answer);
}

std::vector<ServiceRow> View::services(const ViewFilter& filter) const { return view::service_rows(*impl_, filter); }
std::vector<ClusterRow> View::clusters(const ViewFilter& filter) const { return view::cluster_rows(*impl_, filter); }
std::vector<EndpointRow> View::endpoints(const ViewFilter& filter) const { return view::endpoint_rows(*impl_, filter); }
std::vector<RouteRow> View::routes(const ViewFilter& filter) const { return view::route_rows(*impl_, filter); }
std::vector<ListenerRow> View::listeners(const ViewFilter& filter) const { return view::listener_rows(*impl_, filter); }
std::string View::to_json(bool pretty) const { return render::view_json(*impl_, {}, {}, pretty); }
std::string View::section_json(std::string_view section, const ViewFilter& filter, bool pretty) const {
  return render::view_json(*impl_, section, filter, pretty);
}
std::string View::rows_json(std::string_view section, const ViewFilter& filter, bool pretty) const {
  return render::rows_json(*impl_, section, filter, pretty);
}
std::string View::envoy_routes_json() const { return envoy_json("routes"); }
std::string View::envoy_json(std::string_view section, const ViewFilter& filter, bool pretty) const {
  return render::envoy_json(*impl_, section, filter, pretty);
}
Result<EnvoyBootstrap> View::envoy_bootstrap(const EnvoyOptions& options) const {
  return bootstrap::make_bootstrap(*impl_, options);
}
std::string View::to_text(std::string_view section, const ViewFilter& filter) const {
  return render::view_text(*impl_, section, filter);
}
std::size_t View::bytes() const {
  text::Heap heap;
  heap.shared(impl_);
  impl_->count(heap);
  return heap.bytes();
}
Reasons View::why(std::string_view host) const { return explain::why_host(*impl_, std::string(host)); }

std::string_view version() { return MESHROUTE_VERSION; }
std::string_view istio_version() { return "1.28-alpha (istio.io/istio eed52ebb66ad, 2026-08-27)"; }
std::string_view envoy_version() { return "1.40.0"; }

}  // namespace meshroute
