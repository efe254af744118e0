#pragma once

// SPDX-License-Identifier: Apache-2.0
// JSON in one pass over the bytes.

#include <string_view>

#include "text/arena.hpp"
#include "text/document.hpp"

namespace meshroute::text {

/// Reads one JSON value within the limits. False, and nothing of use in `document`, for what is no such value: the other reader
/// says what is wrong.
bool read_plain_json(std::string_view bytes, const Limits& limits, Arena& arena, Document& document);

}  // namespace meshroute::text
