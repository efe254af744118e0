/* SPDX-License-Identifier: Apache-2.0 */
#include "meshroute.h"

int main(void) {
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  meshroute_load_options load = MESHROUTE_LOAD_OPTIONS_INIT;
  return options.struct_size == sizeof options && load.struct_size == sizeof load ? 0 : 1;
}
