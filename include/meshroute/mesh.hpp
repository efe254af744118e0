#pragma once

// SPDX-License-Identifier: Apache-2.0
// START HERE. Load configuration into a Mesh, take a Snapshot, ask for a proxy's View, resolve a Request.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/diagnostic.hpp"
#include "meshroute/options.hpp"
#include "meshroute/resource.hpp"
#include "meshroute/result.hpp"
#include "meshroute/snapshot.hpp"
/// Reads Istio configuration and answers, offline and in process: is it right, where does a request go, to which endpoints, why.
namespace meshroute {

/// As MeshOptions::threads.
inline constexpr std::uint32_t kAllCores = 0;

/// A set of resources that changes. One thread at a time; snapshots taken from it never change.
class Mesh {
 public:
  /// Returns an error if mesh_config or mesh_networks cannot be read.
  static Result<Mesh> create(const MeshOptions& options);
  /// As create, but options that cannot be parsed keep their defaults.
  explicit Mesh(const MeshOptions& options = {});
  /// The mesh moved from may only be destroyed or assigned to.
  Mesh(Mesh&&) noexcept;
  /// Likewise.
  Mesh& operator=(Mesh&&) noexcept;
  ~Mesh();

  /// Validates each document of a stream as a cluster would, and applies the accepted ones.
  Report load(std::string_view bytes, const LoadOptions& options = {});
  /// The same for a file, which is read once: what is kept of its text is not copied. Its name in findings is the path, unless
  /// the options have one. Fails with invalid_argument for a folder, and for what cannot be read; the mesh is then as it was.
  Result<Report> load_path(const std::string& path, const LoadOptions& options = {});
  /// Applies one resource as it is, also where a cluster would refuse it; the report says what a cluster would say. A resource
  /// with its identity is replaced and keeps its place. Findings stand at the line of the resource's origin.
  Report apply(Resource resource);
  /// False if there was no such resource.
  bool remove(const Identity& identity);
  /// All resources at this moment. Cheap if nothing has changed since the last one.
  Snapshot snapshot() const;
  /// An estimate of the heap memory that the mesh keeps alive, in bytes: its resources, their text where it is kept, its last
  /// snapshot, and what both have worked out so far. What a mesh shares with snapshots and views is counted in each of them.
  /// It walks all of that, in linear time.
  std::size_t bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The configuration files of a folder.
struct FolderFiles {
  /// .yaml, .yml and .json, recursively and sorted; each once, whatever links to it.
  std::vector<std::string> files = {};
  /// Folders that cannot be read: a sentence each.
  std::vector<std::string> problems = {};
};
/// Lists a folder. Hidden folders below it are never entered, and links to folders are not followed. `exclude` are patterns: one
/// without a slash is for names of files and folders, one with a slash for paths below the folder; `*` and `?` stay within a
/// name,
/// `**` does not.
FolderFiles files_of_folder(const std::string& path, const std::vector<std::string>& exclude = {});

/// The findings on a MeshConfig (YAML or JSON): unknown fields, wrong values. `name` is shown in them.
Report check_mesh_config(std::string_view text, const std::string& name = "<mesh_config>");

/// Validates a stream, on `options.threads` threads, and keeps nothing.
Report check(std::string_view bytes, const LoadOptions& options = {});

}  // namespace meshroute
