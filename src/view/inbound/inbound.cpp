// SPDX-License-Identifier: Apache-2.0
// The listeners, chains and clusters of a server's proxy.
#include "view/inbound/inbound.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "registry/text.hpp"
#include "view/internal.hpp"
#include "view/lazy.hpp"

namespace meshroute::view {

namespace {

using authorization::Mode;
using registry::Protocol;
using Transport = InboundChain::Transport;

constexpr std::uint32_t kDefaultInboundPort = 15006;

enum class Kind : std::uint8_t { http, tcp, sniffed };

Kind kind_of(Protocol protocol) {  // IN3
  if (registry::is_http(protocol)) return Kind::http;
  return protocol == Protocol::unsupported ? Kind::sniffed : Kind::tcp;
}

/// What the chains of one port have in common.
struct Port {
  std::string http_name, tcp_name;  ///< of the chains
  std::uint32_t number = 0;         ///< 0: any
  Kind kind = Kind::sniffed;
  Mode mode = Mode::PERMISSIVE;
  std::string cluster, virtual_host;
  const InboundTarget* target = nullptr;
  std::optional<std::string> bind;  ///< it has a listener of its own on this address (IN22)
};

/// MT10-MT12.
void add_chains(const Port& port, std::vector<InboundChain>& chains) {
  const auto add = [&](bool http, Transport transport, const std::vector<std::string>* alpn, bool mutual) {
    InboundChain& chain = chains.emplace_back();
    chain.name = http ? port.http_name : port.tcp_name;
    chain.http = http;
    chain.port = port.number;
    chain.transport = transport;
    chain.alpn = alpn;
    chain.mutual = mutual;
    chain.cluster = port.cluster;
    if (http) chain.virtual_host = port.virtual_host;
    chain.target = port.target;
  };
  const bool strict = port.mode == Mode::STRICT, plain = port.mode == Mode::DISABLE;
  if (port.kind != Kind::sniffed) {
    const bool http = port.kind == Kind::http;
    if (!plain) add(http, Transport::tls, strict ? nullptr : &mutual_tls_alpn(), true);
    if (!strict && !plain && !http) add(http, Transport::tls, nullptr, false);
    if (!strict) add(http, Transport::raw_buffer, nullptr, false);
    return;
  }
  if (!plain) add(true, Transport::tls, &mutual_tls_http_alpn(), true);
  if (!strict) add(true, Transport::raw_buffer, &plain_http_alpn(), false);
  if (!plain) add(false, Transport::tls, strict ? nullptr : &mutual_tls_tcp_alpn(), true);
  if (!strict) add(false, Transport::raw_buffer, nullptr, false);
  if (!strict && !plain) add(false, Transport::tls, nullptr, false);
}

/// Which ports need an inspector follows from what the chains state.
void set_inspectors(InboundListener& listener) {
  std::map<std::uint32_t, std::pair<bool, bool>> needs;  // TLS, HTTP
  for (const InboundChain& chain : listener.chains) {
    auto& [tls, http] = needs[chain.port];
    tls = tls || chain.transport == Transport::tls;
    http = http || chain.alpn == &plain_http_alpn();
  }
  const bool tls_by_default = needs.contains(0) && needs[0].first;
  listener.tls.only = !tls_by_default;
  for (const auto& [port, need] : needs) {
    listener.tls.enabled = listener.tls.enabled || need.first;
    listener.http.enabled = listener.http.enabled || need.second;
    if (port != 0 && need.first != tls_by_default) listener.tls.ports.push_back(port);
    if (!need.second) listener.http.ports.push_back(port);
  }
}

void index_ports(InboundListener& listener) {
  for (std::uint32_t i = 0; i < listener.chains.size(); ++i) {
    if (listener.chains[i].port == 0) continue;
    auto& [first, last] = listener.by_port.try_emplace(listener.chains[i].port, i, i).first->second;
    last = i + 1;
  }
}

/// IN1. Services are in order of creation, then of their names.
std::vector<InboundTarget> targets_of(const registry::Snapshot& snapshot, const Proxy& proxy) {
  std::vector<InboundTarget> targets;
  if (proxy.ip.empty()) return targets;
  std::vector<std::pair<const registry::Service*, std::vector<InboundTarget>>> by_service;
  for (const registry::ServicePtr& service : snapshot.services_at(proxy.ip)) {
    const registry::Pool* pool = snapshot.pool(*service);
    if (pool == nullptr) continue;
    std::vector<InboundTarget> own;
    for (const registry::Shard& shard : *pool) {
      for (const registry::Endpoint& endpoint : shard.endpoints) {
        if (endpoint.address() != proxy.ip) continue;
        for (const registry::ServicePort& port : service->ports) {
          if (port.name != endpoint.port_name || port.protocol == Protocol::udp) continue;
          if (endpoint.legacy_port != 0 && endpoint.legacy_port != port.number) continue;
          const bool known = std::any_of(own.begin(), own.end(), [&](const InboundTarget& target) {
            return target.port->number == port.number && target.target_port == endpoint.port;
          });
          if (!known) own.push_back({service.get(), &port, endpoint.port});
        }
      }
    }
    std::stable_sort(own.begin(), own.end(), [](const InboundTarget& a, const InboundTarget& b) {
      return std::tie(a.port->number, a.target_port) < std::tie(b.port->number, b.target_port);
    });
    if (!own.empty()) by_service.emplace_back(service.get(), std::move(own));
  }
  std::stable_sort(by_service.begin(), by_service.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first->creation, a.first->hostname) < std::tie(b.first->creation, b.first->hostname);
  });
  std::set<std::tuple<std::string_view, std::string_view, std::uint32_t, std::uint32_t>> seen;
  for (const auto& [service, own] : by_service) {
    for (const InboundTarget& target : own) {
      if (seen.emplace(service->hostname, service->namespace_, target.port->number, target.target_port).second)
        targets.push_back(target);
    }
  }
  return targets;
}

