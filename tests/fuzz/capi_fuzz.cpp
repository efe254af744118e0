// SPDX-License-Identifier: Apache-2.0
// The C API in whatever order the bytes say: two bytes are a call, the bytes after them choose its handles and texts. Handles are
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
    "{host: a.com, subset: v1}, weight: 1}, {destination: {host: a.com, subset: v3}, weight: 2}], mirror: {host: a.com}, "
    "headers: "
    "{request: {set: {x: c}, add: {y: d}, remove: [z]}}}], tls: [{match: [{sniHosts: [a.com], destinationSubnets: "
    "[10.0.0.0/8]}], "
    "route: [{destination: {host: a.com, subset: v1}, weight: 1}, {destination: {host: a.com}, weight: 2}]}]}\n",
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

void touch(const meshroute_str* texts, std::size_t count) {
  if ((texts == nullptr) != (count == 0)) std::abort();
  for (std::size_t i = 0; i < count; ++i) touch(texts[i]);
}
void touch(const meshroute_pair* pairs, std::size_t count) {
  if ((pairs == nullptr) != (count == 0)) std::abort();
  for (std::size_t i = 0; i < count; ++i) touch(pairs[i].name), touch(pairs[i].value);
}
void touch(const meshroute_origin& origin) {
  touch(origin.kind), touch(origin.namespace_), touch(origin.name), touch(origin.source);
}

class Play {
 public:
  explicit Play(Input input) : input_(input) {}
  Play(const Play&) = delete;
  Play& operator=(const Play&) = delete;
  ~Play() { meshroute_answers_free(batch_); }
  void call();
  bool ended() const { return input_.ended(); }

 private:
  void mesh_call(std::uint8_t which);
  void view_call(std::uint8_t which);
  void envoy_call(const meshroute_view* view, std::uint8_t which);
  void report_call(std::uint8_t which);
  void answer_call(std::uint8_t which);
  void rows_call(std::uint8_t which);
  void many(const meshroute_view* view, const meshroute_request& request, const meshroute_resolve_options& options);
  void reasons_call(std::uint8_t which);
  void read_rows(std::uint8_t list, std::uint8_t choice, std::size_t row);
  void read_answer(const meshroute_answer* answer, std::size_t index);
  /// A filter, NULL at times, or one of an older, a newer or a mistaken caller.
  const meshroute_view_filter* filter();
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
  Slots<meshroute_services> services_{meshroute_services_free};
  Slots<meshroute_clusters> clusters_{meshroute_clusters_free};
  Slots<meshroute_endpoints> endpoints_{meshroute_endpoints_free};
  Slots<meshroute_routes> routes_{meshroute_routes_free};
  Slots<meshroute_listeners> listeners_{meshroute_listeners_free};
  Slots<meshroute_reasons> reasons_{meshroute_reasons_free};
  meshroute_answers* batch_ = nullptr;
  struct {
    meshroute_view_filter known;
    char later[16];
  } filter_{};
};

void Play::call() {
  const std::uint8_t group = input_.byte(), which = input_.byte();
  switch (group % 8) {
    case 0:
    case 1:
      return mesh_call(which);
    case 2:
      return view_call(which);
    case 3:
      return report_call(which);
    case 4:
      return answer_call(which);
    case 5:
      return reasons_call(which);
    default:
      return rows_call(which);
  }
}

