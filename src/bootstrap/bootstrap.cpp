// SPDX-License-Identifier: Apache-2.0
// The whole configuration: options, clusters, listeners, and how it is written.
#include "bootstrap/bootstrap.hpp"

#include <cstdio>
#include <optional>

#include "bootstrap/draft.hpp"
#include "envoy/cluster_writer.hpp"
#include "envoy/listener_writer.hpp"
#include "envoy/route_writer.hpp"
#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "text/json_writer.hpp"

namespace meshroute::bootstrap {

namespace {

using Mode = EnvoyOptions::Mode;
using text::JsonWriter;

constexpr std::string_view kRouteType = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

/// "ADDRESS:PORT", "[::1]:80"; false for anything else.
bool read_address(const std::string& text, std::string& address, std::uint32_t& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size() || text.size() - colon > 6) return false;
  if (text.find_first_not_of("0123456789", colon + 1) != std::string::npos) return false;
  port = static_cast<std::uint32_t>(std::stoul(text.substr(colon + 1)));
  address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return port <= 65535 && match::is_ip(address);
}

bool loopback(const std::string& address) { return address == "::1" || address.starts_with("127."); }

std::optional<Error> read_options(Draft& draft) {
  const EnvoyOptions& options = draft.options;
  const auto wrong = [](std::string message) { return Error{Error::Code::invalid_argument, std::move(message)}; };
  const bool ports = options.mode == Mode::ports && !draft.is_gateway();
  if (options.mode != Mode::http_proxy && options.mode != Mode::ports && options.mode != Mode::capture)
    return wrong("mode is " + std::to_string(static_cast<int>(options.mode)) + ": it must be capture, http_proxy or ports");
  if (draft.is_gateway() && !options.listen.empty())
    return wrong("listen is `" + options.listen + "`: it must be empty for a gateway, whose servers say where it listens");
  if (draft.captures() && !options.listen.empty())
    return wrong("listen is `" + options.listen +
                 "`: it must be empty in the mode capture, whose listeners have addresses of their own");
  const std::string listen = !options.listen.empty() ? options.listen : ports ? "127.0.0.1:20000" : "127.0.0.1:15080";
  if (!read_address(listen, draft.listen_address, draft.listen_port))
    return wrong("listen is `" + listen + "`: it must be an IP address and a port, such as 127.0.0.1:15080");
  if (ports && (!loopback(draft.listen_address) || draft.listen_port == 0))
    return wrong("listen is `" + listen + "`: in the mode ports it must be a loopback address and the first port, above 0");
  const std::string admin = !options.admin.empty() ? options.admin : "127.0.0.1:15000";
  if (!read_address(admin, draft.admin_address, draft.admin_port) || !loopback(draft.admin_address))
    return wrong("admin is `" + admin + "`: it must be a loopback address and a port, such as 127.0.0.1:15000");
  return std::nullopt;
}

void write_node(JsonWriter& json, const Proxy& proxy) {
  const std::string name = proxy.id.empty() ? "proxy." + proxy.namespace_ : proxy.id;
  json.object("node");
  json.member("cluster", name);
  json.member("id", std::string(proxy.type == Proxy::Type::router ? "router~" : "sidecar~") +
                        (proxy.ip.empty() ? std::string("127.0.0.1") : proxy.ip) + "~" + name + "~" + proxy.namespace_ +
                        ".svc.cluster.local");
  if (!proxy.locality.empty()) {
    const auto parts = registry::split_locality(proxy.locality);
    json.object("locality");
    if (!parts[0].empty()) json.member("region", parts[0]);
    if (!parts[2].empty()) json.member("subZone", parts[2]);
    if (!parts[1].empty()) json.member("zone", parts[1]);
    json.end_object();
  }
  json.end_object();
}

void write_files(JsonWriter& json, const std::string& directory) {
  json.object("dynamicResources");
  for (const char* what : {"cds", "lds"}) {
    json.object(std::string(what) + "Config");
    json.object("pathConfigSource");
    json.member("path", directory + (what[0] == 'c' ? "/clusters.json" : "/listeners.json"));
    json.end_object();
    json.member("resourceApiVersion", "V3");
    json.end_object();
  }
  json.end_object();
}

std::string written(const Draft& draft) {
  std::string text;
  JsonWriter json(text, 1);
  json.begin_object();
  json.object("admin");
  json.key("address");
  envoy::write(json, envoy::Address{envoy::Address::Kind::socket, draft.admin_address, draft.admin_port});
  json.end_object();
  if (draft.tunnels || (draft.has_files() && draft.options.mode == Mode::http_proxy && !draft.is_gateway())) {
    json.list("bootstrapExtensions");
    json.begin_object();
    json.member("name", "envoy.bootstrap.internal_listener");
    json.object("typedConfig");
    json.member("@type", "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener");
    json.end_object();
    json.end_object();
    json.end_list();
  }
  if (draft.has_files()) write_files(json, draft.options.directory);
  json.object("layeredRuntime");  // as Istio's agent has it
  json.list("layers");
  json.begin_object();
  json.member("name", "static");
  json.object("staticLayer");
  json.member("envoy.reloadable_features.http_reject_path_with_fragment", false);
  json.member("re2.max_program_size.error_level", "32768");
  json.end_object();
  json.end_object();
  json.end_list();
  json.end_object();
  write_node(json, draft.view.proxy);
  if (!draft.has_files()) {
    json.object("staticResources");
    json.list("clusters");
    for (const envoy::Cluster& cluster : draft.clusters) envoy::write(json, cluster);
    json.end_list();
    json.list("listeners");
    for (const envoy::Listener& listener : draft.listeners) envoy::write(json, listener);
    json.end_list();
    json.end_object();
  }
  json.end_object();
  text += '\n';
  return text;
}

/// New ones are to be there before what names them: endpoints, clusters, routes, listeners.
std::vector<EnvoyResource> resources_of(const Draft& draft) {
  std::vector<EnvoyResource> resources;
  const auto add = [&resources](std::string file, std::string_view name, const auto& write) {
    EnvoyResource& added = resources.emplace_back();
    added.file = std::move(file);
    added.name = name;
    JsonWriter json(added.json);
    write(json);
  };
  for (const envoy::Cluster& cluster : draft.clusters) {
    if (cluster.eds_path.empty()) continue;
    add("endpoints/" + file_name(cluster.name) + ".json", cluster.name,
        [&](JsonWriter& json) { envoy::write(json, *cluster.load_assignment, envoy::kAssignmentType); });
  }
  for (envoy::Cluster cluster : draft.clusters) {
    if (!cluster.eds_path.empty()) cluster.load_assignment.reset();
    add("clusters.json", cluster.name, [&](JsonWriter& json) { envoy::write(json, cluster, envoy::kClusterType); });
  }
  for (const envoy::RouteConfiguration& table : draft.tables) {
    add("routes/" + file_name(table.name) + ".json", table.name,
        [&](JsonWriter& json) { envoy::write_any(json, table, kRouteType); });
  }
  for (const envoy::Listener& listener : draft.listeners)
    add("listeners.json", listener.name, [&](JsonWriter& json) { envoy::write(json, listener, envoy::kListenerType); });
  return resources;
}

}  // namespace

