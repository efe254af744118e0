// SPDX-License-Identifier: Apache-2.0
// Requests, route tables and answers.
#include <memory>
#include <utility>

#include "request.hpp"
#include "wall.hpp"

namespace {

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

/// Rows of an answer's own lists.
enum : std::size_t { kMirrors = 0, kSans = 1, kRemoved = 2, kChanged = 3 };
enum : std::size_t { kResponse = 0, kAdded = 1 };

const std::vector<std::pair<std::string, std::vector<std::string>>> kNoHeaders;
const std::vector<std::string> kNoTexts;

/// Resolves into an answer, and makes its arrays; where that fails the answer is empty.
template <class Table>
meshroute_status resolve(const Table& table, const meshroute::Request& request, const meshroute::ResolveOptions& options,
                         meshroute_answer& answer) {
  try {
    table.resolve_into(request, answer.value, options);
    answer.index();
  } catch (...) {
    answer.clear();
    throw;
  }
  return verdict_of(answer.value);
}

/// `asked()` reads the request.
template <class Table, class Asked>
meshroute_status resolve_new(const char* name, const Table* table, Asked asked, const meshroute_resolve_options* options,
                             meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    need(name, table, "out", out);
    const auto given = options_of(options);
    const auto request = asked();
    auto handle = std::make_unique<meshroute_answer>();
    const meshroute_status status = resolve(table->value, request, given, *handle);
    *out = handle.release();
    return status;
  });
}

template <class Table, class Asked>
meshroute_status resolve_into(const char* name, const Table* table, Asked asked, const meshroute_resolve_options* options,
                              meshroute_answer* reused, meshroute_error* error) {
  return guard(error, [&] {
    need(name, table, "reused", reused);
    const auto given = options_of(options);
    return resolve(table->value, asked(), given, *reused);
  });
}

}  // namespace

void meshroute_answer::index() {
  labels.clear();
  for (const auto& endpoint : value.endpoints) labels.add_map(endpoint.labels);
  headers.clear();
  headers.add_headers(value.response ? value.response->headers : kNoHeaders);
  headers.add_headers(value.upstream_request ? value.upstream_request->headers_added : kNoHeaders);
  texts.clear();
  texts.add_texts(value.mirrors);
  texts.add_texts(value.upstream_tls.sans);
  texts.add_texts(value.upstream_request ? value.upstream_request->headers_removed : kNoTexts);
  if (value.upstream_request) {
    for (const auto& changed : value.upstream_request->headers_changed) {
      texts.add_texts(changed.sent);
      texts.add_texts(changed.got);
    }
  }
  weighted_clusters.clear();
  weighted_clusters.add(value.weighted_clusters, [](const auto& each) { return struct_of(each); });
}

void meshroute_answer::clear() noexcept {
  value = meshroute::Answer{};
  labels.clear();
  headers.clear();
  texts.clear();
  weighted_clusters.clear();
}

