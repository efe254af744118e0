#pragma once

// SPDX-License-Identifier: Apache-2.0
// The extension providers of the mesh config that answer for CUSTOM policies (AZ40-AZ44).

#include <cstdint>
#include <map>
#include <string>

#include "registry/snapshot.hpp"

namespace meshroute::authorization {

struct Provider {
  std::string name;
  bool http = false;  ///< asked about requests only; else over gRPC, about connections too
  std::string cluster, path_prefix;
  bool fail_open = false;             ///< lets through where it cannot be asked
  std::uint32_t status_on_error = 0;  ///< 0: 403
  std::string error;                  ///< why it refuses whatever it is asked about; empty: it is good
};

/// By name; providers that authorize nothing are left out.
std::map<std::string, Provider, std::less<>> read_providers(const registry::Base& base);

}  // namespace meshroute::authorization
