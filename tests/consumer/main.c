/* SPDX-License-Identifier: Apache-2.0 */
/* A C program that uses the installed library. */
#include <meshroute.h>
#include <string.h>

int main(void) {
  const char* text = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {}\n";
  meshroute_report* report = NULL;
  meshroute_status status = meshroute_check(text, strlen(text), NULL, &report, NULL); /* without hosts: refused */
  meshroute_report_free(report);
  return status == MESHROUTE_FINDINGS ? 0 : 1;
}
