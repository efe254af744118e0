/* SPDX-License-Identifier: Apache-2.0 */
/* The C ABI as a C program uses it: typed structs, NULLs, older and newer callers, freeing in any order. */
#include <stdio.h>
#include <stdlib.h>
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
  CHECK(meshroute_report_document_at(report, 0, &document, NULL) == MESHROUTE_OK);
  CHECK(is(document.kind, "ServiceEntry") && is(document.namespace_, "shop") && is(document.name, "a") &&
        is(document.source, "mesh.yaml"));
  CHECK(document.accepted == 1 && document.has_layers == 1 && document.webhook == 1 && document.line == 1);
  CHECK(meshroute_report_document_at(report, 3, &document, NULL) == MESHROUTE_OK);
  CHECK(document.accepted == 0 && document.schema == 0 && document.unknown_field_count == 1);
  CHECK(is(meshroute_report_unknown_field_at(report, 3, 0), "spec.resolutoin"));
  CHECK(meshroute_report_unknown_field_at(report, 3, 1).data == NULL);
  CHECK(meshroute_report_document_at(report, 4, &document, NULL) == MESHROUTE_INVALID_ARGUMENT);
  for (i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    CHECK(meshroute_report_diagnostic_at(report, i, &found, NULL) == MESHROUTE_OK);
    CHECK(found.line >= 1 && found.column >= 1 && found.rule.size > 0 && found.message.size > 0);
    if (found.severity == MESHROUTE_SEVERITY_ERROR) ++errors;
    if (found.related_count > 0) {
      meshroute_related related = MESHROUTE_RELATED_INIT;
      CHECK(meshroute_report_related_at(report, i, 0, &related, NULL) == MESHROUTE_OK);
      CHECK(related.line >= 1);
    }
  }
  CHECK(errors > 0 && errors == meshroute_report_error_count(report));
  meshroute_report_free(report);
}

