#pragma once

// SPDX-License-Identifier: Apache-2.0
// Requests and the options of resolving, as the structs say them.

#include "wall.hpp"

namespace meshroute::capi {

/// A URL, or the request as a JSON object.
Result<Request> request_of(std::string_view text);
Result<Request> request_of(const meshroute_request* given);
/// False if struct_size is not set.
bool read(const meshroute_resolve_options* given, ResolveOptions& options);

}  // namespace meshroute::capi
