// SPDX-License-Identifier: Apache-2.0
// Services from ServiceEntries and Kubernetes Services.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <set>
#include <tuple>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "registry/builder.hpp"
#include "registry/text.hpp"
#include "text/case.hpp"

namespace meshroute::registry {

namespace {

using text::lower;

constexpr const char* kDistribution = "networking.istio.io/traffic-distribution";

std::string trim(std::string text) {
  const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), space));
  text.erase(std::find_if_not(text.rbegin(), text.rend(), space).base(), text.end());
  return text;
}

// B6: true where the annotation decides.
bool distribution_of_annotation(const Labels& annotations, Service::Distribution& distribution) {
  const std::string value = lower(label_or_empty(annotations, kDistribution));
  if (value.empty()) return false;
  distribution = value == "preferclose" || value == "prefersamezone" ? Service::Distribution::same_zone
                 : value == "prefersamenode"                         ? Service::Distribution::same_node
                                                                     : Service::Distribution::any;
  return true;
}

Service::Distribution distribution_of(const ServiceInput& input, const Resource& resource) {
  Service::Distribution distribution = Service::Distribution::any;
  if (distribution_of_annotation(resource.metadata.annotations, distribution)) return distribution;
  if (const auto found = input.namespaces.find(resource.identity.namespace_); found != input.namespaces.end()) {
    distribution_of_annotation(found->second->metadata.annotations, distribution);
  }
  return distribution;
}

MutableService kubernetes_service(const ServiceInput& input, const Resource& resource) {
  const model::Service& spec = *resource.as<model::Service>();
  auto service = std::make_shared<Service>();
  service->hostname = kubernetes_hostname(input.settings, resource);
  service->name = resource.identity.name;
  service->namespace_ = resource.identity.namespace_;
  service->kubernetes = true;
  service->creation = resource.metadata.creation_timestamp;
  service->labels = resource.metadata.labels;
  service->selector = spec.selector;
  service->resource = &resource;
  service->publish_not_ready = spec.publish_not_ready_addresses;
  service->node_local = spec.internal_traffic_policy == "Local";
  std::vector<std::string> addresses{"0.0.0.0"};
  if (spec.type == "ExternalName" && !spec.external_name.empty()) {  // B5
    service->resolution = ServiceResolution::alias;
    service->mesh_external = true;
    service->external_name = spec.external_name;
  }
  if (spec.cluster_ip == "None") {
    service->resolution = ServiceResolution::passthrough;
  } else if (!spec.cluster_ip.empty()) {
    addresses = spec.cluster_ips.size() > 1 ? spec.cluster_ips : std::vector<std::string>{spec.cluster_ip};
  }
  service->default_address = addresses.front();
  service->cluster_vips[resource.identity.cluster] = addresses;
  for (const auto& port : spec.ports) service->ports.push_back({port.name, port.port, protocol_of(port)});
  service->export_to = input.settings.service_export_to;
  const Labels& annotations = resource.metadata.annotations;
  if (const std::string* exported = find_label(annotations, "networking.istio.io/exportTo");
      exported != nullptr && !exported->empty()) {
    service->export_to.clear();
    for (std::string& part : split(*exported, ',')) service->export_to.push_back(trim(std::move(part)));
  }
  if (const std::string* accounts = find_label(annotations, "alpha.istio.io/canonical-serviceaccounts")) {
    for (const std::string& account : split(*accounts, ',')) service->service_accounts.push_back(account);
  }
  if (const std::string* accounts = find_label(annotations, "alpha.istio.io/kubernetes-serviceaccounts")) {
    for (const std::string& account : split(*accounts, ',')) {
      service->service_accounts.push_back(spiffe(input.settings, service->namespace_, account));
    }
  }
  if (spec.traffic_distribution == "PreferClose" || spec.traffic_distribution == "PreferSameZone") {  // B6
    service->distribution = Service::Distribution::same_zone;
  } else if (spec.traffic_distribution == "PreferSameNode") {
    service->distribution = Service::Distribution::same_node;
  } else {
    service->distribution = distribution_of(input, resource);
  }
  return service;
}

