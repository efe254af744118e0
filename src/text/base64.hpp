#pragma once

// SPDX-License-Identifier: Apache-2.0
// Base64: the only copy. Readers differ, so each has its name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshroute::text {

/// The alphabet, standard or that of URLs, and whether `=` fills the last group.
enum class Base64 : std::uint8_t { standard, standard_raw, url, url_raw };

/// As Go reads it, and so Istio and Kubernetes: line breaks are ignored, the padding must be as the form has it.
std::optional<std::string> decode_base64(std::string_view text, Base64 form = Base64::standard);
/// As protobuf's JSON reader does, and so Envoy: of either alphabet, with padding or without; no line breaks.
std::optional<std::string> decode_protobuf_base64(std::string_view text);

/// As Abseil's WebSafeBase64Unescape does, and so Envoy's reader of tokens: the alphabet of URLs, blanks anywhere, `=` or `.` as
/// padding, whole or none.
std::optional<std::string> decode_token_base64(std::string_view text);

std::string encode_base64(std::string_view bytes, Base64 form = Base64::standard);

}  // namespace meshroute::text
