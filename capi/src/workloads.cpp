// SPDX-License-Identifier: Apache-2.0
// What is loaded: resources, and the proxies of workloads.
#include <memory>
#include <string>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

meshroute_status meshroute_snapshot_find_proxy(const meshroute_snapshot* snapshot, meshroute_str name,
                                               meshroute_found_proxy** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    auto found = std::make_unique<meshroute_found_proxy>();
    found->value = snapshot->value.find_proxy(needed_text("name", name));
    found->labels.add_map(found->value.proxy.labels);
    *out = found.release();
    return (*out)->value.message.empty() ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_found_proxy_free(meshroute_found_proxy* found) { delete found; }

meshroute_status meshroute_found_proxy_get(const meshroute_found_proxy* found, meshroute_proxy* out, meshroute_error* error) {
  return guard(error, [&] {
    need("found", found, "out", out);
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
    made.labels = found->labels.at(0);
    made.label_count = found->labels.count(0);
    made.type = static_cast<std::int32_t>(from.type);
    made.no_sidecar = from.no_sidecar ? 1 : 0;
    return fill(made, out);
  });
}

meshroute_status meshroute_found_proxy_json(const meshroute_found_proxy* found, int32_t style, meshroute_bytes* out,
                                            meshroute_error* error) {
  return give_json("found", found, style, out, error);
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

meshroute_status meshroute_snapshot_resources(const meshroute_snapshot* snapshot, meshroute_resources** out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    *out = new meshroute_resources{snapshot->value.resources(), snapshot->value};
    return MESHROUTE_OK;
  });
}

void meshroute_resources_free(meshroute_resources* resources) { delete resources; }
size_t meshroute_resources_count(const meshroute_resources* resources) { return count_of(resources); }

meshroute_status meshroute_resources_at(const meshroute_resources* resources, size_t index, meshroute_resource* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    need("resources", resources, "out", out);
    const meshroute::Resource& from = *at(resources->value, index);
    meshroute_resource made = MESHROUTE_RESOURCE_INIT;
    made.cluster = str_of(from.identity.cluster);
    made.group = str_of(from.identity.group);
    made.kind = str_of(from.identity.kind);
    made.namespace_ = str_of(from.identity.namespace_);
    made.name = str_of(from.identity.name);
    if (from.origin.source != nullptr) {
      made.source = str_of(from.origin.source->name);
      made.line = from.origin.line;
    }
    return fill(made, out);
  });
}

meshroute_status meshroute_resources_json(const meshroute_resources* resources, int32_t style, meshroute_bytes* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    need("resources", resources, "out", out);
    return give(resources->snapshot.resources_json(pretty_of(style)), out);
  });
}

}  // extern "C"
