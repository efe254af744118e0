#pragma once

// SPDX-License-Identifier: Apache-2.0
// meshroute resolve --inbound: what a server's proxy does with a request that reaches it.

#include <string>
#include <vector>

#include "options.hpp"

namespace cli {

struct ServerOptions {
  bool inbound = false;
  std::string to;        // NAMESPACE or NAMESPACE/NAME of the server
  std::string identity;  // NAMESPACE/ACCOUNT, or a SPIFFE URI; empty: no certificate
  std::string tls, source_ip, jwt;
};
void add_server(CLI::App* command, ServerOptions& options);

/// Asks the server's view, prints the answer, and gives the exit code.
int resolve_inbound(const MeshOptions& mesh, ClientOptions proxy, const ServerOptions& options, meshroute_request request,
                    bool explain, const std::string& output);

}  // namespace cli
