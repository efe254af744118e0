// SPDX-License-Identifier: Apache-2.0
// The services that a proxy sees.

#include <algorithm>
#include <set>

#include "view/internal.hpp"
#include "view/lazy.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::view {

std::string_view resolution_text(registry::ServiceResolution resolution) {
  using registry::ServiceResolution;
  switch (resolution) {
    case ServiceResolution::client_side_lb:
      return "STATIC";
    case ServiceResolution::dns_lb:
      return "DNS";
    case ServiceResolution::passthrough:
      return "NONE";
    case ServiceResolution::dns_round_robin_lb:
      return "DNS_ROUND_ROBIN";
    case ServiceResolution::alias:
      return "ALIAS";
    case ServiceResolution::dynamic_dns:
      return "DYNAMIC_DNS";
  }
  return "";
}

std::set<std::string> server_names(const registry::Snapshot& snapshot, const registry::Service& service) {
  std::set<std::string> accounts;  // E41: the last definition of a hostname and namespace declares them
  if (const auto& all = snapshot.definitions(service); !all.empty())
    accounts = {all.back()->service_accounts.begin(), all.back()->service_accounts.end()};
  if (const auto* pool = snapshot.pool(service)) {
    for (const registry::Workload* workload : pool->accounts()) accounts.insert(workload->service_account(snapshot.settings));
  }
  if (snapshot.settings.trust_domain_aliases.empty()) return accounts;
  for (const std::string& account : std::vector<std::string>(accounts.begin(), accounts.end())) {  // E41: under each alias too
    constexpr std::string_view kScheme = "spiffe://";
    const auto path = account.starts_with(kScheme) ? account.find('/', kScheme.size()) : std::string::npos;
    if (path == std::string::npos) continue;
    for (const std::string& domain : snapshot.settings.trust_domain_aliases)
      accounts.insert(std::string(kScheme) + domain + account.substr(path));
  }
  return accounts;
}

namespace {

text::Json service_json(const ProxyView& view, const registry::Service& service) {
  text::Json json = text::Json::object();
  json["hostname"] = service.hostname;
  json["namespace"] = service.namespace_;
  json["object"] = service.object;
  json["registry"] = service.kubernetes ? "Kubernetes" : "External";
  json["resolution"] = resolution_text(service.resolution);
  json["mesh_external"] = service.mesh_external;
  if (service.cluster_vips.size() < 2) json["address"] = service.default_address;
  json["proxy_address"] = view.proxy_address(service);
  const auto addresses = all_addresses(scope_of(view), service);
  if (addresses.size() > 1) json["extra_addresses"] = std::vector<std::string>(addresses.begin() + 1, addresses.end());
  if (!service.auto_v4.empty()) json["auto_v4"] = service.auto_v4;
  if (!service.auto_v6.empty()) json["auto_v6"] = service.auto_v6;
  json["ports"] = text::Json::array();
  for (const auto& port : service.ports) {
    json["ports"].push_back(
        {{"name", port.name}, {"number", port.number}, {"protocol", std::string(registry::to_string(port.protocol))}});
  }
  const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
  const bool declared = entry != nullptr ? !entry->export_to.empty()
                                         : service.resource != nullptr &&
                                               service.resource->metadata.annotations.contains("networking.istio.io/exportTo");
  if (declared) {
    std::vector<std::string> names = service.export_to;
    std::sort(names.begin(), names.end());
    json["export_to"] = names;
  }
  if (!service.service_accounts.empty()) json["service_accounts"] = service.service_accounts;
  const auto accounts = server_names(*view.snapshot, service);
  if (!accounts.empty()) json["sans"] = accounts;
  if (!service.labels.empty()) json["labels"] = std::map<std::string, std::string>(service.labels);
  if (service.selector && !service.selector->empty()) json["selector"] = std::map<std::string, std::string>(*service.selector);
  for (const auto& [number, target] : service.passthrough_target_ports)
    json["passthrough_target_ports"][std::to_string(number)] = target;
  if (service.distribution != registry::Service::Distribution::any)
    json["traffic_distribution"] = static_cast<int>(service.distribution);
  if (service.cluster_vips.size() > 1) json["cluster_vips"] = service.cluster_vips;
  return json;
}

}  // namespace

const text::Json& ProxyView::services_json() const {
  lazy_->services_once.call([this] {
    lazy_->services = text::Json::array();
    for (const ServicePtr& service : scope.services) lazy_->services.push_back(service_json(*this, *service));
  });
  return lazy_->services;
}

}  // namespace meshroute::view
