// SPDX-License-Identifier: Apache-2.0
// Every allocation fails once. The call that needed it gives MESHROUTE_LIMIT and hands out nothing; the same call made again
// gives what it gives in a run without failures, so that nothing was changed; and in the end nothing has leaked.
//
// Left out: what RE2 allocates when it compiles a pattern (see `excused`).
//
//     out_of_memory_test SCENARIO [EVERY [FIRST]]     only each so many-th allocation, from the FIRST on
#include <elf.h>
#include <execinfo.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "meshroute.h"

extern "C" void* __real_malloc(std::size_t size);  // NOLINT(bugprone-reserved-identifier): named by the linker's --wrap

namespace {

std::atomic<long> countdown{-1};  // below 0: no failure is due
std::atomic<long> allocations{0}, living{0};
std::atomic<bool> watching{false};  // the library is being called

/// RE2 is written for programs whose allocations never fail: it stays half made, or ends the process. The test lets its
/// allocations be and fails the next one. This is where they are: in libre2.so, or in the program.
std::vector<std::pair<std::uintptr_t, std::uintptr_t>> excused;

bool excuses(const char* name) { return std::strncmp(name, "_ZN3re2", 7) == 0 || std::strncmp(name, "_ZNK3re2", 8) == 0; }

void find_excused() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string image{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::uintptr_t base = 0;
  bool seen = false;  // the program itself comes first
  auto visit = [&](const dl_phdr_info& info) {
    if (!std::exchange(seen, true)) base = info.dlpi_addr;
    if (std::strstr(info.dlpi_name, "libre2") == nullptr) return;
    for (int i = 0; i < info.dlpi_phnum; ++i) {
      const auto start = info.dlpi_addr + info.dlpi_phdr[i].p_vaddr;
      excused.emplace_back(start, start + info.dlpi_phdr[i].p_memsz);
    }
  };
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* to) {
        (*static_cast<decltype(visit)*>(to))(*info);
        return 0;
      },
      &visit);
  const auto at = [&]<class Struct>(std::size_t offset, Struct& into) { std::memcpy(&into, image.data() + offset, sizeof into); };
  ElfW(Ehdr) head;
  at(0, head);
  for (std::size_t i = 0; i < head.e_shnum; ++i) {
    ElfW(Shdr) section, names;
    at(head.e_shoff + i * sizeof section, section);
    if (section.sh_type != SHT_SYMTAB) continue;
    at(head.e_shoff + section.sh_link * sizeof names, names);
    for (std::size_t k = 0; k < section.sh_size / sizeof(ElfW(Sym)); ++k) {
      ElfW(Sym) symbol;
      at(section.sh_offset + k * sizeof symbol, symbol);
      if (!excuses(image.data() + names.sh_offset + symbol.st_name)) continue;
      excused.emplace_back(base + symbol.st_value, base + symbol.st_value + symbol.st_size);
    }
  }
}

bool is_excused() {
  std::array<void*, 64> frames;
  const int depth = backtrace(frames.data(), static_cast<int>(frames.size()));
  return std::any_of(frames.begin(), frames.begin() + depth, [](void* frame) {
    const auto place = reinterpret_cast<std::uintptr_t>(frame);
    return std::any_of(excused.begin(), excused.end(),
                       [&](const auto& range) { return place >= range.first && place < range.second; });
  });
}

bool fails() {
  if (!watching) return false;
  ++allocations;
  if (countdown < 0 || countdown-- != 0) return false;
  if (!is_excused()) return true;
  countdown = 0;
  return false;
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (fails()) return nullptr;
  if (size == 0) size = 1;
  void* memory =
      alignment == 0 ? __real_malloc(size) : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory != nullptr) ++living;
  return memory;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = 0) {
  void* memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  --living;
  std::free(memory);
}

}  // namespace

// The C API's own malloc, for meshroute_bytes. Its blocks are freed by plain free, and are not counted as living.
extern "C" void* __wrap_malloc(std::size_t size) {  // NOLINT(bugprone-reserved-identifier)
  return fails() ? nullptr : __real_malloc(size);
}

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
// Who asks like this can do without (std::stable_sort); it always gets its memory, so that each failure has to be told.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  const bool was = watching.exchange(false);
  void* memory = allocate(size, 0);
  watching = was;
  return memory;
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }

namespace {

meshroute_str text(const char* value) { return {value, std::strlen(value)}; }

const char kMesh[] =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop, labels: {app: a}}\n"
    "spec:\n  hosts: [a.example.com]\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  resolution: STATIC\n"
    "  location: MESH_INTERNAL\n  endpoints:\n  - {address: 10.0.0.1, labels: {version: v1}}\n  - {address: 10.0.0.2, labels: "
    "{version: v2}}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n"
    "spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n"
    "spec:\n  hosts: [a.example.com]\n  http:\n  - match: [{headers: {x-version: {exact: v2}}}]\n    name: canary\n"
    "    rewrite: {uri: /new}\n    route: [{destination: {host: a.example.com, subset: v2}}]\n"
    "  - route: [{destination: {host: a.example.com, subset: v1}, weight: 80}, {destination: {host: a.example.com, subset: v2}, "
    "weight: 20}]\n"
    "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n"
    "spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n"
    "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: bad, namespace: shop}\n"
    "spec: {hosts: [b.example.com], ports: [{number: 80, name: http}, {number: 81, name: http}], resolutoin: STATIC}\n";

