// SPDX-License-Identifier: Apache-2.0
// Requests, route tables and answers.
#include <memory>
#include <utility>

#include "request.hpp"
#include "wall.hpp"

namespace {

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

meshroute_status verdict(const meshroute::Answer& answer) {
  const auto& outcome = answer.outcome;
  const bool reached = outcome == "routed" || outcome == "redirect" || outcome == "direct_response" || outcome == "passthrough";
  return reached ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

template <class Table>
meshroute_status resolve(const Table* table, const meshroute::Result<meshroute::Request>& asked,
                         const meshroute::ResolveOptions& options, meshroute_answer** out, meshroute_error* error) {
  if (table == nullptr || out == nullptr) return missing(error);
  if (!asked) return fail(error, asked.error());
  auto handle = std::make_unique<meshroute_answer>();
  table->value.resolve_into(*asked, handle->value, options);
  *out = handle.release();
  return verdict((*out)->value);
}

template <class Table>
meshroute_status resolve(const Table* table, const meshroute_request* request, const meshroute_resolve_options* options,
                         meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ResolveOptions given;
    return read(options, given) ? resolve(table, request_of(request), given, out, error) : missing(error);
  });
}

template <class Table>
meshroute_status resolve(const Table* table, const char* request, size_t size, int32_t trace, meshroute_answer** out,
                         meshroute_error* error) {
  return guard(error, [&] {
    if (request == nullptr) return missing(error);
    return resolve(table, request_of(std::string_view(request, size)), {.trace = trace != 0}, out, error);
  });
}

using Headers = std::vector<std::pair<std::string, std::vector<std::string>>>;

std::size_t lines_of(const Headers& headers) {
  std::size_t lines = 0;
  for (const auto& header : headers) lines += header.second.size();
  return lines;
}

/// Headers line by line: one on several lines counts as often.
meshroute_status header_at(const Headers& headers, std::size_t index, meshroute_pair* out, meshroute_error* error) {
  for (const auto& [name, values] : headers) {
    if (index < values.size()) {
      *out = {str_of(name), str_of(values[index])};
      return MESHROUTE_OK;
    }
    index -= values.size();
  }
  return out_of_range(error);
}

/// What leaves for the cluster, or null where nothing does.
const meshroute::UpstreamRequest* upstream_of(const meshroute_answer* answer) {
  return answer != nullptr && answer->value.upstream_request ? &*answer->value.upstream_request : nullptr;
}

const meshroute::UpstreamRequest::Changed* changed_of(const meshroute_answer* answer, std::size_t header) {
  const auto* upstream = upstream_of(answer);
  return upstream != nullptr && header < upstream->headers_changed.size() ? &upstream->headers_changed[header] : nullptr;
}

}  // namespace

extern "C" {

void meshroute_answer_free(meshroute_answer* answer) { delete answer; }
void meshroute_route_table_free(meshroute_route_table* table) { delete table; }

meshroute_status meshroute_resolve(const meshroute_view* view, const meshroute_request* request,
                                   const meshroute_resolve_options* options, meshroute_answer** out, meshroute_error* error) {
  return resolve(view, request, options, out, error);
}

meshroute_status meshroute_resolve_into(const meshroute_view* view, const meshroute_request* request,
                                        const meshroute_resolve_options* options, meshroute_answer* reused,
                                        meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ResolveOptions given;
    if (view == nullptr || reused == nullptr || !read(options, given)) return missing(error);
    const auto asked = request_of(request);
    if (!asked) return fail(error, asked.error());
    try {
      view->value.resolve_into(*asked, reused->value, given);
    } catch (...) {  // no half an answer
      reused->value = meshroute::Answer{};
      throw;
    }
    return verdict(reused->value);
  });
}

