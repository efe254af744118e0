// SPDX-License-Identifier: Apache-2.0
// Meshes, snapshots and folders.
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

/// Adds what was loaded to a report; the status of what was loaded.
meshroute_status add_to(meshroute_report& report, Report loaded) {
  const meshroute_status status = loaded.errors() > 0 ? MESHROUTE_FINDINGS : MESHROUTE_OK;
  report.value.append(std::move(loaded));
  return status;
}

/// How many threads a member asks for.
std::uint32_t threads_of(const char* name, std::int32_t given) {
  if (given < MESHROUTE_ALL_CORES) refuse_number(name, "threads", given, "use a number of threads, 0 or MESHROUTE_ALL_CORES");
  if (given == MESHROUTE_ALL_CORES) return kAllCores;
  return given == 0 ? 1 : static_cast<std::uint32_t>(given);
}

LoadOptions load_options_of(const meshroute_load_options* given) {
  const meshroute_load_options known = take("options", given);
  LoadOptions options;
  const auto name = text_of("options.name", known.name), cluster = text_of("options.cluster", known.cluster);
  if (!name.empty()) options.name = name;
  if (!cluster.empty()) options.cluster = cluster;
  options.format = static_cast<Format>(
      one_of("options", "format", known.format, MESHROUTE_FORMAT_YAML, "use MESHROUTE_FORMAT_AUTO, _JSON or _YAML"));
  options.keep_text = known.drop_text == 0;
  options.apply_refused = known.apply_refused != 0;
  options.pass_over = known.pass_over != 0;
  options.threads = threads_of("options", known.threads);
  if (known.max_bytes > 0) options.limits.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(known.max_bytes, SIZE_MAX));
  if (known.max_nodes > 0) options.limits.nodes = static_cast<std::size_t>(std::min<std::uint64_t>(known.max_nodes, SIZE_MAX));
  if (known.max_depth > 0) options.limits.depth = known.max_depth;
  return options;
}

/// A text to load: a caller who asks for more than the usual limit gets it.
std::string_view loaded_text(const char* name, const char* text, std::size_t size, const LoadOptions& options) {
  return text_of(name, text, size, std::max(kMostBytes, options.limits.bytes));
}

}  // namespace

MeshOptions mesh_options_of(const char* name, const meshroute_mesh_options* given) {
  const meshroute_mesh_options known = take(name, given);
  MeshOptions options;
  options.mesh_config = text_of("options.mesh_config", known.mesh_config);
  options.mesh_networks = text_of("options.mesh_networks", known.mesh_networks);
  options.vip_mode = static_cast<VipMode>(
      one_of(name, "vip_mode", known.vip_mode, MESHROUTE_VIP_LEGACY, "use MESHROUTE_VIP_STATUS, _CONTROLLER or _LEGACY"));
  options.workloads = static_cast<Workloads>(one_of(name, "workloads", known.workloads, MESHROUTE_WORKLOADS_DERIVED,
                                                    "use MESHROUTE_WORKLOADS_GIVEN or MESHROUTE_WORKLOADS_DERIVED"));
  options.scope_gateway_to_namespace = known.scope_gateway_to_namespace != 0;
  options.filter_gateway_cluster_config = known.filter_gateway_cluster_config != 0;
  options.threads = threads_of(name, known.threads);
  return options;
}

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

extern "C" {

void meshroute_bytes_free(meshroute_bytes* bytes) {
  if (bytes == nullptr) return;
  std::free(bytes->data);
  *bytes = {nullptr, 0};
}
void meshroute_mesh_free(meshroute_mesh* mesh) { delete mesh; }
size_t meshroute_mesh_bytes(const meshroute_mesh* mesh) { return bytes_of(mesh); }
void meshroute_snapshot_free(meshroute_snapshot* snapshot) { delete snapshot; }
size_t meshroute_snapshot_bytes(const meshroute_snapshot* snapshot) { return bytes_of(snapshot); }

meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    hand_out(value_of(meshroute::Mesh::create(mesh_options_of("options", options))), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_mesh_load(meshroute_mesh* mesh, const char* text, size_t size, const meshroute_load_options* options,
                                     meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh);
    const auto given = load_options_of(options);
    const auto bytes = loaded_text("text", text, size, given);
    return give_report(report, [&] { return mesh->value.load(bytes, given); });
  });
}

meshroute_status meshroute_mesh_load_path(meshroute_mesh* mesh, meshroute_str path, const meshroute_load_options* options,
                                          meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh);
    const auto given = load_options_of(options);
    const std::string file(needed_text("path", path));
    return give_report(report, [&] { return value_of(mesh->value.load_path(file, given)); });
  });
}