const char kEntry[] =
    R"({"apiVersion":"networking.istio.io/v1","kind":"WorkloadEntry","metadata":{"name":"w","namespace":"shop"},)"
    R"("spec":{"address":"10.0.0.9","labels":{"app":"a"}}})";

const char kRoutes[] =
    R"({"name":"80","virtualHosts":[{"name":"all","domains":["*"],"routes":[{"match":{"prefix":"/"},"route":{"cluster":"one"}}]}]})";

const meshroute_resolve_options kTrace = {sizeof(meshroute_resolve_options), 1, 0};

const char kPatterns[] =
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: p, namespace: shop}\n"
    "spec:\n  hosts: [p.example.com]\n  http:\n  - match: [{uri: {regex: \"/v[0-9]+/.*\"}}]\n"
    "    route: [{destination: {host: p.example.com}}]\n";

int failures = 0;

/// One run of a scenario: every call goes through `now`, which makes it again once it has run out of memory.
class Run {
 public:
  std::string said;             // everything that was read
  bool may_do_without = false;  // an allocation that failed need not be told: another way led to the same

  void now(const char* what, const std::function<meshroute_status(meshroute_error*)>& call) {
    meshroute_error error{};
    const long before = countdown;
    watching = true;
    meshroute_status status = call(&error);
    watching = false;
    const bool failed = before >= 0 && countdown < 0;
    const bool told = failed == (status == MESHROUTE_LIMIT);
    if (!told && !(may_do_without && status >= 0)) {
      std::printf("%s gave %d (%s) where %s\n", what, status, error.message,
                  failed ? "an allocation failed" : "no allocation failed");
      ++failures;
    }
    if (failed && status < 0) {
      if (std::strcmp(error.message, "out of memory") != 0) {
        std::printf("%s says: %s\n", what, error.message);
        ++failures;
      }
      watching = true;
      status = call(&error);
      watching = false;
    }
    said += what + (" " + std::to_string(status)) + "\n";
  }

  /// A call that is not tried.
  void let(const char* what, const std::function<meshroute_status()>& call) {
    said += what + (" " + std::to_string(call())) + "\n";
  }

  /// The same for a call that makes a handle: a failed one hands out nothing.
  template <class Handle>
  Handle* made(const char* what, const std::function<meshroute_status(Handle**, meshroute_error*)>& call) {
    Handle* handle = nullptr;
    now(what, [&](meshroute_error* error) {
      const meshroute_status status = call(&handle, error);
      if (status < 0 && handle != nullptr) {
        std::printf("%s failed and handed out something\n", what);
        ++failures;
      }
      return status;
    });
    return handle;
  }

  void let_bytes(const char* what, const std::function<meshroute_status(meshroute_bytes*, meshroute_error*)>& call) {
    meshroute_bytes out{nullptr, 0};
    let(what, [&] { return call(&out, nullptr); });
    said.append(out.data != nullptr ? out.data : "", out.size);
    meshroute_bytes_free(&out);
  }

  void bytes(const char* what, const std::function<meshroute_status(meshroute_bytes*, meshroute_error*)>& call) {
    meshroute_bytes out{nullptr, 0};
    now(what, [&](meshroute_error* error) { return call(&out, error); });
    said.append(out.data != nullptr ? out.data : "", out.size);
    said += '\n';
    meshroute_bytes_free(&out);
  }
};

void read(Run& run, meshroute_report* report) {
  for (std::size_t i = 0; i < meshroute_report_document_count(report); ++i) {
    meshroute_document document = MESHROUTE_DOCUMENT_INIT;
    run.now("report_document", [&](auto* error) { return meshroute_report_document_at(report, i, &document, error); });
    run.said.append(document.name.data, document.name.size);
  }
  for (std::size_t i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    run.now("report_diagnostic", [&](auto* error) { return meshroute_report_diagnostic_at(report, i, &found, error); });
    run.said.append(found.message.data, found.message.size);
    for (std::size_t k = 0; k < found.related_count; ++k) {
      meshroute_related related = MESHROUTE_RELATED_INIT;
      run.now("report_related", [&](auto* error) { return meshroute_report_related_at(report, i, k, &related, error); });
    }
  }
  run.bytes("report_json", [&](auto* out, auto* error) { return meshroute_report_json(report, 0, out, error); });
  run.bytes("report_sarif", [&](auto* out, auto* error) { return meshroute_report_sarif(report, 0, out, error); });
  run.bytes("report_text", [&](auto* out, auto* error) { return meshroute_report_text(report, 1, out, error); });
  const auto take = [](void*, meshroute_str) -> std::int32_t { return 0; };
  for (std::int32_t form = MESHROUTE_REPORT_TEXT; form <= MESHROUTE_REPORT_SARIF; ++form)
    run.now("report_write", [&](auto* error) { return meshroute_report_write(report, form, 0, take, nullptr, error); });
}