std::string name_of(const Resource* resource) {
  if (resource == nullptr) return "the mesh";
  const Identity& identity = resource->identity;
  return identity.kind + " " + identity.namespace_ + "/" + identity.name;
}

std::string file_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain) {
      name += c;
    } else if (c == '|') {
      name += ',';
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
      name += code;
    }
  }
  return name;
}

Result<EnvoyBootstrap> make_bootstrap(const view::ProxyView& view, const EnvoyOptions& options) {
  Draft draft(view, options);
  if (const auto wrong = read_options(draft)) return *wrong;
  add_clusters(draft);
  const auto is = [&](Mode mode) { return options.mode == mode && !draft.is_gateway(); };
  if (draft.is_gateway()) add_gateway_listeners(draft);
  if (is(Mode::http_proxy)) add_proxy_listener(draft);
  if (is(Mode::capture)) add_captured_listeners(draft);
  if (is(Mode::ports) && !add_port_listeners(draft)) {
    return Error{Error::Code::limit, "the mesh has more service ports than there are ports from " +
                                         std::to_string(draft.listen_port) +
                                         " on: use the mode http_proxy, or a lower first port"};
  }
  EnvoyBootstrap made;
  made.json = written(draft);
  if (draft.has_files()) made.resources = resources_of(draft);
  made.ports = std::move(draft.ports);
  made.warnings = std::move(draft.warnings);
  return made;
}

}  // namespace meshroute::bootstrap
