#pragma once

// SPDX-License-Identifier: Apache-2.0
// Requests and the options of resolving, as the structs say them.

#include "wall.hpp"

namespace meshroute::capi {

/// A URL, or the request as a JSON object.
Request request_of(std::string_view text);
Request request_of(const char* name, const meshroute_request* given);
ResolveOptions options_of(const meshroute_resolve_options* given);

/// What reads the request that a call was given: as a struct, and as a text.
inline auto by_struct(const meshroute_request* request) {
  return [request] { return request_of("request", request); };
}
inline auto by_text(const char* request, std::size_t size) {
  return [request, size] {
    need("request", request);
    return request_of(text_of("request", request, size));
  };
}

}  // namespace meshroute::capi
