#pragma once

// SPDX-License-Identifier: Apache-2.0
// JSON by nlohmann's SAX events, with places.

#include <optional>
#include <string_view>

#include "text/builder.hpp"
#include "text/document.hpp"
#include "text/yaml.hpp"

namespace meshroute::text {

/// Reads one JSON value. The refusal's rule is TX0103 where the bytes are no JSON.
std::optional<Refusal> read_json(std::string_view bytes, const Limits& limits, Arena& store, Document& document);

}  // namespace meshroute::text