ServiceResolution resolution_of(model::ServiceEntry::Resolution resolution) {  // B5
  using Resolution = model::ServiceEntry::Resolution;
  switch (resolution) {
    case Resolution::NONE:
      return ServiceResolution::passthrough;
    case Resolution::DNS:
      return ServiceResolution::dns_lb;
    case Resolution::DNS_ROUND_ROBIN:
      return ServiceResolution::dns_round_robin_lb;
    case Resolution::DYNAMIC_DNS:
      return ServiceResolution::dynamic_dns;
    case Resolution::STATIC:
      break;
  }
  return ServiceResolution::client_side_lb;
}

bool qualifies_for_vips(const Resource& resource, const model::ServiceEntry& spec) {  // B10
  return spec.resolution != model::ServiceEntry::Resolution::NONE && spec.addresses.empty() &&
         lower(label_or_empty(resource.metadata.labels, "networking.istio.io/enable-autoallocate-ip")) != "false";
}

// D3: serviceEntryVisibility of the mesh.
void narrow_visibility(const ServiceInput& input, const Resource& resource, std::vector<std::string>& export_to) {
  const text::Json& config = input.settings.mesh_config;
  const auto found = config.is_object() ? config.find("serviceEntryVisibility") : config.end();
  if (!config.is_object() || found == config.end() || !found->is_object()) return;
  const text::Json& applies = (*found)["applyToSidecars"];
  if (!applies.is_boolean() || !applies.flag()) return;
  if (export_to == std::vector<std::string>{"~"}) return;
  Labels labels;
  if (const auto named = input.namespaces.find(resource.identity.namespace_); named != input.namespaces.end()) {
    labels = named->second->metadata.labels;
  }
  const auto text = [](const text::Json& object, const char* key) {
    const auto value = object.find(key);
    return value != object.end() && value->is_string() ? value->text() : std::string();
  };
  std::string visibility = text(*found, "default");
  for (const char* list : {"policies", "policy"}) {
    const auto policies = found->find(list);
    if (policies == found->end() || !policies->is_array()) continue;
    for (const auto& policy : *policies) {
      bool matches = policy.is_object();
      if (matches && policy.contains("namespaceSelectors") && policy["namespaceSelectors"].is_array()) {
        for (const auto& selector : policy["namespaceSelectors"]) {
          if (!selector.is_object() || !selector.contains("matchLabels") || !selector["matchLabels"].is_object()) continue;
          for (const auto& [key, value] : selector["matchLabels"].items()) {
            matches = matches && value.is_string() && label_or_empty(labels, key) == value.text();
          }
        }
      }
      if (!matches) continue;
      visibility = text(policy, "visibility");
      break;
    }
  }
  if (visibility == "NONE") export_to = {"~"};
  if (visibility == "NAMESPACE") {
    const bool own = std::any_of(export_to.begin(), export_to.end(), [&](const std::string& to) {
      return to == "*" || to == "." || to == resource.identity.namespace_;
    });
    export_to = {own ? "." : "~"};
  }
}

struct Vips {
  std::string v4, v6;
};
using VipTable = std::map<const Resource*, std::map<std::string, Vips>>;

// B12: a cursor through one pool.
class Allocator {
 public:
  Allocator(std::string_view network, int bits) : bits_(bits), base_(match::parse_ip(network).value_or(match::Ip{})) {}
  void use(const std::string& address) { used_.insert(address); }
  std::string next() {
    const std::uint64_t size = std::uint64_t{1} << bits_;
    for (std::uint64_t tries = 0; tries < size; ++tries) {
      if (cursor_ >= size) cursor_ = 1;
      std::string address = at(cursor_++);
      if (used_.insert(address).second) return address;
    }
    return {};
  }

