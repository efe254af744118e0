#pragma once

// SPDX-License-Identifier: Apache-2.0
// Templates of paths (Envoy's uri_template): literals, `*` for a part of one segment, `**` for any number of segments.

#include <string>
#include <string_view>

#include "meshroute/result.hpp"

namespace meshroute::match {

/// The pattern of a template, for template_matches: `/a/{x}/{y=**}.txt` is `/a/*/**.txt`. The error is Envoy's reason, or says
/// that the template mixes operators and text in a way that is not evaluated here.
Result<std::string> read_path_template(std::string_view text);

/// Whether the whole path, without a query, is of the pattern (AZ23). `*` takes one character of a segment at least.
bool template_matches(std::string_view pattern, std::string_view path);

}  // namespace meshroute::match
