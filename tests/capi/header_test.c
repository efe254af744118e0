/* SPDX-License-Identifier: Apache-2.0 */
/* Every initialiser compiles in strict C and C++, stamps the struct's size and clears the rest. */
#include "meshroute.h"

static int failures = 0;

static void check(const void* made, size_t struct_size, size_t size, size_t ones) {
  const unsigned char* bytes = (const unsigned char*)made;
  size_t i, set = 0;
  for (i = sizeof(size_t); i < size; ++i) set += bytes[i] != 0;
  if (struct_size != size || set != ones) ++failures;
}

#define CHECK(type, INIT, ones)                        \
  do {                                                 \
    type made = INIT;                                  \
    check(&made, made.struct_size, sizeof made, ones); \
  } while (0)

int main(void) {
  CHECK(meshroute_mesh_options, MESHROUTE_MESH_OPTIONS_INIT, 1); /* one thread */
  CHECK(meshroute_load_options, MESHROUTE_LOAD_OPTIONS_INIT, 0);
  CHECK(meshroute_proxy, MESHROUTE_PROXY_INIT, 0);
  CHECK(meshroute_request, MESHROUTE_REQUEST_INIT, 0);
  CHECK(meshroute_resolve_options, MESHROUTE_RESOLVE_OPTIONS_INIT, 0);
  CHECK(meshroute_document, MESHROUTE_DOCUMENT_INIT, 0);
  CHECK(meshroute_diagnostic, MESHROUTE_DIAGNOSTIC_INIT, 0);
  CHECK(meshroute_related, MESHROUTE_RELATED_INIT, 0);
  CHECK(meshroute_answer_fields, MESHROUTE_ANSWER_FIELDS_INIT, 0);
  CHECK(meshroute_weighted_cluster, MESHROUTE_WEIGHTED_CLUSTER_INIT, 0);
  CHECK(meshroute_origin, MESHROUTE_ORIGIN_INIT, 0);
  CHECK(meshroute_endpoint, MESHROUTE_ENDPOINT_INIT, 0);
  CHECK(meshroute_upstream_request, MESHROUTE_UPSTREAM_REQUEST_INIT, 0);
  CHECK(meshroute_changed_header, MESHROUTE_CHANGED_HEADER_INIT, 0);
  CHECK(meshroute_view_filter, MESHROUTE_VIEW_FILTER_INIT, 0);
  CHECK(meshroute_envoy_options, MESHROUTE_ENVOY_OPTIONS_INIT, 0);
  CHECK(meshroute_envoy_resource, MESHROUTE_ENVOY_RESOURCE_INIT, 0);
  CHECK(meshroute_envoy_port, MESHROUTE_ENVOY_PORT_INIT, 0);
  CHECK(meshroute_service, MESHROUTE_SERVICE_INIT, 0);
  CHECK(meshroute_service_port, MESHROUTE_SERVICE_PORT_INIT, 0);
  CHECK(meshroute_cluster, MESHROUTE_CLUSTER_INIT, 0);
  CHECK(meshroute_route, MESHROUTE_ROUTE_INIT, 0);
  CHECK(meshroute_listener, MESHROUTE_LISTENER_INIT, 0);
  CHECK(meshroute_trace_line, MESHROUTE_TRACE_LINE_INIT, 0);
  CHECK(meshroute_rule, MESHROUTE_RULE_INIT, 0);
  return failures;
}
