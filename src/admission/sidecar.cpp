// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of Sidecar.

#include <set>

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

using model::CaptureMode;
using ServerTlsMode = model::ServerTLSSettings::TLSmode;

/// Go's net.SplitHostPort.
std::optional<std::pair<std::string_view, std::string_view>> split_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close + 1 != colon) return std::nullopt;
    host = text.substr(1, close - 1);
    if (host.find('[') != std::string_view::npos) return std::nullopt;
  } else if (host.find(':') != std::string_view::npos || text.find('[') != std::string_view::npos ||
             text.find(']') != std::string_view::npos) {
    return std::nullopt;
  }
  if (port.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  return std::pair(host, port);
}

void check_default_endpoint(Walk& walk, std::string_view endpoint) {
  if (endpoint.empty()) return;
  const Walk::Step step(walk, "defaultEndpoint");
  if (endpoint.starts_with("unix://")) {
    walk.check("KX0111", check_unix_address(endpoint.substr(7)));
    return;
  }
  const auto parts = split_host_port(endpoint);
  if (!parts) {
    walk.error("SD0104", "defaultEndpoint " + quote(endpoint) + " is not of the form host:port");
    return;
  }
  const std::string_view host = parts->first;
  if (!host.empty() && host != "127.0.0.1" && host != "0.0.0.0" && host != "::1" && host != "::") {
    walk.error(
        "SD0104",
        "sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset");
  }
  const auto port = match::parse_go_integer(parts->second);
  if (!port) {
    walk.error("SD0104", "sidecar: defaultEndpoint port (" + std::string(parts->second) + ") is not a number");
  } else {
    walk.check("KX0101", check_port(static_cast<std::uint64_t>(*port)));
  }
}

void check_ingress_tls(Walk& walk, const model::IstioIngressListener& listener) {
  if (!listener.tls) return;
  const model::ServerTLSSettings& tls = *listener.tls;
  {
    const Walk::Step step(walk, "tls");
    if (!tls.subject_alt_names.empty()) walk.error("SD0105", "sidecar: subjectAltNames is not supported in ingress tls");
    if (tls.https_redirect) walk.error("SD0105", "sidecar: httpsRedirect is not supported");
    if (!tls.credential_name.empty()) walk.error("SD0105", "sidecar: credentialName is not currently supported");
    if (!tls.credential_names.empty()) walk.error("SD0105", "sidecar: credentialNames is not currently supported");
    if (!tls.tls_certificates.empty()) walk.error("SD0105", "sidecar: tls_certificates is not currently supported");
    if (tls.mode == ServerTlsMode::ISTIO_MUTUAL || tls.mode == ServerTlsMode::AUTO_PASSTHROUGH) {
      walk.error("SD0105", "configuration is invalid: cannot set this mode in sidecar ingress tls");
    }
    if (!is_tls(parse_protocol(listener.port->protocol))) {
      walk.error("SD0105", "server cannot have TLS settings for non HTTPS/TLS ports");
    }
  }
  check_server_tls(walk, listener.tls);
}

void check_ingress(Walk& walk, const model::IstioIngressListener& listener, std::set<std::uint32_t>& ports) {
  if (!listener.port) {
    walk.error_at("port", "SD0103", "sidecar: port is required for ingress listeners");
    return;
  }
  const model::SidecarPort& port = *listener.port;
  if (port.target_port > 0) walk.error_at("port.targetPort", "SD0103", "targetPort has no impact on Sidecars");
  if (!port.name.empty()) walk.check_at("port.name", "KX0109", check_port_name(port.name));
  walk.check_at("port.protocol", "KX0110", check_protocol(port.protocol));
  walk.check_at("port.number", "KX0101", check_port(port.number));
  if (!listener.bind.empty()) walk.check_at("bind", "KX0104", check_ip_address(listener.bind));
  if (!ports.insert(port.number).second)
    walk.error_at("port.number", "SD0103", "sidecar: ports on IP bound listeners must be unique");
  check_default_endpoint(walk, listener.default_endpoint);
  check_ingress_tls(walk, listener);
  check_connection_pool(walk, "connectionPool", listener.connection_pool);
  if (listener.connection_pool && listener.connection_pool->http && !is_http(parse_protocol(port.protocol))) {
    walk.warn("SD0106",
              "sidecar: HTTP connection pool settings are configured for a port whose protocol is not HTTP; only TCP settings "
              "will apply");
  }
}

