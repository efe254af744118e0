// SPDX-License-Identifier: Apache-2.0
// The tables of peer authentication: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/peer_authentication.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::PeerAuthentication::MutualTLS::Mode>() {
  static const Enumeration table{"istio.security.v1beta1.PeerAuthentication.MutualTLS.Mode",
                                 {{"UNSET", 0}, {"DISABLE", 1}, {"PERMISSIVE", 2}, {"STRICT", 3}}};
  return table;
}

template <>
const Message& message_of<model::PeerAuthentication::MutualTLS>() {
  using M = model::PeerAuthentication::MutualTLS;
  static const Message table = Table<M>("istio.security.v1beta1.PeerAuthentication.MutualTLS").field<&M::mode>("mode");
  return table;
}

template <>
const Message& message_of<model::PeerAuthentication>() {
  using M = model::PeerAuthentication;
  static const Message table =
      Table<M>("istio.security.v1beta1.PeerAuthentication")
          .field<&M::selector>("selector")
          .field<&M::mtls>("mtls")
          .field<&M::port_level_mtls>("portLevelMtls", min_properties(1), cel(Cel::keys_are_port_numbers))
          .rules(cel(Cel::port_level_mtls_needs_selector));
  return table;
}

}  // namespace meshroute::schema
