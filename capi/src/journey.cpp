// SPDX-License-Identifier: Apache-2.0
// A request through the proxies of the servers that it may reach.
#include <optional>
#include <utility>
#include <vector>

#include "request.hpp"
#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

meshroute_status follow(const meshroute_snapshot* snapshot, const meshroute::Proxy& proxy,
                        const meshroute::Result<meshroute::Request>& request, meshroute_str servers, meshroute_journey** out,
                        meshroute_error* error) {
  if (const auto wrong = proxy.wrong()) return fail(error, *wrong);
  if (!request) return fail(error, request.error());
  std::optional<std::vector<meshroute::Proxy>> given;
  if (servers.size > 0) {
    auto parsed = meshroute::proxies_from_json(view_of(servers));
    if (!parsed) return fail(error, parsed.error());
    given = std::move(*parsed);
  }
  hand_out(snapshot->value.follow(proxy, *request, given ? &*given : nullptr), out);
  return (*out)->value.arrives_percent >= 100 ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

}  // namespace

extern "C" {

meshroute_status meshroute_snapshot_follow(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                           const meshroute_request* request, meshroute_str servers, meshroute_journey** out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    meshroute::Proxy given;
    if (snapshot == nullptr || out == nullptr || !read(proxy, given)) return missing(error);
    return follow(snapshot, given, request_of(request), servers, out, error);
  });
}

meshroute_status meshroute_snapshot_follow_json(const meshroute_snapshot* snapshot, meshroute_str proxy, meshroute_str request,
                                                meshroute_str servers, meshroute_journey** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || out == nullptr) return missing(error);
    const auto given = meshroute::Proxy::from_json(view_of(proxy));
    if (!given) return fail(error, given.error());
    return follow(snapshot, *given, request_of(view_of(request)), servers, out, error);
  });
}

meshroute_status meshroute_journey_next(const meshroute_journey* journey, size_t hop, meshroute_journey** out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    if (journey == nullptr || out == nullptr) return missing(error);
    if (hop >= journey->value.endpoints.size()) return out_of_range(error);
    *out = nullptr;
    if (const auto& next = journey->value.endpoints[hop].next) hand_out(meshroute::Journey(*next), out);
    return MESHROUTE_OK;
  });
}

void meshroute_journey_free(meshroute_journey* journey) { delete journey; }

double meshroute_journey_arrives_percent(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.arrives_percent;
}
size_t meshroute_journey_hop_count(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.endpoints.size();
}

meshroute_status meshroute_journey_hop(const meshroute_journey* journey, size_t index, meshroute_hop* out,
                                       meshroute_error* error) {
  return guard(error, [&] {
    if (journey == nullptr || out == nullptr) return missing(error);
    if (index >= journey->value.endpoints.size()) return out_of_range(error);
    const auto& from = journey->value.endpoints[index];
    meshroute_hop made = MESHROUTE_HOP_INIT;
    made.cluster = str_of(from.cluster);
    made.address = str_of(from.address);
    made.source_ip = str_of(from.source_ip);
    made.tls = str_of(from.tls);
    made.match = str_of(from.match);
    made.sni = str_of(from.sni);
    made.server = str_of(from.server);
    made.result = str_of(from.result);
    made.server_san_count = from.server_sans.size();
    made.percent = from.percent;
    made.port = from.port;
    return fill(made, out, error);
  });
}

meshroute_str meshroute_journey_hop_server_san(const meshroute_journey* journey, size_t hop, size_t index) {
  if (journey == nullptr || hop >= journey->value.endpoints.size()) return {nullptr, 0};
  return text_at(journey->value.endpoints[hop].server_sans, index);
}

size_t meshroute_journey_because_count(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.because.size();
}
meshroute_status meshroute_journey_because(const meshroute_journey* journey, size_t index, meshroute_trace_line* out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    if (journey == nullptr || out == nullptr) return missing(error);
    if (index >= journey->value.because.size()) return out_of_range(error);
    return fill(struct_of(journey->value.because[index]), out, error);
  });
}

meshroute_status meshroute_journey_json(const meshroute_journey* journey, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return journey == nullptr || out == nullptr ? missing(error) : give(journey->value.to_json(), out); });
}
meshroute_status meshroute_journey_text(const meshroute_journey* journey, int32_t colour, meshroute_bytes* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    return journey == nullptr || out == nullptr ? missing(error) : give(journey->value.to_text(colour != 0), out);
  });
}

}  // extern "C"