static void handles_tell_what_they_hold(void) {
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_report *report = NULL, *none = NULL;
  meshroute_bytes all = {NULL, 0};
  size_t empty, fresh;
  CHECK(meshroute_mesh_bytes(NULL) == 0 && meshroute_snapshot_bytes(NULL) == 0 && meshroute_view_bytes(NULL) == 0 &&
        meshroute_report_bytes(NULL) == 0);
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  empty = meshroute_mesh_bytes(mesh);
  CHECK(meshroute_mesh_load(mesh, kMesh, sizeof kMesh - 1, NULL, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_mesh_bytes(mesh) > empty + sizeof kMesh); /* the text is kept */
  CHECK(meshroute_report_new(&none, NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_bytes(none) == 0 && meshroute_report_bytes(report) > 500);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  CHECK(meshroute_snapshot_bytes(snapshot) > sizeof kMesh && meshroute_snapshot_bytes(snapshot) < meshroute_mesh_bytes(mesh));
  CHECK(meshroute_snapshot_view(snapshot, NULL, NULL, &view, NULL) == MESHROUTE_OK);
  fresh = meshroute_view_bytes(view);
  CHECK(meshroute_view_json(view, text(""), NULL, 0, &all, NULL) == MESHROUTE_OK);
  CHECK(fresh > 0 && meshroute_view_bytes(view) > fresh);
  meshroute_bytes_free(&all);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
  meshroute_report_free(report);
  meshroute_report_free(none);
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
  CHECK(meshroute_report_diagnostic_at(all, before - 1, &found, NULL) == MESHROUTE_OK);
  CHECK(found.document == 7);
  CHECK(meshroute_report_ignore(all, text("*"), NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_diagnostic_count(all) == 2 * meshroute_report_error_count(one)); /* refusals stay */
  CHECK(meshroute_report_warning_count(all) == 0);
  meshroute_report_free(one);
  meshroute_report_free(all);
}

static meshroute_view* view_of(const char* stream, size_t size, meshroute_status loaded) {
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_pair label;
  options.name = text("mesh.yaml");
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, stream, size, &options, NULL, NULL) == loaded);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  label.name = text("app");
  label.value = text("web");
  proxy.namespace_ = text("shop");
  proxy.labels = &label;
  proxy.label_count = 1;
  CHECK(meshroute_snapshot_view(snapshot, &proxy, NULL, &view, NULL) == MESHROUTE_OK);
  meshroute_mesh_free(mesh); /* what was made from it stays */
  meshroute_snapshot_free(snapshot);
  return view;
}

static meshroute_view* view_of_mesh(void) { return view_of(kMesh, sizeof kMesh - 1, MESHROUTE_FINDINGS); }

static void a_request_resolves_with_structs(void) {
  meshroute_view* view = view_of_mesh();
  meshroute_answer* answer = NULL;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  meshroute_pair header;
  request.url = text("http://a.example.com/");
  options.trace = 1;
  CHECK(meshroute_resolve(view, &request, &options, &answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(is(fields.outcome, "routed") && fields.route_index == 1 && fields.response_status == -1 && fields.direct_response == -1);
  CHECK(fields.weighted_cluster_count == 2 && fields.weighted_clusters[1].weight == 20 &&
        is(fields.weighted_clusters[1].name, "outbound|80|v2|a.example.com"));
  CHECK(meshroute_answer_endpoint_count(answer) == 2);
  CHECK(meshroute_answer_trace_count(answer) > 0);
  CHECK(meshroute_answer_trace_at(answer, 0, &line, NULL) == MESHROUTE_OK);
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
  CHECK(meshroute_answer_endpoint_at(answer, 0, &endpoint, NULL) == MESHROUTE_OK);
  CHECK(is(endpoint.address, "10.0.0.2") && endpoint.port == 80 && endpoint.weight == 3 && endpoint.label_count >= 1);
  CHECK(is(endpoint.labels[endpoint.label_count - 1].name, "version") &&
        is(endpoint.labels[endpoint.label_count - 1].value, "v2"));
  meshroute_view_free(view); /* the answer owns its text */
  CHECK(is(meshroute_answer_outcome(answer), "routed"));
  meshroute_answer_free(answer);
}

/* The words of a call that is refused. */
#define REFUSED(call, words)                                    \
  do {                                                          \
    meshroute_error error = MESHROUTE_ERROR_INIT;               \
    CHECK((call) == MESHROUTE_INVALID_ARGUMENT);                \
    if (strcmp(error.message, words) != 0) {                    \
      printf("%s:%d: %s\n", __FILE__, __LINE__, error.message); \
      ++failures;                                               \
    }                                                           \
  } while (0)

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
  char words[200];
  request.url = text("http://a.example.com/");
  memset(&newer, 0, sizeof newer);
  newer.known = request;
  newer.known.struct_size = sizeof newer; /* a newer caller, who asks for nothing new */
  CHECK(meshroute_resolve(view, &newer.known, NULL, &answer, NULL) == MESHROUTE_OK);
  memset(&larger, 1, sizeof larger);
  larger.known.struct_size = sizeof larger;
  CHECK(meshroute_answer_endpoint_at(answer, 0, &larger.known, NULL) == MESHROUTE_OK);
  CHECK(larger.known.port == 80 && larger.known.struct_size == sizeof larger);
  CHECK(larger.later[0] == 0 && larger.later[63] == 0); /* what is not known here is nothing */
  newer.later[60] = 1;                                  /* and one who does */
  sprintf(words, "`request.struct_size` is %lu; this library knows %lu bytes of the struct, and what is behind them is not 0",
          (unsigned long)sizeof newer, (unsigned long)sizeof request);
  REFUSED(meshroute_resolve_into(view, &newer.known, NULL, answer, &error), words);
  request.struct_size = 0;
  sprintf(words, "`request.struct_size` is 0; set it to the size of the struct, which is at least %lu",
          (unsigned long)sizeof request);
  REFUSED(meshroute_resolve_into(view, &request, NULL, answer, &error), words);
  request.struct_size = sizeof request - 1;
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_INVALID_ARGUMENT);
  request.struct_size = (size_t)-1; /* never set */
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_INVALID_ARGUMENT);
  memset(&larger, 1, sizeof larger);
  larger.known.struct_size = sizeof(meshroute_endpoint) - 8;
  CHECK(meshroute_answer_endpoint_at(answer, 0, &larger.known, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(larger.known.port == 0x01010101); /* nothing is half written */
  meshroute_answer_free(answer);
  meshroute_view_free(view);
}

/* Each struct: what its macro and its function set, and that `reserved` stays 0. */
static void structs_begin_as_their_macros_say(void) {
#define BEGINS(name, NAME)                                                                  \
  do {                                                                                      \
    const meshroute_##name macro = MESHROUTE_##NAME##_INIT;                                 \
    meshroute_##name zeroed, function;                                                      \
    memset(&zeroed, 0, sizeof zeroed);                                                      \
    zeroed.struct_size = sizeof zeroed;                                                     \
    memset(&function, 1, sizeof function);                                                  \
    meshroute_##name##_init(&function);                                                     \
    meshroute_##name##_init(NULL);                                                          \
    CHECK(memcmp(&macro, &zeroed, sizeof macro) == 0);                                      \
    CHECK(function.struct_size <= sizeof zeroed && function.struct_size >= sizeof(size_t)); \
    function.struct_size = sizeof zeroed;                                                   \
    CHECK(memcmp(&function, &zeroed, sizeof zeroed) == 0);                                  \
  } while (0)
  BEGINS(mesh_options, MESH_OPTIONS);
  BEGINS(load_options, LOAD_OPTIONS);
  BEGINS(resource, RESOURCE);
  BEGINS(proxy, PROXY);
  BEGINS(request, REQUEST);
  BEGINS(resolve_options, RESOLVE_OPTIONS);
  BEGINS(view_filter, VIEW_FILTER);
  BEGINS(envoy_options, ENVOY_OPTIONS);
  BEGINS(suite_options, SUITE_OPTIONS);
  BEGINS(diff_options, DIFF_OPTIONS);
  BEGINS(document, DOCUMENT);
  BEGINS(diagnostic, DIAGNOSTIC);
  BEGINS(related, RELATED);
  BEGINS(answer_fields, ANSWER_FIELDS);
  BEGINS(upstream_request, UPSTREAM_REQUEST);
  BEGINS(changed_header, CHANGED_HEADER);
  BEGINS(inbound_answer_fields, INBOUND_ANSWER_FIELDS);
  BEGINS(dry_run, DRY_RUN);
  BEGINS(hop, HOP);
  BEGINS(endpoint, ENDPOINT);
  BEGINS(service, SERVICE);
  BEGINS(cluster, CLUSTER);
  BEGINS(route, ROUTE);
  BEGINS(listener, LISTENER);
  BEGINS(trace_line, TRACE_LINE);
  BEGINS(rule, RULE);
  BEGINS(envoy_resource, ENVOY_RESOURCE);
  BEGINS(envoy_port, ENVOY_PORT);
  BEGINS(suite_test, SUITE_TEST);
  BEGINS(suite_failure, SUITE_FAILURE);
  BEGINS(coverage_item, COVERAGE_ITEM);
  BEGINS(witness, WITNESS);
  BEGINS(diff_change, DIFF_CHANGE);
#undef BEGINS
}

static const char kSections[] =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop, labels: {team: blue, tier: "
    "web}}\n"
    "spec:\n  hosts: [a.example.com]\n  addresses: [10.9.0.1]\n  location: MESH_INTERNAL\n  resolution: STATIC\n"
    "  ports: [{number: 80, name: http, protocol: HTTP}, {number: 5432, name: tcp, protocol: TCP}]\n"
    "  workloadSelector: {labels: {app: a}}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm-1, namespace: shop}\n" /* line 12 */
    "spec: {address: 10.0.0.1, labels: {app: a, version: v1}, network: vms}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n" /* line 17 */
    "spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}]}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n" /* line 22 */
    "spec:\n  hosts: [a.example.com]\n  http:\n  - match: [{uri: {prefix: /old}}]\n    redirect: {uri: /new}\n"
    "  - match: [{uri: {prefix: /gone}}]\n    directResponse: {status: 410}\n    headers: {response: {add: {x-why: sold}}}\n"
    "  - name: canary\n    match: [{headers: {x-version: {exact: v1}}}]\n    mirror: {host: a.example.com, subset: v1}\n"
    "    headers: {request: {set: {x-set: new}, add: {x-add: one}, remove: [x-gone]}}\n"
    "    route: [{destination: {host: a.example.com, subset: v1}}]\n"
    "  - route:\n    - {destination: {host: a.example.com, subset: v1}, weight: 90}\n"
    "    - destination: {host: a.example.com}\n      weight: 10\n"
    "      headers: {request: {set: {':authority': two.example.com}}}\n"
    "  tcp:\n  - match: [{destinationSubnets: [10.9.0.0/24]}]\n    route:\n"
    "    - {destination: {host: a.example.com, subset: v1}, weight: 1}\n    - {destination: {host: a.example.com}, weight: 3}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: tls, namespace: shop}\n"
    "spec: {hosts: [tls.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}\n";

static meshroute_view* view_of_sections(void) { return view_of(kSections, sizeof kSections - 1, MESHROUTE_OK); }

static int comes_from(const meshroute_origin* origin, const char* kind, const char* name, uint32_t line) {
  return is(origin->kind, kind) && is(origin->name, name) && is(origin->namespace_, "shop") && is(origin->source, "mesh.yaml") &&
         origin->line == line;
}

static int comes_from_nothing(const meshroute_origin* origin) {
  return origin->kind.size + origin->name.size + origin->namespace_.size + origin->source.size == 0 && origin->line == 0;
}

static void services_and_clusters_are_rows(void) {
  meshroute_view* view = view_of_sections();
  meshroute_services* services = NULL;
  meshroute_clusters* clusters = NULL;
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_service service = MESHROUTE_SERVICE_INIT;
  meshroute_cluster cluster = MESHROUTE_CLUSTER_INIT;
  size_t i;
  CHECK(meshroute_view_services(view, NULL, &services, NULL) == MESHROUTE_OK);
  CHECK(meshroute_services_count(services) == 2);
  meshroute_services_free(services);
  filter.host = text("a");
  CHECK(meshroute_view_services(view, &filter, &services, NULL) == MESHROUTE_OK);
  CHECK(meshroute_view_clusters(view, &filter, &clusters, NULL) == MESHROUTE_OK);
  meshroute_view_free(view); /* the lists own their text */
  CHECK(meshroute_services_count(services) == 1);
  CHECK(meshroute_services_at(services, 0, &service, NULL) == MESHROUTE_OK);
  CHECK(is(service.hostname, "a.example.com") && is(service.namespace_, "shop") && is(service.registry, "External"));
  CHECK(is(service.resolution, "STATIC") && is(service.address, "10.9.0.1") && service.mesh_external == 0);
  CHECK(service.address_count == 1 && service.port_count == 2 && service.label_count == 2);
  CHECK(is(service.addresses[0], "10.9.0.1"));
  CHECK(is(service.ports[1].name, "tcp") && is(service.ports[1].protocol, "TCP") && service.ports[1].number == 5432);
  CHECK(is(service.labels[1].name, "tier") && is(service.labels[1].value, "web"));
  CHECK(comes_from(&service.origin, "ServiceEntry", "a", 1));
  CHECK(meshroute_services_at(services, 1, &service, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_services_free(services);

  CHECK(meshroute_clusters_count(clusters) == 4); /* two ports, each whole and as a subset */
  for (i = 0; i < 4; ++i) {
    CHECK(meshroute_clusters_at(clusters, i, &cluster, NULL) == MESHROUTE_OK);
    CHECK(is(cluster.host, "a.example.com") && is(cluster.type, "EDS") && is(cluster.lb_policy, "LEAST_REQUEST"));
    CHECK(comes_from(&cluster.origin, "ServiceEntry", "a", 1));
    CHECK(comes_from(&cluster.destination_rule, "DestinationRule", "a", 17));
  }
  CHECK(is(cluster.name, "outbound|80||a.example.com") && cluster.port == 80 && cluster.subset.size == 0);
  CHECK(meshroute_clusters_at(clusters, 4, &cluster, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_clusters_free(clusters);
}

static void endpoints_are_rows(void) {
  meshroute_view* view = view_of_sections();
  meshroute_endpoints* endpoints = NULL;
  meshroute_clusters* clusters = NULL;
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  meshroute_cluster cluster = MESHROUTE_CLUSTER_INIT;
  filter.subset = text("v1");
  filter.port = 80;
  CHECK(meshroute_view_endpoints(view, &filter, &endpoints, NULL) == MESHROUTE_OK);
  CHECK(meshroute_endpoints_count(endpoints) == 1);
  CHECK(meshroute_endpoints_at(endpoints, 0, &endpoint, NULL) == MESHROUTE_OK);
  CHECK(is(endpoint.cluster, "outbound|80|v1|a.example.com") && is(endpoint.address, "10.0.0.1") && endpoint.port == 80);
  CHECK(is(endpoint.resource, "WorkloadEntry shop/vm-1 (mesh.yaml:12)") && is(endpoint.network, "vms"));
  CHECK(endpoint.label_count >= 2);
  CHECK(is(endpoint.labels[endpoint.label_count - 1].name, "version") &&
        is(endpoint.labels[endpoint.label_count - 1].value, "v1"));
  CHECK(comes_from(&endpoint.origin, "WorkloadEntry", "vm-1", 12));
  CHECK(meshroute_endpoints_at(endpoints, 1, &endpoint, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_endpoints_free(endpoints);
  memset(&filter, 0, sizeof filter);
  filter.struct_size = sizeof filter;
  filter.cluster = text("BlackHoleCluster");
  CHECK(meshroute_view_endpoints(view, &filter, &endpoints, NULL) == MESHROUTE_OK && meshroute_endpoints_count(endpoints) == 0);
  CHECK(meshroute_view_clusters(view, &filter, &clusters, NULL) == MESHROUTE_OK && meshroute_clusters_count(clusters) == 1);
  CHECK(meshroute_clusters_at(clusters, 0, &cluster, NULL) == MESHROUTE_OK);
  CHECK(comes_from_nothing(&cluster.origin) && comes_from_nothing(&cluster.destination_rule));
  meshroute_endpoints_free(endpoints);
  meshroute_view_free(view);
  meshroute_clusters_free(clusters);
}

static void routes_are_rows(void) {
  meshroute_view* view = view_of_sections();
  meshroute_routes* routes = NULL;
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_route route = MESHROUTE_ROUTE_INIT;
  size_t i;
  int named = 0;
  filter.host = text("a.example.com");
  filter.port = 80;
  CHECK(meshroute_view_routes(view, &filter, &routes, NULL) == MESHROUTE_OK);
  CHECK(meshroute_routes_count(routes) == 4);
  CHECK(meshroute_routes_at(routes, 0, &route, NULL) == MESHROUTE_OK);
  CHECK(is(route.route_config, "80") && is(route.virtual_host, "a.example.com:80") && route.index == 0);
  CHECK(is(route.match, "prefix /old") && is(route.action, "redirect") && is(route.redirect, "{\"pathRedirect\":\"/new\"}"));
  CHECK(route.direct_response == -1 && route.cluster.size == 0 && route.timeout.size == 0);
  CHECK(is(route.config, "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/a"));
  for (i = 0; i < route.domain_count; ++i) named += is(route.domains[i], "a.example.com");
  CHECK(named == 1);
  CHECK(meshroute_routes_at(routes, 1, &route, NULL) == MESHROUTE_OK);
  CHECK(is(route.action, "direct_response") && route.direct_response == 410);
  CHECK(meshroute_routes_at(routes, 2, &route, NULL) == MESHROUTE_OK);
  CHECK(is(route.name, "canary") && is(route.action, "forward") && is(route.cluster, "outbound|80|v1|a.example.com"));
  CHECK(is(route.path, "spec.http[2].match[0]") && is(route.timeout, "0s") && route.mirror_count == 1);
  CHECK(is(route.mirrors[0], "outbound|80|v1|a.example.com"));
  CHECK(comes_from(&route.origin, "VirtualService", "a", 22));
  CHECK(meshroute_routes_at(routes, 3, &route, NULL) == MESHROUTE_OK);
  CHECK(route.cluster.size == 0 && route.weighted_cluster_count == 2 && route.index == 3);
  CHECK(is(route.weighted_clusters[1].name, "outbound|80||a.example.com") && route.weighted_clusters[1].weight == 10 &&
        is(route.weighted_clusters[1].authority, "two.example.com"));
  CHECK(meshroute_routes_at(routes, 4, &route, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_routes_free(routes);
  filter.host = text(NULL);
  filter.cluster = text("PassthroughCluster");
  CHECK(meshroute_view_routes(view, &filter, &routes, NULL) == MESHROUTE_OK && meshroute_routes_count(routes) == 1);
  CHECK(meshroute_routes_at(routes, 0, &route, NULL) == MESHROUTE_OK && comes_from_nothing(&route.origin));
  meshroute_view_free(view);
  meshroute_routes_free(routes);
}

static void listeners_are_rows(void) {
  meshroute_view* view = view_of_sections();
  meshroute_listeners* listeners = NULL;
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_listener listener = MESHROUTE_LISTENER_INIT;
  filter.port = 80;
  CHECK(meshroute_view_listeners(view, &filter, &listeners, NULL) == MESHROUTE_OK);
  CHECK(meshroute_listeners_count(listeners) == 2);
  CHECK(meshroute_listeners_at(listeners, 0, &listener, NULL) == MESHROUTE_OK);
  CHECK(is(listener.listener, "0.0.0.0_80") && is(listener.address, "0.0.0.0") && listener.port == 80);
  CHECK(is(listener.kind, "http") && is(listener.route_config, "80") && listener.plain_http == 1 && listener.is_default == 0);
  CHECK(meshroute_listeners_at(listeners, 1, &listener, NULL) == MESHROUTE_OK);
  CHECK(is(listener.chain, "PassthroughFilterChain") && listener.is_default == 1 && is(listener.cluster, "PassthroughCluster"));
  CHECK(meshroute_listeners_at(listeners, 2, &listener, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_listeners_free(listeners);
  filter.port = 5432;
  CHECK(meshroute_view_listeners(view, &filter, &listeners, NULL) == MESHROUTE_OK);
  CHECK(meshroute_listeners_at(listeners, 0, &listener, NULL) == MESHROUTE_OK);
  CHECK(is(listener.listener, "10.9.0.1_5432") && is(listener.kind, "tcp") && listener.cluster.size == 0);
  CHECK(listener.cidr_count == 1 && is(listener.cidrs[0], "10.9.0.0/24") && listener.sni_count == 0 && listener.sni == NULL);
  CHECK(listener.weighted_cluster_count == 2 && is(listener.weighted_clusters[1].name, "outbound|5432||a.example.com") &&
        listener.weighted_clusters[1].weight == 3);
  meshroute_listeners_free(listeners);
  filter.port = 443;
  CHECK(meshroute_view_listeners(view, &filter, &listeners, NULL) == MESHROUTE_OK);
  CHECK(meshroute_listeners_at(listeners, 0, &listener, NULL) == MESHROUTE_OK);
  CHECK(listener.sni_count == 1 && is(listener.sni[0], "tls.example.com"));
  meshroute_view_free(view);
  meshroute_listeners_free(listeners);
}

static void rows_grow(void) {
  meshroute_view* view = view_of_sections();
  meshroute_endpoints* endpoints = NULL;
  meshroute_routes* routes = NULL;
  struct {
    meshroute_view_filter known;
    char later[64];
  } newer;
  struct {
    meshroute_route known;
    char later[64];
  } larger;
  memset(&newer, 0, sizeof newer);
  newer.known.struct_size = sizeof newer; /* a newer caller, who wants nothing new */
  newer.known.host = text("a");
  CHECK(meshroute_view_routes(view, &newer.known, &routes, NULL) == MESHROUTE_OK && meshroute_routes_count(routes) == 4);
  memset(&larger, 1, sizeof larger);
  larger.known.struct_size = sizeof larger;
  CHECK(meshroute_routes_at(routes, 0, &larger.known, NULL) == MESHROUTE_OK);
  CHECK(is(larger.known.route_config, "80") && larger.known.reserved == 0 && larger.later[0] == 0);
  meshroute_routes_free(routes);
  newer.later[0] = 1;
  CHECK(meshroute_view_endpoints(view, &newer.known, &endpoints, NULL) == MESHROUTE_INVALID_ARGUMENT && endpoints == NULL);
  newer.known.struct_size = 0;
  CHECK(meshroute_view_endpoints(view, &newer.known, &endpoints, NULL) == MESHROUTE_INVALID_ARGUMENT && endpoints == NULL);
  meshroute_view_free(view);
}

static void an_answer_reads_whole_with_structs(void) {
  meshroute_view* view = view_of_sections();
  meshroute_answer* answer = NULL;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  meshroute_upstream_request upstream = MESHROUTE_UPSTREAM_REQUEST_INIT;
  meshroute_changed_header changed = MESHROUTE_CHANGED_HEADER_INIT;
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  meshroute_pair headers[4];
  size_t i;
  int found = 0;
  headers[0].name = text("x-version");
  headers[0].value = text("v1");
  headers[1].name = headers[2].name = text("x-set");
  headers[1].value = text("old");
  headers[2].value = text("older");
  headers[3].name = text("x-gone");
  headers[3].value = text("soon");
  request.url = text("http://a.example.com/path");
  request.headers = headers;
  request.header_count = 4;
  CHECK(meshroute_resolve(view, &request, &options, &answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_endpoint_at(answer, 0, &endpoint, NULL) == MESHROUTE_OK);
  CHECK(comes_from(&endpoint.origin, "WorkloadEntry", "vm-1", 12));
  REFUSED(meshroute_answer_endpoint_at(answer, 1, &endpoint, &error), "`index` is 1; there is one");
  CHECK(meshroute_answer_upstream_request(answer, &upstream, NULL) == MESHROUTE_OK);
  CHECK(is(upstream.method, "GET") && is(upstream.path, "/path") && is(upstream.authority, "a.example.com"));
  CHECK(upstream.added_header_count == 1 && upstream.changed_header_count == 1 && upstream.removed_header_count == 1);
  CHECK(is(upstream.added_headers[0].name, "x-add") && is(upstream.added_headers[0].value, "one"));
  CHECK(meshroute_answer_changed_header_at(answer, 0, &changed, NULL) == MESHROUTE_OK);
  CHECK(is(changed.name, "x-set") && changed.sent_count == 2 && changed.got_count == 1);
  CHECK(is(changed.sent[1], "older") && is(changed.got[0], "new"));
  CHECK(meshroute_answer_changed_header_at(answer, 1, &changed, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(is(upstream.removed_headers[0], "x-gone"));
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK && fields.response_header_count == 0);
  CHECK(fields.mirror_count == 1 && is(fields.mirrors[0], "outbound|80|v1|a.example.com"));

  options.skip_upstream_request = 1;
  CHECK(meshroute_resolve_into(view, &request, &options, answer, NULL) == MESHROUTE_OK);
  CHECK(is(meshroute_answer_cluster(answer), "outbound|80|v1|a.example.com"));
  CHECK(meshroute_answer_upstream_request(answer, &upstream, NULL) == MESHROUTE_FINDINGS);
  CHECK(upstream.method.data == NULL && upstream.added_header_count == 0);
  CHECK(upstream.added_headers == NULL && upstream.removed_headers == NULL);
  CHECK(meshroute_answer_changed_header_at(answer, 0, &changed, NULL) == MESHROUTE_INVALID_ARGUMENT);

  request.header_count = 0;
  request.url = text(" {\"host\": \"a.example.com\", \"path\": \"/gone\"}"); /* the request as JSON */
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_OK);
  CHECK(is(meshroute_answer_outcome(answer), "direct_response"));
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  for (i = 0; i < fields.response_header_count; ++i)
    found += is(fields.response_headers[i].name, "x-why") && is(fields.response_headers[i].value, "sold");
  CHECK(found == 1);
  request.url = text("{\"hots\": 1}");
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_answer_free(answer);
  meshroute_view_free(view);
}

static void nulls_of_rows_are_told(void) {
  meshroute_view* view = view_of_sections();
  meshroute_services* services = NULL;
  meshroute_service service = MESHROUTE_SERVICE_INIT;
  REFUSED(meshroute_view_services(view, NULL, NULL, &error), "`out` is NULL");
  REFUSED(meshroute_view_services(NULL, NULL, &services, &error), "`view` is NULL");
  CHECK(services == NULL && meshroute_view_services(view, NULL, &services, NULL) == MESHROUTE_OK);
  REFUSED(meshroute_services_at(services, 0, NULL, &error), "`out` is NULL");
  REFUSED(meshroute_services_at(NULL, 0, &service, &error), "`services` is NULL");
  meshroute_services_free(services);
  meshroute_view_free(view);
  CHECK(meshroute_view_clusters(NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_endpoints(NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_routes(NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_listeners(NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_services_count(NULL) + meshroute_clusters_count(NULL) + meshroute_endpoints_count(NULL) +
            meshroute_routes_count(NULL) + meshroute_listeners_count(NULL) ==
        0);
  CHECK(meshroute_clusters_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_endpoints_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_routes_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_listeners_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_upstream_request(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_changed_header_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_services_free(NULL);
  meshroute_clusters_free(NULL);
  meshroute_endpoints_free(NULL);
  meshroute_routes_free(NULL);
  meshroute_listeners_free(NULL);
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
  CHECK(meshroute_mesh_apply(NULL, NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_remove(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_snapshot(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_check(NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_analyze(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_analyze_into(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_view(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_view_json(NULL, NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_json(NULL, text(NULL), NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_text(NULL, text(NULL), NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_why(NULL, text("a"), NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_json(NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_text(NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_reasons_count(NULL) == 0 && meshroute_reasons_host(NULL).size == 0);
  meshroute_reasons_free(NULL);
  CHECK(meshroute_view_envoy_json(NULL, text("clusters"), NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_envoy_bootstrap(NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_envoy_bootstrap_port_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_envoy_bootstrap_resource_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_envoy_bootstrap_port_count(NULL) == 0 && meshroute_envoy_bootstrap_resource_count(NULL) == 0);
  CHECK(meshroute_envoy_bootstrap_warning_count(NULL) == 0 && meshroute_envoy_bootstrap_warning_at(NULL, 0).data == NULL);
  CHECK(meshroute_envoy_bootstrap_json(NULL).data == NULL);
  meshroute_envoy_bootstrap_free(NULL);
  CHECK(meshroute_resolve(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_resolve_into(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_resolve_json(NULL, NULL, 0, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_route_table_new(NULL, 0, text(NULL), NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_route_table_resolve(NULL, NULL, NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_new(NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_get(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_endpoint_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_trace_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_json(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_text(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answer_endpoint_count(NULL) == 0 && meshroute_answer_trace_count(NULL) == 0 &&
        meshroute_answer_outcome(NULL).size == 0);
  CHECK(meshroute_report_append(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_diagnostic_at(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_json(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_sarif(NULL, 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_document_count(NULL) == 0 && meshroute_report_error_count(NULL) == 0);
  CHECK(meshroute_rule_at(0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_rules_json(text(""), 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_rule_means(meshroute_rule_count(), text("*")) == 0);
}

static void rules_say_what_and_why(void) {
  const meshroute_str nothing = {NULL, 0};
  size_t i, found = 0;
  meshroute_bytes json = {NULL, 0};
  for (i = 0; i < meshroute_rule_count(); ++i) {
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    CHECK(meshroute_rule_at(i, &rule, NULL) == MESHROUTE_OK);
    CHECK(rule.name.size > 0 && rule.what.size > 0 && rule.why.size > 0 && rule.fix.size > 0);
    CHECK(rule.bad.size > 0 && rule.good.size > 0 && rule.since.size > 0);
    CHECK((rule.peers == NULL) == (rule.peer_count == 0));
    CHECK(meshroute_rule_means(i, rule.id) == 1 && meshroute_rule_means(i, rule.name) == 1);
    CHECK(meshroute_rule_means(i, text("*")) == 1 && meshroute_rule_means(i, nothing) == 0);
    if (meshroute_rule_means(i, text("IST0173")) == 0) continue;
    ++found;
    CHECK(rule.id.size == 6 && memcmp(rule.id.data, "AN0302", 6) == 0 && rule.peer_count == 2);
    CHECK(rule.peers[0].size == 7 && memcmp(rule.peers[0].data, "IST0173", 7) == 0);
  }
  CHECK(found == 1);
  CHECK(meshroute_rules_json(text("AN0302"), 0, &json, NULL) == MESHROUTE_OK);
  CHECK(strstr(json.data, "\"subset-has-endpoints\"") != NULL && strstr(json.data, "AN0301") == NULL);
  meshroute_bytes_free(&json);
}

static void trace_codes_are_listed(void) {
  meshroute_pair code;
  meshroute_bytes json = {NULL, 0};
  size_t i;
  CHECK(meshroute_trace_code_count() > 50);
  for (i = 0; i < meshroute_trace_code_count(); ++i)
    CHECK(meshroute_trace_code_at(i, &code, NULL) == MESHROUTE_OK && code.name.size > 0 && code.value.size > 0);
  CHECK(meshroute_trace_code_at(i, &code, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_trace_code_at(0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_trace_codes_json(text("subset_missing"), 0, &json, NULL) == MESHROUTE_OK);
  CHECK(strstr(json.data, "\"subset_missing\"") != NULL && strstr(json.data, "cluster_missing") == NULL);
  meshroute_bytes_free(&json);
  CHECK(meshroute_trace_codes_json(text(""), 0, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
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

static void wrong_values_are_named(void) {
  meshroute_view* view = view_of(kMesh, sizeof kMesh - 1, MESHROUTE_FINDINGS);
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_answer* answer = NULL;
  meshroute_bytes bytes = {NULL, 0};
  meshroute_error error = MESHROUTE_ERROR_INIT;
  request.url = text("http://a.example.com/");
  request.protocol = text("grpc");
  CHECK(meshroute_resolve(view, &request, NULL, &answer, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "grpc") != NULL && strstr(error.message, "http2") != NULL && answer == NULL);
  request.protocol = text("http2");
  request.address = text("nowhere");
  CHECK(meshroute_resolve(view, &request, NULL, &answer, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "nowhere") != NULL);
  CHECK(meshroute_view_json(view, text("cluster"), NULL, 0, &bytes, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "`cluster`") != NULL && strstr(error.message, "listeners") != NULL);
  CHECK(meshroute_view_text(view, text("cluster"), NULL, 0, &bytes, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_view_json(view, text("clusters"), NULL, 0, &bytes, NULL) == MESHROUTE_OK);
  meshroute_bytes_free(&bytes);
  meshroute_view_free(view);
}

static void envoys_configuration(void) {
  meshroute_view* view = view_of(kMesh, sizeof kMesh - 1, MESHROUTE_FINDINGS);
  meshroute_envoy_options options = MESHROUTE_ENVOY_OPTIONS_INIT;
  meshroute_envoy_bootstrap* bootstrap = NULL;
  meshroute_envoy_port port = MESHROUTE_ENVOY_PORT_INIT;
  meshroute_envoy_resource resource = MESHROUTE_ENVOY_RESOURCE_INIT;
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_bytes bytes = {NULL, 0};
  size_t i;
  CHECK(meshroute_view_envoy_json(view, text("listeners"), NULL, 0, &bytes, NULL) == MESHROUTE_OK);
  CHECK(strstr(bytes.data, "\"virtualOutbound\"") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_view_envoy_json(view, text("services"), NULL, 0, &bytes, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "`services`") != NULL);
  options.listen = text("here");
  CHECK(meshroute_view_envoy_bootstrap(view, &options, &bootstrap, &error) == MESHROUTE_INVALID_ARGUMENT && bootstrap == NULL);
  CHECK(strstr(error.message, "listen is `here`") != NULL);
  options.listen = text(NULL);
  options.reserved = 1;
  CHECK(meshroute_view_envoy_bootstrap(view, &options, &bootstrap, &error) == MESHROUTE_INVALID_ARGUMENT);
  options.reserved = 0;
  options.mode = MESHROUTE_ENVOY_PORTS;
  options.directory = text("/mesh");
  CHECK(meshroute_view_envoy_bootstrap(view, &options, &bootstrap, &error) == MESHROUTE_OK);
  CHECK(meshroute_envoy_bootstrap_json(bootstrap).size > 0);
  CHECK(meshroute_envoy_bootstrap_port_count(bootstrap) > 0);
  for (i = 0; i < meshroute_envoy_bootstrap_port_count(bootstrap); ++i) {
    CHECK(meshroute_envoy_bootstrap_port_at(bootstrap, i, &port, NULL) == MESHROUTE_OK);
    CHECK(port.host.size > 0 && port.port > 0 && port.listens >= 20000);
  }
  CHECK(meshroute_envoy_bootstrap_port_at(bootstrap, i, &port, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_envoy_bootstrap_resource_count(bootstrap) > 2);
  CHECK(meshroute_envoy_bootstrap_resource_at(bootstrap, 0, &resource, NULL) == MESHROUTE_OK);
  CHECK(resource.file.size > 0 && resource.name.size > 0 && resource.json.size > 0);
  meshroute_envoy_bootstrap_free(bootstrap);
  meshroute_view_free(view);
}

static void a_cluster_of_its_own(void) {
  static const char service[] =
      "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"namespace\":\"shop\"},"
      "\"spec\":{\"clusterIP\":\"10.9.0.1\",\"ports\":[{\"port\":80}]}}";
  meshroute_mesh* mesh = NULL;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_report* report = NULL;
  meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
  meshroute_resource which = MESHROUTE_RESOURCE_INIT;
  options.cluster = text("remote");
  options.name = text("watch");
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_apply(mesh, service, sizeof service - 1, &options, NULL, NULL) == MESHROUTE_OK);
  which.kind = text("Service");
  which.namespace_ = text("shop");
  which.name = text("s");
  CHECK(meshroute_mesh_remove(mesh, &which, NULL) == MESHROUTE_FINDINGS); /* of the cluster Kubernetes */
  which.cluster = text("remote");
  CHECK(meshroute_mesh_remove(mesh, &which, NULL) == MESHROUTE_OK);
  which.name = text(NULL);
  REFUSED(meshroute_mesh_remove(mesh, &which, &error), "`resource.name` is NULL");
  CHECK(meshroute_mesh_apply(mesh, "{", 1, &options, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_diagnostic_at(report, 0, &found, NULL) == MESHROUTE_OK);
  CHECK(is(found.source, "watch") && is(found.excerpt, "{"));
  meshroute_report_free(report);
  meshroute_mesh_free(mesh);
}

struct pieces {
  char text[65536];
  size_t size;
  int ends;
};
static int32_t add_piece(void* context, meshroute_str piece) {
  struct pieces* all = context;
  if (all->size + piece.size > sizeof all->text) return 1;
  memcpy(all->text + all->size, piece.data, piece.size);
  all->size += piece.size;
  return all->ends;
}

static void a_file_is_read_once(void) {
  static const char name[] = "capi_test_mesh.yaml";
  static const char mesh_text[] =
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}], clusterIP: 10.9.0.1}\n";
  meshroute_mesh* mesh = NULL;
  meshroute_report *report = NULL, *together = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
  meshroute_resource which = MESHROUTE_RESOURCE_INIT;
  meshroute_error error;
  FILE* file = fopen(name, "wb");
  CHECK(file != NULL);
  if (file == NULL) return;
  CHECK(fwrite(mesh_text, 1, sizeof mesh_text - 1, file) == sizeof mesh_text - 1 && fclose(file) == 0);
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load_path(mesh, text(name), NULL, NULL, NULL) == MESHROUTE_OK);
  which.kind = text("Service");
  which.name = text("s");
  CHECK(meshroute_mesh_remove(mesh, &which, NULL) == MESHROUTE_OK);
  options.max_bytes = 10;
  CHECK(meshroute_mesh_load_path(mesh, text(name), &options, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_diagnostic_at(report, 0, &found, NULL) == MESHROUTE_OK);
  CHECK(is(found.rule, "TX0107") && is(found.source, name));
  meshroute_report_free(report);
  options.max_bytes = 0;
  options.max_nodes = 3;
  CHECK(meshroute_mesh_load_path(mesh, text(name), &options, NULL, NULL) == MESHROUTE_FINDINGS);
  options.max_nodes = 0;
  options.max_depth = 1;
  CHECK(meshroute_mesh_load(mesh, mesh_text, sizeof mesh_text - 1, &options, NULL, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_new(&report, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load_into(mesh, "kind: [", 7, NULL, report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_mesh_load_path_into(mesh, text(name), NULL, report, NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_document_count(report) == 2 && meshroute_report_diagnostic_count(report) == 1);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  CHECK(meshroute_snapshot_analyze(snapshot, &together, NULL) == MESHROUTE_OK);
  CHECK(meshroute_snapshot_analyze_into(snapshot, report, NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_document_count(report) == 2);
  CHECK(meshroute_report_diagnostic_count(report) == 1 + meshroute_report_diagnostic_count(together));
  meshroute_report_free(together);
  meshroute_snapshot_free(snapshot);
  {
    meshroute_bytes whole = {NULL, 0};
    struct pieces pieces = {{0}, 0, 0};
    CHECK(meshroute_report_sarif(report, 0, &whole, NULL) == MESHROUTE_OK);
    CHECK(meshroute_report_write(report, MESHROUTE_REPORT_SARIF, 0, add_piece, &pieces, NULL) == MESHROUTE_OK);
    CHECK(whole.size == pieces.size && memcmp(whole.data, pieces.text, whole.size) == 0);
    meshroute_bytes_free(&whole);
    pieces.ends = 1;
    CHECK(meshroute_report_write(report, MESHROUTE_REPORT_TEXT, MESHROUTE_TEXT_COLOUR, add_piece, &pieces, NULL) == MESHROUTE_OK);
    CHECK(meshroute_report_write(report, 9, 0, add_piece, &pieces, &error) == MESHROUTE_INVALID_ARGUMENT);
    CHECK(strstr(error.message, "`form` is 9") != NULL);
    CHECK(meshroute_report_write(report, MESHROUTE_REPORT_JSON, 4, add_piece, &pieces, NULL) == MESHROUTE_INVALID_ARGUMENT);
    CHECK(meshroute_report_write(report, MESHROUTE_REPORT_JSON, 0, NULL, NULL, &error) == MESHROUTE_INVALID_ARGUMENT);
    CHECK(strstr(error.message, "`write` is NULL") != NULL);
  }
  CHECK(meshroute_mesh_load_into(mesh, mesh_text, sizeof mesh_text - 1, NULL, NULL, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "report") != NULL);
  CHECK(meshroute_mesh_load_path_into(mesh, text("no_such_file.yaml"), NULL, report, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_report_document_count(report) == 2);
  meshroute_report_free(report);
  CHECK(meshroute_mesh_load_path(mesh, text("no_such_file.yaml"), NULL, NULL, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "no_such_file.yaml") != NULL);
  CHECK(meshroute_mesh_load_path(mesh, text("."), NULL, NULL, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "folder") != NULL);
  CHECK(meshroute_mesh_load_path(NULL, text(name), NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_mesh_free(mesh);
  CHECK(remove(name) == 0);
}

static void a_server_answers_with_structs(void) {
  static const char mesh_text[] =
      "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\n"
      "spec: {rules: [{from: [{source: {namespaces: [web]}}]}]}\n"
      "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
      "metadata: {name: d, namespace: shop, annotations: {istio.io/dry-run: 'true'}}\nspec: {action: DENY, rules: [{}]}\n"
      "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: s, namespace: shop}\n"
      "spec: {hosts: [s.mesh], addresses: [240.0.0.1], location: MESH_INTERNAL, resolution: STATIC,\n"
      "  ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.1, serviceAccount: s}]}\n";
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_inbound_answer* answer = NULL;
  meshroute_journey* journey = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  meshroute_inbound_answer_fields fields = MESHROUTE_INBOUND_ANSWER_FIELDS_INIT;
  meshroute_dry_run dry_run = MESHROUTE_DRY_RUN_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  meshroute_hop hop = MESHROUTE_HOP_INIT;
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, mesh_text, sizeof mesh_text - 1, NULL, NULL, NULL) >= 0);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  proxy.namespace_ = text("shop");
  proxy.ip = text("10.0.0.1");
  CHECK(meshroute_snapshot_view(snapshot, &proxy, NULL, &view, NULL) == MESHROUTE_OK);
  request.url = text("http://s.mesh:80/");
  request.tls = 2;
  request.identity = text("spiffe://cluster.local/ns/web/sa/x");
  options.trace = 1;
  CHECK(meshroute_resolve_inbound(view, &request, &options, &answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_inbound_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(fields.allowed == 1 && fields.status == -1 && is(fields.action, "ALLOW") &&
        is(fields.policy, "ns[shop]-policy[p]-rule[0]"));
  CHECK(is(fields.peer, "spiffe://cluster.local/ns/web/sa/x") && is(fields.cluster, "inbound|80||") && is(fields.kind, "http"));
  CHECK(meshroute_inbound_answer_dry_run_count(answer) == 1);
  CHECK(meshroute_inbound_answer_dry_run_at(answer, 0, &dry_run, NULL) == MESHROUTE_OK);
  CHECK(is(dry_run.action, "DENY") && dry_run.allowed == 0 && is(dry_run.policy, "ns[shop]-policy[d]-rule[0]"));
  CHECK(meshroute_inbound_answer_dry_run_at(answer, 1, &dry_run, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(fields.asked_count == 0 && fields.asked == NULL);
  CHECK(meshroute_inbound_answer_trace_count(answer) > 0);
  CHECK(meshroute_inbound_answer_trace_at(answer, 0, &line, NULL) == MESHROUTE_OK && line.text.size > 0);
  request.identity = text("spiffe://cluster.local/ns/other/sa/x");
  CHECK(meshroute_resolve_inbound_into(view, &request, NULL, answer, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_inbound_answer_get(answer, &fields, NULL) == MESHROUTE_OK && fields.allowed == 0 && fields.status == 403);
  request.identity = text("other/x");
  CHECK(meshroute_resolve_inbound_into(view, &request, NULL, answer, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_inbound_answer_get(NULL, &fields, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_inbound_answer_free(answer);
  answer = NULL;
  CHECK(meshroute_inbound_answer_new(&answer, NULL) == MESHROUTE_OK);
  meshroute_inbound_answer_free(answer);

  proxy.namespace_ = text("web");
  proxy.ip = text("10.0.0.2");
  {
    meshroute_request plain = MESHROUTE_REQUEST_INIT;
    plain.url = text("http://s.mesh/");
    CHECK(meshroute_snapshot_follow(snapshot, &proxy, &plain, text(""), &journey, NULL) == MESHROUTE_OK);
    CHECK(meshroute_journey_arrives_percent(journey) == 100 && meshroute_journey_hop_count(journey) == 1);
    CHECK(meshroute_journey_hop_at(journey, 0, &hop, NULL) == MESHROUTE_OK);
    CHECK(is(hop.result, "arrives") && is(hop.tls, "mutual") && hop.port == 80 && hop.server_san_count == 1);
    CHECK(is(hop.server_sans[0], "spiffe://cluster.local/ns/shop/sa/s"));
    CHECK(meshroute_journey_because_count(journey) > 0);
    CHECK(meshroute_journey_because_at(journey, 0, &line, NULL) == MESHROUTE_OK);
    CHECK(is(meshroute_answer_outcome(meshroute_journey_outbound(journey)), "routed"));
    CHECK(meshroute_inbound_answer_get(meshroute_journey_hop_inbound(journey, 0), &fields, NULL) == MESHROUTE_OK);
    CHECK(fields.allowed == 1 && meshroute_journey_hop_inbound(journey, 1) == NULL);
    CHECK(meshroute_journey_hop_next(journey, 0) == NULL && meshroute_journey_outbound(NULL) == NULL);
    meshroute_journey_free(journey);
    CHECK(meshroute_snapshot_follow(snapshot, &proxy, &plain, text("{}"), &journey, NULL) == MESHROUTE_INVALID_ARGUMENT);
  }
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
}

static void workloads_are_found_and_derived(void) {
  static const char shop[] =
      "apiVersion: v1\nkind: Service\nmetadata: {name: reviews, namespace: shop}\n"
      "spec: {selector: {app: reviews}, ports: [{name: http, port: 80, targetPort: 9080}]}\n---\n"
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reviews-v1, namespace: shop}\n"
      "spec: {template: {metadata: {labels: {app: reviews}}, spec: {serviceAccountName: books, containers: [{name: a}]}}}\n";
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_mesh* mesh = NULL;
  options.workloads = 7;
  CHECK(meshroute_mesh_new(&options, &mesh, &error) == MESHROUTE_INVALID_ARGUMENT);
  options.workloads = MESHROUTE_WORKLOADS_DERIVED;
  CHECK(meshroute_mesh_new(&options, &mesh, &error) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, shop, sizeof shop - 1, NULL, NULL, &error) == MESHROUTE_OK);
  meshroute_snapshot* snapshot = NULL;
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, &error) == MESHROUTE_OK);

  meshroute_endpoints* endpoints = NULL;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  CHECK(meshroute_snapshot_workloads_of(snapshot, text("reviews.shop.svc.cluster.local"), &endpoints, &error) == MESHROUTE_OK);
  CHECK(meshroute_endpoints_count(endpoints) == 1);
  CHECK(meshroute_endpoints_at(endpoints, 0, &endpoint, &error) == MESHROUTE_OK);
  CHECK(endpoint.assumed == 1 && endpoint.port == 9080);
  meshroute_endpoints_free(endpoints);

  meshroute_found_proxy* found = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  CHECK(meshroute_snapshot_find_proxy(snapshot, text("shop/reviews-v1"), &found, &error) == MESHROUTE_OK);
  CHECK(meshroute_found_proxy_get(found, &proxy, &error) == MESHROUTE_OK);
  CHECK(meshroute_found_proxy_assumed(found) == 1 && meshroute_found_proxy_message(found).size == 0);
  CHECK(proxy.service_account.size == 5 && proxy.label_count >= 1 && proxy.type == MESHROUTE_PROXY_SIDECAR);
  meshroute_view* view = NULL;
  CHECK(meshroute_snapshot_view(snapshot, &proxy, NULL, &view, &error) == MESHROUTE_OK);
  meshroute_found_proxy_free(found);
  CHECK(meshroute_snapshot_find_proxy(snapshot, text("shop/rviews-v1"), &found, &error) == MESHROUTE_FINDINGS);
  CHECK(meshroute_found_proxy_message(found).size > 0 && meshroute_found_proxy_resource(found).size == 0);
  meshroute_found_proxy_free(found);

  meshroute_request first = MESHROUTE_REQUEST_INIT, second = MESHROUTE_REQUEST_INIT;
  first.url = text("http://reviews/");
  second.url = text("ftp://reviews/");
  const meshroute_request* asked[2] = {&first, &first};
  meshroute_answers* answers = NULL;
  CHECK(meshroute_answers_new(&answers, &error) == MESHROUTE_OK);
  CHECK(meshroute_answers_count(answers) == 0 && meshroute_answers_results(answers) == NULL);
  CHECK(meshroute_resolve_many(view, asked, 2, NULL, answers, &error) == MESHROUTE_OK);
  CHECK(meshroute_answers_count(answers) == 2 && meshroute_answers_endpoint_count(answers) == 1);
  const meshroute_result* results = meshroute_answers_results(answers);
  CHECK(is(results[0].outcome, "routed") && results[1].outcome.data == results[0].outcome.data);
  CHECK(results[1].endpoint_count == 1 && results[1].first_endpoint == 0 && results[1].status == MESHROUTE_OK);
  CHECK(results[0].response_status == -1 && results[0].failure_percent == 0 && results[0].picked_endpoint.size == 0);
  CHECK(meshroute_answers_endpoint_at(answers, results[1].first_endpoint, &endpoint, &error) == MESHROUTE_OK);
  CHECK(endpoint.port == 9080 && endpoint.label_count >= 1 && endpoint.labels[0].name.size > 0);
  CHECK(meshroute_answers_endpoint_at(answers, 1, &endpoint, &error) == MESHROUTE_INVALID_ARGUMENT);
  second.url = text("http://nowhere.example.com/");
  asked[1] = &second;
  {
    meshroute_answer* answer = NULL;
    const meshroute_status alone = meshroute_resolve(view, &second, NULL, &answer, &error);
    CHECK(meshroute_resolve_many(view, asked, 2, NULL, answers, &error) == alone);
    CHECK(meshroute_answers_count(answers) == 2 && meshroute_answers_results(answers)[1].status == alone);
    CHECK(is(meshroute_answer_outcome(answer), "passthrough") ==
          is(meshroute_answers_results(answers)[1].outcome, "passthrough"));
    meshroute_answer_free(answer);
  }
  second.url = text("ftp://reviews/");
  CHECK(meshroute_resolve_many(view, asked, 2, NULL, answers, &error) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_answers_count(answers) == 0 && strncmp(error.message, "request 1: ", 11) == 0);
  CHECK(meshroute_resolve_many(view, NULL, 0, NULL, answers, &error) == MESHROUTE_OK);
  REFUSED(meshroute_resolve_many(view, NULL, 1, NULL, answers, &error), "`requests` is NULL");
  REFUSED(meshroute_resolve_many(view, asked, 2, NULL, NULL, &error), "`reused` is NULL");
  meshroute_answers_free(answers);
  meshroute_answers_free(NULL);

  meshroute_bytes json = {NULL, 0};
  meshroute_resources* resources = NULL;
  meshroute_resource resource = MESHROUTE_RESOURCE_INIT;
  CHECK(meshroute_snapshot_resources(snapshot, &resources, &error) == MESHROUTE_OK);
  CHECK(meshroute_resources_json(resources, 0, &json, &error) == MESHROUTE_OK);
  CHECK(strstr(json.data, "\"kind\":\"Deployment\"") != NULL);
  meshroute_bytes_free(&json);
  {
    size_t i;
    for (i = 0; i < meshroute_resources_count(resources); ++i) {
      CHECK(meshroute_resources_at(resources, i, &resource, &error) == MESHROUTE_OK);
      CHECK(is(resource.cluster, "Kubernetes") && is(resource.namespace_, "shop") && resource.line > 0);
      CHECK(meshroute_mesh_remove(mesh, &resource, &error) == MESHROUTE_OK); /* what is listed names what is removed */
    }
    CHECK(i > 0 && meshroute_resources_at(resources, i, &resource, &error) == MESHROUTE_INVALID_ARGUMENT);
  }
  meshroute_resources_free(resources);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
}

static void documents_that_are_no_objects_are_passed_over(void) {
  static const char values[] = "replicas: 2\n";
  static const char settings[] = "outboundTrafficPolicy: {mode: NOWHERE}\n";
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_report* report = NULL;
  options.name = text("values.yaml");
  CHECK(meshroute_check(values, sizeof values - 1, &options, &report, &error) == MESHROUTE_FINDINGS);
  meshroute_report_free(report);
  options.pass_over = 1;
  CHECK(meshroute_check(values, sizeof values - 1, &options, &report, &error) == MESHROUTE_OK);
  CHECK(meshroute_report_passed_over_count(report) == 1 && meshroute_report_document_count(report) == 0);
  CHECK(meshroute_report_passed_over_at(report, 0).size == 11 && meshroute_report_passed_over_at(report, 1).data == NULL);
  CHECK(meshroute_report_info_count(report) == 0);
  meshroute_report_free(report);
  CHECK(meshroute_check_mesh_config(settings, sizeof settings - 1, text("mesh.yaml"), &report, &error) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_error_count(report) == 1);
  meshroute_report_free(report);
  meshroute_files* files = NULL;
  CHECK(meshroute_files_of_folder(text("/nowhere/at/all"), NULL, 0, &files, &error) == MESHROUTE_OK);
  CHECK(meshroute_files_count(files) == 0 && meshroute_files_problem_count(files) == 1);
  CHECK(meshroute_files_problem_at(files, 0).size > 0 && meshroute_files_at(files, 0).data == NULL);
  meshroute_files_free(files);
}

/* The tests of a text, their report, and what differs between two meshes. */
static const char kRouting[] =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\n"
    "spec: {hosts: [a.example.com], ports: [{number: 80, name: http}], resolution: STATIC, endpoints: [{address: 10.0.0.1}]}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n"
    "spec: {hosts: [a.example.com], http: [{match: [{uri: {prefix: /x}}], redirect: {uri: /1}}, {route: [{destination: {host: "
    "a.example.com}}]}]}\n";

static meshroute_snapshot* routing(char redirect) {
  char copy[sizeof kRouting];
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  memcpy(copy, kRouting, sizeof copy);
  strstr(copy, "/1}")[1] = redirect;
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, copy, strlen(copy), NULL, NULL, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  meshroute_mesh_free(mesh);
  return snapshot;
}

static void tests_of_routing_run(void) {
  const char* tests =
      "tests:\n- {name: t, from: shop, request: \"http://a.example.com/x\", expect: {status: 301, redirect: "
      "\"http://a.example.com/2\"}}\n";
  meshroute_snapshot* snapshot = routing('1');
  meshroute_suite* suite = NULL;
  meshroute_suite_report *report = NULL, *all = NULL;
  meshroute_suite_options options;
  meshroute_suite_test test = MESHROUTE_SUITE_TEST_INIT;
  meshroute_suite_failure failure = MESHROUTE_SUITE_FAILURE_INIT;
  meshroute_coverage_item item = MESHROUTE_COVERAGE_ITEM_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  meshroute_bytes bytes;
  meshroute_error error;
  CHECK(meshroute_suite_load(tests, strlen(tests), text("t.yaml"), &suite, NULL) == MESHROUTE_OK);
  CHECK(meshroute_suite_json(suite, 0, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "\"line\":2") != NULL);
  meshroute_bytes_free(&bytes);
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  CHECK(meshroute_suite_run(suite, NULL, &options, &report, &error) == MESHROUTE_INVALID_ARGUMENT &&
        strstr(error.message, "t.yaml") != NULL);
  CHECK(meshroute_suite_run(suite, snapshot, &options, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_suite_report_failed(report) == 1 && meshroute_suite_report_test_count(report) == 1);
  CHECK(meshroute_suite_report_test_at(report, 0, &test, NULL) == MESHROUTE_OK);
  CHECK(is(test.name, "t") && is(test.source, "t.yaml") && test.line == 2 && test.passed == 0 && test.failure_count == 1);
  CHECK(meshroute_suite_report_failure_at(report, 0, 0, &failure, NULL) == MESHROUTE_OK);
  CHECK(is(failure.path, "redirect") && is(failure.got, "\"http://a.example.com/1\""));
  CHECK(meshroute_suite_report_failure_at(report, 0, 1, &failure, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(test.because_count > 0 && meshroute_suite_report_because_at(report, 0, 0, &line, NULL) == MESHROUTE_OK &&
        line.text.size > 0);
  CHECK(meshroute_suite_report_note_at(report, 0, 0).data == NULL);
  CHECK(meshroute_suite_report_coverage_count(report) == 4);
  CHECK(meshroute_suite_report_coverage_at(report, 1, &item, NULL) == MESHROUTE_OK);
  CHECK(is(item.resource, "VirtualService shop/a") && is(item.path, "spec.http[0].match[0]") && item.hits == 1);
  CHECK(meshroute_suite_report_coverage_percent(report) == 50);
  CHECK(meshroute_suite_report_new(&all, NULL) == MESHROUTE_OK);
  CHECK(meshroute_suite_report_append(all, report, NULL) == MESHROUTE_OK &&
        meshroute_suite_report_append(all, report, NULL) == MESHROUTE_OK);
  CHECK(meshroute_suite_report_failed(all) == 2 && meshroute_suite_report_coverage_count(all) == 4);
  CHECK(meshroute_suite_report_json(all, 0, &bytes, NULL) == MESHROUTE_OK);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_suite_report_text(all, MESHROUTE_TEXT_VERBOSE, &bytes, NULL) == MESHROUTE_OK &&
        strstr(bytes.data, "2 tests: 0 passed, 2 failed") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_suite_report_junit(all, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "<failure") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_suite_report_coverage_text(all, 0, &bytes, NULL) == MESHROUTE_OK);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_suite_report_coverage_lcov(all, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "end_of_record") != NULL);
  meshroute_bytes_free(&bytes);
  options.skip_coverage = 1;
  meshroute_suite_report_free(report);
  CHECK(meshroute_suite_run(suite, snapshot, &options, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_suite_report_coverage_count(report) == 0);
  meshroute_suite_free(suite);
  suite = NULL;
  CHECK(meshroute_suite_load("tests: []", 9, text(""), &suite, &error) == MESHROUTE_INVALID_ARGUMENT && suite == NULL);
  CHECK(meshroute_suite_load_path(text("no/such/file"), &suite, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_suite_run(NULL, snapshot, NULL, &report, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_suite_report_failed(NULL) == 0 && meshroute_suite_report_test_count(NULL) == 0);
  meshroute_suite_report_free(report);
  meshroute_suite_report_free(all);
  meshroute_snapshot_free(snapshot);
}

static void two_meshes_differ(void) {
  meshroute_snapshot *before = routing('1'), *after = routing('2');
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_diff_options options = MESHROUTE_DIFF_OPTIONS_INIT;
  meshroute_diff_change change = MESHROUTE_DIFF_CHANGE_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  meshroute_diff* diff = NULL;
  meshroute_witnesses* witnesses = NULL;
  meshroute_witness witness = MESHROUTE_WITNESS_INIT;
  meshroute_bytes bytes;
  meshroute_str config;
  config = text("mesh/");
  proxy.namespace_ = text("shop");
  CHECK(meshroute_snapshot_witnesses(before, &proxy, &witnesses, NULL) == MESHROUTE_OK);
  CHECK(meshroute_witnesses_count(witnesses) >= 2 && meshroute_witnesses_at(witnesses, 0, &witness, NULL) == MESHROUTE_OK);
  CHECK(is(witness.resource, "VirtualService shop/a") && is(witness.path, "spec.http[0].match[0]"));
  CHECK(witness.request.size > 0 && witness.request.data[0] == '{' && witness.unreachable.size == 0);
  CHECK(meshroute_witnesses_at(witnesses, 100, &witness, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_witnesses_json(witnesses, 0, &bytes, NULL) == MESHROUTE_OK);
  CHECK(strstr(bytes.data, "spec.http[0].match[0]") != NULL);
  meshroute_bytes_free(&bytes);
  meshroute_witnesses_free(witnesses);
  CHECK(meshroute_snapshot_witnesses_json(before, text("{\"namespace\":\"shop\"}"), &witnesses, NULL) == MESHROUTE_OK);
  meshroute_witnesses_free(witnesses);
  CHECK(meshroute_snapshot_witnesses_json(before, text("[]"), &witnesses, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_witness_suite(before, &proxy, &config, 1, &bytes, NULL) == MESHROUTE_OK);
  CHECK(strstr(bytes.data, "config: [\"mesh/\"]") != NULL && strstr(bytes.data, "tests:") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_snapshot_diff(before, before, NULL, &diff, NULL) == MESHROUTE_OK && meshroute_diff_change_count(diff) == 0);
  meshroute_diff_free(diff);
  options.from = text("[{\"namespace\":\"shop\"}]");
  options.requests = text("[\"http://a.example.com/x/y\"]");
  CHECK(meshroute_snapshot_diff(before, after, &options, &diff, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_diff_change_count(diff) == 1);
  CHECK(meshroute_diff_change_at(diff, 0, &change, NULL) == MESHROUTE_OK && change.share == 100 && change.proxy_count == 1);
  CHECK(change.request_count > 1 && change.because_count > 0 && change.before.size > 0 && change.after.size > 0);
  CHECK(is(change.proxies[0], "shop") && change.resource_count == 1 && is(change.resources[0], "VirtualService shop/a"));
  CHECK(change.request.size > 0 && change.request.data[0] == '{');
  CHECK(meshroute_diff_change_because_at(diff, 0, 0, &line, NULL) == MESHROUTE_OK && line.text.size > 0);
  CHECK(meshroute_diff_change_because_at(diff, 1, 0, &line, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_diff_json(diff, 0, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "\"equal\":false") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_diff_text(diff, 0, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "1 change;") != NULL);
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_diff_markdown(diff, &bytes, NULL) == MESHROUTE_OK && strstr(bytes.data, "| before | after |") != NULL);
  meshroute_bytes_free(&bytes);
  meshroute_diff_free(diff);
  options.from = text("{}");
  CHECK(meshroute_snapshot_diff(before, after, &options, &diff, NULL) == MESHROUTE_INVALID_ARGUMENT);
  options.from = text("");
  options.requests = text("[1]");
  CHECK(meshroute_snapshot_diff(before, after, &options, &diff, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_snapshot_diff(before, NULL, NULL, &diff, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_snapshot_free(before);
  meshroute_snapshot_free(after);
}

static void the_header_names_its_version(void) {
  char version[32];
  CHECK(meshroute_version_number() ==
        MESHROUTE_VERSION_MAJOR * 1000000 + MESHROUTE_VERSION_MINOR * 1000 + MESHROUTE_VERSION_PATCH);
  sprintf(version, "%d.%d.%d", MESHROUTE_VERSION_MAJOR, MESHROUTE_VERSION_MINOR, MESHROUTE_VERSION_PATCH);
  CHECK(strcmp(version, meshroute_version()) == 0);
}

/* A gateway's mesh flags, its rows, connections to it, and a journey through it. */
static void a_gateway_answers_with_structs(void) {
  static const char config[] =
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: edge}\n"
      "spec:\n  selector: {istio: ingress}\n  servers:\n"
      "  - {port: {number: 8443, name: https, protocol: HTTPS}, hosts: [a.mesh], tls: {mode: MUTUAL, credentialName: c}}\n"
      "  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.mesh]}\n"
      "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: e, namespace: edge}\n"
      "spec:\n  hosts: [a.mesh]\n  location: MESH_INTERNAL\n  resolution: STATIC\n"
      "  ports: [{number: 80, name: http, protocol: HTTP}]\n"
      "  endpoints: [{address: 10.0.0.7, labels: {istio: ingress}}]\n";
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_listeners* rows = NULL;
  meshroute_answer* answer = NULL;
  meshroute_journey* journey = NULL;
  const meshroute_journey* next = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_listener row = MESHROUTE_LISTENER_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  const meshroute_pair label = {text("istio"), text("ingress")};
  options.scope_gateway_to_namespace = 1;
  options.filter_gateway_cluster_config = 1;
  CHECK(meshroute_mesh_new(&options, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, config, sizeof config - 1, NULL, NULL, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  proxy.type = MESHROUTE_PROXY_ROUTER;
  proxy.namespace_ = text("edge");
  proxy.labels = &label;
  proxy.label_count = 1;
  CHECK(meshroute_snapshot_view(snapshot, &proxy, NULL, &view, NULL) == MESHROUTE_OK);
  CHECK(meshroute_view_listeners(view, NULL, &rows, NULL) == MESHROUTE_OK);
  CHECK(meshroute_listeners_count(rows) == 2);
  CHECK(meshroute_listeners_at(rows, 1, &row, NULL) == MESHROUTE_OK);
  CHECK(is(row.tls_mode, "MUTUAL") && is(row.gateway, "edge/g") && row.server_port == 8443 && row.refused.size == 0);
  meshroute_listeners_free(rows);
  request.url = text("https://a.mesh:8443/");
  CHECK(meshroute_resolve(view, &request, NULL, &answer, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(is(fields.error, "client certificate required") && fields.filter_chain_index == 0);
  request.client_cert = 1;
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK && is(fields.error, "no route"));
  request.no_sni = 1;
  CHECK(meshroute_resolve_into(view, &request, NULL, answer, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_answer_get(answer, &fields, NULL) == MESHROUTE_OK);
  CHECK(is(fields.error, "no filter chain") && fields.filter_chain_index == -1);
  meshroute_answer_free(answer);
  {
    meshroute_proxy client = MESHROUTE_PROXY_INIT;
    meshroute_request plain = MESHROUTE_REQUEST_INIT;
    client.namespace_ = text("edge");
    plain.url = text("http://a.mesh/");
    CHECK(meshroute_snapshot_follow(snapshot, &client, &plain, text(""), &journey, NULL) == MESHROUTE_FINDINGS);
    next = meshroute_journey_hop_next(journey, 0);
    CHECK(next != NULL && meshroute_journey_arrives_percent(next) == 0 && meshroute_journey_hop_count(next) == 0);
    CHECK(meshroute_journey_hop_next(journey, 1) == NULL && meshroute_journey_hop_next(NULL, 0) == NULL);
    meshroute_journey_free(journey);
  }
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
}

static int says(const char* word, const char* want) { return strcmp(word, want) == 0; }

/* Each code has its word, in C as in the JSON forms. */
static void codes_have_names(void) {
  CHECK(says(meshroute_status_name(MESHROUTE_OK), "ok") && says(meshroute_status_name(MESHROUTE_FINDINGS), "findings"));
  CHECK(says(meshroute_status_name(MESHROUTE_INVALID_ARGUMENT), "invalid_argument"));
  CHECK(says(meshroute_status_name(MESHROUTE_LIMIT), "limit") && says(meshroute_status_name(MESHROUTE_REFUSED), "refused"));
  CHECK(says(meshroute_status_name(MESHROUTE_INTERNAL), "internal") && says(meshroute_status_name(7), "unknown"));
  CHECK(says(meshroute_severity_name(MESHROUTE_SEVERITY_WARNING), "warning"));
  CHECK(says(meshroute_severity_name(0), "unknown") && says(meshroute_severity_name(4), "unknown"));
  CHECK(says(meshroute_layer_name(MESHROUTE_LAYER_SYNTAX), "syntax"));
  CHECK(says(meshroute_layer_name(MESHROUTE_LAYER_ANALYSIS), "analysis") && says(meshroute_layer_name(-1), "unknown"));
  CHECK(says(meshroute_verdict_name(MESHROUTE_VERDICT_NOTED), "noted"));
  CHECK(says(meshroute_rule_status_name(MESHROUTE_RULE_PREVIEW), "preview"));
}

/* A finding and the rule that it names have the same severity and layer. */
static void rules_have_the_integers_of_findings(void) {
  meshroute_report* report = NULL;
  size_t i, k, met = 0;
  CHECK(meshroute_check(kMesh, sizeof kMesh - 1, NULL, &report, NULL) == MESHROUTE_FINDINGS);
  for (i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    CHECK(meshroute_report_diagnostic_at(report, i, &found, NULL) == MESHROUTE_OK);
    for (k = 0; k < meshroute_rule_count(); ++k) {
      meshroute_rule rule = MESHROUTE_RULE_INIT;
      if (meshroute_rule_means(k, found.rule) == 0) continue;
      CHECK(meshroute_rule_at(k, &rule, NULL) == MESHROUTE_OK);
      CHECK(rule.severity == found.severity && rule.layer == found.layer && rule.status >= MESHROUTE_RULE_STABLE);
      ++met;
    }
  }
  CHECK(met == meshroute_report_diagnostic_count(report) && met > 0);
  meshroute_report_free(report);
}

/* What is passed in may go as soon as the call has returned. */
static void nothing_is_kept(void) {
  char* copy = (char*)malloc(sizeof kMesh);
  char* name = (char*)malloc(10);
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_answer* answer = NULL;
  meshroute_report* report = NULL;
  meshroute_document document = MESHROUTE_DOCUMENT_INIT;
  meshroute_load_options* options = (meshroute_load_options*)malloc(sizeof *options);
  meshroute_proxy* proxy = (meshroute_proxy*)malloc(sizeof *proxy);
  meshroute_pair* label = (meshroute_pair*)malloc(sizeof *label);
  meshroute_request* request = (meshroute_request*)malloc(sizeof *request);
  CHECK(copy != NULL && name != NULL && options != NULL && proxy != NULL && label != NULL && request != NULL);
  memcpy(copy, kMesh, sizeof kMesh);
  memcpy(name, "mesh.yaml", 10);
  meshroute_load_options_init(options);
  options->name = text(name);
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, copy, sizeof kMesh - 1, options, &report, NULL) == MESHROUTE_FINDINGS);
  memset(copy, 'x', sizeof kMesh);
  free(copy);
  memset(options, 1, sizeof *options);
  free(options);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  meshroute_proxy_init(proxy);
  label->name = text("app");
  label->value = text(name);
  proxy->namespace_ = text("shop");
  proxy->labels = label;
  proxy->label_count = 1;
  CHECK(meshroute_snapshot_view(snapshot, proxy, NULL, &view, NULL) == MESHROUTE_OK);
  free(label);
  memset(proxy, 1, sizeof *proxy);
  free(proxy);
  memset(name, 'x', 10);
  free(name);
  meshroute_request_init(request);
  request->url = text("http://a.example.com/");
  CHECK(meshroute_resolve(view, request, NULL, &answer, NULL) == MESHROUTE_OK);
  memset(request, 1, sizeof *request);
  free(request);
  CHECK(meshroute_report_document_at(report, 0, &document, NULL) == MESHROUTE_OK && is(document.source, "mesh.yaml"));
  CHECK(is(meshroute_answer_outcome(answer), "routed"));
  meshroute_mesh_free(mesh);
  meshroute_report_free(report);
  meshroute_answer_free(answer);
  meshroute_snapshot_free(snapshot);
  meshroute_view_free(view);
}

/* NULL of size 0 is an empty text; too large a text is not read. */
static void texts_are_empty_or_too_large(void) {
  meshroute_mesh* mesh = NULL;
  meshroute_report* report = NULL;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_error error = MESHROUTE_ERROR_INIT;
  const size_t too_many = ((size_t)1 << 30) + 1;
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, NULL, 0, NULL, &report, NULL) == MESHROUTE_OK);
  CHECK(meshroute_report_document_count(report) == 0 && meshroute_report_diagnostic_count(report) == 0);
  meshroute_report_free(report);
  CHECK(meshroute_check(NULL, 0, NULL, &report, NULL) == MESHROUTE_OK);
  meshroute_report_free(report);
  CHECK(meshroute_check("", 0, NULL, &report, NULL) == MESHROUTE_OK);
  meshroute_report_free(report);
  report = NULL;
  REFUSED(meshroute_mesh_load(mesh, NULL, 3, NULL, &report, &error), "`text` is NULL, and its size is 3");
  CHECK(report == NULL);
  CHECK(meshroute_mesh_load(mesh, "x", too_many, NULL, &report, &error) == MESHROUTE_LIMIT && report == NULL);
  CHECK(strcmp(error.message, "`text` has 1073741825 bytes; at most 1073741824 are taken") == 0);
  CHECK(meshroute_check("x", (size_t)-1, NULL, &report, NULL) == MESHROUTE_LIMIT);
  CHECK(meshroute_check_mesh_config("x", too_many, text(""), &report, NULL) == MESHROUTE_LIMIT);
  options.name.data = "x";
  options.name.size = too_many;
  CHECK(meshroute_mesh_load(mesh, "", 0, &options, &report, &error) == MESHROUTE_LIMIT && report == NULL);
  CHECK(strncmp(error.message, "`options.name` has", 18) == 0);
  meshroute_mesh_free(mesh);
}

/* Each wrong number is named with its value, and what may stand there. */
static void wrong_numbers_are_named(void) {
  static const char kTests[] = "tests:\n- {name: t, from: shop, request: \"http://a.example.com/x\", expect: {status: 301}}\n";
  meshroute_view* view = view_of_mesh();
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* none = NULL;
  meshroute_report* report = NULL;
  meshroute_answer* answer = NULL;
  meshroute_bytes bytes = {NULL, 0};
  meshroute_mesh_options mesh_options = MESHROUTE_MESH_OPTIONS_INIT;
  meshroute_load_options load_options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_suite_options suite_options = MESHROUTE_SUITE_OPTIONS_INIT;
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_suite* suite = NULL;
  meshroute_suite_report* tests = NULL;
  load_options.format = 9;
  REFUSED(meshroute_check("", 0, &load_options, &report, &error),
          "`options.format` is 9; use MESHROUTE_FORMAT_AUTO, _JSON or _YAML");
  load_options.format = MESHROUTE_FORMAT_YAML;
  load_options.threads = -2;
  REFUSED(meshroute_check("", 0, &load_options, &report, &error),
          "`options.threads` is -2; use a number of threads, 0 or MESHROUTE_ALL_CORES");
  mesh_options.reserved = 1;
  REFUSED(meshroute_mesh_new(&mesh_options, &mesh, &error), "`options.reserved` is 1; it must be 0");
  mesh_options.reserved = 0;
  mesh_options.threads = -2;
  REFUSED(meshroute_mesh_new(&mesh_options, &mesh, &error),
          "`options.threads` is -2; use a number of threads, 0 or MESHROUTE_ALL_CORES");
  mesh_options.threads = MESHROUTE_ALL_CORES;
  mesh_options.vip_mode = 3;
  REFUSED(meshroute_mesh_new(&mesh_options, &mesh, &error),
          "`options.vip_mode` is 3; use MESHROUTE_VIP_STATUS, _CONTROLLER or _LEGACY");
  mesh_options.vip_mode = 0;
  mesh_options.reserved = -1;
  REFUSED(meshroute_mesh_new(&mesh_options, &mesh, &error), "`options.reserved` is -1; it must be 0");
  CHECK(meshroute_suite_load(kTests, sizeof kTests - 1, text("t.yaml"), &suite, NULL) == MESHROUTE_OK);
  suite_options.mesh = &mesh_options;
  REFUSED(meshroute_suite_run(suite, NULL, &suite_options, &tests, &error), "`options.mesh.reserved` is -1; it must be 0");
  meshroute_suite_free(suite);
  mesh_options.reserved = 0;
  CHECK(meshroute_mesh_new(&mesh_options, &mesh, NULL) == MESHROUTE_OK); /* on all cores */
  CHECK(meshroute_mesh_load(mesh, kMesh, sizeof kMesh - 1, NULL, NULL, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, NULL) == MESHROUTE_OK);
  proxy.type = 2;
  REFUSED(meshroute_snapshot_view(snapshot, &proxy, NULL, &none, &error),
          "`proxy.type` is 2; use MESHROUTE_PROXY_SIDECAR or MESHROUTE_PROXY_ROUTER");
  proxy.type = 0;
  proxy.label_count = 1;
  REFUSED(meshroute_snapshot_view(snapshot, &proxy, NULL, &none, &error), "`proxy.labels` is NULL");
  filter.reserved = 5;
  REFUSED(meshroute_view_json(view, text(""), &filter, 0, &bytes, &error), "`filter.reserved` is 5; it must be 0");
  REFUSED(meshroute_view_json(view, text(""), NULL, 4, &bytes, &error),
          "`style` is 4; use a sum of MESHROUTE_JSON_PRETTY and MESHROUTE_JSON_ROWS");
  REFUSED(meshroute_view_json(view, text("inbound"), NULL, MESHROUTE_JSON_ROWS, &bytes, &error),
          "`section` is `inbound`, which has no rows");
  REFUSED(meshroute_view_text(view, text(""), NULL, 8, &bytes, &error),
          "`style` is 8; use a sum of MESHROUTE_TEXT_COLOUR, MESHROUTE_TEXT_VERBOSE and MESHROUTE_TEXT_EXPLAIN");
  request.tls = 3;
  REFUSED(meshroute_resolve(view, &request, NULL, &answer, &error),
          "`request.tls` is 3; use MESHROUTE_TLS_NONE, _SIMPLE or _MUTUAL");
  request.tls = 0;
  request.ext_authz = -1;
  REFUSED(meshroute_resolve(view, &request, NULL, &answer, &error),
          "`request.ext_authz` is -1; use MESHROUTE_EXT_AUTHZ_ALLOW, _DENY or _ERROR");
  request.ext_authz = 0;
  request.port = 70000;
  REFUSED(meshroute_resolve(view, &request, NULL, &answer, &error), "`request.port` is 70000; it is at most 65535");
  REFUSED(meshroute_resolve(view, NULL, NULL, &answer, &error), "`request` is NULL");
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
  meshroute_view_free(view);
}

/* `applied` says what the mesh has; apply_refused is the same for load and for apply. */
static void documents_say_whether_they_are_applied(void) {
  static const char bad[] =
      "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"ServiceEntry\",\"metadata\":{\"name\":\"bad\"},"
      "\"spec\":{\"hosts\":[\"b.example.com\"],\"ports\":[{\"number\":80000,\"name\":\"http\"}],\"resolution\":\"DNS\"}}";
  meshroute_mesh* mesh = NULL;
  meshroute_report* report = NULL;
  meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
  meshroute_document document = MESHROUTE_DOCUMENT_INIT;
  int refused, apply;
  CHECK(meshroute_mesh_new(NULL, &mesh, NULL) == MESHROUTE_OK);
  CHECK(meshroute_mesh_load(mesh, kMesh, sizeof kMesh - 1, NULL, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_document_at(report, 0, &document, NULL) == MESHROUTE_OK && document.applied == 1);
  CHECK(meshroute_report_document_at(report, 3, &document, NULL) == MESHROUTE_OK && document.applied == 0);
  meshroute_report_free(report);
  CHECK(meshroute_check(kMesh, sizeof kMesh - 1, NULL, &report, NULL) == MESHROUTE_FINDINGS);
  CHECK(meshroute_report_document_at(report, 0, &document, NULL) == MESHROUTE_OK);
  CHECK(document.applied == 0 && document.accepted == 1);
  meshroute_report_free(report);
  for (refused = 0; refused < 2; ++refused) {
    for (apply = 0; apply < 2; ++apply) {
      options.apply_refused = refused;
      CHECK((apply ? meshroute_mesh_apply(mesh, bad, sizeof bad - 1, &options, &report, NULL)
                   : meshroute_mesh_load(mesh, bad, sizeof bad - 1, &options, &report, NULL)) == MESHROUTE_FINDINGS);
      CHECK(meshroute_report_document_at(report, 0, &document, NULL) == MESHROUTE_OK);
      CHECK(document.accepted == 0 && document.applied == refused);
      meshroute_report_free(report);
    }
  }
  meshroute_mesh_free(mesh);
}

static int count_in(const char* where, const char* what) {
  int found = 0;
  for (where = strstr(where, what); where != NULL; where = strstr(where + 1, what)) ++found;
  return found;
}

/* JSON is compact, and pretty where that is asked for; rows are whole. */
static void json_has_styles(void) {
  meshroute_view* view = view_of_sections();
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options trace = MESHROUTE_RESOLVE_OPTIONS_INIT;
  meshroute_answer *answer = NULL, *reused = NULL;
  meshroute_bytes compact = {NULL, 0}, pretty = {NULL, 0};
  static const char asked[] = "{\"host\": \"a.example.com\", \"random\": \"18446744073709551615\"}";
  static const char wrong[] = "{\"host\": \"a.example.com\", \"random\": \"18446744073709551616\"}";
  filter.port = 80;
  CHECK(meshroute_view_json(view, text("endpoints"), &filter, MESHROUTE_JSON_ROWS, &compact, NULL) == MESHROUTE_OK);
  CHECK(strchr(compact.data, '\n') == NULL && strstr(compact.data, "\"network\":\"vms\"") != NULL);
  CHECK(strstr(compact.data, "\"labels\":{\"app\":\"a\"") != NULL &&
        strstr(compact.data, "\"resource\":\"WorkloadEntry shop/vm-1") != NULL);
  CHECK(strstr(compact.data,
               "\"origin\":{\"kind\":\"WorkloadEntry\",\"namespace\":\"shop\",\"name\":\"vm-1\",\"source\":\"mesh.yaml\","
               "\"line\":12}") != NULL);
  CHECK(count_in(compact.data, "\"address\":") == 2); /* the cluster and its subset */
  meshroute_bytes_free(&compact);
  CHECK(meshroute_view_json(view, text(""), NULL, MESHROUTE_JSON_ROWS | MESHROUTE_JSON_PRETTY, &pretty, NULL) == MESHROUTE_OK);
  CHECK(strstr(pretty.data, "\n  \"listeners\": [") != NULL && strstr(pretty.data, "\"destination_rule\": {") != NULL);
  meshroute_bytes_free(&pretty);
  trace.trace = 1;
  CHECK(meshroute_resolve_json(view, asked, sizeof asked - 1, &trace, &answer, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_trace_count(answer) > 0);
  CHECK(meshroute_answer_json(answer, 0, &compact, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_json(answer, MESHROUTE_JSON_PRETTY, &pretty, NULL) == MESHROUTE_OK);
  CHECK(strchr(compact.data, '\n') == NULL && strstr(pretty.data, "\n  \"outcome\": ") != NULL && compact.size < pretty.size);
  CHECK(strstr(compact.data, "\"picked\":{") != NULL);
  meshroute_bytes_free(&compact);
  meshroute_bytes_free(&pretty);
  CHECK(meshroute_answer_new(&reused, NULL) == MESHROUTE_OK);
  request.url = text("http://a.example.com/");
  request.has_random = 1;
  request.random = (uint64_t)-1;
  CHECK(meshroute_resolve_into(view, &request, NULL, reused, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_json(reused, 0, &pretty, NULL) == MESHROUTE_OK);
  CHECK(meshroute_resolve_json_into(view, asked, sizeof asked - 1, NULL, reused, NULL) == MESHROUTE_OK);
  CHECK(meshroute_answer_json(reused, 0, &compact, NULL) == MESHROUTE_OK);
  CHECK(compact.size == pretty.size && memcmp(compact.data, pretty.data, compact.size) == 0);
  CHECK(meshroute_resolve_json_into(view, wrong, sizeof wrong - 1, NULL, reused, NULL) == MESHROUTE_INVALID_ARGUMENT);
  meshroute_bytes_free(&compact);
  meshroute_bytes_free(&pretty);
  meshroute_answer_free(answer);
  meshroute_answer_free(reused);
  meshroute_view_free(view);
}

int main(void) {
  codes_have_names();
  rules_have_the_integers_of_findings();
  nothing_is_kept();
  texts_are_empty_or_too_large();
  wrong_numbers_are_named();
  documents_say_whether_they_are_applied();
  json_has_styles();
  wrong_values_are_named();
  envoys_configuration();
  a_cluster_of_its_own();
  a_file_is_read_once();
  workloads_are_found_and_derived();
  documents_that_are_no_objects_are_passed_over();
  the_header_names_its_version();
  tests_of_routing_run();
  two_meshes_differ();
  a_server_answers_with_structs();
  a_gateway_answers_with_structs();
  a_report_reads_with_structs();
  handles_tell_what_they_hold();
  reports_join_and_leave_out();
  a_request_resolves_with_structs();
  structs_grow();
  structs_begin_as_their_macros_say();
  services_and_clusters_are_rows();
  endpoints_are_rows();
  routes_are_rows();
  listeners_are_rows();
  rows_grow();
  an_answer_reads_whole_with_structs();
  nulls_of_rows_are_told();
  nulls_are_told();
  envoy_routes_answer_alone();
  rules_say_what_and_why();
  trace_codes_are_listed();
  if (failures > 0) printf("%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}
