// SPDX-License-Identifier: Apache-2.0
// A request through the proxies of the servers that it may reach.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "request.hpp"
#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

meshroute_journey::meshroute_journey(meshroute::Journey journey) : value(std::move(journey)) {
  outbound.value = value.outbound;
  outbound.index();
  for (const auto& hop : value.endpoints) {
    server_sans.add_texts(hop.server_sans);
    inbound.emplace_back();
    if (!hop.server.empty()) {
      inbound.back() = std::make_unique<meshroute_inbound_answer>();
      inbound.back()->value = hop.inbound;
      inbound.back()->index();
    }
    next.emplace_back();
    if (hop.next != nullptr) next.back() = std::make_unique<meshroute_journey>(*hop.next);
  }
}

namespace {

meshroute_status follow(const meshroute_snapshot& snapshot, const meshroute::Proxy& proxy, const meshroute::Request& request,
                        meshroute_str servers, meshroute_journey** out) {
  std::optional<std::vector<meshroute::Proxy>> given;
  const auto list = text_of("servers", servers);
  if (!list.empty()) given = value_of("servers", meshroute::proxies_from_json(list));
  *out = std::make_unique<meshroute_journey>(snapshot.value.follow(proxy, request, given ? &*given : nullptr)).release();
  return (*out)->value.arrives_percent >= 100 ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

}  // namespace

extern "C" {

meshroute_status meshroute_snapshot_follow(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                           const meshroute_request* request, meshroute_str servers, meshroute_journey** out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    return follow(*snapshot, proxy_of(proxy), request_of("request", request), servers, out);
  });
}

meshroute_status meshroute_snapshot_follow_json(const meshroute_snapshot* snapshot, meshroute_str proxy, meshroute_str request,
                                                meshroute_str servers, meshroute_journey** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    const auto given = value_of(meshroute::Proxy::from_json(text_of("proxy", proxy)));
    return follow(*snapshot, given, request_of(text_of("request", request)), servers, out);
  });
}

void meshroute_journey_free(meshroute_journey* journey) { delete journey; }

double meshroute_journey_arrives_percent(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.arrives_percent;
}
const meshroute_answer* meshroute_journey_outbound(const meshroute_journey* journey) {
  return journey == nullptr ? nullptr : &journey->outbound;
}
size_t meshroute_journey_hop_count(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.endpoints.size();
}

meshroute_status meshroute_journey_hop_at(const meshroute_journey* journey, size_t index, meshroute_hop* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    need("journey", journey, "out", out);
    const auto& from = at(journey->value.endpoints, index);
    meshroute_hop made = MESHROUTE_HOP_INIT;
    made.cluster = str_of(from.cluster);
    made.address = str_of(from.address);
    made.source_ip = str_of(from.source_ip);
    made.tls = str_of(from.tls);
    made.match = str_of(from.match);
    made.sni = str_of(from.sni);
    made.server = str_of(from.server);
    made.result = str_of(from.result);
    made.server_sans = journey->server_sans.at(index);
    made.server_san_count = journey->server_sans.count(index);
    made.percent = from.percent;
    made.port = from.port;
    return fill(made, out);
  });
}

const meshroute_inbound_answer* meshroute_journey_hop_inbound(const meshroute_journey* journey, size_t hop) {
  return journey == nullptr || hop >= journey->inbound.size() ? nullptr : journey->inbound[hop].get();
}
const meshroute_journey* meshroute_journey_hop_next(const meshroute_journey* journey, size_t hop) {
  return journey == nullptr || hop >= journey->next.size() ? nullptr : journey->next[hop].get();
}

size_t meshroute_journey_because_count(const meshroute_journey* journey) {
  return journey == nullptr ? 0 : journey->value.because.size();
}
meshroute_status meshroute_journey_because_at(const meshroute_journey* journey, size_t index, meshroute_trace_line* out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    need("journey", journey, "out", out);
    return fill(struct_of(at(journey->value.because, index)), out);
  });
}

meshroute_status meshroute_journey_json(const meshroute_journey* journey, int32_t style, meshroute_bytes* out,
                                        meshroute_error* error) {
  return give_json("journey", journey, style, out, error);
}
meshroute_status meshroute_journey_text(const meshroute_journey* journey, int32_t style, meshroute_bytes* out,
                                        meshroute_error* error) {
  return give_of("journey", journey, out, error,
                 [&](const auto& value) { return value.to_text(TextStyle(style).colour, TextStyle(style).explain); });
}

}  // extern "C"
