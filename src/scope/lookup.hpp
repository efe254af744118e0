#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a mesh says of hosts and rules for a proxy of which only the namespace is known: without a whole view.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "registry/snapshot.hpp"
#include "scope/scope.hpp"

namespace meshroute::scope {

/// All VirtualServices with hosts, delegates merged (F1) and names expanded (A1), in creation order. They live as long
/// as the snapshot's Base.
const std::vector<VirtualServicePtr>& merged_virtual_services(const registry::Snapshot& snapshot);

/// A1.
std::string expand_host(const std::string& host, const std::string& namespace_, const std::string& domain);

/// D5.
bool visible(const registry::Service& service, const std::string& namespace_);

/// The definition of a host that a proxy of the namespace uses where no Sidecar narrows its scope (D4, D15, D18), or null.
/// `definitions`: all services of that host, in order 0.8.
ServicePtr seen_service(const std::vector<ServicePtr>& definitions, const std::string& namespace_);

/// Whether an egress listener of the scope of a proxy in the namespace imports the service, exported or not (D11-D13).
bool imported(const Scope& scope, const std::string& namespace_, const registry::Service& service);

/// The DestinationRules of a mesh by who looks for them (E1-E12). Indexes are made on demand; one thread at a time.
class DestinationRules {
 public:
  explicit DestinationRules(const registry::Snapshot& snapshot);
  ~DestinationRules();
  /// E10-E12: the consolidated rules for a host whose service is in `service_namespace`; never null.
  std::shared_ptr<const std::vector<DestinationRulePtr>> rules_for(const std::string& proxy_namespace,
                                                                   const std::string& service_namespace,
                                                                   const std::string& hostname);
  /// What it holds, without itself.
  void count(text::Heap& heap) const;

 private:
  struct Indexes;
  std::unique_ptr<Indexes> indexes_;
};

}  // namespace meshroute::scope
