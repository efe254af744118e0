// SPDX-License-Identifier: Apache-2.0
// Sidecars: whom they select, which of several counts, and whether what they import is there.

#include <algorithm>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "text/place.hpp"

namespace meshroute::analysis {

namespace {

using text::element;

const Labels& selector_in(const model::Sidecar& sidecar) {
  static const Labels none;
  return sidecar.workload_selector ? sidecar.workload_selector->labels : none;
}

/// AN0801, AN0807.
void check_selection_of_sidecar(const Facts& facts, const Resource& resource, Findings& findings, Unjudged& unjudged) {
  const Labels& selector = selector_in(*resource.as<model::Sidecar>());
  const std::string& in = resource.identity.namespace_;
  const auto found = facts.snapshot.namespaces.find(in);
  if (selector.empty()) {
    if (found == facts.snapshot.namespaces.end() || !is_ambient(found->second)) return;
    findings.add("AN0807", resource, "spec",
                 "namespace " + in + " is ambient: its workloads have no sidecar, and this has no effect", {},
                 {{found->second, "metadata.labels", "the namespace's mode"}});
    return;
  }
  if (!facts.knows_workloads(resource.identity.namespace_, selector)) {
    unjudged.add(Unjudged::Need::workloads, findings::display_name(resource), resource, "spec.workloadSelector.labels");
    return;
  }
  const auto selected = facts.workloads.selected(in, selector);
  if (selected.empty()) {
    tell_nothing_selected(facts, findings,
                          {"AN0801", resource, "spec.workloadSelector.labels", selector, "no proxy has these settings"});
    return;
  }
  const auto ambient = std::find_if(selected.begin(), selected.end(), [](const Workload* each) { return each->ambient; });
  if (ambient != selected.end()) {
    const bool redirected = (*ambient)->resource->metadata.annotations.contains("ambient.istio.io/redirection");
    findings.add(
        "AN0807", resource, "spec.workloadSelector",
        findings::display_name(*(*ambient)->resource) + " is ambient: it has no sidecar, and this has no effect on it",
        "select workloads that have a sidecar",
        {{(*ambient)->resource, redirected ? "metadata.annotations" : path_of_labels(**ambient), "a ztunnel takes its traffic"}});
  }
}

/// AN0802, AN0803: of several Sidecars for one proxy the oldest counts (D3).
void check_conflicts(const Facts& facts, Findings& findings) {
  std::unordered_map<std::string, const Resource*> defaults;
  std::unordered_map<const Resource*, const Resource*> owners;
  for (const Resource* resource : facts.snapshot.sidecars) {
    const Labels& selector = selector_in(*resource->as<model::Sidecar>());
    const std::string& in = resource->identity.namespace_;
    if (selector.empty()) {
      const auto [first, added] = defaults.emplace(in, resource);
      if (added) continue;
      findings.add("AN0802", *resource, "spec",
                   findings::display_name(*first->second) +
                       " is for all proxies of the namespace too, and comes first: this one has no effect",
                   "keep one of them", {{first->second, "spec", "it counts"}});
      continue;
    }
    for (const Workload* workload : facts.workloads.selected(in, selector)) {
      const auto [first, added] = owners.emplace(workload->resource, resource);
      if (added) continue;
      findings.add("AN0803", *resource, "spec.workloadSelector",
                   findings::display_name(*first->second) + " selects " + findings::display_name(*workload->resource) +
                       " too, and comes first: this one has no effect there",
                   "let each workload be selected by one of them", {{first->second, "spec.workloadSelector", "it counts"}});
      break;
    }
  }
}

/// Whether the namespace's proxies could import something by this host from that namespace ("*": any) (D11-D16).
bool imports(const Facts& facts, const Resource& sidecar, const std::string& from, const std::string& host) {
  const std::string& client = sidecar.identity.namespace_;
  const auto seen = [&](const registry::Service& service) {
    return (from == "*" || service.namespace_ == from) && scope::visible(service, client);
  };
  if (!match::is_wildcard(host)) {
    const auto& definitions = facts.definitions(host);
    return std::any_of(definitions.begin(), definitions.end(), [&](const auto& service) { return seen(*service); }) ||
           facts.virtual_service_hosts.contains(host);
  }
  bool some = false;
  facts.each_under(host, [&](const registry::Service& service) {
    some = some || seen(service);
    return !some;
  });
  return some || std::any_of(facts.virtual_service_hosts.begin(), facts.virtual_service_hosts.end(),
                             [&](const std::string& each) { return match::subset_of(each, host); });
}

/// AN0804.
void check_egress(const Facts& facts, const Resource& resource, Findings& findings, Unjudged& unjudged) {
  const auto& sidecar = *resource.as<model::Sidecar>();
  const std::string& own = resource.identity.namespace_;
  for (std::size_t i = 0; i < sidecar.egress.size(); ++i) {
    for (std::size_t k = 0; k < sidecar.egress[i].hosts.size(); ++k) {
      const std::string& text = sidecar.egress[i].hosts[k];
      const auto slash = text.find('/');
      if (slash == std::string::npos || text.starts_with('~')) continue;
      const std::string host = text.substr(slash + 1);
      const std::string from = text.substr(0, slash) == "." ? own : text.substr(0, slash);
      if (host == "*" || imports(facts, resource, from, host)) continue;
      const std::string path = element("spec.egress", i) + element(".hosts", k);
      if (facts.known(host) == Known::unknown && !facts.of_a_cluster) {
        unjudged.add_host(host, resource, path);
        continue;
      }
      std::string message = "it imports nothing: ", hint;
      std::vector<Leaning> related;
      const auto& definitions = facts.definitions(host);
      if (!definitions.empty()) {
        const registry::Service& service = *definitions.front();
        const std::string hidden = not_exported(service.export_to, service.namespace_, own);
        message += shown(service) + " has the host " + host +
                   (hidden.empty() ? ", and is in namespace " + service.namespace_ : ", and " + hidden);
        if (hidden.empty()) hint = "write " + service.namespace_ + "/" + host;
        if (service.resource != nullptr) related.push_back({service.resource, path_of_host(service), "defined here"});
      } else {
        message += "no service " + std::string(match::is_wildcard(host) ? "has a host under " : "has the host ") + host;
        const bool is_short = host.find('.') == std::string::npos;
        hint = is_short ? "write the whole host: names are not completed here" : meant(host, facts.alike(host));
      }
      findings.add("AN0804", resource, path, std::move(message), std::move(hint), related);
    }
  }
}

}  // namespace

void check_sidecars(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  for (const Resource* resource : facts.snapshot.sidecars) {
    const auto& sidecar = *resource->as<model::Sidecar>();
    check_selection_of_sidecar(facts, *resource, findings, unjudged);
    check_egress(facts, *resource, findings, unjudged);
    if (facts.is_root(resource->identity.namespace_) && !selector_in(sidecar).empty()) {
      findings.add("AN0805", *resource, "spec.workloadSelector",
                   "a Sidecar with a selector in the root namespace is for the proxies of that namespace, not for the mesh",
                   "leave out the selector, or move it to the namespace that it is for");
    }
    if (sidecar.outbound_traffic_policy &&
        sidecar.outbound_traffic_policy->mode == model::OutboundTrafficPolicy::Mode::REGISTRY_ONLY &&
        findings.stated(*resource, "spec.outboundTrafficPolicy") &&
        !findings.stated(*resource, "spec.outboundTrafficPolicy.mode")) {
      findings.add("AN0806", *resource, "spec.outboundTrafficPolicy",
                   "without a mode it is REGISTRY_ONLY: requests to hosts that are not imported fail",
                   "write the mode, REGISTRY_ONLY or ALLOW_ANY");
    }
    if (sidecar.outbound_traffic_policy && sidecar.outbound_traffic_policy->egress_proxy) {
      findings.add("AN0418", *resource, "spec.outboundTrafficPolicy.egressProxy",
                   "egressProxy is on its way out: Istio does not support it any more",
                   "route by VirtualServices to an egress gateway");
    }
  }
  check_conflicts(facts, findings);
}

}  // namespace meshroute::analysis
