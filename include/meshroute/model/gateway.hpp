#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's gateway, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/map.hpp"

namespace meshroute::model {

/// `istio.networking.v1alpha3.Port`.
struct Port {
  std::uint32_t number = 0;
  std::string protocol = {};
  std::string name = {};
  std::uint32_t target_port = 0;

  bool operator==(const Port&) const = default;
};

/// `istio.networking.v1alpha3.ServerTLSSettings`.
struct ServerTLSSettings {
  /// Istio's ServerTLSSettings.TLSProtocol (wire values; others are kept as they came).
  enum class TLSProtocol : std::int32_t {
    TLS_AUTO = 0,
    TLSV1_0 = 1,
    TLSV1_1 = 2,
    TLSV1_2 = 3,
    TLSV1_3 = 4,
  };

  /// Istio's ServerTLSSettings.TLSmode (wire values; others are kept as they came).
  enum class TLSmode : std::int32_t {
    PASSTHROUGH = 0,
    SIMPLE = 1,
    MUTUAL = 2,
    AUTO_PASSTHROUGH = 3,
    ISTIO_MUTUAL = 4,
    OPTIONAL_MUTUAL = 5,
  };

  /// `istio.networking.v1alpha3.ServerTLSSettings.TLSCertificate`.
  struct TLSCertificate {
    std::string server_certificate = {};
    std::string private_key = {};
    std::string ca_certificates = {};

    bool operator==(const TLSCertificate&) const = default;
  };

  bool https_redirect = false;
  TLSmode mode = TLSmode::PASSTHROUGH;
  std::string server_certificate = {};
  std::string private_key = {};
  std::string ca_certificates = {};
  std::string ca_crl = {};
  std::string credential_name = {};
  std::vector<std::string> credential_names = {};
  std::string ca_cert_credential_name = {};
  std::vector<TLSCertificate> tls_certificates = {};
  std::vector<std::string> subject_alt_names = {};
  std::vector<std::string> verify_certificate_spki = {};
  std::vector<std::string> verify_certificate_hash = {};
  TLSProtocol min_protocol_version = TLSProtocol::TLS_AUTO;
  TLSProtocol max_protocol_version = TLSProtocol::TLS_AUTO;
  std::vector<std::string> cipher_suites = {};
  std::optional<bool> insecure_skip_verify = {};

  bool operator==(const ServerTLSSettings&) const = default;
};

/// `istio.networking.v1alpha3.Server`.
struct Server {
  std::optional<Port> port = {};
  std::string bind = {};
  std::vector<std::string> hosts = {};
  std::optional<ServerTLSSettings> tls = {};
  std::string default_endpoint = {};
  std::string name = {};

  bool operator==(const Server&) const = default;
};

/// `istio.networking.v1alpha3.Gateway`.
struct Gateway {
  std::vector<Server> servers = {};
  Labels selector = {};

  bool operator==(const Gateway&) const = default;
};
}  // namespace meshroute::model
