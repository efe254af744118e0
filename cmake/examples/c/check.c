/* SPDX-License-Identifier: Apache-2.0 */
/* check FILE...: loads files into one mesh and prints what is wrong with them. Exit 1 if there is an error. */
#include <meshroute.h>
#include <stdio.h>
#include <string.h>

static meshroute_str text(const char* from) {
  meshroute_str str;
  str.data = from;
  str.size = strlen(from);
  return str;
}

static int load(meshroute_mesh* mesh, const char* path) {
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_report* report = NULL;
  size_t i;
  meshroute_status status = meshroute_mesh_load_path(mesh, text(path), NULL, &report, &error);
  if (status < 0) {
    fprintf(stderr, "%s: %s\n", path, error.message);
    return 2;
  }
  for (i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    if (meshroute_report_diagnostic_at(report, i, &found, &error) < 0) break;
    printf("%.*s:%u:%u: %.*s\n", (int)found.source.size, found.source.data, (unsigned)found.line, (unsigned)found.column,
           (int)found.message.size, found.message.data);
  }
  meshroute_report_free(report);
  return status == MESHROUTE_FINDINGS;
}

int main(int argc, char** argv) {
  meshroute_error error = MESHROUTE_ERROR_INIT;
  meshroute_mesh* mesh = NULL;
  int i, worst = 0;
  if (argc < 2) {
    fprintf(stderr, "usage: check FILE...\n");
    return 2;
  }
  if (meshroute_mesh_new(NULL, &mesh, &error) < 0) {
    fprintf(stderr, "%s\n", error.message);
    return 2;
  }
  for (i = 1; i < argc; ++i) {
    int one = load(mesh, argv[i]);
    if (one > worst) worst = one;
  }
  meshroute_mesh_free(mesh);
  return worst;
}
