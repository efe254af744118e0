#pragma once

// SPDX-License-Identifier: Apache-2.0
// START HERE. Load configuration into a Mesh, take a Snapshot, ask for a proxy's View, resolve a Request.

#include <memory>
#include <string_view>

#include "meshroute/diagnostic.hpp"
#include "meshroute/options.hpp"
#include "meshroute/resource.hpp"
#include "meshroute/result.hpp"
#include "meshroute/snapshot.hpp"

namespace meshroute {

/// A set of resources that changes. One thread at a time; snapshots taken from it never change.
class Mesh {
 public:
  /// Refuses a mesh_config or mesh_networks that cannot be read.
  static Result<Mesh> create(const MeshOptions& options);
  /// As create; what of the options cannot be read stays at its default.
  explicit Mesh(const MeshOptions& options = {});
  Mesh(Mesh&&) noexcept;
  Mesh& operator=(Mesh&&) noexcept;
  ~Mesh();

  /// Reads a stream of documents, says of each what a cluster would say, and applies those it would accept.
  Report load(std::string_view bytes, const LoadOptions& options = {});
  /// Applies one resource as it is, also where a cluster would refuse it; the report says what a cluster would say. A resource
  /// with its identity is replaced and keeps its place. Findings stand at the line of the resource's origin.
  Report apply(Resource resource);
  /// False where no such resource was there.
  bool remove(const Identity& identity);

  Snapshot snapshot() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The verdicts on a stream, keeping nothing.
Report check(std::string_view bytes, const LoadOptions& options = {});

}  // namespace meshroute
