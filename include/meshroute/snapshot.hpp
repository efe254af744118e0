#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <memory>

#include "meshroute/diagnostic.hpp"
#include "meshroute/view.hpp"

namespace meshroute {

namespace registry {
struct Snapshot;
}

/// All resources of a mesh at one moment. Immutable, cheap to copy, shareable between threads.
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const registry::Snapshot> impl) : impl_(std::move(impl)) {}

  /// What `proxy` sees. `previous` may be a view of an earlier snapshot for the same proxy.
  View view(const Proxy& proxy, const View* previous = nullptr) const;
  /// Findings over all resources.
  Report analyze() const;

 private:
  std::shared_ptr<const registry::Snapshot> impl_;
};

}  // namespace meshroute
