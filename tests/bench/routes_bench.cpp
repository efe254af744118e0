// SPDX-License-Identifier: Apache-2.0
// Route tables: one request, warm. The figures should not depend on the number of virtual hosts or of routes.
#include <benchmark/benchmark.h>

#include <string>

#include "../allocations/counting_new.hpp"
#include "meshroute/meshroute.hpp"
#include "meshroute/route_table.hpp"

namespace {

std::string host_table(std::size_t hosts, std::size_t routes_each) {
  std::string text = R"({"name":"80","ignorePortInHostMatching":true,"virtualHosts":[)";
  for (std::size_t i = 0; i < hosts; ++i) {
    const std::string name = "svc-" + std::to_string(i) + ".example.com";
    text += (i > 0 ? "," : "") + std::string(R"({"name":")") + name + R"(:80","domains":[")" + name + R"("],"routes":[)";
    for (std::size_t j = 0; j < routes_each; ++j) {
      text += (j > 0 ? "," : "") + std::string(R"({"match":{"prefix":"/v)") + std::to_string(j) +
              R"(/","headers":[{"name":"x-user","stringMatch":{"exact":"alice"}}]},"route":{"cluster":"outbound|80||)" + name +
              R"("}})";
    }
    text += "]}";
  }
  return text + "]}";
}

std::string path_table(std::size_t routes) {
  std::string text = R"({"name":"80","virtualHosts":[{"name":"one","domains":["*"],"routes":[)";
  for (std::size_t i = 0; i < routes; ++i) {
    text += (i > 0 ? "," : "") + std::string(R"({"match":{")") + (i % 2 == 0 ? "path" : "prefix") + R"(":"/api/item-)" +
            std::to_string(i) + R"("},"route":{"cluster":"c"}})";
  }
  return text + "]}]}";
}

void ask(benchmark::State& state, const std::string& text, const std::string& host, const std::string& path,
         const meshroute::ResolveOptions& options = {}) {
  static std::string held;
  static meshroute::Result<meshroute::RouteTable>* table = nullptr;
  if (state.thread_index() == 0) {
    held = text;
    table = new meshroute::Result<meshroute::RouteTable>(meshroute::RouteTable::parse(held));
    if (!*table) state.SkipWithError("the table was refused");
  }
  meshroute::Request request;
  request.host = host;
  request.path = path;
  request.headers = {{"x-user", "alice"}};
  meshroute::Answer answer;
  std::size_t before = 0;
  std::size_t requests = 0;
  for (auto _ : state) {
    (*table)->resolve_into(request, answer, options);
    if (requests++ == 0) before = allocations;
    benchmark::DoNotOptimize(answer.cluster.data());
  }
  if (!answer.route_index) state.SkipWithError("no route");
  if (state.threads() == 1 && requests > 1)
    state.counters["allocations"] = static_cast<double>(allocations - before) / static_cast<double>(requests - 1);
  if (state.thread_index() == 0) {
    delete table;
    table = nullptr;
  }
}

void hosts_100(benchmark::State& state) { ask(state, host_table(100, 5), "svc-77.example.com", "/v4/x"); }
BENCHMARK(hosts_100);
void hosts_1000(benchmark::State& state) { ask(state, host_table(1000, 5), "svc-777.example.com", "/v4/x"); }
BENCHMARK(hosts_1000)->Threads(1)->Threads(2);
void hosts_10000(benchmark::State& state) { ask(state, host_table(10000, 5), "svc-7777.example.com", "/v4/x"); }
BENCHMARK(hosts_10000);
void paths_100(benchmark::State& state) { ask(state, path_table(100), "a", "/api/item-98"); }
BENCHMARK(paths_100);
void paths_10000(benchmark::State& state) { ask(state, path_table(10000), "a", "/api/item-9998"); }
BENCHMARK(paths_10000);

/// Where it goes, without the request that leaves.
void destination_only(benchmark::State& state) {
  ask(state, host_table(1000, 5), "svc-777.example.com", "/v4/x", {.upstream_request = false});
}
BENCHMARK(destination_only)->Threads(1)->Threads(2);

/// Through listener, table, cluster and endpoint of a proxy that sees 1,000 services.
void through_a_view(benchmark::State& state) {
  meshroute::Mesh mesh;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i);
    text +=
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: s" + number +
        ", namespace: shop}\nspec:\n  hosts: [svc-" + number +
        ".example.com]\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  location: MESH_INTERNAL\n  resolution: STATIC\n" +
        "  endpoints: [{address: 10.0.0.1}, {address: 10.0.0.2}]\n---\n";
  }
  if (mesh.load(text, {}).errors() > 0) return state.SkipWithError("the mesh was refused");
  meshroute::Proxy proxy;
  proxy.namespace_ = "shop";
  const auto view = mesh.snapshot().view(proxy);
  meshroute::Request request;
  request.host = "svc-777.example.com";
  request.path = "/a";
  request.headers = {{"x-user", "alice"}};
  meshroute::Answer answer;
  view.resolve_into(request, answer);
  if (answer.endpoints.size() != 2) state.SkipWithError("not two endpoints");
  for (auto _ : state) {
    view.resolve_into(request, answer);
    benchmark::DoNotOptimize(answer.endpoints.data());
  }
}
BENCHMARK(through_a_view);

}  // namespace

BENCHMARK_MAIN();
