// SPDX-License-Identifier: Apache-2.0
// Snapshots, views and changes on one mesh, already decoded; Istio's side of the ratios is `xdsoracle bench`.
// usage: meshroute_view_bench MESH.yaml [google-benchmark's flags]
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <fstream>
#include <iostream>
#include <string>

#include "mesh/load.hpp"
#include "meshroute/meshroute.hpp"
#include "registry/snapshot.hpp"
#include "routes/compiled.hpp"
#include "view/messages.hpp"
#include "view/proxy_view.hpp"
#include "view/wanted.hpp"

namespace {

using meshroute::registry::ResourcePtr;

std::vector<ResourcePtr> resources;
const meshroute::Proxy proxy{.id = "bench.ns0", .namespace_ = "ns0", .ip = "10.255.0.1"};

/// A gateway that the mesh's VirtualServices name.
const meshroute::Proxy router{.type = meshroute::Proxy::Type::router,
                              .id = "gateway.istio-ingress",
                              .namespace_ = "istio-ingress",
                              .labels = {{"istio", "ingressgateway"}},
                              .ip = "10.255.0.2"};
constexpr const char* kGateway = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-ingress}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
)";

/// What is allocated now, without what malloc keeps for later.
void print_memory(const char* what) {
  const auto used = mallinfo2();
  std::cout << what << ": " << (used.uordblks + used.hblkhd) / 1000000 << " MB on the heap\n";
}

void fill(meshroute::registry::Registry& registry) {
  registry.configure({});
  registry.commit(registry.prepare(resources));
}

