// SPDX-License-Identifier: Apache-2.0
// The pipeline step by step on one mesh, beside the bare YAML parser on the same bytes.
// usage: meshroute_bench MESH.yaml [google-benchmark's flags]; generate_mesh.py writes a mesh
#include <benchmark/benchmark.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "meshroute/meshroute.hpp"
#include "schema/resource_reader.hpp"
#include "text/document.hpp"

namespace {

std::string mesh_text;

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(mesh_text.size()));
}

/// The floor of every YAML reader here: yaml-cpp's events, thrown away.
class Nothing final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string& value) override {
    benchmark::DoNotOptimize(value.data());
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

void yaml_events(benchmark::State& state) {
  for (auto _ : state) {
    std::istringstream stream(mesh_text);
    YAML::Parser parser(stream);
    Nothing nothing;
    while (parser.HandleNextDocument(nothing)) {
    }
  }
  count_bytes(state);
}
BENCHMARK(yaml_events)->Unit(benchmark::kMillisecond);

void read(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(meshroute::text::read(mesh_text, "bench.yaml", meshroute::Format::yaml, {}));
  count_bytes(state);
}
BENCHMARK(read)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  const auto stream = meshroute::text::read(mesh_text, "bench.yaml", meshroute::Format::yaml, {});
  for (auto _ : state) {
    for (const auto& document : stream.documents) benchmark::DoNotOptimize(meshroute::schema::read_resource(document));
  }
  count_bytes(state);
}
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

void check(benchmark::State& state) {
  meshroute::LoadOptions options;
  options.name = "bench.yaml";
  for (auto _ : state) benchmark::DoNotOptimize(meshroute::check(mesh_text, options));
  count_bytes(state);
}
BENCHMARK(check)->Unit(benchmark::kMillisecond);

void check_two_threads(benchmark::State& state) {
  meshroute::LoadOptions options;
  options.name = "bench.yaml";
  options.keep_text = false;
  for (auto _ : state) {
    meshroute::MeshOptions two;
    two.threads = 2;
    meshroute::Mesh mesh(two);
    benchmark::DoNotOptimize(mesh.load(mesh_text, options));
  }
  count_bytes(state);
}
BENCHMARK(check_two_threads)->Unit(benchmark::kMillisecond)->UseRealTime();

void check_json(benchmark::State& state) {
  std::string list;
  for (const auto& document : meshroute::text::read(mesh_text, "bench.yaml", meshroute::Format::yaml, {}).documents) {
    const auto read = meshroute::schema::read_resource(document);
    list += (list.empty() ? R"({"apiVersion":"v1","kind":"List","items":[)" : ",\n") + meshroute::schema::to_json(read.resource);
  }
  list += "]}";
  meshroute::LoadOptions options;
  options.name = "bench.json";
  for (auto _ : state) benchmark::DoNotOptimize(meshroute::check(list, options));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(list.size()));
}
BENCHMARK(check_json)->Unit(benchmark::kMillisecond);

void snapshot(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    meshroute::Mesh mesh;
    mesh.load(mesh_text);
    state.ResumeTiming();
    benchmark::DoNotOptimize(mesh.snapshot());
  }
}
BENCHMARK(snapshot)->Unit(benchmark::kMillisecond)->Iterations(5);

meshroute::Proxy proxy_of_payments() {
  meshroute::Proxy proxy;
  proxy.namespace_ = "payments";
  return proxy;
}

void first_resolve(benchmark::State& state) {
  meshroute::Mesh mesh;
  mesh.load(mesh_text);
  const auto snapshot = mesh.snapshot();
  const auto proxy = proxy_of_payments();
  const auto request = *meshroute::Request::from_url("http://svc-00000.payments.example.internal/");
  for (auto _ : state) benchmark::DoNotOptimize(snapshot.view(proxy).resolve(request));
}
BENCHMARK(first_resolve)->Unit(benchmark::kMillisecond);

void warm_resolve(benchmark::State& state) {
  meshroute::Mesh mesh;
  mesh.load(mesh_text);
  const auto view = mesh.snapshot().view(proxy_of_payments());
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
  if (mesh_text.empty()) {
    std::cerr << "cannot read " << argv[1] << '\n';
    return 2;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
