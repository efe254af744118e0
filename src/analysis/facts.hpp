#pragma once

// SPDX-License-Identifier: Apache-2.0
// What every rule asks of the mesh, indexed once: who defines a host, who uses it, and what is not known.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/workloads.hpp"
#include "explain/words.hpp"
#include "match/host_index.hpp"
#include "registry/snapshot.hpp"
#include "scope/lookup.hpp"
#include "text/list.hpp"

namespace meshroute::analysis {

/// Whether a host has a service. `unknown`: a Kubernetes name of a namespace of which no Service was given, so that nothing can
/// be said of it.
enum class Known { yes, no, unknown };

class Facts {
 public:
  explicit Facts(const registry::Snapshot& snapshot);

  const registry::Snapshot& snapshot;
  std::vector<scope::VirtualServicePtr> virtual_services;  ///< merged and expanded, in creation order
  scope::DestinationRules destination_rules;
  Workloads workloads;
  bool of_a_cluster = false;         ///< Namespaces or Pods are given: what a cluster holds, not a part of it that files hold
  bool pods_given = false;           ///< and so all workloads of Kubernetes
  std::set<std::string> namespaces;  ///< that exist: those given, and those of any resource
  bool namespaces_given = false;
  std::set<std::string, std::less<>> virtual_service_hosts;  ///< expanded

  /// Whether it can be said what a selector in the namespace selects: workloads of it are given, or Pods, as a cluster lists
  /// them, or beside the namespaces a workload of another one that it would select. Files of policies may be apart from those of
  /// their workloads.
  bool knows_workloads(const std::string& namespace_, const Labels& selector) const {
    return pods_given || !workloads.in(namespace_).empty() ||
           (namespaces_given && workloads.elsewhere(namespace_, selector) != nullptr);
  }

  /// Whether a namespace is there by this name or pattern ("team-*", "*-prod").
  bool has_namespace(const std::string& pattern) const;

  /// A Gateway by its name, or null.
  const Resource* gateway(const std::string& namespace_, const std::string& name) const;
  const std::vector<const Resource*>& gateways() const { return gateways_; }
  /// The proxies that a Gateway selects, of any namespace.
  std::vector<const Workload*> proxies_of(const Resource& gateway) const;
  /// Whether proxies that the Gateway could mean are given.
  bool may_judge_selector(const model::Gateway& gateway) const;
  bool is_root(const std::string& namespace_) const { return namespace_ == snapshot.settings.root_namespace; }
  /// What a policy's selector reaches: the labels in its own namespace, or in all where that is the root namespace (AZ4).
  std::string reach(const Resource& policy) const {
    return is_root(policy.identity.namespace_) ? std::string() : policy.identity.namespace_.string();
  }

  /// All services of exactly this host, in order 0.8.
  const std::vector<registry::ServicePtr>& definitions(const std::string& host) const;
  Known known(const std::string& host) const;
  /// Services whose host is under a wildcard, until `visit` returns false.
  template <class Visit>
  void each_under(const std::string& wildcard, const Visit& visit) const {
    const std::string end(wildcard.rbegin(), wildcard.rend() - 1);
    for (auto found = std::lower_bound(backwards_.begin(), backwards_.end(), end);
         found != backwards_.end() && found->starts_with(end); ++found) {
      for (const auto& service : definitions(std::string(found->rbegin(), found->rend()))) {
        if (!visit(*service)) return;
      }
    }
  }
  /// Other hosts whose first label is this one's, in other words what may have been meant, at most three; without one, a host
  /// that differs in a letter or two, as long as few are asked for.
  std::vector<registry::ServicePtr> alike(std::string_view host) const;
  /// The most specific service whose wildcard covers the host, or null.
  registry::ServicePtr wildcard_over(const std::string& host) const;
  /// The DestinationRules for exactly this host, a wildcard.
  const std::vector<const Resource*>& rules_of(const std::string& wildcard) const;
  /// The hosts of DestinationRules that are wildcards over this one, the longest first.
  std::vector<std::string> wider_hosts(const std::string& host) const;
  /// The DestinationRules whose host is or covers this one.
  std::vector<const Resource*> rules_about(const std::string& host) const;

