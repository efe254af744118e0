#pragma once

// SPDX-License-Identifier: Apache-2.0
// UTF-8.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshroute::text {

/// The size of the UTF-8 character at the start of `text`; 0 where there is no whole, valid one.
std::size_t utf8_size(std::string_view text);

/// Appends a code point as UTF-8.
void append_utf8(std::string& text, std::uint32_t point);

/// Each byte that is in no valid UTF-8 character becomes U+FFFD, as Go writes such strings in JSON.
std::string replace_invalid(std::string_view bytes);

}  // namespace meshroute::text
