// SPDX-License-Identifier: Apache-2.0
// A server's policies: one request through them, and compiling them for many workloads.
// usage: meshroute_inbound_bench [google-benchmark's flags]
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

#include "authorization/policies.hpp"
#include "meshroute/meshroute.hpp"
#include "schema/resource_reader.hpp"

namespace {

using namespace meshroute;

std::string policy(const std::string& namespace_, int number, const std::string& rules, const std::string& selector = {}) {
  return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p" + std::to_string(number) +
         ", namespace: " + namespace_ + "}\nspec:\n" + selector + "  rules:\n" + rules;
}

View server_of(const std::string& yaml) {
  Mesh mesh;
  if (mesh.load(yaml).errors() > 0) std::abort();
  Proxy proxy;
  proxy.namespace_ = "shop";
  proxy.labels = {{"app", "orders"}};
  proxy.ip = "10.0.0.1";
  return mesh.snapshot().view(proxy);
}

Request request_of(const std::string& account, const std::string& path) {
  Request request;
  request.host = "orders";
  request.port = 8080;
  request.path = path;
  request.tls = request.mutual_tls = true;
  request.identity = "spiffe://cluster.local/ns/web/sa/" + account;
  return request;
}

void ask(benchmark::State& state, const View& view, const Request& request) {
  InboundAnswer answer;
  view.resolve_inbound_into(request, answer);
  if (!answer.allowed) state.SkipWithError(answer.to_json().c_str());
  for (auto _ : state) {
    view.resolve_inbound_into(request, answer);
    benchmark::DoNotOptimize(answer.allowed);
  }
}

void ten_policies_of_ten_rules(benchmark::State& state) {
  std::string yaml;
  for (int p = 0; p < 10; ++p) {
    std::string rules;
    for (int r = 0; r < 10; ++r) {
      const std::string n = std::to_string(p * 10 + r);
      rules += "  - from: [{source: {namespaces: [web], principals: ['cluster.local/ns/web/sa/a" + n +
               "']}}]\n    to: [{operation: {methods: [GET], paths: ['/p" + n + "/*']}}]\n";
    }
    yaml += policy("shop", p, rules);
  }
  ask(state, server_of(yaml), request_of("a99", "/p99/x"));
}
BENCHMARK(ten_policies_of_ten_rules);

void thousand_rules_by_principal(benchmark::State& state) {
  std::string yaml;
  for (int p = 0; p < 10; ++p) {
    std::string rules;
    for (int r = 0; r < 100; ++r)
      rules += "  - from: [{source: {principals: ['cluster.local/ns/web/sa/a" + std::to_string(p * 100 + r) + "']}}]\n";
    yaml += policy("shop", p, rules);
  }
  ask(state, server_of(yaml), request_of("a999", "/"));
}
BENCHMARK(thousand_rules_by_principal);

void thousand_rules_by_path(benchmark::State& state) {
  std::string yaml;
  for (int p = 0; p < 10; ++p) {
    std::string rules;
    for (int r = 0; r < 100; ++r) rules += "  - to: [{operation: {paths: ['/api/p" + std::to_string(p * 100 + r) + "/*']}}]\n";
    yaml += policy("shop", p, rules);
  }
  ask(state, server_of(yaml), request_of("a", "/api/p999/x"));
}
BENCHMARK(thousand_rules_by_path);

/// 2,000 policies for 1,000 workloads in 100 namespaces.
void compile_for_workloads(benchmark::State& state) {
  std::vector<registry::ResourcePtr> resources;
  for (int n = 0; n < 100; ++n) {
    std::string yaml;
    for (int p = 0; p < 20; ++p) {
      yaml +=
          policy("n" + std::to_string(n), p,
                 "  - from: [{source: {namespaces: [a, b], serviceAccounts: []}}]\n    to: [{operation: {paths: ['/x/*'], ports: "
                 "['8080']}}]\n",
                 "  selector: {matchLabels: {app: a" + std::to_string(p % 10) + "}}\n");
    }
    for (const auto& document : text::read(yaml, "bench", Format::yaml, Limits{}).documents)
      resources.push_back(std::make_shared<const Resource>(schema::read_resource(document).resource));
  }
  registry::Settings settings;
  std::string error;
  registry::read_settings({}, {}, {}, settings, error);
  for (auto _ : state) {
    state.PauseTiming();
    const auto snapshot = registry::build(settings, resources);
    state.ResumeTiming();
    const auto policies = authorization::Policies::of(*snapshot->base);
    for (int n = 0; n < 100; ++n) {
      for (int w = 0; w < 10; ++w) {
        const Labels labels{{"app", "a" + std::to_string(w)}};
        const std::string namespace_ = "n" + std::to_string(n);
        benchmark::DoNotOptimize(policies->access({namespace_, &labels}));
      }
    }
  }
}
BENCHMARK(compile_for_workloads)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
