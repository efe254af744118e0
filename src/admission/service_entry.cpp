// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of ServiceEntry.

#include <algorithm>
#include <set>

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

using model::ServiceEntry;
using Resolution = ServiceEntry::Resolution;

// An address of its own is given at need, unless the resolution or the label says no.
bool allocates_addresses(const Resource& resource, const ServiceEntry& entry) {
  if (entry.resolution == Resolution::NONE) return false;
  const auto label = resource.metadata.labels.find("networking.istio.io/enable-autoallocate-ip");
  return label == resource.metadata.labels.end() || !equal_fold(label->second, "false");
}

bool uses_waypoint(const Resource& resource) {
  const auto label = resource.metadata.labels.find("istio.io/use-waypoint");
  return label != resource.metadata.labels.end() && !label->second.empty() && !equal_fold(label->second, "none");
}

void check_dns_endpoints(Walk& walk, const ServiceEntry& entry, const std::vector<std::string_view>& ports) {
  if (entry.endpoints.empty()) {
    for (std::size_t i = 0; i < entry.hosts.size(); ++i) {
      const Walk::Step step(walk, "hosts", i);
      if (const Problem problem = check_fqdn(entry.hosts[i]); !problem.empty()) {
        walk.error("SE0106", "hosts must be FQDN if no endpoints are provided for resolution DNS: " + problem,
                   entry.hosts[i].find('*') != std::string::npos
                       ? "write `resolution: NONE`, which forwards to the address that the client asks for, or name each host"
                       : "");
        break;
      }
    }
  }
  if (entry.resolution == Resolution::DNS_ROUND_ROBIN && entry.endpoints.size() > 1) {
    const Walk::Step step(walk, "endpoints");
    walk.error("SE0107", "there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN");
  }
  for (std::size_t i = 0; i < entry.endpoints.size(); ++i) {
    const model::WorkloadEntry& endpoint = entry.endpoints[i];
    const Walk::Step step(walk, "endpoints", i);
    if (!match::is_ip(endpoint.address) && !check_fqdn(endpoint.address).empty()) {
      const Walk::Step address(walk, "address");
      walk.error("WE0103", "endpoint address " + quote(endpoint.address) + " is not a valid FQDN or an IP address");
    }
    check_labels(walk, "labels", endpoint.labels);
    for (const auto& [name, port] : endpoint.ports) {
      const Walk::Step at(walk, "ports", name);
      if (std::find(ports.begin(), ports.end(), name) == ports.end()) {
        walk.error("WE0104", "endpoint port " + std::to_string(port) + " is not defined by the service entry");
      }
      walk.check("KX0109", check_port_name(name));
      walk.check("KX0101", check_port(port));
    }
  }
  if (!entry.addresses.empty() && entry.hosts.size() > 1 &&
      std::any_of(entry.ports.begin(), entry.ports.end(),
                  [](const auto& port) { return is_tcp(parse_protocol(port.protocol)); })) {
    walk.warn("SE0108", "service entry can not have more than one host specified simultaneously with address and tcp port");
  }
}

void check_dynamic_dns(Walk& walk, const Resource& resource, const ServiceEntry& entry) {
  if (entry.hosts.empty())
    walk.error_at("hosts", "SE0109", "at least one wildcard host must be provided for resolution type DYNAMIC_DNS");
  for (std::size_t i = 0; i < entry.hosts.size(); ++i) {
    const Walk::Step step(walk, "hosts", i);
    if (!match::is_wildcard(entry.hosts[i])) walk.error("SE0109", "host must be wildcarded for resolution mode DYNAMIC_DNS");
  }
  if (!entry.addresses.empty()) walk.error_at("addresses", "SE0109", "addresses cannot be set for resolution type DYNAMIC_DNS");
  if (!entry.endpoints.empty()) walk.error_at("endpoints", "SE0109", "endpoints cannot be set for resolution type DYNAMIC_DNS");
  for (std::size_t i = 0; i < entry.ports.size(); ++i) {
    const Protocol protocol = parse_protocol(entry.ports[i].protocol);
    if (protocol == Protocol::http || protocol == Protocol::tls || protocol == Protocol::grpc || protocol == Protocol::http2) {
      continue;
    }
    const Walk::Step step(walk, "ports", i);
    walk.error("SE0109", "only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type DYNAMIC_DNS");
  }
  if (entry.location != ServiceEntry::Location::MESH_EXTERNAL && entry.location != ServiceEntry::Location::MESH_INTERNAL) {
    walk.error_at("location", "SE0109", "location must be MESH_EXTERNAL or MESH_INTERNAL for resolution type DYNAMIC_DNS");
  }
  if (entry.location == ServiceEntry::Location::MESH_INTERNAL && uses_waypoint(resource)) {
    walk.error("SE0109", "location MESH_INTERNAL with resolution type DYNAMIC_DNS is not supported when using waypoints");
  }
}

