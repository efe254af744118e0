// SPDX-License-Identifier: Apache-2.0
// One snapshot and one view asked by many threads through the C API, while another thread changes the mesh and takes snapshots
// of its own. What the threads read must agree; ThreadSanitizer says the rest (cmake/test.sh).
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "meshroute.h"

namespace {

std::atomic<int> failures{0};
#define CHECK(what)                                          \
  do {                                                       \
    if (!(what)) {                                           \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, #what); \
      ++failures;                                            \
    }                                                        \
  } while (0)

const meshroute_resolve_options kTrace = {sizeof(meshroute_resolve_options), 1, 0};
constexpr int kRounds = 6, kReaders = 6, kAsks = 8;

meshroute_str text(const char* value) { return {value, std::strlen(value)}; }

const std::string kSubsets =
    "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n"
    "spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n---\n";

std::string rules(int seconds) {
  return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n"
         "spec:\n  hosts: [a.example.com]\n  http:\n  - match: [{uri: {regex: \"/v[0-9]/.*\"}}]\n    timeout: " +
         std::to_string(seconds) +
         "s\n    route: [{destination: {host: a.example.com, subset: v2}}]\n"
         "  - route: [{destination: {host: a.example.com, subset: v1}, weight: 80}, {destination: {host: a.example.com, subset: "
         "v2}, weight: 20}]\n";
}

std::string entry(int last) {
  return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\n"
         "spec:\n  hosts: [a.example.com]\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  resolution: STATIC\n"
         "  endpoints:\n  - {address: 10.0.0." +
         std::to_string(last) + ", labels: {version: v1}}\n  - {address: 10.0.1." + std::to_string(last) +
         ", labels: {version: v2}}\n";
}

void load(meshroute_mesh* mesh, const std::string& stream) {
  meshroute_report* report = nullptr;
  CHECK(meshroute_mesh_load(mesh, stream.data(), stream.size(), nullptr, &report, nullptr) == MESHROUTE_OK);
  meshroute_report_free(report);
}

/// `pod`: a label that no rule looks at, so that views of all pods share what the proxies see; null: without it.
meshroute_view* view_of(const meshroute_snapshot* snapshot, const meshroute_view* previous, const char* pod = nullptr) {
  meshroute_view* view = nullptr;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  proxy.namespace_ = text("shop");
  const meshroute_pair label{text("pod"), text(pod != nullptr ? pod : "")};
  if (pod != nullptr) {
    proxy.labels = &label;
    proxy.label_count = 1;
  }
  CHECK(meshroute_snapshot_view(snapshot, &proxy, previous, &view, nullptr) == MESHROUTE_OK);
  return view;
}

std::string taken(meshroute_bytes bytes) {
  std::string all(bytes.data != nullptr ? bytes.data : "", bytes.size);
  meshroute_bytes_free(&bytes);
  return all;
}

/// What every reader of a round must see alike.
struct Shared {
  const meshroute_snapshot* snapshot;
  const meshroute_view* view;
  const meshroute_answer* answer;
  const meshroute_report* findings;
  std::string address;  // of the endpoint that /v1/… reaches
};

/// The sections row by row: nothing of them may be computed yet.
void read_rows(const Shared& shared, int who) {
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  filter.host = text("a");
  filter.subset = text("v2");
  for (int i = 0; i < 5; ++i) {
    switch ((who + i) % 5) {  // each starts elsewhere
      case 0: {
        meshroute_services* services = nullptr;
        CHECK(meshroute_view_services(shared.view, nullptr, &services, nullptr) == MESHROUTE_OK);
        CHECK(meshroute_services_count(services) == 1);
        meshroute_services_free(services);
        break;
      }
      case 1: {
        meshroute_clusters* clusters = nullptr;
        CHECK(meshroute_view_clusters(shared.view, &filter, &clusters, nullptr) == MESHROUTE_OK);
        CHECK(meshroute_clusters_count(clusters) == 1);
        meshroute_clusters_free(clusters);
        break;
      }
      case 2: {
        meshroute_endpoints* endpoints = nullptr;
        meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
        CHECK(meshroute_view_endpoints(shared.view, &filter, &endpoints, nullptr) == MESHROUTE_OK);
        CHECK(meshroute_endpoints_at(endpoints, 0, &endpoint, nullptr) == MESHROUTE_OK);
        CHECK(std::string(endpoint.address.data, endpoint.address.size) == shared.address);
        meshroute_endpoints_free(endpoints);
        break;
      }
      case 3: {
        meshroute_routes* routes = nullptr;
        CHECK(meshroute_view_routes(shared.view, &filter, &routes, nullptr) == MESHROUTE_OK);
        CHECK(meshroute_routes_count(routes) == 2);
        meshroute_routes_free(routes);
        break;
      }
      default: {
        meshroute_listeners* listeners = nullptr;
        CHECK(meshroute_view_listeners(shared.view, nullptr, &listeners, nullptr) == MESHROUTE_OK);
        CHECK(meshroute_listeners_count(listeners) > 1);
        meshroute_listeners_free(listeners);
      }
    }
  }
}

void read(const Shared& shared, int who, std::string& seen) {
  static const char* const kSections[] = {"routes", "listeners", "clusters", "endpoints", "services", ""};
  meshroute_bytes bytes{nullptr, 0};
  if (who % 2 == 0) read_rows(shared, who / 2);
  CHECK(meshroute_view_json(shared.view, text(kSections[who % 6]), nullptr, 0, &bytes, nullptr) ==
        MESHROUTE_OK);  // each starts elsewhere
  meshroute_bytes_free(&bytes);
  CHECK(meshroute_view_bytes(shared.view) > 0 && meshroute_snapshot_bytes(shared.snapshot) > 0);
  meshroute_answer* reused = nullptr;
  CHECK(meshroute_answer_new(&reused, nullptr) == MESHROUTE_OK);
  for (int i = 0; i < kAsks; ++i) {
    meshroute_request request = MESHROUTE_REQUEST_INIT;
    request.url = text("http://a.example.com/v1/x");
    meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
    CHECK(meshroute_resolve_into(shared.view, &request, nullptr, reused, nullptr) == MESHROUTE_OK);
    CHECK(meshroute_answer_endpoint_at(reused, 0, &endpoint, nullptr) == MESHROUTE_OK);
    CHECK(std::string(endpoint.address.data, endpoint.address.size) == shared.address);
    const char* url = "http://a.example.com/other";
    meshroute_answer* answer = nullptr;
    CHECK(meshroute_resolve_json(shared.view, url, std::strlen(url), &kTrace, &answer, nullptr) == MESHROUTE_OK);
    CHECK(meshroute_answer_endpoint_count(answer) == 2 && meshroute_answer_trace_count(answer) > 0);
    meshroute_answer_free(answer);
    CHECK(meshroute_answer_json(shared.answer, 0, &bytes, nullptr) == MESHROUTE_OK);
    meshroute_bytes_free(&bytes);
    CHECK(meshroute_report_text(shared.findings, 0, &bytes, nullptr) == MESHROUTE_OK);
    meshroute_bytes_free(&bytes);
  }
  meshroute_answer_free(reused);
  meshroute_report* findings = nullptr;
  CHECK(meshroute_snapshot_analyze(shared.snapshot, &findings, nullptr) >= 0);
  meshroute_report_free(findings);
  meshroute_view* own = view_of(shared.snapshot, shared.view);
  CHECK(meshroute_view_json(own, text(""), nullptr, 0, &bytes, nullptr) == MESHROUTE_OK);
  const std::string all = taken(bytes);
  CHECK(meshroute_view_json(shared.view, text(""), nullptr, 0, &bytes, nullptr) == MESHROUTE_OK);
  seen = taken(bytes);
  CHECK(seen == all);
  meshroute_view_free(own);
  // Other proxies of one kind, made by many threads at once.
  meshroute_view* pod = view_of(shared.snapshot, nullptr, std::to_string(who).c_str());
  CHECK(meshroute_view_json(pod, text("routes"), nullptr, 0, &bytes, nullptr) == MESHROUTE_OK);
  const std::string routes = taken(bytes);
  CHECK(meshroute_view_json(shared.view, text("routes"), nullptr, 0, &bytes, nullptr) == MESHROUTE_OK);
  CHECK(taken(bytes) == routes);
  meshroute_view_free(pod);
  CHECK(meshroute_rule_count() > 0);
}

/// A view after other rules takes from the shared one what is the same, while that is being made.
void changed_rules(meshroute_mesh* mesh, const meshroute_view* shared, int seconds) {
  load(mesh, rules(seconds));
  meshroute_snapshot* snapshot = nullptr;
  CHECK(meshroute_mesh_snapshot(mesh, &snapshot, nullptr) == MESHROUTE_OK);
  meshroute_view* view = view_of(snapshot, shared);
  meshroute_snapshot_free(snapshot);
  const char* url = "http://a.example.com/v1/x";
  meshroute_answer* answer = nullptr;
  CHECK(meshroute_resolve_json(view, url, std::strlen(url), nullptr, &answer, nullptr) == MESHROUTE_OK);
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  CHECK(meshroute_answer_get(answer, &fields, nullptr) == MESHROUTE_OK);
  CHECK(std::string(fields.timeout.data, fields.timeout.size) == std::to_string(seconds) + "s");
  meshroute_answer_free(answer);
  meshroute_view_free(view);
}

void write(meshroute_mesh* mesh, const meshroute_view* shared, const std::atomic<bool>& reading) {
  for (int i = 0; i < 3 || (reading && i < 1000); ++i) {
    changed_rules(mesh, shared, i % 50 + 1);
    meshroute_resource which = MESHROUTE_RESOURCE_INIT;
    which.group = text("networking.istio.io");
    which.kind = text("ServiceEntry");
    which.namespace_ = text("shop");
    which.name = text("a");
    CHECK(meshroute_mesh_remove(mesh, &which, nullptr) == 0);
    load(mesh, entry(100 + i % 100));
    meshroute_snapshot* snapshot = nullptr;
    CHECK(meshroute_mesh_snapshot(mesh, &snapshot, nullptr) == MESHROUTE_OK);
    meshroute_view* view = view_of(snapshot, shared);
    meshroute_snapshot_free(snapshot);
    meshroute_bytes bytes{nullptr, 0};
    CHECK(meshroute_view_json(view, text("endpoints"), nullptr, 0, &bytes, nullptr) == MESHROUTE_OK);
    meshroute_bytes_free(&bytes);
    meshroute_view_free(view);
  }
}

}  // namespace