extern "C" {

void meshroute_answer_free(meshroute_answer* answer) { delete answer; }
void meshroute_route_table_free(meshroute_route_table* table) { delete table; }

meshroute_status meshroute_resolve(const meshroute_view* view, const meshroute_request* request,
                                   const meshroute_resolve_options* options, meshroute_answer** out, meshroute_error* error) {
  return resolve_new("view", view, by_struct(request), options, out, error);
}
meshroute_status meshroute_resolve_into(const meshroute_view* view, const meshroute_request* request,
                                        const meshroute_resolve_options* options, meshroute_answer* reused,
                                        meshroute_error* error) {
  return resolve_into("view", view, by_struct(request), options, reused, error);
}
meshroute_status meshroute_resolve_json(const meshroute_view* view, const char* request, size_t size,
                                        const meshroute_resolve_options* options, meshroute_answer** out,
                                        meshroute_error* error) {
  return resolve_new("view", view, by_text(request, size), options, out, error);
}
meshroute_status meshroute_resolve_json_into(const meshroute_view* view, const char* request, size_t size,
                                             const meshroute_resolve_options* options, meshroute_answer* reused,
                                             meshroute_error* error) {
  return resolve_into("view", view, by_text(request, size), options, reused, error);
}

meshroute_status meshroute_route_table_new(const char* protojson, size_t size, meshroute_str name, meshroute_route_table** out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    need("protojson", protojson, "out", out);
    auto table = value_of(meshroute::RouteTable::parse(text_of("protojson", protojson, size), text_of("name", name)));
    hand_out(std::move(table), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_route_table_resolve(const meshroute_route_table* table, const meshroute_request* request,
                                               const meshroute_resolve_options* options, meshroute_answer** out,
                                               meshroute_error* error) {
  return resolve_new("table", table, by_struct(request), options, out, error);
}
meshroute_status meshroute_route_table_resolve_into(const meshroute_route_table* table, const meshroute_request* request,
                                                    const meshroute_resolve_options* options, meshroute_answer* reused,
                                                    meshroute_error* error) {
  return resolve_into("table", table, by_struct(request), options, reused, error);
}
meshroute_status meshroute_route_table_resolve_json(const meshroute_route_table* table, const char* request, size_t size,
                                                    const meshroute_resolve_options* options, meshroute_answer** out,
                                                    meshroute_error* error) {
  return resolve_new("table", table, by_text(request, size), options, out, error);
}
meshroute_status meshroute_route_table_resolve_json_into(const meshroute_route_table* table, const char* request, size_t size,
                                                         const meshroute_resolve_options* options, meshroute_answer* reused,
                                                         meshroute_error* error) {
  return resolve_into("table", table, by_text(request, size), options, reused, error);
}

meshroute_status meshroute_answer_new(meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    auto handle = std::make_unique<meshroute_answer>();
    handle->index();
    *out = handle.release();
    return MESHROUTE_OK;
  });
}

meshroute_str meshroute_answer_outcome(const meshroute_answer* answer) {
  return answer == nullptr ? meshroute_str{nullptr, 0} : str_of(answer->value.outcome);
}
meshroute_str meshroute_answer_cluster(const meshroute_answer* answer) {
  return answer == nullptr ? meshroute_str{nullptr, 0} : str_of(answer->value.cluster);
}

meshroute_status meshroute_answer_get(const meshroute_answer* answer, meshroute_answer_fields* out, meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    const auto& from = answer->value;
    meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
    fields.outcome = str_of(from.outcome);
    fields.listener = str_of(from.listener);
    fields.filter_chain = str_of(from.filter_chain);
    fields.route_config = str_of(from.route_config);
    fields.virtual_host = str_of(from.virtual_host);
    fields.route = str_of(from.route);
    fields.config = str_of(from.config);
    fields.cluster = str_of(from.cluster);
    fields.error = str_of(from.error);
    fields.path = str_of(from.path);
    fields.authority = str_of(from.authority);
    fields.timeout = str_of(from.timeout);
    fields.redirect = str_of(from.redirect);
    fields.retries = str_of(from.retries);
    if (from.response) fields.response_flags = str_of(from.response->flags);
    fields.picked_cluster = str_of(from.picked_cluster);
    fields.picked_endpoint = str_of(from.picked_endpoint);
    fields.upstream_tls_mode = str_of(from.upstream_tls.mode);
    fields.upstream_tls_sni = str_of(from.upstream_tls.sni);
    fields.upstream_tls_why = str_of(from.upstream_tls.why);
    fields.weighted_clusters = answer->weighted_clusters.at(0);
    fields.weighted_cluster_count = answer->weighted_clusters.count(0);
    fields.mirrors = answer->texts.at(kMirrors);
    fields.mirror_count = answer->texts.count(kMirrors);
    fields.upstream_sans = answer->texts.at(kSans);
    fields.upstream_san_count = answer->texts.count(kSans);
    fields.response_headers = answer->headers.at(kResponse);
    fields.response_header_count = answer->headers.count(kResponse);
    fields.route_index = number_of(from.route_index);
    fields.filter_chain_index = number_of(from.filter_chain_index);
    fields.direct_response = number_of(from.direct_response);
    fields.grpc_status = number_of(from.grpc_status);
    fields.response_status = from.response ? static_cast<std::int64_t>(from.response->status) : -1;
    fields.failure_percent = from.failure_percent;
    return fill(fields, out);
  });
}

size_t meshroute_answer_endpoint_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.endpoints.size();
}

meshroute_status meshroute_answer_endpoint_at(const meshroute_answer* answer, size_t index, meshroute_endpoint* out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    return fill(struct_of(at(answer->value.endpoints, index), answer->labels, index), out);
  });
}

meshroute_status meshroute_answer_upstream_request(const meshroute_answer* answer, meshroute_upstream_request* out,
                                                   meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    const auto& from = answer->value.upstream_request;
    meshroute_upstream_request made = MESHROUTE_UPSTREAM_REQUEST_INIT;
    if (from) {
      made.method = str_of(from->method);
      made.path = str_of(from->path);
      made.authority = str_of(from->authority);
      made.added_headers = answer->headers.at(kAdded);
      made.added_header_count = answer->headers.count(kAdded);
      made.removed_headers = answer->texts.at(kRemoved);
      made.removed_header_count = answer->texts.count(kRemoved);
      made.changed_header_count = from->headers_changed.size();
    }
    fill(made, out);
    return from ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_answer_changed_header_at(const meshroute_answer* answer, size_t index, meshroute_changed_header* out,
                                                    meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    const auto& upstream = answer->value.upstream_request;
    if (!upstream) refuse_index("index", index, 0);
    const auto& from = at(upstream->headers_changed, index);
    const std::size_t sent = kChanged + 2 * index, got = sent + 1;
    meshroute_changed_header made = MESHROUTE_CHANGED_HEADER_INIT;
    made.name = str_of(from.name);
    made.sent = answer->texts.at(sent);
    made.sent_count = answer->texts.count(sent);
    made.got = answer->texts.at(got);
    made.got_count = answer->texts.count(got);
    return fill(made, out);
  });
}

size_t meshroute_answer_trace_count(const meshroute_answer* answer) { return answer == nullptr ? 0 : answer->value.trace.size(); }
meshroute_status meshroute_answer_trace_at(const meshroute_answer* answer, size_t index, meshroute_trace_line* out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    return fill(struct_of(at(answer->value.trace, index)), out);
  });
}

size_t meshroute_answer_because_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.because.size();
}
meshroute_status meshroute_answer_because_at(const meshroute_answer* answer, size_t index, meshroute_trace_line* out,
                                             meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    return fill(struct_of(at(answer->value.because, index)), out);
  });
}

meshroute_status meshroute_answer_json(const meshroute_answer* answer, int32_t style, meshroute_bytes* out,
                                       meshroute_error* error) {
  return give_json("answer", answer, style, out, error);
}

meshroute_status meshroute_answer_text(const meshroute_answer* answer, int32_t style, meshroute_bytes* out,
                                       meshroute_error* error) {
  return give_of("answer", answer, out, error, [&](const auto& value) {
    const TextStyle how(style);
    return value.to_text(how.explain, how.colour);
  });
}

}  // extern "C"