void check_resolution(Walk& walk, const Resource& resource, const ServiceEntry& entry,
                      const std::vector<std::string_view>& ports) {
  switch (entry.resolution) {
    case Resolution::NONE:
      if (!entry.endpoints.empty()) {
        const Walk::Step step(walk, "endpoints");
        walk.error("SE0104", "no endpoints should be provided for resolution type none");
      }
      if (entry.workload_selector) {
        const Walk::Step step(walk, "workloadSelector");
        walk.warn("SE0105", "workloadSelector should not be set when resolution mode is NONE");
      }
      return;
    case Resolution::STATIC:
      for (std::size_t i = 0; i < entry.endpoints.size(); ++i) {
        const Walk::Step step(walk, "endpoints", i);
        check_workload_entry(walk, entry.endpoints[i], &ports, false);
      }
      return;
    case Resolution::DNS:
    case Resolution::DNS_ROUND_ROBIN:
      check_dns_endpoints(walk, entry, ports);
      return;
    case Resolution::DYNAMIC_DNS:
      check_dynamic_dns(walk, resource, entry);
      return;
  }
  walk.error_at("resolution", "SC0102", "expected a string, found an integer");  // no name: the schema says the same
}

}  // namespace

void validate_service_entry(Walk& walk, const Resource& resource, const ServiceEntry& entry) {
  if (entry.workload_selector) {
    const Walk::Step step(walk, "workloadSelector");
    check_selector_labels(walk, entry.workload_selector->labels);
    if (walk.errors() != 0) return;
    if (entry.workload_selector->labels.empty()) {
      walk.warn("KX0107",
                "service entry: workload selector specified without labels, will be applied to all services in namespace");
    }
    if (!entry.endpoints.empty()) walk.error("SE0101", "only one of WorkloadSelector or Endpoints is allowed in Service Entry");
  }
  if (entry.hosts.empty()) walk.error_at("hosts", "SE0102", "service entry must have at least one host");
  for (std::size_t i = 0; i < entry.hosts.size(); ++i) {
    const Walk::Step step(walk, "hosts", i);
    if (entry.hosts[i] == "*") {
      walk.error("SE0102", "invalid host *");
      continue;
    }
    walk.check("KX0103", check_wildcard_domain(entry.hosts[i]));
    if (entry.resolution == Resolution::DYNAMIC_DNS) continue;
    if (Problem problem = check_partial_wildcard(entry.hosts[i]); !problem.empty()) walk.warn("SE0111", std::move(problem));
  }
  bool has_network = false;
  for (std::size_t i = 0; i < entry.addresses.size(); ++i) {
    const Walk::Step step(walk, "addresses", i);
    has_network = has_network || entry.addresses[i].find('/') != std::string::npos;
    walk.check("KX0104", check_ip_subnet(entry.addresses[i]));
  }
  if (has_network && entry.resolution != Resolution::NONE && entry.resolution != Resolution::STATIC) {
    const Walk::Step step(walk, "addresses");
    walk.error("SE0103", "CIDR addresses are allowed only for NONE/STATIC resolution types");
  }
  const bool allocates = allocates_addresses(resource, entry);
  std::set<std::uint32_t> numbers;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < entry.ports.size(); ++i) {
    const model::ServicePort& port = entry.ports[i];
    const Walk::Step step(walk, "ports", i);
    if (std::find(names.begin(), names.end(), port.name) != names.end()) {
      walk.error_at("name", "SE0112", "service entry port name " + quote(port.name) + " already defined");
    } else {
      names.push_back(port.name);
    }
    if (!numbers.insert(port.number).second) {
      walk.error_at("number", "SE0112", "service entry port " + std::to_string(port.number) + " already defined");
    }
    if (port.target_port != 0) walk.check_at("targetPort", "KX0101", check_port(port.target_port));
    if (entry.addresses.empty() && !allocates && (port.protocol.empty() || port.protocol == "TCP")) {
      walk.warn("SE0113",
                "addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled");
    }
    walk.check_at("name", "KX0109", check_port_name(port.name));
    walk.check_at("protocol", "KX0110", check_protocol(port.protocol));
    walk.check_at("number", "KX0101", check_port(port.number));
  }
  check_resolution(walk, resource, entry, names);
  // Plain TCP cannot tell hosts apart.
  if (entry.resolution != Resolution::NONE && entry.hosts.size() > 1 &&
      std::any_of(entry.ports.begin(), entry.ports.end(), [](const auto& port) {
        const Protocol protocol = parse_protocol(port.protocol);
        return !is_http(protocol) && !is_tls(protocol);
      })) {
    walk.error("SE0114", "multiple hosts provided with non-HTTP, non-TLS ports");
  }
  check_export_to(walk, own_namespace(resource), entry.export_to, true, false);
}

}  // namespace meshroute::admission
