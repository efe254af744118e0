// SPDX-License-Identifier: Apache-2.0
// The tables of Wasm plugin: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/wasm_plugin.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::type::WorkloadMode>() {
  static const Enumeration table{"istio.type.v1beta1.WorkloadMode",
                                 {{"UNDEFINED", 0}, {"CLIENT", 1}, {"SERVER", 2}, {"CLIENT_AND_SERVER", 3}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::WasmPlugin::PullPolicy>() {
  static const Enumeration table{"istio.extensions.v1alpha1.PullPolicy",
                                 {{"UNSPECIFIED_POLICY", 0}, {"IfNotPresent", 1}, {"Always", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::WasmPlugin::PluginPhase>() {
  static const Enumeration table{"istio.extensions.v1alpha1.PluginPhase",
                                 {{"UNSPECIFIED_PHASE", 0}, {"AUTHN", 1}, {"AUTHZ", 2}, {"STATS", 3}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::WasmPlugin::FailStrategy>() {
  static const Enumeration table{"istio.extensions.v1alpha1.FailStrategy",
                                 {{"FAIL_CLOSE", 0}, {"FAIL_OPEN", 1}, {"FAIL_RELOAD", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::WasmPlugin::PluginType>() {
  static const Enumeration table{"istio.extensions.v1alpha1.PluginType",
                                 {{"UNSPECIFIED_PLUGIN_TYPE", 0}, {"HTTP", 1}, {"NETWORK", 2}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::WasmPlugin::EnvVar::EnvValueSource>() {
  static const Enumeration table{"istio.extensions.v1alpha1.EnvValueSource", {{"INLINE", 0}, {"HOST", 1}}};
  return table;
}

template <>
const Message& message_of<model::type::PortSelector>() {
  using M = model::type::PortSelector;
  static const Message table =
      Table<M>("istio.type.v1beta1.PortSelector").field<&M::number>("number", required(), minimum(1), maximum(65535));
  return table;
}

template <>
const Message& message_of<model::WasmPlugin::EnvVar>() {
  using M = model::WasmPlugin::EnvVar;
  static const Message table = Table<M>("istio.extensions.v1alpha1.EnvVar")
                                   .field<&M::name>("name", required(), min_length(1), max_length(256))
                                   .field<&M::value_from>("valueFrom")
                                   .field<&M::value>("value", max_length(2048))
                                   .rules(cel(Cel::env_value_only_inline));
  return table;
}

template <>
const Message& message_of<model::WasmPlugin::VmConfig>() {
  using M = model::WasmPlugin::VmConfig;
  static const Message table =
      Table<M>("istio.extensions.v1alpha1.VmConfig").field<&M::env>("env", max_items(256), map_key("name"));
  return table;
}

template <>
const Message& message_of<model::WasmPlugin::TrafficSelector>() {
  using M = model::WasmPlugin::TrafficSelector;
  static const Message table = Table<M>("istio.extensions.v1alpha1.WasmPlugin.TrafficSelector")
                                   .field<&M::mode>("mode")
                                   .field<&M::ports>("ports", map_key("number"));
  return table;
}

template <>
const Message& message_of<model::WasmPlugin>() {
  using M = model::WasmPlugin;
  static const Message table = Table<M>("istio.extensions.v1alpha1.WasmPlugin")
                                   .field<&M::selector>("selector")
                                   .field<&M::target_ref>("targetRef", proto_name("targetRef"))
                                   .field<&M::target_refs>("targetRefs", proto_name("targetRefs"), max_items(16))
                                   .field<&M::url>("url", required(), min_length(1), cel(Cel::wasm_url_scheme))
                                   .field<&M::sha256>("sha256", pattern("(^$|^[a-f0-9]{64}$)"))
                                   .field<&M::image_pull_policy>("imagePullPolicy")
                                   .field<&M::image_pull_secret>("imagePullSecret", min_length(1), max_length(253))
                                   .field<&M::verification_key>("verificationKey")
                                   .field<&M::plugin_config>("pluginConfig")
                                   .field<&M::plugin_name>("pluginName", min_length(1), max_length(256))
                                   .field<&M::phase>("phase")
                                   .field<&M::priority>("priority", format_int32(), nullable())
                                   .field<&M::fail_strategy>("failStrategy")
                                   .field<&M::vm_config>("vmConfig")
                                   .field<&M::match>("match")
                                   .field<&M::type>("type")
                                   .rules(cel(Cel::one_of_selector_and_target_refs));
  return table;
}

}  // namespace meshroute::schema
