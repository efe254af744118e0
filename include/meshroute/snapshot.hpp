#pragma once

// SPDX-License-Identifier: Apache-2.0
// A mesh at one moment.
#include <memory>
#include <string>
#include <vector>

#include "meshroute/diagnostic.hpp"
#include "meshroute/journey.hpp"
#include "meshroute/view.hpp"
#include "meshroute/witness.hpp"

namespace meshroute {

namespace registry {
struct Snapshot;
}
struct Diff;
struct DiffOptions;

/// All resources of a mesh at one moment. Immutable, cheap to copy, shareable between threads.
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const registry::Snapshot> impl) : impl_(std::move(impl)) {}  ///< For the library's own use.

  /// The view of `proxy`. `previous` may be a view of an earlier snapshot for the same proxy: unchanged parts are shared with it.
  View view(const Proxy& proxy, const View* previous = nullptr) const;
  /// A request from the proxy of its client to every endpoint that may be chosen, with what the server's proxy there does.
  /// `servers` are the proxies behind addresses; null: as the endpoints' own workloads say, where they have a sidecar.
  Journey follow(const Proxy& proxy, const Request& request, const std::vector<Proxy>* servers = nullptr) const;
  /// A request for each rule and match that the proxy has, put through resolve(); or the proof that none exists.
  std::vector<Witness> witnesses(const Proxy& proxy) const;
  /// The same as a test file (YAML) that pins what the mesh does today; `config` are the paths that it names.
  std::string witness_suite(const Proxy& proxy, const std::vector<std::string>& config) const;
  /// Findings over all resources together, computed on the first call.
  Report analyze() const;

 private:
  friend class Suite;
  friend Diff diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options);
  std::shared_ptr<const registry::Snapshot> impl_;
};

}  // namespace meshroute
