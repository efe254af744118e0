// SPDX-License-Identifier: Apache-2.0
// The C API in whatever order the bytes say: each byte is a call, the bytes after it choose its handles and texts. Handles are
// NULL until a call makes them and are freed at any time, so that every call meets NULLs and whatever was made from what is gone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "meshroute.h"

namespace {

const char* const kResources[] = {
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: default}\nspec: {hosts: [a.com, "
    "'*.b.com'], ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}], resolution: STATIC, "
    "endpoints: [{address: 10.0.0.1, labels: {version: v1}}, {address: 10.0.0.2, labels: {version: v2}}]}\n",
    "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: default}\nspec: {host: a.com, "
    "subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n",
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: default}\nspec: {hosts: [a.com], "
    "http: [{match: [{uri: {regex: '/v[0-9]+'}}], route: [{destination: {host: a.com, subset: v2}}]}, {route: [{destination: "
    "{host: a.com, subset: v1}, weight: 1}, {destination: {host: a.com, subset: v3}, weight: 2}], mirror: {host: a.com}}]}\n",
    "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s, namespace: default}\nspec: {egress: [{hosts: "
    "['./*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}\n",
    "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: w, namespace: default}\nspec: {address: 10.0.0.9, "
    "labels: {app: a}}\n",
    R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"default"},"spec":{"clusterIP":"10.1.0.1","selector":{"app":"a"},"ports":[{"port":80,"name":"http"}]}})",
    "a: [b, {c: ",
    R"({"name":"80","virtual_hosts":[{"name":"all","domains":["*"],"routes":[{"match":{"prefix":"/"},"route":{"cluster":"one"}}]}]})",
};
const char* const kRequests[] = {"http://a.com/",
                                 "http://a.com/v1",
                                 "https://a.com/",
                                 "tcp://10.0.0.1:80",
                                 "http://x.b.com/",
                                 "http://s.default/",
                                 R"({"host":"a.com","random":7,"headers":{"x":["a","b"]}})",
                                 "nothing"};

/// The input, from its front; zeros once it has ended.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  bool ended() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  template <std::size_t N>
  std::string_view one_of(const char* const (&texts)[N]) {
    const std::uint8_t choice = byte();
    return choice < 200 ? std::string_view(texts[choice % N]) : some();
  }
  std::string_view some() {
    const std::size_t wanted = byte();
    const std::string_view taken = rest_.substr(0, wanted);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  meshroute_str str() {
    const std::uint8_t choice = byte();
    if (choice < 100) return {nullptr, 0};
    const std::string_view taken = some();
    return {taken.data(), taken.size()};
  }

 private:
  std::string_view rest_;
};

template <class Handle>
struct Slots {
  Handle* held[3] = {nullptr, nullptr, nullptr};
  void (*release)(Handle*);
  explicit Slots(void (*free)(Handle*)) : release(free) {}
  ~Slots() {
    for (Handle* handle : held) release(handle);
  }
  Handle* at(std::uint8_t choice) const { return choice % 8 == 7 ? nullptr : held[choice % 3]; }
  void drop(std::uint8_t choice) {
    release(held[choice % 3]);
    held[choice % 3] = nullptr;
  }
  /// Keeps what `call` makes; a call that failed made nothing, one that did not made something.
  template <class Call>
  void make(std::uint8_t choice, Call call) {
    Handle* out = nullptr;
    const meshroute_status status = call(&out);
    if ((status < 0) != (out == nullptr)) std::abort();
    drop(choice);
    held[choice % 3] = out;
  }
};

meshroute_status checked(meshroute_status status, const meshroute_error& error) {
  if (status < MESHROUTE_REFUSED || status > MESHROUTE_FINDINGS) std::abort();  // no call may give INTERNAL
  if (status < 0 &&
      (error.code != status || error.message[0] == '\0' || std::memchr(error.message, 0, sizeof error.message) == nullptr)) {
    std::abort();
  }
  return status;
}