 private:
  std::string at(std::uint64_t offset) const {
    match::Ip ip = base_;
    for (std::size_t i = ip.v4 ? 4 : 16; i-- > 0 && offset > 0; offset >>= 8U)
      ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] | (offset & 255U));
    return ip.to_string();
  }
  int bits_;
  std::uint64_t cursor_ = 1;
  match::Ip base_;
  std::set<std::string> used_;
};

void read_status(const Resource& resource, std::map<std::string, Vips>& vips) {  // B11
  for (const StatusAddress& address : resource.status_addresses) {
    if (match::is_ipv4(address.value)) vips[address.host].v4 = address.value;
    if (match::is_ipv6(address.value)) vips[address.host].v6 = address.value;
  }
}

VipTable vips_of(const ServiceInput& input) {
  VipTable table;
  if (input.settings.vip_mode == VipMode::legacy) return table;
  Allocator v4("240.240.0.0", 16), v6("2001:2::", 40);
  std::vector<const Resource*> entries;
  for (const auto& resource : input.resources) {
    const auto* spec = resource->as<model::ServiceEntry>();
    if (spec == nullptr || resource->identity.cluster != kConfigCluster) continue;
    entries.push_back(resource.get());
    for (const std::string& address : spec->addresses) {
      v4.use(address);
      v6.use(address);
    }
    if (!qualifies_for_vips(*resource, *spec)) continue;
    read_status(*resource, table[resource.get()]);
    for (const StatusAddress& address : resource->status_addresses) {
      v4.use(address.value);
      v6.use(address.value);
    }
  }
  if (input.settings.vip_mode != VipMode::controller) return table;
  for (const Resource* resource : entries) {
    const auto* spec = resource->as<model::ServiceEntry>();
    if (!qualifies_for_vips(*resource, *spec)) continue;
    auto& vips = table[resource];
    std::set<std::string> eligible;
    for (const std::string& host : spec->hosts) {
      if (match::is_wildcard(host) && spec->resolution != model::ServiceEntry::Resolution::DYNAMIC_DNS) continue;
      eligible.insert(host);
    }
    std::erase_if(vips, [&](const auto& entry) { return !eligible.contains(entry.first); });
    for (const std::string& host : spec->hosts) {
      if (!eligible.contains(host) || vips.contains(host)) continue;
      vips[host].v4 = v4.next();
      vips[host].v6 = v6.next();
    }
  }
  return table;
}

// B14.
void allocate_legacy(const std::vector<MutableService>& services) {
  constexpr std::uint32_t kSlots = 65024;
  std::vector<Service*> slots(kSlots, nullptr);
  for (const MutableService& service : services) {
    if (service->kubernetes || service->default_address != "0.0.0.0" || match::is_wildcard(service->hostname) ||
        service->resolution == ServiceResolution::passthrough) {
      continue;
    }
    const std::string key = service->namespace_ + "/" + service->hostname;
    std::uint32_t hash = 2166136261U;
    for (unsigned char byte : key) hash = (hash ^ byte) * 16777619U;
    const std::uint32_t step = 65011U - hash % 65011U;
    std::uint32_t slot = hash % kSlots;
    for (std::uint32_t i = 1; slots[slot] != nullptr && i < kSlots; ++i) slot = (hash + i * step) % 65023U;
    slots[slot] = service.get();
  }
  std::uint32_t x = 0;
  std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> given;  // a key reuses its first address
  for (Service* service : slots) {
    ++x;
    if (service == nullptr) continue;
    if (x % 255U == 0) ++x;
    char v4[32], v6[48];
    std::snprintf(v4, sizeof v4, "240.240.%u.%u", x / 255U, x % 255U);
    if (x / 255U > 0) {
      std::snprintf(v6, sizeof v6, "2001:2::f0f0:%x%x", x / 255U, x % 255U);
    } else {
      std::snprintf(v6, sizeof v6, "2001:2::f0f0:%x", x % 255U);
    }
    const auto& [address_v4, address_v6] = given.try_emplace({service->namespace_, service->hostname}, v4, v6).first->second;
    service->auto_v4 = address_v4;
    service->auto_v6 = address_v6;
  }
}