const meshroute_view_filter* Play::filter() {
  static const char* const kHosts[] = {"", "a", "a.com", "s.default", "x"};
  static const char* const kClusters[] = {"", "outbound|80|v1|a.com", "outbound|443||a.com", "PassthroughCluster", "||", "|"};
  const std::uint8_t bits = input_.byte();
  if (bits % 8 == 0) return nullptr;
  const std::string_view host = input_.one_of(kHosts), cluster = input_.one_of(kClusters);
  filter_.known = MESHROUTE_VIEW_FILTER_INIT;
  filter_.known.host = {host.data(), host.size()};
  if ((bits & 8U) != 0) filter_.known.cluster = {cluster.data(), cluster.size()};
  if ((bits & 16U) != 0) filter_.known.subset = {"v1", 2};
  if ((bits & 32U) != 0) filter_.known.port = bits % 2 == 0 ? 80 : input_.byte();
  if ((bits & 64U) != 0) filter_.known.struct_size = input_.byte() % sizeof filter_;
  return &filter_.known;
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
        meshroute_load_options options = MESHROUTE_LOAD_OPTIONS_INIT;
        if ((which & 8U) != 0) options.cluster = input_.str();
        return checked(meshroute_mesh_apply(mesh, json.data(), json.size(), &options, out, &error_), error_);
      });
    }
    case 5: {
      static const char* const kKinds[] = {"ServiceEntry", "DestinationRule", "VirtualService", "Sidecar", "WorkloadEntry"};
      static const char* const kNames[] = {"a", "s", "w"};
      const std::string_view kind = input_.one_of(kKinds), name = input_.one_of(kNames);
      const std::string_view group = "networking.istio.io";
      meshroute_resource resource = MESHROUTE_RESOURCE_INIT;
      resource.group = {group.data(), group.size()};
      resource.kind = {kind.data(), kind.size()};
      resource.namespace_ = input_.str();
      resource.name = {name.data(), name.size()};
      if ((which & 8U) != 0) resource.cluster = input_.str();
      checked(meshroute_mesh_remove(mesh, &resource, &error_), error_);
      return;
    }
    case 6:
      meshroute_mesh_bytes(mesh);
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
        meshroute_proxy proxy = MESHROUTE_PROXY_INIT;
        const meshroute_pair label = {input_.str(), input_.str()};
        proxy.namespace_ = input_.str();
        proxy.ip = input_.str();
        proxy.locality = input_.str();
        proxy.labels = (which & 16U) != 0 ? nullptr : &label;
        proxy.label_count = 1;
        proxy.dns_capture = proxy.dns_auto_allocate = which & 32U;
        return checked(meshroute_snapshot_view(snapshot, (which & 8U) != 0 ? &proxy : nullptr, view, out, &error_), error_);
      });
    case 1:
      return views_.make(input_.byte(), [&](meshroute_view** out) {
        static const char* const kClients[] = {"{}", R"({"namespace":"default","labels":{"app":"a"},"ip":"10.0.0.9"})", "[]"};
        const std::string_view proxy = input_.one_of(kClients);
        return checked(meshroute_snapshot_view_json(snapshot, proxy.data(), proxy.size(), view, out, &error_), error_);
      });
    case 2:
      meshroute_snapshot_bytes(snapshot);
      meshroute_view_bytes(view);
      return reports_.make(input_.byte(), [&](meshroute_report** out) {
        return checked(meshroute_snapshot_analyze(snapshot, out, &error_), error_);
      });
    case 3:
    case 4: {
      static const char* const kSections[] = {"", "services", "clusters", "endpoints", "routes", "listeners", "none"};
      const std::string_view section = input_.one_of(kSections);
      const meshroute_str given{section.data(), section.size()};
      const meshroute_view_filter* wanted = (which & 8U) != 0 ? filter() : nullptr;
      return bytes([&](meshroute_bytes* out) {
        return which % 8 == 4 ? meshroute_view_text(view, given, wanted, which >> 4U, out, &error_)
                              : meshroute_view_json(view, given, wanted, which >> 4U, out, &error_);
      });
    }
    case 5:
      return envoy_call(view, which);
    case 6:
      return snapshots_.drop(input_.byte());
    default:
      return views_.drop(input_.byte());
  }
}

