/* SPDX-License-Identifier: Apache-2.0 */
/* The C ABI as a C program uses it: typed structs, NULLs, older and newer callers, freeing in any order. */
#include <stdio.h>
#include <string.h>

#include "meshroute.h"

static int failures = 0;
#define CHECK(what)                                     \
  do {                                                  \
    if (!(what)) {                                      \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #what); \
      ++failures;                                       \
    }                                                   \
  } while (0)

static meshroute_str text(const char* value) {
  meshroute_str made;
  made.data = value;
  made.size = value == NULL ? 0 : strlen(value);
  return made;
}

static int is(meshroute_str got, const char* want) { return got.size == strlen(want) && memcmp(got.data, want, got.size) == 0; }

static const char kMesh[] =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\n"
    "spec:\n  hosts: [a.example.com]\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  resolution: STATIC\n"
    "  endpoints:\n  - {address: 10.0.0.1, labels: {version: v1, app: a}}\n  - {address: 10.0.0.2, labels: {version: v2}, "
    "weight: 3}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n"
    "spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n"
    "spec:\n  hosts: [a.example.com]\n  http:\n  - match: [{headers: {x-version: {exact: v2}}}]\n    name: canary\n"
    "    route: [{destination: {host: a.example.com, subset: v2}}]\n"
    "  - route:\n    - {destination: {host: a.example.com, subset: v1}, weight: 80}\n"
    "    - {destination: {host: a.example.com, subset: v2}, weight: 20}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: bad, namespace: shop}\n"
    "spec: {hosts: [b.example.com], ports: [{number: 80, name: http}, {number: 81, name: http}], resolutoin: STATIC}\n";

