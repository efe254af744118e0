// SPDX-License-Identifier: Apache-2.0
// What a server's proxy does with what reaches it.
#include <memory>

#include "request.hpp"
#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

void meshroute_inbound_answer::index() {
  asked.clear();
  asked.add(value.asked, [](const auto& each) { return meshroute_pair{str_of(each.provider), str_of(each.policy)}; });
}

void meshroute_inbound_answer::clear() noexcept {
  value = meshroute::InboundAnswer{};
  asked.clear();
}

namespace {

meshroute_status resolve(const meshroute::View& view, const meshroute::Request& request, const meshroute::ResolveOptions& options,
                         meshroute_inbound_answer& answer) {
  try {
    view.resolve_inbound_into(request, answer.value, options);
    answer.index();
  } catch (...) {  // no half an answer
    answer.clear();
    throw;
  }
  return answer.value.allowed ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

/// `asked()` reads the request.
template <class Asked>
meshroute_status resolve_new(const meshroute_view* view, Asked asked, const meshroute_resolve_options* options,
                             meshroute_inbound_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const auto given = options_of(options);
    const auto request = asked();
    auto handle = std::make_unique<meshroute_inbound_answer>();
    const meshroute_status status = resolve(view->value, request, given, *handle);
    *out = handle.release();
    return status;
  });
}

template <class Asked>
meshroute_status resolve_into(const meshroute_view* view, Asked asked, const meshroute_resolve_options* options,
                              meshroute_inbound_answer* reused, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "reused", reused);
    const auto given = options_of(options);
    return resolve(view->value, asked(), given, *reused);
  });
}

}  // namespace

extern "C" {

void meshroute_inbound_answer_free(meshroute_inbound_answer* answer) { delete answer; }

meshroute_status meshroute_inbound_answer_new(meshroute_inbound_answer** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    auto handle = std::make_unique<meshroute_inbound_answer>();
    handle->index();
    *out = handle.release();
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_resolve_inbound(const meshroute_view* view, const meshroute_request* request,
                                           const meshroute_resolve_options* options, meshroute_inbound_answer** out,
                                           meshroute_error* error) {
  return resolve_new(view, by_struct(request), options, out, error);
}
meshroute_status meshroute_resolve_inbound_into(const meshroute_view* view, const meshroute_request* request,
                                                const meshroute_resolve_options* options, meshroute_inbound_answer* reused,
                                                meshroute_error* error) {
  return resolve_into(view, by_struct(request), options, reused, error);
}
meshroute_status meshroute_resolve_inbound_json(const meshroute_view* view, const char* request, size_t size,
                                                const meshroute_resolve_options* options, meshroute_inbound_answer** out,
                                                meshroute_error* error) {
  return resolve_new(view, by_text(request, size), options, out, error);
}
meshroute_status meshroute_resolve_inbound_json_into(const meshroute_view* view, const char* request, size_t size,
                                                     const meshroute_resolve_options* options, meshroute_inbound_answer* reused,
                                                     meshroute_error* error) {
  return resolve_into(view, by_text(request, size), options, reused, error);
}

meshroute_status meshroute_inbound_answer_get(const meshroute_inbound_answer* answer, meshroute_inbound_answer_fields* out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
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
    fields.asked = answer->asked.at(0);
    fields.asked_count = answer->asked.count(0);
    return fill(fields, out);
  });
}

size_t meshroute_inbound_answer_dry_run_count(const meshroute_inbound_answer* answer) {
  return answer == nullptr ? 0 : answer->value.dry_run.size();
}
meshroute_status meshroute_inbound_answer_dry_run_at(const meshroute_inbound_answer* answer, size_t index, meshroute_dry_run* out,
                                                     meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    const auto& from = at(answer->value.dry_run, index);
    meshroute_dry_run made = MESHROUTE_DRY_RUN_INIT;
    made.action = str_of(from.action);
    made.policy = str_of(from.policy);
    made.allowed = from.allowed ? 1 : 0;
    return fill(made, out);
  });
}

size_t meshroute_inbound_answer_trace_count(const meshroute_inbound_answer* answer) {
  return answer == nullptr ? 0 : answer->value.trace.size();
}
meshroute_status meshroute_inbound_answer_trace_at(const meshroute_inbound_answer* answer, size_t index,
                                                   meshroute_trace_line* out, meshroute_error* error) {
  return guard(error, [&] {
    need("answer", answer, "out", out);
    return fill(struct_of(at(answer->value.trace, index)), out);
  });
}

meshroute_status meshroute_inbound_answer_json(const meshroute_inbound_answer* answer, int32_t style, meshroute_bytes* out,
                                               meshroute_error* error) {
  return give_json("answer", answer, style, out, error);
}

meshroute_status meshroute_inbound_answer_text(const meshroute_inbound_answer* answer, int32_t style, meshroute_bytes* out,
                                               meshroute_error* error) {
  return give_of("answer", answer, out, error, [&](const auto& value) {
    const TextStyle how(style);
    return value.to_text(how.explain, how.colour);
  });
}

}  // extern "C"
