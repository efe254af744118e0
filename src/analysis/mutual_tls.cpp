// SPDX-License-Identifier: Apache-2.0
// Whether what clients do about TLS fits what servers take.

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/checks.hpp"
#include "authorization/peer_authentication.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"

namespace meshroute::analysis {

namespace {

using ClientTlsMode = model::ClientTLSSettings::TLSmode;
using authorization::Mode;

/// What a DestinationRule says of TLS to all ports of its hosts.
struct Client {
  const Resource* resource = nullptr;
  std::string host;  ///< expanded
  ClientTlsMode mode = ClientTlsMode::DISABLE;
  bool mutual() const { return mode == ClientTlsMode::ISTIO_MUTUAL || mode == ClientTlsMode::MUTUAL; }
};

class MutualTlsCheck {
 public:
  MutualTlsCheck(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {
    for (const Resource* resource : facts.snapshot.destination_rules) {
      const auto& rule = *resource->as<model::DestinationRule>();
      if (!rule.traffic_policy || !rule.traffic_policy->tls) continue;
      clients_.push_back({resource, facts.expand(rule.host, *resource), rule.traffic_policy->tls->mode});
      if (std::string in = namespace_of(clients_.back().host); !in.empty()) ruled_.insert(std::move(in));
    }
    for (const Resource* resource : facts.snapshot.peer_authentications) {
      const auto& policy = *resource->as<model::PeerAuthentication>();
      if (!policy.selector || policy.selector->match_labels.empty()) defaults_[resource->identity.namespace_].push_back(resource);
    }
  }

  void run() {
    for (const Client& client : clients_) {
      if (client.mutual()) check_mutual(client);
      if (client.mode == ClientTlsMode::DISABLE) check_plain(client);
    }
    if (!facts_.snapshot.settings.enable_auto_mtls) check_strict();
    if (facts_.snapshot.settings.enable_auto_mtls) check_machines();
  }

 private:
  std::string services() const { return ".svc." + facts_.snapshot.settings.domain_suffix; }
  /// A host that stands for all services of the cluster: "*.local".
  bool is_mesh(const std::string& host) const { return match::subset_of("*" + services(), host); }
  /// The namespace of a host that stands for all services of one namespace, or empty.
  std::string namespace_of(const std::string& host) const {
    const std::string end = services();
    if (!host.starts_with("*.") || !host.ends_with(end) || host.size() <= end.size() + 2) return {};
    std::string in = host.substr(2, host.size() - end.size() - 2);
    return in.find('.') == std::string::npos ? in : std::string();
  }

  static Mode mode_of(const Resource& policy) {
    const auto& mtls = policy.as<model::PeerAuthentication>()->mtls;
    return mtls ? mtls->mode : Mode::UNSET;
  }
  /// The mode that a namespace's own policy sets, or else the mesh's; UNSET without any.
  std::pair<Mode, const Resource*> default_of(const std::string& in) {
    const auto [found, added] = modes_.try_emplace(in);
    if (added) {
      const authorization::PeerModes modes = authorization::peer_modes(*facts_.snapshot.base, {in, &kNone});
      const Resource* source = modes.source(0);
      found->second = {source == nullptr ? Mode::UNSET : modes.mode, source};
    }
    return found->second;
  }

  /// AN0701, AN0704.
  void check_mutual(const Client& client) {
    const std::string& root = facts_.snapshot.settings.root_namespace;
    const bool mesh = is_mesh(client.host);
    const std::string in = mesh ? root : namespace_of(client.host);
    if (!mesh) check_bare(client, in);
    if (in.empty()) {
      check_service(client, Mode::DISABLE);
      return;
    }
    const auto [mode, source] = default_of(in);
    if (!facts_.snapshot.settings.enable_auto_mtls && mode == Mode::UNSET) {
      findings_.add("AN0701", *client.resource, "spec.trafficPolicy.tls.mode",
                    "clients use mutual TLS with all services of " + (mesh ? "the mesh" : "namespace " + in) +
                        ", automatic mutual TLS is off, and no PeerAuthentication asks for it: servers take plain text as well",
                    "add a PeerAuthentication with mtls.mode STRICT to namespace " + in);
    }
    if (mode == Mode::DISABLE) tell_disabled(*source, client);
    if (!mesh) return;
    for (const auto& [namespace_, policies] : defaults_) {  // of one namespace, under a rule for the mesh
      const auto [own, policy] = default_of(namespace_);
      if (namespace_ != root && own == Mode::DISABLE && !has_own_rule(namespace_)) tell_disabled(*policy, client);
    }
  }

  /// Whether a rule for all services of the namespace takes the place of the mesh's.
  bool has_own_rule(const std::string& in) const { return ruled_.contains(in); }

  void tell_disabled(const Resource& policy, const Client& client) {
    if (!told_.insert(&policy).second) return;
    findings_.add("AN0704", policy, "spec.mtls.mode",
                  "the servers take no mutual TLS, but " + findings::display_name(*client.resource) +
                      " makes clients use it: their connections are closed",
                  "let both say the same", {{client.resource, "spec.trafficPolicy.tls.mode", "clients use mutual TLS"}});
  }

  /// AN0702.
  void check_plain(const Client& client) {
    const std::string& root = facts_.snapshot.settings.root_namespace;
    const bool mesh = is_mesh(client.host);
    const std::string in = mesh ? root : namespace_of(client.host);
    if (in.empty()) {
      check_service(client, Mode::STRICT);
      return;
    }
    const auto [mode, source] = default_of(in);
    if (mode == Mode::STRICT) tell_strict(client, *source);
    if (!mesh || mode == Mode::STRICT) return;
    for (const auto& [namespace_, policies] : defaults_) {
      const auto [own, policy] = default_of(namespace_);
      if (namespace_ == root || own != Mode::STRICT || has_own_rule(namespace_)) continue;
      tell_strict(client, *policy);
      return;
    }
  }

  void tell_strict(const Client& client, const Resource& policy) {
    findings_.add("AN0702", *client.resource, "spec.trafficPolicy.tls.mode",
                  "clients send plain text, which the servers refuse: " + findings::display_name(policy) + " demands mutual TLS",
                  "leave out `tls`, or let the PeerAuthentication be PERMISSIVE",
                  {{&policy, "spec.mtls.mode", "servers demand mutual TLS"}});
  }

  /// Of one service, by the workloads that it selects: `clash` is the mode that does not fit.
  void check_service(const Client& client, Mode clash) {
    for (const auto& service : facts_.definitions(client.host)) {
      if (!service->selector || service->selector->empty()) continue;
      const auto selected = facts_.workloads.selected(service->namespace_, own_labels(*service->selector));
      const Resource* source = nullptr;
      const bool all =
          !selected.empty() &&
          std::all_of(selected.begin(),
                      selected.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(selected.size(), 16)),
                      [&](const Workload* each) {
                        if (!each->in_mesh || each->ambient) return false;
                        const Labels labels = each->labels;
                        const auto modes = authorization::peer_modes(*facts_.snapshot.base, {service->namespace_, &labels});
                        source = modes.source(0);
                        return modes.mode == clash && modes.ports.empty();
                      });
      if (!all || source == nullptr) continue;
      if (clash == Mode::STRICT) {
        tell_strict(client, *source);
      } else {
        tell_disabled(*source, client);
      }
      return;
    }
  }