  /// The Sidecar that proxies of the namespace have where none selects them: its own, or the mesh's (D2, D3); null: none.
  const Resource* default_sidecar(const std::string& namespace_) const;
  /// Whether proxies of the namespace that have that Sidecar import a rule for these hosts from its namespace (D16).
  bool imports_rule(const std::string& namespace_, const std::vector<std::string>& hosts, const std::string& owner) const;

  /// Whether sidecars of the namespace follow these rules for some host: of those for one host the first in order D16 counts.
  bool follows(const std::string& namespace_, const scope::VirtualServiceEntry& entry) const;

  /// Namespaces, other than these, that hold something which may call services: those without DestinationRules first; at most
  /// two.
  std::vector<std::string> other_clients(const std::string& one, const std::string& other) const;
  /// Whether the namespace holds something that may call services, or asks for sidecars.
  bool may_have_clients(const std::string& namespace_) const;

  /// A1 with the mesh's domain.
  std::string expand(const std::string& host, const Resource& owner) const;

 private:
  std::unordered_map<std::string, std::vector<registry::ServicePtr>> by_host_;
  std::unordered_map<std::string, std::vector<registry::ServicePtr>> by_first_label_;
  std::vector<std::string> backwards_;  ///< all hosts, reversed and sorted: those with a common end stand together
  std::set<std::string> kubernetes_namespaces_;
  std::unordered_map<std::string, std::vector<const Resource*>> rules_;
  using WildcardRules = std::map<std::string, std::vector<const Resource*>>;
  WildcardRules wildcard_rules_;
  match::Suffixes<const WildcardRules::value_type*> wildcards_;  ///< of wildcard_rules_, by their tails
  std::vector<std::string> clients_;
  std::set<std::string> client_set_;
  std::unordered_map<std::string, std::vector<const scope::VirtualServiceEntry*>> rules_for_;  ///< by host, in creation order
  std::map<std::string, const Resource*> default_sidecars_;
  std::vector<const Resource*> gateways_;  ///< in document order
  std::map<std::pair<std::string, std::string>, const Resource*> gateways_by_name_;
  mutable std::size_t near_left_ = 32;  ///< how many hosts are still compared with all others letter by letter
};

/// A VirtualService's or a DestinationRule's effective exportTo.
const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::VirtualService& spec);
const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::DestinationRule& spec);

/// A ServiceEntry's effective exportTo.
const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::ServiceEntry& spec);
/// Whether what is exported so by `owner` is seen in namespace `client`.
bool exported(const std::vector<std::string>& export_to, const std::string& owner, const std::string& client);

/// A gateway as a VirtualService names it, as namespace and name; the old forms with dots too.
std::pair<std::string, std::string> gateway_name(const std::string& name, const std::string& owner_namespace);

/// A host of a Gateway's server: "ns/host", namespace "*" where it says none.
struct ServerHost {
  std::string namespace_, host;
};
ServerHost server_host(const std::string& text, const std::string& gateway_namespace);
/// Whether the server serves one of the hosts to rules of the namespace.
bool serves(const model::Server& server, const Resource& gateway, const std::vector<std::string>& hosts,
            const std::string& rule_namespace);

using explain::labels_text;
using explain::not_exported;
using text::contains;
using text::join;
/// ", which names no namespace (NAME.NAMESPACE.svc.cluster.local)" of shop.svc.cluster.local, or empty.
std::string without_namespace(const Facts& facts, const std::string& host);
/// Where the resource that defines a service says its host.
std::string path_of_host(const registry::Service& service);
/// The resource that defines a service, as people read it, or "a service".
std::string shown(const registry::Service& service);
/// Which one label of `wanted` the labels lack: "version is v1, not v2"; empty where none or more than one differs.
std::string one_differs(const Labels& wanted, const WorkloadLabels& labels);
/// Whether what `alike` found for the host has another name, near to its own: the host is misspelled.
bool misspelled(std::string_view host, const std::vector<registry::ServicePtr>& alike);
/// A hint of what `alike` found for the host, or empty. `is_short`: the host is written without its namespace.
std::string meant(std::string_view host, const std::vector<registry::ServicePtr>& alike, bool is_short = false);

}  // namespace meshroute::analysis
