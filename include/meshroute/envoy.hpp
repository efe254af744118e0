#pragma once

// SPDX-License-Identifier: Apache-2.0
// A proxy's view as the configuration of a real Envoy.

#include <cstdint>
#include <string>
#include <vector>

namespace meshroute {

/// How an Envoy is to stand beside its clients.
struct EnvoyOptions {
  /// How its clients reach it.
  enum class Mode : std::int32_t {
    /// One port, for clients with `http_proxy` and `https_proxy`: every host of the mesh, TLS by CONNECT.
    http_proxy = 0,
    /// A loopback port for each port of each service.
    ports = 1,
    /// Behind iptables, as a sidecar: connections are taken by their original destination.
    capture = 2,
  };
  Mode mode = Mode::http_proxy;
  /// "ADDRESS:PORT". http_proxy: where the proxy listens, 127.0.0.1:15080 where empty. ports: a loopback address and the first
  /// port that may be used, 127.0.0.1:20000 where empty. capture: must be empty, the listeners' own addresses count.
  std::string listen = {};
  /// "ADDRESS:PORT" of Envoy's admin interface on a loopback address; 127.0.0.1:15000 where empty.
  std::string admin = {};
  /// A folder with the certificates: cert-chain.pem, key.pem and root-cert.pem of the mesh, and for each credentialName a folder
  /// of that name with tls.crt, tls.key and ca.crt. Empty: there are none, and mutual TLS is left out, with a warning.
  std::string certificates = {};
  /// A folder, as Envoy will find it: the configuration then points to files there, which Envoy reads again when they are moved
  /// into place. Empty: one static configuration.
  std::string directory = {};
};

/// One resource of the files that a configuration points to.
struct EnvoyResource {
  /// In EnvoyOptions::directory, "clusters.json"; several resources may share a file.
  std::string file;
  /// The resource's.
  std::string name;
  /// protojson, with its "@type".
  std::string json;
};

/// A loopback port that stands for a service's port.
struct EnvoyPort {
  /// The service's.
  std::string host;
  std::uint32_t port = 0;
  /// Where Envoy listens.
  std::string address;
  std::uint32_t listens = 0;
};

/// A configuration, and what is to be known about it.
struct EnvoyBootstrap {
  /// protojson of Envoy's Bootstrap.
  std::string json;
  /// With a directory; in the order in which new ones are to be written.
  std::vector<EnvoyResource> resources;
  /// Of the mode `ports`, sorted by host.
  std::vector<EnvoyPort> ports;
  /// Sentences: what could not be expressed, with the resource that wants it.
  std::vector<std::string> warnings;
};

}  // namespace meshroute
