// SPDX-License-Identifier: Apache-2.0
// A library of a user's that links meshroute and is exported.
#include <meshroute/meshroute.hpp>

bool refused() {
  meshroute::Mesh mesh;
  return mesh.load("kind: [").errors() > 0;
}
