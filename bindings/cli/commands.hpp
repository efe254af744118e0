#pragma once

// SPDX-License-Identifier: Apache-2.0
// The commands: each gives its exit code (0 clean, 1 findings or no route) and throws Usage for 2.

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct Options {
  std::vector<std::string> paths, labels, headers, ignored;
  std::string from, ip, locality, network, cluster, node_name;  // the client
  std::string url, method;
  std::string section, output = "text";
  std::string mesh_config, mesh_networks, vip_mode = "status";
  std::string envoy_routes, route_config;
  std::string random;
  std::string host, subset, view_cluster, why;  // of a view
  std::uint32_t port = 0;
  bool explain = false;
};

int check(const Options& options);
int resolve(const Options& options);
int view(const Options& options);
int rules(const Options& options);

}  // namespace cli