void read(Run& run, meshroute_answer* answer) {
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  run.now("answer_get", [&](auto* error) { return meshroute_answer_get(answer, &fields, error); });
  for (std::size_t i = 0; i < meshroute_answer_endpoint_count(answer); ++i) {
    meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
    run.now("answer_endpoint", [&](auto* error) { return meshroute_answer_endpoint_at(answer, i, &endpoint, error); });
    run.said.append(endpoint.address.data, endpoint.address.size);
    run.said.append(endpoint.origin.name.data, endpoint.origin.name.size);
    for (std::size_t k = 0; k < endpoint.label_count; ++k)
      run.said.append(endpoint.labels[k].value.data, endpoint.labels[k].value.size);
  }
  meshroute_upstream_request upstream = MESHROUTE_UPSTREAM_REQUEST_INIT;
  run.now("answer_upstream_request", [&](auto* error) { return meshroute_answer_upstream_request(answer, &upstream, error); });
  run.said.append(upstream.path.data != nullptr ? upstream.path.data : "", upstream.path.size);
  run.bytes("answer_json", [&](auto* out, auto* error) { return meshroute_answer_json(answer, 0, out, error); });
  run.bytes("answer_text",
            [&](auto* out, auto* error) { return meshroute_answer_text(answer, MESHROUTE_TEXT_EXPLAIN, out, error); });
}

meshroute_mesh* new_mesh(Run& run, std::uint32_t threads) {
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
  options.threads = threads;
  options.mesh_config = text("outboundTrafficPolicy: {mode: REGISTRY_ONLY}");
  return run.made<meshroute_mesh>("mesh_new", [&](auto** out, auto* error) { return meshroute_mesh_new(&options, out, error); });
}

meshroute_report* load(Run& run, meshroute_mesh* mesh, const std::string& stream) {
  return run.made<meshroute_report>("mesh_load", [&](auto** out, auto* error) {
    return meshroute_mesh_load(mesh, stream.data(), stream.size(), nullptr, out, error);
  });
}

/// Loading, and all that is read of the reports.
void reports(Run& run) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report* report = load(run, mesh, kMesh);
  read(run, report);
  auto* all = run.made<meshroute_report>("report_new", [](auto** out, auto* error) { return meshroute_report_new(out, error); });
  for (int i = 0; i < 2; ++i) {
    run.now("report_append", [&](auto* error) { return meshroute_report_append(all, report, error); });
  }
  run.now("report_ignore", [&](auto* error) { return meshroute_report_ignore(all, text("*"), error); });
  run.bytes("report_text", [&](auto* out, auto* error) { return meshroute_report_text(all, 0, out, error); });
  auto* checked = run.made<meshroute_report>(
      "check", [](auto** out, auto* error) { return meshroute_check(kMesh, sizeof kMesh - 1, nullptr, out, error); });
  meshroute_report_free(checked);
  meshroute_report_free(all);
  meshroute_report_free(report);
  run.now("rule_at", [](auto* error) {
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    return meshroute_rule_at(0, &rule, error);
  });
  report = load(run, mesh, kMesh);  // everything again: each resource replaces one
  run.bytes("report_json", [&](auto* out, auto* error) { return meshroute_report_json(report, 0, out, error); });
  meshroute_report_free(report);
  meshroute_mesh_free(mesh);
}

/// What a handle holds: 0 where memory ran out.
void held(Run& run, const char* what, const std::function<std::size_t()>& bytes) {
  run.now(what, [&](auto* error) -> meshroute_status {
    if (bytes() > 0) return MESHROUTE_OK;
    std::strcpy(error->message, "out of memory");
    return MESHROUTE_LIMIT;
  });
}

/// Computes all of a view.
void look(Run& run, const meshroute_view* view) {
  run.bytes("view_json", [&](auto* out, auto* error) { return meshroute_view_json(view, text(""), nullptr, 0, out, error); });
  for (const char* url : {"http://a.example.com/", "http://b.example.com/", "http://p.example.com/v1"}) {
    auto* answer = run.made<meshroute_answer>("resolve_json", [&](auto** out, auto* error) {
      return meshroute_resolve_json(view, url, std::strlen(url), &kTrace, out, error);
    });
    meshroute_answer_free(answer);
  }
}

