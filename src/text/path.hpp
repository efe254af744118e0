#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where a walk through a document stands, as steps: most walks have nothing to say of a place, and need no text of it.

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::text {

class Path {
 public:
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

  /// `key` must live until it is cut off.
  void push(std::string_view key) { steps_.push_back({key.data() == nullptr ? "" : key.data(), key.size()}); }
  void push(std::size_t index) { steps_.push_back({nullptr, index}); }
  std::size_t depth() const { return steps_.size(); }
  void cut(std::size_t depth) { steps_.resize(depth); }

  /// "spec.http[0].match": the first `depth` steps.
  std::string text(std::size_t depth = kWhole) const {
    std::string written;
    for (const Step& step : steps_) {
      if (depth-- == 0) break;
      if (step.key != nullptr) {
        if (!written.empty()) written += '.';
        written.append(step.key, step.number);
      } else {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, step.number).ptr;
        written.append("[").append(digits, static_cast<std::size_t>(end - digits)).append("]");
      }
    }
    return written;
  }

 private:
  struct Step {
    const char* key;     ///< null: an index
    std::size_t number;  ///< the key's length, or the index
  };
  std::vector<Step> steps_;
};

}  // namespace meshroute::text