void add_entry_services(const ServiceInput& input, const Resource& resource, const VipTable& vips,
                        std::vector<MutableService>& services) {
  const auto& spec = *resource.as<model::ServiceEntry>();
  std::vector<std::string> addresses;
  for (const std::string& address : spec.addresses) {  // B2
    std::string one;
    if (match::is_ip(address)) {
      one = address;
    } else if (const auto cidr = match::parse_cidr(address)) {
      one = cidr->bits == (cidr->address.v4 ? 32 : 128) ? cidr->address.to_string() : address;
    }
    if (!one.empty() && std::find(addresses.begin(), addresses.end(), one) == addresses.end())
      addresses.push_back(std::move(one));
  }
  if (spec.addresses.empty()) addresses.emplace_back("0.0.0.0");
  for (const std::string& host : spec.hosts) {
    for (const std::string& address : addresses) {
      auto service = std::make_shared<Service>();
      service->hostname = service->name = host;
      service->object = resource.identity.name;
      service->namespace_ = resource.identity.namespace_;
      service->resolution = resolution_of(spec.resolution);
      service->mesh_external = spec.location == model::ServiceEntry::Location::MESH_EXTERNAL;
      service->creation = resource.metadata.creation_timestamp;
      service->labels = resource.metadata.labels;
      if (spec.workload_selector) service->selector = spec.workload_selector->labels;
      service->default_export_to = spec.export_to.empty();
      service->export_to = spec.export_to.empty() ? input.settings.service_export_to : spec.export_to;
      narrow_visibility(input, resource, service->export_to);
      service->default_address = address;
      for (const auto& port : spec.ports) {
        service->ports.push_back({port.name, port.number, parse_protocol(port.protocol)});
        if (service->resolution == ServiceResolution::passthrough && port.target_port != 0) {  // B4
          service->passthrough_target_ports[port.number] = port.target_port;
        }
      }
      service->service_accounts = spec.subject_alt_names;
      service->distribution = distribution_of(input, resource);
      service->race_first_tcp_connect =
          lower(label_or_empty(resource.metadata.annotations, "istio.io/connect-strategy")) == "race_first_tcp_connect";  // B7
      service->resource = &resource;
      if (const auto table = vips.find(&resource); table != vips.end()) {
        if (const auto entry = table->second.find(host); entry != table->second.end()) {
          service->auto_v4 = entry->second.v4;
          service->auto_v6 = entry->second.v6;
        }
      }
      services.push_back(std::move(service));
    }
  }
}

// B26.
void attach_aliases(const std::vector<MutableService>& services) {
  std::map<std::string, Service*> by_host;
  bool any = false;
  for (const MutableService& service : services) {
    by_host.try_emplace(service->hostname, service.get());
    any = any || service->resolution == ServiceResolution::alias;
  }
  if (!any) return;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> aliases;
  for (const MutableService& service : services) {
    if (service->resolution != ServiceResolution::alias) continue;
    std::set<std::string> seen{service->hostname};
    std::string target = service->external_name;
    for (;;) {
      const auto found = by_host.find(target);
      if (found == by_host.end() || !seen.insert(target).second) break;
      if (found->second->resolution != ServiceResolution::alias) {
        aliases[target].emplace_back(service->namespace_, service->hostname);
        break;
      }
      target = found->second->external_name;
    }
  }
  for (const MutableService& service : services) {
    const auto found = aliases.find(service->hostname);
    if (found == aliases.end() || service->resolution == ServiceResolution::alias) continue;
    std::sort(found->second.begin(), found->second.end());
    for (const auto& [namespace_, hostname] : found->second) service->aliases.emplace_back(hostname, namespace_);
  }
}

}  // namespace