/// The sections of a view that is computed, row by row.
void rows(Run& run, const meshroute_view* view) {
  meshroute_view_filter all = MESHROUTE_VIEW_FILTER_INIT, filter = MESHROUTE_VIEW_FILTER_INIT;
  filter.host = text("a.example.com");  // too long for a string to hold it within itself
  filter.cluster = text("outbound|80|v1|a.example.com");
  for (const auto* wanted : {&all, &filter}) {
    auto* services = run.made<meshroute_services>(
        "view_services", [&](auto** out, auto* error) { return meshroute_view_services(view, wanted, out, error); });
    for (std::size_t i = 0; i < meshroute_services_count(services); ++i) {
      meshroute_service service = MESHROUTE_SERVICE_INIT;
      run.now("services_get", [&](auto* error) { return meshroute_services_at(services, i, &service, error); });
      run.said.append(service.hostname.data, service.hostname.size);
    }
    auto* clusters = run.made<meshroute_clusters>(
        "view_clusters", [&](auto** out, auto* error) { return meshroute_view_clusters(view, wanted, out, error); });
    for (std::size_t i = 0; i < meshroute_clusters_count(clusters); ++i) {
      meshroute_cluster cluster = MESHROUTE_CLUSTER_INIT;
      run.now("clusters_get", [&](auto* error) { return meshroute_clusters_at(clusters, i, &cluster, error); });
      run.said.append(cluster.name.data, cluster.name.size);
    }
    auto* endpoints = run.made<meshroute_endpoints>(
        "view_endpoints", [&](auto** out, auto* error) { return meshroute_view_endpoints(view, wanted, out, error); });
    for (std::size_t i = 0; i < meshroute_endpoints_count(endpoints); ++i) {
      meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
      run.now("endpoints_get", [&](auto* error) { return meshroute_endpoints_at(endpoints, i, &endpoint, error); });
      run.said.append(endpoint.resource.data, endpoint.resource.size);
    }
    auto* listeners = run.made<meshroute_listeners>(
        "view_listeners", [&](auto** out, auto* error) { return meshroute_view_listeners(view, wanted, out, error); });
    for (std::size_t i = 0; i < meshroute_listeners_count(listeners); ++i) {
      meshroute_listener listener = MESHROUTE_LISTENER_INIT;
      run.now("listeners_get", [&](auto* error) { return meshroute_listeners_at(listeners, i, &listener, error); });
      run.said.append(listener.listener.data, listener.listener.size);
    }
    auto* routes = run.made<meshroute_routes>(
        "view_routes", [&](auto** out, auto* error) { return meshroute_view_routes(view, wanted, out, error); });
    for (std::size_t i = 0; i < meshroute_routes_count(routes); ++i) {
      meshroute_route route = MESHROUTE_ROUTE_INIT;
      run.now("routes_get", [&](auto* error) { return meshroute_routes_at(routes, i, &route, error); });
      run.said.append(route.match.data, route.match.size);
    }
    meshroute_services_free(services);
    meshroute_clusters_free(clusters);
    meshroute_endpoints_free(endpoints);
    meshroute_listeners_free(listeners);
    meshroute_routes_free(routes);
  }
}

