// SPDX-License-Identifier: Apache-2.0
// A C++ program of a user.
#include <meshroute/meshroute.hpp>

int main() {
  meshroute::Mesh mesh;
  const auto report =
      mesh.load("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {}\n", {.name = "mesh.yaml"});
  const auto answer = mesh.snapshot().view({.namespace_ = "default"}).resolve({.host = "a.example.com"});
  return report.errors() > 0 && answer.outcome == "passthrough" ? 0 : 1;
}
