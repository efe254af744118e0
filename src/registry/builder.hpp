#pragma once

// SPDX-License-Identifier: Apache-2.0
// The stages of build(): services first, then endpoint pools.

#include <memory>
#include <string>
#include <vector>

#include "registry/snapshot.hpp"

namespace meshroute::registry {

using MutableService = std::shared_ptr<Service>;

/// Byte-wise `~` order of 0.6: creation, name, namespace.
bool created_before(const Resource& a, const Resource& b);

/// What services are made of: no WorkloadEntry is among the resources.
struct ServiceInput {
  const Settings& settings;
  const std::vector<ResourcePtr>& resources;
  const std::map<std::string, const Resource*>& namespaces;
};

/// B1-B14, B26: all services in order 0.8.
std::vector<MutableService> make_services(const ServiceInput& input);

/// C12.
std::string spiffe(const Settings& settings, std::string_view namespace_, std::string_view account);
void append_spiffe(const Settings& settings, std::string_view namespace_, std::string_view account, std::string& text);

/// Config is read from the control plane's own cluster.
inline constexpr std::string_view kConfigCluster = "Kubernetes";

/// `name.ns.svc.<suffix>`, B8.
std::string kubernetes_hostname(const Settings& settings, const Resource& service);

}  // namespace meshroute::registry
