#pragma once

// SPDX-License-Identifier: Apache-2.0
// What yaml-cpp takes and Kubernetes' reader refuses. Each check gives the refusal's words, or an empty text, and the offset
// of the place in `offset`.

#include <cstddef>
#include <string>
#include <string_view>

namespace meshroute::text {

/// Characters that are not allowed anywhere.
std::string refuse_characters(std::string_view chunk, std::size_t& offset);

/// Characters that are not allowed anywhere, and directives that are not allowed where they stand.
std::string refuse_bytes(std::string_view chunk, std::size_t& offset);

/// A key of a block mapping that ends at `offset`.
std::string refuse_key(std::string_view chunk, std::size_t offset);

/// An alias at `offset`.
std::string refuse_alias(std::string_view chunk, std::size_t offset);

/// Line breaks that Kubernetes' reader knows and yaml-cpp does not (a lone CR, NEL, LS, PS), made into ones of the same size.
/// False without any.
bool replace_breaks(std::string_view chunk, std::string& replaced);

/// A scalar whose properties (anchor, tag) or text start at `offset`; `flow` inside [] or {}. Moves `offset` to the text itself.
std::string refuse_scalar(std::string_view chunk, std::size_t& offset, bool flow, bool has_properties);

/// A list or an object that has properties, or starts after white space in block context.
std::string refuse_start(std::string_view chunk, std::size_t offset, bool flow);

}  // namespace meshroute::text
