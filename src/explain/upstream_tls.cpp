// SPDX-License-Identifier: Apache-2.0
// How the proxy connects to the endpoints, and who decides that.
#include "resolve/upstream_tls.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "authorization/peer_authentication.hpp"
#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;

/// Where the rule says it: the subset's port, the subset, the port, or the rule itself (E16, E17).
std::string place_of(const scope::DestinationRuleEntry& rule, const match::ClusterName& name) {
  const auto within = [&name](const model::TrafficPolicy& policy, const std::string& at) -> std::string {
    for (std::size_t i = 0; i < policy.port_level_settings.size(); ++i) {
      const auto& each = policy.port_level_settings[i];
      if (each.port && each.port->number == name.port && each.tls)
        return at + ".portLevelSettings[" + std::to_string(i) + "].tls";
    }
    return policy.tls ? at + ".tls" : "";
  };
  for (std::size_t i = 0; i < rule.spec.subsets.size(); ++i) {
    const auto& subset = rule.spec.subsets[i];
    if (subset.name != name.subset || !subset.traffic_policy) continue;
    std::string place = within(*subset.traffic_policy, "spec.subsets[" + std::to_string(i) + "].trafficPolicy");
    if (!place.empty()) return place;
  }
  return rule.spec.traffic_policy ? within(*rule.spec.traffic_policy, "spec.trafficPolicy") : "";
}

std::string sentence(const view::ClusterTls& tls) {
  using Source = view::ClusterTls::Source;
  const std::string rule = tls.rule != nullptr ? display_name(*tls.rule->resource) : "a DestinationRule";
  const std::string service =
      tls.service != nullptr && tls.service->resource != nullptr ? display_name(*tls.service->resource) : "the service";
  switch (tls.source) {
    case Source::destination_rule:
      return rule + " sets it";
    case Source::credential:
      return rule + " names a credentialName, which sidecars use only if the rule has a workloadSelector";
    case Source::external:
      return service + " is MESH_EXTERNAL, and no DestinationRule sets tls";
    case Source::disabled_in_mesh:
      return "no DestinationRule sets tls, and MeshConfig's enableAutoMtls is false";
    case Source::passthrough:
      return "no DestinationRule sets tls, and not every workload behind the original destination is known to use mutual TLS";
    case Source::peer_disabled:
      return "no DestinationRule sets tls, and a PeerAuthentication disables mutual TLS";
    case Source::by_sni:
      return "the client's own TLS passes through: the gateway adds none";
    case Source::automatic:
      break;
  }
  if (tls.mode == view::ClusterTls::Mode::mixed)
    return "automatic: " + std::to_string(tls.with) + " of " + std::to_string(tls.all) + " endpoints have a sidecar";
  return tls.mode == view::ClusterTls::Mode::none ? "automatic: no endpoint has a sidecar"
                                                  : "automatic: the endpoints have a sidecar";
}

/// A PeerAuthentication that lets only mutual TLS in at one of the endpoints; null without one.
const Resource* strict_peer(const view::ProxyView& view, const registry::Service& service, const Answer& answer) {
  constexpr std::size_t kAsked = 20;
  for (std::size_t i = 0; i < answer.endpoints.size() && i < kAsked; ++i) {
    const AnswerEndpoint& endpoint = answer.endpoints[i];
    const auto tls = endpoint.labels.find("security.istio.io/tlsMode");
    if (tls == endpoint.labels.end() || tls->second != "istio") continue;
    const auto modes = authorization::peer_modes(*view.snapshot->base, {service.namespace_, &endpoint.labels});
    if (modes.of(endpoint.port) == authorization::Mode::STRICT) return modes.source(endpoint.port);
  }
  return nullptr;
}

const registry::ServicePort* port_of(const registry::Service& service, std::uint32_t port) {
  const auto found =
      std::find_if(service.ports.begin(), service.ports.end(), [port](const auto& each) { return each.number == port; });
  return found != service.ports.end() ? &*found : nullptr;
}

/// Whether the rule's mode for the cluster is ISTIO_MUTUAL, and not MUTUAL with certificates of its own.
bool istio_mutual(const scope::DestinationRuleEntry& rule, const match::ClusterName& name) {
  using Tls = model::ClientTLSSettings;
  std::optional<Tls::TLSmode> mode;
  const auto take = [&](const model::TrafficPolicy& policy) {
    if (policy.tls) mode = policy.tls->mode;
    for (const auto& each : policy.port_level_settings) {
      if (each.port && each.port->number == name.port && each.tls) mode = each.tls->mode;
    }
  };
  if (rule.spec.traffic_policy) take(*rule.spec.traffic_policy);
  for (const auto& subset : rule.spec.subsets) {
    if (subset.name == name.subset && subset.traffic_policy) take(*subset.traffic_policy);
  }
  return mode == Tls::TLSmode::ISTIO_MUTUAL;
}

}  // namespace

