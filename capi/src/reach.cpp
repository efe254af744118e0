// SPDX-License-Identifier: Apache-2.0
// Who reaches a host.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

/// `value`, and its lists as arrays.
struct meshroute_reach {
  explicit meshroute_reach(meshroute::Reach given) : value(std::move(given)) {
    for (const auto& group : value.groups) {
      workloads.add_texts(group.workloads);
      Texts& of_group = gateways.emplace_back();
      for (const auto& way : group.ways) of_group.add_texts(way.gateways);
    }
  }

  meshroute::Reach value;
  Texts workloads;              ///< a row for each group
  std::vector<Texts> gateways;  ///< of each group: a row for each way
};

namespace {

const meshroute::ReachGroup& group_at(const meshroute_reach* reach, size_t group) {
  return at(reach->value.groups, group, "group");
}

}  // namespace

extern "C" {

meshroute_status meshroute_snapshot_reach(const meshroute_snapshot* snapshot, meshroute_str host, uint32_t port,
                                          meshroute_str from, meshroute_reach** out, meshroute_error* error) {
  return guard(error, [&]() -> meshroute_status {
    need("snapshot", snapshot, "out", out);
    constexpr uint32_t kMost = 65535;
    const auto name = needed_text("host", host), clients = text_of("from", from);
    if (name.empty()) refuse("`host` is empty; name the host to reach");
    if (port > kMost) refuse_number("port", nullptr, port, "a port from 1 to 65535, or 0");
    meshroute::Request asked;
    asked.host = std::string(name);
    if (const auto wrong = asked.wrong()) refuse(*wrong);
    *out = std::make_unique<meshroute_reach>(snapshot->value.reach(name, port, clients)).release();
    return (*out)->value.arrives == (*out)->value.workloads ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_reach_free(meshroute_reach* reach) { delete reach; }

meshroute_status meshroute_reach_get(const meshroute_reach* reach, meshroute_reach_fields* out, meshroute_error* error) {
  return guard(error, [&] {
    need("reach", reach, "out", out);
    meshroute_reach_fields made = MESHROUTE_REACH_FIELDS_INIT;
    made.host = str_of(reach->value.host);
    made.url = str_of(reach->value.url);
    made.workload_count = reach->value.workloads;
    made.arriving_count = reach->value.arrives;
    made.group_count = reach->value.groups.size();
    made.port = reach->value.port;
    return fill(made, out);
  });
}

meshroute_status meshroute_reach_group_at(const meshroute_reach* reach, size_t index, meshroute_reach_group* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    need("reach", reach, "out", out);
    const meshroute::ReachGroup& from = at(reach->value.groups, index);
    meshroute_reach_group made = MESHROUTE_REACH_GROUP_INIT;
    made.result = str_of(from.result);
    made.arrives_percent = from.arrives_percent;
    made.workloads = reach->workloads.at(index);
    made.workload_count = reach->workloads.count(index);
    made.way_count = from.ways.size();
    made.because_count = from.because.size();
    made.sidecar = from.sidecar ? 1 : 0;
    return fill(made, out);
  });
}

meshroute_status meshroute_reach_way_at(const meshroute_reach* reach, size_t group, size_t index, meshroute_reach_way* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    need("reach", reach, "out", out);
    const auto& from = at(group_at(reach, group).ways, index);
    meshroute_reach_way made = MESHROUTE_REACH_WAY_INIT;
    made.destination = str_of(from.destination);
    made.result = str_of(from.result);
    made.gateways = reach->gateways[group].at(index);
    made.gateway_count = reach->gateways[group].count(index);
    made.percent = from.percent;
    return fill(made, out);
  });
}

meshroute_status meshroute_reach_because_at(const meshroute_reach* reach, size_t group, size_t index, meshroute_trace_line* out,
                                            meshroute_error* error) {
  return guard(error, [&] {
    need("reach", reach, "out", out);
    return fill(struct_of(at(group_at(reach, group).because, index)), out);
  });
}

meshroute_status meshroute_reach_json(const meshroute_reach* reach, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return give_json("reach", reach, style, out, error);
}
meshroute_status meshroute_reach_text(const meshroute_reach* reach, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return give_of("reach", reach, out, error, [&](const auto& value) { return value.to_text(TextStyle(style).colour); });
}
meshroute_status meshroute_reach_picture(const meshroute_reach* reach, int32_t language, meshroute_bytes* out,
                                         meshroute_error* error) {
  return give_of("reach", reach, out, error, [&](const auto& value) {
    const auto which =
        one_of("language", nullptr, language, MESHROUTE_PICTURE_MERMAID, "MESHROUTE_PICTURE_DOT or MESHROUTE_PICTURE_MERMAID");
    return which == MESHROUTE_PICTURE_DOT ? value.to_dot() : value.to_mermaid();
  });
}

}  // extern "C"
