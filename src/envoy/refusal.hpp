#pragma once

// SPDX-License-Identifier: Apache-2.0
// Why Envoy would refuse a message, and where.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshroute::envoy {

struct Refusal {
  std::string path;  ///< "virtual_hosts[0].routes[1].match", in snake_case; empty: the whole message
  std::string reason;
  bool operator==(const Refusal&) const = default;
};

/// Collects refusals while a message is walked; it knows the field that the walk is at.
class Refusals {
 public:
  /// The walk is inside a field for as long as the step lives.
  class Step {
   public:
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { path_.resize(before_); }

   private:
    friend class Refusals;
    Step(std::string& path, std::string_view field) : path_(path), before_(path.size()) {
      if (!path_.empty()) path_ += '.';
      path_ += field;
    }
    std::string& path_;
    const std::size_t before_;
  };

  [[nodiscard]] Step at(std::string_view field) { return {path_, field}; }
  [[nodiscard]] Step at(std::string_view field, std::size_t index) {
    return {path_, std::string(field) + '[' + std::to_string(index) + ']'};
  }
  void refuse(std::string reason) { all_.push_back({path_, std::move(reason)}); }
  bool empty() const { return all_.empty(); }
  /// In the order of the walk.
  std::vector<Refusal> take() { return std::move(all_); }

 private:
  std::string path_;
  std::vector<Refusal> all_;
};

}  // namespace meshroute::envoy
