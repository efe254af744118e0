/* SPDX-License-Identifier: Apache-2.0 */
/* What calls of the C API cost, in microseconds, and how many calls the endpoints of a view need.
 *
 *     c_calls MESH.yaml [NAMESPACE]
 *
 * Each figure is the best of many short rounds: the others were disturbed. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "meshroute.h"

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static meshroute_str text(const char* value) {
  meshroute_str made;
  made.data = value;
  made.size = strlen(value);
  return made;
}

static void need(meshroute_status status, const meshroute_error* error) {
  if (status >= 0) return;
  fprintf(stderr, "%s\n", error->message);
  exit(1);
}

static size_t seen; /* so that nothing that is read is left out */

static void read_endpoint(const meshroute_endpoint* endpoint) {
  size_t i;
  seen += endpoint->address.size + endpoint->origin.name.size + endpoint->port;
  for (i = 0; i < endpoint->label_count; ++i) seen += endpoint->labels[i].value.size;
}

int main(int count, char** arguments) {
  enum { kRounds = 60, kCalls = 200 };
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_mesh* mesh = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_endpoints* endpoints = NULL;
  meshroute_answer* answer = NULL;
  meshroute_answers* answers = NULL;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  const meshroute_request* many[kCalls];
  char url[512];
  double best_into = 1e18, best_json = 1e18, best_many = 1e18, best_rows = 1e18;
  size_t i, k, rows, round;
  if (count < 2) return 2;
  options.threads = MESHROUTE_ALL_CORES;
  need(meshroute_mesh_new(&options, &mesh, &error), &error);
  need(meshroute_mesh_load_path(mesh, text(arguments[1]), NULL, NULL, &error), &error);
  need(meshroute_mesh_snapshot(mesh, &snapshot, &error), &error);
  proxy.namespace_ = text(count > 2 ? arguments[2] : "default");
  need(meshroute_snapshot_view(snapshot, &proxy, NULL, &view, &error), &error);
  need(meshroute_view_endpoints(view, NULL, &endpoints, &error), &error);
  rows = meshroute_endpoints_count(endpoints);
  for (round = 0; round < 5; ++round) {
    const double start = now();
    for (i = 0; i < rows; ++i) {
      meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
      need(meshroute_endpoints_at(endpoints, i, &endpoint, &error), &error);
      read_endpoint(&endpoint);
    }
    if (now() - start < best_rows) best_rows = now() - start;
  }
  printf("%lu endpoints: %lu calls, %.0f us\n", (unsigned long)rows, (unsigned long)(rows + 1), best_rows);

  need(meshroute_answer_new(&answer, &error), &error);
  url[0] = '\0';
  for (i = 0; i < rows && url[0] == '\0'; ++i) { /* a host with two endpoints */
    meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
    const char* host;
    need(meshroute_endpoints_at(endpoints, i, &endpoint, &error), &error);
    if (endpoint.cluster.size > 400 || strncmp(endpoint.cluster.data, "outbound|80||", 13) != 0) continue;
    host = endpoint.cluster.data + 13;
    sprintf(url, "http://%.*s/", (int)(endpoint.cluster.size - 13), host);
    request.url = text(url);
    need(meshroute_resolve_into(view, &request, NULL, answer, &error), &error);
    if (meshroute_answer_endpoint_count(answer) != 2) url[0] = '\0';
  }
  if (url[0] == '\0') return 1;
  request.url = text(url);
  for (i = 0; i < kCalls; ++i) many[i] = &request;
  need(meshroute_answers_new(&answers, &error), &error);
  for (round = 0; round < kRounds; ++round) {
    double start = now();
    for (i = 0; i < kCalls; ++i) {
      need(meshroute_resolve_into(view, &request, NULL, answer, &error), &error);
      for (k = 0; k < meshroute_answer_endpoint_count(answer); ++k) {
        meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
        need(meshroute_answer_endpoint_at(answer, k, &endpoint, &error), &error);
        read_endpoint(&endpoint);
      }
    }
    if (now() - start < best_into) best_into = now() - start;
    start = now();
    need(meshroute_resolve_many(view, many, kCalls, NULL, answers, &error), &error);
    for (i = 0; i < kCalls; ++i) {
      const meshroute_result* result = &meshroute_answers_results(answers)[i];
      for (k = 0; k < result->endpoint_count; ++k) {
        meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
        need(meshroute_answers_endpoint_at(answers, result->first_endpoint + k, &endpoint, &error), &error);
        read_endpoint(&endpoint);
      }
    }
    if (now() - start < best_many) best_many = now() - start;
    start = now();
    for (i = 0; i < kCalls; ++i) {
      meshroute_bytes json = {NULL, 0};
      need(meshroute_answer_json(answer, 0, &json, &error), &error);
      seen += json.size;
      meshroute_bytes_free(&json);
    }
    if (now() - start < best_json) best_json = now() - start;
  }
  printf(
      "resolve_into, two endpoints read: %.2f us\nresolve_many, two endpoints read, for each: %.2f us\n"
      "answer_json of two endpoints: %.2f us\n",
      best_into / kCalls, best_many / kCalls, best_json / kCalls);
  meshroute_answers_free(answers);
  meshroute_answer_free(answer);
  meshroute_endpoints_free(endpoints);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
  return seen == 0;
}
