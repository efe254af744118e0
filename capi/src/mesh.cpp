// SPDX-License-Identifier: Apache-2.0
// Versions, meshes and snapshots.
#include <algorithm>
#include <cstdint>
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

/// False if the struct or a value in it is invalid.
bool read(const meshroute_load_options* given, LoadOptions& options) {
  meshroute_load_options known;
  if (!take(given, known) || known.format < 0 || known.format > 2) return false;
  if (known.name.size > 0) options.name = view_of(known.name);
  if (known.cluster.size > 0) options.cluster = view_of(known.cluster);
  options.format = static_cast<Format>(known.format);
  options.keep_text = known.drop_text == 0;
  options.apply_refused = known.apply_refused != 0;
  options.pass_over = known.pass_over != 0;
  if (known.max_bytes > 0) options.limits.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(known.max_bytes, SIZE_MAX));
  if (known.max_nodes > 0) options.limits.nodes = static_cast<std::size_t>(std::min<std::uint64_t>(known.max_nodes, SIZE_MAX));
  if (known.max_depth > 0) options.limits.depth = known.max_depth;
  return true;
}

}  // namespace

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

namespace meshroute::capi {

Result<MeshOptions> mesh_options_of(const meshroute_mesh_options* given) {
  const auto invalid = [](const char* why) { return Error{Error::Code::invalid_argument, why}; };
  meshroute_mesh_options known;
  if (!take(given, known)) return invalid("an argument is NULL, or its struct_size is not set");
  if (known.vip_mode < 0 || known.vip_mode > 2) return invalid("unknown vip_mode; use a MESHROUTE_VIP_* value");
  if (known.workloads < 0 || known.workloads > 1) return invalid("unknown workloads; use a MESHROUTE_WORKLOADS_* value");
  MeshOptions options;
  options.mesh_config = view_of(known.mesh_config);
  options.mesh_networks = view_of(known.mesh_networks);
  options.vip_mode = static_cast<VipMode>(known.vip_mode);
  options.workloads = static_cast<Workloads>(known.workloads);
  options.scope_gateway_to_namespace = known.scope_gateway_to_namespace != 0;
  options.filter_gateway_cluster_config = known.filter_gateway_cluster_config != 0;
  if (given != nullptr) options.threads = known.threads;
  return options;
}

}  // namespace meshroute::capi

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

meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr) return missing(error);
    const auto given = mesh_options_of(options);
    if (!given) return fail(error, MESHROUTE_INVALID_ARGUMENT, given.error().message);
    auto mesh = meshroute::Mesh::create(*given);
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

meshroute_status meshroute_mesh_load_path(meshroute_mesh* mesh, meshroute_str path, const meshroute_load_options* options,
                                          meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::LoadOptions given;
    if (mesh == nullptr || path.data == nullptr || !read(options, given)) return missing(error);
    auto handle = report == nullptr ? nullptr : std::make_unique<meshroute_report>();
    auto loaded = mesh->value.load_path(std::string(view_of(path)), given);
    if (!loaded) return fail(error, loaded.error());
    const meshroute_status status = loaded->errors() > 0 ? MESHROUTE_FINDINGS : MESHROUTE_OK;
    if (report == nullptr) return status;
    handle->value = std::move(*loaded);
    *report = handle.release();
    return status;
  });
}

meshroute_status meshroute_mesh_apply(meshroute_mesh* mesh, const char* json, size_t size, const meshroute_load_options* options,
                                      meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::LoadOptions given;
    if (mesh == nullptr || json == nullptr || !read(options, given)) return missing(error);
    if (given.name == meshroute::LoadOptions{}.name) given.name = "<apply>";
    given.format = meshroute::Format::json;
    return give_report(report, [&] { return mesh->value.load({json, size}, given); });
  });
}

meshroute_status meshroute_mesh_remove_from(meshroute_mesh* mesh, meshroute_str cluster, meshroute_str group, meshroute_str kind,
                                            meshroute_str namespace_, meshroute_str name, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || kind.data == nullptr || name.data == nullptr) return missing(error);
    meshroute::Identity identity;
    if (cluster.size > 0) identity.cluster = view_of(cluster);
    identity.group = view_of(group);
    identity.kind = view_of(kind);
    if (namespace_.size > 0) identity.namespace_ = view_of(namespace_);
    identity.name = view_of(name);
    return mesh->value.remove(identity) ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_mesh_apply_json(meshroute_mesh* mesh, const char* json, size_t size, meshroute_report** report,
                                           meshroute_error* error) {
  return meshroute_mesh_apply(mesh, json, size, nullptr, report, error);
}

meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, meshroute_str group, meshroute_str kind, meshroute_str namespace_,
                                       meshroute_str name, meshroute_error* error) {
  return meshroute_mesh_remove_from(mesh, {nullptr, 0}, group, kind, namespace_, name, error);
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

meshroute_status meshroute_check_mesh_config(const char* text, size_t size, meshroute_str name, meshroute_report** report,
                                             meshroute_error* error) {
  return guard(error, [&] {
    if (text == nullptr || report == nullptr) return missing(error);
    return give_report(report, [&] {
      return name.size > 0 ? meshroute::check_mesh_config({text, size}, std::string(view_of(name)))
                           : meshroute::check_mesh_config({text, size});
    });
  });
}

meshroute_status meshroute_files_of_folder(meshroute_str path, const meshroute_str* exclude, size_t exclude_count,
                                           meshroute_files** out, meshroute_error* error) {
  return guard(error, [&] {
    if (path.data == nullptr || out == nullptr || (exclude_count > 0 && exclude == nullptr)) return missing(error);
    std::vector<std::string> patterns;
    for (std::size_t i = 0; i < exclude_count; ++i) patterns.emplace_back(view_of(exclude[i]));
    hand_out(meshroute::files_of_folder(std::string(view_of(path)), patterns), out);
    return MESHROUTE_OK;
  });
}
void meshroute_files_free(meshroute_files* files) { delete files; }
size_t meshroute_files_count(const meshroute_files* files) { return files == nullptr ? 0 : files->value.files.size(); }
meshroute_str meshroute_files_get(const meshroute_files* files, size_t index) {
  return files == nullptr ? meshroute_str{nullptr, 0} : text_at(files->value.files, index);
}
size_t meshroute_files_problem_count(const meshroute_files* files) { return files == nullptr ? 0 : files->value.problems.size(); }
meshroute_str meshroute_files_problem(const meshroute_files* files, size_t index) {
  return files == nullptr ? meshroute_str{nullptr, 0} : text_at(files->value.problems, index);
}

meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report,
                                            meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || report == nullptr) return missing(error);
    return give_report(report, [&] { return snapshot->value.analyze(); });
  });
}

}  // extern "C"