meshroute_status meshroute_resolve_many(const meshroute_view* view, const meshroute_request* const* requests, size_t count,
                                        const meshroute_resolve_options* options, meshroute_answer** answers,
                                        meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ResolveOptions given;
    if (view == nullptr || (count > 0 && (requests == nullptr || answers == nullptr)) || !read(options, given))
      return missing(error);
    std::vector<std::unique_ptr<meshroute_answer>> made;
    made.reserve(count);
    bool all = true;
    for (std::size_t i = 0; i < count; ++i) {
      const auto asked = request_of(requests[i]);
      if (!asked) return fail(error, MESHROUTE_INVALID_ARGUMENT, "request " + std::to_string(i) + ": " + asked.error().message);
      made.push_back(std::make_unique<meshroute_answer>());
      view->value.resolve_into(*asked, made.back()->value, given);
      all = verdict(made.back()->value) == MESHROUTE_OK && all;
    }
    for (std::size_t i = 0; i < count; ++i) answers[i] = made[i].release();
    return all ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_resolve_json(const meshroute_view* view, const char* request, size_t size, int32_t trace,
                                        meshroute_answer** out, meshroute_error* error) {
  return resolve(view, request, size, trace, out, error);
}

meshroute_status meshroute_route_table_new(const char* protojson, size_t size, meshroute_str name, meshroute_route_table** out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    if (protojson == nullptr || out == nullptr) return missing(error);
    auto table = meshroute::RouteTable::parse({protojson, size}, view_of(name));
    if (!table) return fail(error, table.error());
    hand_out(std::move(*table), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_route_table_resolve(const meshroute_route_table* table, const meshroute_request* request,
                                               const meshroute_resolve_options* options, meshroute_answer** out,
                                               meshroute_error* error) {
  return resolve(table, request, options, out, error);
}

meshroute_status meshroute_route_table_resolve_json(const meshroute_route_table* table, const char* request, size_t size,
                                                    int32_t trace, meshroute_answer** out, meshroute_error* error) {
  return resolve(table, request, size, trace, out, error);
}

meshroute_status meshroute_answer_new(meshroute_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr) return missing(error);
    hand_out(meshroute::Answer{}, out);
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
    if (answer == nullptr || out == nullptr) return missing(error);
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
    fields.filter_chain_index = number_of(from.filter_chain_index);
    fields.route_index = number_of(from.route_index);
    fields.direct_response = number_of(from.direct_response);
    fields.grpc_status = number_of(from.grpc_status);
    fields.response_status = from.response ? static_cast<std::int64_t>(from.response->status) : -1;
    fields.failure_percent = from.failure_percent;
    fields.upstream_tls_mode = str_of(from.upstream_tls.mode);
    fields.upstream_tls_sni = str_of(from.upstream_tls.sni);
    fields.upstream_tls_why = str_of(from.upstream_tls.why);
    fields.upstream_san_count = from.upstream_tls.sans.size();
    return fill(fields, out, error);
  });
}

size_t meshroute_answer_weighted_cluster_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.weighted_clusters.size();
}
meshroute_status meshroute_answer_weighted_cluster(const meshroute_answer* answer, size_t index, meshroute_weighted_cluster* out,
                                                   meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.weighted_clusters.size()) return out_of_range(error);
    return fill(struct_of(answer->value.weighted_clusters[index]), out, error);
  });
}

size_t meshroute_answer_endpoint_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.endpoints.size();
}

meshroute_status meshroute_answer_endpoint(const meshroute_answer* answer, size_t index, meshroute_endpoint* out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.endpoints.size()) return out_of_range(error);
    return fill(struct_of(answer->value.endpoints[index]), out, error);
  });
}

meshroute_status meshroute_answer_endpoint_label(const meshroute_answer* answer, size_t endpoint, size_t index,
                                                 meshroute_pair* out, meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (endpoint >= answer->value.endpoints.size()) return out_of_range(error);
    return label_at(answer->value.endpoints[endpoint].labels, index, out, error);
  });
}

meshroute_status meshroute_answer_endpoint_origin(const meshroute_answer* answer, size_t endpoint, meshroute_origin* out,
                                                  meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (endpoint >= answer->value.endpoints.size()) return out_of_range(error);
    return fill(struct_of(answer->value.endpoints[endpoint].origin), out, error);
  });
}

