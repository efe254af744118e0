// SPDX-License-Identifier: Apache-2.0
// Who reaches a host.
#include <string>
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

struct meshroute_reach {
  explicit meshroute_reach(meshroute::Reach given) : value(std::move(given)) {
    for (const auto& group : value.groups) {
      Texts& texts = groups.emplace_back();
      texts.workloads = borrow(group.workloads);
      for (const auto& way : group.ways) texts.gateways.push_back(borrow(way.gateways));
    }
  }

  struct Texts {  ///< borrow the value's
    std::vector<meshroute_str> workloads;
    std::vector<std::vector<meshroute_str>> gateways;  ///< of each way
  };
  meshroute::Reach value;
  std::vector<Texts> groups;

 private:
  static std::vector<meshroute_str> borrow(const std::vector<std::string>& texts) {
    std::vector<meshroute_str> list;
    list.reserve(texts.size());
    for (const std::string& text : texts) list.push_back(str_of(text));
    return list;
  }
};

extern "C" {

meshroute_status meshroute_snapshot_reach(const meshroute_snapshot* snapshot, meshroute_str host, uint32_t port,
                                          meshroute_str from, meshroute_reach** out, meshroute_error* error) {
  return guard(error, [&]() -> meshroute_status {
    if (snapshot == nullptr || out == nullptr || (host.data == nullptr && host.size > 0) ||
        (from.data == nullptr && from.size > 0))
      return missing(error);
    using meshroute::Error;
    constexpr uint32_t kMost = 65535;
    if (host.size == 0) return fail(error, Error{Error::Code::invalid_argument, "host is empty: name the host to reach"});
    if (port > kMost)
      return fail(error, Error{Error::Code::invalid_argument, "port is " + std::to_string(port) + ", and ports end at 65535"});
    meshroute::Request asked;
    asked.host = std::string(view_of(host));
    if (const auto wrong = asked.wrong()) return fail(error, *wrong);
    hand_out(snapshot->value.reach(view_of(host), port, view_of(from)), out);
    return (*out)->value.arrives == (*out)->value.workloads ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_reach_free(meshroute_reach* reach) { delete reach; }

meshroute_status meshroute_reach_get(const meshroute_reach* reach, meshroute_reach_fields* out, meshroute_error* error) {
  return guard(error, [&] {
    if (reach == nullptr || out == nullptr) return missing(error);
    meshroute_reach_fields made = MESHROUTE_REACH_FIELDS_INIT;
    made.host = str_of(reach->value.host);
    made.url = str_of(reach->value.url);
    made.workload_count = reach->value.workloads;
    made.arriving_count = reach->value.arrives;
    made.group_count = reach->value.groups.size();
    made.port = reach->value.port;
    return fill(made, out, error);
  });
}

meshroute_status meshroute_reach_group_at(const meshroute_reach* reach, size_t index, meshroute_reach_group* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    if (reach == nullptr || out == nullptr) return missing(error);
    if (index >= reach->groups.size()) return out_of_range(error);
    const auto& from = reach->value.groups[index];
    const auto& texts = reach->groups[index];
    meshroute_reach_group made = MESHROUTE_REACH_GROUP_INIT;
    made.result = str_of(from.result);
    made.arrives_percent = from.arrives_percent;
    made.workloads = texts.workloads.data();
    made.workload_count = texts.workloads.size();
    made.way_count = from.ways.size();
    made.because_count = from.because.size();
    made.sidecar = from.sidecar ? 1 : 0;
    return fill(made, out, error);
  });
}

meshroute_status meshroute_reach_way_at(const meshroute_reach* reach, size_t group, size_t index, meshroute_reach_way* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    if (reach == nullptr || out == nullptr) return missing(error);
    if (group >= reach->groups.size() || index >= reach->value.groups[group].ways.size()) return out_of_range(error);
    const auto& from = reach->value.groups[group].ways[index];
    const auto& gateways = reach->groups[group].gateways[index];
    meshroute_reach_way made = MESHROUTE_REACH_WAY_INIT;
    made.destination = str_of(from.destination);
    made.result = str_of(from.result);
    made.gateways = gateways.data();
    made.gateway_count = gateways.size();
    made.percent = from.percent;
    return fill(made, out, error);
  });
}

meshroute_status meshroute_reach_because_at(const meshroute_reach* reach, size_t group, size_t index, meshroute_trace_line* out,
                                            meshroute_error* error) {
  return guard(error, [&] {
    if (reach == nullptr || out == nullptr) return missing(error);
    if (group >= reach->groups.size() || index >= reach->value.groups[group].because.size()) return out_of_range(error);
    return fill(struct_of(reach->value.groups[group].because[index]), out, error);
  });
}

meshroute_status meshroute_reach_json(const meshroute_reach* reach, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return reach == nullptr || out == nullptr ? missing(error) : give(reach->value.to_json(), out); });
}
meshroute_status meshroute_reach_text(const meshroute_reach* reach, int32_t colour, meshroute_bytes* out,
                                      meshroute_error* error) {
  return guard(
      error, [&] { return reach == nullptr || out == nullptr ? missing(error) : give(reach->value.to_text(colour != 0), out); });
}
meshroute_status meshroute_reach_picture(const meshroute_reach* reach, int32_t language, meshroute_bytes* out,
                                         meshroute_error* error) {
  return guard(error, [&] {
    if (reach == nullptr || out == nullptr) return missing(error);
    if (language == MESHROUTE_PICTURE_DOT) return give(reach->value.to_dot(), out);
    if (language == MESHROUTE_PICTURE_MERMAID) return give(reach->value.to_mermaid(), out);
    using meshroute::Error;
    return fail(error, Error{Error::Code::invalid_argument, "language is " + std::to_string(language) +
                                                                ": it is MESHROUTE_PICTURE_DOT or MESHROUTE_PICTURE_MERMAID"});
  });
}

}  // extern "C"
