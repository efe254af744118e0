// SPDX-License-Identifier: Apache-2.0
#include "meshroute.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "meshroute/meshroute.hpp"

struct meshroute_mesh { meshroute::Mesh value; };
struct meshroute_snapshot { meshroute::Snapshot value; };
struct meshroute_view { meshroute::View value; };
struct meshroute_report { meshroute::Report value; };
struct meshroute_answer { meshroute::Answer value; };
struct meshroute_route_table { meshroute::RouteTable value; };

namespace {

meshroute_status fail(meshroute_error* error, meshroute_status code, std::string_view message) {
  if (error != nullptr) {
    error->code = code;
    std::size_t size = message.size() < sizeof(error->message) ? message.size() : sizeof(error->message) - 1;
    while (size < message.size() && size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0U) == 0x80U) --size;
    std::memcpy(error->message, message.data(), size);
    error->message[size] = '\0';
  }
  return code;
}

meshroute_status fail(meshroute_error* error, const meshroute::Error& why) {
  return fail(error, -static_cast<meshroute_status>(why.code), why.message);
}

// The one wall that no exception passes.
template <class Body>
meshroute_status guard(meshroute_error* error, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(error, MESHROUTE_LIMIT, "out of memory");
  } catch (const std::exception& caught) {
    return fail(error, MESHROUTE_INTERNAL, caught.what());
  } catch (...) {
    return fail(error, MESHROUTE_INTERNAL, "unknown failure");
  }
}

meshroute_status missing(meshroute_error* error) { return fail(error, MESHROUTE_INVALID_ARGUMENT, "an argument is NULL, or a struct_size is wrong"); }

std::string_view view_of(meshroute_str text) { return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size); }
meshroute_str str_of(std::string_view text) { return {text.data(), text.size()}; }

meshroute_status give(std::string_view text, meshroute_bytes* out) {
  auto* data = static_cast<char*>(std::malloc(text.size() + 1));
  if (data == nullptr) throw std::bad_alloc();
  if (!text.empty()) std::memcpy(data, text.data(), text.size());
  data[text.size()] = '\0';
  *out = {data, text.size()};
  return MESHROUTE_OK;
}

meshroute_status give(meshroute::Report report, meshroute_report** out) {
  const meshroute_status status = report.errors() > 0 ? MESHROUTE_FINDINGS : MESHROUTE_OK;
  if (out != nullptr) *out = new meshroute_report{std::move(report)};
  return status;
}

meshroute_status verdict(const meshroute::Answer& answer) {
  const auto& outcome = answer.outcome;
  return outcome == "routed" || outcome == "redirect" || outcome == "direct_response" || outcome == "passthrough" ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

meshroute::Result<meshroute::Request> request_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return meshroute::Request::from_json(text);
  return meshroute::Request::from_url(text);
}

meshroute::LoadOptions options_of(const meshroute_load_options* given) {
  meshroute::LoadOptions options;
  if (given == nullptr) return options;
  if (given->name.size > 0) options.name = view_of(given->name);
  if (given->cluster.size > 0) options.cluster = view_of(given->cluster);
  if (given->format >= 0 && given->format <= 2) options.format = static_cast<meshroute::Format>(given->format);
  options.keep_text = given->drop_text == 0;
  options.apply_refused = given->apply_refused != 0;
  return options;
}

template <class Options>
bool sized(const Options* options) { return options == nullptr || options->struct_size >= sizeof(Options); }

template <class Table>
meshroute_status resolve(const Table* table, const char* request, size_t size, int32_t trace, meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    if (table == nullptr || request == nullptr || out == nullptr) return missing(error);
    auto asked = request_of({request, size});
    if (!asked) return fail(error, asked.error());
    meshroute::ResolveOptions options;
    options.trace = trace != 0;
    auto answer = std::make_unique<meshroute_answer>(meshroute_answer{table->value.resolve(*asked, options)});
    const auto status = verdict(answer->value);
    *out = answer.release();
    return status;
  });
}

}  // namespace

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
void meshroute_report_free(meshroute_report* report) { delete report; }
void meshroute_answer_free(meshroute_answer* answer) { delete answer; }
void meshroute_route_table_free(meshroute_route_table* table) { delete table; }

meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr || !sized(options)) return missing(error);
    meshroute::MeshOptions given;
    if (options != nullptr) {
      if (options->vip_mode < 0 || options->vip_mode > 2) return fail(error, MESHROUTE_INVALID_ARGUMENT, "vip_mode is none of MESHROUTE_VIP_*");
      given.mesh_config = view_of(options->mesh_config);
      given.mesh_networks = view_of(options->mesh_networks);
      given.vip_mode = static_cast<meshroute::VipMode>(options->vip_mode);
      given.threads = options->threads;
    }
    auto mesh = meshroute::Mesh::create(given);
    if (!mesh) return fail(error, mesh.error());
    *out = new meshroute_mesh{std::move(*mesh)};
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_mesh_load(meshroute_mesh* mesh, const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || text == nullptr || !sized(options)) return missing(error);
    return give(mesh->value.load({text, size}, options_of(options)), report);
  });
}

meshroute_status meshroute_mesh_apply_json(meshroute_mesh* mesh, const char* json, size_t size, meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || json == nullptr) return missing(error);
    meshroute::LoadOptions options;
    options.name = "<apply>";
    options.format = meshroute::Format::json;
    options.apply_refused = true;
    return give(mesh->value.load({json, size}, options), report);
  });
}

meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, meshroute_str group, meshroute_str kind, meshroute_str namespace_, meshroute_str name, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || kind.data == nullptr || name.data == nullptr) return missing(error);
    meshroute::Identity identity;
    identity.group = view_of(group);
    identity.kind = view_of(kind);
    if (namespace_.data != nullptr) identity.namespace_ = view_of(namespace_);
    identity.name = view_of(name);
    return mesh->value.remove(identity) ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_mesh_snapshot(meshroute_mesh* mesh, meshroute_snapshot** out, meshroute_error* error) {
  return guard(error, [&] {
    if (mesh == nullptr || out == nullptr) return missing(error);
    *out = new meshroute_snapshot{mesh->value.snapshot()};
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_check(const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    if (text == nullptr || report == nullptr || !sized(options)) return missing(error);
    return give(meshroute::check({text, size}, options_of(options)), report);
  });
}

meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || report == nullptr) return missing(error);
    return give(snapshot->value.analyze(), report);
  });
}

meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const char* client_json, size_t size, const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || client_json == nullptr || out == nullptr) return missing(error);
    auto client = meshroute::Client::from_json({client_json, size});
    if (!client) return fail(error, client.error());
    *out = new meshroute_view{snapshot->value.view(*client, previous != nullptr ? &previous->value : nullptr)};
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_view_resolve(const meshroute_view* view, const char* request, size_t size, int32_t trace, meshroute_answer** out, meshroute_error* error) {
  return resolve(view, request, size, trace, out, error);
}

meshroute_status meshroute_view_resolve_into(const meshroute_view* view, const char* request, size_t size, int32_t trace, meshroute_answer* reused, meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || request == nullptr || reused == nullptr) return missing(error);
    auto asked = request_of({request, size});
    if (!asked) return fail(error, asked.error());
    meshroute::ResolveOptions options;
    options.trace = trace != 0;
    view->value.resolve_into(*asked, reused->value, options);
    return verdict(reused->value);
  });
}

meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr) return missing(error);
    return give(section.size == 0 ? view->value.to_json() : view->value.section_json(view_of(section)), out);
  });
}

meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return view == nullptr || out == nullptr ? missing(error) : give(view->value.to_text(view_of(section)), out); });
}

