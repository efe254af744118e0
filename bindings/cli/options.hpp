#pragma once

// SPDX-License-Identifier: Apache-2.0
// Options that several subcommands share, and the loading and printing that goes with them.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "handles.hpp"

namespace cli {

/// The mesh that the paths make.
struct MeshOptions {
  std::vector<std::string> paths;    // files, folders, `-` for standard input
  std::vector<std::string> exclude;  // patterns of files in folders
  std::string mesh_config, mesh_networks;
  std::string vip_mode = "status";
  std::string workloads = "derived";
  std::string cluster;  // empty: Kubernetes
  bool scope_gateway_to_namespace = false, filter_gateway_cluster_config = false;
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
  std::string type;  // sidecar or router; empty: as the workload is
  std::vector<std::string> labels;
  std::string ip, locality, network, node_name, service_account;
  bool dns_capture = false;
  const char* option = "--from";  // that named it
};
/// The proxy as the C ABI takes it: that of the workload of this name, if one is loaded, with what the options say instead. Says
/// on standard error what it took, or that there is no such workload. Borrows the options.
struct ProxyStruct {
  ProxyStruct(const ClientOptions& options, const MeshOptions& mesh, const meshroute_snapshot* snapshot);
  ProxyStruct(const ProxyStruct&) = delete;
  ProxyStruct& operator=(const ProxyStruct&) = delete;
  meshroute_proxy proxy = MESHROUTE_PROXY_INIT;

 private:
  FoundProxy found_;
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
/// The same, never freed: the process ends with the answer, and gives back at once what it holds.
const Loaded& load_for_good(const MeshOptions& options);
/// The same with the settings read before: a pipe can be read once.
Loaded load(const MeshOptions& options, const MeshText& settings);

/// What an answer does not show, on standard error: refused documents are no part of it, and kinds that can change it are not
/// looked at. `only_resources`: not documents without a kind, such as test files beside the configuration.
void warn_of_errors(const meshroute_report* report, bool only_resources = false);

/// Whether a document of it is refused.
bool refuses(const meshroute_report* report);

View new_view(const ClientOptions& proxy, const MeshOptions& mesh, const meshroute_snapshot* snapshot);

/// "key=value" or "name: value", cut at the first `separator`; the pair borrows `text`. Throws Usage with `usage` where there is
/// none.
meshroute_pair pair_of(const std::string& text, char separator, const char* usage);

/// The text with its control characters written out, for standard error.
std::string plain(std::string_view text);

/// Whether standard output takes colours.
bool colour();
/// The style of a text that is printed: a sum of MESHROUTE_TEXT_*.
std::int32_t text_style(bool explain = false, bool verbose = false);

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
