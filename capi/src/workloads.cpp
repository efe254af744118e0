// SPDX-License-Identifier: Apache-2.0
// Workloads that are loaded: their proxies, the services that they serve.
#include <memory>
#include <string>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

meshroute_status meshroute_snapshot_find_proxy(const meshroute_snapshot* snapshot, meshroute_str name,
                                               meshroute_found_proxy** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || name.data == nullptr || out == nullptr) return missing(error);
    auto found = std::make_unique<meshroute_found_proxy>();
    found->value = snapshot->value.find_proxy(view_of(name));
    for (const auto& [key, value] : found->value.proxy.labels) found->labels.push_back({str_of(key), str_of(value)});
    *out = found.release();
    return (*out)->value.message.empty() ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_found_proxy_free(meshroute_found_proxy* found) { delete found; }

meshroute_status meshroute_found_proxy_get(const meshroute_found_proxy* found, meshroute_proxy* out, meshroute_error* error) {
  return guard(error, [&] {
    if (found == nullptr || out == nullptr) return missing(error);
    const meshroute::Proxy& from = found->value.proxy;
    meshroute_proxy made = MESHROUTE_PROXY_INIT;
    made.id = str_of(from.id);
    made.namespace_ = str_of(from.namespace_);
    made.ip = str_of(from.ip);
    made.locality = str_of(from.locality);
    made.network = str_of(from.network);
    made.cluster = str_of(from.cluster);
    made.node_name = str_of(from.node_name);
    made.service_account = str_of(from.service_account);
    made.labels = found->labels.data();
    made.label_count = found->labels.size();
    made.type = static_cast<std::int32_t>(from.type);
    return fill(made, out, error);
  });
}

meshroute_status meshroute_found_proxy_json(const meshroute_found_proxy* found, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    if (found == nullptr || out == nullptr) return missing(error);
    return give(found->value.to_json(), out);
  });
}

meshroute_str meshroute_found_proxy_resource(const meshroute_found_proxy* found) {
  return found == nullptr ? meshroute_str{nullptr, 0} : str_of(found->value.resource);
}
meshroute_str meshroute_found_proxy_message(const meshroute_found_proxy* found) {
  return found == nullptr ? meshroute_str{nullptr, 0} : str_of(found->value.message);
}
int32_t meshroute_found_proxy_assumed(const meshroute_found_proxy* found) {
  return found != nullptr && found->value.assumed ? 1 : 0;
}

meshroute_status meshroute_snapshot_workloads_of(const meshroute_snapshot* snapshot, meshroute_str host,
                                                 meshroute_endpoints** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || host.data == nullptr || out == nullptr) return missing(error);
    hand_out(snapshot->value.workloads_of(view_of(host)), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_snapshot_resources_json(const meshroute_snapshot* snapshot, meshroute_bytes* out,
                                                   meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || out == nullptr) return missing(error);
    return give(snapshot->value.resources_json(), out);
  });
}

}  // extern "C"
