/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MESHROUTE_H
#define MESHROUTE_H
/*
 * meshroute: where a mesh request goes, to which endpoints, why, and whether the configuration is right.
 *
 * Ownership: what a function writes through a `**out` is yours; release it with its `_free`, which takes NULL, in any order.
 * A returned or filled-in `meshroute_str` is borrowed and lives as long as the handle it was read from. `meshroute_bytes`
 * are yours; release them with meshroute_bytes_free.
 *
 * Threads: a mesh and an answer that is resolved into belong to one thread at a time; everything else may be used by any
 * number. There is no global state, and nothing runs in the background.
 *
 * Results: < 0 failed and changed nothing; 0 done; > 0 done, with a verdict to read. NULL where a value is needed is
 * MESHROUTE_INVALID_ARGUMENT. Findings about configuration are in a report and never an error. `error` may be NULL.
 *
 * Growth: option structs open with struct_size, grow only at their end and are cleared by their _INIT macro. Codes are
 * written out and never reused; expect unknown ones.
 *
 * Text: UTF-8 with a size; what is returned as meshroute_bytes has a NUL after its end as well.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MESHROUTE_API __attribute__((visibility("default")))
#else
#define MESHROUTE_API
#endif

typedef int32_t meshroute_status;
#define MESHROUTE_OK 0
#define MESHROUTE_FINDINGS 1 /* the report has errors, or the answer is not routed */
#define MESHROUTE_INVALID_ARGUMENT (-1)
#define MESHROUTE_LIMIT (-2)
#define MESHROUTE_REFUSED (-3)
#define MESHROUTE_INTERNAL (-4)

#define MESHROUTE_VIP_STATUS 0
#define MESHROUTE_VIP_CONTROLLER 1
#define MESHROUTE_VIP_LEGACY 2

typedef struct meshroute_mesh meshroute_mesh;
typedef struct meshroute_snapshot meshroute_snapshot;
typedef struct meshroute_view meshroute_view;
typedef struct meshroute_report meshroute_report;
typedef struct meshroute_answer meshroute_answer;
typedef struct meshroute_route_table meshroute_route_table;

typedef struct meshroute_str { const char* data; size_t size; } meshroute_str;
typedef struct meshroute_bytes { char* data; size_t size; } meshroute_bytes;
typedef struct meshroute_error { meshroute_status code; char message[508]; } meshroute_error;

typedef struct meshroute_mesh_options {
  size_t struct_size;
  meshroute_str mesh_config, mesh_networks; /* YAML or JSON, or empty */
  int32_t vip_mode;
  uint32_t threads; /* inside load; 0: all cores */
} meshroute_mesh_options;
#define MESHROUTE_MESH_OPTIONS_INIT { sizeof(meshroute_mesh_options), {NULL, 0}, {NULL, 0}, 0, 1 }

typedef struct meshroute_load_options {
  size_t struct_size;
  meshroute_str name, cluster; /* empty: "<input>", "Kubernetes" */
  int32_t format;              /* 0 automatic, 1 JSON, 2 YAML */
  int32_t drop_text;           /* not 0: keep no text, so that traces name no columns */
  int32_t apply_refused;       /* not 0: apply what decodes although a cluster would refuse it */
  int32_t reserved;
} meshroute_load_options;
#define MESHROUTE_LOAD_OPTIONS_INIT { sizeof(meshroute_load_options), {NULL, 0}, {NULL, 0}, 0, 0, 0, 0 }

typedef struct meshroute_endpoint {
  size_t struct_size;
  meshroute_str cluster, address, locality, health, service_account, resource;
  uint32_t port, weight, priority, reserved;
} meshroute_endpoint;
#define MESHROUTE_ENDPOINT_INIT \
  { sizeof(meshroute_endpoint), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0 }

typedef struct meshroute_rule {
  size_t struct_size;
  meshroute_str id, kind, layer, severity, demand, source;
} meshroute_rule;
#define MESHROUTE_RULE_INIT { sizeof(meshroute_rule), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0} }

MESHROUTE_API const char* meshroute_version(void);
MESHROUTE_API const char* meshroute_istio_version(void);
MESHROUTE_API const char* meshroute_envoy_version(void);
MESHROUTE_API void meshroute_bytes_free(meshroute_bytes* bytes);

