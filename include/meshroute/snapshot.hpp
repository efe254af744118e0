#pragma once

// SPDX-License-Identifier: Apache-2.0
// A mesh at one moment.
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
  explicit Snapshot(std::shared_ptr<const registry::Snapshot> impl) : impl_(std::move(impl)) {}  ///< For the library's own use.

  /// The view of `proxy`. `previous` may be a view of an earlier snapshot for the same proxy: unchanged parts are shared with it.
  View view(const Proxy& proxy, const View* previous = nullptr) const;
  /// Findings over all resources together, computed on the first call.
  Report analyze() const;

 private:
  std::shared_ptr<const registry::Snapshot> impl_;
};

}  // namespace meshroute
