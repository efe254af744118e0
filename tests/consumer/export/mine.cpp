// SPDX-License-Identifier: Apache-2.0
#include <meshroute/meshroute.hpp>

bool refused() {
  meshroute::Mesh mesh;
  return mesh.load("kind: [").errors() > 0;
}
