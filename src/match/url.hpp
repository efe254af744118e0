#pragma once

// SPDX-License-Identifier: Apache-2.0
// URLs, read as Go's net/url reads them: what Istio and the API server check.
#include <optional>
#include <string>
#include <string_view>

namespace meshroute::match {

struct GoUrl {
  std::string scheme;     ///< lower case; empty without one
  std::string_view port;  ///< as written; empty without one
};

/// Go's url.Parse; no value where it refuses. `port` points into `text`.
std::optional<GoUrl> parse_go_url(std::string_view text);
/// Go's url.ParseRequestURI: an absolute URL or an absolute path; a fragment is not cut off.
std::optional<GoUrl> parse_go_request_url(std::string_view text);

}  // namespace meshroute::match
