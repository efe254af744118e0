// SPDX-License-Identifier: Apache-2.0
// Versions, meshes, snapshots and views.
#include <cstdlib>
#include <memory>
#include <utility>

#include "wall.hpp"

namespace meshroute::capi {

meshroute_status fail(meshroute_error* error, meshroute_status code, std::string_view message) noexcept {
  if (error != nullptr) {
    error->code = code;
    std::size_t size = message.size() < sizeof(error->message) ? message.size() : sizeof(error->message) - 1;
    while (size < message.size() && size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0U) == 0x80U) --size;
    std::memcpy(error->message, message.data(), size);
    error->message[size] = '\0';
  }
  return code;
}

meshroute_status fail(meshroute_error* error, const Error& why) noexcept {
  return fail(error, -static_cast<meshroute_status>(why.code), why.message);
}

meshroute_status give(std::string_view text, meshroute_bytes* out) {
  auto* data = static_cast<char*>(std::malloc(text.size() + 1));
  if (data == nullptr) throw std::bad_alloc();
  if (!text.empty()) std::memcpy(data, text.data(), text.size());
  data[text.size()] = '\0';
  *out = {data, text.size()};
  return MESHROUTE_OK;
}

namespace {

/// The report of `make()`, where one is wanted. Its handle is made first: a mesh that was loaded cannot fail afterwards.
template <class Make>
meshroute_status give_report(meshroute_report** out, Make make) {
  auto handle = out == nullptr ? nullptr : std::make_unique<meshroute_report>();
  Report report = make();
  const meshroute_status status = report.errors() > 0 ? MESHROUTE_FINDINGS : MESHROUTE_OK;
  if (out == nullptr) return status;
  handle->value = std::move(report);
  *out = handle.release();
  return status;
}

/// False where the struct or a value in it is none.
bool read(const meshroute_load_options* given, LoadOptions& options) {
  meshroute_load_options known;
  if (!take(given, known) || known.format < 0 || known.format > 2) return false;
  if (known.name.size > 0) options.name = view_of(known.name);
  if (known.cluster.size > 0) options.cluster = view_of(known.cluster);
  options.format = static_cast<Format>(known.format);
  options.keep_text = known.drop_text == 0;
  options.apply_refused = known.apply_refused != 0;
  return true;
}

bool read(const meshroute_view_filter* given, ViewFilter& filter) {
  meshroute_view_filter known;
  if (!take(given, known)) return false;
  filter = {std::string(view_of(known.host)), std::string(view_of(known.subset)), std::string(view_of(known.cluster)),
            known.port};
  return true;
}

bool read(const meshroute_client* given, Client& client) {
  meshroute_client known;
  if (!take(given, known) || (known.label_count > 0 && known.labels == nullptr)) return false;
  client.id = view_of(known.id);
  if (known.namespace_.size > 0) client.namespace_ = view_of(known.namespace_);
  client.ip = view_of(known.ip);
  client.locality = view_of(known.locality);
  client.network = view_of(known.network);
  if (known.cluster.size > 0) client.cluster = view_of(known.cluster);
  client.node_name = view_of(known.node_name);
  for (std::size_t i = 0; i < known.label_count; ++i) {
    client.labels[std::string(view_of(known.labels[i].name))] = view_of(known.labels[i].value);
  }
  client.dns_capture = known.dns_capture != 0;
  client.dns_auto_allocate = known.dns_auto_allocate != 0;
  return true;
}

}  // namespace

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

extern "C" {

const char* meshroute_version(void) { return meshroute::version().data(); }
const char* meshroute_istio_version(void) { return meshroute::istio_version().data(); }
const char* meshroute_envoy_version(void) { return meshroute::envoy_version().data(); }

void meshroute_bytes_free(meshroute_bytes* bytes) {
  if (bytes == nullptr) return;
  std::free(bytes->data);
  *bytes = {nullptr, 0};
}
void meshroute_mesh_free(meshroute_mesh* mesh) { delete mesh; }
void meshroute_snapshot_free(meshroute_snapshot* snapshot) { delete snapshot; }
void meshroute_view_free(meshroute_view* view) { delete view; }

meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute_mesh_options known;
    if (out == nullptr || !take(options, known)) return missing(error);
    if (known.vip_mode < 0 || known.vip_mode > 2) {
      return fail(error, MESHROUTE_INVALID_ARGUMENT, "vip_mode is none of MESHROUTE_VIP_*");
    }
    meshroute::MeshOptions given;
    given.mesh_config = view_of(known.mesh_config);
    given.mesh_networks = view_of(known.mesh_networks);
    given.vip_mode = static_cast<meshroute::VipMode>(known.vip_mode);
    if (options != nullptr) given.threads = known.threads;
    auto mesh = meshroute::Mesh::create(given);
    if (!mesh) return fail(error, mesh.error());
    hand_out(std::move(*mesh), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_mesh_load(meshroute_mesh* mesh, const char* text, size_t size, const meshroute_load_options* options,
                                     meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::LoadOptions given;
    if (mesh == nullptr || text == nullptr || !read(options, given)) return missing(error);
    return give_report(report, [&] { return mesh->value.load({text, size}, given); });
  });
}