void touch(meshroute_str text) {
  if (text.size > 0 && std::string(text.data, text.size).size() != text.size) std::abort();
}

class Play {
 public:
  explicit Play(Input input) : input_(input) {}
  void call();
  bool ended() const { return input_.ended(); }

 private:
  void mesh_call(std::uint8_t which);
  void view_call(std::uint8_t which);
  void report_call(std::uint8_t which);
  void answer_call(std::uint8_t which);
  template <class Call>
  void bytes(Call call) {
    meshroute_bytes out{nullptr, 0};
    const meshroute_status status = checked(call(&out), error_);
    if (status >= 0 && (out.data == nullptr || out.data[out.size] != '\0')) std::abort();
    meshroute_bytes_free(&out);
    meshroute_bytes_free(&out);
  }

  Input input_;
  meshroute_error error_{};
  Slots<meshroute_mesh> meshes_{meshroute_mesh_free};
  Slots<meshroute_snapshot> snapshots_{meshroute_snapshot_free};
  Slots<meshroute_view> views_{meshroute_view_free};
  Slots<meshroute_report> reports_{meshroute_report_free};
  Slots<meshroute_answer> answers_{meshroute_answer_free};
  Slots<meshroute_route_table> tables_{meshroute_route_table_free};
};

void Play::call() {
  const std::uint8_t which = input_.byte();
  switch (which / 64) {
    case 0:
      return mesh_call(which);
    case 1:
      return view_call(which);
    case 2:
      return report_call(which);
    default:
      return answer_call(which);
  }
}

void Play::mesh_call(std::uint8_t which) {
  meshroute_mesh* mesh = meshes_.at(input_.byte());
  switch (which % 8) {
    case 0:
      return meshes_.make(input_.byte(), [&](meshroute_mesh** out) {
        meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;
        options.vip_mode = input_.byte() % 4;
        options.mesh_config = input_.str();
        options.mesh_networks = input_.str();
        return checked(meshroute_mesh_new(which & 8U ? &options : nullptr, out, &error_), error_);
      });
    case 1:
    case 2:
    case 3: {
      meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
      const std::uint8_t bits = input_.byte();
      options.format = bits % 4 == 3 ? 0 : bits % 4;
      options.drop_text = bits & 4U;
      options.apply_refused = bits & 8U;
      options.name = input_.str();
      const std::string_view text = input_.one_of(kResources);
      if ((bits & 16U) != 0) {
        checked(meshroute_mesh_load(mesh, text.data(), text.size(), &options, nullptr, &error_), error_);
        return;
      }
      return reports_.make(input_.byte(), [&](meshroute_report** out) {
        return checked((bits & 32U) != 0 ? meshroute_check(text.data(), text.size(), &options, out, &error_)
                                         : meshroute_mesh_load(mesh, text.data(), text.size(), &options, out, &error_),
                       error_);
      });
    }
    case 4: {
      const std::string_view json = input_.one_of(kResources);
      return reports_.make(input_.byte(), [&](meshroute_report** out) {
        return checked(meshroute_mesh_apply_json(mesh, json.data(), json.size(), out, &error_), error_);
      });
    }
    case 5: {
      static const char* const kKinds[] = {"ServiceEntry", "DestinationRule", "VirtualService", "Sidecar", "WorkloadEntry"};
      static const char* const kNames[] = {"a", "s", "w"};
      const std::string_view kind = input_.one_of(kKinds), name = input_.one_of(kNames);
      const std::string_view group = "networking.istio.io";
      checked(meshroute_mesh_remove(mesh, {group.data(), group.size()}, {kind.data(), kind.size()}, input_.str(),
                                    {name.data(), name.size()}, &error_),
              error_);
      return;
    }
    case 6:
      return snapshots_.make(
          input_.byte(), [&](meshroute_snapshot** out) { return checked(meshroute_mesh_snapshot(mesh, out, &error_), error_); });
    default:
      return meshes_.drop(input_.byte());
  }
}

