#pragma once

// SPDX-License-Identifier: Apache-2.0
// Whether all that one matcher takes is taken by another one too.

#include <string>

#include "envoy/route.hpp"

namespace meshroute::witness {

/// Every request that `mine` takes is taken by `other`. False where that is not known.
bool implies(const envoy::RouteMatch& mine, const envoy::RouteMatch& other);

/// Whether a matcher takes one value.
bool takes(const envoy::StringMatcher& matcher, std::string value);

/// Whether a header must be there for the matcher to take a request.
bool positive(const envoy::HeaderMatcher& header);

/// Why no request can meet what a match asks; empty where one may.
std::string contradiction(const envoy::RouteMatch& match);

}  // namespace meshroute::witness
