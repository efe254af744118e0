#pragma once

// SPDX-License-Identifier: Apache-2.0
// A large text, given away in pieces while it is made.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace meshroute::render {

/// Text is added to the end of `text`; what is there is given away now and then.
class Pieces {
 public:
  using Write = std::function<bool(std::string_view)>;  ///< false: no more is wanted

  explicit Pieces(const Write& write) : write_(write) {}
  std::string text;

  /// Between two parts. False: no more is wanted.
  bool go_on() { return text.size() < kSize ? wanted_ : give(); }
  /// At the end.
  bool give() {
    if (wanted_ && !text.empty()) wanted_ = write_(text);
    text.clear();
    return wanted_;
  }

 private:
  static constexpr std::size_t kSize = 1U << 16U;
  const Write& write_;
  bool wanted_ = true;
};

/// Adds each piece to the end of `all`.
inline Pieces::Write added_to(std::string& all) {
  return [&all](std::string_view piece) {
    all += piece;
    return true;
  };
}

}  // namespace meshroute::render
