#pragma once

// SPDX-License-Identifier: Apache-2.0
// What every rule asks of the mesh, indexed once: who defines a host, who uses it, and what is not known.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "explain/words.hpp"
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

  /// All services of exactly this host, in order 0.8.
  const std::vector<registry::ServicePtr>& definitions(const std::string& host) const;
  Known known(const std::string& host) const;
  /// Other hosts whose first label is this one's, in other words what may have been meant, at most three; without one, a host
  /// that differs in a letter or two, as long as few are asked for.
  std::vector<registry::ServicePtr> alike(std::string_view host) const;
  /// The most specific service whose wildcard covers the host, or null.
  registry::ServicePtr wildcard_over(const std::string& host) const;
  /// The DestinationRules whose host is or covers this one.
  std::vector<const Resource*> rules_about(const std::string& host) const;

  /// Namespaces, other than these, that hold something which may call services: those without DestinationRules first; at most
  /// two.
  std::vector<std::string> other_clients(const std::string& one, const std::string& other) const;

  /// A1 with the mesh's domain.
  std::string expand(const std::string& host, const Resource& owner) const;

 private:
  std::unordered_map<std::string, std::vector<registry::ServicePtr>> by_host_;
  std::unordered_map<std::string, std::vector<registry::ServicePtr>> by_first_label_;
  std::vector<std::string> backwards_;  ///< all hosts, reversed and sorted: those with a common end stand together
  std::set<std::string> kubernetes_namespaces_;
  std::unordered_map<std::string, std::vector<const Resource*>> rules_;
  std::map<std::string, std::vector<const Resource*>> wildcard_rules_;
  std::vector<std::string> clients_;
  mutable std::size_t near_left_ = 32;  ///< how many hosts are still compared with all others letter by letter
};

/// A VirtualService's or a DestinationRule's effective exportTo.
const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::VirtualService& spec);
const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::DestinationRule& spec);

bool contains(const std::vector<std::string>& list, std::string_view text);
using explain::labels_text;
using explain::not_exported;
using text::join;
/// ", which names no namespace (NAME.NAMESPACE.svc.cluster.local)" of shop.svc.cluster.local, or empty.
std::string without_namespace(const Facts& facts, const std::string& host);
/// Where the resource that defines a service says its host.
std::string path_of_host(const registry::Service& service);
/// The resource that defines a service, as people read it, or "a service".
std::string shown(const registry::Service& service);
/// Which one label of `wanted` the labels lack: "version is v1, not v2"; empty where none or more than one differs.
std::string one_differs(const std::map<std::string, std::string>& wanted, const std::map<std::string, std::string>& labels);
/// A hint of what `alike` found, or empty.
std::string meant(const std::vector<registry::ServicePtr>& alike);

}  // namespace meshroute::analysis