void Play::envoy_call(const meshroute_view* view, std::uint8_t which) {
  if ((which & 16U) == 0) {
    const meshroute_str section = input_.str();
    const meshroute_view_filter* wanted = filter();
    return bytes(
        [&](meshroute_bytes* out) { return meshroute_view_envoy_json(view, section, wanted, which >> 5U, out, &error_); });
  }
  meshroute_envoy_options options = MESHROUTE_ENVOY_OPTIONS_INIT;
  options.mode = input_.byte() % 4;
  options.listen = input_.str();
  options.directory = input_.str();
  meshroute_envoy_bootstrap* bootstrap = nullptr;
  if (meshroute_view_envoy_bootstrap(view, &options, &bootstrap, &error_) < 0) return;
  for (std::size_t i = 0; i <= meshroute_envoy_bootstrap_warning_count(bootstrap); ++i)
    meshroute_envoy_bootstrap_warning_at(bootstrap, i);
  meshroute_envoy_bootstrap_free(bootstrap);
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
      meshroute_report_bytes(report);
      checked(meshroute_report_ignore(report, input_.str(), &error_), error_);
      return;
    case 3:
    case 4: {
      const std::size_t index = input_.byte() % 4;
      meshroute_document document = MESHROUTE_DOCUMENT_INIT;
      if (checked(meshroute_report_document_at(report, index, &document, &error_), error_) == 0) {
        touch(document.source), touch(document.kind), touch(document.namespace_), touch(document.name);
      }
      touch(meshroute_report_unknown_field_at(report, index, input_.byte() % 3));
      meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
      if (checked(meshroute_report_diagnostic_at(report, index, &found, &error_), error_) == 0) {
        touch(found.message), touch(found.hint), touch(found.path), touch(found.rule);
      }
      meshroute_related related = MESHROUTE_RELATED_INIT;
      if (checked(meshroute_report_related_at(report, index, input_.byte() % 3, &related, &error_), error_) == 0)
        touch(related.message);
      return;
    }
    case 5:
      return bytes([&](meshroute_bytes* out) { return meshroute_report_json(report, which >> 4U, out, &error_); });
    case 6:
      if ((which & 16U) != 0) {
        std::int32_t left = input_.byte();
        const auto take = [](void* context, meshroute_str piece) -> std::int32_t {
          touch(piece);
          return --*static_cast<std::int32_t*>(context) < 0 ? 1 : 0;
        };
        checked(meshroute_report_write(report, (which >> 5U) % 4, 0, take, &left, &error_), error_);
        return;
      }
      return bytes([&](meshroute_bytes* out) {
        return (which & 8U) != 0 ? meshroute_report_sarif(report, which >> 4U, out, &error_)
                                 : meshroute_report_text(report, which >> 4U, out, &error_);
      });
    default:
      return reports_.drop(input_.byte());
  }
}

void Play::read_answer(const meshroute_answer* answer, std::size_t index) {
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
  meshroute_upstream_request upstream = MESHROUTE_UPSTREAM_REQUEST_INIT;
  meshroute_changed_header changed = MESHROUTE_CHANGED_HEADER_INIT;
  meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
  if (checked(meshroute_answer_get(answer, &fields, &error_), error_) == 0) {
    touch(fields.outcome), touch(fields.cluster), touch(fields.route), touch(fields.picked_endpoint), touch(fields.retries);
    for (std::size_t i = 0; i < fields.weighted_cluster_count; ++i) touch(fields.weighted_clusters[i].name);
    touch(fields.mirrors, fields.mirror_count), touch(fields.upstream_sans, fields.upstream_san_count);
    touch(fields.response_headers, fields.response_header_count);
  }
  if (checked(meshroute_answer_endpoint_at(answer, index, &endpoint, &error_), error_) == 0) {
    touch(endpoint.address), touch(endpoint.origin.source), touch(endpoint.labels, endpoint.label_count);
  }
  if (checked(meshroute_answer_trace_at(answer, index, &line, &error_), error_) == 0) touch(line.text);
  if (checked(meshroute_answer_upstream_request(answer, &upstream, &error_), error_) >= 0) {
    touch(upstream.path), touch(upstream.added_headers, upstream.added_header_count);
    touch(upstream.removed_headers, upstream.removed_header_count);
  }
  const bool there = checked(meshroute_answer_changed_header_at(answer, index, &changed, &error_), error_) == 0;
  if (there != (index < upstream.changed_header_count)) std::abort();
  if (there && changed.got_count == 0) std::abort();
  touch(changed.name), touch(changed.sent, changed.sent_count), touch(changed.got, changed.got_count);
}

