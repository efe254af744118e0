// SPDX-License-Identifier: Apache-2.0
// How the proxy connects to the endpoints, and who decides that.
#include "resolve/upstream_tls.hpp"

#include <string>

#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"

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
  if (request.tls && decided->mode != Mode::none) {
    line("tls", Verdict::skipped, Code::tls_in_tls,
         "the client already speaks TLS, and " + display_name(*resource) +
             " makes the proxy put TLS around it: the server gets TLS in TLS",
         resource, place.empty() ? "spec" : place,
         "send http:// to the proxy, or remove " + (place.empty() ? "tls" : place) + " from " + display_name(*resource));
  }
}

}  // namespace meshroute::explain
