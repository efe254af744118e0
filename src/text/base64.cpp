// SPDX-License-Identifier: Apache-2.0
// Base64 as Go, as protobuf's JSON and as JWTs have it.
#include "text/base64.hpp"

namespace meshroute::text {

namespace {

int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/// Groups of bits, as their digits come.
struct Bytes {
  std::string text;
  std::uint32_t group = 0;
  unsigned bits = 0;
  std::size_t digits = 0;

  void add(int value) {
    ++digits;
    group = group << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) return;
    bits -= 8;
    text += static_cast<char>(group >> bits & 0xFFU);
  }
};

}  // namespace

std::optional<std::string> decode_base64(std::string_view text, Base64 form) {
  const bool url = form == Base64::url || form == Base64::url_raw;
  const bool raw = form == Base64::standard_raw || form == Base64::url_raw;
  Bytes bytes;
  bytes.text.reserve(text.size() * 3 / 4);
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=' && !raw) {
      ++padding;
      continue;
    }
    const int value = (url ? c == '+' || c == '/' : c == '-' || c == '_') ? -1 : digit(c);
    if (value < 0 || padding > 0) return std::nullopt;
    bytes.add(value);
  }
  const bool whole = raw ? bytes.digits % 4 != 1 : (bytes.digits + padding) % 4 == 0 && padding < 3;
  return whole ? std::optional(std::move(bytes.text)) : std::nullopt;
}

std::optional<std::string> decode_protobuf_base64(std::string_view text) {
  Bytes bytes;
  for (const char c : text.substr(0, text.find('='))) {
    const int value = digit(c);
    if (value < 0) return std::nullopt;
    bytes.add(value);
  }
  return bytes.digits % 4 != 1 ? std::optional(std::move(bytes.text)) : std::nullopt;
}

std::optional<std::string> decode_token_base64(std::string_view text) {
  Bytes bytes;
  bytes.text.reserve(text.size() * 3 / 4);
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    if (c == '=' || c == '.') {
      ++padding;
      continue;
    }
    const int value = c == '+' || c == '/' ? -1 : digit(c);
    if (value < 0 || padding > 0) return std::nullopt;
    bytes.add(value);
  }
  const std::size_t left = bytes.digits % 4;
  const bool whole = left != 1 && (padding == 0 || (left != 0 && padding == 4 - left));
  return whole ? std::optional(std::move(bytes.text)) : std::nullopt;
}

std::string encode_base64(std::string_view bytes, Base64 form) {
  constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string_view digits = form == Base64::url || form == Base64::url_raw ? kUrl : kStandard;
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (at + k < bytes.size() ? static_cast<unsigned char>(bytes[at + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      if (at + k <= bytes.size()) {
        text += digits[group >> (18U - 6U * k) & 63U];
      } else if (form == Base64::standard || form == Base64::url) {
        text += '=';
      }
    }
  }
  return text;
}

}  // namespace meshroute::text