void Explanation::upstream_tls(const Request& request) {
  const view::ClusterTls* decided = nullptr;
  std::string cluster;
  resolve::each_reached(view_, answer_, [&](const std::string& name, const view::ClusterTls& tls) {
    if (decided != nullptr) return;
    decided = &tls;
    cluster = name;
  });
  if (decided == nullptr) return;
  UpstreamTls& told = answer_.upstream_tls;
  std::string why = sentence(*decided);
  if (!told.mode.empty()) told.why = why;
  plain_to_tls_port(request, cluster, *decided);
  const bool by_rule = decided->source == view::ClusterTls::Source::destination_rule && decided->rule != nullptr;
  if (!by_rule) {
    if (decided->source == view::ClusterTls::Source::credential || decided->mode == view::ClusterTls::Mode::mixed)
      line("tls", Verdict::noted, Code::upstream_tls, "upstream TLS: " + std::move(why),
           decided->rule != nullptr ? decided->rule->resource : nullptr, "spec.trafficPolicy.tls");
    return;
  }
  const auto name = match::parse_cluster_name(cluster);
  const std::string place = name ? place_of(*decided->rule, *name) : "";
  const Resource* resource = decided->rule->resource;
  using Mode = view::ClusterTls::Mode;
  const char* mode = decided->mode == Mode::none ? "no TLS" : decided->mode == Mode::simple ? "TLS" : "mutual TLS";
  line("tls", Verdict::noted, Code::upstream_tls,
       std::string("the proxy connects to the endpoints with ") + mode +
           (decided->sni.empty() ? "" : " (SNI " + decided->sni + ")") + ": " + display_name(*resource) + " sets it",
       resource, place.empty() ? "spec" : place);
  const std::string at = place.empty() ? "spec" : place, whose = display_name(*resource);
  const auto found = name ? view_.scope.by_host.find(std::string(name->host)) : view_.scope.by_host.end();
  const registry::Service* service = found != view_.scope.by_host.end() ? found->second.get() : nullptr;
  if (decided->mode == Mode::none && service != nullptr) {
    if (const Resource* strict = strict_peer(view_, *service, answer_); strict != nullptr)
      line("tls", Verdict::skipped, Code::mtls_turned_off,
           display_name(*strict) + " lets only mutual TLS in at the endpoints (STRICT), and " + whose +
               " makes the proxy send plain text: the servers close the connection",
           resource, at, "remove " + (place.empty() ? "tls" : place) + " from " + whose + ", or set its mode to ISTIO_MUTUAL");
  }
  if (decided->mode == Mode::mutual && service != nullptr && service->mesh_external && istio_mutual(*decided->rule, *name))
    line("tls", Verdict::skipped, Code::mtls_outside_mesh,
         whose + " sets ISTIO_MUTUAL, and " + (service->resource != nullptr ? display_name(*service->resource) : "the service") +
             " is MESH_EXTERNAL: a server outside the mesh does not know Istio's certificates, and the handshake fails",
         resource, at, "set the mode to SIMPLE, or to DISABLE for plain text, in " + at + " of " + whose);
  const auto port = service == nullptr ? nullptr : port_of(*service, name->port);
  if (decided->mode == Mode::simple && port != nullptr && name->port == 80 && !request.tls && service->mesh_external &&
      std::all_of(answer_.endpoints.begin(), answer_.endpoints.end(), [](const auto& each) { return each.port == 80; }) &&
      !answer_.endpoints.empty())
    line("tls", Verdict::noted, Code::tls_to_plain_port,
         "the proxy speaks TLS to port 80 of " + service->hostname + ", where servers usually expect plain HTTP",
         service->resource, "spec.ports",
         service->resource != nullptr ? "add targetPort: 443 to port 80 in spec.ports of " + display_name(*service->resource)
                                      : "");
  if (request.tls && decided->mode != Mode::none) {
    line("tls", Verdict::skipped, Code::tls_in_tls,
         "the client already speaks TLS, and " + display_name(*resource) +
             " makes the proxy put TLS around it: the server gets TLS in TLS",
         resource, place.empty() ? "spec" : place,
         "remove " + at + " from " + whose + ", or send http:// to the proxy, on a port of " +
             (service != nullptr && service->resource != nullptr ? display_name(*service->resource) : "the host") +
             " whose protocol is HTTP");
  }
}

void Explanation::plain_to_tls_port(const Request& request, const std::string& cluster, const view::ClusterTls& decided) {
  const auto name = match::parse_cluster_name(cluster);
  if (!name || request.tls || answer_.route_config.empty() || decided.mode != view::ClusterTls::Mode::none) return;
  const auto found = view_.scope.by_host.find(std::string(name->host));
  if (found == view_.scope.by_host.end() || !found->second->mesh_external || answer_.endpoints.empty()) return;
  if (!std::all_of(answer_.endpoints.begin(), answer_.endpoints.end(), [](const auto& each) { return each.port == 443; })) return;
  const auto& clusters = view_.clusters();
  const auto own = std::find_if(clusters.begin(), clusters.end(), [&](const auto& each) { return each.name == cluster; });
  const bool ruled = own != clusters.end() && own->plan != nullptr && own->plan->rule != nullptr;
  line("tls", Verdict::skipped, Code::plain_to_tls_port,
       "plain HTTP goes to port 443 of " + std::string(name->host) + ", where servers speak TLS: " +
           (ruled ? display_name(*own->plan->rule->resource) + " sets no tls" : "no DestinationRule sets tls"),
       found->second->resource, "spec.ports",
       ruled ? "set spec.trafficPolicy.tls.mode of " + display_name(*own->plan->rule->resource) + " to SIMPLE"
             : "add a DestinationRule for " + std::string(name->host) + " with trafficPolicy.tls.mode SIMPLE");
}

}  // namespace meshroute::explain
