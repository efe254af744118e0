#pragma once

// SPDX-License-Identifier: Apache-2.0
// Options that several subcommands share, and the loading and printing that goes with them.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "handles.hpp"

namespace cli {

/// The mesh that the paths make.
struct MeshOptions {
  std::vector<std::string> paths;  // files, folders, `-` for standard input
  std::string mesh_config, mesh_networks;
  std::string vip_mode = "status";
  std::string cluster;  // empty: Kubernetes
};
/// Adds all but the paths, which each command names in its own way.
void add_mesh(CLI::App* command, MeshOptions& options);

/// The settings as the C ABI takes them; owns the texts of the files that the options name.
struct MeshText {
  explicit MeshText(const MeshOptions& options);
  MeshText(const MeshText&) = delete;
  MeshText& operator=(const MeshText&) = delete;
  meshroute_mesh_options options = MESHROUTE_MESH_OPTIONS_INIT;

 private:
  std::string config_, networks_;
};

/// Whose view it is. The cluster is that of the mesh's files.
struct ClientOptions {
  std::string from;  // NAMESPACE or NAMESPACE/NAME
  std::vector<std::string> labels;
  std::string ip, locality, network, node_name, service_account;
};
/// The proxy as the C ABI takes it; borrows the options.
struct ProxyStruct {
  ProxyStruct(const ClientOptions& options, const MeshOptions& mesh);
  ProxyStruct(const ProxyStruct&) = delete;
  ProxyStruct& operator=(const ProxyStruct&) = delete;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;

 private:
  std::string id_;
  std::vector<meshroute_pair> labels_;
};
/// Gives the option --from.
CLI::Option* add_proxy(CLI::App* command, ClientOptions& options);

/// -o FORM, one of `forms`.
void add_output(CLI::App* command, std::string& output, std::vector<std::string> forms);

/// All paths, loaded. `report` is one for all; false in `readable` where a path could not be read, which is told on standard
/// error.
struct Loaded {
  Mesh mesh;
  Report report;
  Snapshot snapshot;
  bool readable = true;
};
Loaded load(const MeshOptions& options);

/// Refused documents are not part of an answer: that is said beside it, on standard error. `only_resources`: not of documents
/// without a kind, such as test files beside the configuration.
void warn_of_errors(const meshroute_report* report, bool only_resources = false);

View new_view(const ClientOptions& proxy, const MeshOptions& mesh, const meshroute_snapshot* snapshot);

/// "key=value" or "name: value", cut at the first `separator`; the pair borrows `text`. Throws Usage with `usage` where there is
/// none.
meshroute_pair pair_of(const std::string& text, char separator, const char* usage);

/// Whether standard output takes colours.
bool colour();

/// `call(out, error)` gives bytes: they are printed, with a newline at their end.
template <class Call>
void print(Call call) {
  meshroute_bytes bytes{};
  need([&](meshroute_error* error) { return call(&bytes, error); });
  std::cout.write(bytes.data, static_cast<std::streamsize>(bytes.size));
  if (bytes.size == 0 || bytes.data[bytes.size - 1] != '\n') std::cout << '\n';
  meshroute_bytes_free(&bytes);
}

}  // namespace cli