int main() {
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  options.threads = 2;
  meshroute_mesh* mesh = nullptr;
  CHECK(meshroute_mesh_new(&options, &mesh, nullptr) == MESHROUTE_OK);
  load(mesh, kSubsets + rules(1));
  for (int round = 1; round <= kRounds; ++round) {
    {
      meshroute_report* report = nullptr;
      const std::string stream = entry(round);
      CHECK(meshroute_mesh_load(mesh, stream.data(), stream.size(), nullptr, &report, nullptr) >= 0);
      meshroute_report_free(report);
    }
    meshroute_snapshot* snapshot = nullptr;
    meshroute_answer* answer = nullptr;
    meshroute_report* findings = nullptr;
    CHECK(meshroute_mesh_snapshot(mesh, &snapshot, nullptr) == MESHROUTE_OK);
    CHECK(meshroute_snapshot_analyze(snapshot, &findings, nullptr) >= 0);
    meshroute_view* other = view_of(snapshot, nullptr);
    const char* url = "http://a.example.com/v1/x";
    CHECK(meshroute_resolve_json(other, url, std::strlen(url), &kTrace, &answer, nullptr) == MESHROUTE_OK);
    meshroute_view_free(other);
    meshroute_view* view = view_of(snapshot, nullptr);  // nothing of it is computed yet: the readers race for it
    const Shared shared{snapshot, view, answer, findings, "10.0.1." + std::to_string(round)};

    std::atomic<bool> reading{true};
    std::vector<std::string> seen(kReaders);
    std::thread writer([&] { write(mesh, view, reading); });
    std::vector<std::thread> readers;
    for (int who = 0; who < kReaders; ++who)
      readers.emplace_back([&, who] { read(shared, who, seen[static_cast<std::size_t>(who)]); });
    for (auto& reader : readers) reader.join();
    reading = false;
    writer.join();
    for (const auto& one : seen) CHECK(one == seen.front() && !one.empty());
    // Freed by other threads than those that made them, in any order.
    std::thread([&] { meshroute_snapshot_free(snapshot); }).join();
    std::thread([&] { meshroute_view_free(view); }).join();
    meshroute_answer_free(answer);
    meshroute_report_free(findings);
  }
  meshroute_mesh_free(mesh);
  if (failures != 0) std::printf("%d failures\n", failures.load());
  return failures == 0 ? 0 : 1;
}
