#pragma once

// SPDX-License-Identifier: Apache-2.0
// The mesh's trust domain and its aliases, as policies and certificates name them (AZ33, MT13).

#include <string>
#include <string_view>
#include <vector>

#include "registry/snapshot.hpp"

namespace meshroute::authorization {

struct TrustDomains {
  std::vector<std::string> all;  ///< the mesh's own first, then its aliases by name

  static TrustDomains of(const registry::Settings& settings);
  /// What a value of `principals` stands for.
  std::vector<std::string> principals(const std::vector<std::string>& values) const;
  /// What a value of `trustDomains` stands for.
  std::vector<std::string> domains(const std::vector<std::string>& values) const;
};

/// Prefixes of which a peer's certificate must have one: "spiffe://cluster.local/".
std::vector<std::string> peer_prefixes(const registry::Settings& settings);

}  // namespace meshroute::authorization