bool created_before(const Resource& a, const Resource& b) {
  return std::tie(a.metadata.creation_timestamp, a.identity.name, a.identity.namespace_) <
         std::tie(b.metadata.creation_timestamp, b.identity.name, b.identity.namespace_);
}

std::string spiffe(const Settings& settings, std::string_view namespace_, std::string_view account) {
  std::string text;
  append_spiffe(settings, namespace_, account, text);
  return text;
}

void append_spiffe(const Settings& settings, std::string_view namespace_, std::string_view account, std::string& text) {
  text += "spiffe://";
  const std::size_t domain = text.size();
  text += settings.trust_domain;
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(domain), text.end(), '@', '.');
  text.append("/ns/").append(namespace_).append("/sa/").append(account);
}

std::string kubernetes_hostname(const Settings& settings, const Resource& service) {
  return service.identity.name + "." + service.identity.namespace_ + ".svc." + settings.domain_suffix;
}

std::vector<MutableService> make_services(const ServiceInput& input) {
  std::vector<const Resource*> kubernetes, entries;
  for (const auto& resource : input.resources) {
    if (resource->as<model::Service>() != nullptr) kubernetes.push_back(resource.get());
    if (resource->as<model::ServiceEntry>() != nullptr && resource->identity.cluster == kConfigCluster)
      entries.push_back(resource.get());
  }
  std::stable_sort(kubernetes.begin(), kubernetes.end(), [](const Resource* a, const Resource* b) {
    const auto key = [](const Resource* r) {
      return std::make_tuple(r->identity.cluster != kConfigCluster, std::cref(r->identity.cluster),
                             std::cref(r->identity.namespace_), std::cref(r->identity.name));
    };
    return key(a) < key(b);
  });
  std::stable_sort(entries.begin(), entries.end(), [](const Resource* a, const Resource* b) {  // J1
    return std::tie(a->identity.namespace_, a->identity.name) < std::tie(b->identity.namespace_, b->identity.name);
  });
  std::vector<MutableService> services;
  std::map<std::string, Service*> by_host;
  for (const Resource* resource : kubernetes) {
    MutableService service = kubernetes_service(input, *resource);
    const auto [found, added] = by_host.try_emplace(service->hostname, service.get());
    if (added) {
      services.push_back(std::move(service));
      continue;
    }
    Service& first = *found->second;  // B9
    for (auto& [cluster, addresses] : service->cluster_vips) first.cluster_vips.try_emplace(cluster, addresses);
    for (const std::string& account : service->service_accounts) {
      if (std::find(first.service_accounts.begin(), first.service_accounts.end(), account) == first.service_accounts.end()) {
        first.service_accounts.push_back(account);
      }
    }
  }
  const VipTable vips = vips_of(input);
  for (const Resource* resource : entries) add_entry_services(input, *resource, vips, services);
  if (input.settings.vip_mode == VipMode::legacy) allocate_legacy(services);
  attach_aliases(services);
  std::stable_sort(services.begin(), services.end(), [](const MutableService& a, const MutableService& b) {  // 0.8
    return std::tie(a->creation, a->name, a->namespace_) < std::tie(b->creation, b->name, b->namespace_);
  });
  return services;
}

// A13.
Protocol protocol_of(const model::Service::Port& port) {
  if (port.protocol == "UDP") return Protocol::udp;
  const std::string& name = port.app_protocol ? *port.app_protocol : port.name;
  if (port.app_protocol) {
    if (name == "kubernetes.io/h2c") return Protocol::http2;
    if (name == "kubernetes.io/ws") return Protocol::http;
    if (name == "kubernetes.io/wss") return Protocol::https;
  }
  if (lower(name).starts_with("grpc-web")) return Protocol::grpc_web;
  const Protocol protocol = parse_protocol(std::string_view(name).substr(0, name.find('-')));
  if (protocol == Protocol::unsupported && (port.port == 25 || port.port == 53 || port.port == 3306 || port.port == 27017)) {
    return Protocol::tcp;
  }
  return protocol;
}

}  // namespace meshroute::registry
