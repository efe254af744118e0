// SPDX-License-Identifier: Apache-2.0
// The tables of gateway: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/gateway.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::ServerTLSSettings::TLSProtocol>() {
  static const Enumeration table{"istio.networking.v1alpha3.ServerTLSSettings.TLSProtocol",
                                 {{"TLS_AUTO", 0}, {"TLSV1_0", 1}, {"TLSV1_1", 2}, {"TLSV1_2", 3}, {"TLSV1_3", 4}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::ServerTLSSettings::TLSmode>() {
  static const Enumeration table{
      "istio.networking.v1alpha3.ServerTLSSettings.TLSmode",
      {{"PASSTHROUGH", 0}, {"SIMPLE", 1}, {"MUTUAL", 2}, {"AUTO_PASSTHROUGH", 3}, {"ISTIO_MUTUAL", 4}, {"OPTIONAL_MUTUAL", 5}}};
  return table;
}

template <>
const Message& message_of<model::Port>() {
  using M = model::Port;
  static const Message table = Table<M>("istio.networking.v1alpha3.Port")
                                   .field<&M::number>("number", required(), minimum(0), maximum(4294967295))
                                   .field<&M::protocol>("protocol", required())
                                   .field<&M::name>("name", required())
                                   .field<&M::target_port>("targetPort", minimum(0), maximum(4294967295));
  return table;
}

template <>
const Message& message_of<model::ServerTLSSettings::TLSCertificate>() {
  using M = model::ServerTLSSettings::TLSCertificate;
  static const Message table = Table<M>("istio.networking.v1alpha3.ServerTLSSettings.TLSCertificate")
                                   .field<&M::server_certificate>("serverCertificate")
                                   .field<&M::private_key>("privateKey")
                                   .field<&M::ca_certificates>("caCertificates");
  return table;
}

template <>
const Message& message_of<model::ServerTLSSettings>() {
  using M = model::ServerTLSSettings;
  static const Message table = Table<M>("istio.networking.v1alpha3.ServerTLSSettings")
                                   .field<&M::https_redirect>("httpsRedirect")
                                   .field<&M::mode>("mode")
                                   .field<&M::server_certificate>("serverCertificate")
                                   .field<&M::private_key>("privateKey")
                                   .field<&M::ca_certificates>("caCertificates")
                                   .field<&M::ca_crl>("caCrl")
                                   .field<&M::credential_name>("credentialName")
                                   .field<&M::credential_names>("credentialNames", min_items(1), max_items(2))
                                   .field<&M::ca_cert_credential_name>("caCertCredentialName")
                                   .field<&M::tls_certificates>("tlsCertificates", min_items(1), max_items(2))
                                   .field<&M::subject_alt_names>("subjectAltNames")
                                   .field<&M::verify_certificate_spki>("verifyCertificateSpki")
                                   .field<&M::verify_certificate_hash>("verifyCertificateHash")
                                   .field<&M::min_protocol_version>("minProtocolVersion")
                                   .field<&M::max_protocol_version>("maxProtocolVersion")
                                   .field<&M::cipher_suites>("cipherSuites")
                                   .field<&M::insecure_skip_verify>("insecureSkipVerify", nullable())
                                   .rules(cel(Cel::tls_certificates_or_credential_names), cel(Cel::credential_name_or_names),
                                          cel(Cel::credential_names_or_tls_certificates));
  return table;
}

template <>
const Message& message_of<model::Server>() {
  using M = model::Server;
  static const Message table = Table<M>("istio.networking.v1alpha3.Server")
                                   .field<&M::port>("port", required())
                                   .field<&M::bind>("bind")
                                   .field<&M::hosts>("hosts", required())
                                   .field<&M::tls>("tls")
                                   .field<&M::default_endpoint>("defaultEndpoint")
                                   .field<&M::name>("name");
  return table;
}

template <>
const Message& message_of<model::Gateway>() {
  using M = model::Gateway;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.Gateway").field<&M::servers>("servers").field<&M::selector>("selector");
  return table;
}

}  // namespace meshroute::schema