void first_snapshot(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto registry = std::make_unique<meshroute::registry::Registry>();
    fill(*registry);
    state.ResumeTiming();
    benchmark::DoNotOptimize(registry->snapshot());
    state.PauseTiming();
    registry.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(first_snapshot)->Unit(benchmark::kMillisecond);

/// A snapshot that nobody has looked at: a view of another one would share what it has.
std::shared_ptr<const meshroute::registry::Snapshot> fresh_snapshot() {
  meshroute::registry::Registry registry;
  fill(registry);
  return registry.snapshot();
}

/// `work(view)` on a view that nothing was asked of yet; its scope is made before, as Istio has it when it is asked for
/// resources.
template <class Work>
void of_a_fresh_view(benchmark::State& state, const meshroute::Proxy& whose, const Work& work) {
  for (auto _ : state) {
    state.PauseTiming();
    auto view = std::make_unique<meshroute::view::ProxyView>(fresh_snapshot(), whose);
    state.ResumeTiming();
    work(*view);
    state.PauseTiming();
    view.reset();
    state.ResumeTiming();
  }
}

void scope_of_a_client(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto snapshot = fresh_snapshot();
    state.ResumeTiming();
    auto view = std::make_unique<meshroute::view::ProxyView>(snapshot, proxy);
    benchmark::DoNotOptimize(view.get());
    state.PauseTiming();
    view.reset();
    snapshot.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(scope_of_a_client)->Unit(benchmark::kMillisecond);

void all_clusters_and_endpoints(benchmark::State& state) {
  of_a_fresh_view(state, proxy, [](const meshroute::view::ProxyView& view) {
    benchmark::DoNotOptimize(view.clusters().size());
    benchmark::DoNotOptimize(view.assignments().size());
  });
}
BENCHMARK(all_clusters_and_endpoints)->Unit(benchmark::kMillisecond);

void listeners_and_routes(benchmark::State& state) {
  of_a_fresh_view(state, proxy, [](const meshroute::view::ProxyView& view) {
    benchmark::DoNotOptimize(view.listeners().size());
    benchmark::DoNotOptimize(view.table("80"));
  });
}
BENCHMARK(listeners_and_routes)->Unit(benchmark::kMillisecond);

/// The same of a gateway that the same VirtualServices are bound to; a sidecar's are those above.
void listeners_and_routes_of_a_router(benchmark::State& state) {
  of_a_fresh_view(state, router, [](const meshroute::view::ProxyView& view) {
    benchmark::DoNotOptimize(view.listeners().size());
    benchmark::DoNotOptimize(view.table("http.80"));
  });
}
BENCHMARK(listeners_and_routes_of_a_router)->Unit(benchmark::kMillisecond);

void print_routes(const meshroute::view::ProxyView& view) {
  std::string text;
  meshroute::text::JsonWriter json(text);
  const meshroute::ViewFilter all;
  meshroute::view::write_tables(view, json, meshroute::view::Wanted(all), meshroute::envoy::Form::protojson);
  benchmark::DoNotOptimize(text.data());
}

/// The routes of every virtual host too, as Envoy's protojson.
void all_routes_printed(benchmark::State& state) { of_a_fresh_view(state, proxy, print_routes); }
BENCHMARK(all_routes_printed)->Unit(benchmark::kMillisecond);

void all_routes_of_a_router_printed(benchmark::State& state) { of_a_fresh_view(state, router, print_routes); }
BENCHMARK(all_routes_of_a_router_printed)->Unit(benchmark::kMillisecond);

/// One WorkloadEntry's weight changes; the time until a view shows it.
void one_change(benchmark::State& state) {
  meshroute::registry::Registry registry;
  fill(registry);
  std::vector<ResourcePtr> entries;
  for (const auto& resource : resources) {
    if (resource->as<meshroute::model::WorkloadEntry>() != nullptr) entries.push_back(resource);
  }
  if (entries.empty()) return state.SkipWithError("no WorkloadEntry");
  auto view = std::make_unique<meshroute::view::ProxyView>(registry.snapshot(), proxy);
  std::string cluster;
  for (const auto* assignment : view->assignments()) {
    const auto* from = assignment->endpoints.empty() ? nullptr : assignment->endpoints.front().from->workload->resource;
    if (from != nullptr && from->as<meshroute::model::WorkloadEntry>() != nullptr) cluster = assignment->cluster;
  }
  if (cluster.empty()) return state.SkipWithError("no cluster of a WorkloadEntry");
  const auto* shown = view->assignment(cluster);
  const auto* entry = shown->endpoints.front().from->workload->resource;
  std::uint32_t weight = 0;
  for (auto _ : state) {
    auto changed = std::make_shared<meshroute::Resource>(*entry);
    auto spec = *changed->as<meshroute::model::WorkloadEntry>();
    spec.weight = ++weight % 100 + 1;
    changed->spec = std::make_shared<const meshroute::model::WorkloadEntry>(std::move(spec));
    registry.commit(registry.prepare({changed}));
    auto next = std::make_unique<meshroute::view::ProxyView>(registry.snapshot(), proxy, view.get());
    benchmark::DoNotOptimize(next->assignment(cluster));
    if (next->assignment(cluster)->endpoints.front().weight == 0) state.SkipWithError("no endpoint");
    view = std::move(next);
    entry = view->assignment(cluster)->endpoints.front().from->workload->resource;
  }
}
BENCHMARK(one_change)->Unit(benchmark::kMicrosecond);

/// One VirtualService's timeout changes; the time until a view's route table has it, its other virtual hosts being compiled.
void one_rule_changed(benchmark::State& state) {
  meshroute::registry::Registry registry;
  fill(registry);
  auto view = std::make_unique<meshroute::view::ProxyView>(registry.snapshot(), proxy);
  ResourcePtr rules;
  std::vector<std::string> hosts;
  for (const auto& resource : resources) {
    const auto* spec = resource->as<meshroute::model::VirtualService>();
    if (spec == nullptr || spec->http.empty() || spec->hosts.empty()) continue;
    if (view->table("80")->find(spec->hosts[0]) != nullptr) hosts.push_back(spec->hosts[0]);
    rules = resource;
  }
  if (rules == nullptr) return state.SkipWithError("no VirtualService");
  std::int64_t seconds = 0;
  for (auto _ : state) {
    auto changed = std::make_shared<meshroute::Resource>(*rules);
    auto spec = *changed->as<meshroute::model::VirtualService>();
    spec.http[0].timeout = meshroute::model::Duration{++seconds % 100 + 1, 0};
    changed->spec = std::make_shared<const meshroute::model::VirtualService>(std::move(spec));
    registry.commit(registry.prepare({changed}));
    auto next = std::make_unique<meshroute::view::ProxyView>(registry.snapshot(), proxy, view.get());
    for (const auto& host : hosts) benchmark::DoNotOptimize(next->table("80")->find(host));
    view = std::move(next);
  }
}
BENCHMARK(one_rule_changed)->Unit(benchmark::kMillisecond);

void endpoints_of_one_cluster(benchmark::State& state) {
  meshroute::registry::Registry registry;
  fill(registry);
  const meshroute::view::ProxyView view(registry.snapshot(), proxy);
  const std::string_view cluster = view.assignments().front()->cluster;
  for (auto _ : state) benchmark::DoNotOptimize(view.assignment(cluster));
}
BENCHMARK(endpoints_of_one_cluster)->Unit(benchmark::kNanosecond);

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: meshroute_view_bench MESH.yaml [flags]\n";
    return 2;
  }
  {
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    meshroute::LoadOptions options;
    options.name = argv[1];
    options.keep_text = false;
    resources = meshroute::mesh::load(text, options, 0).resources;
  }
  std::cout << resources.size() << " resources\n";
  print_memory("decoded");
  {
    meshroute::registry::Registry registry;
    fill(registry);
    const auto snapshot = registry.snapshot();
    print_memory("with a snapshot");
    const meshroute::view::ProxyView view(snapshot, proxy);
    benchmark::DoNotOptimize(view.assignments().size());
    print_memory("with a view and its endpoints");
  }
  resources.push_back(meshroute::mesh::load(kGateway, {}, 1).resources.front());
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
