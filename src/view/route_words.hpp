#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a route asks for and what it does, in words.

#include <string>

#include "envoy/route.hpp"

namespace meshroute::view {

/// "prefix /api, header end-user is jason, no query q".
std::string match_words(const envoy::RouteMatch& match);

/// "outbound|80|v1|… 90, outbound|80|v2|… 10; path becomes /x; copies to …; timeout 5s".
std::string action_words(const envoy::Route& route);

/// A retry policy: "2 more tries on 503 and connect-failure, each try at most 6s".
struct RetryWords {
  std::string text;     ///< "none" where there is no policy
  std::string per_try;  ///< "6s", or empty
};
/// Of Envoy's RetryPolicy in protojson, which may be empty.
RetryWords retry_words(const std::string& protojson);

}  // namespace meshroute::view
