// SPDX-License-Identifier: Apache-2.0
// usage: meshroute_bench MESH.yaml (written by generate_mesh.py) [google-benchmark's flags]
#include <benchmark/benchmark.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "meshroute/meshroute.hpp"

namespace {

std::string mesh_text;

void check(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(meshroute::check(mesh_text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * mesh_text.size()));
}
BENCHMARK(check)->Unit(benchmark::kMillisecond);

void snapshot(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    meshroute::Mesh mesh;
    mesh.load(mesh_text);
    state.ResumeTiming();
    benchmark::DoNotOptimize(mesh.snapshot());
  }
}
BENCHMARK(snapshot)->Unit(benchmark::kMillisecond);

void first_resolve(benchmark::State& state) {
  meshroute::Mesh mesh;
  mesh.load(mesh_text);
  const auto snapshot = mesh.snapshot();
  meshroute::Client client;
  client.namespace_ = "payments";
  const auto request = *meshroute::Request::from_url("http://svc-00000.payments.example.internal/");
  for (auto _ : state) benchmark::DoNotOptimize(snapshot.view(client).resolve(request));
}
BENCHMARK(first_resolve)->Unit(benchmark::kMillisecond);

void warm_resolve(benchmark::State& state) {
  meshroute::Mesh mesh;
  mesh.load(mesh_text);
  meshroute::Client client;
  client.namespace_ = "payments";
  const auto view = mesh.snapshot().view(client);
  const auto request = *meshroute::Request::from_url("http://svc-00000.payments.example.internal/");
  meshroute::Answer answer;
  for (auto _ : state) {
    view.resolve_into(request, answer);
    benchmark::DoNotOptimize(answer);
  }
}
BENCHMARK(warm_resolve)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: meshroute_bench MESH.yaml [flags]; python3 generate_mesh.py > MESH.yaml writes one\n";
    return 2;
  }
  std::stringstream text;
  text << std::ifstream(argv[1]).rdbuf();
  mesh_text = text.str();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