meshroute_status meshroute_mesh_apply_json(meshroute_mesh* mesh, const char* json, size_t size, meshroute_report** report,
                                           meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || json == nullptr) return missing(error);
    meshroute::LoadOptions options;
    options.name = "<apply>";
    options.format = meshroute::Format::json;
    options.apply_refused = true;
    return give_report(report, [&] { return mesh->value.load({json, size}, options); });
  });
}

meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, meshroute_str group, meshroute_str kind, meshroute_str namespace_,
                                       meshroute_str name, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || kind.data == nullptr || name.data == nullptr) return missing(error);
    meshroute::Identity identity;
    identity.group = view_of(group);
    identity.kind = view_of(kind);
    if (namespace_.size > 0) identity.namespace_ = view_of(namespace_);
    identity.name = view_of(name);
    return mesh->value.remove(identity) ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_mesh_snapshot(meshroute_mesh* mesh, meshroute_snapshot** out, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || out == nullptr) return missing(error);
    hand_out(mesh->value.snapshot(), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_check(const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report,
                                 meshroute_error* error) {
  return guard(error, [&] {
    meshroute::LoadOptions given;
    if (text == nullptr || report == nullptr || !read(options, given)) return missing(error);
    return give_report(report, [&] { return meshroute::check({text, size}, given); });
  });
}

meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report,
                                            meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || report == nullptr) return missing(error);
    return give_report(report, [&] { return snapshot->value.analyze(); });
  });
}

meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const meshroute_client* client,
                                         const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::Client given;
    if (snapshot == nullptr || out == nullptr || !read(client, given)) return missing(error);
    hand_out(snapshot->value.view(given, previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_snapshot_view_json(const meshroute_snapshot* snapshot, const char* client, size_t size,
                                              const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || client == nullptr || out == nullptr) return missing(error);
    auto given = meshroute::Client::from_json({client, size});
    if (!given) return fail(error, given.error());
    hand_out(snapshot->value.view(*given, previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section, meshroute_bytes* out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr) return missing(error);
    return give(section.size == 0 ? view->value.to_json() : view->value.section_json(view_of(section)), out);
  });
}

meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section, meshroute_bytes* out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    return view == nullptr || out == nullptr ? missing(error) : give(view->value.to_text(view_of(section)), out);
  });
}

meshroute_status meshroute_view_filtered_json(const meshroute_view* view, meshroute_str section,
                                              const meshroute_view_filter* filter, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    return give(view->value.section_json(view_of(section), given), out);
  });
}

meshroute_status meshroute_view_filtered_text(const meshroute_view* view, meshroute_str section,
                                              const meshroute_view_filter* filter, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    return give(view->value.to_text(view_of(section), given), out);
  });
}

meshroute_status meshroute_view_why(const meshroute_view* view, meshroute_str host, meshroute_reasons** out,
                                    meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr || host.data == nullptr) return missing(error);
    auto reasons = view->value.why(view_of(host));
    const meshroute_status status = reasons.visible ? MESHROUTE_OK : MESHROUTE_FINDINGS;
    hand_out(std::move(reasons), out);
    return status;
  });
}

void meshroute_reasons_free(meshroute_reasons* reasons) { delete reasons; }

meshroute_str meshroute_reasons_host(const meshroute_reasons* reasons) {
  return reasons == nullptr ? meshroute_str{nullptr, 0} : str_of(reasons->value.host);
}

size_t meshroute_reasons_count(const meshroute_reasons* reasons) { return reasons == nullptr ? 0 : reasons->value.lines.size(); }

meshroute_status meshroute_reasons_line(const meshroute_reasons* reasons, size_t index, meshroute_trace_line* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    if (reasons == nullptr || out == nullptr) return missing(error);
    if (index >= reasons->value.lines.size()) return out_of_range(error);
    return fill(struct_of(reasons->value.lines[index]), out, error);
  });
}

meshroute_status meshroute_reasons_json(const meshroute_reasons* reasons, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return reasons == nullptr || out == nullptr ? missing(error) : give(reasons->value.to_json(), out); });
}

meshroute_status meshroute_reasons_text(const meshroute_reasons* reasons, int32_t colour, meshroute_bytes* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    return reasons == nullptr || out == nullptr ? missing(error) : give(reasons->value.to_text(colour != 0), out);
  });
}

meshroute_status meshroute_view_envoy_routes(const meshroute_view* view, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return view == nullptr || out == nullptr ? missing(error) : give(view->value.envoy_routes_json(), out); });
}

}  // extern "C"