void Play::reasons_call(std::uint8_t which) {
  meshroute_reasons* reasons = reasons_.at(input_.byte());
  switch (which % 8) {
    case 0:
      return reasons_.drop(input_.byte());
    case 1:
    case 2: {
      meshroute_view* view = views_.at(input_.byte());
      static const char* const kHosts[] = {"a", "a.com", "s", "x.b.com", "nobody"};
      const std::string_view host = input_.one_of(kHosts);
      return reasons_.make(input_.byte(), [&](meshroute_reasons** out) {
        return checked(meshroute_view_why(view, {host.data(), host.size()}, out, &error_), error_);
      });
    }
    case 3:
    case 4: {
      touch(meshroute_reasons_host(reasons));
      meshroute_trace_line line = MESHROUTE_TRACE_LINE_INIT;
      for (std::size_t i = 0; i <= meshroute_reasons_count(reasons); ++i) {
        if (checked(meshroute_reasons_at(reasons, i, &line, &error_), error_) == 0) touch(line.text), touch(line.path);
      }
      return;
    }
    case 5:
    case 6:
      return bytes([&](meshroute_bytes* out) { return meshroute_reasons_text(reasons, which >> 4U, out, &error_); });
    default:
      return bytes([&](meshroute_bytes* out) { return meshroute_reasons_json(reasons, which >> 6U, out, &error_); });
  }
}

void Play::rows_call(std::uint8_t which) {
  if (which % 8 == 5 || which % 8 == 6) {
    const std::uint8_t list = input_.byte(), choice = input_.byte();
    return read_rows(list % 5, choice, input_.byte() % 8);
  }
  if (which % 8 == 7) {
    services_.drop(input_.byte()), clusters_.drop(input_.byte()), endpoints_.drop(input_.byte());
    routes_.drop(input_.byte()), listeners_.drop(input_.byte());
    return;
  }
  meshroute_view* view = views_.at(input_.byte());
  const meshroute_view_filter* wanted = filter();
  const std::uint8_t slot = input_.byte();
  switch (which % 8) {
    case 0:
      return services_.make(slot,
                            [&](auto** out) { return checked(meshroute_view_services(view, wanted, out, &error_), error_); });
    case 1:
      return clusters_.make(slot,
                            [&](auto** out) { return checked(meshroute_view_clusters(view, wanted, out, &error_), error_); });
    case 2:
      return endpoints_.make(slot,
                             [&](auto** out) { return checked(meshroute_view_endpoints(view, wanted, out, &error_), error_); });
    case 3:
      return routes_.make(slot, [&](auto** out) { return checked(meshroute_view_routes(view, wanted, out, &error_), error_); });
    default:
      return listeners_.make(slot,
                             [&](auto** out) { return checked(meshroute_view_listeners(view, wanted, out, &error_), error_); });
  }
}

/// Every row, with all that its counts count.
void Play::read_rows(std::uint8_t list, std::uint8_t choice, std::size_t row) {
  const auto there = [&](meshroute_status status, bool wanted) {
    if ((checked(status, error_) == 0) != wanted) std::abort();
  };
  const auto weights = [](const meshroute_weighted_cluster* all, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) touch(all[i].name), touch(all[i].authority);
  };
  switch (list) {
    case 0: {
      const meshroute_services* rows = services_.at(choice);
      meshroute_service service = MESHROUTE_SERVICE_INIT;
      there(meshroute_services_at(rows, row, &service, &error_), row < meshroute_services_count(rows));
      touch(service.hostname), touch(service.address), touch(service.registry), touch(service.resolution);
      for (std::size_t i = 0; i < service.port_count; ++i) touch(service.ports[i].name), touch(service.ports[i].protocol);
      touch(service.labels, service.label_count), touch(service.addresses, service.address_count);
      return touch(service.origin);
    }
    case 1: {
      const meshroute_clusters* rows = clusters_.at(choice);
      meshroute_cluster cluster = MESHROUTE_CLUSTER_INIT;
      there(meshroute_clusters_at(rows, row, &cluster, &error_), row < meshroute_clusters_count(rows));
      touch(cluster.name), touch(cluster.type), touch(cluster.lb_policy), touch(cluster.host), touch(cluster.subset);
      return touch(cluster.origin), touch(cluster.destination_rule);
    }
    case 2: {
      const meshroute_endpoints* rows = endpoints_.at(choice);
      meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
      there(meshroute_endpoints_at(rows, row, &endpoint, &error_), row < meshroute_endpoints_count(rows));
      touch(endpoint.address), touch(endpoint.resource), touch(endpoint.network), touch(endpoint.locality);
      return touch(endpoint.labels, endpoint.label_count), touch(endpoint.origin);
    }
    case 3: {
      const meshroute_routes* rows = routes_.at(choice);
      meshroute_route route = MESHROUTE_ROUTE_INIT;
      there(meshroute_routes_at(rows, row, &route, &error_), row < meshroute_routes_count(rows));
      touch(route.match), touch(route.action), touch(route.redirect), touch(route.config), touch(route.path), touch(route.name);
      touch(route.domains, route.domain_count), touch(route.mirrors, route.mirror_count);
      weights(route.weighted_clusters, route.weighted_cluster_count);
      return touch(route.origin);
    }
    default: {
      const meshroute_listeners* rows = listeners_.at(choice);
      meshroute_listener listener = MESHROUTE_LISTENER_INIT;
      there(meshroute_listeners_at(rows, row, &listener, &error_), row < meshroute_listeners_count(rows));
      touch(listener.listener), touch(listener.chain), touch(listener.kind), touch(listener.route_config);
      touch(listener.cidrs, listener.cidr_count), touch(listener.sni, listener.sni_count);
      weights(listener.weighted_clusters, listener.weighted_cluster_count);
    }
  }
}