/// Snapshots, views and answers, of a mesh that changes.
void answers(Run& run) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report_free(load(run, mesh, kMesh));
  run.now("mesh_apply",
          [&](auto* error) { return meshroute_mesh_apply(mesh, kEntry, sizeof kEntry - 1, nullptr, nullptr, error); });
  auto* snapshot = run.made<meshroute_snapshot>(
      "mesh_snapshot", [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  meshroute_resource entry = MESHROUTE_RESOURCE_INIT;
  entry.group = text("networking.istio.io");
  entry.kind = text("WorkloadEntry");
  entry.namespace_ = text("shop");
  entry.name = text("w");
  for (int i = 0; i < 2; ++i) {  // there the first time, and gone the second
    run.now("mesh_remove", [&](auto* error) { return meshroute_mesh_remove(mesh, &entry, error); });
  }
  auto* later = run.made<meshroute_snapshot>("mesh_snapshot",
                                             [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  held(run, "mesh_bytes", [&] { return meshroute_mesh_bytes(mesh); });
  meshroute_mesh_free(mesh);
  auto* findings = run.made<meshroute_report>(
      "snapshot_analyze", [&](auto** out, auto* error) { return meshroute_snapshot_analyze(snapshot, out, error); });
  run.now("snapshot_analyze_into", [&](auto* error) { return meshroute_snapshot_analyze_into(snapshot, findings, error); });
  held(run, "report_bytes", [&] { return meshroute_report_bytes(findings); });
  meshroute_report_free(findings);
  held(run, "snapshot_bytes", [&] { return meshroute_snapshot_bytes(later); });

  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  const meshroute_pair label = {text("app"), text("web")};
  proxy.namespace_ = text("shop");
  proxy.labels = &label;
  proxy.label_count = 1;
  auto* view = run.made<meshroute_view>(
      "snapshot_view", [&](auto** out, auto* error) { return meshroute_snapshot_view(snapshot, &proxy, nullptr, out, error); });
  const char* form = R"({"namespace":"shop","labels":{"app":"web"}})";
  auto* next = run.made<meshroute_view>("snapshot_view_json", [&](auto** out, auto* error) {
    return meshroute_snapshot_view_json(later, form, std::strlen(form), view, out, error);
  });
  meshroute_snapshot_free(snapshot);
  meshroute_snapshot_free(later);

  look(run, view);
  look(run, next);
  rows(run, view);
  held(run, "view_bytes", [&] { return meshroute_view_bytes(view); });
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  const meshroute_pair header = {text("x-version"), text("v2")};
  request.url = text("http://a.example.com/a/rather/long/path?with=a&query=string");
  request.headers = &header;
  request.header_count = 1;
  options.trace = 1;
  auto* answer = run.made<meshroute_answer>(
      "resolve", [&](auto** out, auto* error) { return meshroute_resolve(view, &request, &options, out, error); });
  read(run, answer);
  auto* reused =
      run.made<meshroute_answer>("answer_new", [](auto** out, auto* error) { return meshroute_answer_new(out, error); });
  for (const std::size_t headers : {0U, 1U, 0U}) {
    request.header_count = headers;
    run.now("resolve_into", [&](auto* error) { return meshroute_resolve_into(next, &request, nullptr, reused, error); });
    run.bytes("answer_json", [&](auto* out, auto* error) { return meshroute_answer_json(reused, 0, out, error); });
  }
  const char* url = "http://b.example.com/";
  auto* lost = run.made<meshroute_answer>("resolve_json", [&](auto** out, auto* error) {
    return meshroute_resolve_json(next, url, std::strlen(url), &kTrace, out, error);
  });
  read(run, lost);
  run.bytes("view_json", [&](auto* out, auto* error) { return meshroute_view_json(view, text(""), nullptr, 0, out, error); });
  run.bytes("view_text", [&](auto* out, auto* error) { return meshroute_view_text(view, text(""), nullptr, 0, out, error); });
  run.bytes("view_envoy_json of routes",
            [&](auto* out, auto* error) { return meshroute_view_envoy_json(next, text("routes"), nullptr, 0, out, error); });
  run.bytes("view_envoy_json",
            [&](auto* out, auto* error) { return meshroute_view_envoy_json(next, text("clusters"), nullptr, 0, out, error); });
  meshroute_envoy_bootstrap_free(run.made<meshroute_envoy_bootstrap>("view_envoy_bootstrap", [&](auto** out, auto* error) {
    return meshroute_view_envoy_bootstrap(next, nullptr, out, error);
  }));
  meshroute_view_free(next);
  meshroute_view_free(view);
  meshroute_answer_free(lost);
  meshroute_answer_free(reused);
  meshroute_answer_free(answer);

  auto* table = run.made<meshroute_route_table>("route_table_new", [&](auto** out, auto* error) {
    return meshroute_route_table_new(kRoutes, sizeof kRoutes - 1, text("80"), out, error);
  });
  answer = run.made<meshroute_answer>("route_table_resolve_json", [&](auto** out, auto* error) {
    return meshroute_route_table_resolve_json(table, url, std::strlen(url), nullptr, out, error);
  });
  meshroute_answer_free(answer);
  meshroute_route_table_free(table);
}

/// Many requests at once, what is loaded, witnesses, and what differs.
void lists(Run& run) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report_free(load(run, mesh, kMesh));
  auto* snapshot = run.made<meshroute_snapshot>(
      "mesh_snapshot", [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  proxy.namespace_ = text("shop");
  auto* view = run.made<meshroute_view>(
      "snapshot_view", [&](auto** out, auto* error) { return meshroute_snapshot_view(snapshot, &proxy, nullptr, out, error); });
  auto* answers =
      run.made<meshroute_answers>("answers_new", [](auto** out, auto* error) { return meshroute_answers_new(out, error); });
  const meshroute_pair header = {text("x-version"), text("v2")};
  meshroute_request plain = MESHROUTE_REQUEST_INIT, canary = MESHROUTE_REQUEST_INIT;
  plain.url = text("http://a.example.com/a/path/that/is/longer/than/a/short/string");
  canary = plain;
  canary.headers = &header;
  canary.header_count = 1;
  const meshroute_request* asked[] = {&plain, &canary, &plain};
  for (int i = 0; i < 2; ++i) {
    run.now("resolve_many", [&](auto* error) { return meshroute_resolve_many(view, asked, 3, nullptr, answers, error); });
    for (std::size_t k = 0; k < meshroute_answers_count(answers); ++k) {
      const meshroute_result& result = meshroute_answers_results(answers)[k];
      run.said.append(result.outcome.data, result.outcome.size);
      for (std::size_t e = 0; e < result.endpoint_count; ++e) {
        meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
        run.now("answers_endpoint_at",
                [&](auto* error) { return meshroute_answers_endpoint_at(answers, result.first_endpoint + e, &endpoint, error); });
        run.said.append(endpoint.address.data, endpoint.address.size);
      }
    }
  }
  meshroute_answers_free(answers);
  auto* endpoints = run.made<meshroute_endpoints>(
      "view_endpoints", [&](auto** out, auto* error) { return meshroute_view_endpoints(view, nullptr, out, error); });
  meshroute_endpoints_free(endpoints);
  run.bytes("view_json of rows", [&](auto* out, auto* error) {
    return meshroute_view_json(view, text(""), nullptr, MESHROUTE_JSON_ROWS | MESHROUTE_JSON_PRETTY, out, error);
  });
  auto* resources = run.made<meshroute_resources>(
      "snapshot_resources", [&](auto** out, auto* error) { return meshroute_snapshot_resources(snapshot, out, error); });
  run.bytes("resources_json", [&](auto* out, auto* error) { return meshroute_resources_json(resources, 0, out, error); });
  meshroute_resources_free(resources);
  auto* found = run.made<meshroute_found_proxy>("snapshot_find_proxy", [&](auto** out, auto* error) {
    return meshroute_snapshot_find_proxy(snapshot, text("shop/nobody"), out, error);
  });
  run.bytes("found_proxy_json", [&](auto* out, auto* error) { return meshroute_found_proxy_json(found, 0, out, error); });
  meshroute_found_proxy_free(found);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
}

void patterns(Run& run) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report_free(load(run, mesh, std::string(kMesh) + "---\n" + kPatterns));
  auto* snapshot = run.made<meshroute_snapshot>(
      "mesh_snapshot", [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  auto* view = run.made<meshroute_view>(
      "snapshot_view", [&](auto** out, auto* error) { return meshroute_snapshot_view(snapshot, nullptr, nullptr, out, error); });
  look(run, view);
  const char* url = "http://p.example.com/v1/x";
  auto* answer = run.made<meshroute_answer>("resolve_json", [&](auto** out, auto* error) {
    return meshroute_resolve_json(view, url, std::strlen(url), &kTrace, out, error);
  });
  run.bytes("answer_json", [&](auto* out, auto* error) { return meshroute_answer_json(answer, 0, out, error); });
  meshroute_answer_free(answer);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
  meshroute_mesh_free(mesh);
}

const char kServer[] =
    "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: server, namespace: shop}\n"
    "spec: {address: 10.0.0.1, labels: {app: a}, serviceAccount: server}\n"
    "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: shop}\n"
    "spec: {selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}}\n"
    "---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: r, namespace: shop}\n"
    "spec:\n  selector: {matchLabels: {app: a}}\n  jwtRules:\n  - issuer: issuer-of-a-rather-long-name\n    jwks: "
    "'{\"keys\":[]}'\n"
    "    outputClaimToHeaders: [{header: x-subject-of-token, claim: sub}]\n"
    "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: z, namespace: shop}\n"
    "spec:\n  selector: {matchLabels: {app: a}}\n  rules:\n  - from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]\n"
    "    to: [{operation: {methods: [GET], paths: [/admin*, '/v1/{*}/items']}}]\n"
    "    when: [{key: 'request.headers[x-user]', values: [someone-with-a-name]}]\n"
    "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: d, namespace: shop}\n"
    "spec: {action: DENY, rules: [{from: [{source: {ipBlocks: [192.0.2.0/24], notNamespaces: [shop]}}]}]}\n";

/// The server's side, the whole way, and the reasons of a host.
void server(Run& run) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report_free(load(run, mesh, std::string(kMesh) + "---\n" + kServer));
  auto* snapshot = run.made<meshroute_snapshot>(
      "mesh_snapshot", [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  meshroute_mesh_free(mesh);
  const std::string form = R"({"namespace":"shop","labels":{"app":"a"},"service_account":"server","ip":"10.0.0.1"})";
  auto* view = run.made<meshroute_view>("snapshot_view_json", [&](auto** out, auto* error) {
    return meshroute_snapshot_view_json(snapshot, form.data(), form.size(), nullptr, out, error);
  });
  for (const char* section : {"inbound", "client_tls"}) {
    run.bytes("view_json",
              [&](auto* out, auto* error) { return meshroute_view_json(view, text(section), nullptr, 0, out, error); });
    run.bytes("view_text",
              [&](auto* out, auto* error) { return meshroute_view_text(view, text(section), nullptr, 0, out, error); });
  }
  auto* reasons = run.made<meshroute_reasons>(
      "view_why", [&](auto** out, auto* error) { return meshroute_view_why(view, text("a.example.com"), out, error); });
  run.bytes("reasons_json", [&](auto* out, auto* error) { return meshroute_reasons_json(reasons, 0, out, error); });
  run.bytes("reasons_text", [&](auto* out, auto* error) { return meshroute_reasons_text(reasons, 0, out, error); });
  meshroute_reasons_free(reasons);

  meshroute_request request = MESHROUTE_REQUEST_INIT;
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  const meshroute_pair header = {text("x-user"), text("someone-with-a-name")};
  request.url = text("http://a.example.com/admin/of/something");
  request.headers = &header;
  request.header_count = 1;
  options.trace = 1;
  auto* answer = run.made<meshroute_inbound_answer>(
      "inbound_answer_new", [](auto** out, auto* error) { return meshroute_inbound_answer_new(out, error); });
  for (int i = 0; i < 2; ++i) {
    run.now("resolve_inbound_into",
            [&](auto* error) { return meshroute_resolve_inbound_into(view, &request, &options, answer, error); });
    run.bytes("inbound_answer_json",
              [&](auto* out, auto* error) { return meshroute_inbound_answer_json(answer, 0, out, error); });
    run.bytes("inbound_answer_text",
              [&](auto* out, auto* error) { return meshroute_inbound_answer_text(answer, MESHROUTE_TEXT_EXPLAIN, out, error); });
  }
  meshroute_inbound_answer_free(answer);
  const char* web = R"({"namespace":"shop","labels":{"app":"web"},"service_account":"web"})";
  const std::string servers = "[" + form + "]";
  const char* asked = R"({"host":"a.example.com","path":"/admin","headers":{"x-user":"someone-with-a-name"}})";
  auto* journey = run.made<meshroute_journey>("snapshot_follow_json", [&](auto** out, auto* error) {
    return meshroute_snapshot_follow_json(snapshot, text(web), text(asked), text(servers.c_str()), out, error);
  });
  run.bytes("journey_json", [&](auto* out, auto* error) { return meshroute_journey_json(journey, 0, out, error); });
  run.bytes("journey_text", [&](auto* out, auto* error) { return meshroute_journey_text(journey, 0, out, error); });
  meshroute_journey_free(journey);
  meshroute_view_free(view);
  meshroute_snapshot_free(snapshot);
}

/// One service with one rule.
std::string small_mesh(const char* prefix) {
  return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\n"
         "spec: {hosts: [a.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, "
         "endpoints: [{address: 10.0.0.1}]}\n"
         "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop}\n"
         "spec: {hosts: [a.example.com], http: [{match: [{uri: {prefix: " +
         std::string(prefix) + "}}], timeout: 3s, route: [{destination: {host: a.example.com}}]}]}\n";
}

meshroute_snapshot* small_snapshot(Run& run, const char* prefix) {
  meshroute_mesh* mesh = new_mesh(run, 1);
  meshroute_report_free(load(run, mesh, small_mesh(prefix)));
  auto* snapshot = run.made<meshroute_snapshot>(
      "mesh_snapshot", [&](auto** out, auto* error) { return meshroute_mesh_snapshot(mesh, out, error); });
  meshroute_mesh_free(mesh);
  return snapshot;
}

const char kSuite[] =
    "proxies: {web: {namespace: shop, labels: {app: web}}}\ntests:\n"
    "- {name: one that passes, from: web, request: \"http://a.example.com/cart\", expect: {timeout: 3s, arrives: true}}\n"
    "- {name: one that fails, from: shop, request: {url: \"http://a.example.com/\"}, expect: {destinations: {a.example.com: "
    "100}}}\n";

/// Tests of routing, and their report.
void suite(Run& run) {
  meshroute_snapshot* snapshot = small_snapshot(run, "/cart");
  auto* tests = run.made<meshroute_suite>("suite_load", [](auto** out, auto* error) {
    return meshroute_suite_load(kSuite, sizeof kSuite - 1, text("a.meshtest.yaml"), out, error);
  });
  run.bytes("suite_json", [&](auto* out, auto* error) { return meshroute_suite_json(tests, 0, out, error); });
  auto* report = run.made<meshroute_suite_report>(
      "suite_run", [&](auto** out, auto* error) { return meshroute_suite_run(tests, snapshot, nullptr, out, error); });
  auto* all = run.made<meshroute_suite_report>("suite_report_new",
                                               [](auto** out, auto* error) { return meshroute_suite_report_new(out, error); });
  run.now("suite_report_append", [&](auto* error) { return meshroute_suite_report_append(all, report, error); });
  for (std::size_t i = 0; i < meshroute_suite_report_test_count(report); ++i) {
    meshroute_suite_test test = MESHROUTE_SUITE_TEST_INIT;
    run.now("suite_report_test_at", [&](auto* error) { return meshroute_suite_report_test_at(report, i, &test, error); });
    run.said.append(test.request.data, test.request.size);
  }
  run.bytes("suite_report_json", [&](auto* out, auto* error) { return meshroute_suite_report_json(all, 0, out, error); });
  run.bytes("suite_report_text",
            [&](auto* out, auto* error) { return meshroute_suite_report_text(all, MESHROUTE_TEXT_VERBOSE, out, error); });
  run.bytes("suite_report_junit", [&](auto* out, auto* error) { return meshroute_suite_report_junit(all, out, error); });
  run.bytes("suite_report_coverage_text",
            [&](auto* out, auto* error) { return meshroute_suite_report_coverage_text(all, 0, out, error); });
  run.bytes("suite_report_coverage_lcov",
            [&](auto* out, auto* error) { return meshroute_suite_report_coverage_lcov(all, out, error); });
  meshroute_suite_report_free(all);
  meshroute_suite_report_free(report);
  meshroute_suite_free(tests);
  meshroute_snapshot_free(snapshot);
}

/// Witnesses, the suite made of them, and what differs between two meshes.
void diff(Run& run) {
  meshroute_snapshot *before = small_snapshot(run, "/cart"), *after = small_snapshot(run, "/cart/");
  auto* found = run.made<meshroute_found_proxy>("snapshot_find_proxy", [&](auto** out, auto* error) {
    return meshroute_snapshot_find_proxy(before, text("shop/a-workload-that-is-not-there"), out, error);
  });
  meshroute_found_proxy_free(found);
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
  proxy.namespace_ = text("shop");
  const meshroute_str config = text("a/folder/of/the/mesh.yaml");
  auto* witnesses = run.made<meshroute_witnesses>(
      "snapshot_witnesses", [&](auto** out, auto* error) { return meshroute_snapshot_witnesses(before, &proxy, out, error); });
  for (std::size_t i = 0; i < meshroute_witnesses_count(witnesses); ++i) {
    meshroute_witness witness = MESHROUTE_WITNESS_INIT;
    run.now("witnesses_at", [&](auto* error) { return meshroute_witnesses_at(witnesses, i, &witness, error); });
    run.said.append(witness.request.data, witness.request.size);
  }
  run.bytes("witnesses_json", [&](auto* out, auto* error) { return meshroute_witnesses_json(witnesses, 0, out, error); });
  meshroute_witnesses_free(witnesses);
  run.bytes("snapshot_witness_suite",
            [&](auto* out, auto* error) { return meshroute_snapshot_witness_suite(before, &proxy, &config, 1, out, error); });
  meshroute_diff_options options = MESHROUTE_DIFF_OPTIONS_INIT;
  options.from = text(R"(["shop/a-workload-that-is-not-there"])");
  auto* changes = run.made<meshroute_diff>(
      "snapshot_diff", [&](auto** out, auto* error) { return meshroute_snapshot_diff(before, after, &options, out, error); });
  for (std::size_t i = 0; i < meshroute_diff_change_count(changes); ++i) {
    meshroute_diff_change change = MESHROUTE_DIFF_CHANGE_INIT;
    run.now("diff_change_at", [&](auto* error) { return meshroute_diff_change_at(changes, i, &change, error); });
    run.said.append(change.after.data, change.after.size);
  }
  run.bytes("diff_json", [&](auto* out, auto* error) { return meshroute_diff_json(changes, 0, out, error); });
  run.bytes("diff_text", [&](auto* out, auto* error) { return meshroute_diff_text(changes, 0, out, error); });
  run.bytes("diff_markdown", [&](auto* out, auto* error) { return meshroute_diff_markdown(changes, out, error); });
  meshroute_diff_free(changes);
  meshroute_snapshot_free(before);
  meshroute_snapshot_free(after);
}

/// The configurations of a real Envoy, in each mode, whole and in files.
void envoy(Run& run) {
  meshroute_snapshot* snapshot = small_snapshot(run, "/cart");
  const char* form = R"({"namespace":"shop","labels":{"app":"web"}})";
  auto* view = run.made<meshroute_view>("snapshot_view_json", [&](auto** out, auto* error) {
    return meshroute_snapshot_view_json(snapshot, form, std::strlen(form), nullptr, out, error);
  });
  meshroute_snapshot_free(snapshot);
  for (const std::int32_t mode : {MESHROUTE_ENVOY_HTTP_PROXY, MESHROUTE_ENVOY_PORTS, MESHROUTE_ENVOY_CAPTURE}) {
    meshroute_envoy_options options = MESHROUTE_ENVOY_OPTIONS_INIT;
    options.mode = mode;
    if (mode == MESHROUTE_ENVOY_PORTS) options.directory = text("/etc/a/folder/for/envoy");
    auto* made = run.made<meshroute_envoy_bootstrap>("view_envoy_bootstrap", [&](auto** out, auto* error) {
      return meshroute_view_envoy_bootstrap(view, &options, out, error);
    });
    const meshroute_str json = meshroute_envoy_bootstrap_json(made);
    run.said.append(json.data, json.size);
    for (std::size_t i = 0; i < meshroute_envoy_bootstrap_resource_count(made); ++i) {
      meshroute_envoy_resource resource = MESHROUTE_ENVOY_RESOURCE_INIT;
      run.now("envoy_bootstrap_resource_at",
              [&](auto* error) { return meshroute_envoy_bootstrap_resource_at(made, i, &resource, error); });
      run.said.append(resource.json.data, resource.json.size);
    }
    for (std::size_t i = 0; i < meshroute_envoy_bootstrap_port_count(made); ++i) {
      meshroute_envoy_port port = MESHROUTE_ENVOY_PORT_INIT;
      run.now("envoy_bootstrap_port_at", [&](auto* error) { return meshroute_envoy_bootstrap_port_at(made, i, &port, error); });
    }
    meshroute_envoy_bootstrap_free(made);
  }
  meshroute_view_free(view);
}

/// A load on two threads, where the failing allocation may be either thread's.
void threads(Run& run) {
  run.may_do_without = true;  // if a thread cannot start, the other does the work
  meshroute_mesh* mesh = new_mesh(run, 2);
  std::string stream;
  for (int i = 0; i < 24; ++i) {
    stream += "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r" + std::to_string(i) +
              "}\nspec: {host: a.example.com}\n---\n";
  }
  meshroute_report* report = load(run, mesh, stream);
  run.bytes("report_json", [&](auto* out, auto* error) { return meshroute_report_json(report, 0, out, error); });
  meshroute_report_free(report);
  meshroute_mesh_free(mesh);
}

struct Scenario {
  const char* name;
  void (*play)(Run&);
};
const Scenario kScenarios[] = {{"reports", reports},   {"answers", answers}, {"lists", lists},
                               {"patterns", patterns}, {"server", server},   {"suite", suite},
                               {"diff", diff},         {"envoy", envoy},     {"threads", threads}};

}  // namespace

int main(int count, char** arguments) {
  const char* name = count > 1 ? arguments[1] : "";
  const long every = count > 2 ? std::atol(arguments[2]) : 1;
  const long first = count > 3 ? std::atol(arguments[3]) : 0;
  find_excused();
  is_excused();  // the first backtrace loads what it needs
  for (const Scenario& scenario : kScenarios) {
    if (std::strcmp(scenario.name, name) != 0) continue;
    std::string want;
    // Cold runs, then warm ones: tables that are made once are made in the first of either.
    for (const bool warm : {false, true}) {
      if (warm) {
        allocations = 0;
        Run run;
        scenario.play(run);
        want = run.said;
        std::printf("%s: %ld allocations\n", name, allocations.load());
      }
      bool done = false;
      for (long n = warm ? first : 0; !done && failures < 20; n += warm ? every : 97) {
        const long before = living;
        {
          Run run;
          countdown = n;
          scenario.play(run);
          done = countdown >= 0;
          countdown = -1;
          if (warm && run.said != want) {
            std::printf("with allocation %ld failing the scenario reads otherwise\n", n);
            ++failures;
          }
        }
        if (warm && living != before) {
          std::printf("with allocation %ld failing %ld blocks leak\n", n, living - before);
          ++failures;
        }
      }
    }
    return failures == 0 ? 0 : 1;
  }
  std::printf("there is no scenario %s\n", name);
  return 2;
}
