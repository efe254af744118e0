// SPDX-License-Identifier: Apache-2.0
// What a server's proxy does with what reaches it.
#include "request.hpp"
#include "wall.hpp"

using namespace meshroute::capi;

extern "C" {

void meshroute_inbound_answer_free(meshroute_inbound_answer* answer) { delete answer; }

meshroute_status meshroute_inbound_answer_new(meshroute_inbound_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr) return missing(error);
    hand_out(meshroute::InboundAnswer{}, out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_resolve_inbound(const meshroute_view* view, const meshroute_request* request,
                                           const meshroute_resolve_options* options, meshroute_inbound_answer** out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ResolveOptions given;
    if (view == nullptr || out == nullptr || !read(options, given)) return missing(error);
    const auto asked = request_of(request);
    if (!asked) return fail(error, asked.error());
    hand_out(view->value.resolve_inbound(*asked, given), out);
    return (*out)->value.allowed ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_resolve_inbound_into(const meshroute_view* view, const meshroute_request* request,
                                                const meshroute_resolve_options* options, meshroute_inbound_answer* reused,
                                                meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ResolveOptions given;
    if (view == nullptr || reused == nullptr || !read(options, given)) return missing(error);
    const auto asked = request_of(request);
    if (!asked) return fail(error, asked.error());
    try {
      view->value.resolve_inbound_into(*asked, reused->value, given);
    } catch (...) {  // no half an answer
      reused->value = meshroute::InboundAnswer{};
      throw;
    }
    return reused->value.allowed ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

meshroute_status meshroute_inbound_answer_get(const meshroute_inbound_answer* answer, meshroute_inbound_answer_fields* out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    const auto& from = answer->value;
    meshroute_inbound_answer_fields fields = MESHROUTE_INBOUND_ANSWER_FIELDS_INIT;
    fields.listener = str_of(from.listener);
    fields.chain = str_of(from.chain);
    fields.kind = str_of(from.kind);
    fields.tls = str_of(from.tls);
    fields.peer = str_of(from.peer);
    fields.error = str_of(from.error);
    fields.action = str_of(from.action);
    fields.policy = str_of(from.policy);
    fields.jwt = str_of(from.jwt);
    fields.cluster = str_of(from.cluster);
    fields.virtual_host = str_of(from.virtual_host);
    fields.route = str_of(from.route);
    fields.request_principal = str_of(from.request_principal);
    fields.remote_ip = str_of(from.remote_ip);
    fields.audit = str_of(from.audit);
    fields.status = number_of(from.status);
    fields.grpc_status = number_of(from.grpc_status);
    fields.allowed = from.allowed ? 1 : 0;
    return fill(fields, out, error);
  });
}

size_t meshroute_inbound_answer_asked_count(const meshroute_inbound_answer* answer) {
  return answer == nullptr ? 0 : answer->value.asked.size();
}
meshroute_status meshroute_inbound_answer_asked(const meshroute_inbound_answer* answer, size_t index, meshroute_pair* out,
                                                meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.asked.size()) return out_of_range(error);
    const auto& from = answer->value.asked[index];
    *out = {str_of(from.provider), str_of(from.policy)};
    return MESHROUTE_OK;
  });
}

size_t meshroute_inbound_answer_dry_run_count(const meshroute_inbound_answer* answer) {
  return answer == nullptr ? 0 : answer->value.dry_run.size();
}
meshroute_status meshroute_inbound_answer_dry_run(const meshroute_inbound_answer* answer, size_t index, meshroute_dry_run* out,
                                                  meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.dry_run.size()) return out_of_range(error);
    const auto& from = answer->value.dry_run[index];
    meshroute_dry_run made = MESHROUTE_DRY_RUN_INIT;
    made.action = str_of(from.action);
    made.policy = str_of(from.policy);
    made.allowed = from.allowed ? 1 : 0;
    return fill(made, out, error);
  });
}

size_t meshroute_inbound_answer_trace_count(const meshroute_inbound_answer* answer) {
  return answer == nullptr ? 0 : answer->value.trace.size();
}
meshroute_status meshroute_inbound_answer_trace(const meshroute_inbound_answer* answer, size_t index, meshroute_trace_line* out,
                                                meshroute_error* error) {
  return guard(error, [&] {
    if (answer == nullptr || out == nullptr) return missing(error);
    if (index >= answer->value.trace.size()) return out_of_range(error);
    return fill(struct_of(answer->value.trace[index]), out, error);
  });
}

meshroute_status meshroute_inbound_answer_json(const meshroute_inbound_answer* answer, meshroute_bytes* out,
                                               meshroute_error* error) {
  return guard(error, [&] { return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_json(), out); });
}

meshroute_status meshroute_inbound_answer_text(const meshroute_inbound_answer* answer, int32_t explain, int32_t colour,
                                               meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    return answer == nullptr || out == nullptr ? missing(error) : give(answer->value.to_text(explain != 0, colour != 0), out);
  });
}

}  // extern "C"