std::string inbound_cluster(std::uint32_t port) { return "inbound|" + std::to_string(port) + "||"; }

/// IN21: "127.0.0.1:80", "[::1]:80", "unix:///path"; empty: the address that was called.
void set_endpoint(const std::string& endpoint, const Proxy& proxy, InboundCluster& cluster) {
  const bool v6 = match::is_ipv6(proxy.ip);
  const char* source = v6 ? "::6" : "127.0.0.6";
  cluster.source = source;
  if (endpoint.empty()) return;
  cluster.original_dst = false;
  if (endpoint.starts_with("unix://")) {
    cluster.address = endpoint;
    return;
  }
  const std::size_t colon = endpoint.rfind(':');
  const std::string host = endpoint.substr(0, colon);
  cluster.port =
      colon == std::string::npos ? 0 : static_cast<std::uint32_t>(std::strtoul(endpoint.c_str() + colon + 1, nullptr, 10));
  if (host == "127.0.0.1" || host == "[::1]") {
    cluster.address = v6 ? "::1" : "127.0.0.1";
    cluster.source.clear();
  } else {
    cluster.address = proxy.ip;
  }
}

}  // namespace

const std::vector<std::string>& mutual_tls_alpn() {
  static const std::vector<std::string> list{"istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"};
  return list;
}
const std::vector<std::string>& mutual_tls_http_alpn() {
  static const std::vector<std::string> list{"istio-http/1.0", "istio-http/1.1", "istio-h2"};
  return list;
}
const std::vector<std::string>& mutual_tls_tcp_alpn() {
  static const std::vector<std::string> list{"istio-peer-exchange", "istio"};
  return list;
}
const std::vector<std::string>& plain_http_alpn() {
  static const std::vector<std::string> list{"http/1.1", "h2c"};
  return list;
}

bool Inspector::sees(std::uint32_t port) const { return enabled && std::binary_search(ports.begin(), ports.end(), port) == only; }

std::string identity_of(const registry::Settings& settings, const Proxy& proxy) {
  return "spiffe://" + settings.trust_domain + "/ns/" + proxy.namespace_ + "/sa/" +
         (proxy.service_account.empty() ? "default" : proxy.service_account);
}

