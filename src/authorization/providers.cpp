// SPDX-License-Identifier: Apache-2.0
// Extension providers of MeshConfig that decide about requests.
#include "authorization/providers.hpp"

#include <charconv>

namespace meshroute::authorization {

namespace {

using Json = text::Json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->text() : std::string();
}

/// The cluster of `[NAMESPACE/]HOST` and a port; empty where the service is not known, or not just one.
std::string cluster_of(const registry::Base& base, const std::string& service, std::int64_t port, std::string& error) {
  const std::size_t slash = service.find('/');
  const std::string_view host = std::string_view(service).substr(slash == std::string::npos ? 0 : slash + 1);
  const auto& index = base.table->index;
  std::size_t count = 0;
  for (auto found = index.lower_bound({host, std::string_view()}); found != index.end() && found->first.first == host; ++found) {
    if (slash == std::string::npos || found->first.second == std::string_view(service).substr(0, slash)) ++count;
  }
  if (service.empty())
    error = "it names no service";
  else if (count == 0)
    error = "there is no service " + service;
  else if (count > 1)
    error = "several namespaces have a service " + service;
  if (!error.empty()) return {};
  return "outbound|" + std::to_string(port) + "||" + std::string(host);
}

void read_one(const registry::Base& base, const Json& spec, Provider& provider) {
  const auto port = spec.find("port");
  const std::int64_t number = port != spec.end() && port->is_number_integer() ? port->number<std::int64_t>() : 0;
  if (number < 1 || number > 65535) provider.error = "its port is not in 1..65535";
  std::string error;
  provider.cluster = cluster_of(base, text_of(spec, "service"), number, error);
  if (provider.error.empty()) provider.error = error;
  provider.path_prefix = text_of(spec, "pathPrefix");
  if (!provider.path_prefix.empty() && provider.path_prefix.front() != '/')
    provider.error = "its pathPrefix does not start with /";
  const auto open = spec.find("failOpen");
  provider.fail_open = open != spec.end() && open->is_boolean() && open->flag();
  if (const std::string status = text_of(spec, "statusOnError"); !status.empty()) {
    const auto [end, code] = std::from_chars(status.data(), status.data() + status.size(), provider.status_on_error);
    if (code != std::errc() || end != status.data() + status.size() || provider.status_on_error < 100 ||
        provider.status_on_error > 599) {
      provider.status_on_error = 0;
      provider.error = "its statusOnError is no HTTP status";
    }
  }
}

}  // namespace

std::map<std::string, Provider, std::less<>> read_providers(const registry::Base& base) {
  std::map<std::string, Provider, std::less<>> providers;
  const Json& config = base.settings->mesh_config;
  const auto list = config.find("extensionProviders");
  if (list == config.end() || !list->is_array()) return providers;
  for (const Json& item : *list) {
    if (!item.is_object()) continue;
    Provider provider;
    provider.name = text_of(item, "name");
    auto spec = item.find("envoyExtAuthzHttp");
    provider.http = spec != item.end();
    if (spec == item.end()) spec = item.find("envoyExtAuthzGrpc");
    if (spec == item.end() || !spec->is_object()) continue;
    read_one(base, *spec, provider);
    const auto [found, fresh] = providers.try_emplace(provider.name, provider);
    if (!fresh) found->second.error = "the mesh config has it twice";
  }
  return providers;
}

}  // namespace meshroute::authorization
