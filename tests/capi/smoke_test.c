/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "meshroute.h"

#define CHECK(what) do { if (!(what)) { printf("%d: %s: %s\n", __LINE__, #what, error.message); return 1; } } while (0)

int main(void) {
  const char* text =
      "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: default}\n"
      "spec: {hosts: [a.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 10.0.0.1}]}\n"
      "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: default}\n"
      "spec: {hosts: [a.example.com], http: [{route: [{destination: {host: a.example.com}}]}]}\n";
  const char* url = "http://a.example.com/";
  meshroute_error error = {0, {0}};
  meshroute_mesh* mesh = NULL;
  meshroute_report* report = NULL;
  meshroute_snapshot* snapshot = NULL;
  meshroute_view* view = NULL;
  meshroute_answer* answer = NULL;
  CHECK(meshroute_mesh_new(NULL, NULL, NULL) == MESHROUTE_INVALID_ARGUMENT);
  CHECK(meshroute_mesh_new(NULL, &mesh, &error) == 0);
  CHECK(meshroute_mesh_load(mesh, text, strlen(text), NULL, &report, &error) == 0);
  CHECK(meshroute_report_document_count(report) == 2);
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, &error) == 0);
  CHECK(meshroute_snapshot_view(snapshot, "{}", 2, NULL, &view, &error) == 0);
  CHECK(meshroute_view_resolve(view, url, strlen(url), 0, &answer, &error) == 0);
  CHECK(meshroute_answer_endpoint_count(answer) == 1);
  meshroute_mesh_free(mesh);
  meshroute_answer_free(answer);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_report_free(report);
  return 0;
}