meshroute_status meshroute_mesh_load_into(meshroute_mesh* mesh, const char* text, size_t size,
                                          const meshroute_load_options* options, meshroute_report* report,
                                          meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh, "report", report);
    const auto given = load_options_of(options);
    return add_to(*report, mesh->value.load(loaded_text("text", text, size, given), given));
  });
}

meshroute_status meshroute_mesh_load_path_into(meshroute_mesh* mesh, meshroute_str path, const meshroute_load_options* options,
                                               meshroute_report* report, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh, "report", report);
    const auto given = load_options_of(options);
    return add_to(*report, value_of(mesh->value.load_path(std::string(needed_text("path", path)), given)));
  });
}

meshroute_status meshroute_mesh_apply(meshroute_mesh* mesh, const char* json, size_t size, const meshroute_load_options* options,
                                      meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh, "json", json);
    auto given = load_options_of(options);
    if (given.name == meshroute::LoadOptions{}.name) given.name = "<apply>";
    given.format = meshroute::Format::json;
    const auto bytes = loaded_text("json", json, size, given);
    return give_report(report, [&] { return mesh->value.load(bytes, given); });
  });
}

meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, const meshroute_resource* resource, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh, "resource", resource);
    const meshroute_resource known = take("resource", resource);
    need("resource.kind", known.kind.data, "resource.name", known.name.data);
    const auto cluster = text_of("resource.cluster", known.cluster), space = text_of("resource.namespace_", known.namespace_);
    meshroute::Identity identity;
    if (!cluster.empty()) identity.cluster = cluster;
    identity.group = text_of("resource.group", known.group);
    identity.kind = text_of("resource.kind", known.kind);
    if (!space.empty()) identity.namespace_ = space;
    identity.name = text_of("resource.name", known.name);
    return mesh->value.remove(identity) ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_mesh_snapshot(meshroute_mesh* mesh, meshroute_snapshot** out, meshroute_error* error) {
  return guard(error, [&] {
    need("mesh", mesh, "out", out);
    hand_out(mesh->value.snapshot(), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_check(const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report,
                                 meshroute_error* error) {
  return guard(error, [&] {
    need("report", report);
    const auto given = load_options_of(options);
    const auto bytes = loaded_text("text", text, size, given);
    return give_report(report, [&] { return meshroute::check(bytes, given); });
  });
}

meshroute_status meshroute_check_mesh_config(const char* text, size_t size, meshroute_str name, meshroute_report** report,
                                             meshroute_error* error) {
  return guard(error, [&] {
    need("report", report);
    const auto bytes = text_of("text", text, size), shown = text_of("name", name);
    return give_report(report, [&] {
      return shown.empty() ? meshroute::check_mesh_config(bytes) : meshroute::check_mesh_config(bytes, std::string(shown));
    });
  });
}

meshroute_status meshroute_files_of_folder(meshroute_str path, const meshroute_str* exclude, size_t exclude_count,
                                           meshroute_files** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    if (exclude_count > 0) need("exclude", exclude);
    std::vector<std::string> patterns;
    for (std::size_t i = 0; i < exclude_count; ++i) patterns.emplace_back(text_of("exclude[]", exclude[i]));
    hand_out(meshroute::files_of_folder(std::string(needed_text("path", path)), patterns), out);
    return MESHROUTE_OK;
  });
}
void meshroute_files_free(meshroute_files* files) { delete files; }
size_t meshroute_files_count(const meshroute_files* files) { return files == nullptr ? 0 : files->value.files.size(); }
meshroute_str meshroute_files_at(const meshroute_files* files, size_t index) {
  return files == nullptr ? meshroute_str{nullptr, 0} : text_at(files->value.files, index);
}
size_t meshroute_files_problem_count(const meshroute_files* files) { return files == nullptr ? 0 : files->value.problems.size(); }
meshroute_str meshroute_files_problem_at(const meshroute_files* files, size_t index) {
  return files == nullptr ? meshroute_str{nullptr, 0} : text_at(files->value.problems, index);
}

meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report,
                                            meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "report", report);
    return give_report(report, [&] { return snapshot->value.analyze(); });
  });
}

meshroute_status meshroute_snapshot_analyze_into(const meshroute_snapshot* snapshot, meshroute_report* report,
                                                 meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "report", report);
    return add_to(*report, snapshot->value.analyze());
  });
}

}  // extern "C"
