// SPDX-License-Identifier: Apache-2.0
// The tables of authorization policy: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/authorization_policy.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::AuthorizationPolicy::Action>() {
  static const Enumeration table{"istio.security.v1beta1.AuthorizationPolicy.Action",
                                 {{"ALLOW", 0}, {"DENY", 1}, {"AUDIT", 2}, {"CUSTOM", 3}}};
  return table;
}

template <>
const Message& message_of<model::Condition>() {
  using M = model::Condition;
  static const Message table = Table<M>("istio.security.v1beta1.Condition")
                                   .field<&M::key>("key", required())
                                   .field<&M::values>("values")
                                   .field<&M::not_values>("notValues");
  return table;
}

template <>
const Message& message_of<model::Operation>() {
  using M = model::Operation;
  static const Message table = Table<M>("istio.security.v1beta1.Operation")
                                   .field<&M::hosts>("hosts")
                                   .field<&M::not_hosts>("notHosts")
                                   .field<&M::ports>("ports")
                                   .field<&M::not_ports>("notPorts")
                                   .field<&M::methods>("methods")
                                   .field<&M::not_methods>("notMethods")
                                   .field<&M::paths>("paths")
                                   .field<&M::not_paths>("notPaths");
  return table;
}

template <>
const Message& message_of<model::Source>() {
  using M = model::Source;
  static const Message table = Table<M>("istio.security.v1beta1.Source")
                                   .field<&M::principals>("principals")
                                   .field<&M::not_principals>("notPrincipals")
                                   .field<&M::request_principals>("requestPrincipals")
                                   .field<&M::not_request_principals>("notRequestPrincipals")
                                   .field<&M::namespaces>("namespaces")
                                   .field<&M::not_namespaces>("notNamespaces")
                                   .field<&M::service_accounts>("serviceAccounts", max_items(16), each(max_length(320)))
                                   .field<&M::not_service_accounts>("notServiceAccounts", max_items(16), each(max_length(320)))
                                   .field<&M::ip_blocks>("ipBlocks")
                                   .field<&M::not_ip_blocks>("notIpBlocks")
                                   .field<&M::remote_ip_blocks>("remoteIpBlocks")
                                   .field<&M::not_remote_ip_blocks>("notRemoteIpBlocks")
                                   .field<&M::trust_domains>("trustDomains")
                                   .field<&M::not_trust_domains>("notTrustDomains")
                                   .rules(cel(Cel::service_accounts_alone));
  return table;
}

template <>
const Message& message_of<model::Rule::From>() {
  using M = model::Rule::From;
  static const Message table = Table<M>("istio.security.v1beta1.Rule.From").field<&M::source>("source");
  return table;
}

template <>
const Message& message_of<model::Rule::To>() {
  using M = model::Rule::To;
  static const Message table = Table<M>("istio.security.v1beta1.Rule.To").field<&M::operation>("operation");
  return table;
}

template <>
const Message& message_of<model::Rule>() {
  using M = model::Rule;
  static const Message table =
      Table<M>("istio.security.v1beta1.Rule").field<&M::from>("from", max_items(512)).field<&M::to>("to").field<&M::when>("when");
  return table;
}

template <>
const Message& message_of<model::AuthorizationPolicy::ExtensionProvider>() {
  using M = model::AuthorizationPolicy::ExtensionProvider;
  static const Message table = Table<M>("istio.security.v1beta1.AuthorizationPolicy.ExtensionProvider").field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<model::AuthorizationPolicy>() {
  using M = model::AuthorizationPolicy;
  static const Message table = Table<M>("istio.security.v1beta1.AuthorizationPolicy")
                                   .field<&M::selector>("selector")
                                   .field<&M::target_ref>("targetRef", proto_name("targetRef"))
                                   .field<&M::target_refs>("targetRefs", proto_name("targetRefs"), max_items(16))
                                   .field<&M::rules>("rules", max_items(512))
                                   .field<&M::action>("action")
                                   .field<&M::provider>("provider", oneof(1))
                                   .rules(cel(Cel::one_of_selector_and_target_refs));
  return table;
}

}  // namespace meshroute::schema