/// The same request among others: a batch says of it what a single call says.
void Play::many(const meshroute_view* view, const meshroute_request& request, const meshroute_resolve_options& options) {
  meshroute_request other = MESHROUTE_REQUEST_INIT;
  other.url = {"http://a.com/", 13};
  const meshroute_request* const asked[] = {&other, &request, &other};
  if (batch_ == nullptr && checked(meshroute_answers_new(&batch_, &error_), error_) != 0) std::abort();
  if (checked(meshroute_resolve_many(view, asked, 3, &options, batch_, &error_), error_) < 0) {
    if (meshroute_answers_count(batch_) != 0) std::abort();
    return;
  }
  const meshroute_result* results = meshroute_answers_results(batch_);
  for (std::size_t i = 0; i < meshroute_answers_count(batch_); ++i) {
    touch(results[i].outcome), touch(results[i].cluster), touch(results[i].picked_endpoint);
    for (std::size_t k = 0; k < results[i].endpoint_count; ++k) {
      meshroute_endpoint endpoint = MESHROUTE_ENDPOINT_INIT;
      if (checked(meshroute_answers_endpoint_at(batch_, results[i].first_endpoint + k, &endpoint, &error_), error_) != 0)
        std::abort();
      touch(endpoint.address), touch(endpoint.labels, endpoint.label_count);
    }
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
  options.skip_upstream_request = which & 64U;
  switch (which % 8) {
    case 0:
      return answers_.make(input_.byte(), [&](meshroute_answer** out) {
        return checked((which & 32U) != 0 ? meshroute_route_table_resolve(table, &request, &options, out, &error_)
                                          : meshroute_resolve(view, &request, &options, out, &error_),
                       error_);
      });
    case 1:
      return answers_.make(input_.byte(), [&](meshroute_answer** out) {
        return checked((which & 32U) != 0
                           ? meshroute_route_table_resolve_json(table, asked.data(), asked.size(), &options, out, &error_)
                           : meshroute_resolve_json(view, asked.data(), asked.size(), &options, out, &error_),
                       error_);
      });
    case 2:
      checked(meshroute_resolve_into(view, &request, &options, answer, &error_), error_);
      return many(view, request, options);
    case 3:
      return tables_.make(input_.byte(), [&](meshroute_route_table** out) {
        const std::string_view routes = (which & 8U) != 0 ? input_.one_of(kResources) : std::string_view(kResources[7]);
        return checked(meshroute_route_table_new(routes.data(), routes.size(), input_.str(), out, &error_), error_);
      });
    case 4:
      return bytes([&](meshroute_bytes* out) {
        return (which & 8U) != 0 ? meshroute_answer_json(answer, which >> 5U, out, &error_)
                                 : meshroute_answer_text(answer, which >> 4U, out, &error_);
      });
    case 5:
      return read_answer(answer, input_.byte() % 4);
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
