#pragma once

// SPDX-License-Identifier: Apache-2.0
// A mesh at one moment.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/diagnostic.hpp"
#include "meshroute/journey.hpp"
#include "meshroute/reach.hpp"
#include "meshroute/resource.hpp"
#include "meshroute/view.hpp"
#include "meshroute/witness.hpp"

namespace meshroute {

namespace registry {
struct Snapshot;
}
struct Diff;
struct DiffOptions;

/// The proxy of a workload that is loaded.
struct FoundProxy {
  /// Where nothing is found: namespace and id of what was asked for.
  Proxy proxy = {};
  /// "Deployment shop/web (mesh.yaml:12)"; empty: nothing of that name is loaded.
  std::string resource = {};
  /// The same, in parts.
  ResourceOrigin origin = {};
  /// The address is made up, because no Pod is given.
  bool assumed = false;
  /// What is not there, and what is near: a sentence; empty: nothing is missing.
  std::string message = {};

  /// The proxy in the JSON form of the contract.
  std::string to_json(bool pretty = false) const;
};

/// All resources of a mesh at one moment. Immutable, cheap to copy, shareable between threads.
class Snapshot {
 public:
  /// For the library's own use.
  explicit Snapshot(std::shared_ptr<const registry::Snapshot> impl) : impl_(std::move(impl)) {}

  /// The view of `proxy`. `previous` may be a view of an earlier snapshot for the same proxy: unchanged parts are shared with it.
  View view(const Proxy& proxy, const View* previous = nullptr) const;
  /// A request from the proxy of its client to every endpoint that may be chosen, with what the server's proxy there does.
  /// `servers` are the proxies behind addresses; null: as the endpoints' own workloads say, where they have a sidecar.
  Journey follow(const Proxy& proxy, const Request& request, const std::vector<Proxy>* servers = nullptr) const;
  /// Whether a plain request (GET /, or a connection, as the service's port is) to a host arrives, from each workload that is
  /// loaded: Pods, WorkloadEntries, and the templates and WorkloadGroups of which none is given. `host` may be short, as the
  /// clients write it. `port` 0: 80 where the service has it, else its first. `from`: only workloads of "NAMESPACE", or
  /// "NAMESPACE/NAME"; empty: all. Workloads that cannot be told apart are asked once.
  Reach reach(std::string_view host, std::uint32_t port = 0, std::string_view from = {}) const;
  /// A request for each rule and match that the proxy has, put through resolve(); or the proof that none exists.
  std::vector<Witness> witnesses(const Proxy& proxy) const;
  /// The same as a test file (YAML) that pins what the mesh does today; `config` are the paths that it names.
  std::string witness_suite(const Proxy& proxy, const std::vector<std::string>& config) const;
  /// Findings over all resources together, computed on the first call.
  Report analyze() const;
  /// The proxy of the workload "NAMESPACE/NAME" (a Pod, a WorkloadEntry, a Deployment or its like, a WorkloadGroup), with its
  /// labels, address, locality, network, node and service account; a router if a Gateway selects its labels. "NAMESPACE" is a
  /// proxy of which nothing else is known.
  FoundProxy find_proxy(std::string_view name) const;
  /// All resources, in document order.
  std::vector<std::shared_ptr<const Resource>> resources() const;
  /// Their names and places: a list of {"cluster","group","kind","namespace","name","source","line"}.
  std::string resources_json(bool pretty = false) const;
  /// The endpoints of the services of a host, whoever asks: of each workload and port, with its health. `cluster` is empty.
  std::vector<EndpointRow> workloads_of(std::string_view host) const;
  /// An estimate of the heap memory that the snapshot keeps alive, in bytes: its resources, their text where it is kept,
  /// services, endpoints, indexes, and what it keeps for its views. It grows as views are asked for. What a snapshot shares with
  /// its mesh, its views and other snapshots is counted in each of them. It walks all of that, in linear time.
  std::size_t bytes() const;

 private:
  friend class Suite;
  friend Diff diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options);
  std::shared_ptr<const registry::Snapshot> impl_;
};

}  // namespace meshroute
