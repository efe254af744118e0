#pragma once

// SPDX-License-Identifier: Apache-2.0
// One resource of a mesh: its identity, its metadata, its spec, and the place where it was read.
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "meshroute/model/authorization_policy.hpp"
#include "meshroute/model/destination_rule.hpp"
#include "meshroute/model/envoy_filter.hpp"
#include "meshroute/model/gateway.hpp"
#include "meshroute/model/kubernetes.hpp"
#include "meshroute/model/map.hpp"
#include "meshroute/model/peer_authentication.hpp"
#include "meshroute/model/proxy_config.hpp"
#include "meshroute/model/request_authentication.hpp"
#include "meshroute/model/service_entry.hpp"
#include "meshroute/model/shared_string.hpp"
#include "meshroute/model/sidecar.hpp"
#include "meshroute/model/telemetry.hpp"
#include "meshroute/model/virtual_service.hpp"
#include "meshroute/model/wasm_plugin.hpp"
#include "meshroute/model/workload_entry.hpp"
#include "meshroute/model/workload_group.hpp"

namespace meshroute {

/// The cluster of what names none: "Kubernetes".
inline const SharedString& default_cluster() {
  static const SharedString text = SharedString::lasting("Kubernetes");
  return text;
}
/// The namespace of what names none: "default".
inline const SharedString& default_namespace() {
  static const SharedString text = SharedString::lasting("default");
  return text;
}

/// Names a resource. A resource with the same identity replaces an earlier one.
struct Identity {
  SharedString cluster = default_cluster(), group = {}, kind = {}, namespace_ = default_namespace();
  std::string name = {};
  auto operator<=>(const Identity&) const = default;
};
/// The parts of Kubernetes' ObjectMeta that have an effect.
struct Metadata {
  Labels labels = {}, annotations = {};
  /// Seconds since 1970; 0 if missing, which counts as oldest.
  std::int64_t creation_timestamp = 0;
  /// deletionTimestamp is set.
  bool deleting = false;
};

/// `status.addresses` of a ServiceEntry (spec B11).
struct StatusAddress {
  std::string value = {}, host = {};
};
/// The spec of a kind that has a model; empty for other kinds.
using Spec = std::variant<std::monostate, std::shared_ptr<const model::ServiceEntry>, std::shared_ptr<const model::WorkloadEntry>,
                          std::shared_ptr<const model::VirtualService>, std::shared_ptr<const model::DestinationRule>,
                          std::shared_ptr<const model::Sidecar>, std::shared_ptr<const model::Gateway>,
                          std::shared_ptr<const model::WorkloadGroup>, std::shared_ptr<const model::AuthorizationPolicy>,
                          std::shared_ptr<const model::PeerAuthentication>, std::shared_ptr<const model::RequestAuthentication>,
                          std::shared_ptr<const model::Telemetry>, std::shared_ptr<const model::EnvoyFilter>,
                          std::shared_ptr<const model::ProxyConfig>, std::shared_ptr<const model::WasmPlugin>,
                          std::shared_ptr<const model::Service>, std::shared_ptr<const model::Namespace>,
                          std::shared_ptr<const model::Pod>, std::shared_ptr<const model::EndpointSlice>,
                          std::shared_ptr<const model::Node>, std::shared_ptr<const model::PodTemplate>,
                          std::shared_ptr<const model::Secret>, std::shared_ptr<const model::ServiceAccount>>;

/// A text that was loaded; `text` is empty without LoadOptions::keep_text.
struct Source {
  SharedString name = {};
  std::string text = {};
};

/// Where a resource was read.
struct Origin {
  std::shared_ptr<const Source> source = {};
  /// Of its document in the text.
  std::size_t offset = 0, size = 0;
  /// Where its document starts.
  std::uint32_t line = 1;
  /// Its place among the resources of that document: those of a `List`.
  std::size_t item = 0;
};

/// One resource as it was read.
struct Resource {
  Identity identity = {};
  Metadata metadata = {};
  Spec spec = {};
  std::vector<StatusAddress> status_addresses = {};
  /// status.conditions: type -> status.
  Labels conditions = {};
  Origin origin = {};
  /// The spec if it is of this kind, else null.
  template <class Kind>
  const Kind* as() const {
    const auto* held = std::get_if<std::shared_ptr<const Kind>>(&spec);
    return held != nullptr ? held->get() : nullptr;
  }
};

}  // namespace meshroute
