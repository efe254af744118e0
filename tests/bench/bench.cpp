// SPDX-License-Identifier: Apache-2.0
// The pipeline step by step on one mesh, beside the bare YAML parser on the same bytes.
// usage: meshroute_bench MESH.yaml [google-benchmark's flags]; generate_mesh.py writes a mesh
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

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
  options.threads = 2;
  for (auto _ : state) benchmark::DoNotOptimize(meshroute::check(mesh_text, options));
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

/// A snapshot that nobody has looked at: a view of another one would share what it has.
struct FreshMesh {
  meshroute::Mesh mesh;
  meshroute::Snapshot snapshot;
  FreshMesh() : snapshot((mesh.load(mesh_text), mesh.snapshot())) {}
};

void first_resolve(benchmark::State& state) {
  const auto proxy = proxy_of_payments();
  const auto request = *meshroute::Request::from_url("http://svc-00000.payments.example.internal/");
  for (auto _ : state) {
    state.PauseTiming();
    auto fresh = std::make_unique<FreshMesh>();
    state.ResumeTiming();
    benchmark::DoNotOptimize(fresh->snapshot.view(proxy).resolve(request));
    state.PauseTiming();
    fresh.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(first_resolve)->Unit(benchmark::kMillisecond);

/// 10,000 proxies of 100 namespaces, told apart by labels that no rule looks at, after the first of each namespace.
void ten_thousand_proxies(benchmark::State& state) {
  const auto proxy_of = [](int i) {
    meshroute::Proxy proxy;
    proxy.namespace_ = "ns" + std::to_string(i % 100);
    proxy.id = "pod-" + std::to_string(i) + "." + proxy.namespace_;
    proxy.labels = {{"app", "app"}, {"pod", std::to_string(i)}};
    proxy.ip = "10.200." + std::to_string(i / 256) + "." + std::to_string(i % 256);
    return proxy;
  };
  const auto request = *meshroute::Request::from_url("http://svc-00001.checkout.example.internal/");
  const auto used = [] {
    const auto heap = mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd) / 1e6;
  };
  for (auto _ : state) {
    state.PauseTiming();
    auto fresh = std::make_unique<FreshMesh>();
    std::vector<meshroute::View> views;
    const double before = used();
    for (int i = 0; i < 100; ++i) views.push_back(fresh->snapshot.view(proxy_of(i)));
    for (const auto& view : views) benchmark::DoNotOptimize(view.resolve(request));
    const double after_first = used();
    state.ResumeTiming();
    for (int i = 100; i < 10100; ++i) {
      views.push_back(fresh->snapshot.view(proxy_of(i)));
      benchmark::DoNotOptimize(views.back().resolve(request));
    }
    state.PauseTiming();
    state.counters["MB_of_100"] = after_first - before;
    state.counters["MB_of_others"] = used() - after_first;
    views.clear();
    fresh.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(ten_thousand_proxies)->Unit(benchmark::kMillisecond)->Iterations(1);

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