meshroute_status meshroute_view_envoy_routes(const meshroute_view* view, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return view == nullptr || out == nullptr ? missing(error) : give(view->value.envoy_routes_json(), out); });
}

meshroute_status meshroute_answer_new(meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr) return missing(error);
    *out = new meshroute_answer{};
    return MESHROUTE_OK;
  });
}
meshroute_str meshroute_answer_outcome(const meshroute_answer* answer) { return answer == nullptr ? meshroute_str{nullptr, 0} : str_of(answer->value.outcome); }
meshroute_str meshroute_answer_cluster(const meshroute_answer* answer) { return answer == nullptr ? meshroute_str{nullptr, 0} : str_of(answer->value.cluster); }
size_t meshroute_answer_endpoint_count(const meshroute_answer* answer) { return answer == nullptr ? 0 : answer->value.endpoints.size(); }

meshroute_status meshroute_answer_endpoint(const meshroute_answer* answer, size_t index, meshroute_endpoint* out, meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr || !sized(out)) return missing(error);
    if (index >= answer->value.endpoints.size()) return fail(error, MESHROUTE_INVALID_ARGUMENT, "no endpoint has this index");
    const auto& endpoint = answer->value.endpoints[index];
    out->cluster = str_of(endpoint.cluster);
    out->address = str_of(endpoint.address);
    out->locality = str_of(endpoint.locality);
    out->health = str_of(endpoint.health);
    out->service_account = str_of(endpoint.service_account);
    out->resource = str_of(endpoint.resource);
    out->port = endpoint.port;
    out->weight = endpoint.weight;
    out->priority = endpoint.priority;
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_answer_json(const meshroute_answer* answer, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_json(), out); });
}
meshroute_status meshroute_answer_text(const meshroute_answer* answer, int32_t explain, int32_t colour, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_text(explain != 0, colour != 0), out); });
}

size_t meshroute_report_document_count(const meshroute_report* report) { return report == nullptr ? 0 : report->value.documents.size(); }
size_t meshroute_report_diagnostic_count(const meshroute_report* report) { return report == nullptr ? 0 : report->value.diagnostics.size(); }
size_t meshroute_report_error_count(const meshroute_report* report) { return report == nullptr ? 0 : report->value.errors(); }
meshroute_status meshroute_report_json(const meshroute_report* report, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return report == nullptr || out == nullptr ? missing(error) : give(report->value.to_json(), out); });
}
meshroute_status meshroute_report_text(const meshroute_report* report, int32_t colour, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return report == nullptr || out == nullptr ? missing(error) : give(report->value.to_text(colour != 0), out); });
}

size_t meshroute_rule_count(void) { return meshroute::rules().size(); }
meshroute_status meshroute_rule_at(size_t index, meshroute_rule* out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr || !sized(out)) return missing(error);
    const auto rules = meshroute::rules();
    if (index >= rules.size()) return fail(error, MESHROUTE_INVALID_ARGUMENT, "no rule has this index");
    const auto& rule = rules[index];
    out->id = str_of(rule.id);
    out->kind = str_of(rule.kind);
    out->layer = str_of(meshroute::to_string(rule.layer));
    out->severity = str_of(meshroute::to_string(rule.severity));
    out->demand = str_of(rule.demand);
    out->source = str_of(rule.source);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_route_table_new(const char* protojson, size_t size, meshroute_route_table** out, meshroute_error* error) {
  return guard(error, [&] {
    if (protojson == nullptr || out == nullptr) return missing(error);
    auto table = meshroute::RouteTable::parse({protojson, size});
    if (!table) return fail(error, table.error());
    *out = new meshroute_route_table{std::move(*table)};
    return MESHROUTE_OK;
  });
}
meshroute_status meshroute_route_table_resolve(const meshroute_route_table* table, const char* request, size_t size, int32_t trace, meshroute_answer** out, meshroute_error* error) {
  return resolve(table, request, size, trace, out, error);
}

}  // extern "C"
