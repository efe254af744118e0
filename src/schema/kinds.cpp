// SPDX-License-Identifier: Apache-2.0
// The kinds of Istio that have a table.
#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

template <class M>
KindOps ops(std::string_view kind, std::string_view group, bool spec_required, std::vector<std::string_view> versions) {
  KindOps made;
  made.versions = std::move(versions);
  made.kind = SharedString::lasting(kind);
  made.group = SharedString::lasting(group);
  made.spec_required = spec_required;
  made.message = &message_of<M>;
  made.decode = [](const text::Node* spec, Walk& walk, bool proto_names) -> Spec {
    auto value = std::make_shared<M>();
    if (spec != nullptr && spec->kind != text::Kind::null) decode_message(*spec, message_of<M>(), value.get(), walk, proto_names);
    return std::shared_ptr<const M>(std::move(value));
  };
  made.get = [](const Spec& spec) -> const void* {
    const auto* held = std::get_if<std::shared_ptr<const M>>(&spec);
    return held == nullptr ? nullptr : held->get();
  };
  return made;
}

}  // namespace

const std::vector<KindOps>& istio_kinds() {
  static const std::vector<std::string_view> networking{"v1", "v1beta1", "v1alpha3"}, security{"v1", "v1beta1"};
  // Never freed, as its texts are not.
  static const auto& kinds = *new std::vector<KindOps>{
      ops<model::ServiceEntry>("ServiceEntry", "networking.istio.io", true, networking),
      ops<model::WorkloadEntry>("WorkloadEntry", "networking.istio.io", true, networking),
      ops<model::WorkloadGroup>("WorkloadGroup", "networking.istio.io", true, networking),
      ops<model::VirtualService>("VirtualService", "networking.istio.io", false, networking),
      ops<model::DestinationRule>("DestinationRule", "networking.istio.io", false, networking),
      ops<model::Sidecar>("Sidecar", "networking.istio.io", false, networking),
      ops<model::Gateway>("Gateway", "networking.istio.io", false, networking),
      ops<model::AuthorizationPolicy>("AuthorizationPolicy", "security.istio.io", false, security),
      ops<model::PeerAuthentication>("PeerAuthentication", "security.istio.io", false, security),
      ops<model::RequestAuthentication>("RequestAuthentication", "security.istio.io", false, security),
      ops<model::Telemetry>("Telemetry", "telemetry.istio.io", false, {"v1", "v1alpha1"}),
      ops<model::EnvoyFilter>("EnvoyFilter", "networking.istio.io", false, {"v1alpha3"}),
      ops<model::ProxyConfig>("ProxyConfig", "networking.istio.io", false, {"v1beta1"}),
      ops<model::WasmPlugin>("WasmPlugin", "extensions.istio.io", true, {"v1alpha1"}),
  };
  return kinds;
}

const KindOps* find_kind(std::string_view kind, std::string_view group) {
  for (const KindOps& known : istio_kinds()) {
    if (known.kind == kind && known.group == group) return &known;
  }
  return nullptr;
}

}  // namespace meshroute::schema
