/* SPDX-License-Identifier: Apache-2.0 */
/* What one lookup of two endpoints costs from C, endpoints read, in nanoseconds; bindings_cost.sh compares other languages. */
#include <meshroute.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char mesh_text[] =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\nspec: {hosts: [api.example.com], "
    "ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, "
    "endpoints: [{address: 203.0.113.10}, {address: 203.0.113.20}]}\n";

static double now(void) {
  struct timespec at;
  timespec_get(&at, TIME_UTC);
  return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

int main(void) {
  enum { ROUNDS = 200000 };
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_answer* answer = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  size_t read = 0;
  double start;
  int i;
  proxy.namespace_.data = "shop";
  proxy.namespace_.size = 4;
  request.url.data = "http://api.example.com/";
  request.url.size = strlen(request.url.data);
  options.skip_upstream_request = 1;
  if (meshroute_mesh_new(NULL, &mesh, NULL) < 0 || meshroute_mesh_load(mesh, mesh_text, sizeof mesh_text - 1, NULL, NULL, NULL) != 0 ||
      meshroute_mesh_snapshot(mesh, &snapshot, NULL) < 0 || meshroute_snapshot_view(snapshot, &proxy, NULL, &view, NULL) < 0 ||
      meshroute_answer_new(&answer, NULL) < 0) {
    return 1;
  }
  start = now();
  for (i = 0; i < ROUNDS; ++i) {
    size_t j;
    if (meshroute_resolve_into(view, &request, &options, answer, NULL) != 0) return 1;
    for (j = 0; j < meshroute_answer_endpoint_count(answer); ++j) {
      meshroute_endpoint endpoint;
      endpoint.struct_size = sizeof endpoint;
      if (meshroute_answer_endpoint_at(answer, j, &endpoint, NULL) < 0) return 1;
      read += endpoint.address.size + endpoint.port;
    }
  }
  printf("%.0f ns a lookup, %zu read\n", (now() - start) / ROUNDS, read);
  meshroute_answer_free(answer);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
  return 0;
}
