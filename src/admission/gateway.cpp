// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of Gateway.

#include <algorithm>
#include <set>

#include "admission/common.hpp"
#include "match/cipher_suite.hpp"

namespace meshroute::admission {
namespace {

using ServerTlsMode = model::ServerTLSSettings::TLSmode;
using TlsProtocol = model::ServerTLSSettings::TLSProtocol;

void check_server_port(Walk& walk, const model::Port& port, std::string_view bind) {
  const Walk::Step step(walk, "port");
  if (parse_protocol(port.protocol) == Protocol::unsupported) {
    walk.error_at("protocol", "KX0110", "invalid protocol " + quote(port.protocol));
  }
  if (port.number > 0 || !bind.starts_with("unix://")) walk.check_at("number", "KX0101", check_port(port.number));
  if (port.target_port > 0) walk.error_at("targetPort", "GW0104", "targetPort has no impact on Gateways");
  if (port.name.empty()) walk.error_at("name", "GW0104", "port name must be set");
}

void check_server(Walk& walk, const model::Server& server, bool gateway_semantics) {
  if (server.hosts.empty()) walk.error_at("hosts", "GW0103", "server config must contain at least one host");
  for (std::size_t i = 0; i < server.hosts.size(); ++i) {
    const Walk::Step step(walk, "hosts", i);
    check_namespaced_host(walk, server.hosts[i], true, gateway_semantics);
  }
  const std::size_t before = walk.errors();
  if (server.port) {
    check_server_port(walk, *server.port, server.bind);
  } else {
    walk.error_at("port", "GW0104", "port is required");
  }
  const bool port_is_fine = walk.errors() == before;
  const std::string_view bind = server.bind;
  if (bind.starts_with("unix://")) {
    walk.check_at("bind", "KX0111", check_unix_address(bind.substr(7)));
    if (server.port && server.port->number != 0)
      walk.error_at("port.number", "GW0104", "port number must be 0 for unix domain socket");
  } else if (!bind.empty()) {
    walk.check_at("bind", "KX0104", check_ip_address(bind));
  }
  check_server_tls(walk, server.tls);
  if (!port_is_fine) return;
  const Protocol protocol = parse_protocol(server.port->protocol);
  if (is_tls(protocol)) {
    if (!server.tls) walk.error("GW0105", "server must have TLS settings for HTTPS/TLS protocols");
  } else if (server.tls) {
    const bool passes = server.tls->mode == ServerTlsMode::PASSTHROUGH || server.tls->mode == ServerTlsMode::AUTO_PASSTHROUGH;
    if (!is_http(protocol)) {
      walk.error("GW0105", "server cannot have TLS settings for non HTTPS/TLS ports");
    } else if (!passes || !server.tls->ca_certificates.empty() || !server.tls->private_key.empty() ||
               !server.tls->server_certificate.empty()) {
      walk.error("GW0105", "server cannot have TLS settings for plain text HTTP ports");
    }
  }
}

}  // namespace

void check_server_tls(Walk& walk, const std::optional<model::ServerTLSSettings>& settings) {
  if (!settings) return;
  const model::ServerTLSSettings& tls = *settings;
  const Walk::Step step(walk, "tls");
  const auto refuse = [&walk](bool wrong, const char* message) {
    if (wrong) walk.error("KX0120", message);
  };
  if ((tls.min_protocol_version == TlsProtocol::TLSV1_0 || tls.min_protocol_version == TlsProtocol::TLSV1_1) &&
      tls.cipher_suites.empty()) {
    walk.warn(
        "KX0121",
        "TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.");
  }
  std::set<std::string_view> valid, invalid, duplicate;
  for (const std::string& suite : tls.cipher_suites) {
    if (!match::is_cipher_suite(suite)) {
      invalid.insert(suite);
    } else if (!valid.insert(suite).second) {
      duplicate.insert(suite);
    }
  }
  if (!invalid.empty()) walk.warn("KX0121", "ignoring invalid cipher suites: " + std::string(*invalid.begin()));
  if (!duplicate.empty()) walk.warn("KX0121", "ignoring duplicate cipher suites: " + std::string(*duplicate.begin()));
  const bool has_credentials = !tls.credential_name.empty() || !tls.credential_names.empty();
  if (tls.mode == ServerTlsMode::ISTIO_MUTUAL) {
    refuse(!tls.server_certificate.empty(), "ISTIO_MUTUAL TLS cannot have associated server certificate");
    refuse(!tls.private_key.empty(), "ISTIO_MUTUAL TLS cannot have associated private key");
    refuse(!tls.ca_certificates.empty(), "ISTIO_MUTUAL TLS cannot have associated CA bundle");
    refuse(!tls.tls_certificates.empty(), "ISTIO_MUTUAL TLS cannot have associated tlsCertificates");
    refuse(!tls.credential_name.empty(), "ISTIO_MUTUAL TLS cannot have associated credentialName");
    refuse(!tls.credential_names.empty(), "ISTIO_MUTUAL TLS cannot have associated credentialNames");
    return;
  }
  if ((tls.mode == ServerTlsMode::PASSTHROUGH || tls.mode == ServerTlsMode::AUTO_PASSTHROUGH) &&
      (!tls.ca_crl.empty() || !tls.server_certificate.empty() || !tls.private_key.empty() || !tls.ca_certificates.empty() ||
       !tls.tls_certificates.empty() || has_credentials)) {
    walk.warn("KX0121", "this mode does not use certificates, they will be ignored");
  }
  const int sources = (!tls.server_certificate.empty() && !tls.private_key.empty() ? 1 : 0) +
                      (!tls.credential_name.empty() ? 1 : 0) + (!tls.credential_names.empty() ? 1 : 0) +
                      (!tls.tls_certificates.empty() ? 1 : 0);
  refuse(sources > 1,
         "only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified");
  const bool simple = tls.mode == ServerTlsMode::SIMPLE;
  const bool mutual = tls.mode == ServerTlsMode::MUTUAL || tls.mode == ServerTlsMode::OPTIONAL_MUTUAL;
  if ((simple || mutual) && has_credentials) return;
  if (simple || mutual) {
    refuse(mutual && tls.ca_certificates.empty(), "MUTUAL TLS requires a client CA bundle");
    if (tls.tls_certificates.size() > 2) walk.warn("KX0121", "TLS can support up to 2 server certificates");
    const auto check_certificate = [&refuse](const std::string& certificate, const std::string& key) {
      refuse(certificate.empty(), "TLS requires a server certificate");
      refuse(key.empty(), "TLS requires a private key");
    };
    if (tls.tls_certificates.empty()) check_certificate(tls.server_certificate, tls.private_key);
    for (const auto& pair : tls.tls_certificates) check_certificate(pair.server_certificate, pair.private_key);
  }
  if (!tls.ca_crl.empty()) {
    refuse(!tls.credential_name.empty(), "CRL is not supported with credentialName. CRL has to be specified in the credential");
    refuse(simple, "CRL is not supported with SIMPLE TLS");
  }
}

void validate_gateway(Walk& walk, const Resource& resource, const model::Gateway& gateway) {
  const auto semantics = resource.metadata.annotations.find("internal.istio.io/gateway-semantics");
  const bool gateway_semantics = semantics != resource.metadata.annotations.end() && semantics->second == "gateway";
  if (!is_dns_label(resource.identity.name) && !gateway_semantics) {
    walk.error("GW0101", "invalid gateway name: " + quote(resource.identity.name));
  }
  if (gateway.servers.empty()) walk.error_at("servers", "GW0102", "gateway must have at least one server");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < gateway.servers.size(); ++i) {
    const model::Server& server = gateway.servers[i];
    const Walk::Step step(walk, "servers", i);
    check_server(walk, server, gateway_semantics);
    if (!server.port) continue;
    if (!names.insert(server.port->name).second) {
      walk.error_at("port.name", "GW0106", "port names in servers must be unique: duplicate name " + server.port->name);
    }
    if (!is_http(parse_protocol(server.port->protocol)) && server.tls && server.tls->https_redirect) {
      walk.warn("GW0107", "tls.httpsRedirect should only be used with http servers");
    }
  }
}

}  // namespace meshroute::admission
