#pragma once

// SPDX-License-Identifier: Apache-2.0
// The ports that the containers of a Pod name.

#include <cstdint>
#include <string>
#include <vector>

#include "meshroute/resource.hpp"

namespace meshroute::registry {

/// Whether Istio's proxy itself listens there.
inline bool is_of_proxy(std::uint32_t port) { return port >= 15000 && port <= 15099; }

/// Those for the protocol ("TCP") of the containers that run as long as the Pod does, but those of Istio's proxy.
std::vector<const model::Pod::ContainerPort*> container_ports(const model::Pod& pod, const std::string& protocol);

/// "3000 (http)", "9090".
std::vector<std::string> shown_ports(const std::vector<const model::Pod::ContainerPort*>& ports);

}  // namespace meshroute::registry
