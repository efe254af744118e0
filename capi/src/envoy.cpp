// SPDX-License-Identifier: Apache-2.0
// Views as Envoy's messages, and as the configuration of a real Envoy.
#include <algorithm>
#include <iterator>

#include "wall.hpp"

namespace meshroute::capi {

namespace {

bool is_envoy_section(meshroute_str section) {
  constexpr std::string_view kSections[] = {"clusters", "endpoints", "routes", "listeners"};
  return std::find(std::begin(kSections), std::end(kSections), view_of(section)) != std::end(kSections);
}

}  // namespace

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

extern "C" {

meshroute_status meshroute_view_envoy_routes(const meshroute_view* view, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return view == nullptr || out == nullptr ? missing(error) : give(view->value.envoy_routes_json(), out); });
}

meshroute_status meshroute_view_envoy_json(const meshroute_view* view, meshroute_str section, const meshroute_view_filter* filter,
                                           meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    if (!is_envoy_section(section)) {
      return fail(error, MESHROUTE_INVALID_ARGUMENT,
                  "section is `" + std::string(view_of(section)) +
                      "`: Envoy's messages are of the sections clusters, endpoints, routes and listeners");
    }
    return give(view->value.envoy_json(view_of(section), given), out);
  });
}

meshroute_status meshroute_view_envoy_bootstrap(const meshroute_view* view, const meshroute_envoy_options* options,
                                                meshroute_envoy_bootstrap** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute_envoy_options known;
    if (view == nullptr || out == nullptr || !take(options, known)) return missing(error);
    if (known.reserved != 0) return fail(error, MESHROUTE_INVALID_ARGUMENT, "reserved is not 0");
    meshroute::EnvoyOptions given;
    given.mode = static_cast<meshroute::EnvoyOptions::Mode>(known.mode);
    given.listen = view_of(known.listen);
    given.admin = view_of(known.admin);
    given.certificates = view_of(known.certificates);
    given.directory = view_of(known.directory);
    auto made = view->value.envoy_bootstrap(given);
    if (!made) return fail(error, made.error());
    hand_out(std::move(*made), out);
    return MESHROUTE_OK;
  });
}

void meshroute_envoy_bootstrap_free(meshroute_envoy_bootstrap* bootstrap) { delete bootstrap; }

meshroute_str meshroute_envoy_bootstrap_json(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? meshroute_str{nullptr, 0} : str_of(bootstrap->value.json);
}

size_t meshroute_envoy_bootstrap_warning_count(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? 0 : bootstrap->value.warnings.size();
}

meshroute_str meshroute_envoy_bootstrap_warning(const meshroute_envoy_bootstrap* bootstrap, size_t index) {
  return bootstrap == nullptr ? meshroute_str{nullptr, 0} : text_at(bootstrap->value.warnings, index);
}

size_t meshroute_envoy_bootstrap_port_count(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? 0 : bootstrap->value.ports.size();
}

meshroute_status meshroute_envoy_bootstrap_port(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                meshroute_envoy_port* out, meshroute_error* error) {
  return guard(error, [&] {
    if (bootstrap == nullptr || out == nullptr) return missing(error);
    if (index >= bootstrap->value.ports.size()) return out_of_range(error);
    const meshroute::EnvoyPort& from = bootstrap->value.ports[index];
    meshroute_envoy_port made = MESHROUTE_ENVOY_PORT_INIT;
    made.host = str_of(from.host);
    made.address = str_of(from.address);
    made.port = from.port;
    made.listens = from.listens;
    return fill(made, out, error);
  });
}

size_t meshroute_envoy_bootstrap_resource_count(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? 0 : bootstrap->value.resources.size();
}

meshroute_status meshroute_envoy_bootstrap_resource(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                    meshroute_envoy_resource* out, meshroute_error* error) {
  return guard(error, [&] {
    if (bootstrap == nullptr || out == nullptr) return missing(error);
    if (index >= bootstrap->value.resources.size()) return out_of_range(error);
    const meshroute::EnvoyResource& from = bootstrap->value.resources[index];
    meshroute_envoy_resource made = MESHROUTE_ENVOY_RESOURCE_INIT;
    made.file = str_of(from.file);
    made.name = str_of(from.name);
    made.json = str_of(from.json);
    return fill(made, out, error);
  });
}

}  // extern "C"
