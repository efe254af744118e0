// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of WorkloadEntry.

#include <algorithm>

#include "admission/common.hpp"

namespace meshroute::admission {

void check_workload_entry(Walk& walk, const model::WorkloadEntry& entry, const std::vector<std::string_view>* service_ports,
                          bool allow_fqdn) {
  const std::string_view address = entry.address;
  if (address.empty()) {
    if (entry.network.empty()) {
      walk.error("WE0101", "address is required");
      return;
    }
    walk.warn("WE0102", "address is unset with network " + quote(entry.network));
  }
  const bool is_unix = address.starts_with("unix://");
  if (is_unix) {
    const Walk::Step step(walk, "address");
    walk.check("KX0111", check_unix_address(address.substr(7)));
    if (!entry.ports.empty()) walk.error("WE0105", "unix endpoint " + entry.address + " must not include ports");
  } else if (!address.empty() && !match::is_ip(address)) {
    const Walk::Step step(walk, "address");
    if (!allow_fqdn) {
      walk.error("WE0103", "endpoint address " + quote(address) + " is not a valid IP address");
    } else if (!check_fqdn(address).empty()) {
      walk.error("WE0103", "endpoint address " + quote(address) + " is not a valid FQDN or an IP address");
    }
  }
  for (const auto& [name, port] : entry.ports) {
    const Walk::Step step(walk, "ports", name);
    if (service_ports != nullptr && std::find(service_ports->begin(), service_ports->end(), name) == service_ports->end()) {
      walk.error("WE0104", "endpoint port " + std::to_string(port) + " is not defined by the service entry");
    }
    walk.check("KX0109", check_port_name(name));
    walk.check("KX0101", check_port(port));
  }
  check_labels(walk, "labels", entry.labels);
  if (is_unix && service_ports != nullptr && service_ports->size() != 1) {
    walk.error("WE0106", "exactly 1 service port required for unix endpoints");
  }
}

void validate_workload_entry(Walk& walk, const model::WorkloadEntry& entry) { check_workload_entry(walk, entry, nullptr, true); }

}  // namespace meshroute::admission
