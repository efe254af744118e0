#pragma once

// SPDX-License-Identifier: Apache-2.0
// A value, or the reason why there is none: no exceptions for misuse.
#include <string>
#include <utility>
#include <variant>

namespace meshroute {

/// Why a call failed: misuse, a limit, or refused input of the API. Findings about configuration are never errors; they are
/// diagnostics of a Report.
struct Error {
  /// limit: too large, or out of memory.
  enum class Code : int { invalid_argument = 1, limit = 2, refused = 3, internal = 4 };
  Code code = Code::invalid_argument;
  /// One sentence that names the place and the fix.
  std::string message;
};

/// A value, or the Error that prevented it.
template <class T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor): holds a value
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor): holds an error
  /// Whether there is a value.
  explicit operator bool() const { return state_.index() == 0; }
  /// The value. Throws std::bad_variant_access if the call failed.
  T& operator*() { return std::get<0>(state_); }
  /// The value. Throws std::bad_variant_access if the call failed.
  const T& operator*() const { return std::get<0>(state_); }
  /// Its member. Throws std::bad_variant_access if there is no value.
  T* operator->() { return &std::get<0>(state_); }
  /// Its member. Throws std::bad_variant_access if there is no value.
  const T* operator->() const { return &std::get<0>(state_); }
  /// The error. Throws std::bad_variant_access if there is a value.
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace meshroute
