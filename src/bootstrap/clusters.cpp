// SPDX-License-Identifier: Apache-2.0
// The clusters of a view for an Envoy without a control plane: endpoints beside them or in files, certificates in files.
#include <algorithm>
#include <array>
#include <filesystem>

#include "bootstrap/draft.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "view/cluster_tls.hpp"

namespace meshroute::bootstrap {

namespace {

using Type = envoy::Cluster::Type;

bool is_prime(std::uint64_t number) {
  if (number < 2) return false;
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

bool exists(const std::string& path) {
  std::error_code why;
  return std::filesystem::exists(path, why);
}

/// Where systems keep the authorities that they trust; Envoy has no word for them.
std::string system_roots() {
  constexpr std::array<const char*, 5> kFiles{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                              "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                              "/etc/ssl/cert.pem"};
  const auto found = std::find_if(kFiles.begin(), kFiles.end(), exists);
  return found != kFiles.end() ? *found : kFiles.front();
}

/// The rule that a cluster's policy is of, else its service.
std::string owner_of(const view::Cluster& cluster) {
  if (cluster.plan == nullptr) return std::string(cluster.name);
  if (cluster.plan->rule != nullptr && cluster.plan->rule->resource != nullptr) return name_of(cluster.plan->rule->resource);
  return name_of(cluster.plan->service->resource);
}

/// The addresses called are not known, as nothing was captured: the endpoints that are known, or what DNS says of the host.
void find_destination(Draft& draft, const view::Cluster& cluster, envoy::Cluster& message) {
  if (message.lb_policy == envoy::Cluster::Balancer::cluster_provided)
    message.lb_policy = envoy::Cluster::Balancer::least_request;
  const auto ask_dns = [&message] {
    message.type = Type::dynamic_forward_proxy;
    message.lb_policy = envoy::Cluster::Balancer::cluster_provided;
    message.dns_cache.emplace();
    message.common_lb.reset();
  };
  if (cluster.plan == nullptr) return ask_dns();
  const view::ClusterPlan& plan = *cluster.plan;
  view::LoadAssignment assignment{cluster.name, "", {}};
  bool survived = false;
  assignment.endpoints = view::plan_endpoints(draft.view, plan, survived);
  if (!assignment.endpoints.empty()) {
    message.type = Type::fixed;
    message.load_assignment = view::assignment_message(draft.view, cluster, &assignment);
    return;
  }
  if (match::is_wildcard(plan.service->hostname)) return ask_dns();
  message.type = Type::strict_dns;
  message.lookup = match::is_ipv6(draft.view.proxy.ip) ? envoy::Cluster::Lookup::automatic : envoy::Cluster::Lookup::v4_preferred;
  envoy::LocalityEndpoints group;
  group.endpoints.push_back({{envoy::Address::Kind::socket, plan.service->hostname, plan.port->number}, {}, 1, false});
  message.load_assignment = envoy::ClusterLoadAssignment{message.name, {std::move(group)}};
}

/// Endpoints that Envoy would refuse.
void keep_accepted(Draft& draft, const view::Cluster& cluster, bool dns, envoy::ClusterLoadAssignment& assignment) {
  for (envoy::LocalityEndpoints& group : assignment.endpoints) {
    std::erase_if(group.endpoints, [&](const envoy::LbEndpoint& endpoint) {
      const bool pipe = endpoint.address.kind == envoy::Address::Kind::pipe;
      const bool taken = dns ? !pipe : pipe || match::is_ip(endpoint.address.text);
      if (taken && endpoint.address.port <= 65535) return false;
      draft.warn(name_of(cluster.plan != nullptr ? cluster.plan->service->resource : nullptr) + ": endpoint " +
                 endpoint.address.text + " of " + std::string(cluster.name) + " is left out: Envoy does not take its address");
      return true;
    });
  }
  std::erase_if(assignment.endpoints, [](const envoy::LocalityEndpoints& group) { return group.endpoints.empty(); });
}

void set_hash_size(Draft& draft, const view::Cluster& cluster, envoy::Cluster& message) {
  constexpr std::uint64_t kRing = 8388608, kTable = 5000011;
  if (message.hash_size == 0) return;
  if (message.lb_policy == envoy::Cluster::Balancer::ring_hash && message.hash_size > kRing) {
    draft.warn(owner_of(cluster) + ": minimumRingSize is above 8388608, the most that Envoy takes; it is 8388608 here");
    message.hash_size = kRing;
  }
  if (message.lb_policy == envoy::Cluster::Balancer::maglev && (message.hash_size > kTable || !is_prime(message.hash_size))) {
    draft.warn(owner_of(cluster) + ": tableSize is no prime number of at most 5000011; Envoy's default of 65537 is used");
    message.hash_size = 0;
  }
}

/// Whether an endpoint takes the mesh's mutual TLS.
bool any_tls_mode(const envoy::Cluster& cluster) {
  if (!cluster.load_assignment) return false;
  const auto takes = [](const envoy::LbEndpoint& endpoint) { return endpoint.tls_mode; };
  return std::any_of(cluster.load_assignment->endpoints.begin(), cluster.load_assignment->endpoints.end(),
                     [&](const auto& group) { return std::any_of(group.endpoints.begin(), group.endpoints.end(), takes); });
}

void set_tls(Draft& draft, const view::Cluster& cluster, envoy::Cluster& message) {
  const std::string owner = owner_of(cluster);
  const auto of_mesh = [](const envoy::UpstreamTls& tls) { return tls.common.validation_secret == "ROOTCA"; };
  const auto give = [&](envoy::UpstreamTls& tls) {
    const bool mesh = of_mesh(tls);
    if (!with_files(draft, owner, tls.common)) return false;
    if (!mesh) return true;
    // What Istio's own ALPN filter offers for a cluster of HTTP; `istio-peer-exchange` would promise Istio's telemetry.
    const bool http = cluster.plan != nullptr && registry::is_http(cluster.plan->port->protocol);
    tls.common.alpn_protocols = {"istio"};
    if (http)
      tls.common.alpn_protocols = {cluster.http2 ? "istio-h2" : "istio-http/1.1", "istio", cluster.http2 ? "h2" : "http/1.1"};
    return true;
  };
  if (message.transport_socket && !give(*message.transport_socket)) message.transport_socket.reset();
  if (!message.transport_socket_matches.empty() && draft.options.certificates.empty() && !any_tls_mode(message))
    message.transport_socket_matches.clear();  // nothing is lost
  for (envoy::TransportSocketMatch& match : message.transport_socket_matches) {
    if (match.tls && !give(*match.tls)) {
      message.transport_socket_matches.clear();
      break;
    }
  }
}

envoy::Cluster adapted(Draft& draft, const view::Cluster& cluster) {
  envoy::Cluster message = view::cluster_message(draft.view, cluster);
  if (message.type == Type::original_dst && !draft.captures()) find_destination(draft, cluster, message);
  if (message.type == Type::eds) {
    message.load_assignment = view::assignment_message(draft.view, cluster, draft.view.assignment(cluster.name));
    if (!draft.has_files())
      message.type = Type::fixed;
    else
      message.eds_path = draft.options.directory + "/endpoints/" + file_name(message.name) + ".json";
  }
  const bool dns = message.type == Type::strict_dns || message.type == Type::logical_dns;
  if (message.load_assignment) keep_accepted(draft, cluster, dns, *message.load_assignment);
  if (message.type == Type::logical_dns) {
    std::size_t endpoints = 0;
    for (const auto& group : message.load_assignment->endpoints) endpoints += group.endpoints.size();
    if (endpoints != 1) {
      message.type = Type::strict_dns;
      draft.warn(name_of(cluster.plan->service->resource) + ": " + message.name + " has " + std::to_string(endpoints) +
                 " endpoints, and a LOGICAL_DNS cluster of Envoy has one; it is STRICT_DNS here");
    }
  }
  if (message.type == Type::dynamic_forward_proxy) draft.forwards = true;
  set_hash_size(draft, cluster, message);
  if (message.http_options && message.http_options->keepalive && !message.http_options->keepalive->second) {
    draft.warn(owner_of(cluster) + ": http2KeepAlive has no timeout, which Envoy demands; it is left out");
    message.http_options->keepalive.reset();
  }
  set_tls(draft, cluster, message);
  if (message.type == Type::dynamic_forward_proxy) {
    envoy::Cluster::DnsCache& cache = *message.dns_cache;
    cache = {};
    cache.name = "meshroute_dns_cache";
    cache.lookup = match::is_ipv6(draft.view.proxy.ip) ? envoy::Cluster::Lookup::automatic : envoy::Cluster::Lookup::v4_preferred;
    cache.allow_insecure = !message.http_options || !message.http_options->auto_san_validation;
  }
  return message;
}

}  // namespace

bool with_files(Draft& draft, const std::string& owner, envoy::TlsContext& tls) {
  const std::string& folder = draft.options.certificates;
  const bool mesh = tls.validation_secret == "ROOTCA" || std::find(tls.certificate_secrets.begin(), tls.certificate_secrets.end(),
                                                                   "default") != tls.certificate_secrets.end();
  const auto missing = [&](const std::string& path, const char* then) {
    if (exists(path)) return false;
    draft.warn((mesh ? "certificates" : owner) + ": there is no file " + path + ": " + then);
    return true;
  };
  const auto after = [](const std::string& text, std::string_view prefix) -> std::optional<std::string> {
    return text.starts_with(prefix) ? std::optional(text.substr(prefix.size())) : std::nullopt;
  };
  if (mesh) {
    if (folder.empty()) {
      draft.warn("mutual TLS of the mesh is left out, as no certificates were given: endpoints that demand it refuse the calls");
      return false;
    }
    for (const char* file : {"/cert-chain.pem", "/key.pem", "/root-cert.pem"}) {
      if (missing(folder + file, "mutual TLS of the mesh is left out")) return false;
    }
    if (!tls.certificate_secrets.empty()) tls.certificates = {{folder + "/cert-chain.pem", folder + "/key.pem"}};
    if (!tls.validation_secret.empty()) tls.trusted_ca = folder + "/root-cert.pem";
    tls.certificate_secrets.clear();
    tls.validation_secret.clear();
    return true;
  }
  const std::string root = std::move(tls.validation_secret);
  tls.validation_secret.clear();
  if (const auto path = after(root, "file-root:")) {
    const bool given = *path != "system" && !missing(*path, "the system's authorities are trusted instead");
    tls.trusted_ca = given ? *path : system_roots();
  } else if (const auto name = after(root, "kubernetes://")) {
    std::string secret = *name;
    if (constexpr std::string_view kSuffix = "-cacert"; secret.ends_with(kSuffix)) secret.resize(secret.size() - kSuffix.size());
    const std::string file = folder + "/" + secret + "/ca.crt";
    const bool given = !folder.empty() && !missing(file, "the system's authorities are trusted instead");
    if (folder.empty())
      draft.warn(owner + ": credentialName " + secret +
                 " is not known, as no certificates were given: the system's authorities are trusted instead");
    tls.trusted_ca = given ? file : system_roots();
  }
  const std::vector<std::string> secrets = std::move(tls.certificate_secrets);
  tls.certificate_secrets.clear();
  for (const std::string& secret : secrets) {
    std::string chain, key;
    if (const auto files = after(secret, "file-cert:")) {
      const std::size_t middle = files->find('~');
      chain = files->substr(0, middle);
      key = middle != std::string::npos ? files->substr(middle + 1) : "";
    } else if (const auto name = after(secret, "kubernetes://")) {
      if (folder.empty()) {
        draft.warn(owner + ": credentialName " + *name + " is not known, as no certificates were given: none is presented");
        continue;
      }
      chain = folder + "/" + *name + "/tls.crt";
      key = folder + "/" + *name + "/tls.key";
    }
    const char* then = "no certificate is presented";
    if (!missing(chain, then) && !missing(key, then)) tls.certificates.push_back({chain, key});
  }
  return true;
}

void add_clusters(Draft& draft) {
  for (const view::Cluster& cluster : draft.view.clusters()) draft.clusters.push_back(adapted(draft, cluster));
}

}  // namespace meshroute::bootstrap
