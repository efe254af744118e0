/* SPDX-License-Identifier: Apache-2.0 */
/* Every initialiser compiles in strict C and C++, stamps the struct's size and clears the rest. */
#include "meshroute.h"

static int failures = 0;

static void check(const void* made, size_t struct_size, size_t size) {
  const unsigned char* bytes = (const unsigned char*)made;
  size_t i, set = 0;
  for (i = sizeof(size_t); i < size; ++i) set += bytes[i] != 0;
  if (struct_size != size || set != 0) ++failures;
}

#define CHECK(type, INIT)                        \
  do {                                           \
    type made = INIT;                            \
    check(&made, made.struct_size, sizeof made); \
  } while (0)

int main(void) {
  CHECK(meshroute_mesh_options, MESHROUTE_MESH_OPTIONS_INIT);
  CHECK(meshroute_load_options, MESHROUTE_LOAD_OPTIONS_INIT);
  CHECK(meshroute_resource, MESHROUTE_RESOURCE_INIT);
  CHECK(meshroute_proxy, MESHROUTE_PROXY_INIT);
  CHECK(meshroute_request, MESHROUTE_REQUEST_INIT);
  CHECK(meshroute_resolve_options, MESHROUTE_RESOLVE_OPTIONS_INIT);
  CHECK(meshroute_view_filter, MESHROUTE_VIEW_FILTER_INIT);
  CHECK(meshroute_envoy_options, MESHROUTE_ENVOY_OPTIONS_INIT);
  CHECK(meshroute_suite_options, MESHROUTE_SUITE_OPTIONS_INIT);
  CHECK(meshroute_diff_options, MESHROUTE_DIFF_OPTIONS_INIT);
  CHECK(meshroute_document, MESHROUTE_DOCUMENT_INIT);
  CHECK(meshroute_diagnostic, MESHROUTE_DIAGNOSTIC_INIT);
  CHECK(meshroute_related, MESHROUTE_RELATED_INIT);
  CHECK(meshroute_answer_fields, MESHROUTE_ANSWER_FIELDS_INIT);
  CHECK(meshroute_upstream_request, MESHROUTE_UPSTREAM_REQUEST_INIT);
  CHECK(meshroute_changed_header, MESHROUTE_CHANGED_HEADER_INIT);
  CHECK(meshroute_inbound_answer_fields, MESHROUTE_INBOUND_ANSWER_FIELDS_INIT);
  CHECK(meshroute_dry_run, MESHROUTE_DRY_RUN_INIT);
  CHECK(meshroute_hop, MESHROUTE_HOP_INIT);
  CHECK(meshroute_endpoint, MESHROUTE_ENDPOINT_INIT);
  CHECK(meshroute_service, MESHROUTE_SERVICE_INIT);
  CHECK(meshroute_cluster, MESHROUTE_CLUSTER_INIT);
  CHECK(meshroute_route, MESHROUTE_ROUTE_INIT);
  CHECK(meshroute_listener, MESHROUTE_LISTENER_INIT);
  CHECK(meshroute_trace_line, MESHROUTE_TRACE_LINE_INIT);
  CHECK(meshroute_rule, MESHROUTE_RULE_INIT);
  CHECK(meshroute_envoy_resource, MESHROUTE_ENVOY_RESOURCE_INIT);
  CHECK(meshroute_envoy_port, MESHROUTE_ENVOY_PORT_INIT);
  CHECK(meshroute_suite_test, MESHROUTE_SUITE_TEST_INIT);
  CHECK(meshroute_suite_failure, MESHROUTE_SUITE_FAILURE_INIT);
  CHECK(meshroute_coverage_item, MESHROUTE_COVERAGE_ITEM_INIT);
  CHECK(meshroute_witness, MESHROUTE_WITNESS_INIT);
  CHECK(meshroute_diff_change, MESHROUTE_DIFF_CHANGE_INIT);
  return failures;
}
