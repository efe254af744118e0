#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request for each rule that a proxy has.
#include <optional>
#include <string>
#include <vector>

#include "meshroute/request.hpp"

namespace meshroute {

/// A request that meets one rule, or one match of a rule; or why there is none.
struct Witness {
  /// "VirtualService prod/reviews".
  std::string resource = {};
  /// "spec.http[1].match[0]"; "spec.http[1]" of a rule without a match.
  std::string path = {};
  std::optional<Request> request = {};
  /// The rule that hides it: "VirtualService prod/reviews spec.http[0]"; or what else makes it impossible. Empty with a request.
  std::string unreachable = {};
  /// Where there is neither: what takes each request that was tried. It is no proof.
  std::string unknown = {};
};

/// The JSON form of a request, which Request::from_json reads; members that are as they are without being said are left out.
std::string request_to_json(const Request& request, bool pretty = false);

/// [{"resource","path","request"}], with "unreachable" in the request's place where there is none, or "unknown" where nothing is
/// proved.
std::string witnesses_to_json(const std::vector<Witness>& witnesses, bool pretty = false);

}  // namespace meshroute
