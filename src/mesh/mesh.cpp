// SPDX-License-Identifier: Apache-2.0
// The door: the public classes, each method a call into the rooms.
#include "meshroute/mesh.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "analysis/analysis.hpp"
#include "mesh/load.hpp"
#include "meshroute/version.hpp"
#include "registry/snapshot.hpp"
#include "render/render.hpp"
#include "resolve/resolve.hpp"
#include "routes/table.hpp"
#include "view/client_view.hpp"

namespace meshroute {

struct Mesh::Impl {
  registry::Settings settings;
  std::uint32_t threads = 1;
  std::vector<std::shared_ptr<const Resource>> resources;  // document order
  std::map<Identity, std::size_t> places;
  std::shared_ptr<const registry::Snapshot> built;  // of the present resources, or null

  /// What putting resources in takes. Made before anything changes, so that running out of memory changes nothing.
  struct Change {
    std::map<Identity, std::size_t> fresh;
    std::vector<std::size_t> slots;                         // one for each resource
    std::vector<std::shared_ptr<const Resource>> replaced;  // likewise; null: it is new
  };

  Change prepare(const std::vector<std::shared_ptr<const Resource>>& given) {
    Change change;
    std::map<std::size_t, std::shared_ptr<const Resource>> latest;  // by slot: what this change has put there
    for (const auto& resource : given) {
      const auto known = places.find(resource->identity);
      const std::size_t slot =
          known != places.end()
              ? known->second
              : change.fresh.try_emplace(resource->identity, resources.size() + change.fresh.size()).first->second;
      auto& here = latest[slot];
      change.slots.push_back(slot);
      change.replaced.push_back(here == nullptr && slot < resources.size() ? resources[slot] : here);
      here = resource;
    }
    const std::size_t size = resources.size() + change.fresh.size();
    if (size > resources.capacity()) resources.reserve(std::max(size, 2 * resources.capacity()));
    return change;
  }

  void commit(Change& change, std::vector<std::shared_ptr<const Resource>> given) noexcept {
    built.reset();
    places.merge(change.fresh);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const std::size_t slot = change.slots[i];
      if (slot == resources.size()) {
        resources.push_back(std::move(given[i]));
      } else {
        resources[slot] = std::move(given[i]);  // a replaced one keeps its place
      }
    }
  }
};

Mesh::Mesh(const MeshOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->threads = options.threads;
  std::string error;
  registry::read_settings(options.mesh_config, options.mesh_networks, options.vip_mode, impl_->settings, error);
}

Result<Mesh> Mesh::create(const MeshOptions& options) {
  Mesh mesh{MeshOptions{}};
  mesh.impl_->threads = options.threads;
  std::string error;
  if (!registry::read_settings(options.mesh_config, options.mesh_networks, options.vip_mode, mesh.impl_->settings, error)) {
    return Error{Error::Code::invalid_argument, error};
  }
  return mesh;
}

Mesh::Mesh(Mesh&&) noexcept = default;
Mesh& Mesh::operator=(Mesh&&) noexcept = default;
Mesh::~Mesh() = default;

Report Mesh::load(std::string_view bytes, const LoadOptions& options) {
  auto loaded = mesh::load(bytes, options, impl_->threads);
  auto change = impl_->prepare(loaded.resources);
  for (std::size_t i = 0; i < loaded.resources.size(); ++i) {
    const auto& replaced = change.replaced[i];
    if (replaced == nullptr) continue;
    const Resource& resource = *loaded.resources[i];
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
  impl_->commit(change, std::move(loaded.resources));
  return std::move(loaded.report);
}

Report Mesh::apply(Resource resource) {
  std::vector<std::shared_ptr<const Resource>> one{std::make_shared<const Resource>(std::move(resource))};
  auto change = impl_->prepare(one);
  impl_->commit(change, std::move(one));
  return {};
}

bool Mesh::remove(const Identity& identity) {
  const auto place = impl_->places.find(identity);
  if (place == impl_->places.end()) return false;
  impl_->built.reset();
  const std::size_t gone = place->second;
  impl_->resources.erase(impl_->resources.begin() + static_cast<std::ptrdiff_t>(gone));
  impl_->places.erase(place);
  for (auto& [key, index] : impl_->places) {
    if (index > gone) --index;
  }
  return true;
}

Snapshot Mesh::snapshot() const {
  if (impl_->built == nullptr) impl_->built = registry::build(impl_->settings, impl_->resources);
  return Snapshot(impl_->built);
}

Report check(std::string_view bytes, const LoadOptions& options) {
  LoadOptions keeping_nothing = options;
  keeping_nothing.keep_text = false;
  return mesh::load(bytes, keeping_nothing, 1, false).report;
}

View Snapshot::view(const Client& client, const View* /*previous*/) const {
  return View(std::make_shared<const view::ClientView>(impl_, client));
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

std::string View::to_json() const { return render::view_json(*impl_); }
std::string View::section_json(std::string_view section) const { return render::view_section_json(*impl_, section); }
std::string View::envoy_routes_json() const { return impl_->route_configurations().dump(2); }
std::string View::to_text(std::string_view section) const { return render::view_text(*impl_, section); }

std::string_view version() { return MESHROUTE_VERSION; }
std::string_view istio_version() { return "1.28-alpha (istio.io/istio eed52ebb66ad, 2026-08-27)"; }
std::string_view envoy_version() { return "1.40.0"; }

}  // namespace meshroute
