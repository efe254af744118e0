#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <utility>
#include <variant>

namespace meshroute {

/// Why a call could not be done: misuse, a limit, or input of the API that is refused. Findings about configuration
/// are never errors; they are diagnostics of a Report.
struct Error {
  enum class Code : int { invalid_argument = 1, limit = 2, refused = 3, internal = 4 };
  Code code = Code::invalid_argument;
  std::string message;  ///< one sentence that names the place and the fix
};

/// A value, or the Error that kept it from being made.
template <class T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace meshroute