static void a_report_reads_with_structs(void) {
  meshroute_report* report = NULL;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_document document = MESHROUTE_DOCUMENT_INIT;
  size_t i, errors = 0;
  options.name = text("mesh.yaml");
  CHECK(meshroute_check(kMesh, sizeof kMesh - 1, &options, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_document_count(report) == 4);
  CHECK(meshroute_report_document(report, 0, &document, NULL) == MESHROUTE_OK);
  CHECK(is(document.kind, "ServiceEntry") && is(document.namespace_, "shop") && is(document.name, "a") &&
        is(document.source, "mesh.yaml"));
  CHECK(document.accepted == 1 && document.has_layers == 1 && document.webhook == 1 && document.line == 1);
  CHECK(meshroute_report_document(report, 3, &document, NULL) == MESHROUTE_OK);
  CHECK(document.accepted == 0 && document.schema == 0 && document.unknown_field_count == 1);
  CHECK(is(meshroute_report_unknown_field(report, 3, 0), "spec.resolutoin"));
  CHECK(meshroute_report_unknown_field(report, 3, 1).data == NULL);
  CHECK(meshroute_report_document(report, 4, &document, NULL) == MESHROUTE_INVALID_ARGUMENT);
  for (i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    CHECK(meshroute_report_diagnostic(report, i, &found, NULL) == MESHROUTE_OK);
    CHECK(found.line >= 1 && found.column >= 1 && found.rule.size > 0 && found.message.size > 0);
    if (found.severity == MESHROUTE_SEVERITY_ERROR) ++errors;
    if (found.related_count > 0) {
      meshroute_related related = MESHROUTE_RELATED_INIT;
      CHECK(meshroute_report_related(report, i, 0, &related, NULL) == MESHROUTE_OK);
      CHECK(related.line >= 1);
    }
  }
  CHECK(errors > 0 && errors == meshroute_report_error_count(report));
  meshroute_report_free(report);
}

static void reports_join_and_leave_out(void) {
  meshroute_report *all = NULL, *one = NULL;
  meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
  size_t before;
  CHECK(meshroute_report_new(&all, NULL) == MESHROUTE_OK);
  CHECK(meshroute_check(kMesh, sizeof kMesh - 1, NULL, &one, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_append(all, one, NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_append(all, one, NULL) == MESHROUTE_OK);
  before = meshroute_report_diagnostic_count(all);
  CHECK(meshroute_report_document_count(all) == 8 && before == 2 * meshroute_report_diagnostic_count(one));
  CHECK(meshroute_report_diagnostic(all, before - 1, &found, NULL) == MESHROUTE_OK);
  CHECK(found.document == 7);
  CHECK(meshroute_report_ignore(all, text("*"), NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_diagnostic_count(all) == 2 * meshroute_report_error_count(one)); /* refusals stay */
  CHECK(meshroute_report_warning_count(all) == 0);
  meshroute_report_free(one);
  meshroute_report_free(all);
}

static meshroute_view* view_of_mesh(void) {
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_client client = MESHROUTE_CLIENT_INIT;
  meshroute_pair label;
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, kMesh, sizeof kMesh - 1, NULL, NULL, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  label.name = text("app");
  label.value = text("web");
  client.namespace_ = text("shop");
  client.labels = &label;
  client.label_count = 1;
  CHECK(meshroute_snapshot_view(snapshot, &client, NULL, &view, NULL) == MESHROUTE_OK);
  meshroute_mesh_free(mesh); /* what was made from it stays */
  meshroute_snapshot_free(snapshot);
  return view;
}

static void a_request_resolves_with_structs(void) {
  meshroute_view* view = view_of_mesh();
  meshroute_answer* answer = NULL;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  meshroute_weighted_cluster weighted = MESHROUTE_WEIGHTED_CLUSTER_INIT;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  meshroute_pair header, label;
  request.url = text("http://a.example.com/");
  options.trace = 1;
  CHECK(meshroute_resolve(view, &request, &options, &answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(is(fields.outcome, "routed") && fields.route_index == 1 && fields.response_status == -1 && fields.direct_response == -1);
  CHECK(meshroute_answer_weighted_cluster_count(answer) == 2);
  CHECK(meshroute_answer_weighted_cluster(answer, 1, &weighted, NULL) == MESHROUTE_OK);
  CHECK(weighted.weight == 20 && is(weighted.name, "outbound|80|v2|a.example.com"));
  CHECK(meshroute_answer_weighted_cluster(answer, 2, &weighted, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_endpoint_count(answer) == 2);
  CHECK(meshroute_answer_trace_count(answer) > 0);
  CHECK(meshroute_answer_trace(answer, 0, &line, NULL) == MESHROUTE_OK);
  CHECK(line.stage.size > 0 && line.verdict >= 1);

  header.name = text("X-Version");
  header.value = text("v2");
  request.headers = &header;
  request.header_count = 1;
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(is(fields.route, "canary") && is(fields.cluster, "outbound|80|v2|a.example.com"));
  CHECK(is(meshroute_answer_cluster(answer), "outbound|80|v2|a.example.com"));
  CHECK(meshroute_answer_trace_count(answer) == 0);
  CHECK(meshroute_answer_endpoint(answer, 0, &endpoint, NULL) == MESHROUTE_OK);
  CHECK(is(endpoint.address, "10.0.0.2") && endpoint.port == 80 && endpoint.weight == 3 && endpoint.label_count >= 1);
  CHECK(meshroute_answer_endpoint_label(answer, 0, endpoint.label_count - 1, &label, NULL) == MESHROUTE_OK);
  CHECK(is(label.name, "version") && is(label.value, "v2"));
  CHECK(meshroute_answer_endpoint_label(answer, 0, endpoint.label_count, &label, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_view_free(view); /* the answer owns its text */
  CHECK(is(meshroute_answer_outcome(answer), "routed"));
  meshroute_answer_free(answer);
}

static void structs_grow(void) {
  meshroute_view* view = view_of_mesh();
  meshroute_answer* answer = NULL;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  struct {
    meshroute_request known;
    char later[64];
  } newer;
  struct {
    meshroute_endpoint known;
    char later[64];
  } larger;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  request.url = text("http://a.example.com/");
  request.port = 9999;
  request.struct_size = offsetof(meshroute_request, protocol); /* an older caller, who knows the URL alone */
  CHECK(meshroute_resolve(view, &request, NULL, &answer, NULL) == MESHROUTE_OK);
  endpoint.struct_size = offsetof(meshroute_endpoint, locality);
  endpoint.port = 7;
  CHECK(meshroute_answer_endpoint(answer, 0, &endpoint, NULL) == MESHROUTE_OK);
  CHECK(is(endpoint.address, "10.0.0.1") && endpoint.port == 7); /* what the caller does not know is not written */
  memset(&larger, 1, sizeof larger);
  larger.known.struct_size = sizeof larger; /* a newer caller */
  CHECK(meshroute_answer_endpoint(answer, 0, &larger.known, NULL) == MESHROUTE_OK);
  CHECK(larger.known.port == 80 && larger.later[0] == 1);
  meshroute_answer_free(answer);
  memset(&newer, 1, sizeof newer);
  request.struct_size = sizeof newer;
  request.port = 0;
  newer.known = request;
  CHECK(meshroute_resolve(view, &newer.known, NULL, &answer, NULL) == MESHROUTE_OK);
  meshroute_answer_free(answer);
  request.struct_size = 0;
  CHECK(meshroute_resolve(view, &request, NULL, &answer, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_view_free(view);
}

static void nulls_are_told(void) {
  meshroute_error error;
  meshroute_bytes bytes = {NULL, 0};
  memset(&error, 0, sizeof error);
  meshroute_mesh_free(NULL);
  meshroute_snapshot_free(NULL);
  meshroute_view_free(NULL);
  meshroute_report_free(NULL);
  meshroute_answer_free(NULL);
  meshroute_route_table_free(NULL);
  meshroute_bytes_free(NULL);
  CHECK(meshroute_mesh_new(NULL, NULL, &error) == MESHROUTE_INVALID_ARGUMENT && error.message[0] != '\0');
  CHECK(error.code == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_load(NULL, NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_apply_json(NULL, NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_remove(NULL, text(NULL), text(NULL), text(NULL), text(NULL), NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_snapshot(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_check(NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_analyze(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_view(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_view_json(NULL, NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_json(NULL, text(NULL), &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_text(NULL, text(NULL), &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_filtered_json(NULL, text(NULL), NULL, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_filtered_text(NULL, text(NULL), NULL, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_why(NULL, text("a"), NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_line(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_json(NULL, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_text(NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_count(NULL) == 0 && meshroute_reasons_host(NULL).size == 0);
  meshroute_reasons_free(NULL);
  CHECK(meshroute_view_envoy_routes(NULL, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_resolve(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_resolve_into(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_resolve_json(NULL, NULL, 0, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_route_table_new(NULL, 0, text(NULL), NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_route_table_resolve(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_new(NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_get(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_endpoint(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_trace(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_json(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_text(NULL, 0, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_endpoint_count(NULL) == 0 && meshroute_answer_trace_count(NULL) == 0 &&
        meshroute_answer_outcome(NULL).size == 0);
  CHECK(meshroute_report_append(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_diagnostic(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_json(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_sarif(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_document_count(NULL) == 0 && meshroute_report_error_count(NULL) == 0);
  CHECK(meshroute_rule_at(0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
}

static void envoy_routes_answer_alone(void) {
  const char* routes =
      "{\"configs\":[{\"dynamic_route_configs\":[{\"route_config\":{\"@type\":\"x\",\"name\":\"80\",\"virtual_hosts\":[{\"name\":"
      "\"all\","
      "\"domains\":[\"*\"],\"routes\":[{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"one\"}}]}]}},"
      "{\"route_config\":{\"name\":\"81\",\"virtual_hosts\":[]}}]}]}";
  meshroute_route_table* table = NULL;
  meshroute_answer* answer = NULL;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_error error;
  CHECK(meshroute_route_table_new(routes, strlen(routes), text(""), &table, &error) == MESHROUTE_REFUSED);
  CHECK(strstr(error.message, "80, 81") != NULL);
  CHECK(meshroute_route_table_new(routes, strlen(routes), text("80"), &table, &error) == MESHROUTE_OK);
  request.url = text("http://any.example.com/");
  CHECK(meshroute_route_table_resolve(table, &request, NULL, &answer, NULL) == MESHROUTE_OK);
  meshroute_route_table_free(table);
  CHECK(is(meshroute_answer_cluster(answer), "one"));
  meshroute_answer_free(answer);
  CHECK(meshroute_route_table_new("{", 1, text(""), &table, &error) == MESHROUTE_REFUSED);
}

int main(void) {
  a_report_reads_with_structs();
  reports_join_and_leave_out();
  a_request_resolves_with_structs();
  structs_grow();
  nulls_are_told();
  envoy_routes_answer_alone();
  if (failures > 0) printf("%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}