/* A mesh. `options` may be NULL; `report` may be NULL. */
MESHROUTE_API meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out, meshroute_error* error);
MESHROUTE_API void meshroute_mesh_free(meshroute_mesh* mesh);
MESHROUTE_API meshroute_status meshroute_mesh_load(meshroute_mesh* mesh, const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report, meshroute_error* error);
/* One Kubernetes object as JSON, applied as it is where it decodes. */
MESHROUTE_API meshroute_status meshroute_mesh_apply_json(meshroute_mesh* mesh, const char* json, size_t size, meshroute_report** report, meshroute_error* error);
/* MESHROUTE_FINDINGS where no such resource was there. */
MESHROUTE_API meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, meshroute_str group, meshroute_str kind, meshroute_str namespace_, meshroute_str name, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_mesh_snapshot(meshroute_mesh* mesh, meshroute_snapshot** out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_check(const char* text, size_t size, const meshroute_load_options* options, meshroute_report** report, meshroute_error* error);

MESHROUTE_API void meshroute_snapshot_free(meshroute_snapshot* snapshot);
MESHROUTE_API meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report, meshroute_error* error);
/* `previous` may be NULL, or a view of an earlier snapshot for the same client. */
MESHROUTE_API meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const char* client_json, size_t size, const meshroute_view* previous, meshroute_view** out, meshroute_error* error);

MESHROUTE_API void meshroute_view_free(meshroute_view* view);
/* `request` is a JSON object or a URL; `trace` not 0 asks for the reasons. */
MESHROUTE_API meshroute_status meshroute_view_resolve(const meshroute_view* view, const char* request, size_t size, int32_t trace, meshroute_answer** out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_view_resolve_into(const meshroute_view* view, const char* request, size_t size, int32_t trace, meshroute_answer* reused, meshroute_error* error);
/* An empty section means all. */
MESHROUTE_API meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section, meshroute_bytes* out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section, meshroute_bytes* out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_view_envoy_routes(const meshroute_view* view, meshroute_bytes* out, meshroute_error* error);

MESHROUTE_API meshroute_status meshroute_answer_new(meshroute_answer** out, meshroute_error* error);
MESHROUTE_API void meshroute_answer_free(meshroute_answer* answer);
MESHROUTE_API meshroute_str meshroute_answer_outcome(const meshroute_answer* answer);
MESHROUTE_API meshroute_str meshroute_answer_cluster(const meshroute_answer* answer);
MESHROUTE_API size_t meshroute_answer_endpoint_count(const meshroute_answer* answer);
MESHROUTE_API meshroute_status meshroute_answer_endpoint(const meshroute_answer* answer, size_t index, meshroute_endpoint* out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_answer_json(const meshroute_answer* answer, meshroute_bytes* out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_answer_text(const meshroute_answer* answer, int32_t explain, int32_t colour, meshroute_bytes* out, meshroute_error* error);

MESHROUTE_API void meshroute_report_free(meshroute_report* report);
MESHROUTE_API size_t meshroute_report_document_count(const meshroute_report* report);
MESHROUTE_API size_t meshroute_report_diagnostic_count(const meshroute_report* report);
MESHROUTE_API size_t meshroute_report_error_count(const meshroute_report* report);
MESHROUTE_API meshroute_status meshroute_report_json(const meshroute_report* report, meshroute_bytes* out, meshroute_error* error);
MESHROUTE_API meshroute_status meshroute_report_text(const meshroute_report* report, int32_t colour, meshroute_bytes* out, meshroute_error* error);

MESHROUTE_API size_t meshroute_rule_count(void);
MESHROUTE_API meshroute_status meshroute_rule_at(size_t index, meshroute_rule* out, meshroute_error* error);

MESHROUTE_API meshroute_status meshroute_route_table_new(const char* protojson, size_t size, meshroute_route_table** out, meshroute_error* error);
MESHROUTE_API void meshroute_route_table_free(meshroute_route_table* table);
MESHROUTE_API meshroute_status meshroute_route_table_resolve(const meshroute_route_table* table, const char* request, size_t size, int32_t trace, meshroute_answer** out, meshroute_error* error);

#ifdef __cplusplus
}
#endif
#endif