std::shared_ptr<const Inbound> make_inbound(const registry::Snapshot& snapshot, const Proxy& proxy,
                                            const model::Sidecar* sidecar) {
  auto inbound = std::make_shared<Inbound>();
  inbound->identity = identity_of(snapshot.settings, proxy);
  inbound->peer_prefixes = authorization::peer_prefixes(snapshot.settings);
  const authorization::Workload workload{proxy.namespace_, &proxy.labels};
  inbound->modes = authorization::peer_modes(*snapshot.base, workload);
  inbound->access = authorization::Policies::of(*snapshot.base)->access(workload);
  inbound->normalization = normalization_of(snapshot.settings.path_normalization);
  if (proxy.type == Proxy::Type::router) {  // GW92: its listeners are those of its Gateways
    inbound->has_http = inbound->has_tcp = true;
    return inbound;
  }
  inbound->targets = targets_of(snapshot, proxy);
  const bool v6 = match::is_ipv6(proxy.ip);
  const std::string wildcard = v6 ? "::" : "0.0.0.0";

  std::map<std::uint32_t, Port> ports;
  std::map<std::uint32_t, std::string> endpoints;  // of Sidecar ingress
  const bool has_ingress = sidecar != nullptr && !sidecar->ingress.empty();
  if (has_ingress) {  // IN20
    for (const model::IstioIngressListener& listener : sidecar->ingress) {
      if (!listener.port || ports.contains(listener.port->number)) continue;
      Port& port = ports[listener.port->number];
      port.number = listener.port->number;
      const std::string bind = !listener.bind.empty() ? listener.bind : proxy.ip.empty() ? wildcard : proxy.ip;
      port.http_name = port.tcp_name = bind + "_" + std::to_string(port.number);
      port.kind = kind_of(registry::parse_protocol(listener.port->protocol));
      if (listener.capture_mode == model::CaptureMode::NONE) port.bind = bind;
      endpoints[port.number] = listener.default_endpoint;
      port.virtual_host = "inbound|http|" + std::to_string(port.number);
    }
  } else {
    for (const InboundTarget& target : inbound->targets) {  // IN2
      if (target.target_port == 0 || ports.contains(target.target_port)) continue;
      Port& port = ports[target.target_port];
      port.number = target.target_port;
      port.http_name = port.tcp_name = wildcard + "_" + std::to_string(port.number);
      port.kind = kind_of(target.port->protocol);
      port.target = &target;
      port.virtual_host = "inbound|http|" + std::to_string(target.port->number);
    }
  }
  for (auto& [number, port] : ports) {
    port.mode = inbound->modes.of(number);
    port.cluster = inbound_cluster(number);
  }

  InboundListener& main = inbound->listeners.emplace_back();
  main.name = kVirtualInbound;
  main.address = wildcard;
  main.port = kDefaultInboundPort;
  if (const auto found = snapshot.settings.mesh_config.find("proxyInboundListenPort");
      found != snapshot.settings.mesh_config.end() && found->is_number_unsigned() && found->number<std::uint64_t>() <= 65535)
    main.port = found->number<std::uint32_t>();
  InboundChain& blackhole = main.chains.emplace_back();  // IN5
  blackhole.name = "virtualInbound-blackhole";
  blackhole.port = main.port;
  blackhole.cluster = "BlackHoleCluster";
  const auto add_catch_all = [&](std::uint32_t number, Mode mode) {  // IN13
    Port port;
    port.http_name = "virtualInbound-catchall-http";
    port.tcp_name = kVirtualInbound;
    port.number = number;
    port.mode = mode;
    port.cluster = kInboundPassthrough;
    port.virtual_host = "inbound|http|0";
    add_chains(port, main.chains);
  };
  add_catch_all(0, inbound->modes.mode);
  for (const auto& [number, mode] : inbound->modes.ports) {
    if (!ports.contains(number)) add_catch_all(number, mode);
  }
  std::vector<InboundListener> bound;
  for (const auto& [number, port] : ports) {
    if (!port.bind) {
      add_chains(port, main.chains);
      continue;
    }
    InboundListener& listener = bound.emplace_back();  // IN22
    listener.name = port.tcp_name;
    listener.address = *port.bind;
    listener.port = number;
    add_chains(port, listener.chains);
  }
  for (InboundListener& listener : bound) inbound->listeners.push_back(std::move(listener));
  for (InboundListener& listener : inbound->listeners) {
    set_inspectors(listener);
    index_ports(listener);
    for (const InboundChain& chain : listener.chains) {
      if (&chain == &listener.chains.front() && listener.name == kVirtualInbound) continue;  // the black hole checks nothing
      (chain.http ? inbound->has_http : inbound->has_tcp) = true;
    }
  }

  InboundCluster passthrough;
  passthrough.name = kInboundPassthrough;
  passthrough.source = v6 ? "::6" : "127.0.0.6";
  inbound->clusters.push_back(std::move(passthrough));
  for (const auto& [number, port] : ports) {
    InboundCluster cluster;
    cluster.name = port.cluster;
    set_endpoint(endpoints[number], proxy, cluster);
    inbound->clusters.push_back(std::move(cluster));
  }
  std::sort(inbound->clusters.begin(), inbound->clusters.end(),
            [](const InboundCluster& a, const InboundCluster& b) { return a.name < b.name; });
  return inbound;
}

const Inbound& ProxyView::inbound() const {
  lazy_->inbound_once.call([this] { lazy_->inbound = make_inbound(*snapshot, proxy, scope.sidecar_spec); });
  return *lazy_->inbound;
}

}  // namespace meshroute::view