void Play::view_call(std::uint8_t which) {
  meshroute_snapshot* snapshot = snapshots_.at(input_.byte());
  meshroute_view* view = views_.at(input_.byte());
  switch (which % 8) {
    case 0:
      return views_.make(input_.byte(), [&](meshroute_view** out) {
        meshroute_client client = MESHROUTE_CLIENT_INIT;
        const meshroute_pair label = {input_.str(), input_.str()};
        client.namespace_ = input_.str();
        client.ip = input_.str();
        client.locality = input_.str();
        client.labels = (which & 16U) != 0 ? nullptr : &label;
        client.label_count = 1;
        client.dns_capture = client.dns_auto_allocate = which & 32U;
        return checked(meshroute_snapshot_view(snapshot, (which & 8U) != 0 ? &client : nullptr, view, out, &error_), error_);
      });
    case 1:
      return views_.make(input_.byte(), [&](meshroute_view** out) {
        static const char* const kClients[] = {"{}", R"({"namespace":"default","labels":{"app":"a"},"ip":"10.0.0.9"})", "[]"};
        const std::string_view client = input_.one_of(kClients);
        return checked(meshroute_snapshot_view_json(snapshot, client.data(), client.size(), view, out, &error_), error_);
      });
    case 2:
      return reports_.make(input_.byte(), [&](meshroute_report** out) {
        return checked(meshroute_snapshot_analyze(snapshot, out, &error_), error_);
      });
    case 3:
    case 4: {
      static const char* const kSections[] = {"", "services", "clusters", "endpoints", "routes", "listeners", "none"};
      const std::string_view section = input_.one_of(kSections);
      const meshroute_str given{section.data(), section.size()};
      if (which % 8 == 4) return bytes([&](meshroute_bytes* out) { return meshroute_view_text(view, given, out, &error_); });
      return bytes([&](meshroute_bytes* out) { return meshroute_view_json(view, given, out, &error_); });
    }
    case 5:
      return bytes([&](meshroute_bytes* out) { return meshroute_view_envoy_routes(view, out, &error_); });
    case 6:
      return snapshots_.drop(input_.byte());
    default:
      return views_.drop(input_.byte());
  }
}

void Play::report_call(std::uint8_t which) {
  meshroute_report* report = reports_.at(input_.byte());
  switch (which % 8) {
    case 0:
      return reports_.make(input_.byte(),
                           [&](meshroute_report** out) { return checked(meshroute_report_new(out, &error_), error_); });
    case 1: {
      if (meshroute_report_diagnostic_count(report) + meshroute_report_document_count(report) > 1000) return;  // it may double
      checked(meshroute_report_append(report, reports_.at(input_.byte()), &error_), error_);
      return;
    }
    case 2:
      checked(meshroute_report_ignore(report, input_.str(), &error_), error_);
      return;
    case 3:
    case 4: {
      const std::size_t index = input_.byte() % 4;
      meshroute_document document = MESHROUTE_DOCUMENT_INIT;
      if (checked(meshroute_report_document(report, index, &document, &error_), error_) == 0) {
        touch(document.source), touch(document.kind), touch(document.namespace_), touch(document.name);
      }
      touch(meshroute_report_unknown_field(report, index, input_.byte() % 3));
      meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
      if (checked(meshroute_report_diagnostic(report, index, &found, &error_), error_) == 0) {
        touch(found.message), touch(found.hint), touch(found.path), touch(found.rule);
      }
      meshroute_related related = MESHROUTE_RELATED_INIT;
      if (checked(meshroute_report_related(report, index, input_.byte() % 3, &related, &error_), error_) == 0)
        touch(related.message);
      return;
    }
    case 5:
      return bytes([&](meshroute_bytes* out) { return meshroute_report_json(report, out, &error_); });
    case 6:
      return bytes([&](meshroute_bytes* out) {
        return (which & 8U) != 0 ? meshroute_report_sarif(report, out, &error_) : meshroute_report_text(report, 1, out, &error_);
      });
    default:
      return reports_.drop(input_.byte());
  }
}

