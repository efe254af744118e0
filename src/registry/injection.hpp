#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which Pods have a sidecar, or will be given one.

#include <cstdint>
#include <string>

#include "meshroute/resource.hpp"

namespace meshroute::registry {

/// Whether Istio's webhook gives a Pod a sidecar when it is made. unknown: its namespace is not given, and it does not say
/// itself.
enum class Injected : std::uint8_t { no, yes, unknown };

/// Whether the namespace's labels call the webhook for its Pods. Null: not given.
bool asks_for_sidecars(const Resource* namespace_resource);

/// `namespace_resource` may be null: not given.
Injected injected(const std::string& namespace_, const Resource* namespace_resource, const Metadata& pod, bool host_network);

/// Whether the Pod is made by the webhook's template for gateways, which does not say that it takes mutual TLS (KD4).
bool from_gateway_template(const Metadata& metadata, const model::Pod& pod);

/// Whether a Pod has a sidecar (KD4): it says so, or it is a manifest, and the webhook will give it one.
bool has_sidecar(const Resource& pod, const Resource* namespace_resource);

/// Whether a Pod is known to have none. Neither this nor has_sidecar is true of a manifest of a namespace that is not given.
bool lacks_sidecar(const Resource& pod, const Resource* namespace_resource);

}  // namespace meshroute::registry
