#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a call does not take: each refusal names the argument and its value. guard() tells it to the caller.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute.h"
#include "meshroute/result.hpp"

namespace meshroute::capi {

/// Thrown, and caught by guard().
struct Refused {
  meshroute_status code;
  std::string message;
};

[[noreturn]] void refuse(std::string message, meshroute_status code = MESHROUTE_INVALID_ARGUMENT);
[[noreturn]] void refuse(const Error& why);
[[noreturn]] void refuse_null(const char* name);
[[noreturn]] void refuse_size(const char* name, std::size_t size, std::size_t smallest);
[[noreturn]] void refuse_tail(const char* name, std::size_t size, std::size_t known);
/// "`options.format` is 9; use MESHROUTE_FORMAT_AUTO, ..."; `member` may be null.
[[noreturn]] void refuse_number(const char* name, const char* member, long long value, const char* instead);
[[noreturn]] void refuse_index(const char* name, std::size_t index, std::size_t count);

/// Refuses the first pointer that is NULL: need("view", view, "out", out).
inline void need(const char* name, const void* given) {
  if (given == nullptr) refuse_null(name);
}
template <class... Rest>
void need(const char* name, const void* given, Rest... rest) {
  need(name, given);
  need(rest...);
}

/// A number that is one of LOWEST to HIGHEST.
inline std::int32_t one_of(const char* name, const char* member, std::int32_t value, std::int32_t highest, const char* instead) {
  if (value < 0 || value > highest) refuse_number(name, member, value, instead);
  return value;
}

/// The most bytes that a text may have.
inline constexpr std::size_t kMostBytes = std::size_t{1} << 30U;

/// A caller's text; NULL of size 0 is empty. Refuses NULL of another size, and more bytes than `most`, before any is read.
std::string_view text_of(const char* name, const char* data, std::size_t size, std::size_t most = kMostBytes);
inline std::string_view text_of(const char* name, meshroute_str text) { return text_of(name, text.data, text.size); }
/// The same for a text that must be there.
inline std::string_view needed_text(const char* name, meshroute_str text) {
  need(name, text.data);
  return text_of(name, text);
}

/// The value, or a refusal.
template <class Value>
Value value_of(Result<Value>&& result) {
  if (!result) refuse(result.error());
  return std::move(*result);
}
/// The same; the message names the argument.
template <class Value>
Value value_of(const char* name, Result<Value>&& result) {
  if (!result)
    refuse("`" + std::string(name) + "`: " + result.error().message, -static_cast<meshroute_status>(result.error().code));
  return std::move(*result);
}

/// The row at an index.
template <class Row>
const Row& at(const std::vector<Row>& rows, std::size_t index, const char* name = "index") {
  if (index >= rows.size()) refuse_index(name, index, rows.size());
  return rows[index];
}

/// `style` of a call that gives JSON: whether it is pretty.
bool pretty_of(std::int32_t style);
/// Refuses what is no sum of the styles of `all`.
void check_style(std::int32_t style, std::int32_t all, const char* instead);
/// Refuses what is no sum of MESHROUTE_TEXT_*.
void check_text_style(std::int32_t style);

}  // namespace meshroute::capi