void Play::answer_call(std::uint8_t which) {
  meshroute_view* view = views_.at(input_.byte());
  meshroute_answer* answer = answers_.at(input_.byte());
  meshroute_route_table* table = tables_.at(input_.byte());
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  const std::string_view asked = input_.one_of(kRequests);
  const meshroute_pair header = {input_.str(), input_.str()};
  request.url = {asked.data(), asked.size()};
  if ((which & 8U) != 0) {
    request.host = input_.str();
    request.path = input_.str();
    request.address = input_.str();
    request.headers = &header;
    request.header_count = 1;
    request.has_random = 1;
    request.random = input_.byte();
    request.port = input_.byte();
  }
  meshroute_resolve_options options = MESHROUTE_RESOLVE_OPTIONS_INIT;
  options.trace = which & 16U;
  switch (which % 8) {
    case 0:
      return answers_.make(input_.byte(), [&](meshroute_answer** out) {
        return checked((which & 32U) != 0 ? meshroute_route_table_resolve(table, &request, &options, out, &error_)
                                          : meshroute_resolve(view, &request, &options, out, &error_),
                       error_);
      });
    case 1:
      return answers_.make(input_.byte(), [&](meshroute_answer** out) {
        return checked((which & 32U) != 0 ? meshroute_route_table_resolve_json(table, asked.data(), asked.size(), 1, out, &error_)
                                          : meshroute_resolve_json(view, asked.data(), asked.size(), which & 16U, out, &error_),
                       error_);
      });
    case 2:
      checked(meshroute_resolve_into(view, &request, &options, answer, &error_), error_);
      return;
    case 3:
      return tables_.make(input_.byte(), [&](meshroute_route_table** out) {
        const std::string_view routes = (which & 8U) != 0 ? input_.one_of(kResources) : std::string_view(kResources[7]);
        return checked(meshroute_route_table_new(routes.data(), routes.size(), input_.str(), out, &error_), error_);
      });
    case 4:
      return bytes([&](meshroute_bytes* out) {
        return (which & 8U) != 0 ? meshroute_answer_json(answer, out, &error_)
                                 : meshroute_answer_text(answer, 1, 1, out, &error_);
      });
    case 5: {
      const std::size_t index = input_.byte() % 4;
      meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
      meshroute_weighted_cluster weighted = MESHROUTE_WEIGHTED_CLUSTER_INIT;
      meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
      meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
      meshroute_pair label{};
      if (checked(meshroute_answer_get(answer, &fields, &error_), error_) == 0) {
        touch(fields.outcome), touch(fields.cluster), touch(fields.route), touch(fields.picked_endpoint), touch(fields.retries);
      }
      if (checked(meshroute_answer_weighted_cluster(answer, index, &weighted, &error_), error_) == 0) touch(weighted.name);
      if (checked(meshroute_answer_endpoint(answer, index, &endpoint, &error_), error_) == 0) touch(endpoint.address);
      if (checked(meshroute_answer_endpoint_label(answer, index, 0, &label, &error_), error_) == 0) touch(label.value);
      if (checked(meshroute_answer_trace(answer, index, &line, &error_), error_) == 0) touch(line.text);
      touch(meshroute_answer_mirror(answer, index));
      return;
    }
    case 6:
      return tables_.drop(input_.byte());
    default:
      if ((which & 8U) == 0) return answers_.drop(input_.byte());
      return answers_.make(input_.byte(),
                           [&](meshroute_answer** out) { return checked(meshroute_answer_new(out, &error_), error_); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Play play(Input(data, size));
  for (int calls = 0; calls < 200 && !play.ended(); ++calls) play.call();
  return 0;
}
