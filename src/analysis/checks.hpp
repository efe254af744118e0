#pragma once

// SPDX-License-Identifier: Apache-2.0
// The rules over several resources, one function for each noun. Each costs about what the mesh holds.

#include <array>
#include <set>
#include <string>
#include <utility>

#include "analysis/facts.hpp"
#include "analysis/findings.hpp"

namespace meshroute::analysis {

/// What could not be judged, by what would be needed for it: told once for each need (AN0104, AN0106).
class Unjudged {
 public:
  enum class Need { services, workloads, gateways, namespaces, secrets, count };
  struct Part {
    const Resource* resource = nullptr;  ///< the first that asks
    std::string path;
    std::set<std::string> names;
  };

  void add(Need need, const std::string& name, const Resource& owner, std::string at) {
    Part& part = parts_[static_cast<std::size_t>(need)];
    if (part.names.empty()) {
      part.resource = &owner;
      part.path = std::move(at);
    }
    part.names.insert(name);
  }
  /// A host of whose namespace no Service was given.
  void add_host(const std::string& host, const Resource& owner, const std::string& at) {
    if (host.starts_with("kubernetes.default.svc.")) return;  // every cluster has it, and no manifest
    add(Need::services, host, owner, at);
  }
  const Part& part(Need need) const { return parts_[static_cast<std::size_t>(need)]; }

 private:
  std::array<Part, static_cast<std::size_t>(Need::count)> parts_;
};

/// AN0201-AN0204, AN0215: what the selectors of services select.
void check_selectors(const Facts& facts, Findings& findings);
/// AN0216, AN0217, AN0220: the ports of Pods that Services lead to.
void check_target_ports(const Facts& facts, Findings& findings);
/// AN0205, AN0206, AN0208: hosts with several definitions.
void check_definitions(const Facts& facts, Findings& findings);
/// AN0207, AN0209-AN0214, AN0218, AN0219: ServiceEntries, their workloads, and WorkloadGroups.
void check_entries(const Facts& facts, Findings& findings);
/// AN0301-AN0305.
void check_destination_rules(const Facts& facts, Findings& findings, Unjudged& unjudged);
/// AN0303, AN0306: DestinationRules that meet.
void check_rule_conflicts(const Facts& facts, Findings& findings);
/// VirtualServices that no sidecar follows, as others come first for all of their hosts.
using Lost = std::set<const scope::VirtualServiceEntry*>;
/// AN0404, AN0405, AN0407, AN0409, AN0410.
void check_destinations(Facts& facts, const Lost& lost, Findings& findings, Unjudged& unjudged);
/// AN0402, AN0403, AN0406, AN0407.
Lost check_virtual_services(const Facts& facts, Findings& findings);
/// AN0214, AN0307: what is taken as it is written and surely means something else.
void check_spelling(const Facts& facts, Findings& findings);
/// AN0401, AN0408.
void check_shadowing(const Facts& facts, Findings& findings);
/// EF0201-EF0206.
void check_envoy_filters(const Facts& facts, Findings& findings);
/// AN0411-AN0413, AN0416, AN0417, AN0427: what VirtualServices say of gateways.
void check_bindings(const Facts& facts, Findings& findings);
/// AN0219, AN0414, AN0415, AN0418-AN0426: what a VirtualService's rules say by themselves.
void check_rules(const Facts& facts, Findings& findings);
/// AN0501-AN0506.
void check_gateways(const Facts& facts, Findings& findings, Unjudged& unjudged);
/// AN0612-AN0614, AN0707: what policies do besides what they seem to.
void check_policy_effects(const Facts& facts, Findings& findings);
/// AN0601-AN0611: policies of workloads, and what they say.
void check_policies(const Facts& facts, Findings& findings, Unjudged& unjudged);
/// AN0701-AN0706: mutual TLS of clients and servers.
void check_mutual_tls(const Facts& facts, Findings& findings);
/// AN0801-AN0807.
void check_sidecars(const Facts& facts, Findings& findings, Unjudged& unjudged);
/// AN0901-AN0913: Namespaces, Pods, Services, statuses and namespaces that are named.
void check_kubernetes(const Facts& facts, Findings& findings, Unjudged& unjudged);
/// AN1001-AN1004.
void check_telemetries(const Facts& facts, Findings& findings, Unjudged& unjudged);

/// AN1101, AN1102: what a proxy is given that Envoy does not take.
void check_proxies(const Facts& facts, Findings& findings);

/// AN0219: plain HTTP goes by a port of the host to one for TLS, unless some DestinationRule sets TLS for it.
void tell_plain_to_tls(const Facts& facts, const Resource& resource, const std::string& path, const std::string& host,
                       std::uint32_t port, std::uint32_t target, Findings& findings);

/// AN0609: whether one of those that a policy selects is a proxy of the Gateway API.
void tell_gateway_selected(const Resource& policy, const std::vector<const Workload*>& selected, Findings& findings);

/// Says that a selector selects nothing, with what it nearly selects.
struct Selection {
  RuleId rule;
  const Resource& resource;
  const char* path;  ///< of its labels
  const Labels& labels;
  std::string effect;  ///< "nothing has this policy"
};
void tell_nothing_selected(const Facts& facts, Findings& findings, const Selection& selection);

}  // namespace meshroute::analysis
