// SPDX-License-Identifier: Apache-2.0
// Views as Envoy's messages, and as the configuration of a real Envoy.
#include <algorithm>
#include <iterator>
#include <utility>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

void check_section(std::string_view section) {
  constexpr std::string_view kSections[] = {"clusters", "endpoints", "routes", "listeners"};
  if (std::find(std::begin(kSections), std::end(kSections), section) != std::end(kSections)) return;
  refuse("`section` is `" + std::string(section) +
         "`: Envoy's messages are of the sections clusters, endpoints, routes and listeners");
}

}  // namespace

extern "C" {

meshroute_status meshroute_view_envoy_json(const meshroute_view* view, meshroute_str section, const meshroute_view_filter* filter,
                                           int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const auto asked = text_of("section", section);
    check_section(asked);
    return give(view->value.envoy_json(asked, filter_of(filter), pretty_of(style)), out);
  });
}

meshroute_status meshroute_view_envoy_bootstrap(const meshroute_view* view, const meshroute_envoy_options* options,
                                                meshroute_envoy_bootstrap** out, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const meshroute_envoy_options known = take("options", options);
    meshroute::EnvoyOptions given;
    given.mode = static_cast<meshroute::EnvoyOptions::Mode>(
        one_of("options", "mode", known.mode, MESHROUTE_ENVOY_CAPTURE, "use MESHROUTE_ENVOY_HTTP_PROXY, _PORTS or _CAPTURE"));
    given.listen = text_of("options.listen", known.listen);
    given.admin = text_of("options.admin", known.admin);
    given.certificates = text_of("options.certificates", known.certificates);
    given.directory = text_of("options.directory", known.directory);
    hand_out(value_of(view->value.envoy_bootstrap(given)), out);
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

meshroute_str meshroute_envoy_bootstrap_warning_at(const meshroute_envoy_bootstrap* bootstrap, size_t index) {
  return bootstrap == nullptr ? meshroute_str{nullptr, 0} : text_at(bootstrap->value.warnings, index);
}

size_t meshroute_envoy_bootstrap_port_count(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? 0 : bootstrap->value.ports.size();
}

meshroute_status meshroute_envoy_bootstrap_port_at(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                   meshroute_envoy_port* out, meshroute_error* error) {
  return guard(error, [&] {
    need("bootstrap", bootstrap, "out", out);
    const meshroute::EnvoyPort& from = at(bootstrap->value.ports, index);
    meshroute_envoy_port made = MESHROUTE_ENVOY_PORT_INIT;
    made.host = str_of(from.host);
    made.address = str_of(from.address);
    made.port = from.port;
    made.listens = from.listens;
    return fill(made, out);
  });
}

size_t meshroute_envoy_bootstrap_resource_count(const meshroute_envoy_bootstrap* bootstrap) {
  return bootstrap == nullptr ? 0 : bootstrap->value.resources.size();
}

meshroute_status meshroute_envoy_bootstrap_resource_at(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                       meshroute_envoy_resource* out, meshroute_error* error) {
  return guard(error, [&] {
    need("bootstrap", bootstrap, "out", out);
    const meshroute::EnvoyResource& from = at(bootstrap->value.resources, index);
    meshroute_envoy_resource made = MESHROUTE_ENVOY_RESOURCE_INIT;
    made.file = str_of(from.file);
    made.name = str_of(from.name);
    made.json = str_of(from.json);
    return fill(made, out);
  });
}

}  // extern "C"
