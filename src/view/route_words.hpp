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

}  // namespace meshroute::view