meshroute_status meshroute_answer_upstream_request(const meshroute_answer* answer, meshroute_upstream_request* out,
                                                   meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    const auto* from = upstream_of(answer);
    meshroute_upstream_request made = MESHROUTE_UPSTREAM_REQUEST_INIT;
    if (from != nullptr) {
      made.method = str_of(from->method);
      made.path = str_of(from->path);
      made.authority = str_of(from->authority);
      made.added_header_count = lines_of(from->headers_added);
      made.changed_header_count = from->headers_changed.size();
      made.removed_header_count = from->headers_removed.size();
    }
    const meshroute_status status = fill(made, out, error);
    return status == MESHROUTE_OK && from == nullptr ? MESHROUTE_FINDINGS : status;
  });
}

meshroute_status meshroute_answer_added_header(const meshroute_answer* answer, size_t index, meshroute_pair* out,
                                               meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    const auto* from = upstream_of(answer);
    return from == nullptr ? out_of_range(error) : header_at(from->headers_added, index, out, error);
  });
}

meshroute_status meshroute_answer_changed_header(const meshroute_answer* answer, size_t index, meshroute_changed_header* out,
                                                 meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    const auto* from = changed_of(answer, index);
    if (from == nullptr) return out_of_range(error);
    meshroute_changed_header made = MESHROUTE_CHANGED_HEADER_INIT;
    made.name = str_of(from->name);
    made.sent_count = from->sent.size();
    made.got_count = from->got.size();
    return fill(made, out, error);
  });
}

meshroute_str meshroute_answer_changed_header_sent(const meshroute_answer* answer, size_t header, size_t index) {
  const auto* from = changed_of(answer, header);
  return from == nullptr ? meshroute_str{nullptr, 0} : text_at(from->sent, index);
}

meshroute_str meshroute_answer_changed_header_got(const meshroute_answer* answer, size_t header, size_t index) {
  const auto* from = changed_of(answer, header);
  return from == nullptr ? meshroute_str{nullptr, 0} : text_at(from->got, index);
}

meshroute_str meshroute_answer_removed_header(const meshroute_answer* answer, size_t index) {
  const auto* from = upstream_of(answer);
  return from == nullptr ? meshroute_str{nullptr, 0} : text_at(from->headers_removed, index);
}

size_t meshroute_answer_response_header_count(const meshroute_answer* answer) {
  return answer == nullptr || !answer->value.response ? 0 : lines_of(answer->value.response->headers);
}

meshroute_status meshroute_answer_response_header(const meshroute_answer* answer, size_t index, meshroute_pair* out,
                                                  meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (!answer->value.response) return out_of_range(error);
    return header_at(answer->value.response->headers, index, out, error);
  });
}

size_t meshroute_answer_mirror_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.mirrors.size();
}
meshroute_str meshroute_answer_mirror(const meshroute_answer* answer, size_t index) {
  return answer == nullptr ? meshroute_str{nullptr, 0} : text_at(answer->value.mirrors, index);
}

size_t meshroute_answer_because_count(const meshroute_answer* answer) {
  return answer == nullptr ? 0 : answer->value.because.size();
}
meshroute_status meshroute_answer_because(const meshroute_answer* answer, size_t index, meshroute_trace_line* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.because.size()) return out_of_range(error);
    return fill(struct_of(answer->value.because[index]), out, error);
  });
}

meshroute_str meshroute_answer_upstream_san(const meshroute_answer* answer, size_t index) {
  return answer == nullptr ? meshroute_str{nullptr, 0} : text_at(answer->value.upstream_tls.sans, index);
}

size_t meshroute_answer_trace_count(const meshroute_answer* answer) { return answer == nullptr ? 0 : answer->value.trace.size(); }
meshroute_status meshroute_answer_trace(const meshroute_answer* answer, size_t index, meshroute_trace_line* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.trace.size()) return out_of_range(error);
    return fill(struct_of(answer->value.trace[index]), out, error);
  });
}

meshroute_status meshroute_answer_json(const meshroute_answer* answer, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_json(), out); });
}

meshroute_status meshroute_answer_text(const meshroute_answer* answer, int32_t explain, int32_t colour, meshroute_bytes* out,
                                       meshroute_error* error) {
  return guard(error, [&] {
    return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_text(explain != 0, colour != 0), out);
  });
}

}  // extern "C"
