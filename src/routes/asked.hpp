#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request as Envoy sees it once it has read it.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"

namespace meshroute::routes {

using Lines = std::vector<std::string>;

/// Headers in order, names lower-cased, each with its lines.
class Headers {
 public:
  explicit Headers(bool response = false) : response_(response) {}
  const Lines* find(std::string_view name) const {
    for (const auto& [key, lines] : entries_) {
      if (key == name) return &lines;
    }
    return nullptr;
  }
  Lines& at(std::string_view name) {
    for (auto& [key, lines] : entries_) {
      if (key == name) return lines;
    }
    return entries_.emplace_back(std::string(name), Lines{}).second;
  }
  void set(std::string_view name, std::string value) { at(name) = Lines{std::move(value)}; }
  void append(std::string_view name, std::string value);
  bool remove(std::string_view name) {
    return std::erase_if(entries_, [&](const auto& entry) { return entry.first == name; }) > 0;
  }
  std::string first(std::string_view name) const {
    const Lines* lines = find(name);
    return lines && !lines->empty() ? lines->front() : std::string();
  }
  const std::vector<std::pair<std::string, Lines>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Lines>> entries_;
  bool response_;  // other names stand on one line there
};

std::string_view trim(std::string_view text);

/// By its content type.
bool is_grpc(const Headers& headers);

struct Asked {
  std::string path, query;  // the query with its `?`
  std::string host, scheme;
  Headers headers;
  std::string full_path() const { return path + query; }
};

/// envoy.md 1-6; false where Envoy refuses the request, which the answer then says.
bool read_request(const Request& request, Asked& asked, Answer& answer);

}  // namespace meshroute::routes
