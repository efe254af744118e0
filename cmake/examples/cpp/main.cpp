// SPDX-License-Identifier: Apache-2.0
// endpoints FILE NAMESPACE/WORKLOAD URL: where a request of a workload goes.
#include <iostream>
#include <meshroute/meshroute.hpp>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: endpoints FILE NAMESPACE/WORKLOAD URL\n";
    return 2;
  }
  meshroute::MeshOptions options;
  options.workloads = meshroute::Workloads::derived;  // endpoints of Deployments, as no cluster is there
  auto mesh = meshroute::Mesh::create(options);
  if (!mesh) {
    std::cerr << mesh.error().message << '\n';
    return 2;
  }
  const auto report = mesh->load_path(argv[1]);
  if (!report) {
    std::cerr << report.error().message << '\n';
    return 2;
  }
  std::cerr << report->to_text();
  const auto snapshot = mesh->snapshot();
  const auto client = snapshot.find_proxy(argv[2]);
  const auto request = meshroute::Request::from_url(argv[3]);
  if (!request) {
    std::cerr << request.error().message << '\n';
    return 2;
  }
  const auto answer = snapshot.view(client.proxy).resolve(*request, {.trace = true});
  std::cout << answer.outcome << '\n';
  for (const auto& endpoint : answer.endpoints) {
    std::cout << endpoint.address << ':' << endpoint.port << "  of " << endpoint.cluster << '\n';
  }
  return answer.failure_percent > 0 ? 1 : 0;
}