void check_egress_port(Walk& walk, const model::IstioEgressListener& listener) {
  const model::SidecarPort& port = *listener.port;
  if (port.target_port > 0) walk.error_at("port.targetPort", "SD0107", "targetPort has no impact on Sidecars");
  if (!port.name.empty()) walk.check_at("port.name", "KX0109", check_port_name(port.name));
  walk.check_at("port.protocol", "KX0110", check_protocol(port.protocol));
  if (port.number != 0) {
    walk.check_at("port.number", "KX0101", check_port(port.number));
    if (!listener.bind.empty()) walk.check_at("bind", "KX0104", check_ip_address(listener.bind));
    return;
  }
  const std::string_view bind = listener.bind;
  if (!bind.starts_with("unix://")) {
    walk.error("SD0107", "sidecar: ports with 0 value must have a unix domain socket bind address");
  } else {
    walk.check("KX0111", check_unix_address(bind.substr(7)));
  }
  if (listener.capture_mode != CaptureMode::DEFAULT && listener.capture_mode != CaptureMode::NONE) {
    walk.error("SD0107", "sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners");
  }
}

void check_egress_hosts(Walk& walk, std::string_view namespace_, const std::vector<std::string>& hosts) {
  if (hosts.empty()) walk.error_at("hosts", "SD0108", "sidecar: egress listener must contain at least one host");
  std::map<std::string_view, std::set<std::string_view>> seen;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string_view host = hosts[i];
    const Walk::Step step(walk, "hosts", i);
    const std::size_t slash = host.find('/');
    if (slash != std::string_view::npos && !host.starts_with('~')) {
      const std::string_view space = host.substr(0, slash) == "." ? namespace_ : host.substr(0, slash);
      const std::string_view name = host.substr(slash + 1);
      std::set<std::string_view>& names = seen[space];
      if (name == "*" ? !names.empty() : names.contains(name) || names.contains("*")) {
        walk.warn("SD0109", "duplicated egress host: " + hosts[i]);
      }
      names.insert(name);
    }
    check_namespaced_host(walk, host, false, false);
  }
  if (const auto all = seen.find("*"); all != seen.end() && all->second.contains("*") && seen.size() != 1) {
    walk.warn("SD0109", "`*/*` host select all resources, no other hosts can be added");
  }
}

void check_outbound(Walk& walk, const std::optional<model::OutboundTrafficPolicy>& policy) {
  if (!policy) return;
  const Walk::Step step(walk, "outboundTrafficPolicy");
  if (static_cast<std::int32_t>(policy->mode) == 3) {
    walk.error("SD0110", "sidecar: ALLOW_ANY_DYNAMIC_DNS mode is only supported in MeshConfig, not in Sidecar resource");
    return;
  }
  if (!policy->egress_proxy) return;
  if (policy->mode != model::OutboundTrafficPolicy::Mode::ALLOW_ANY) {
    walk.error("SD0110", "sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode");
    return;
  }
  walk.check_at("egressProxy.host", "KX0103", check_fqdn(policy->egress_proxy->host));
  if (!policy->egress_proxy->port) {
    walk.error("SD0110", "sidecar: egress_proxy port must be non-nil");
    return;
  }
  check_destination(walk, "egressProxy", policy->egress_proxy);
}

}  // namespace

void validate_sidecar(Walk& walk, const Resource& resource, const model::Sidecar& sidecar) {
  const bool empty =
      sidecar.egress.empty() && sidecar.ingress.empty() && !sidecar.outbound_traffic_policy && !sidecar.inbound_connection_pool;
  if (sidecar.workload_selector) {
    const Walk::Step step(walk, "workloadSelector");
    check_selector_labels(walk, sidecar.workload_selector->labels);
    if (walk.errors() != 0) return;
    if (sidecar.workload_selector->labels.empty() && !empty) {
      walk.warn("KX0107", "sidecar: workload selector specified without labels, will be applied to all services in namespace");
    }
  }
  if (empty) {
    walk.error("SD0101", "sidecar: empty configuration provided");
    return;
  }
  std::set<std::uint32_t> ports;
  for (std::size_t i = 0; i < sidecar.ingress.size(); ++i) {
    const Walk::Step step(walk, "ingress", i);
    check_ingress(walk, sidecar.ingress[i], ports);
  }
  check_connection_pool(walk, "inboundConnectionPool", sidecar.inbound_connection_pool);
  ports.clear();
  std::set<std::string_view> sockets;
  for (std::size_t i = 0; i < sidecar.egress.size(); ++i) {
    const model::IstioEgressListener& listener = sidecar.egress[i];
    const Walk::Step step(walk, "egress", i);
    if (!listener.port) {
      if (i + 1 != sidecar.egress.size()) {
        walk.error("SD0102", "sidecar: the egress listener with empty port should be the last listener in the list");
      }
    } else {
      check_egress_port(walk, listener);
      if (listener.port->number == 0) {
        if (!sockets.insert(listener.bind).second) {
          walk.error("SD0107", "sidecar: unix domain socket values for listeners must be unique");
        }
      } else if (!ports.insert(listener.port->number).second) {
        walk.error_at("port.number", "SD0107", "sidecar: ports on IP bound listeners must be unique");
      }
    }
    check_egress_hosts(walk, own_namespace(resource), listener.hosts);
  }
  check_outbound(walk, sidecar.outbound_traffic_policy);
}

}  // namespace meshroute::admission