  /// AN0705: of one service, or of all of a namespace.
  void check_bare(const Client& client, const std::string& in) {
    const auto check = [&](const registry::Service& service) {
      if (!service.selector || service.selector->empty()) return true;
      for (const Workload* each : facts_.workloads.selected(service.namespace_, own_labels(*service.selector))) {
        if (each->in_mesh) continue;
        findings_.add("AN0705", *client.resource, "spec.trafficPolicy.tls.mode",
                      "clients use mutual TLS with " + service.hostname + ", and " + findings::display_name(*each->resource) +
                          " has no sidecar that takes it: their connections to it fail",
                      "leave out `tls`, so that clients use mutual TLS where a server takes it, or let it have a sidecar",
                      {{each->resource, path_of_labels(*each), "an endpoint without a sidecar"}});
        return false;
      }
      return true;
    };
    if (!in.empty()) return facts_.each_under(client.host, check);
    for (const auto& service : facts_.definitions(client.host)) {
      if (!check(*service)) return;
    }
  }
  /// AN0706: automatic mutual TLS goes by a label of the endpoint, which a Pod's sidecar implies and a VM's does not (C13, E40).
  void check_machines() {
    const auto& policies = facts_.snapshot.peer_authentications;
    if (std::none_of(policies.begin(), policies.end(), [](const Resource* each) { return mode_of(*each) == Mode::STRICT; }))
      return;
    std::set<std::string> keys;  // that decide about a policy
    for (const Resource* policy : policies) {
      const auto& selector = policy->as<model::PeerAuthentication>()->selector;
      if (!selector) continue;
      for (const auto& [key, value] : selector->match_labels) keys.insert(key);
    }
    for (const Workload& workload : facts_.workloads.all()) {
      if (workload.resource->as<model::WorkloadGroup>() != nullptr && !workload.labels.empty())
        groups_[workload.resource->identity.namespace_].push_back(&workload);
    }
    std::unordered_map<std::string, const Resource*> demanding;  // by what the keys say; null: nobody demands it
    for (const Workload& workload : facts_.workloads.all()) {
      if (workload.resource->as<model::WorkloadEntry>() == nullptr || workload.labels.contains("security.istio.io/tlsMode"))
        continue;
      const std::string& in = workload.resource->identity.namespace_;
      std::string key = in;
      for (const std::string& each : keys) {
        const auto label = workload.labels.find(each);
        key += label == workload.labels.end() ? "\n" : "\n=" + label->second;
      }
      const auto [found, added] = demanding.try_emplace(std::move(key), nullptr);
      if (added) {
        const Labels labels = workload.labels;
        const auto modes = authorization::peer_modes(*facts_.snapshot.base, {in, &labels});
        if (modes.mode == Mode::STRICT && modes.ports.empty()) found->second = modes.source(0);
      }
      const Resource* source = found->second;
      if (source == nullptr || !has_proxy(workload, *source)) continue;
      const registry::Service* service = service_of(workload);
      if (service == nullptr) continue;
      findings_.add("AN0706", *workload.resource, "spec.labels",
                    findings::display_name(*source) + " demands mutual TLS of it, and clients of " + service->hostname +
                        " send it plain text: only the label security.istio.io/tlsMode=istio tells them that it takes mutual TLS",
                    "add the label security.istio.io/tlsMode: istio", {{source, "spec.mtls.mode", "demands mutual TLS"}});
    }
  }
  /// A WorkloadEntry may stand for a server outside of the mesh: this one has a proxy.
  bool has_proxy(const Workload& workload, const Resource& source) const {
    const auto& selector = source.as<model::PeerAuthentication>()->selector;
    if (selector && !selector->match_labels.empty()) return true;
    if (!workload.resource->as<model::WorkloadEntry>()->service_account.empty()) return true;
    const auto groups = groups_.find(workload.resource->identity.namespace_);
    return groups != groups_.end() && std::any_of(groups->second.begin(), groups->second.end(), [&](const Workload* group) {
             return match::labels_subset(group->labels, workload.labels);
           });
  }
  /// A service in the mesh that has the workload, and whose clients go by that label.
  const registry::Service* service_of(const Workload& workload) {
    if (selecting_.empty()) {
      for (const auto& service : facts_.snapshot.services) {
        if (!service->selector || service->selector->empty() || service->mesh_external) continue;
        selecting_[service->namespace_ + "\n" + service->selector->begin()->first + "\n" + service->selector->begin()->second]
            .push_back(service.get());
      }
    }
    for (const auto& [key, value] : workload.labels) {
      const auto found = selecting_.find(workload.resource->identity.namespace_ + "\n" + key + "\n" + value);
      if (found == selecting_.end()) continue;
      for (const registry::Service* service : found->second) {
        if (!match::labels_subset(own_labels(*service->selector), workload.labels)) continue;
        const auto rules = facts_.rules_about(service->hostname);
        const bool said = std::any_of(rules.begin(), rules.end(), [](const Resource* rule) {
          const auto& policy = rule->as<model::DestinationRule>()->traffic_policy;
          return policy && policy->tls;
        });
        if (!said) return service;
      }
    }
    return nullptr;
  }

