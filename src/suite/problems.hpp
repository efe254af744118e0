#pragma once

// SPDX-License-Identifier: Apache-2.0
// What is wrong with a test file, and what reading its fields shares.

#include <string>
#include <string_view>
#include <vector>

#include "suite/files.hpp"
#include "text/document.hpp"

namespace meshroute::suite {

/// The mistakes of one file.
class Problems {
 public:
  explicit Problems(std::string source) : source_(std::move(source)) {}
  void add(text::Position at, std::string message);
  bool any() const { return !list_.empty(); }
  /// All of them, one a line: "FILE:LINE:COLUMN: message".
  Error error() const;
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::vector<std::string> list_;
};

/// Refuses the members of an object that are not `known`.
void refuse_unknown(const text::Node& object, std::string_view what, const std::vector<std::string>& known, Problems& problems);
/// A scalar as it is spelt; nothing, and a mistake, where it is a list, an object or empty.
std::optional<std::string> scalar(const text::Node& node, std::string_view what, Problems& problems);

/// Reads one document of istio-config-validator's form.
void read_icv(const text::Node& root, File& file, Problems& problems);

}  // namespace meshroute::suite