  /// AN0703.
  void check_strict() {
    const std::string& root = facts_.snapshot.settings.root_namespace;
    std::set<std::string> covered;
    bool whole = false;
    for (const Client& client : clients_) {
      if (!client.mutual()) continue;
      whole = whole || is_mesh(client.host);
      if (const std::string in = namespace_of(client.host); !in.empty()) covered.insert(in);
    }
    if (whole) return;
    for (const auto& [in, policies] : defaults_) {
      if (covered.contains(in)) continue;
      for (const Resource* policy : policies) {
        if (mode_of(*policy) != Mode::STRICT) continue;
        findings_.add("AN0703", *policy, "spec.mtls.mode",
                      "servers demand mutual TLS, automatic mutual TLS is off, and no DestinationRule for all services of " +
                          (in == root ? "the mesh" : "namespace " + in) + " makes clients use it: plain text is refused",
                      "add a DestinationRule with tls.mode ISTIO_MUTUAL for " +
                          (in == root ? "*" + services().substr(services().rfind('.')) : "*." + in + services()));
      }
    }
  }

  inline static const Labels kNone{};
  const Facts& facts_;
  Findings& findings_;
  std::vector<Client> clients_;
  std::map<std::string, std::vector<const Resource*>> defaults_;  ///< PeerAuthentications without selector, by namespace
  std::map<std::string, std::pair<Mode, const Resource*>> modes_;
  std::set<std::string> ruled_;  ///< namespaces with a rule for all their services
  std::set<const Resource*> told_;
  std::unordered_map<std::string, std::vector<const Workload*>> groups_;              ///< WorkloadGroups of a namespace
  std::unordered_map<std::string, std::vector<const registry::Service*>> selecting_;  ///< by namespace and a label they select by
};

}  // namespace

void check_mutual_tls(const Facts& facts, Findings& findings) { MutualTlsCheck(facts, findings).run(); }

}  // namespace meshroute::analysis
